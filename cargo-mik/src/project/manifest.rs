//! A package's configuration files: read, weighed key by key, and kept as text so that an error can point into them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{NamedSource, SourceSpan};
use mik_build::schema::reference::Key;
use mik_build::schema::{CargoPackage, Schema, Spanned};
use mik_build::{SchemaError, Written};
use serde_json::Value;

use super::ProjectError;
use super::decision::{Decision, Decisions, Origin};
use crate::report::Reporter;
use crate::tools::files;

/// A configuration file's path, as shown, and text.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    /// The path, as it is shown.
    pub(super) fn path(&self) -> &str {
        &self.path
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

impl<T> Located<T> {
    /// What `cargo mik config` says of it: the value as written, never what it stands for.
    pub(super) fn decision(&self) -> Decision {
        Decision { value: self.as_written(), origin: self.origin() }
    }

    fn origin(&self) -> Origin {
        let SourceFile { directory, path, text } = &self.file;
        let line = text.get(..self.span.offset()).map_or(1, |before| before.matches('\n').count() + 1);
        Origin::File { file: path.clone(), line, directory: directory.clone() }
    }

    fn as_written(&self) -> Value {
        let (start, length) = (self.span.offset(), self.span.len());
        let written = self.file.text.get(start..start + length).unwrap_or_default();
        let document: Option<toml::Table> = format!("value = {written}").parse().ok();
        document.and_then(|document| serde_json::to_value(document.get("value")?).ok()).unwrap_or_default()
    }
}

/// The configuration in one directory: `Cargo.toml` first, `mik.toml` as the fallback.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    directory: PathBuf,
    cargo_toml: Option<(SourceFile, Schema)>,
    mik_toml: Option<(SourceFile, Schema)>,
    package: Option<CargoPackage>,
    decisions: Decisions,
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
        Ok(Self { directory: directory.to_owned(), cargo_toml, mik_toml, package, decisions: Decisions::default() })
    }

    /// The directory of the files.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// What `[package]` of `Cargo.toml` says.
    pub(super) fn package(&self) -> Option<&CargoPackage> {
        self.package.as_ref()
    }

    /// What has been decided of its keys so far.
    pub(super) fn decisions(&self) -> &Decisions {
        &self.decisions
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

    /// The value of one key, which is noted as decided by its file. A key set in both files is a warning that names both places.
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
                other: second.origin().to_string(),
                source_code: first.file.named_source(),
                at: first.span,
            });
        }
        let found = first.or(second);
        if let Some(located) = &found {
            self.decisions.note(key, located.decision());
        }
        found
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
    let SchemaError { message, span, key } = error;
    let help = match key.and_then(|key| Key::find(&key)) {
        Some(Key { path, example, .. }) => {
            format!("write, for example, `{} = {example}`", path.rsplit('.').next().unwrap_or(&path))
        }
        None => "docs/reference/configuration.md tells what each key takes".to_owned(),
    };
    let at = span.unwrap_or(0..0).into();
    ProjectError::InvalidValue { message, help, source_code: file.named_source(), at }
}

/// A path as cargo shows it: relative to the current directory where it lies beneath.
fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    let relative = path.strip_prefix(cwd);
    relative.unwrap_or(path).display().to_string()
}
