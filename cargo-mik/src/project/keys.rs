//! `server.*` as the packages' files say it: one server serves all packages, so that one of them decides.

use std::fmt::Display;
use std::net::IpAddr;
use std::path::PathBuf;

use mik_build::schema::{MODULES, Number, ServerTable, Spanned};
use serde_json::Value;

use super::decision::{Decision, Origin};
use super::manifest::{Located, Manifest};
use super::{Project, ProjectError};
use crate::report::Reporter;

/// What the packages' files say of the server.
pub(super) struct Keys<'a> {
    files: Vec<Files<'a>>,
}

/// What one package's files say, and who is told what is odd about it.
struct Files<'a> {
    package: &'a str,
    manifest: &'a Manifest,
    reporter: &'a Reporter,
}

/// What beats the files: a flag, and a variable of the environment.
pub(super) struct Stronger<'a, T> {
    pub(super) flag: Option<(&'static str, T)>,
    pub(super) variable: (&'static str, &'a dyn Fn() -> Result<Option<T>, ProjectError>),
}

impl<'a> Keys<'a> {
    pub(super) fn of_project(project: &'a Project, reporter: &'a Reporter) -> Self {
        let files =
            |package: &'a super::Package| Files { package: &package.name, manifest: &package.manifest, reporter };
        Self { files: project.packages.iter().map(files).collect() }
    }

    pub(super) fn of_manifest(manifest: &'a Manifest, reporter: &'a Reporter) -> Self {
        Self { files: vec![Files { package: "", manifest, reporter }] }
    }

    /// A number: what the first package that sets it says, or the default.
    pub(super) fn number<const DEFAULT: u64, const LEAST: u64, const MOST: u64>(
        &self,
        key: &str,
        field: impl Fn(&ServerTable) -> Option<&Spanned<Number<DEFAULT, LEAST, MOST>>>,
    ) -> u64 {
        self.first(key, field).unwrap_or_default().get()
    }

    /// The address to listen on.
    pub(super) fn host(&self) -> IpAddr {
        self.first("host", |server| server.host.as_ref()).unwrap_or_default().0
    }

    /// A path, relative to the file that sets it.
    pub(super) fn path(&self, key: &str, field: impl Fn(&ServerTable) -> Option<&Spanned<String>>) -> Option<PathBuf> {
        self.decide(key, field, |located| located.file.directory().join(&located.value))
    }

    /// The directory of components: where a file says, or beside the first package's manifest.
    pub(super) fn modules(&self) -> Option<PathBuf> {
        let beside = || Some(self.files.first()?.manifest.directory().join(MODULES));
        self.path("modules", |server| server.modules.as_ref()).or_else(beside)
    }

    /// The flag, else the variable, else what the files say. The environment is not looked at where a flag was typed: a
    /// wrong value there is then nobody's concern.
    pub(super) fn weigh<T: Clone>(
        &self,
        key: &str,
        stronger: Stronger<'_, T>,
        shown: impl Fn(&T) -> Value,
        written: impl FnOnce(&Self) -> T,
    ) -> Result<T, ProjectError> {
        let Stronger { flag, variable: (variable, read) } = stronger;
        let (value, origin) = match flag {
            Some((flag, value)) => (value, Origin::Flag { flag }),
            None => match read()? {
                Some(value) => (value, Origin::Environment { variable }),
                None => return Ok(written(self)),
            },
        };
        self.note(key, &Decision { value: shown(&value), origin });
        Ok(value)
    }

    fn first<T: Clone + Display + PartialEq>(
        &self,
        key: &str,
        field: impl Fn(&ServerTable) -> Option<&Spanned<T>>,
    ) -> Option<T> {
        self.decide(key, field, |located| located.value.clone())
    }

    /// The value of the first package that sets a key. A later one that says otherwise is told.
    fn decide<T: Clone + Display, V: PartialEq>(
        &self,
        key: &str,
        field: impl Fn(&ServerTable) -> Option<&Spanned<T>>,
        value: impl Fn(&Located<T>) -> V,
    ) -> Option<V> {
        let full = format!("server.{key}");
        let mut first: Option<(&str, V, String, Decision)> = None;
        for Files { package, manifest, reporter } in &self.files {
            let Some(located) = manifest.get(&full, |schema| field(&schema.server), reporter) else { continue };
            let own = value(&located);
            match &first {
                None => first = Some((package, own, located.value.to_string(), located.decision())),
                Some((decides, used, shown, _)) if *used != own => reporter.warn(ProjectError::NotUsed {
                    setting: format!("`{full}` of package `{package}`"),
                    decision: format!("package `{decides}` decides: {shown}"),
                    source_code: located.file.named_source(),
                    at: located.span,
                }),
                Some(_) => {}
            }
        }
        let (_, value, _, decision) = first?;
        self.note(key, &decision);
        Some(value)
    }

    fn note(&self, key: &str, decision: &Decision) {
        for Files { manifest, .. } in &self.files {
            manifest.decisions().note(&format!("server.{key}"), decision.clone());
        }
    }
}
