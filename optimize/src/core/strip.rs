//! Strip: custom sections that nothing needs to run.
//!
//! **Why it is sound.** Custom sections "are ignored by the WebAssembly semantics" (core specification, §2.5.8 and
//! Appendix "Custom Sections"). What goes is named here, one by one; every other section may mean something to a host
//! or to a user, and stays. `component-type` sections are what a component is made from: they go only from modules that
//! are in one already. All other bytes are copied, not written anew.

use wasm_encoder::{RawSection, Section};
use wasmparser::{Parser, Payload};

use super::{Context, Pass};
use crate::error::PassError;
use crate::options::Names;
use crate::origins::Made;

/// Takes out what speaks of positions in the code: it would be wrong after the next pass.
pub(crate) struct StripDebug;

impl Pass for StripDebug {
    fn name(&self) -> &'static str {
        "strip-debug"
    }

    fn run(&self, module: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        without(module, speaks_of_positions)
    }
}

/// Takes out names and what tools have left for tools.
pub(crate) struct Strip;

impl Pass for Strip {
    fn name(&self) -> &'static str {
        "strip"
    }

    fn run(&self, module: &[u8], context: &Context<'_>) -> Result<Made, PassError> {
        without(module, |name| is_unneeded(name, context))
    }
}

/// The module without some custom sections, all else byte for byte.
fn without(module: &[u8], is_unneeded: impl Fn(&str) -> bool) -> Result<Made, PassError> {
    let mut output = wasm_encoder::Module::HEADER.to_vec();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::CustomSection(section) = &payload
            && is_unneeded(section.name())
        {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            let data = module.get(range.start as usize..range.end as usize).unwrap_or_default();
            RawSection { id, data }.append_to(&mut output);
        }
    }
    Ok(Made::same(output))
}

/// Whether a section speaks of positions in the code: debuggers' sections, and hints about branches.
pub(crate) fn speaks_of_positions(name: &str) -> bool {
    name.starts_with(".debug_")
        || name.starts_with("metadata.code.")
        || matches!(name, "sourceMappingURL" | "external_debug_info")
}

fn is_unneeded(name: &str, context: &Context<'_>) -> bool {
    match name {
        "name" => context.options.names == Names::Strip,
        "producers" => true,
        "linking" | "target_features" => context.is_enclosed,
        _ if name.starts_with("reloc.") || name.starts_with("component-type") => context.is_enclosed,
        _ => false,
    }
}
