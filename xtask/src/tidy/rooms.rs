//! Rules `room` and `tools`: in `cargo-mik/src` data flows one way, and one room touches the world outside.
//!
//! Reads paths, not Rust: `crate::<room>` wherever it is written, and the names of what only `tools` may use. Unit
//! tests, at the end of a file, are exempt.

use super::{Finding, source};

/// The sources that the rules are for.
const SOURCES: &str = "cargo-mik/src/";

/// What every room may use of `report`: the events, what they carry, and whom to tell. The rest is for `cli`, which
/// decides how things are said.
const SAID: [&str; 15] = [
    "Event",
    "Artifact",
    "Optimized",
    "Composed",
    "Plugged",
    "size",
    "Chosen",
    "TargetReason",
    "GuestStream",
    "Level",
    "MessageFormat",
    "Progress",
    "Reporter",
    "Verbosity",
    // What a browser is shown of a failure is what the terminal is.
    "rendered",
];

/// Each room and the rooms to its left, which it may use. `tools` and [`SAID`] are open to all of them.
const ROOMS: [(&str, &[&str]); 11] = [
    ("scaffold", &[]),
    ("recording", &[]),
    ("project", &[]),
    ("deps", &["project"]),
    ("plan", &["project", "deps"]),
    ("stages", &["project", "deps", "plan"]),
    ("inspect", &["project", "deps", "plan", "stages"]),
    ("serve", &["project", "deps", "plan", "stages", "recording"]),
    ("cli", &["project", "deps", "plan", "scaffold", "stages", "inspect", "recording", "serve", "report"]),
    ("report", &[]),
    ("tools", &[]),
];

/// What only some rooms may name, and why that is so in the design.
const RESERVED: [(&str, &[&str], &str); 6] = [
    ("Command::new", &["tools"], "outside programs are run by `tools`"),
    ("std::fs", &["tools"], "files are read and written by `tools`"),
    ("fs_err", &["tools"], "files are read and written by `tools`"),
    ("wasmtime::", &["serve"], "only `serve` runs components"),
    ("tokio::", &["serve", "deps"], "only `serve` is asynchronous, and within `deps` what speaks to registries"),
    ("clap::", &["cli"], "only `cli` knows what was typed"),
];

/// Checks one file of a room; files outside of the rooms have no rules here.
pub(super) fn check(file: &str, text: &str) -> Vec<Finding> {
    let Some(path) = file.strip_prefix(SOURCES) else { return Vec::new() };
    let room = path.split(['/', '.']).next().unwrap_or_default();
    if source::is_test(file) || path.ends_with("/tests.rs") || path.starts_with("bin/") || path == "lib.rs" {
        return Vec::new();
    }
    let code = code_of(text);
    let finding = |at: usize, rule, cure: String| {
        let line = code.get(..at).unwrap_or_default().lines().count().max(1);
        Finding { file: file.to_owned(), line, rule, cure }
    };
    let Some((_, left)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![finding(
            0,
            "room",
            format!("`{room}` is no room; give it its place in `ROOMS`, or move it into one"),
        )];
    };
    let mut findings = Vec::new();
    for (at, used, rest) in crate_paths(&code) {
        let is_room = ROOMS.iter().any(|(name, _)| *name == used);
        let is_open = used == room || used == "tools" && room != "report" || left.contains(&used);
        let unsaid = if used == "report" && room != "tools" { unsaid(rest) } else { vec![used] };
        if is_room && !is_open && !unsaid.is_empty() {
            let cure = match used {
                "report" if room != "tools" => {
                    format!(
                        "`{room}` may not use `report::{}`, only `report::{}`",
                        unsaid.join("`, `report::"),
                        SAID.join("`, `report::")
                    )
                }
                _ => format!("`{room}` may not use `{used}`: data flows the other way"),
            };
            findings.push(finding(at, "room", cure));
        }
    }
    for (name, owners, why) in RESERVED {
        if owners.contains(&room) {
            continue;
        }
        for (at, _) in code.match_indices(name) {
            if is_word_start(&code, at) {
                findings.push(finding(at, "tools", format!("`{name}` does not belong in `{room}`: {why}")));
            }
        }
    }
    findings
}

/// The text up to its unit tests, with comments blanked out and every line kept.
fn code_of(text: &str) -> String {
    text.lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line })
        .fold(String::new(), |code, line| code + line + "\n")
}

/// Every first step of a path from the crate's root: where it is, what it is, and what follows it.
fn crate_paths(code: &str) -> Vec<(usize, &str, &str)> {
    const ROOT: &str = "crate::";
    let mut paths = Vec::new();
    for (at, _) in code.match_indices(ROOT) {
        let start = at + ROOT.len();
        let steps = match code.get(start..).unwrap_or_default().starts_with('{') {
            true => group_starts(code, start),
            false => vec![start],
        };
        paths.extend(steps.into_iter().filter_map(|start| {
            let (step, rest) = word(code.get(start..)?);
            Some((start, step, rest))
        }));
    }
    paths
}

/// Where the members of a `{…}` group begin, the outermost only.
fn group_starts(code: &str, open: usize) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut depth, mut at_start) = (0, false);
    for (at, character) in code.char_indices().skip_while(|(at, _)| *at < open) {
        match character {
            '{' => {
                depth += 1;
                at_start = depth == 1;
            }
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' => at_start = depth == 1,
            _ if at_start && !character.is_whitespace() => {
                starts.push(at);
                at_start = false;
            }
            _ => {}
        }
    }
    starts
}

/// Splits off the name that `text` begins with.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len()))
}

/// What is used of `report`, by the text after that word, and is not among [`SAID`].
fn unsaid(rest: &str) -> Vec<&str> {
    let Some(path) = rest.strip_prefix("::") else { return vec!["self"] };
    let used = match path.starts_with('{') {
        true => group_starts(path, 0).into_iter().filter_map(|start| Some(word(path.get(start..)?).0)).collect(),
        false => vec![word(path).0],
    };
    used.into_iter().filter(|used| !SAID.contains(used)).collect()
}

/// Whether the name at `at` begins there, rather than ending another.
fn is_word_start(code: &str, at: usize) -> bool {
    let before = code.get(..at).and_then(|before| before.chars().next_back());
    !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(room: &str, text: &str) -> Vec<(usize, &'static str)> {
        let findings = check(&format!("cargo-mik/src/{room}/x.rs"), text);
        findings.into_iter().map(|finding| (finding.line, finding.rule)).collect()
    }

    #[test]
    fn a_room_uses_what_is_to_its_left() {
        assert_eq!(found("plan", "use crate::project::Project;\nuse crate::report::Event;\n"), []);
        assert_eq!(found("plan", "\nuse crate::stages::Stage;\n"), [(2, "room")]);
        assert_eq!(found("project", "fn f() { crate::cli::run() }\n"), [(1, "room")]);
        assert_eq!(found("report", "use crate::tools::git;\n"), [(1, "room")]);
        assert_eq!(found("tools", "use crate::report::Event;\n"), [(1, "room")]);
        assert_eq!(found("attic", ""), [(1, "room")]);
        assert_eq!(found("cli", "use crate::{plan, report::Shell, serve, stages};\n"), []);
    }

    #[test]
    fn groups_are_read_member_by_member() {
        let text = "use crate::{\n    plan::{Plan, Step},\n    report::Event,\n    serve,\n    tools,\n};\n";
        assert_eq!(found("stages", text), [(4, "room")]);
        assert_eq!(found("stages", "use crate::report::{Event, Shell};\n"), [(1, "room")]);
        assert_eq!(found("stages", "use crate::report::{Event};\n"), []);
        assert_eq!(found("stages", "use crate::report;\n"), [(1, "room")]);
    }

    #[test]
    fn only_tools_touches_the_world() {
        assert_eq!(found("plan", "let c = std::process::Command::new(\"x\");\n"), [(1, "tools")]);
        assert_eq!(found("tools", "use fs_err as fs;\nCommand::new(\"x\");\n"), []);
        assert_eq!(found("plan", "// std::fs\n#[cfg(test)]\nmod tests { use std::fs; }\n"), []);
        assert_eq!(found("serve", "use tokio::net;\n"), []);
        assert_eq!(found("serve", "MyCommand::new();\n"), []);
    }
}
