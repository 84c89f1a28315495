//! `server.http_*`: where a guest may send requests to, and how much may come back.

use std::path::PathBuf;

use miette::SourceSpan;
use mik_build::schema::{ServerTable, Spanned};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;

use super::host_pattern::NoPattern;
use super::manifest::{Located, Manifest, SourceFile};
use super::{Destination, HostPattern, ProjectError};
use crate::report::Reporter;
use crate::tools::files;

/// The largest file of certificates, in bytes: all that a system trusts is a quarter of it.
const CA_FILE_MOST: u64 = 1 << 20;

/// Requests that a guest sends: where to, and how much may come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboundSettings {
    /// `server.http_allowed`: the hosts; none, where it is empty.
    pub allowed: Vec<HostPattern>,
    /// Whether names may resolve to addresses that are not the internet's.
    pub allow_private: bool,
    /// Who is trusted to certify servers besides those whom the system trusts.
    pub ca_file: Option<CaFile>,
    /// The largest body that may come back, in bytes.
    pub max_response: u64,
    /// The file in which hosts are to be allowed.
    #[serde(skip)]
    pub written_in: String,
}

/// Certificates of authorities, and the file that they came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaFile {
    /// The file.
    pub path: PathBuf,
    /// What is in it; each has been found fit to be a root.
    #[serde(skip)]
    pub certificates: Vec<CertificateDer<'static>>,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            allowed: Vec::new(),
            allow_private: false,
            ca_file: None,
            max_response: 100 << 20,
            written_in: "mik.toml".to_owned(),
        }
    }
}

impl OutboundSettings {
    /// What one package's files say.
    pub(super) fn of(manifest: &Manifest, reporter: &Reporter) -> Result<Self, ProjectError> {
        let keys = Keys { manifest, reporter };
        let defaults = Self::default();
        let (allowed, written_in) = match keys.get("http_allowed", |server| server.http_allowed.as_ref()) {
            None => (defaults.allowed, defaults.written_in),
            Some(Located { value, file, .. }) => (patterns(&value, &file)?, file.path().to_owned()),
        };
        let allow_private = keys.get("http_allow_private", |server| server.http_allow_private.as_ref());
        let ca_file = keys.get("http_ca_file", |server| server.http_ca_file.as_ref());
        let max_response = keys.get("http_max_response_mb", |server| server.http_max_response_mb.as_ref());
        Ok(Self {
            allowed,
            allow_private: allow_private.map_or(defaults.allow_private, |located| located.value),
            ca_file: ca_file.map(read_ca_file).transpose()?,
            max_response: max_response.map_or(defaults.max_response, |located| located.value.get() << 20),
            written_in,
        })
    }

    /// Whether requests may go there, as far as the name tells.
    pub fn allows(&self, destination: &Destination) -> bool {
        self.rule_for(destination).is_some()
    }

    /// The entry by which requests may go there, as far as the name tells.
    pub fn rule_for(&self, destination: &Destination) -> Option<&HostPattern> {
        self.allowed.iter().find(|pattern| pattern.matches(destination))
    }

    /// Whether a destination is on the list as the address that it is.
    pub fn lists_address(&self, destination: &Destination) -> bool {
        self.allowed.iter().any(|pattern| pattern.is_address() && pattern.matches(destination))
    }
}

struct Keys<'a> {
    manifest: &'a Manifest,
    reporter: &'a Reporter,
}

impl Keys<'_> {
    fn get<T: Clone>(&self, key: &str, field: impl Fn(&ServerTable) -> Option<&Spanned<T>>) -> Option<Located<T>> {
        self.manifest.get(&format!("server.{key}"), |schema| field(&schema.server), self.reporter)
    }
}

fn wrong(message: String, help: impl Into<String>, file: &SourceFile, at: SourceSpan) -> ProjectError {
    ProjectError::InvalidValue { message, help: help.into(), source_code: file.named_source(), at }
}

fn patterns(written: &[Spanned<String>], file: &SourceFile) -> Result<Vec<HostPattern>, ProjectError> {
    let pattern = |entry: &Spanned<String>| {
        HostPattern::parse(entry.get_ref())
            .map_err(|NoPattern { message, help }| wrong(message, help, file, entry.span().into()))
    };
    written.iter().map(pattern).collect()
}

/// Reads the certificates now: a file that is wrong is wrong at the start, not at the first request.
fn read_ca_file(Located { value, file, span }: Located<String>) -> Result<CaFile, ProjectError> {
    let path = file.directory().join(&value);
    let shown = path.display();
    let refuse = |what: String, help: &str| {
        Err(wrong(format!("the certificates `{shown}` of `server.http_ca_file` {what}"), help, &file, span))
    };
    let help = "write the path of a PEM file, relative to this file's directory";
    match files::metadata(&path) {
        Err(error) => {
            let why = error
                .get_ref()
                .and_then(std::error::Error::source)
                .map_or_else(|| error.to_string(), |why| why.to_string());
            return refuse(format!("can't be read: {why}"), help);
        }
        Ok(metadata) if !metadata.is_file() => return refuse("are no file".to_owned(), help),
        Ok(metadata) if metadata.len() > CA_FILE_MOST => {
            return refuse(format!("are larger than {CA_FILE_MOST} bytes"), "keep only the authorities that you need");
        }
        Ok(_) => {}
    }
    let pem = match files::read(&path) {
        Ok(pem) => pem,
        Err(error) => return refuse(format!("can't be read: {error}"), help),
    };
    let certificates: Vec<CertificateDer<'static>> = match CertificateDer::pem_slice_iter(&pem).collect() {
        Ok(certificates) => certificates,
        Err(error) => return refuse(format!("are not PEM: {error}"), "export them again, in PEM"),
    };
    if certificates.is_empty() {
        let help = "a certificate begins with `-----BEGIN CERTIFICATE-----`; `openssl x509 -inform der -in FILE` makes \
                    one of a DER file";
        return refuse("have no certificate in them".to_owned(), help);
    }
    let mut roots = RootCertStore::empty();
    for (index, certificate) in certificates.iter().enumerate() {
        if let Err(error) = roots.add(certificate.clone()) {
            let what = format!("have one that can't be used, number {}: {error}", index + 1);
            return refuse(what, "it has to be an X.509 certificate of an authority, or the server's own");
        }
    }
    Ok(CaFile { path, certificates })
}
