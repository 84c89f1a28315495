//! The bindings in `src/bindings` are what the interfaces generate. They are checked in, so that a project that uses the
//! SDK does not build a WIT parser first. After a change: `BLESS=1 cargo test -p mik-sdk --test bindings`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test, and the rooms of `cargo mik` are not here")]

use std::fs;
use std::path::Path;

use wit_bindgen_core::WorldGenerator as _;
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_rust::{Opts, WithOption};

#[test]
fn those_of_a_handler_are_what_the_interface_generates() {
    let options = Opts {
        pub_export_macro: true,
        export_macro_name: Some("export_handler".to_owned()),
        default_bindings_module: Some("mik_sdk::bindings".to_owned()),
        ..options()
    };
    agree("handler_world.rs", &generate("mik:core/handler-world", options));
}

#[test]
fn those_of_the_client_are_what_the_interfaces_generate() {
    // Streams are those of the handler's world: one type, and its code once.
    let of_handler = |name: &str| WithOption::Path(format!("::mik_sdk::bindings::wasi::io::{name}"));
    let options = Opts {
        with: ["error", "poll", "streams"]
            .map(|name| (format!("wasi:io/{name}@0.2.0"), of_handler(name)))
            .into_iter()
            .collect(),
        ..options()
    };
    agree("client_world.rs", &generate("mik:sdk/client", options));
}

fn options() -> Opts {
    Opts {
        format: true,
        generate_all: true,
        runtime_path: Some("::mik_sdk::__private::wit_bindgen::rt".to_owned()),
        ..Opts::default()
    }
}

#[track_caller]
fn agree(file: &str, generated: &str) {
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bindings").join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&checked_in, generated).unwrap();
    }
    assert!(
        fs::read_to_string(&checked_in).unwrap() == generated,
        "run `BLESS=1 cargo test -p mik-sdk --test bindings`"
    );
}

fn generate(world: &str, options: Opts) -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(here.join("../wit")).unwrap();
    let own = resolve.push_file(here.join("wit/client.wit")).unwrap();
    let world = resolve.select_world(&[package, own], Some(world)).unwrap();
    let mut files = Default::default();
    options.build().generate(&mut resolve, world, &mut files).unwrap();
    let (_, source) = files.iter().next().unwrap();
    String::from_utf8(source.to_vec()).unwrap()
}
