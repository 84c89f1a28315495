//! What a registry of packages tells of itself, at `/.well-known/wasm-pkg/registry.json`: how it is spoken to, and below which name.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::error::PackageError;
use crate::deps::download;
use crate::deps::problem::Problem;
use crate::deps::registry::is_loopback;
use crate::report::Reporter;

/// Where it is told (RFC 8615).
const PATH: &str = "/.well-known/wasm-pkg/registry.json";

/// The most that may be told, in bytes.
const MOST_BYTES: u64 = 64 << 10;

/// What is told.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metadata {
    preferred_protocol: Option<String>,
    oci: Option<Oci>,
    /// As it was written before there were several protocols; so is the next.
    oci_registry: Option<String>,
    oci_namespace_prefix: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Oci {
    registry: Option<String>,
    namespace_prefix: Option<String>,
}

impl Metadata {
    /// Asks a registry. One that has no such page is an OCI registry itself, as wkg has it; and one that is known to be one need not answer
    /// at all, such as in plain HTTP where that is not on this machine.
    pub(super) fn fetch(
        registry: &str,
        package: &str,
        is_known: bool,
        reporter: &Reporter,
    ) -> Result<Self, PackageError> {
        let scheme = if is_loopback(registry) { "http" } else { "https" };
        let url = format!("{scheme}://{registry}{PATH}");
        let namespace = package.split(':').next().unwrap_or_default().to_owned();
        let failed = |why: String| PackageError::Metadata { registry: registry.to_owned(), namespace, why };
        match download::document(&url, MOST_BYTES, reporter) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| failed(format!("`{url}` makes no sense: {error}")))
            }
            Err(Problem::Status { status: 400..=499, .. }) => {
                reporter.detail("Passing", format!("over `{url}`, which is not there: `{registry}` is asked itself"));
                Ok(Self::default())
            }
            Err(problem) if is_known => {
                reporter.detail("Passing", format!("over `{url}`: {problem}"));
                Ok(Self::default())
            }
            Err(problem) => Err(failed(problem.to_string())),
        }
    }

    /// The protocol that it is spoken to by.
    pub(super) fn protocol(&self) -> &str {
        let mut others = self.others.iter().filter(|(_, value)| value.is_object()).map(|(key, _)| key.as_str());
        let has_oci = self.oci.is_some() || self.oci_registry.is_some();
        match (&self.preferred_protocol, has_oci, others.next(), others.next()) {
            (Some(preferred), ..) => preferred,
            (None, false, Some(only), None) => only,
            _ => "oci",
        }
    }

    /// The OCI registry, and what its repositories' names begin with.
    pub(super) fn oci(&self, registry: &str) -> (String, String) {
        let Oci { registry: own, namespace_prefix } = self.oci.clone().unwrap_or_default();
        let host = self.oci_registry.clone().or(own).unwrap_or_else(|| registry.to_owned());
        (host, self.oci_namespace_prefix.clone().or(namespace_prefix).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, (String, String)) {
        let metadata: Metadata = serde_json::from_str(text).unwrap();
        (metadata.protocol().to_owned(), metadata.oci("own"))
    }

    #[test]
    fn the_protocol_is_the_preferred_one_or_the_only_one() {
        for (text, protocol) in [
            ("{}", "oci"),
            (r#"{"oci": {}, "warg": {}}"#, "oci"),
            (r#"{"warg": {"url": "https://a"}}"#, "warg"),
            (r#"{"preferredProtocol": "warg", "oci": {}, "warg": {}}"#, "warg"),
            (r#"{"preferredProtocol": "oci", "warg": {}}"#, "oci"),
            (r#"{"note": "text"}"#, "oci"),
        ] {
            assert_eq!(read(text).0, protocol, "{text}");
        }
    }

    #[test]
    fn names_are_below_a_prefix_in_another_registry_in_both_spellings() {
        let told = ("a.io".to_owned(), "team/".to_owned());
        assert_eq!(read(r#"{"oci": {"registry": "a.io", "namespacePrefix": "team/"}}"#).1, told);
        assert_eq!(read(r#"{"ociRegistry": "a.io", "ociNamespacePrefix": "team/"}"#).1, told);
        assert_eq!(read("{}").1, ("own".to_owned(), String::new()));
    }
}
