//! wkg's configuration file: which registry has which packages, and how that is spoken to.
//!
//! It is wkg's, and described with the crate `wasm-pkg-common` (its module `config`, and the README of `wasm-pkg-tools`); read here, because
//! that crate tells of no places in the file, and brings a second copy of what is here already. Keys that are not known are passed over: they
//! are for other programs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use miette::NamedSource;
use serde::Deserialize;
use toml::{Spanned, Value};

use super::error::PackageError;
use super::metadata::Metadata;
use crate::deps::registry::Access;
use crate::project::{PackageFile, is_registry, package_name};
use crate::tools::files;

/// The most that the file may have, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// The registries of namespaces that no file says anything of: wkg knows these two.
const FALLBACKS: [(&str, &str); 2] = [("wasi", "wasi.dev"), ("ba", "bytecodealliance.org")];

/// What the file says, or that there is none.
#[derive(Debug)]
pub(super) struct Configuration {
    file: Option<PackageFile>,
    is_there: bool,
    text: Arc<String>,
    written: Written,
}

/// Where the versions of a package are.
#[derive(Debug)]
pub(super) enum Way {
    /// In a directory on this machine.
    Directory(PathBuf),
    /// In a registry.
    Registry(Box<PackageRegistry>),
}

/// A registry of packages, as the file has it.
#[derive(Debug)]
pub(super) struct PackageRegistry {
    /// Its name: a host, which tells more of it where the file does not.
    pub(super) name: String,
    /// What the file tells of it in the registry's place.
    pub(super) metadata: Option<Metadata>,
    /// Whether the file says that it speaks OCI.
    pub(super) is_oci: bool,
    /// How to speak to it.
    pub(super) access: Access,
    /// What of the file is not honoured.
    pub(super) passed_over: Vec<&'static str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    default_registry: Option<Spanned<String>>,
    namespace_registries: BTreeMap<String, Spanned<Mapping>>,
    package_registry_overrides: BTreeMap<String, Spanned<Mapping>>,
    registry: BTreeMap<String, BTreeMap<String, Spanned<Value>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "wanted a registry, or a table with `registry` and `metadata`")]
enum Mapping {
    Name(String),
    Told { registry: String, metadata: Box<Metadata> },
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Oci {
    auth: Option<Auth>,
    protocol: Option<String>,
    accept_invalid_certificates: bool,
    extra_root_certificates: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "wanted `{ username = \"…\", password = \"…\" }`, or that in base64")]
enum Auth {
    Encoded(String),
    Login { username: String, password: String },
}

#[derive(Deserialize)]
struct Local {
    root: PathBuf,
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Auth(…)")
    }
}

impl Configuration {
    /// Reads the file. That there is none is as good as an empty one, unless it was named.
    pub(super) fn read() -> Result<Self, PackageError> {
        let none = |file| Self { file, is_there: false, text: Arc::default(), written: Written::default() };
        let Some(file) = PackageFile::find() else { return Ok(none(None)) };
        let failed = |why: String| PackageError::Unreadable { path: file.path.clone(), why };
        let bytes = match files::read_at_most(&file.path, MOST_BYTES) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(failed(format!("it has more than {MOST_BYTES} bytes"))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !file.is_named => {
                return Ok(none(Some(file)));
            }
            Err(error) => return Err(failed(error.to_string())),
        };
        let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".to_owned()))?;
        Self::parse(file, text)
    }

    fn parse(file: PackageFile, text: String) -> Result<Self, PackageError> {
        let read = toml::from_str(&text);
        let mut configuration =
            Self { file: Some(file), is_there: true, text: Arc::new(text), written: Written::default() };
        configuration.written =
            read.map_err(|error| configuration.wrong(error.message().to_owned(), error.span().unwrap_or_default()))?;
        Ok(configuration)
    }

    /// Where the versions of a package are: what is said of itself goes before what is said of its namespace, and that before the default.
    pub(super) fn way(&self, package: &str) -> Result<Way, PackageError> {
        let (namespace, _) = package_name(package).ok_or_else(|| PackageError::BadName { text: package.to_owned() })?;
        let Written { default_registry, namespace_registries, package_registry_overrides, .. } = &self.written;
        let mapping = package_registry_overrides.get(package).or_else(|| namespace_registries.get(namespace));
        let (name, metadata, span) = match (mapping, default_registry) {
            (Some(mapping), _) => match mapping.get_ref() {
                Mapping::Name(name) => (name.clone(), None, mapping.span()),
                Mapping::Told { registry, metadata } => (registry.clone(), Some((**metadata).clone()), mapping.span()),
            },
            (None, Some(name)) => (name.get_ref().clone(), None, name.span()),
            (None, None) => (self.fallback(namespace, package)?, None, Range::default()),
        };
        if !is_registry(&name) {
            return Err(self.wrong(format!("`{name}` is no registry: that is a host, maybe with a port"), span));
        }
        self.registry(name, metadata)
    }

    fn registry(&self, name: String, metadata: Option<Metadata>) -> Result<Way, PackageError> {
        let empty = BTreeMap::new();
        let table = self.written.registry.get(&name).unwrap_or(&empty);
        let chosen = table.get("default").or_else(|| table.get("type"));
        let backends: Vec<&String> = table.keys().filter(|key| !matches!(key.as_str(), "default" | "type")).collect();
        let backend = match (chosen, backends.as_slice()) {
            (Some(chosen), _) => match chosen.get_ref().as_str() {
                Some(text) => Some(text),
                None => return Err(self.wrong("wanted a string, such as `\"oci\"`".to_owned(), chosen.span())),
            },
            (None, [only]) => Some(only.as_str()),
            (None, _) => None,
        };
        match backend {
            None | Some("oci") => {
                let oci: Oci = self.backend(table, "oci")?.unwrap_or_default();
                let mut passed_over = Vec::new();
                passed_over.extend(oci.accept_invalid_certificates.then_some("accept_invalid_certificates"));
                passed_over.extend((!oci.extra_root_certificates.is_empty()).then_some("extra_root_certificates"));
                let access = self.access(oci, table)?;
                let is_oci = backend.is_some();
                Ok(Way::Registry(Box::new(PackageRegistry { name, metadata, is_oci, access, passed_over })))
            }
            Some("local") => match self.backend::<Local>(table, "local")? {
                Some(Local { root }) => Ok(Way::Directory(root)),
                None => {
                    let span = chosen.map(Spanned::span).unwrap_or_default();
                    Err(self.wrong(
                        format!("wanted the directory, too: `[registry.\"{name}\".local]`, `root = \"…\"`"),
                        span,
                    ))
                }
            },
            Some(other) => {
                let place = chosen.map(Spanned::span).or_else(|| table.get(other).map(Spanned::span));
                Err(self.unsupported(name, other.to_owned(), place.unwrap_or_default()))
            }
        }
    }

    /// What is said of one way to speak to a registry.
    fn backend<T: for<'de> Deserialize<'de>>(
        &self,
        table: &BTreeMap<String, Spanned<Value>>,
        key: &str,
    ) -> Result<Option<T>, PackageError> {
        let Some(value) = table.get(key) else { return Ok(None) };
        let read = value.get_ref().clone().try_into();
        read.map(Some).map_err(|error: toml::de::Error| self.wrong(error.message().to_owned(), value.span()))
    }

    fn access(&self, oci: Oci, table: &BTreeMap<String, Spanned<Value>>) -> Result<Access, PackageError> {
        let wrong =
            |message: &str| self.wrong(message.to_owned(), table.get("oci").map(Spanned::span).unwrap_or_default());
        let may_be_plain = match oci.protocol.as_deref() {
            None | Some("https") => false,
            Some("http") => true,
            Some(_) => return Err(wrong("`protocol` has to be `http` or `https`")),
        };
        let login = match oci.auth {
            None => None,
            Some(Auth::Login { username, password }) => Some((username, password)),
            Some(Auth::Encoded(text)) => {
                Some(decoded(&text).ok_or_else(|| wrong("`auth` has to be `username:password` in base64"))?)
            }
        };
        Ok(Access { login, may_be_plain })
    }

    /// The registry of a namespace that nothing is said of. A file that was named is all that holds.
    fn fallback(&self, namespace: &str, package: &str) -> Result<String, PackageError> {
        let known = FALLBACKS.iter().find(|(known, _)| *known == namespace);
        let may = !self.file.as_ref().is_some_and(|file| file.is_named);
        match known.filter(|_| may) {
            Some((_, registry)) => Ok((*registry).to_owned()),
            None => Err(PackageError::NoRegistry {
                package: package.to_owned(),
                namespace: namespace.to_owned(),
                file: self.in_words(),
            }),
        }
    }

    /// The file for the eye, and whether it is there.
    pub(super) fn in_words(&self) -> String {
        match &self.file {
            Some(file) if self.is_there => format!("`{}`", file.path.display()),
            Some(file) => format!("`{}`, which is not there yet", file.path.display()),
            None => "a file that `WKG_CONFIG_FILE` names, since there is no home directory".to_owned(),
        }
    }

    fn unsupported(&self, registry: String, protocol: String, span: Range<usize>) -> PackageError {
        PackageError::UnsupportedHere { registry, protocol, source_code: self.source_code(), at: span.into() }
    }

    fn wrong(&self, message: String, span: Range<usize>) -> PackageError {
        PackageError::Configuration { message, source_code: self.source_code(), at: span.into() }
    }

    fn source_code(&self) -> NamedSource<Arc<String>> {
        let name = self.file.as_ref().map(|file| file.path.display().to_string()).unwrap_or_default();
        NamedSource::new(name, Arc::clone(&self.text))
    }
}

/// A name and a password from what stands for them.
fn decoded(text: &str) -> Option<(String, String)> {
    // As wkg reads it: with `=` at its end, or without.
    const EITHER: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let login = String::from_utf8(EITHER.decode(text.trim()).ok()?).ok()?;
    login.split_once(':').map(|(username, password)| (username.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Configuration, PackageError> {
        let file = PackageFile { path: "config.toml".into(), is_named: false };
        Configuration::parse(file, text.to_owned())
    }

    fn registry(text: &str, package: &str) -> PackageRegistry {
        match read(text).unwrap().way(package).unwrap() {
            Way::Registry(registry) => *registry,
            Way::Directory(root) => panic!("{}", root.display()),
        }
    }

    /// What is wrong, and the text at its place.
    fn wrong(text: &str, package: &str) -> (String, String) {
        let error = read(text).and_then(|read| read.way(package)).unwrap_err();
        let span = miette::Diagnostic::labels(&error).and_then(|mut labels| labels.next());
        let place = span.map(|span| text[span.offset()..span.offset() + span.len()].to_owned());
        (error.to_string(), place.unwrap_or_default())
    }

    #[test]
    fn a_package_goes_before_its_namespace_and_that_before_the_default() {
        let text = "default_registry = \"a.example\"\n[namespace_registries]\nshop = \"b.example\"\n\
                    [package_registry_overrides]\n\"shop:db\" = \"c.example:5000\"\n";
        assert_eq!(registry(text, "shop:db").name, "c.example:5000");
        assert_eq!(registry(text, "shop:cache").name, "b.example");
        assert_eq!(registry(text, "wasi:http").name, "a.example");
        assert_eq!(registry("", "wasi:http").name, "wasi.dev");
        assert!(wrong("", "shop:db").0.contains("shop:db"));
        assert!(wrong(text, "shop").0.contains("`shop`"));
    }

    #[test]
    fn what_is_told_in_a_registrys_place_is_taken_with_the_login() {
        let text = "[namespace_registries]\nshop = { registry = \"own\", metadata = { preferredProtocol = \"oci\", \
                    oci = { registry = \"ghcr.io\", namespacePrefix = \"team/\" } } }\n\
                    [registry.own.oci]\nauth = \"cGluZzpwb25n\"\nprotocol = \"http\"\n";
        let shop = registry(text, "shop:db");
        let metadata = shop.metadata.unwrap();
        assert_eq!(metadata.oci("own"), ("ghcr.io".to_owned(), "team/".to_owned()));
        assert_eq!(shop.access.login, Some(("ping".to_owned(), "pong".to_owned())));
        assert!(shop.access.may_be_plain && shop.is_oci);
        let named = text.replace("\"cGluZzpwb25n\"", "{ username = \"a\", password = \"b:c\" }");
        assert_eq!(registry(&named, "shop:db").access.login, Some(("a".to_owned(), "b:c".to_owned())));
    }

    #[test]
    fn a_directory_takes_the_place_of_a_registry() {
        let text = "default_registry = \"own\"\n[registry.own.local]\nroot = \"/packages\"\n";
        assert!(matches!(read(text).unwrap().way("shop:db"), Ok(Way::Directory(root)) if root.ends_with("packages")));
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        assert_eq!(wrong("default_registry = 5\n", "a:b").1, "5");
        assert_eq!(wrong("default_registry = \"https://a\"\n", "a:b").1, "\"https://a\"");
        assert_eq!(wrong("[namespace_registries]\na = 5\n", "a:b").1, "5");
        let (message, place) = wrong("default_registry = \"x\"\n[registry.x]\ntype = \"warg\"\n", "a:b");
        assert!(message.contains("warg") && place == "\"warg\"", "{message}: {place}");
        let (message, _) = wrong("default_registry = \"x\"\n[registry.x.oci]\nauth = 5\n", "a:b");
        assert!(message.contains("username"), "{message}");
        assert!(
            wrong("default_registry = \"x\"\n[registry.x.oci]\nprotocol = \"ftp\"\n", "a:b").0.contains("`protocol`")
        );
    }
}
