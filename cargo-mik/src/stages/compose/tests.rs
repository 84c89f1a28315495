//! What a build makes of a handler and its dependencies.

use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use super::*;
use crate::plan::{Component, Freshness, UnitPlan};
use crate::project::{Bridge, Composition, UnitKind};
use crate::report::{Event, ExitCode, Reporter, Shell};
use crate::stages::{Interface, StageError, place};
use crate::tools::{digest, files};

const PACKAGES: &str = "
    package acme:kv@1.0.0 { interface store { get: func(key: string) -> string; } }
    package acme:kv@1.1.0 { interface store { get: func(key: string) -> string; keys: func() -> list<string>; } }
    package acme:kv@2.0.0 { interface store { get: func(key: string) -> string; } }
";
const HANDLER: &str = "import acme:kv/store@1.0.0; import wasi:cli/environment@0.2.0; export mik:core/handler@0.1.0;";

fn component(items: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")).unwrap();
    let package = resolve.push_str("it.wit", &format!("package test:it; world it {{ {items} }} {PACKAGES}")).unwrap();
    let world = resolve.select_world(&[package], Some("it")).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// Dependencies as files.
struct Store(TempDir);

impl Store {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn has(&self, name: &str, items: &str) -> Component {
        let (bytes, path) = (component(items), self.0.path().join(format!("{name}.wasm")));
        files::write(&path, &bytes).unwrap();
        Component { name: name.to_owned(), path, digest: digest::of(&bytes), instance: None, place: None }
    }
}

fn unit() -> UnitPlan {
    UnitPlan {
        package: "hello".to_owned(),
        package_id: String::new(),
        name: "hello".to_owned(),
        crate_name: "hello".to_owned(),
        kind: UnitKind::Lib,
        freshness: Freshness::Fresh,
        settings: String::new(),
    }
}

/// What comes of the handler, as imports and exports, and what is said of it.
fn compose_with(
    components: &[Component],
    plug: bool,
    composition: &Composition,
) -> Result<(Interface, Vec<String>), StageError> {
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let listener = said.clone();
    let shell = Shell::from_write(Box::new(std::io::sink()), Box::new(std::io::sink()));
    let reporter = Reporter::new(shell).also(move |event: &Event| {
        listener.lock().unwrap().extend(event.text());
    });
    let how = How { composition, plug, components };
    let composed = compose(&component(HANDLER), how, &unit(), &reporter)?.unwrap();
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(&composed).unwrap();
    let said = said.lock().unwrap().clone();
    Ok((Interface::of(&composed).unwrap(), said))
}

#[track_caller]
fn refused(components: &[Component], plug: bool, code: ExitCode) -> String {
    let error = compose_with(components, plug, &Composition::Never).unwrap_err();
    assert_eq!(ExitCode::of(&error), code, "{error}");
    format!("{error} / {}", miette::Diagnostic::help(&error).unwrap())
}

#[test]
fn dependencies_are_plugged_before_the_bridge_and_what_nothing_imports_is_a_warning() {
    let store = Store::new();
    let components = [
        store.has("spare", "export acme:kv/store@2.0.0;"),
        store.has("kv", "import wasi:random/random@0.2.0; export acme:kv/store@1.1.0;"),
    ];
    let bridge = Composition::WhereExported { bridge: Bridge::Embedded };
    let (interface, said) = compose_with(&components, true, &bridge).unwrap();
    assert!(interface.exports_http() && !interface.exports_handler());
    assert_eq!(interface.foreign_imports().count(), 0);
    assert!(interface.imports.contains(&"wasi:random/random@0.2.0".to_owned()));
    assert!(said.iter().any(|line| line.contains("acme:kv/store@1.1.0 of kv into hello")), "{said:?}");
    assert!(said.iter().any(|line| line.contains("mik::compose::unused") && line.contains("spare")), "{said:?}");

    let (interface, _) = compose_with(&components, true, &Composition::Never).unwrap();
    assert_eq!(interface.exports, ["mik:core/handler@0.1.0"]);
}

#[test]
fn by_hand_is_the_only_way_where_nothing_is_plugged_of_its_own_accord() {
    let store = Store::new();
    let mut kv = store.has("kv", "export acme:kv/store@1.0.0;");
    kv.instance = Some("acme:kv/store".to_owned());
    let (interface, _) = compose_with(&[kv.clone()], false, &Composition::Never).unwrap();
    assert_eq!(interface.foreign_imports().count(), 0);
    kv.instance = Some("acme:kv/stroe".to_owned());
    let said = refused(&[kv.clone()], false, ExitCode::Compose);
    assert!(said.contains("nothing imports `acme:kv/stroe`") && said.contains("acme:kv/store@1.0.0"), "{said}");
    kv.instance = None;
    let said = refused(&[kv], false, ExitCode::Compose);
    assert!(said.contains("composition.plug = false"), "{said}");
}

#[test]
fn what_nobody_offers_is_an_error_that_names_who_exports_something_near() {
    let store = Store::new();
    let said = refused(&[store.has("kv", "export acme:kv/store@2.0.0;")], true, ExitCode::Compose);
    assert!(said.starts_with("`hello` imports `acme:kv/store@1.0.0`, and nobody exports it"), "{said}");
    assert!(said.contains("`kv` exports `acme:kv/store@2.0.0`, another version"), "{said}");
}

#[test]
fn two_dependencies_that_export_the_same_are_told_with_what_to_write() {
    let store = Store::new();
    let components =
        [store.has("kv", "export acme:kv/store@1.0.0;"), store.has("files", "export acme:kv/store@1.0.0;")];
    let said = refused(&components, true, ExitCode::Compose);
    assert!(said.contains("`kv` and `files` export it"), "{said}");
    assert!(said.contains("`instance = \"acme:kv/store@1.0.0\"` in `dependencies.kv`"), "{said}");
}

#[test]
fn a_dependency_that_is_another_by_now_is_no_part_of_a_build() {
    let store = Store::new();
    let kv = store.has("kv", "export acme:kv/store@1.0.0;");
    files::write(&kv.path, &component("export acme:kv/store@1.1.0;")).unwrap();
    let said = refused(&[kv], true, ExitCode::Dependency);
    assert!(said.contains("the dependency `kv`, has changed while the build ran"), "{said}");
}

#[test]
fn what_is_served_is_put_beside_the_components_and_taken_away_again() {
    let store = Store::new();
    let directory = store.0.path().join("mik/debug/hello.dependencies");
    let shell = Shell::from_write(Box::new(std::io::sink()), Box::new(std::io::sink()));
    let reporter = Reporter::new(shell);
    let (auth, mut blog) = (store.has("auth", HANDLER), store.has("blog", "export acme:kv/store@2.0.0;"));
    place::place(&directory, &[auth.clone(), blog.clone()], &reporter).unwrap();
    assert_eq!(files::read(directory.join("auth.wasm")).unwrap(), files::read(&auth.path).unwrap());
    let written = files::metadata(directory.join("auth.wasm")).unwrap().modified().unwrap();

    place::place(&directory, std::slice::from_ref(&auth), &reporter).unwrap();
    assert!(!directory.join("blog.wasm").exists());
    assert_eq!(files::metadata(directory.join("auth.wasm")).unwrap().modified().unwrap(), written);
    for name in ["", "..", "a/b", "a b", ".hidden"] {
        blog.name = name.to_owned();
        let error = place::place(&directory, &[blog.clone()], &reporter).unwrap_err();
        assert_eq!(ExitCode::of(&error), ExitCode::Compose);
        assert!(directory.join("auth.wasm").exists());
    }
    place::place(&directory, &[], &reporter).unwrap();
    assert!(!directory.exists());
}
