//! A component's name in a registry: `user/repo:1.0`, `registry.example.com/team/repo@sha256:…`.

use std::fmt;

use mik_build::schema::REGISTRY;

use super::RegistryError;
use crate::project::{RegistrySettings, is_place, is_registry};

/// What a reference that names neither tag nor digest stands for.
const LATEST: &str = "latest";

/// Which component of which registry: the registry is decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference(oci_client::Reference);

impl Reference {
    /// Reads what was written. Where it names no registry, the settings' own is meant; where it names neither a tag nor a digest, the
    /// tag `latest`.
    ///
    /// # Errors
    /// It is no reference.
    pub fn parse(text: &str, settings: &RegistrySettings) -> Result<Self, RegistryError> {
        let bad =
            |why: &str, help: String| RegistryError::BadReference { text: text.to_owned(), why: why.to_owned(), help };
        if let Some((scheme, rest)) = text.split_once("://") {
            return Err(bad("it is a URL", format!("leave `{scheme}://` out: `{rest}`")));
        }
        let whole = match text.split_once('/') {
            Some((first, _)) if is_host(first) => match is_registry(first) {
                true => text.to_owned(),
                false => {
                    let help = format!("write a host, and its port if it has one, such as `{REGISTRY}/user/repo:1.0`");
                    return Err(bad(&format!("`{first}` is no registry"), help));
                }
            },
            _ => format!("{}/{text}", settings.default),
        };
        let reference = oci_client::Reference::try_from(whole.as_str()).map_err(|error| {
            let name = text.split(['@', ':']).next().unwrap_or(text);
            let help = match name.chars().any(char::is_uppercase) {
                true => format!("names are lower-case: `{}`", text.replacen(name, &name.to_lowercase(), 1)),
                false => "write, for example, `user/repo:1.0`, `registry.example.com/team/repo:1.0`, or \
                          `user/repo@sha256:` and its digest"
                    .to_owned(),
            };
            bad(&error.to_string(), help)
        })?;
        Ok(Self(reference))
    }

    /// The repository of a registry, as somebody else names them; nothing, where these are no names.
    pub(in crate::deps) fn at(registry: &str, repository: &str) -> Option<Self> {
        let (host, name) = (registry.to_owned(), repository.to_owned());
        let is_one = is_registry(registry) && is_place(&format!("{registry}/{repository}"));
        is_one.then(|| Self(oci_client::Reference::with_tag(host, name, LATEST.to_owned())))
    }

    /// The host, and the port where it is not the usual one.
    pub fn registry(&self) -> &str {
        self.0.registry()
    }

    /// What it is called there.
    pub fn repository(&self) -> &str {
        self.0.repository()
    }

    /// The tag, where it has one.
    pub fn tag(&self) -> Option<&str> {
        self.0.tag()
    }

    /// The digest of the manifest, where it has one. It decides, whatever the tag is.
    pub fn digest(&self) -> Option<&str> {
        self.0.digest()
    }

    /// The same repository's manifest of that digest.
    #[must_use]
    pub fn with_digest(&self, digest: &str) -> Self {
        Self(self.0.clone_with_digest(digest.to_owned()))
    }

    /// The same repository's tag.
    #[must_use]
    pub fn with_tag(&self, tag: &str) -> Self {
        let (registry, repository) = (self.registry().to_owned(), self.repository().to_owned());
        Self(oci_client::Reference::with_tag(registry, repository, tag.to_owned()))
    }

    /// The same in a mirror: a registry, and the path where it keeps what it mirrors.
    pub(super) fn below(&self, mirror: &str) -> Self {
        let (registry, path) = mirror.split_once('/').unwrap_or((mirror, ""));
        let repository = [path, self.repository()].join("/").trim_start_matches('/').to_owned();
        let registry = registry.to_owned();
        Self(match (self.tag(), self.digest()) {
            (_, Some(digest)) => oci_client::Reference::with_digest(registry, repository, digest.to_owned()),
            (tag, None) => oci_client::Reference::with_tag(registry, repository, tag.unwrap_or(LATEST).to_owned()),
        })
    }

    /// The repository with its registry, without tag or digest.
    pub fn place(&self) -> String {
        format!("{}/{}", self.registry(), self.repository())
    }

    pub(super) fn oci(&self) -> &oci_client::Reference {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Whether the first part of a reference is a host rather than a user: docker's rule.
fn is_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost"
}

/// Whether a registry is this machine: nobody is between, and it is spoken to in plain HTTP, as docker does.
pub(in crate::deps) fn is_loopback(registry: &str) -> bool {
    let host = registry.split(':').next().unwrap_or(registry);
    let is_address = host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    is_address || host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, RegistryError> {
        let settings =
            RegistrySettings { default: "registry.example.com:5000".to_owned(), ..RegistrySettings::default() };
        Reference::parse(text, &settings).map(|reference| reference.to_string())
    }

    #[test]
    fn what_is_not_said_is_the_default() {
        for (text, whole) in [
            ("user/repo", "registry.example.com:5000/user/repo:latest"),
            ("repo:1", "registry.example.com:5000/repo:1"),
            ("user/repo:1.0", "registry.example.com:5000/user/repo:1.0"),
            ("ghcr.io/user/a/b:1.0", "ghcr.io/user/a/b:1.0"),
            ("localhost/repo", "localhost/repo:latest"),
            ("127.0.0.1:5000/repo", "127.0.0.1:5000/repo:latest"),
        ] {
            assert_eq!(parse(text).unwrap(), whole);
        }
        let digest = format!("sha256:{}", "0".repeat(64));
        assert_eq!(parse(&format!("a.b/c@{digest}")).unwrap(), format!("a.b/c@{digest}"));
        assert_eq!(parse(&format!("a.b/c:1@{digest}")).unwrap(), format!("a.b/c:1@{digest}"));
    }

    #[test]
    fn what_is_no_reference_is_told_why() {
        for (text, help) in [
            ("", "user/repo"),
            ("user/Repo:V1", "`user/repo:V1`"),
            ("https://ghcr.io/a/b", "`ghcr.io/a/b`"),
            ("a:b:c/d", "write a host"),
            ("user/repo@sha256:12", "digest"),
            ("user/repo:", "user/repo:1.0"),
            ("user//repo", "user/repo"),
            ("../repo", "write a host"),
        ] {
            let error = parse(text).unwrap_err();
            let said = miette::Diagnostic::help(&error).unwrap().to_string();
            assert!(said.contains(help), "{text}: {said}");
        }
    }

    #[test]
    fn a_mirror_may_keep_it_below_a_path() {
        let settings = RegistrySettings::default();
        let reference = Reference::parse("user/repo:1", &settings).unwrap();
        assert_eq!(reference.below("mirror:1/ghcr/x").to_string(), "mirror:1/ghcr/x/user/repo:1");
        assert_eq!(reference.below("mirror.example.com").to_string(), "mirror.example.com/user/repo:1");
    }

    #[test]
    fn loopback_is_this_machine_and_nothing_else() {
        assert!(["localhost", "localhost:5000", "127.0.0.1:5000", "127.8.0.1"].into_iter().all(is_loopback));
        assert!(!["localhost.example.com", "128.0.0.1", "ghcr.io"].into_iter().any(is_loopback));
    }
}
