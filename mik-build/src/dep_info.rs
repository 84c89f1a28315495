//! Dep-info files: of which files something was made, in the format of Make, as cargo and rustc leave it beside what they make.

use std::path::{Path, PathBuf};

/// The dep-info file of what lies at a path.
pub fn beside(made: &Path) -> PathBuf {
    made.with_extension("d")
}

/// The rule that says of which files, and directories with all that is in them, something was made.
///
/// What cargo escapes is escaped: spaces. A name that is no Unicode, or of several lines, can't be said; the directory that it is in
/// stands for it.
pub fn render<'p>(made: &Path, of: impl IntoIterator<Item = &'p Path>) -> String {
    let mut rule = made.to_string_lossy().replace(' ', "\\ ") + ":";
    let mut rules = String::new();
    let mut last = None;
    for path in of.into_iter().filter_map(|path| path.ancestors().find_map(sayable)) {
        // Neighbours that can't be said are the same directory.
        if last != Some(path) {
            let path = path.replace(' ', "\\ ");
            rule.push(' ');
            rule.push_str(&path);
            // A rule of its own, with nothing to do: else Make stops at a file that is gone.
            rules.push_str(&path);
            rules.push_str(":\n");
        }
        last = Some(path);
    }
    format!("{rule}\n{rules}")
}

fn sayable(path: &Path) -> Option<&str> {
    path.to_str().filter(|path| !path.is_empty() && !path.contains(['\n', '\r']))
}

/// The files on the right of the rules. What is escaped are spaces.
pub fn parse(text: &str) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    // A path may have a colon in it, one with a space behind it would be escaped.
    for files in text.lines().filter_map(|line| line.split_once(": ")).map(|(_, files)| files) {
        let mut path = String::new();
        let mut letters = files.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' if letters.peek() == Some(&' ') => path.extend(letters.next()),
                ' ' if path.is_empty() => {}
                ' ' => paths.push(PathBuf::from(std::mem::take(&mut path))),
                letter => path.push(letter),
            }
        }
        if !path.is_empty() {
            paths.push(PathBuf::from(path));
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_with_spaces_and_windows_paths() {
        let text = "/t/a.wasm: /w/src/lib.rs /w/dep\\ b/x.txt  C:\\w\\a.rs\n\n# comment\n/w/src/lib.rs:\n";
        assert_eq!(parse(text), ["/w/src/lib.rs", "/w/dep b/x.txt", "C:\\w\\a.rs"].map(PathBuf::from));
        assert!(parse("").is_empty());
        assert!(parse("nonsense").is_empty());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let of = ["/w/a b/lib.rs", "/w/src/lib.rs", "C:\\w\\a.rs", "/w/ü: x.rs"].map(PathBuf::from);
        let text = render(Path::new("/t/my hello.wasm"), of.iter().map(PathBuf::as_path));
        assert!(text.starts_with("/t/my\\ hello.wasm: /w/a\\ b/lib.rs /w/src/lib.rs "), "{text}");
        assert_eq!(parse(&text), of);
        // Make goes on where one of them is gone.
        assert!(text.contains("\n/w/a\\ b/lib.rs:\n/w/src/lib.rs:\n"), "{text}");
        assert_eq!(render(Path::new("a.wasm"), []), "a.wasm:\n");
    }

    #[test]
    fn the_directory_stands_for_what_cannot_be_said() {
        let of = ["/w/a\nb/lib.rs", "/w/c\n", "/w/d"].map(Path::new);
        assert_eq!(parse(&render(Path::new("a.wasm"), of)), ["/w", "/w/d"].map(PathBuf::from));
    }
}
