//! The profile: its name, its directory, whether it stems from `release`, and what the user's own files say of it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use toml::Table;

use super::ProjectError;
use crate::tools::files;

/// The keys that `cargo mik` would choose for small components.
const SIZE_KEYS: [&str; 5] = ["opt-level", "lto", "codegen-units", "panic", "strip"];

/// A cargo profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// The name, as `--profile` takes it.
    pub name: String,
    /// The directory below cargo's target directory.
    pub directory: String,
    /// Whether it is `release` or inherits from it.
    pub is_release: bool,
    /// Those of [`SIZE_KEYS`] that the user has set; they stay as they are.
    pub set_by_user: BTreeSet<String>,
}

impl Profile {
    /// Finds out about a profile of a workspace.
    ///
    /// Read are, as by cargo: the workspace's manifest, the configuration files from the current directory upward,
    /// and `CARGO_PROFILE_<NAME>_<KEY>`. Settings given by `--config` come after ours and win on their own.
    pub(super) fn resolve(name: &str, workspace_root: &Path) -> Result<Self, ProjectError> {
        let files = profile_tables(workspace_root)?;
        let mut set_by_user = BTreeSet::new();
        let mut current = name.to_owned();
        let is_release = loop {
            let tables: Vec<&Table> = files.iter().filter_map(|file| file.get(&current)?.as_table()).collect();
            for key in SIZE_KEYS {
                let variable = format!("CARGO_PROFILE_{}_{}", upper(&current), upper(key));
                if tables.iter().any(|table| table.contains_key(key)) || std::env::var_os(variable).is_some() {
                    set_by_user.insert(key.to_owned());
                }
            }
            let inherits = tables.iter().find_map(|table| table.get("inherits")?.as_str());
            match (current.as_str(), inherits) {
                ("release" | "bench", _) => break true,
                // Cargo itself refuses a cycle or a profile that is not there.
                ("dev" | "test", _) | (_, None) => break false,
                (_, Some(parent)) if parent == current => break false,
                (_, Some(parent)) => current = parent.to_owned(),
            }
        };
        let directory = match name {
            "dev" | "test" => "debug",
            "release" | "bench" => "release",
            custom => custom,
        };
        Ok(Self { name: name.to_owned(), directory: directory.to_owned(), is_release, set_by_user })
    }
}

/// The `profile` table of every file that cargo reads one from.
fn profile_tables(workspace_root: &Path) -> Result<Vec<Table>, ProjectError> {
    let cwd = std::env::current_dir().map_err(|source| ProjectError::CurrentDirectory { source })?;
    let mut tables = Vec::new();
    for path in std::iter::once(workspace_root.join("Cargo.toml")).chain(cargo_config2::Walk::new(&cwd)) {
        // A file that is not there or not TOML is cargo's to complain about.
        let Ok(text) = files::read_to_string(&path) else { continue };
        let Ok(table) = text.parse::<Table>() else { continue };
        if let Some(profiles) = table.get("profile").and_then(toml::Value::as_table) {
            tables.push(profiles.clone());
        }
    }
    Ok(tables)
}

fn upper(key: &str) -> String {
    key.to_uppercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(name: &str, manifest: &str) -> Profile {
        let directory = tempfile::tempdir().unwrap();
        files::write(&directory.path().join("Cargo.toml"), manifest.as_bytes()).unwrap();
        Profile::resolve(name, directory.path()).unwrap()
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
}
