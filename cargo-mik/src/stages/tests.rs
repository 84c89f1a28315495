//! Components as files: each folder of `tests/components` is an input and the one expected end.
//!
//! `core.wat` is a core module, or `core.txt` names a world of which a module is made that traps in every function;
//! `world.wit` is its world, over `mik:core` and WASI. The module goes through encode, optimize, compose and validate.
//! Expected is `component.wat`, the whole text; or `interface.txt`, imports and exports of the result, where the text
//! would be long; or `error.txt`.

use std::fmt::Write as _;
use std::path::Path;

use snapbox::{Data, assert_data_eq};
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve, WorldId};

use super::*;
use crate::plan::Reason;
use crate::project::{Bridge, Composition, Optimize, Panic, UnitKind};
use crate::report::Shell;

#[test]
fn components() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/components");
    let mut cases: Vec<_> = files::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 5, "the cases are not where they should be");
    for case in cases.iter().filter(|case| case.is_dir()) {
        eprintln!("{}", case.display());
        check(case);
    }
}

fn check(case: &Path) {
    let expected = |name: &str| Data::read_from(&case.join(name), None);
    match build(case) {
        Err(report) => assert_data_eq!(rendered(&report), expected("error.txt")),
        Ok(component) if case.join("interface.txt").is_file() => {
            assert_data_eq!(interface(&component), expected("interface.txt"));
        }
        Ok(component) => {
            let text = wasmprinter::print_bytes(&component).unwrap();
            assert_data_eq!(text, expected("component.wat"));
        }
    }
}

fn build(case: &Path) -> Result<Vec<u8>, StageError> {
    let reporter = Reporter::new(Shell::from_write(Box::new(std::io::sink()), Box::new(std::io::sink())));
    let unit = UnitPlan {
        package: "case".to_owned(),
        package_id: String::new(),
        name: "case".to_owned(),
        crate_name: "case".to_owned(),
        kind: UnitKind::Lib,
        freshness: Freshness::Fresh,
        settings: String::new(),
    };
    let composition = match files::read_to_string(case.join("composition.txt")).unwrap_or_default().trim() {
        "never" => Composition::Never,
        "always" => Composition::Always { bridge: Bridge::Embedded },
        _ => Composition::WhereExported { bridge: Bridge::Embedded },
    };
    let encoded = encode::encode(core(case), Target::Unknown, &unit, &reporter)?;
    let optimize = |bytes: &[u8], part| {
        let mut work = Work {
            source: String::new(),
            freshness: Freshness::Stale(Reason::NotBuiltYet),
            bytes: bytes.to_vec(),
            handler: None,
            origins: None,
            debug: None,
            optimized: Vec::new(),
            document: None,
        };
        let how = optimize::How { optimize: Optimize::Size, panic: Panic::Message, wasm_opt: None };
        optimize::optimize(&mut work, part, how, &unit, &reporter)?;
        Ok::<_, StageError>(work.bytes)
    };
    let how = compose::How { composition: &composition, plug: true, components: &[] };
    let handler = optimize(&encoded, Part::Handler)?;
    assert_eq!(optimize(&handler, Part::Handler)?, handler, "optimizing twice is optimizing once");
    let component = match compose::compose(&handler, how, &unit, &reporter)? {
        Some(composed) => optimize(&composed, Part::Composed)?,
        None => handler,
    };
    validate::validate(&component, &unit)?;
    Ok(component)
}

fn core(case: &Path) -> Vec<u8> {
    let world = case.join("world.wit").is_file().then(|| world(case));
    let mut module = match (files::read_to_string(case.join("core.wat")), &world) {
        (Ok(text), _) => wat::parse_str(text).unwrap(),
        (Err(_), Some((resolve, world))) => dummy_module(resolve, *world, ManglingAndAbi::Standard32),
        (Err(_), None) => files::read(case.join("core.bin")).unwrap(),
    };
    if let Some((resolve, world)) = world {
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    }
    module
}

fn world(case: &Path) -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    resolve.push_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")).unwrap();
    let package = resolve.push_file(case.join("world.wit")).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    (resolve, world)
}

fn interface(component: &[u8]) -> String {
    let unit = UnitPlan {
        package: String::new(),
        package_id: String::new(),
        name: String::new(),
        crate_name: String::new(),
        kind: UnitKind::Lib,
        freshness: Freshness::Fresh,
        settings: String::new(),
    };
    let interface = interface::Interface::of_unit(component, &unit).unwrap();
    let mut text = String::new();
    for (kind, names) in [("import", interface.imports), ("export", interface.exports)] {
        for name in names {
            writeln!(text, "{kind} {name}").unwrap();
        }
    }
    text
}

fn rendered(error: &StageError) -> String {
    let mut text = format!("[{}] {error}\n", miette::Diagnostic::code(error).unwrap());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        writeln!(text, "cause: {cause}").unwrap();
        source = cause.source();
    }
    if let Some(help) = miette::Diagnostic::help(error) {
        writeln!(text, "help: {help}").unwrap();
    }
    text
}
