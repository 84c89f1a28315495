//! The functions that are named most often get the shortest numbers.
//!
//! **Why it is sound.** An index is a name: any permutation applied to definitions and references alike gives the same
//! module. Imports stay in front, where the binary format has them.

use std::cmp::Reverse;

use wasm_encoder::reencode::Reencode;

use super::{Context, Pass};
use crate::error::{Dangling, PassError};
use crate::module::{Item, Module, Renumbering, Visit, Walker};
use crate::origins::Made;

pub(crate) struct OrderFunctions;

impl Pass for OrderFunctions {
    fn name(&self) -> &'static str {
        "order-functions"
    }

    fn run(&self, module: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        let module = Module::parse(module)?;
        let mut uses = Uses::default();
        for function in &module.functions {
            Walker(&mut uses).visit_function_body(&function.parsed())?;
        }
        for element in &module.elements {
            Walker(&mut uses).parse_element(&mut wasm_encoder::ElementSection::new(), element.clone())?;
        }
        let imported = module.imported_functions();
        let mut renumbering = Renumbering::whole(&module);
        renumbering.functions.reorder(|index| {
            let count = uses.counts.get(index as usize).copied().unwrap_or(0);
            Reverse(if index < imported { u64::MAX } else { count })
        });
        module.encode(&renumbering)
    }
}

/// Counts how often each function is named.
#[derive(Default)]
struct Uses {
    counts: Vec<u64>,
}

impl Visit for Uses {
    fn visit(&mut self, item: Item) -> Result<u32, Dangling> {
        if let Item::Function(index) = item {
            let place = index as usize;
            if self.counts.len() <= place {
                self.counts.resize(place + 1, 0);
            }
            self.counts[place] += 1;
        }
        Ok(item.index())
    }
}
