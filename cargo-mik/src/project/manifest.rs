//! A package's configuration files: read, weighed key by key, and kept as text so that an error can point into them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{NamedSource, SourceSpan};
use mik_build::schema::{CargoPackage, Schema};
use mik_build::{SchemaError, Written};
use toml::Spanned;

use super::ProjectError;
use crate::report::Reporter;
use crate::tools::files;

/// A configuration file's path, as shown, and text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SourceFile {
    directory: PathBuf,
    path: String,
    text: Arc<String>,
}

impl SourceFile {
    fn read(path: &Path) -> Result<Self, ProjectError> {
        let text = files::read_to_string(path).map_err(|source| ProjectError::Read { source })?;
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { directory, path: shown(path), text: Arc::new(text) })
    }

    /// The directory that paths in it are relative to.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn named_source(&self) -> NamedSource<Arc<String>> {
        NamedSource::new(&self.path, Arc::clone(&self.text))
    }
}

/// A value and the place it was written in.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) file: SourceFile,
    pub(super) span: SourceSpan,
}

/// The configuration in one directory: `Cargo.toml` first, `mik.toml` as the fallback.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    directory: PathBuf,
    cargo_toml: Option<(SourceFile, Schema)>,
    mik_toml: Option<(SourceFile, Schema)>,
    package: Option<CargoPackage>,
}

impl Manifest {
    /// Reads the files beside a package's `Cargo.toml`; an unknown key is a warning.
    pub(super) fn read(cargo_toml: &Path, reporter: &Reporter) -> Result<Self, ProjectError> {
        Self::of_directory(directory_of(cargo_toml), reporter)
    }

    /// Reads what there is in a directory, which may be nothing; an unknown key is a warning.
    pub(super) fn of_directory(directory: &Path, reporter: &Reporter) -> Result<Self, ProjectError> {
        let read = |name: &str, parse: fn(&str) -> Result<Written, SchemaError>| {
            let path = directory.join(name);
            if !path.is_file() {
                return Ok(None);
            }
            let file = SourceFile::read(&path)?;
            let written = parse(&file.text).map_err(|error| invalid(&file, error))?;
            warn_unknown(&file, &written, reporter);
            Ok(Some((file, written)))
        };
        let cargo_toml = read("Cargo.toml", Written::from_cargo_toml)?;
        let mik_toml = read("mik.toml", Written::from_mik_toml)?;
        let package = cargo_toml.as_ref().and_then(|(_, written)| written.package.clone());
        let schema = |(file, written): (SourceFile, Written)| (file, written.schema);
        let (cargo_toml, mik_toml) = (cargo_toml.map(schema), mik_toml.map(schema));
        Ok(Self { directory: directory.to_owned(), cargo_toml, mik_toml, package })
    }

    /// The directory of the files.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// What `[package]` of `Cargo.toml` says.
    pub(super) fn package(&self) -> Option<&CargoPackage> {
        self.package.as_ref()
    }

    /// The files that are there.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let file = |(file, _): &(SourceFile, Schema), name| file.directory.join(name);
        let cargo_toml = self.cargo_toml.as_ref().map(|read| file(read, "Cargo.toml"));
        cargo_toml.into_iter().chain(self.mik_toml.as_ref().map(|read| file(read, "mik.toml")))
    }

    /// The names that a table of the user's own making has, in either file.
    pub(super) fn names(&self, field: impl Fn(&Schema) -> Option<Vec<String>>) -> BTreeSet<String> {
        let schemas = [&self.cargo_toml, &self.mik_toml].into_iter().flatten().map(|(_, schema)| schema);
        schemas.filter_map(field).flatten().collect()
    }

    /// The value of one key. A key set in both files is a warning that names both places.
    pub(super) fn get<T: Clone>(
        &self,
        key: &str,
        field: impl Fn(&Schema) -> Option<&Spanned<T>>,
        reporter: &Reporter,
    ) -> Option<Located<T>> {
        let locate = |(file, schema): &(SourceFile, Schema)| {
            field(schema).map(|value| Located {
                value: value.get_ref().clone(),
                file: file.clone(),
                span: value.span().into(),
            })
        };
        let first = self.cargo_toml.as_ref().and_then(locate);
        let second = self.mik_toml.as_ref().and_then(locate);
        if let (Some(first), Some(second)) = (&first, &second) {
            reporter.warn(ProjectError::SetTwice {
                key: key.to_owned(),
                other: place(second),
                source_code: first.file.named_source(),
                at: first.span,
            });
        }
        first.or(second)
    }
}

fn directory_of(cargo_toml: &Path) -> &Path {
    cargo_toml.parent().unwrap_or(Path::new(""))
}

fn warn_unknown(file: &SourceFile, written: &Written, reporter: &Reporter) {
    for unknown in &written.unknown_keys {
        reporter.warn(ProjectError::UnknownKey {
            key: unknown.key.clone(),
            help: match unknown.nearest {
                Some(nearest) => format!("write `{nearest}`"),
                None => "remove it: nothing reads it".to_owned(),
            },
            source_code: file.named_source(),
            at: unknown.span.clone().into(),
        });
    }
}

fn invalid(file: &SourceFile, error: SchemaError) -> ProjectError {
    ProjectError::InvalidValue {
        help: help(&error.message).to_owned(),
        message: error.message,
        source_code: file.named_source(),
        at: error.span.unwrap_or(0..0).into(),
    }
}

/// What to write where a value has the wrong type, by the type that serde expected.
fn help(message: &str) -> &'static str {
    match message.rsplit_once("expected ").map_or("", |(_, expected)| expected) {
        "u16" => "write a whole number from 0 to 65535, without quotes",
        "u64" => "write a whole number, without quotes",
        "a boolean" => "write `true` or `false`, without quotes",
        "a string" => "write it in quotes",
        "a map" => "write a table: `{ NAME = \"value\" }`",
        expected if expected.starts_with("one of") => "write one of these, in quotes",
        _ => "docs/configuration.md tells what each key takes",
    }
}

/// `file:line`, for a second place that a label can't reach.
fn place<T>(located: &Located<T>) -> String {
    let line = located.file.text.get(..located.span.offset()).map_or(1, |before| before.matches('\n').count() + 1);
    format!("{}:{line}", located.file.path)
}

/// A path as cargo shows it: relative to the current directory where it lies beneath.
fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    let relative = path.strip_prefix(cwd);
    relative.unwrap_or(path).display().to_string()
}
