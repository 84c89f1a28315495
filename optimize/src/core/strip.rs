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

pub(crate) struct Strip;

impl Pass for Strip {
    fn name(&self) -> &'static str {
        "strip"
    }

    fn run(&self, module: &[u8], context: &Context<'_>) -> Result<Vec<u8>, PassError> {
        let mut output = wasm_encoder::Module::HEADER.to_vec();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            if let Payload::CustomSection(section) = &payload
                && is_unneeded(section.name(), context)
            {
                continue;
            }
            if let Some((id, range)) = payload.as_section() {
                let data = module.get(range.start as usize..range.end as usize).unwrap_or_default();
                RawSection { id, data }.append_to(&mut output);
            }
        }
        Ok(output)
    }
}

fn is_unneeded(name: &str, context: &Context<'_>) -> bool {
    match name {
        "name" => context.options.names == Names::Strip,
        "producers" | "sourceMappingURL" | "external_debug_info" => true,
        "linking" | "target_features" => context.is_enclosed,
        _ if name.starts_with(".debug_") => true,
        _ if name.starts_with("reloc.") || name.starts_with("component-type") => context.is_enclosed,
        _ => false,
    }
}
