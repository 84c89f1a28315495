//! The profile: its name, its directory, whether it stems from `release`, and what the user's own files say of it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use toml::Table;

use super::CargoConfig;
use super::cargo_config::variable_name;
use crate::tools::files;

/// The keys that `cargo mik` would choose: for small components, and for short builds.
const CHOSEN_KEYS: [&str; 7] = ["opt-level", "lto", "codegen-units", "panic", "debug", "strip", "package"];

/// The keys that decide whether each function is still there, by its name.
const SHAPING_KEYS: [&str; 4] = ["opt-level", "lto", "strip", "package"];

/// A cargo profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// The name, as `--profile` takes it.
    pub name: String,
    /// The directory below cargo's target directory.
    pub directory: String,
    /// Whether it is `release` or inherits from it.
    pub is_release: bool,
    /// Those of [`CHOSEN_KEYS`] that the user has set; they stay as they are.
    pub set_by_user: BTreeSet<String>,
    /// Whether nobody has set any of [`SHAPING_KEYS`].
    pub is_plain: bool,
}

impl Profile {
    /// Finds out about a profile of a workspace.
    ///
    /// Read are, as by cargo: the workspace's manifest, the configuration files, `CARGO_PROFILE_<NAME>_<KEY>`, and
    /// `--config`, which may set what a parent says as well as make a profile.
    pub(super) fn resolve(name: &str, workspace_root: &Path, config: &CargoConfig) -> Self {
        // A file that is not there or not TOML is cargo's to complain about.
        let manifest = files::read_to_string(workspace_root.join("Cargo.toml")).unwrap_or_default();
        let manifest = manifest.parse::<Table>().unwrap_or_default();
        let own = manifest.get("profile").and_then(toml::Value::as_table);
        let all: Vec<&Table> = own.into_iter().chain(config.profiles()).collect();

        let mut set_by_user = BTreeSet::new();
        let mut is_plain = !config.shapes_code();
        let mut seen = BTreeSet::new();
        let mut current = name.to_owned();
        let is_release = loop {
            let tables: Vec<&Table> = all.iter().filter_map(|profiles| profiles.get(&current)?.as_table()).collect();
            let variable = |key: &str| config.variable(&variable_name(&["profile", &current, key]));
            let is_said = |key: &&str| tables.iter().any(|table| table.contains_key(*key)) || variable(key).is_some();
            is_plain &= !SHAPING_KEYS.iter().any(is_said);
            for key in CHOSEN_KEYS {
                if is_said(&key) {
                    set_by_user.insert(key.to_owned());
                }
            }
            let in_manifest = || Some(own?.get(&current)?.get("inherits")?.as_str()?.to_owned());
            let inherits = config.string(&["profile", &current, "inherits"]).or_else(in_manifest);
            match (current.as_str(), inherits) {
                ("release" | "bench", _) => break true,
                ("dev" | "test", _) | (_, None) => break false,
                (_, Some(parent)) => {
                    // Cargo itself refuses a circle or a profile that is not there.
                    if !seen.insert(std::mem::replace(&mut current, parent)) {
                        break false;
                    }
                }
            }
        };
        let directory = match name {
            "dev" | "test" => "debug",
            "release" | "bench" => "release",
            custom => custom,
        };
        Self { name: name.to_owned(), directory: directory.to_owned(), is_release, set_by_user, is_plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(name: &str, manifest: &str) -> Profile {
        resolve_with(name, manifest, &[], &[])
    }

    fn resolve_with(name: &str, manifest: &str, config: &[&str], environment: &[(&str, &str)]) -> Profile {
        let directory = tempfile::tempdir().unwrap();
        files::write(&directory.path().join("Cargo.toml"), manifest.as_bytes()).unwrap();
        let arguments: Vec<String> = config.iter().flat_map(|value| ["--config".into(), (*value).into()]).collect();
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let config = CargoConfig::read_with(directory.path(), &arguments, environment, None);
        Profile::resolve(name, directory.path(), &config)
    }

    #[test]
    fn what_the_user_sets_is_seen_through_inheritance() {
        let manifest = "[profile.small]\ninherits = \"release\"\nlto = \"thin\"\n[profile.release]\nstrip = false\n";
        let profile = resolve("small", manifest);
        assert!(profile.is_release);
        assert_eq!(profile.directory, "small");
        assert_eq!(profile.set_by_user.iter().collect::<Vec<_>>(), ["lto", "strip"]);
    }

    #[test]
    fn dev_is_not_a_release() {
        let profile = resolve("dev", "");
        assert_eq!((profile.directory.as_str(), profile.is_release), ("debug", false));
    }

    #[test]
    fn a_profile_that_inherits_from_itself_ends() {
        assert!(!resolve("odd", "[profile.odd]\ninherits = \"odd\"\n").is_release);
    }

    #[test]
    fn a_circle_of_profiles_ends() {
        let manifest = "[profile.a]\ninherits = \"b\"\n[profile.b]\ninherits = \"a\"\n";
        assert!(!resolve("a", manifest).is_release);
    }

    #[test]
    fn what_is_typed_for_a_parent_is_seen() {
        let manifest = "[profile.small]\ninherits = \"release\"\n";
        let profile = resolve_with("small", manifest, &["profile.release.lto=\"off\""], &[]);
        assert_eq!(profile.set_by_user.iter().collect::<Vec<_>>(), ["lto"]);
    }

    #[test]
    fn a_profile_may_be_made_outside_of_files() {
        assert!(resolve_with("tiny", "", &["profile.tiny.inherits=\"release\""], &[]).is_release);
        assert!(resolve_with("tiny", "", &[], &[("CARGO_PROFILE_TINY_INHERITS", "release")]).is_release);
        assert!(!resolve_with("tiny", "", &["profile.tiny.inherits=\"dev\""], &[]).is_release);
    }
}
