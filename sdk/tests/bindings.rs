//! The bindings in `src/bindings/handler_world.rs` are what `wit/` generates. They are checked in, so that a project that
//! uses the SDK does not build a WIT parser first. After a change: `BLESS=1 cargo test -p mik-sdk --test bindings`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test, and the rooms of `cargo mik` are not here")]

use std::fs;
use std::path::Path;

use wit_bindgen_core::WorldGenerator as _;
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_rust::Opts;

#[test]
fn they_are_what_the_interface_generates() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let checked_in = here.join("src/bindings/handler_world.rs");
    let generated = generate(&here.join("../wit"));
    if std::env::var_os("BLESS").is_some() {
        fs::write(&checked_in, &generated).unwrap();
    }
    assert!(
        fs::read_to_string(&checked_in).unwrap() == generated,
        "run `BLESS=1 cargo test -p mik-sdk --test bindings`"
    );
}

fn generate(wit: &Path) -> String {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit).unwrap();
    let world = resolve.select_world(&[package], Some("handler-world")).unwrap();
    let options = Opts {
        format: true,
        generate_all: true,
        pub_export_macro: true,
        export_macro_name: Some("export_handler".to_owned()),
        default_bindings_module: Some("mik_sdk::bindings".to_owned()),
        runtime_path: Some("::mik_sdk::__private::wit_bindgen::rt".to_owned()),
        ..Opts::default()
    };
    let mut files = Default::default();
    options.build().generate(&mut resolve, world, &mut files).unwrap();
    let (_, source) = files.iter().next().unwrap();
    String::from_utf8(source.to_vec()).unwrap()
}
