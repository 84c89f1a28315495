//! Rule `wit-lock`: the WIT packages beside ours are the ones that were put there. `wit/deps.lock` lists their files.

use fs_err as fs;

use super::Finding;
use crate::provenance::sha256;
use crate::{Outcome, checkout};

const LOCK: &str = "wit/deps.lock";
const PACKAGES: &str = "wit/deps";

const HEADER: &str = "\
# The WIT packages under `deps`, file by file with SHA-256. Checked by `cargo xtask tidy`; after a change that is
# meant, written anew by `cargo xtask tidy --bless`.
version = 1
";

/// Compares the lock with the files, and names the first line that differs.
pub(super) fn check() -> Outcome<Vec<Finding>> {
    let recorded = fs::read_to_string(checkout::root().join(LOCK)).unwrap_or_default();
    Ok(compare(&recorded, &render()?).into_iter().collect())
}

/// Writes the lock from the files.
pub(super) fn bless() -> Outcome {
    fs::write(checkout::root().join(LOCK), render()?)?;
    Ok(())
}

fn compare(recorded: &str, actual: &str) -> Option<Finding> {
    if recorded == actual {
        return None;
    }
    let same = recorded.lines().zip(actual.lines()).take_while(|(recorded, actual)| recorded == actual).count();
    let line = actual.lines().nth(same).unwrap_or("what follows");
    Some(Finding {
        file: LOCK.to_owned(),
        line: same + 1,
        rule: "wit-lock",
        cure: format!("`wit/deps` now gives `{line}`; if that is meant, run `cargo xtask tidy --bless`"),
    })
}

/// The lock that the files give.
fn render() -> Outcome<String> {
    let mut lock = HEADER.to_owned();
    let mut current = None;
    for file in checkout::files_under(PACKAGES, ".wit")? {
        let text = fs::read_to_string(checkout::root().join(&file))?.replace("\r\n", "\n");
        let (directory, name) = file.rsplit_once('/').ok_or("a WIT file outside of a package")?;
        if current.as_deref() != Some(directory) {
            let (package, version) = package(directory)?;
            let directory = directory.trim_start_matches("wit/");
            lock += &format!(
                "\n[[package]]\nname = \"{package}\"\nversion = \"{version}\"\npath = \"{directory}\"\n\n[package.files]\n"
            );
        }
        current = Some(directory.to_owned());
        lock += &format!("\"{name}\" = \"{}\"\n", sha256(text.as_bytes()));
    }
    Ok(lock)
}

/// The name and version that some file of the package states.
fn package(directory: &str) -> Outcome<(String, String)> {
    for file in checkout::files_under(directory, ".wit")? {
        let text = fs::read_to_string(checkout::root().join(&file))?;
        let statement = text.lines().find_map(|line| line.strip_prefix("package ")?.trim_end().strip_suffix(';'));
        if let Some((name, version)) = statement.and_then(|statement| statement.split_once('@')) {
            return Ok((name.to_owned(), version.to_owned()));
        }
    }
    Err(format!("no file in `{directory}` says `package <name>@<version>;`").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(compare("a\nb\n", "a\nb\n"), None);
        let lines = [compare("a\nb\n", "a\nc\n"), compare("a\n", "a\nb\n"), compare("a\nb\n", "a\n")];
        assert_eq!(lines.map(|finding| finding.map(|finding| finding.line)), [Some(2); 3]);
    }
}
