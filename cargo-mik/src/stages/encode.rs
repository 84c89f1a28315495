//! From a core module to a component: what the linker does for wasm32-wasip2, done here for the other targets.

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

use super::StageError;
use crate::plan::UnitPlan;
use crate::project::Target;
use crate::report::Reporter;

/// Makes a component of what cargo made; a component stays as it is.
pub(super) fn encode(
    bytes: Vec<u8>,
    target: Target,
    unit: &UnitPlan,
    reporter: &Reporter,
) -> Result<Vec<u8>, StageError> {
    if Parser::is_component(&bytes) {
        return Ok(bytes);
    }
    if !Parser::is_core_wasm(&bytes) {
        return Err(StageError::NotWasm { unit: unit.name.clone() });
    }
    reporter.detail("Encoding", &unit.name);
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(&bytes)
        .and_then(|encoder| match target {
            Target::Wasip1 => {
                encoder.adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)
            }
            Target::Wasip2 | Target::Unknown => Ok(encoder),
        })
        .and_then(|encoder| encoder.encode());
    encoded.map_err(|source| StageError::Encode {
        unit: unit.name.clone(),
        help: help(&bytes, target),
        source: source.into(),
    })
}

/// What to do about the imports that nobody offers, by whom they usually come from.
fn help(module: &[u8], target: Target) -> String {
    let mut modules: Vec<String> = imported_modules(module).collect();
    modules.sort();
    modules.dedup();
    let imports = |name: &str| modules.iter().any(|module| module.starts_with(name));
    if imports("__wbindgen") {
        "a dependency is built for browsers: it imports wasm-bindgen's functions. Find it with \
         `cargo tree --target wasm32-unknown-unknown -i wasm-bindgen` and turn off its `js` or `wasmbind` feature"
            .to_owned()
    } else if imports("wasi_snapshot_preview1") && target != Target::Wasip1 {
        "the module imports WASI preview 1: set `build.target = \"wasm32-wasip1\"`, which encodes with its adapter"
            .to_owned()
    } else if imports("env") {
        "a dependency calls C or host functions that no WASI host offers (the module imports `env`): look for `extern` \
         blocks and for `-sys` crates in `cargo tree`"
            .to_owned()
    } else {
        "does the library export a world? With mik-sdk, `routes!` does it; with wit-bindgen, `export!`".to_owned()
    }
}

fn imported_modules(module: &[u8]) -> impl Iterator<Item = String> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Ok(Payload::ImportSection(reader)) = payload {
            names.extend(reader.into_imports().flatten().map(|import| import.module.to_owned()));
        }
    }
    names.into_iter()
}
