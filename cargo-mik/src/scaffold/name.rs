//! Package names: what cargo takes, and what works as a library's name and a URL's segment too.

use std::path::Path;

use super::ScaffoldError;

/// Names that cargo or Rust keep for themselves.
const RESERVED: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mik_sdk",
    "mik-sdk",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// The name that a directory gives a package.
pub(super) fn of_directory(directory: &Path) -> Result<String, ScaffoldError> {
    let name = directory.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| ScaffoldError::NoName { path: directory.to_owned() })
}

/// Checks a package name.
pub(super) fn check(name: &str) -> Result<(), ScaffoldError> {
    let bad = |why: &str| Err(ScaffoldError::BadName { name: name.to_owned(), why: why.to_owned(), help: help(name) });
    if name.is_empty() {
        return bad("it is empty");
    }
    if name.len() > 64 {
        return bad("it is longer than 64 characters");
    }
    if let Some(odd) = name.chars().find(|char| !(char.is_ascii_alphanumeric() || matches!(char, '-' | '_'))) {
        return bad(&format!("`{odd}` is not a letter, a digit, `-` or `_`"));
    }
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return bad("it does not start with a letter");
    }
    if RESERVED.contains(&name) {
        return bad("Rust or cargo keeps it for itself");
    }
    Ok(())
}

fn help(name: &str) -> String {
    let mut better: String = name
        .chars()
        .map(|char| if char.is_ascii_alphanumeric() || matches!(char, '-' | '_') { char } else { '-' })
        .skip_while(|char| !char.is_ascii_alphabetic())
        .take(64)
        .collect();
    if RESERVED.contains(&better.as_str()) {
        better.push_str("-handler");
    }
    match better.trim_matches('-') {
        "" => "write a name such as `hello`, or name the package with `--name`".to_owned(),
        better => format!("write `{better}`, or name the package with `--name`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cargo_takes_pass() {
        for name in ["hello", "hello-world", "h2", "Hello_World"] {
            check(name).unwrap();
        }
    }

    #[test]
    fn other_names_are_refused_with_a_better_one() {
        for (name, better) in [("2fast", "`fast`"), ("my app", "`my-app`"), ("test", "`test-handler`"), ("", "`hello`")]
        {
            let ScaffoldError::BadName { help, .. } = check(name).unwrap_err() else { panic!() };
            assert!(help.contains(better), "{name}: {help}");
        }
    }
}
