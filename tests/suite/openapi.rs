//! The OpenAPI document, from the component that has it to whoever asks: `cargo mik openapi`, and the server.

use std::path::Path;

use mik_tests::guest::{API, HANDLER};
use mik_tests::{Body, Output, Program, Site};
use serde_json::Value;

/// How the document begins.
const BEGIN: &[u8] = b"{\"openapi\":\"3.1.0\",";

fn openapi(arguments: &[&str]) -> Output {
    Program::run(Program::cargo_mik().arg("openapi").args(arguments))
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn document_of(component: &Path) -> Value {
    serde_json::from_str(&openapi(&[path(component)]).ok().stdout).unwrap()
}

#[test]
fn a_component_has_its_document_once_and_none_of_it_among_its_data() {
    let component = API.component();
    for file in [component.to_owned(), component.with_file_name("api.handler.wasm")] {
        let bytes = fs_err::read(&file).unwrap();
        let count = bytes.windows(BEGIN.len()).filter(|window| *window == BEGIN).count();
        assert_eq!(count, 1, "{}", file.display());
        let document = document_of(&file);
        assert_eq!((&document["info"]["title"], &document["info"]["version"]), (&"api".into(), &"1.2.3".into()));
        assert_eq!(document["paths"]["/books/{id}"]["put"]["operationId"], "replace");
    }
    let plain = fs_err::read(HANDLER.component()).unwrap();
    assert!(!plain.windows(11).any(|window| window == b"mik:openapi"));
}

#[test]
fn the_document_is_printed_as_it_is_or_over_lines_or_to_a_file() {
    let component = path(API.component());
    let plain = openapi(&[component]).ok().stdout;
    assert!(plain.starts_with("{\"openapi\":\"3.1.0\",\"info\":") && plain.trim_end().lines().count() == 1, "{plain}");
    let pretty = openapi(&[component, "--pretty"]).ok().stdout;
    assert!(pretty.starts_with("{\n  \"openapi\": \"3.1.0\",\n  \"info\": {\n"), "{pretty}");
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(value(&pretty), value(&plain));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("openapi.json");
    let written = openapi(&[component, "-o", path(&file)]).ok();
    assert_eq!((written.stdout.as_str(), fs_err::read_to_string(file).unwrap()), ("", plain));
}

#[test]
fn without_a_file_the_project_is_built_first() {
    let mut command = Program::cargo_mik();
    command.args(["openapi", "--locked", "--quiet"]).current_dir(API.directory());
    let built: Value = serde_json::from_str(&Program::run(&mut command).ok().stdout).unwrap();
    assert_eq!(built, document_of(API.component()));
}

#[test]
fn what_has_no_document_is_told_what_to_turn_on() {
    let output = openapi(&[path(HANDLER.component())]).code(96);
    output.says("has no OpenAPI document").says("features = [\"openapi\"]");
    let manifest = API.directory().join("Cargo.toml");
    openapi(&[path(&manifest)]).code(96).says("is not a WebAssembly component");
    openapi(&["nothing.wasm"]).code(96).says("can't be read");
}

#[test]
fn modules_documents_are_served_without_compiling_the_modules() {
    let site = Site::new("").with("books", &API).with("b~2", &API).with("plain", &HANDLER);
    let server = site.serve();
    let own = server.ask_for("/_mik/openapi/books.json").is(200);
    assert_eq!(own.header("content-type"), Some("application/json"));
    assert_eq!(own.json(), document_of(API.component()));
    let merged = server.ask_for("/_mik/openapi.json").is(200).json();
    let book = &merged["paths"]["/run/books/books/{id}"]["get"];
    assert_eq!(book["operationId"], "books.book");
    let schema = &book["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/books.Book");
    assert!(merged["components"]["schemas"]["b_7E2.Book"].is_object(), "{merged}");
    assert!(merged["components"]["securitySchemes"]["books.bearer"].is_object(), "{merged}");
    let paths = merged["paths"].as_object().unwrap();
    assert!(paths.keys().all(|path| path.starts_with("/run/books/") || path.starts_with("/run/b~2/")), "{paths:?}");
    let handlers = server.ask_for("/_mik/handlers").json();
    let states: Vec<_> = handlers["handlers"].as_array().unwrap().iter().map(|it| it["state"].clone()).collect();
    assert_eq!(states, ["not-loaded", "not-loaded", "not-loaded"]);

    server.ask_for("/_mik/openapi/plain.json").is_failure(404, "no-openapi");
    server.ask_for("/_mik/openapi/nobody.json").is_failure(404, "module-not-found");
    server.ask("POST", "/_mik/openapi.json", &[], Body::None).is_failure(405, "method-not-allowed");
}

#[test]
fn a_file_that_is_replaced_has_its_own_document() {
    let site = Site::new("").with("books", &HANDLER);
    let server = site.serve();
    server.ask_for("/_mik/openapi/books.json").is_failure(404, "no-openapi");
    site.replace("books", fs_err::read(API.component()).unwrap());
    server.ask_for("/_mik/openapi/books.json").is(200);
}
