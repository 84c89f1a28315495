//! Components stay what they are: valid, and the same to their host, but for imports that they never used.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, its helpers too")]

use std::path::{Path, PathBuf};

use arbitrary::Unstructured;
use mik_optimize::{Error, Names, Options, Panic, optimize, passes, run_pass};
use wasmparser::{Parser, Payload, Validator};

const ALL_OPTIONS: [Options; 4] = [
    Options { panic: Panic::Message, names: Names::Strip },
    Options { panic: Panic::Trap, names: Names::Strip },
    Options { panic: Panic::Message, names: Names::Keep },
    Options { panic: Panic::Trap, names: Names::Keep },
];

/// What a host sees of a component: names of imports and exports.
fn doors(component: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                imports.extend(section.into_iter().map(|import| import.unwrap().name.name.to_owned()));
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                exports.extend(section.into_iter().map(|export| export.unwrap().name.name.to_owned()));
            }
            _ => {}
        }
    }
    (imports, exports)
}

fn check(name: &str, component: &[u8]) {
    for options in ALL_OPTIONS {
        let output = optimize(component, &options).unwrap_or_else(|error| panic!("{name}: {error:?}")).bytes;
        assert!(output.len() <= component.len(), "{name}");
        Validator::new().validate_all(&output).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(optimize(component, &options).unwrap().bytes, output, "{name}: the same input gives the same bytes");
        assert_eq!(optimize(&output, &options).unwrap().bytes, output, "{name}: a second run changes nothing");
        let ((imports, exports), (fewer, same)) = (doors(component), doors(&output));
        assert_eq!(exports, same, "{name}: exports stay, in their order");
        assert!(fewer.iter().all(|import| imports.contains(import)), "{name}: no import is new");
    }
    for pass in passes() {
        let options = Options { panic: Panic::Trap, ..Options::default() };
        let output = run_pass(pass, component, &options).unwrap_or_else(|error| panic!("{name}, {pass}: {error:?}"));
        assert!(output.statistics.iter().all(|it| it.pass == pass), "{name}: {pass} runs alone");
        assert_eq!(doors(&output.bytes).1, doors(component).1, "{name}, {pass}: exports stay, in their order");
        let again = run_pass(pass, &output.bytes, &options).unwrap().bytes;
        assert!(again == output.bytes, "{name}, {pass}: a second run changes nothing");
    }
}

#[allow(clippy::disallowed_methods, reason = "these files are the test's own")]
fn files(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|it| it == "wasm" || it == "wat") {
            into.push(path);
        }
    }
}

#[test]
fn every_component_of_the_repository_stays_valid_with_its_doors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for directory in ["bridge/provider", "tests/components", "optimize/tests/cases"] {
        files(&root.join(directory), &mut found);
    }
    let mut checked = 0;
    for file in found {
        let bytes = wat::parse_file(&file).unwrap();
        if Parser::is_component(&bytes) {
            check(&file.display().to_string(), &bytes);
            checked += 1;
        }
    }
    assert!(checked > 5, "{checked} components");
}

#[test]
fn the_bridge_is_as_small_as_the_passes_make_it() {
    let bridge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bridge/provider/bridge.wasm");
    let bridge = wat::parse_file(bridge).unwrap();
    let output = optimize(&bridge, &Options::default()).unwrap().bytes;
    assert!(output == bridge, "{} of {} bytes: run `cargo xtask bridge`", output.len(), bridge.len());
}

#[test]
fn generated_components_stay_valid_with_their_doors() {
    let mut checked = 0;
    for seed in 0..300_u64 {
        let mut state = seed;
        let bytes: Vec<u8> = (0..4096)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as u8
            })
            .collect();
        let Ok(component) = wasm_smith::Component::new(wasm_smith::Config::default(), &mut Unstructured::new(&bytes))
        else {
            continue;
        };
        let component = component.to_bytes();
        // It makes some that no host takes: values, for one.
        if let Err(Error::InvalidInput(_)) = optimize(&component, &Options::default()) {
            continue;
        }
        check(&format!("seed {seed}"), &component);
        checked += 1;
    }
    assert!(checked > 50, "{checked} components");
}

#[test]
fn components_nested_without_end_are_refused() {
    let mut component = wasm_encoder::Component::new().finish();
    for _ in 0..5_000 {
        let mut outer = wasm_encoder::Component::HEADER.to_vec();
        outer.push(wasm_encoder::ComponentSectionId::Component.into());
        wasm_encoder::Encode::encode(component.as_slice(), &mut outer);
        component = outer;
    }
    let refused = optimize(&component, &Options::default()).expect_err("it is too deep");
    assert!(matches!(refused, Error::TooDeep { .. }), "{refused:?}");
}

#[test]
fn what_is_not_wasm_is_refused() {
    for bytes in [&b""[..], b"\0asm", b"not wasm", b"\0asm\x01\0\0\0\x01"] {
        assert!(matches!(optimize(bytes, &Options::default()), Err(Error::InvalidInput(_))));
    }
}
