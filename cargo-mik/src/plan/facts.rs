//! What a plan has to know of the machine, found out beforehand.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Decision, Record};
use crate::project::{Bridge, Target};

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
    /// The digest of the embedded bridge.
    pub embedded_bridge: String,
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
    pub(super) fn sysroot(&self, target: Target) -> SysrootFact {
        self.sysroots.get(&target).cloned().unwrap_or_default()
    }

    pub(super) fn previous(&self, unit: &str) -> Previous {
        self.previous.get(unit).cloned().unwrap_or_default()
    }

    pub(super) fn bridge_digest(&self, bridge: &Bridge) -> &str {
        match bridge {
            Bridge::Embedded => &self.embedded_bridge,
            Bridge::File(path) => self.bridges.get(path).map_or("", String::as_str),
        }
    }
}
