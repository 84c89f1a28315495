//! A registry as we speak to it: encrypted or not, as whom, and how often a request is tried.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, RegistryOperation};
use tokio::time::sleep;

use super::failure::{Doing, Failure, Remedy};
use super::login::Login;
use super::reference::is_loopback;
use super::{Reference, RegistryError};
use crate::report::Reporter;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(15);
/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(60);
/// How often a request is sent at most.
const TRIES: u32 = 4;
/// How long we wait before the second try; each wait is twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(250);
/// How long we wait at most where a registry says how long it wants us to.
const WAIT_MOST: Duration = Duration::from_secs(30);

/// A registry that we speak to.
pub(super) struct Endpoint {
    /// Its name, as it is in references.
    pub(super) registry: String,
    pub(super) client: Client,
    pub(super) login: Login,
    /// Whether the login was taken, and a token given for it.
    pub(super) has_token: AtomicBool,
    pub(super) is_plain: bool,
    pub(super) plain: reqwest::Client,
    pub(super) reporter: Reporter,
}

impl Endpoint {
    /// Finds out how a registry is spoken to.
    pub(super) async fn open(
        registry: &str,
        is_insecure: bool,
        login: Login,
        reporter: &Reporter,
    ) -> Result<Self, RegistryError> {
        let unusable = |source: super::Cause| RegistryError::Client { source };
        let builder = reqwest::Client::builder().connect_timeout(CONNECT).read_timeout(SILENCE);
        let plain = builder.build().map_err(|error| unusable(Box::new(error)))?;
        let may_be_plain = is_insecure || is_loopback(registry);
        let is_plain = may_be_plain && speaks_plain_http(&plain, registry).await;
        let config = ClientConfig {
            protocol: if is_plain { ClientProtocol::Http } else { ClientProtocol::Https },
            // Which of an index's images is a component is not for a platform to decide.
            platform_resolver: None,
            connect_timeout: Some(CONNECT),
            read_timeout: Some(SILENCE),
            user_agent: concat!("cargo-mik/", env!("CARGO_PKG_VERSION")),
            ..ClientConfig::default()
        };
        let client = Client::try_from(config).map_err(|error| unusable(Box::new(error)))?;
        let (registry, reporter, has_token) = (registry.to_owned(), reporter.clone(), AtomicBool::new(false));
        Ok(Self { registry, client, login, has_token, is_plain, plain, reporter })
    }

    /// Shows the login, if the registry wants one. Otherwise a wrong one would be taken for none.
    pub(super) async fn log_in(
        &self,
        reference: &Reference,
        operation: RegistryOperation,
        doing: Doing<'_>,
    ) -> Result<(), Failure> {
        let ask = async || match self.client.auth(reference.oci(), &self.login.auth, operation).await {
            Err(OciDistributionError::AuthenticationFailure(said)) => {
                Err(self.refused(reference, operation, said).await)
            }
            answer => answer,
        };
        let token = self.patiently(doing, ask).await?;
        // Of a token that is the login nobody has said yet what it is worth.
        let is_given = token.is_some() && !matches!(self.login.auth, RegistryAuth::Bearer(_));
        self.has_token.store(is_given, Ordering::Relaxed);
        Ok(())
    }

    /// Does something as often as it takes, where it can heal.
    pub(super) async fn patiently<T>(
        &self,
        doing: Doing<'_>,
        mut act: impl AsyncFnMut() -> Result<T, OciDistributionError>,
    ) -> Result<T, Failure> {
        let mut tried = 1;
        loop {
            let failure = match act().await {
                Ok(done) => return Ok(done),
                Err(error) => doing.failure(error),
            };
            self.recover(doing, failure, tried).await?;
            tried += 1;
        }
    }

    /// Waits until it makes sense to try again; gives the failure back where it does not.
    pub(super) async fn recover(&self, doing: Doing<'_>, failure: Failure, tried: u32) -> Result<(), Failure> {
        let pause = PAUSE * 2_u32.saturating_pow(tried.saturating_sub(1));
        let pause = match &failure.remedy {
            _ if tried >= TRIES => return Err(failure),
            Remedy::None | Remedy::Look => return Err(failure),
            Remedy::Again => pause,
            Remedy::Wait(url) => match self.retry_after(url).await {
                Some(wait) if wait > WAIT_MOST => return Err(doing.too_many(Some(wait.as_secs())).into()),
                wait => wait.unwrap_or_default().max(pause),
            },
        };
        self.reporter.detail("Retrying", format!("{} in {} ms: {}", self.registry, pause.as_millis(), failure.error));
        sleep(pause).await;
        Ok(())
    }

    /// How long the registry wants to be left alone: the client has not kept what came with its answer.
    async fn retry_after(&self, url: &str) -> Option<Duration> {
        let answer = self.plain.head(url).send().await.ok()?;
        let value = answer.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?;
        match value.trim().parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            // A date (RFC 9110, §10.2.3).
            Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(std::time::SystemTime::now()).ok(),
        }
    }
}

/// Whether a registry that may be spoken to in the clear is: one that has TLS says that it wants it, or makes no sense.
async fn speaks_plain_http(client: &reqwest::Client, registry: &str) -> bool {
    match client.get(format!("http://{registry}/v2/")).send().await {
        Ok(answer) if answer.status() == http::StatusCode::BAD_REQUEST => {
            let said = answer.text().await.unwrap_or_default();
            !said.to_ascii_lowercase().contains("https")
        }
        Ok(_) => true,
        // Nobody is there: that is said when it is asked in earnest.
        Err(error) => error.is_connect(),
    }
}
