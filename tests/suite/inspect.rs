//! What a component is, told by `cargo mik inspect`: ours, others', and what is none.

use std::path::{Path, PathBuf};

use mik_tests::guest::{API, HANDLER, PROBE, PROBE_P3};
use mik_tests::{Output, Program, Project};
use serde_json::Value;
use wit_component::{DecodedWasm, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, UnresolvedPackageGroup, WorldId};

fn inspect(file: &Path, flags: &[&str]) -> Output {
    let mut command = Program::cargo_mik();
    command.arg("inspect").arg(file).args(flags);
    Program::run(&mut command)
}

fn json(file: &Path) -> Value {
    let output = inspect(file, &["--json"]).ok();
    assert_eq!(output.stdout.lines().count(), 1, "{}", output.stdout);
    serde_json::from_str(&output.stdout).unwrap()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// A file of these bytes, for as long as the directory is kept.
fn file(bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.wasm");
    fs_err::write(&path, bytes).unwrap();
    (directory, path)
}

fn of_text(text: &str) -> (tempfile::TempDir, PathBuf) {
    file(wat::parse_str(text).unwrap())
}

fn resolve(text: &str) -> Resolve {
    let mut resolve = Resolve::new();
    let group =
        UnresolvedPackageGroup::parse("printed.wit", text).unwrap_or_else(|(_, error)| panic!("{error}\n{text}"));
    resolve.push_group(group).unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    resolve
}

fn interface(resolve: &Resolve, world: WorldId) -> (Vec<String>, Vec<String>) {
    let world = &resolve.worlds[world];
    let sorted = |keys: Vec<&wit_parser::WorldKey>| {
        let mut names: Vec<String> = keys.into_iter().map(|key| resolve.name_world_key(key)).collect();
        names.sort();
        names
    };
    (sorted(world.imports.keys().collect()), sorted(world.exports.keys().collect()))
}

#[test]
fn the_wit_that_is_printed_is_parsed_again_and_is_the_same_world() {
    let bridge = Program::workspace().join("bridge/provider/bridge.wasm");
    let handler = HANDLER.component().with_extension("handler.wasm");
    for component in [HANDLER.component(), &handler, &bridge, PROBE.component(), PROBE_P3.component()] {
        let text = inspect(component, &["--wit"]).ok().stdout;
        let parsed = resolve(&text);
        let DecodedWasm::Component(decoded, world) = wit_component::decode(&fs_err::read(component).unwrap()).unwrap()
        else {
            panic!("{} is a component", component.display());
        };
        let (again, _) = parsed.worlds.iter().find(|(_, it)| it.name == decoded.worlds[world].name).unwrap();
        assert_eq!(interface(&parsed, again), interface(&decoded, world), "{text}");
    }
}

#[test]
fn a_composed_component_tells_what_it_is_and_what_it_may() {
    let component = HANDLER.component();
    let told = json(component);
    assert_eq!((&told["reason"], &told["kind"]), (&"mik-inspection".into(), &"component".into()));
    assert_eq!(told["worlds"], serde_json::json!(["http"]));
    assert_eq!(told["bytes"].as_u64(), Some(fs_err::metadata(component).unwrap().len()));
    assert!(names(&told["exports"])[0].starts_with("wasi:http/incoming-handler@0.2"), "{told}");
    assert_eq!(told["exports"][0]["version"], "0.2.0");
    let can = told["capabilities"].as_array().unwrap();
    let grant = |words: &str| can.iter().find(|it| it["it"] == words).map(|it| it["grant"].as_str().unwrap());
    assert_eq!(grant("reads its environment and arguments"), Some("by-key"), "{told}");
    assert_eq!(grant("sends HTTP requests to other hosts"), None, "{told}");
    let parts = told["parts"].as_array().unwrap();
    assert!(
        parts.iter().filter(|part| part["is_component"] == true).count() >= 2,
        "the handler and the bridge: {told}"
    );
    assert_eq!((&told["about"]["name"], &told["about"]["version"]), (&"handler".into(), &"0.1.0".into()));

    let text = inspect(component, &[]).ok().stdout;
    for expected in ["name         handler 0.1.0", "a WASI HTTP component", "composed of ", "mik run ", "`server.env`"]
    {
        assert!(text.contains(expected), "`{expected}`: {text}");
    }
    // The handler alone is another thing.
    let handler = json(&component.with_extension("handler.wasm"));
    assert_eq!(handler["worlds"], serde_json::json!(["handler"]));
    assert!(names(&handler["exports"]).contains(&"mik:core/handler@0.1.0"), "{handler}");
}

#[test]
fn requests_to_others_need_their_key_and_routes_are_those_of_the_document() {
    let probe = json(PROBE.component());
    let can = probe["capabilities"].as_array().unwrap();
    let sends = can.iter().find(|it| it["it"] == "sends HTTP requests to other hosts").unwrap();
    assert_eq!((&sends["grant"], &sends["key"]), (&"by-key".into(), &"server.http_allowed".into()));
    let p3 = json(PROBE_P3.component());
    assert_eq!(p3["worlds"], serde_json::json!(["http-p3"]));
    assert!(p3["features"].as_array().unwrap().contains(&"cm-async".into()), "{p3}");

    let api = inspect(API.component(), &[]).ok().stdout;
    assert!(api.contains("PUT     /books/{id}"), "{api}");
    assert_eq!(json(API.component())["routes"]["title"], "api");
}

#[test]
fn without_a_file_the_project_is_built_in_release() {
    let project = Project::saying("inspected", "here");
    let output = project.run("inspect").ok();
    assert!(output.stdout.contains(&format!("name         {} 0.1.0", project.name())), "{}", output.stdout);
    assert!(output.stdout.contains("debug        "), "the side-car lies beside it: {}", output.stdout);
    let told = json(&project.component("release"));
    assert_eq!(told["file"], project.component("release").to_str().unwrap());
}

#[test]
fn components_of_others_and_core_modules_get_an_answer() {
    let library =
        "(component (import \"shop:cart/items@1.0.0\" (instance)) (import \"log\" (func (param \"x\" string)))
        (core module $m (func (export \"run\"))) (core instance $i (instantiate $m))
        (func $run (canon lift (core func $i \"run\"))) (export \"run\" (func $run)))";
    for (text, kind, world, says) in [
        (library, "component", Some("library"), "has to export: shop:cart"),
        ("(component)", "component", Some("nothing"), "exports nothing"),
        ("(module (func (export \"f\")))", "module", Some("core"), "a core module"),
        (
            "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32))) (func (export \"_start\")))",
            "module",
            Some("preview1"),
            "wasmtime run ",
        ),
        ("(module (import \"__wbindgen_placeholder__\" \"x\" (func)))", "module", Some("browser"), "JavaScript"),
        ("(module (@custom \"linking\" \"\\02\"))", "object", None, "an object file"),
        ("(module (@custom \"dylink.0\" \"\"))", "shared-library", None, "a shared library"),
        ("(module (memory i64 1) (tag) (func throw 0))", "module", Some("core"), "exceptions"),
        ("(module (memory 1 (pagesize 1)))", "module", Some("core"), "which mik's host"),
    ] {
        let (_directory, path) = of_text(text);
        let told = json(&path);
        let worlds: Vec<Value> = world.into_iter().map(Value::from).collect();
        assert_eq!((&told["kind"], &told["worlds"]), (&kind.into(), &worlds.into()), "{text}");
        let output = inspect(&path, &[]).ok().stdout;
        assert!(output.contains(says), "`{says}`: {output}");
    }
    let (_directory, path) = of_text(library);
    let told = json(&path);
    assert_eq!(names(&told["imports"]), ["shop:cart/items@1.0.0", "log"]);
    assert_eq!(told["runs_in"], serde_json::json!([]));
    assert!(inspect(&path, &["--wit"]).ok().stdout.contains("export run: func();"));
}

#[test]
fn wit_packages_and_modules_that_bring_their_types_are_told_as_such() {
    let text = "package shop:cart@1.0.0;\n\ninterface items {\n  /// How many.\n  count: func() -> u32;\n}\n\nworld cart {\n  \
                export items;\n}\n";
    let parsed = resolve(text);
    let (package, _) = parsed.packages.iter().next().unwrap();
    let (_directory, path) = file(wit_component::encode(&parsed, package).unwrap());
    assert_eq!(json(&path)["kind"], "wit-package");
    let printed = inspect(&path, &["--wit"]).ok().stdout;
    assert!(printed.contains("/// How many.") && resolve(&printed).worlds.len() == 1, "{printed}");

    let world = parsed.select_world(&[package], Some("cart")).unwrap();
    let mut module =
        wat::parse_str("(module (func (export \"shop:cart/items@1.0.0#count\") (result i32) unreachable))").unwrap();
    embed_component_metadata(&mut module, &parsed, world, StringEncoding::UTF8).unwrap();
    let (_directory, path) = file(module);
    assert_eq!(json(&path)["worlds"], serde_json::json!(["unencoded"]));
    assert!(inspect(&path, &["--wit"]).ok().stdout.contains("export items;"));
}

#[test]
fn what_is_in_a_file_reaches_no_terminal_as_it_is() {
    let (_directory, path) = of_text(
        "(module (@custom \"version\" \"1\\1b[2J\\c2\\9b1m\") (@custom \"description\" \"a\\e2\\80\\aeb\\ff\")
          (import \"a\\1b]0;x\\07\" \"b\" (func)) (@producers (language \"R\\1b[31mst\" \"1\")) (@custom \".dep-v0\" \"junk\")
          (@custom \"build_id\" \"\\ff\\ff\\ff\\ff\\0f\"))",
    );
    for flags in [&[][..], &["--json"]] {
        let output = inspect(&path, flags).ok().stdout;
        assert!(!output.contains(|c: char| c.is_control() && c != '\n'), "{output:?}");
        assert!(!output.contains('\u{202e}'), "{output:?}");
    }
    let told = json(&path);
    assert_eq!(told["about"]["version"], "1\\u{1b}[2J\\u{9b}1m");
    assert_eq!((&told["dependencies"], &told["about"]["build_id"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_is_broken_is_refused_with_its_place() {
    let whole = fs_err::read(HANDLER.component()).unwrap();
    let (_directory, path) = file(&whole[..whole.len() / 2]);
    inspect(&path, &[]).code(104).says("mik::optimize::invalid_input").says("at offset");
    let (_directory, path) = file("(module)");
    inspect(&path, &[]).code(104).says("mik::optimize::not_wasm").says("wasm-tools parse");
    inspect(&path.with_file_name("nothing.wasm"), &[]).code(104).says("nothing.wasm");
    let (_directory, path) = of_text("(module)");
    inspect(&path, &["--wit"]).code(103).says("mik::encode::no_wit").says("a core module");
    // Never asked for both.
    inspect(&path, &["--wit", "--json"]).code(2);
}
