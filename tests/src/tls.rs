//! Certificates for tests, and encrypted connections to servers that have them.

use std::io;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// An encrypted connection.
pub(crate) type Encrypted = StreamOwned<ClientConnection, TcpStream>;

/// A certificate for `localhost` that signs itself, and its key.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// As PEM.
    pub certificate: String,
    /// As PEM.
    pub key: String,
}

impl Certificate {
    /// A new one.
    pub fn new() -> Self {
        Self::of(&["localhost"])
    }

    /// One for these names.
    pub fn of(names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate can be made");
        Self { certificate: made.cert.pem(), key: made.signing_key.serialize_pem() }
    }

    /// Writes both into a directory and gives their paths.
    pub fn write(&self, directory: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (directory.join("cert.pem"), directory.join("key.pem"));
        fs_err::write(&certificate, &self.certificate).expect("it can be written");
        fs_err::write(&key, &self.key).expect("it can be written");
        (certificate, key)
    }

    /// A client that trusts this one and no other.
    pub(crate) fn client(&self, protocol: &str) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("it is PEM");
        roots.add(certificate).expect("it is a certificate");
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let client = client.with_safe_default_protocol_versions().expect("versions there are");
        let mut client = client.with_root_certificates(roots).with_no_client_auth();
        client.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Arc::new(client)
    }

    /// Encrypts a connection.
    pub(crate) fn connect(&self, mut stream: TcpStream, protocol: &str) -> io::Result<Encrypted> {
        let client = ClientConnection::new(self.client(protocol), name()).expect("a client");
        let mut client = client;
        while client.is_handshaking() {
            client.complete_io(&mut stream)?;
        }
        assert_eq!(client.alpn_protocol(), Some(protocol.as_bytes()));
        Ok(StreamOwned::new(client, stream))
    }
}

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}

pub(crate) fn name() -> ServerName<'static> {
    ServerName::try_from("localhost").expect("a name")
}
