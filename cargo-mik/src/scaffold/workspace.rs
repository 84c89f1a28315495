//! The workspace around a new project: cargo refuses a package that lies in one and is not a member.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item};

use super::ScaffoldError;
use crate::tools::files;

/// Makes the project a member of the workspace that it lies in, if it lies in one and no pattern covers it already.
/// Gives that workspace's manifest where it was changed.
pub(super) fn join(directory: &Path) -> Result<Option<PathBuf>, ScaffoldError> {
    let Some((manifest_path, mut document)) = enclosing(directory) else { return Ok(None) };
    let root = manifest_path.parent().unwrap_or(directory);
    let Ok(relative) = directory.strip_prefix(root) else { return Ok(None) };
    // Cargo's own separator, on every system.
    let member = relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    let Some(workspace) = document.get_mut("workspace").and_then(Item::as_table_like_mut) else { return Ok(None) };
    let patterns = |key: &str| -> Vec<String> {
        let array = workspace.get(key).and_then(Item::as_array);
        array.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let covered = |pattern: &String| covers(pattern, &member);
    let is_excluded = patterns("exclude").iter().any(|path| relative.starts_with(path));
    if is_excluded || patterns("members").iter().any(covered) {
        return Ok(None);
    }
    let members = workspace.entry("members").or_insert_with(|| toml_edit::value(toml_edit::Array::new()));
    if let Some(members) = members.as_array_mut() {
        members.push(member);
    }
    // Where the manifest is a link, it stays one.
    let written = files::canonicalize(&manifest_path).unwrap_or_else(|_| manifest_path.clone());
    files::write(&written, document.to_string().as_bytes())?;
    Ok(Some(manifest_path))
}

/// The nearest manifest above that is a workspace's.
fn enclosing(directory: &Path) -> Option<(PathBuf, DocumentMut)> {
    directory.ancestors().skip(1).find_map(|ancestor| {
        let path = ancestor.join("Cargo.toml");
        let document = files::read_to_string(&path).ok()?.parse::<DocumentMut>().ok()?;
        document.contains_key("workspace").then_some((path, document))
    })
}

/// Whether a pattern of `members` means a path: names, or `*` for one whole segment.
fn covers(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(pattern, part)| *pattern == "*" || *pattern == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(manifest: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("Cargo.toml");
        files::write(&path, manifest.as_bytes()).unwrap();
        join(&root.path().join("apps/hello")).unwrap();
        files::read_to_string(&path).unwrap()
    }

    #[test]
    fn the_project_becomes_a_member() {
        let joined = joined("# ours\n[workspace]\nmembers = [\"a\"]\n");
        assert_eq!(joined, "# ours\n[workspace]\nmembers = [\"a\", \"apps/hello\"]\n");
    }

    #[test]
    fn a_workspace_without_members_gets_the_first() {
        assert_eq!(joined("[workspace]\n"), "[workspace]\nmembers = [\"apps/hello\"]\n");
    }

    #[test]
    fn what_a_pattern_covers_or_excludes_stays_as_it_is() {
        for manifest in ["[workspace]\nmembers = [\"apps/*\"]\n", "[workspace]\nexclude = [\"apps\"]\n", "[package]\n"]
        {
            assert_eq!(joined(manifest), manifest);
        }
        let other_name = "[workspace]\nexclude = [\"app\"]\n";
        assert_ne!(joined(other_name), other_name);
    }
}
