//! Whether a component has to be made again, and why.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Facts, Previous, Provenance, component};
use crate::project::{Package, Target};
use crate::tools::digest;

/// Raised when the same input yields other bytes than before.
const FORMAT: u32 = 4;

/// What a build leaves for the next one to see that nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The digest of what cargo made.
    pub source: String,
    /// The digest of everything else that decides the bytes.
    pub settings: String,
    /// The digest of the component.
    pub component: String,
    /// The digest of the handler before composition, where there was one.
    pub handler: Option<String>,
    /// The digest of the side-car, where there is one.
    pub debug: Option<String>,
}

impl Record {
    /// Where the record of a unit is kept.
    pub fn path(output_directory: &Path, unit: &str) -> PathBuf {
        output_directory.join(".fingerprint").join(format!("{unit}.json"))
    }
}

/// Whether a component has to be made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// It has to.
    Stale(Reason),
    /// It has to where cargo makes something else than what this record speaks of.
    UnlessCargoChanges(Record),
    /// Nothing has changed.
    Fresh,
}

/// Why a component has to be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It was not made before.
    NotBuiltYet,
    /// A file is gone, or is not what was written.
    OutputChanged,
    /// Configuration, bridge, dependencies or `cargo mik` itself are others than before.
    SettingsChanged,
    /// Cargo made something new.
    SourceChanged,
    /// It is wanted to be made, whatever there is.
    Wanted,
}

/// The digest of everything but the source that decides a component's bytes.
pub(super) fn settings(package: &Package, target: Target, facts: &Facts) -> String {
    let bridge = package.composition.bridge().map_or("", |bridge| facts.bridge_digest(bridge));
    let Package { optimize, panic, composition, .. } = package;
    let provenance = Provenance::of(package, facts);
    let version = env!("CARGO_PKG_VERSION");
    // Not where they are, nor what they are called.
    let plugged = component::plugged(package, facts);
    let plugged: Vec<_> = plugged.iter().map(|component| (&component.digest, &component.instance)).collect();
    // Not where it is: the same version makes the same anywhere.
    let wasm_opt = facts.wasm_opt(package).map_or_else(String::new, ToString::to_string);
    digest::of(
        format!(
            "{FORMAT} {version} {wasm_opt} {target} {optimize:?} {panic:?} {composition:?} {bridge} {plugged:?} {provenance:?}"
        )
        .as_bytes(),
    )
}

/// What can be told before cargo has run.
pub(super) fn before_cargo(previous: Previous, settings: &str) -> Freshness {
    match previous {
        Previous::Nothing => Freshness::Stale(Reason::NotBuiltYet),
        Previous::OutputChanged => Freshness::Stale(Reason::OutputChanged),
        Previous::Intact(record) if record.settings != settings => Freshness::Stale(Reason::SettingsChanged),
        Previous::Intact(record) => Freshness::UnlessCargoChanges(record),
    }
}

impl Freshness {
    /// What can be told once cargo has run and made something of this digest.
    pub fn after_cargo(&self, source: &str) -> Self {
        match self {
            Self::UnlessCargoChanges(record) if record.source == source => Self::Fresh,
            Self::UnlessCargoChanges(_) => Self::Stale(Reason::SourceChanged),
            Self::Stale(_) | Self::Fresh => self.clone(),
        }
    }
}

impl fmt::Display for Freshness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Fresh => "fresh",
            Self::UnlessCargoChanges(_) => "fresh, unless cargo makes something new",
            Self::Stale(Reason::NotBuiltYet) => "not built yet",
            Self::Stale(Reason::OutputChanged) => "the output is gone or was changed",
            Self::Stale(Reason::SettingsChanged) => "the settings, the bridge, a dependency or cargo mik have changed",
            Self::Stale(Reason::SourceChanged) => "the source has changed",
            Self::Stale(Reason::Wanted) => "it was asked for",
        })
    }
}
