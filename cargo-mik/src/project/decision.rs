//! What has been decided for each key, and by what: noted while it is decided, so that nothing has to be weighed twice.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;

/// What a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "origin")]
pub enum Origin {
    /// Nothing says otherwise.
    Default,
    /// Nothing says otherwise, and it depends on the profile.
    Profile {
        /// The profile's name.
        profile: String,
    },
    /// A configuration file.
    File {
        /// As shown.
        file: String,
        /// From 1.
        line: usize,
        /// What paths in it are relative to.
        #[serde(skip)]
        directory: PathBuf,
    },
    /// `[package]` of the manifest.
    Package,
    /// Cargo's own configuration: its files, its variables, `--config`.
    Cargo,
    /// A variable of the environment.
    Environment {
        /// Its name.
        variable: &'static str,
    },
    /// A flag.
    Flag {
        /// As it is typed.
        flag: &'static str,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::Profile { profile } => write!(formatter, "profile {profile}"),
            Self::File { file, line, .. } => write!(formatter, "{file}:{line}"),
            Self::Package => formatter.write_str("[package]"),
            Self::Cargo => formatter.write_str("cargo's configuration"),
            Self::Environment { variable } => write!(formatter, "environment {variable}"),
            Self::Flag { flag } => write!(formatter, "flag {flag}"),
        }
    }
}

/// A value and what it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// What has been decided so far, by key. What is not in it is as by default.
#[derive(Clone, Debug, Default)]
pub(super) struct Decisions(Arc<Mutex<BTreeMap<String, Decision>>>);

impl Decisions {
    /// Notes a decision; the last one on a key holds.
    pub(super) fn note(&self, key: &str, decision: Decision) {
        self.all().insert(key.to_owned(), decision);
    }

    /// The decision on a key.
    pub(super) fn on(&self, key: &str) -> Option<Decision> {
        self.all().get(key).cloned()
    }

    /// The decisions on all keys of a table, by the whole key.
    pub(super) fn in_table(&self, table: &str) -> Vec<(String, Decision)> {
        let all = self.all();
        let beneath = |key: &str| key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'));
        all.iter().filter(|(key, _)| beneath(key)).map(|(key, decision)| (key.clone(), decision.clone())).collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Decision>> {
        // Whoever panicked has written a whole entry or none.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What has been decided of a manifest is no part of what it says.
impl PartialEq for Decisions {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
