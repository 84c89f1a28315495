//! Equal functions become one.
//!
//! **Why it is sound.** Functions are put into classes that are split until they are stable: first by type and by code with
//! all called functions left out, then by the classes of those. What is left in one class does the same step by step
//! (the largest bisimulation, as Hopcroft and Moore minimize automata), recursive functions included. Which of them runs
//! can't be seen: core code has no way to compare references to functions (`ref.eq` takes `eqref`, of which functions are
//! no part), so table slots, globals and exports may share one. Names in a backtrace are those of the function that
//! stays.

mod partition;

use std::collections::HashMap;

use wasm_encoder::reencode::Reencode;

use self::partition::Partition;
use super::{Context, Pass};
use crate::error::{Dangling, PassError};
use crate::module::{Item, Module, Renumbering, Visit, Walker};
use crate::origins::Made;

pub(crate) struct MergeFunctions;

impl Pass for MergeFunctions {
    fn name(&self) -> &'static str {
        "merge-functions"
    }

    fn run(&self, module: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        let module = Module::parse(module)?;
        let imported = module.imported_functions();
        // Imports are each of a class of their own.
        let mut classes: Vec<u32> = (0..imported).collect();
        let mut names: Vec<Vec<u32>> = vec![Vec::new(); imported as usize];
        let mut shapes: HashMap<(u32, Vec<u8>), u32> = HashMap::new();
        for function in &module.functions {
            let mut eraser = Eraser::default();
            let mut code = wasm_encoder::CodeSection::new();
            Walker(&mut eraser).parse_function_body(&mut code, function.parsed())?;
            let mut bytes = Vec::new();
            wasm_encoder::Encode::encode(&code, &mut bytes);
            let fresh = imported + shapes.len() as u32;
            classes.push(*shapes.entry((function.type_index, bytes)).or_insert(fresh));
            names.push(eraser.functions);
        }
        drop(shapes);
        let classes = Partition::of(classes, names).refined();
        let mut first: HashMap<u32, u32> = HashMap::new();
        for (index, class) in (0..).zip(&classes) {
            first.entry(*class).or_insert(index);
        }
        let mut renumbering = Renumbering::whole(&module);
        renumbering
            .functions
            .merge(|index| classes.get(index as usize).and_then(|class| first.get(class)).copied().unwrap_or(index));
        module.encode(&renumbering)
    }
}

/// Writes code with the functions that it names left out, and lists them.
#[derive(Default)]
pub(super) struct Eraser {
    pub(super) functions: Vec<u32>,
}

impl Visit for Eraser {
    fn visit(&mut self, item: Item) -> Result<u32, Dangling> {
        Ok(match item {
            Item::Function(index) => {
                self.functions.push(index);
                0
            }
            other => other.index(),
        })
    }
}
