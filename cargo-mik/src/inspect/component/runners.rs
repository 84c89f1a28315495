//! What runs a component: command lines of `mik` and of others, told from what it exports, imports and needs.

use super::capability::is_offered;
use super::features::host_has;
use super::items::Items;
use super::kind::{Kind, World};

/// The interfaces that `wasmtime serve` has without being asked: those of the world `wasi:http/proxy`.
const PROXY: &[&str] = &["wasi:http/", "wasi:clocks/", "wasi:random/", "wasi:io/", "wasi:cli/std"];

/// The command lines that run a file. None: nothing does as it is.
pub(super) fn of(kind: Kind, worlds: &[World], items: &Items, features: &[&str], file: &str) -> Vec<String> {
    let file = quoted(file);
    let mut lines = Vec::new();
    let imports = || items.imports.iter().filter(|import| import.sort == "instance").map(|import| import.name.as_str());
    let others =
        items.imports.iter().any(|import| matches!(import.sort, "function" | "module" | "component" | "value"));
    let is_complete = match kind {
        Kind::Component => !others && imports().all(is_offered),
        Kind::Module => true,
        Kind::WitPackage | Kind::Object | Kind::SharedLibrary => false,
    };
    let rare: Vec<&str> = features.iter().copied().filter(|feature| !host_has(feature)).collect();
    if !is_complete || !rare.is_empty() {
        return lines;
    }
    let is_proxy = imports().all(|import| PROXY.iter().any(|prefix| import.starts_with(prefix)));
    for world in worlds {
        match world {
            World::Handler => lines.push(format!("mik run {file}")),
            World::Http => {
                let cli = if is_proxy { "" } else { "-S cli=y " };
                lines.push(format!("mik run {file}"));
                lines.push(format!("wasmtime serve {cli}{file}"));
                lines.push(format!("npx @bytecodealliance/jco serve {file}"));
            }
            World::HttpP3 => {
                let cli = if is_proxy { "" } else { "cli=y," };
                lines.push(format!("mik run {file}"));
                lines.push(format!("wasmtime serve -W component-model-async=y -S {cli}p3=y {file}"));
            }
            World::Command => {
                lines.push(format!("wasmtime run {file}"));
                let is_p2 = items.exports("wasi:cli/run@0.2.");
                lines.extend(is_p2.then(|| format!("npx @bytecodealliance/jco run {file}")));
            }
            World::Preview1 if items.exports.iter().any(|export| export.name == "_start") => {
                lines.push(format!("wasmtime run {file}"));
            }
            _ => {}
        }
    }
    lines.dedup();
    lines
}

/// As a shell takes it.
fn quoted(file: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | '=' | '@' | ':');
    let needs_none = !file.is_empty() && !file.starts_with('-') && file.chars().all(is_plain);
    if needs_none { file.to_owned() } else { format!("'{}'", file.replace('\'', "'\\''")) }
}
