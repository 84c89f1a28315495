//! TLS: the certificate and its key, read, checked, and read again when their files change.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::console::Console;
use super::error::{Detail, ServeError};
use crate::project::TlsFiles;
use crate::report::Event;
use crate::tools::files;

/// How long a client may take until the connection is encrypted.
const HANDSHAKE_LONGEST: Duration = Duration::from_secs(10);
/// How often the files are looked at. By their content: they are small, and certificates are often put in place by
/// changing a link.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The first byte of every TLS connection: a handshake record.
const HANDSHAKE: u8 = 22;
/// The largest file that is taken for a certificate chain or a key.
const FILE_MOST: u64 = 1 << 20;

/// How connections are encrypted, as of now.
pub(super) struct Tls {
    files: TlsFiles,
    /// What the files held when the server started.
    read: Content,
    config: ArcSwap<ServerConfig>,
}

/// A connection that has been opened.
pub(super) enum Opened {
    /// It is encrypted, and may have agreed on HTTP/2.
    Encrypted { stream: Box<TlsStream<TcpStream>>, http2: bool },
    /// The client speaks plainly, and waits for an answer.
    Plain(TcpStream),
}

impl Tls {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// One of them can't be read, is something else, or they don't belong together.
    pub(super) fn read(files: &TlsFiles) -> Result<Self, ServeError> {
        let read = Content::read(files)?;
        let config = read.config(files)?;
        Ok(Self { files: files.clone(), read, config: ArcSwap::from_pointee(config) })
    }

    /// Has a client agree on encryption.
    pub(super) async fn open(&self, stream: TcpStream) -> io::Result<Opened> {
        let config = self.config.load_full();
        timeout(HANDSHAKE_LONGEST, async {
            let mut first = [0];
            if stream.peek(&mut first).await? > 0 && first != [HANDSHAKE] {
                return Ok(Opened::Plain(stream));
            }
            let stream = Box::new(TlsAcceptor::from(config).accept(stream).await?);
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            Ok(Opened::Encrypted { stream, http2 })
        })
        .await?
    }

    /// Takes up what the files come to hold, for as long as it is waited for. New connections get it; the old ones keep
    /// what they have. The two files are seldom replaced in one moment, so what doesn't fit is complained of only when it
    /// stays so.
    pub(super) async fn keep_up(&self, console: &Console) {
        let mut used = Some(self.read.clone());
        let mut last = None;
        let mut refused = None;
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let read = tokio::task::block_in_place(|| Content::read(&self.files));
            let seen = read.as_ref().ok().cloned();
            if seen.is_some() && seen == used {
                (last, refused) = (None, None);
                continue;
            }
            let config = read.and_then(|content| content.config(&self.files));
            match config {
                Ok(config) => {
                    self.config.store(Arc::new(config));
                    console.status("Renewed", "the certificate; new connections get it");
                    used = seen;
                    (last, refused) = (None, None);
                }
                Err(error) => {
                    let stays = last.replace(seen.clone()) == Some(seen.clone());
                    if stays && refused.replace(seen.clone()) != Some(seen) {
                        let error = ServeError::TlsKept { source: Box::new(error) };
                        console.emit(Event::Warning(error.into()));
                    }
                }
            }
        }
    }
}

/// What the files hold.
#[derive(Clone, PartialEq)]
struct Content {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Content {
    fn read(TlsFiles { certificate, key }: &TlsFiles) -> Result<Self, ServeError> {
        let read = |path: &Path, what| {
            let content =
                files::read_at_most(path, FILE_MOST).map_err(|source| ServeError::TlsRead { what, source })?;
            content.ok_or_else(|| {
                let source = io::Error::other(format!("`{}` is larger than {FILE_MOST} bytes", path.display()));
                ServeError::TlsRead { what, source }
            })
        };
        Ok(Self { certificate: read(certificate, "certificate")?, key: read(key, "key")? })
    }

    fn config(&self, TlsFiles { certificate, key }: &TlsFiles) -> Result<ServerConfig, ServeError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.certificate).collect();
        let detail = |error: pem::Error| Detail(error.to_string());
        let chain = match chain {
            Ok(chain) if chain.is_empty() => Err(Detail("there is no `BEGIN CERTIFICATE` in it".to_owned())),
            chain => chain.map_err(detail),
        };
        let chain = chain.map_err(|source| ServeError::TlsCertificate { path: certificate.clone(), source })?;
        let private_key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| match error {
            pem::Error::NoItemsFound => Detail("there is no `BEGIN PRIVATE KEY` in it".to_owned()),
            error => detail(error),
        });
        let private_key = private_key.map_err(|source| ServeError::TlsKey { path: key.clone(), source })?;

        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let started = |error: rustls::Error| ServeError::Start { source: Detail(error.to_string()) };
        let config = builder.map_err(started)?.with_no_client_auth().with_single_cert(chain, private_key);
        let mut config = config.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                ServeError::TlsMismatch { certificate: certificate.clone(), key: key.clone() }
            }
            rustls::Error::InvalidCertificate(_) => {
                ServeError::TlsCertificate { path: certificate.clone(), source: Detail(error.to_string()) }
            }
            error => ServeError::TlsKey { path: key.clone(), source: Detail(error.to_string()) },
        })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}
