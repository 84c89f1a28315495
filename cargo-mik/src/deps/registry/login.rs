//! Who we are to a registry: variables, what wkg, docker and podman keep, else nobody.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential, get_podman_credential};
use oci_client::secrets::RegistryAuth;

use super::RegistryError;
use crate::report::Reporter;

/// The name by which Azure's registries take an identity token as a password.
const AZURE_TOKEN_USER: &str = "00000000-0000-0000-0000-000000000000";

/// How a registry of packages is spoken to, as wkg's configuration has it.
#[derive(Clone, Default)]
pub struct Access {
    /// Name and password.
    pub login: Option<(String, String)>,
    /// Whether it may be spoken to in plain HTTP.
    pub may_be_plain: bool,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { login, may_be_plain } = self;
        write!(formatter, "Access {{ login: {}, may_be_plain: {may_be_plain} }}", login.is_some())
    }
}

/// A login, and where it is from.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) auth: RegistryAuth,
    /// As it is named in messages; nothing, where we are nobody.
    pub(super) from: Option<&'static str>,
}

impl Login {
    /// The login for a registry. The variables count where the user has named the registry: any other that a project depends on is
    /// not told of them. wkg's own are for registries that its configuration has led to.
    pub(super) fn find(registry: &str, is_named: bool, access: Option<&Access>, reporter: &Reporter) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let variables = if is_named { Self::of_variables(&variable) } else { None };
        let wkg = || Self::of_wkg(registry, access?, &variable);
        variables.or_else(wkg).or_else(|| Self::of_docker(registry, reporter)).unwrap_or_else(Self::nobody)
    }

    /// As wkg finds it: a token in a variable, then what its configuration says.
    fn of_wkg(registry: &str, access: &Access, variable: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let name: String = registry.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let token = variable(&format!("WKG_REGISTRY_{}_AUTH_BEARER", name.to_ascii_uppercase()));
        if let Some(token) =
            token.filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Some(Self { auth: RegistryAuth::Bearer(token), from: Some("WKG_REGISTRY_…_AUTH_BEARER") });
        }
        let (username, password) = access.login.clone()?;
        Some(Self { auth: RegistryAuth::Basic(username, password), from: Some("wkg's configuration") })
    }

    fn nobody() -> Self {
        Self { auth: RegistryAuth::Anonymous, from: None }
    }

    fn of_variables(variable: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        // A line's end is what a file that was read into a variable leaves.
        let get = |name: &str| variable(name).map(|it| it.trim_end().to_owned()).filter(|it| !it.is_empty());
        if let Some(token) = get("MIK_REGISTRY_TOKEN").filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Some(Self { auth: RegistryAuth::Bearer(token), from: Some("MIK_REGISTRY_TOKEN") });
        }
        let auth = RegistryAuth::Basic(get("MIK_REGISTRY_USERNAME")?, get("MIK_REGISTRY_PASSWORD")?);
        Some(Self { auth, from: Some("MIK_REGISTRY_USERNAME and MIK_REGISTRY_PASSWORD") })
    }

    fn of_docker(registry: &str, reporter: &Reporter) -> Option<Self> {
        // Where docker keeps that of its own registry.
        let server = if registry == "docker.io" { "https://index.docker.io/v1/" } else { registry };
        let docker = credential(registry, get_credential(server), reporter)?;
        let (found, from) = match docker {
            Some(credential) => (credential, "docker's configuration"),
            None => (credential(registry, get_podman_credential(server), reporter)??, "podman's configuration"),
        };
        let auth = match found {
            DockerCredential::UsernamePassword(user, password) => RegistryAuth::Basic(user, password),
            DockerCredential::IdentityToken(token) if registry.ends_with(".azurecr.io") => {
                RegistryAuth::Basic(AZURE_TOKEN_USER.to_owned(), token)
            }
            DockerCredential::IdentityToken(token) => RegistryAuth::Bearer(token),
        };
        Some(Self { auth, from: Some(from) })
    }

    /// Why a registry may not take the token; nothing, where the login is none.
    pub(super) fn why_not(&self, now: u64) -> Option<String> {
        let RegistryAuth::Bearer(token) = &self.auth else { return None };
        Some(match expiry(token) {
            Some(expiry) if expiry <= now => format!("it expired {} ago", span(now - expiry)),
            _ => "it may be expired, or for another registry".to_owned(),
        })
    }
}

/// What was found: none at all, where what is there can't be used, which is said.
fn credential(
    registry: &str,
    found: Result<DockerCredential, CredentialRetrievalError>,
    reporter: &Reporter,
) -> Option<Option<DockerCredential>> {
    use CredentialRetrievalError as Error;
    match found {
        Ok(credential) => Some(Some(credential)),
        Err(Error::NoCredentialConfigured | Error::ConfigNotFound | Error::ConfigReadError) => Some(None),
        // How the helpers say that they have none.
        Err(Error::HelperFailure { stdout, .. }) if stdout.contains("credentials not found") => Some(None),
        Err(error) => {
            let (registry, why) = (registry.to_owned(), error.to_string().trim().replace('\n', " "));
            reporter.warn(RegistryError::Credentials { registry, why });
            None
        }
    }
}

/// When a token ends, in seconds since 1970, where it is one that says so (RFC 7519).
fn expiry(token: &str) -> Option<u64> {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<serde_json::Value>(&claims).ok()?.get("exp")?.as_u64()
}

fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        7200..172_800 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_before_a_password_and_half_a_login_is_none() {
        let find = |set: &[(&str, &str)]| {
            Login::of_variables(&|name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let password = [("MIK_REGISTRY_USERNAME", "a"), ("MIK_REGISTRY_PASSWORD", "b\n")];
        assert_eq!(find(&password).unwrap().auth, RegistryAuth::Basic("a".to_owned(), "b".to_owned()));
        let both = [password[0], password[1], ("MIK_REGISTRY_TOKEN", "t")];
        assert_eq!(find(&both).unwrap().auth, RegistryAuth::Bearer("t".to_owned()));
        assert!(find(&password[..1]).is_none());
        assert!(find(&[("MIK_REGISTRY_TOKEN", "a\nb")]).is_none(), "it could not be sent");
    }

    #[test]
    fn what_wkg_knows_is_a_token_for_one_registry_or_the_login_of_its_configuration() {
        let access = Access { login: Some(("a".to_owned(), "b".to_owned())), may_be_plain: false };
        let find = |registry: &str| {
            let token = |name: &str| (name == "WKG_REGISTRY_GHCR_IO_AUTH_BEARER").then(|| "t".to_owned());
            Login::of_wkg(registry, &access, &token).unwrap().auth
        };
        assert_eq!(find("ghcr.io"), RegistryAuth::Bearer("t".to_owned()));
        assert_eq!(find("localhost:5000"), RegistryAuth::Basic("a".to_owned(), "b".to_owned()));
        assert!(!format!("{access:?}").contains('"'), "no password is shown");
    }

    #[test]
    fn a_token_that_is_over_is_told_to_be() {
        let token = format!("x.{}.y", BASE64_URL_SAFE_NO_PAD.encode(r#"{"exp":1000}"#));
        let why =
            |token: &str, now| Login { auth: RegistryAuth::Bearer(token.to_owned()), from: None }.why_not(now).unwrap();
        assert_eq!(why(&token, 1600), "it expired 10 minutes ago");
        assert!(why(&token, 999).contains("may be") && why("opaque", 1600).contains("may be"));
        assert_eq!(Login::nobody().why_not(0), None);
    }
}
