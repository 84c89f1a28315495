//! What a plan has to know of the machine, found out beforehand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::{Component, Decision, Record};
use crate::project::{Bridge, Optimize, Package, Target, WasmOptSettings};

/// What is there already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Where each target's standard library is.
    pub sysroots: BTreeMap<Target, SysrootFact>,
    /// What an earlier build left of each unit, by name.
    pub previous: BTreeMap<String, Previous>,
    /// For which target an earlier build has built each unit, by name, where it was left to it.
    pub decisions: BTreeMap<String, Decision>,
    /// The digest of each bridge that is a file.
    pub bridges: BTreeMap<PathBuf, String>,
    /// The commit that is checked out, by package ID, where there is one.
    pub revisions: BTreeMap<String, String>,
    /// What the packages are compiled from, by package ID, for those whose components say so.
    pub dependencies: BTreeMap<String, String>,
    /// The components that each package depends on, by package ID, in the manifest's order.
    pub components: BTreeMap<String, Vec<Component>>,
    /// The digests of those that answer HTTP by themselves.
    pub served: BTreeSet<String>,
    /// The packages beside whose components an earlier build has put some that are served, by name.
    pub placed: BTreeSet<String>,
    /// The files that decide what is built, besides those that cargo reads.
    pub deciding: BTreeSet<PathBuf>,
    /// The digest of the embedded bridge.
    pub embedded_bridge: String,
    /// The `wasm-opt` that each choice leads to, if to any.
    pub wasm_opt: BTreeMap<WasmOptSettings, WasmOptProgram>,
}

/// A `wasm-opt` that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WasmOptProgram {
    /// The program.
    pub path: PathBuf,
    /// What it is given before anything else.
    #[serde(skip)]
    pub arguments: Vec<String>,
    /// Its version, which decides what it makes.
    pub version: String,
    /// The features of WebAssembly that it can be told of.
    #[serde(skip)]
    pub features: BTreeSet<String>,
    /// Whether it was asked for: then what it can't do is an error.
    #[serde(skip)]
    pub is_wanted: bool,
    /// How long it may take for one module.
    #[serde(skip)]
    pub limit: Duration,
}

impl fmt::Display for WasmOptProgram {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "wasm-opt {}", self.version)
    }
}

/// Where a target's standard library is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SysrootFact {
    /// In the toolchain.
    Toolchain,
    /// In the cache.
    Cached(PathBuf),
    /// Nowhere yet.
    #[default]
    Missing,
}

/// What an earlier build left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Previous {
    /// Nothing that can be used.
    #[default]
    Nothing,
    /// A record, and no component or another one than it speaks of.
    OutputChanged,
    /// A record, and the component as it was left.
    Intact(Record),
}

impl Facts {
    /// The same, where what the packages depend on is made of these files.
    #[must_use]
    pub fn with_components_of(mut self, paths: BTreeSet<PathBuf>) -> Self {
        self.deciding.extend(paths);
        self
    }

    pub(super) fn sysroot(&self, target: Target) -> SysrootFact {
        self.sysroots.get(&target).cloned().unwrap_or_default()
    }

    pub(super) fn previous(&self, unit: &str) -> Previous {
        self.previous.get(unit).cloned().unwrap_or_default()
    }

    /// What takes part in optimizing a package.
    pub(super) fn wasm_opt(&self, package: &Package) -> Option<&WasmOptProgram> {
        self.wasm_opt.get(&package.wasm_opt).filter(|_| package.optimize != Optimize::None)
    }

    /// What a package depends on.
    pub(super) fn components(&self, package: &Package) -> &[Component] {
        self.components.get(&package.id).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn bridge_digest(&self, bridge: &Bridge) -> &str {
        match bridge {
            Bridge::Embedded => &self.embedded_bridge,
            Bridge::File(path) => self.bridges.get(path).map_or("", String::as_str),
        }
    }
}
