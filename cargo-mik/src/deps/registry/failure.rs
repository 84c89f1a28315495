//! From what went wrong on the way to a diagnostic, and whether it may be otherwise the next time.

use std::error::Error;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use oci_client::errors::{DigestError, OciDistributionError, OciErrorCode};

use super::login::Login;
use super::{Reference, RegistryError};
use crate::tools::plain;

/// How much of what a registry says is shown, in bytes.
const SAID_MOST: usize = 400;

/// What was done when it went wrong.
#[derive(Clone, Copy)]
pub(super) struct Doing<'a> {
    /// To what: as the user has written it.
    pub(super) reference: &'a Reference,
    /// With which registry: the reference's, or its mirror.
    pub(super) registry: &'a str,
    pub(super) login: &'a Login,
    /// Whether the registry has taken the login and given a token for it.
    pub(super) has_token: &'a AtomicBool,
    /// `pull` or `push to`.
    pub(super) what: &'static str,
}

/// A failure that is understood.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: RegistryError,
    pub(super) remedy: Remedy,
}

/// What helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing that we could do.
    None,
    /// To try again.
    Again,
    /// To wait, as long as this URL says.
    Wait(String),
    /// To find out what there is: it was not found.
    Look,
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        Self { error, remedy: Remedy::None }
    }
}

impl Doing<'_> {
    /// What a failure of the client's comes to.
    pub(super) fn failure(&self, error: OciDistributionError) -> Failure {
        use OciDistributionError as Oci;
        match error {
            Oci::UnauthorizedError { .. } => self.unauthorized().into(),
            Oci::AuthenticationFailure(_) => self.not_logged_in().into(),
            Oci::ServerError { code, url, message } => self.status(code, url, &message),
            Oci::ImageManifestNotFoundError(_) => self.not_found(),
            Oci::RegistryError { envelope, url } => {
                let code = envelope.errors.first().map(|error| &error.code);
                let said = envelope.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ");
                match code {
                    Some(OciErrorCode::Toomanyrequests) => self.busy(url),
                    Some(OciErrorCode::Unauthorized) => self.unauthorized().into(),
                    Some(OciErrorCode::Denied) => self.denied().into(),
                    Some(
                        OciErrorCode::ManifestUnknown
                        | OciErrorCode::NameUnknown
                        | OciErrorCode::NotFound
                        | OciErrorCode::BlobUnknown
                        | OciErrorCode::ManifestBlobUnknown,
                    ) => self.not_found(),
                    _ => self.failed(&format!("{:?}: {said}", code)).into(),
                }
            }
            Oci::RequestError(error) => self.request(error),
            Oci::IoError(error) => self.interrupted(error),
            Oci::DigestError(DigestError::VerificationError { expected, actual }) => {
                let reference = self.reference.to_string();
                RegistryError::WrongDigest { reference, expected, actual }.into()
            }
            error => self.failed(&error.to_string()).into(),
        }
    }

    /// A connection that broke while content came.
    pub(super) fn interrupted(&self, error: io::Error) -> Failure {
        match error.downcast::<reqwest::Error>() {
            Ok(error) => self.request(error),
            Err(error) => Failure { error: self.unreachable(Box::new(error)), remedy: Remedy::Again },
        }
    }

    fn request(&self, error: reqwest::Error) -> Failure {
        if let Some(status) = error.status() {
            let url = error.url().map(ToString::to_string).unwrap_or_default();
            return self.status(status.as_u16(), url, "");
        }
        if let Some(tls) = cause::<rustls::Error>(&error) {
            let (registry, source) = (self.registry.to_owned(), Box::new(tls.clone()));
            return RegistryError::Tls { registry, source }.into();
        }
        // Who refuses connections, or has no address, does so in a second as well.
        let is_final = error.is_connect()
            && cause::<io::Error>(&error).is_none_or(|it| it.kind() != io::ErrorKind::ConnectionReset);
        let is_ours = error.is_builder() || error.is_redirect();
        let remedy = if is_final || is_ours { Remedy::None } else { Remedy::Again };
        let source: super::Cause = match error.is_timeout() {
            true => "it does not answer in time".into(),
            // URLs of the protocol's say nothing to the user.
            false => Box::new(error.without_url()),
        };
        Failure { error: self.unreachable(source), remedy }
    }

    fn status(&self, code: u16, url: String, said: &str) -> Failure {
        match code {
            401 => self.unauthorized().into(),
            403 => self.denied().into(),
            404 => self.not_found(),
            429 => self.busy(url),
            408 | 500..=599 => Failure { error: self.failed(&answer(code, said)), remedy: Remedy::Again },
            _ => self.failed(&answer(code, said)).into(),
        }
    }

    /// Nobody, or not enough: some say so by 401 even to whom they have given a token.
    fn unauthorized(&self) -> RegistryError {
        match self.has_token.load(Ordering::Relaxed) {
            true => self.denied(),
            false => self.not_logged_in(),
        }
    }

    fn not_logged_in(&self) -> RegistryError {
        let registry = self.registry.to_owned();
        match (self.login.from, self.login.why_not(now())) {
            (None, _) => RegistryError::LoginWanted { registry, repository: self.reference.repository().to_owned() },
            (Some(from), None) => RegistryError::WrongCredentials { registry, from: from.to_owned() },
            (Some(from), Some(why)) => RegistryError::ExpiredToken { registry, from: from.to_owned(), why },
        }
    }

    fn denied(&self) -> RegistryError {
        let (registry, repository) = (self.registry.to_owned(), self.reference.repository().to_owned());
        match self.login.from {
            None => RegistryError::LoginWanted { registry, repository },
            Some(from) => RegistryError::Denied { registry, repository, from: from.to_owned(), what: self.what },
        }
    }

    fn not_found(&self) -> Failure {
        let error = RegistryError::UnknownTag {
            place: self.reference.place(),
            version: version(self.reference),
            help: "is it spelled right? It may have been taken away".to_owned(),
        };
        Failure { error, remedy: Remedy::Look }
    }

    fn busy(&self, url: String) -> Failure {
        Failure { error: self.too_many(None), remedy: Remedy::Wait(url) }
    }

    pub(super) fn too_many(&self, seconds: Option<u64>) -> RegistryError {
        RegistryError::Busy { registry: self.registry.to_owned(), seconds }
    }

    pub(super) fn failed(&self, what: &str) -> RegistryError {
        let mut said = String::new();
        plain::push(&mut said, what.trim(), SAID_MOST);
        RegistryError::Failed { registry: self.registry.to_owned(), what: said }
    }

    fn unreachable(&self, source: super::Cause) -> RegistryError {
        RegistryError::Unreachable { registry: self.registry.to_owned(), source }
    }
}

/// The tag or digest of a reference.
pub(super) fn version(reference: &Reference) -> String {
    reference.digest().or(reference.tag()).unwrap_or_default().to_owned()
}

fn answer(code: u16, said: &str) -> String {
    let name = http::StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
    // As registries say it, if they do as they should.
    let json: Option<serde_json::Value> = serde_json::from_str(said).ok();
    let message = json.as_ref().and_then(|json| json.pointer("/errors/0/message")?.as_str());
    let separator = if said.trim().is_empty() { "" } else { ": " };
    format!("{code} {name}{separator}{}", message.unwrap_or(said))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The first cause of a kind, if there is one.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // What reads and writes can only fail with `io::Error`, which keeps the real one inside.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| cause(inner as &(dyn Error + 'static))) {
            return Some(found);
        }
        next = error.source();
    }
    None
}
