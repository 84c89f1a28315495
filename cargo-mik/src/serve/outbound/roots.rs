//! Whom a guest's requests trust over TLS: those whom the system trusts, and those whom `server.http_ca_file` adds.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;
use wasmtime_wasi_http::Error;

use crate::project::CaFile;

/// Read once for all modules, when the first request goes out: a server whose guests send none should not wait for it.
static OF_THE_SYSTEM: OnceCell<RootCertStore> = OnceCell::const_new();

/// How connections with TLS are made.
pub(super) async fn tls(ca_file: Option<&CaFile>) -> Result<Arc<ClientConfig>, Error> {
    let failed = |error: &dyn std::fmt::Display| Error::InternalError(Some(error.to_string()));
    let read = || async { tokio::task::spawn_blocking(of_the_system).await };
    let mut roots = OF_THE_SYSTEM.get_or_try_init(read).await.map_err(|error| failed(&error))?.clone();
    for certificate in ca_file.iter().flat_map(|ca_file| &ca_file.certificates) {
        roots.add(certificate.clone()).map_err(|error| failed(&error))?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| failed(&error))?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The system's, or `SSL_CERT_FILE`'s and `SSL_CERT_DIR`'s. An image with nothing but the program in it has none at all;
/// there Mozilla's stand in, which are what most systems ship.
fn of_the_system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let asked = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    // Who says whom to trust and names nobody trusts nobody.
    if roots.is_empty() && !asked {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}
