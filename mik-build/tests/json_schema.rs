//! The JSON Schemas agree with what reads the files: what one takes the other takes, and what one refuses so does the
//! other. A key that nothing reads is a warning to the one, an error to the other.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use boon::{Compiler, SchemaIndex, Schemas};
use mik_build::Written;
use mik_build::schema::TARGETS;
use mik_build::schema::reference::{Key, cargo_json_schema, json_schema};

const MIK: &str = "http://localhost/mik.schema.json";
const CARGO: &str = "http://localhost/cargo.schema.json";

struct Validator {
    schemas: Schemas,
    mik: SchemaIndex,
    cargo: SchemaIndex,
}

impl Validator {
    fn new() -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler.add_resource(MIK, json_schema()).unwrap();
        compiler.add_resource(CARGO, cargo_json_schema("mik.schema.json")).unwrap();
        let mik = compiler.compile(MIK, &mut schemas).unwrap();
        let cargo = compiler.compile(CARGO, &mut schemas).unwrap();
        Self { schemas, mik, cargo }
    }

    fn takes(&self, text: &str, schema: SchemaIndex) -> bool {
        let document: toml::Table = text.parse().unwrap();
        self.schemas.validate(&serde_json::to_value(document).unwrap(), schema).is_ok()
    }
}

/// What the program says to a `mik.toml`.
fn takes(text: &str) -> bool {
    Written::from_mik_toml(text).is_ok_and(|written| written.unknown_keys.is_empty())
}

/// A `mik.toml` as a part of `Cargo.toml`.
fn in_cargo_toml(text: &str) -> String {
    let text: toml::Table = text.parse().unwrap();
    let mik = toml::Table::from_iter([("mik".to_owned(), toml::Value::Table(text))]);
    let metadata = toml::Table::from_iter([("metadata".to_owned(), toml::Value::Table(mik))]);
    let package = toml::Table::from_iter([("package".to_owned(), toml::Value::Table(metadata))]);
    let other = "[dependencies]\nserde = \"1\"\n[lib]\ncrate-type = [\"cdylib\"]\n";
    format!("{package}\n{other}")
}

#[test]
fn what_the_program_takes_and_refuses_so_does_the_schema() {
    let validator = Validator::new();
    let mut documents: Vec<(String, bool)> = [
        ("", true),
        ("[server]\n", true),
        ("server.port = 0\n", true),
        ("server = { port = 65535 }\n", true),
        ("server.port = 65536\n", false),
        ("server.port = -1\n", false),
        ("server.port = \"3000\"\n", false),
        ("server.port = 1.5\n", false),
        ("server.port = true\n", false),
        ("server.port = [3000]\n", false),
        ("server.prot = 3000\n", false),
        ("servers.port = 3000\n", false),
        ("server = 3000\n", false),
        ("server.host = \"localhost\"\n", true),
        ("server.host = \"::1\"\n", true),
        ("server.host = \"0.0.0.0\"\n", true),
        ("server.host = \"example.com\"\n", false),
        ("server.host = \"127.0.0.256\"\n", false),
        ("server.env = {}\n", true),
        ("[server.env]\nA = \"b\"\nC = { from = \"D\" }\n", true),
        ("[server.env]\nA = 5\n", false),
        ("[server.env]\nA = { form = \"D\" }\n", false),
        ("[server.env]\nA = { from = \"D\", or = \"E\" }\n", false),
        ("[server.env]\nA = { from = 5 }\n", false),
        ("server.env = [\"A\"]\n", false),
        ("server.http_allowed = []\n", true),
        ("server.http_allowed = [\"a\", \"*.b\"]\n", true),
        ("server.http_allowed = \"*\"\n", false),
        ("server.http_allowed = [\"a\", 5]\n", false),
        ("server.http_allow_private = true\n", true),
        ("server.http_allow_private = \"true\"\n", false),
        ("server.http_allow_private = 1\n", false),
        ("build.optimize = \"speed\"\n", true),
        ("build.optimize = \"Speed\"\n", false),
        ("build.optimize = 2\n", false),
        ("build.target = 2\n", false),
        ("project.name = \"a-b_2\"\n", true),
        ("project.name = \"\"\n", false),
        ("project.name = \"a/b\"\n", false),
    ]
    .map(|(text, expected)| (text.to_owned(), expected))
    .into();
    for key in Key::all() {
        documents.push((format!("{} = {}\n", key.path, key.example), true));
        documents.push((format!("[{}]\nunheard_of = 1\n", key.path), false));
    }

    for (text, expected) in &documents {
        assert_eq!(takes(text), *expected, "the program, {text}");
        assert_eq!(validator.takes(text, validator.mik), *expected, "the schema, {text}");
        assert_eq!(validator.takes(&in_cargo_toml(text), validator.cargo), *expected, "in Cargo.toml, {text}");
    }
}

#[test]
fn numbers_end_where_the_program_says_they_end() {
    let validator = Validator::new();
    let schema = json_schema();
    let mut seen = 0;
    for Key { path, .. } in Key::all() {
        let value = schema.pointer(&format!("/properties/{}", path.replace('.', "/properties/"))).unwrap();
        let (Some(least), Some(most)) = (value["minimum"].as_u64(), value["maximum"].as_u64()) else { continue };
        seen += 1;
        for (number, expected) in [
            (i128::from(least) - 1, false),
            (i128::from(least), true),
            (i128::from(most), true),
            (i128::from(most) + 1, false),
        ] {
            let text = format!("{path} = {number}\n");
            assert_eq!(takes(&text), expected, "the program, {text}");
            assert_eq!(validator.takes(&text, validator.mik), expected, "the schema, {text}");
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn targets_are_those_of_the_list() {
    let validator = Validator::new();
    for target in TARGETS {
        assert!(validator.takes(&format!("build.target = \"{target}\""), validator.mik), "{target}");
    }
    assert!(!validator.takes("build.target = \"wasm32-wasi\"", validator.mik));
}
