//! Equal types become one.
//!
//! **Why it is sound.** Types are compared by structure: two recursion groups that are written alike are the same type
//! (core specification, §3.1.3 and §4.2.1, "type equivalence is iso-recursive"), so each reference to the second may be one
//! to the first. References within a group count from its start.

use std::collections::HashMap;

use wasm_encoder::reencode::Reencode;

use super::{Context, Pass};
use crate::error::{Dangling, PassError};
use crate::module::{Item, Module, Renumbering, Visit, Walker};
use crate::origins::Made;

pub(crate) struct MergeTypes;

impl Pass for MergeTypes {
    fn name(&self) -> &'static str {
        "merge-types"
    }

    fn run(&self, module: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        let module = Module::parse(module)?;
        let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
        let mut canonical: Vec<u32> = Vec::new();
        for group in &module.types {
            let first = canonical.len() as u32;
            let count = group.types().len() as u32;
            let mut section = wasm_encoder::TypeSection::new();
            let mut writer = Canonical { canonical: &canonical, first };
            Walker(&mut writer).parse_recursive_type_group(section.ty(), group.clone())?;
            let mut bytes = Vec::new();
            wasm_encoder::Encode::encode(&section, &mut bytes);
            let stands_for = *known.entry(bytes).or_insert(first);
            canonical.extend(stands_for..stands_for + count);
        }
        let mut renumbering = Renumbering::whole(&module);
        renumbering.types.merge(|index| canonical.get(index as usize).copied().unwrap_or(index));
        module.encode(&renumbering)
    }
}

/// Writes types with references to those before as what stands for them, and those within the group from its start.
struct Canonical<'c> {
    canonical: &'c [u32],
    first: u32,
}

impl Visit for Canonical<'_> {
    fn visit(&mut self, item: Item) -> Result<u32, Dangling> {
        let index = item.index();
        // No module has so many types that these ranges meet.
        Ok(match self.canonical.get(index as usize) {
            Some(canonical) => *canonical,
            None => 0x4000_0000 + (index - self.first),
        })
    }
}
