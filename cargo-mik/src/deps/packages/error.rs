//! What can stand between us and a package: the file that says where it is, the registry, its versions.

use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::deps::registry::RegistryError;

/// A package that can't be had, or not be put anywhere. Exit code 106.
#[derive(Debug, Error, Diagnostic)]
pub enum PackageError {
    /// wkg's configuration is there and can't be read.
    #[error("wkg's configuration `{}` can't be read: {why}", path.display())]
    #[diagnostic(
        code(mik::deps::package_configuration),
        help("it says which registry has which packages; `WKG_CONFIG_FILE` names another file")
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// wkg's configuration makes no sense.
    #[error("wkg's configuration is wrong: {message}")]
    #[diagnostic(
        code(mik::deps::package_configuration),
        help("`wkg config --edit` opens it; `WKG_CONFIG_FILE` names another file")
    )]
    Configuration {
        /// What is wrong.
        message: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place.
        #[label]
        at: SourceSpan,
    },
    /// wkg's configuration names a protocol that is not spoken here.
    #[error("`{registry}` is spoken to by `{protocol}`, which `cargo mik` does not speak")]
    #[diagnostic(
        code(mik::deps::package_protocol),
        help("it speaks `oci`, and reads a directory (`local`): name a registry that has the package by one of these")
    )]
    UnsupportedHere {
        /// The registry.
        registry: String,
        /// The protocol.
        protocol: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// Where it says so.
        #[label("it says so here")]
        at: SourceSpan,
    },
    /// A registry names a protocol that is not spoken here.
    #[error("`{registry}` says that it is spoken to by `{protocol}`, which `cargo mik` does not speak")]
    #[diagnostic(
        code(mik::deps::package_protocol),
        help(
            "name a registry that has the package by `oci`; if this one speaks that as well, say so in wkg's configuration: \
             `[registry.\"{registry}\"]`, `type = \"oci\"`"
        )
    )]
    Unsupported {
        /// The registry.
        registry: String,
        /// The protocol.
        protocol: String,
    },
    /// No registry has packages of that namespace, as far as anybody has said.
    #[error("nobody has said which registry has `{package}`")]
    #[diagnostic(
        code(mik::deps::no_package_registry),
        help(
            "wkg's configuration says so: {file}. Write there, with the registry's name:\n\n    \
             [namespace_registries]\n    {namespace} = \"registry.example.com\""
        )
    )]
    NoRegistry {
        /// The package.
        package: String,
        /// Its namespace.
        namespace: String,
        /// The file, and whether it is there.
        file: String,
    },
    /// A text that is no package's name.
    #[error("`{text}` is no package")]
    #[diagnostic(
        code(mik::deps::bad_package),
        help("write `namespace:name`, in lower-case letters, digits and `-`, such as `shop:db`")
    )]
    BadName {
        /// What was written.
        text: String,
    },
    /// A text that is no requirement.
    #[error("`{text}` does not say which versions are wanted: {why}")]
    #[diagnostic(
        code(mik::deps::bad_requirement),
        help("of a package it is a requirement as in cargo: `1.2`, `~1.2.3`, `=1.2.3`, `>=1.2, <3`")
    )]
    BadRequirement {
        /// What was written.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A registry does not tell of itself.
    #[error("`{registry}` does not tell how it is spoken to: {why}")]
    #[diagnostic(
        code(mik::deps::package_registry),
        help(
            "is the name right? What it should tell can be said in wkg's configuration in its place:\n\n    \
             [namespace_registries.{namespace}]\n    registry = \"{registry}\"\n    \
             metadata = {{ oci = {{ registry = \"oci.example.com\", namespacePrefix = \"team/\" }} }}"
        )
    )]
    Metadata {
        /// The registry.
        registry: String,
        /// The namespace that led there.
        namespace: String,
        /// Why it is not.
        why: String,
    },
    /// A registry tells of a place that is none.
    #[error("`{registry}` says that `{package}` is at `{place}`, which is no name in a registry")]
    #[diagnostic(
        code(mik::deps::package_registry),
        help(
            "`oci.registry` has to be a host, maybe with a port, and `oci.namespacePrefix` the beginning of a repository's name, such as `team/`"
        )
    )]
    BadPlace {
        /// The registry.
        registry: String,
        /// The package.
        package: String,
        /// Where that would be.
        place: String,
    },
    /// There is no such package.
    #[error("there is no package `{package}` at `{place}`")]
    #[diagnostic(
        code(mik::deps::unknown_package),
        help("is it spelled right? Which registry has it is said in {file}")
    )]
    Unknown {
        /// The package.
        package: String,
        /// Where it was looked for.
        place: String,
        /// The file that leads there.
        file: String,
    },
    /// No version fits.
    #[error("no version of `{package}` fits `{wanted}`: {there}")]
    #[diagnostic(code(mik::deps::no_version), help("write one that is there; it was looked for at `{place}`"))]
    NoVersion {
        /// The package.
        package: String,
        /// Where it is.
        place: String,
        /// What was wanted.
        wanted: String,
        /// What there is.
        there: String,
    },
    /// A directory of packages can't be read.
    #[error("the packages on this machine can't be read")]
    #[diagnostic(code(mik::deps::unreadable), help("wkg's configuration names the directory; may it be read?"))]
    Directory {
        /// What the system said, with the path.
        source: std::io::Error,
    },
    /// What is in a directory needs no registry.
    #[error("`{package}` is in a directory on this machine: `{}`", path.display())]
    #[diagnostic(code(mik::deps::package_protocol), help("copy it from there, or to there"))]
    InDirectory {
        /// The package.
        package: String,
        /// The directory, or the file.
        path: PathBuf,
    },
    /// What wkg does and we do not.
    #[error("`{key}` of `[registry.\"{registry}\".oci]` in wkg's configuration is passed over")]
    #[diagnostic(
        code(mik::deps::package_configuration),
        severity(Warning),
        help("to trust an authority of your own, put its certificate into a file (PEM) and set SSL_CERT_FILE to that")
    )]
    PassedOver {
        /// The key.
        key: &'static str,
        /// The registry.
        registry: String,
    },
    /// The registry has it not, or does not give it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(#[from] RegistryError),
}

impl PackageError {
    /// Whether it is about wkg's configuration, and has a place there, rather than about one package.
    pub(in crate::deps) fn is_about_the_configuration(&self) -> bool {
        matches!(self, Self::Configuration { .. } | Self::UnsupportedHere { .. })
    }
}
