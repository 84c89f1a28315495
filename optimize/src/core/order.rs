//! The functions that are named most often get the shortest numbers; among those that are named as often, what they are made of
//! decides. Compilers order functions by hashes that the paths of sources have a part in: so the same source gives
//! the same bytes wherever it lies.
//!
//! **Why it is sound.** An index is a name: any permutation applied to definitions and references alike gives the same
//! module. Imports stay in front, where the binary format has them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use wasm_encoder::reencode::Reencode;

use super::functions::Eraser;
use super::{Context, Pass};
use crate::error::{Dangling, PassError};
use crate::module::{Item, Module, Renumbering, Visit, Walker};
use crate::origins::Made;

pub(crate) struct OrderFunctions;

/// How many calls deep functions are told apart. Each takes a look at all of them, and a chain of a hundred thousand, each but the
/// last as the others, would take as many.
const MOST_ROUNDS: usize = 12;

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
        let ranks = ranks(&module)?;
        let mut renumbering = Renumbering::whole(&module);
        renumbering.functions.reorder(|index| {
            let count = uses.counts.get(index as usize).copied().unwrap_or(0);
            let rank = ranks.get(index as usize).copied().unwrap_or(0);
            (Reverse(if index < imported { u64::MAX } else { count }), rank)
        });
        module.encode(&renumbering)
    }

    fn is_canonical(&self) -> bool {
        true
    }
}

/// For each function its place among all, by type, by code with the functions that it names left out, then by the places of
/// those: until no two are told apart any more that were not before, or [`MOST_ROUNDS`] calls deep.
fn ranks(module: &Module<'_>) -> Result<Vec<u32>, PassError> {
    let imported = module.imported_functions();
    let mut shapes = Vec::new();
    for function in &module.functions {
        let mut eraser = Eraser::default();
        let mut code = wasm_encoder::CodeSection::new();
        Walker(&mut eraser).parse_function_body(&mut code, function.parsed())?;
        let mut bytes = Vec::new();
        wasm_encoder::Encode::encode(&code, &mut bytes);
        shapes.push(((function.type_index, bytes), eraser.functions));
    }
    let (mut ranks, mut count) = ranked(imported, shapes.iter().map(|(shape, _)| shape).collect());
    for _ in 0..MOST_ROUNDS {
        if count == shapes.len() {
            break;
        }
        let rank = |index: &u32| ranks.get(*index as usize).copied().unwrap_or(0);
        let keys = (imported..).zip(&shapes);
        let keys = keys.map(|(index, (_, named))| (rank(&index), named.iter().map(rank).collect::<Vec<_>>()));
        let (next, after) = ranked(imported, keys.collect());
        let before = count;
        (ranks, count) = (next, after);
        if before == after {
            break;
        }
    }
    Ok(ranks)
}

/// The place of each key among those that differ, after the imports; and how many there are.
fn ranked<K: Ord>(imported: u32, keys: Vec<K>) -> (Vec<u32>, usize) {
    let different: Vec<&K> = keys.iter().collect::<BTreeSet<_>>().into_iter().collect();
    let place = |key: &K| different.binary_search(&key).unwrap_or(0) as u32;
    let ranks = (0..imported).chain(keys.iter().map(|key| imported + place(key))).collect();
    (ranks, different.len())
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
