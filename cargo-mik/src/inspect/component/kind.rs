//! What a file is, and which world it fits.

use serde::Serialize;
use wasmparser::Parser;

use super::items::Items;
use super::own_sections;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A component.
    Component,
    /// WIT in the form of a component: types, and nothing to run.
    WitPackage,
    /// A core module.
    Module,
    /// What a compiler gives to a linker.
    Object,
    /// What is linked to a module when that is loaded.
    SharedLibrary,
}

/// What a component, or a module, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum World {
    /// `mik:core/handler`: to be composed with a bridge.
    Handler,
    /// What it is composed with.
    Bridge,
    /// `wasi:http/incoming-handler`, WASI 0.2.
    Http,
    /// `wasi:http/handler`, WASI 0.3.
    HttpP3,
    /// `wasi:cli/run`: a program.
    Command,
    /// It exports something else, for others to import.
    Library,
    /// It exports nothing.
    Nothing,
    /// A core module that a component can be made of, with its adapter.
    Preview1,
    /// A core module that needs a browser's JavaScript.
    Browser,
    /// A core module of which a component can be made as it is: its types are in it.
    Unencoded,
    /// Any other core module.
    Core,
}

pub(super) fn of(bytes: &[u8], is_component: bool, items: &Items) -> Kind {
    let has = |is_it: &dyn Fn(&str) -> bool| own_sections(bytes).any(|section| is_it(section.name()));
    if is_component {
        let is_package = has(&|name| name == "wit-component-encoding")
            || items.imports.is_empty() && has(&|name| name == "package-docs") && !has_code(bytes);
        if is_package { Kind::WitPackage } else { Kind::Component }
    } else if has(&|name| name == "linking" || name.starts_with("reloc.")) {
        Kind::Object
    } else if has(&|name| name == "dylink.0") {
        Kind::SharedLibrary
    } else {
        Kind::Module
    }
}

fn has_code(bytes: &[u8]) -> bool {
    Parser::new(0).parse_all(bytes).any(|payload| matches!(payload, Ok(wasmparser::Payload::ModuleSection { .. })))
}

/// Every world that it fits: a component may be a program and a server. A core module may have its types in it.
pub(super) fn worlds(kind: Kind, items: &Items, has_types: bool) -> Vec<World> {
    match kind {
        Kind::WitPackage | Kind::Object | Kind::SharedLibrary => return Vec::new(),
        Kind::Component => {}
        Kind::Module if has_types => return vec![World::Unencoded],
        Kind::Module => return vec![module(items)],
    }
    let imports_handler = items.imports.iter().any(|import| import.name.starts_with("mik:core/handler@"));
    let all = [
        (items.exports("mik:core/handler@0.1.0"), World::Handler),
        (imports_handler, World::Bridge),
        (items.exports("wasi:http/incoming-handler@0.2.") && !imports_handler, World::Http),
        (items.exports("wasi:http/handler@0.3."), World::HttpP3),
        (items.exports("wasi:cli/run@"), World::Command),
    ];
    let worlds: Vec<World> = all.into_iter().filter(|(fits, _)| *fits).map(|(_, world)| world).collect();
    match (worlds.is_empty(), items.exports.is_empty()) {
        (false, _) => worlds,
        (true, false) => vec![World::Library],
        (true, true) => vec![World::Nothing],
    }
}

fn module(items: &Items) -> World {
    let imports = |prefix: &str| items.imports.iter().any(|import| import.name.starts_with(prefix));
    if imports("__wbindgen") || imports("wbg ") || imports("./") {
        World::Browser
    } else if imports("wasi_snapshot_preview1 ") {
        World::Preview1
    } else {
        World::Core
    }
}
