//! Servers of tokens, to which registries send whoever has a login (Distribution, "Token Authentication Specification"): why one gave none.

use http::header::WWW_AUTHENTICATE;
use oci_client::RegistryOperation;
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use url::Url;

use super::Reference;
use super::endpoint::Endpoint;

impl Endpoint {
    /// What it comes to that the server of tokens gave none. The client keeps the text of its answer alone, and "come later" is not "your
    /// password is wrong": so it is asked once more.
    pub(super) async fn refused(
        &self,
        reference: &Reference,
        operation: RegistryOperation,
        said: String,
    ) -> OciDistributionError {
        match self.ask_for_token(reference, operation).await {
            // It has healed.
            Some((200..=299, url)) => OciDistributionError::ServerError { code: 503, url, message: said },
            Some((code @ (403 | 408 | 429 | 500..=599), url)) => {
                OciDistributionError::ServerError { code, url, message: said }
            }
            _ => OciDistributionError::AuthenticationFailure(said),
        }
    }

    /// The status of its answer, and where that is from.
    async fn ask_for_token(&self, reference: &Reference, operation: RegistryOperation) -> Option<(u16, String)> {
        let scheme = if self.is_plain { "http" } else { "https" };
        let version = format!("{scheme}://{}/v2/", reference.oci().resolve_registry());
        let answer = self.plain.get(version).send().await.ok()?;
        let challenges = answer.headers().get(WWW_AUTHENTICATE)?.to_str().ok()?;
        let challenges = http_auth::parse_challenges(challenges).ok()?;
        let bearer = challenges.iter().find(|challenge| challenge.scheme.eq_ignore_ascii_case("bearer"))?;
        let parameter = |name: &str| {
            let found = bearer.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_unescaped())
        };
        let mut url = Url::parse(&parameter("realm")?).ok()?;
        let actions = match operation {
            RegistryOperation::Pull => "pull",
            RegistryOperation::Push => "pull,push",
        };
        url.query_pairs_mut().append_pair("scope", &format!("repository:{}:{actions}", reference.repository()));
        if let Some(service) = parameter("service") {
            url.query_pairs_mut().append_pair("service", &service);
        }
        let request = self.plain.get(url.as_str());
        let request = match &self.login.auth {
            RegistryAuth::Basic(user, password) => request.basic_auth(user, Some(password)),
            _ => request,
        };
        Some((request.send().await.ok()?.status().as_u16(), url.into()))
    }
}
