//! Who calls whom in a core module, and which functions are referred to in other ways.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::Reencode;
use wasmparser::{ExternalKind, Operator};

use super::{Item, Module, Noted, Walker};
use crate::error::PassError;

/// Who calls whom.
#[derive(Default)]
pub(crate) struct Calls {
    /// For each function that is called the calls in each other one.
    pub(crate) sites: BTreeMap<u32, BTreeMap<u32, Vec<Site>>>,
    /// What is referred to by something else than a call that comes back: exports, elements, `ref.func`, tail calls.
    pub(crate) escaped: BTreeSet<u32>,
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// The number of the instruction in its function.
    pub(crate) number: u32,
    /// How many instructions right before it only give a value that is known when it is read later: a constant, or a local.
    pub(crate) simple: u32,
}

impl Calls {
    /// Those of a valid module. Functions are known by their indices.
    pub(crate) fn of(module: &Module<'_>) -> Result<Self, PassError> {
        let mut calls = Self::default();
        let exported = module.exports.iter();
        let exported = exported.filter(|it| matches!(it.kind, ExternalKind::Func | ExternalKind::FuncExact));
        calls.escaped.extend(exported.map(|export| export.index));
        calls.escaped.extend(module.start);
        let mut noted = Noted::default();
        let mut walker = Walker(&mut noted);
        for element in &module.elements {
            walker.parse_element(&mut wasm_encoder::ElementSection::new(), element.clone())?;
        }
        for global in &module.globals {
            walker.parse_global(&mut wasm_encoder::GlobalSection::new(), global.clone())?;
        }
        for table in &module.tables {
            walker.parse_table(&mut wasm_encoder::TableSection::new(), table.clone())?;
        }
        let referred = noted.0.iter().filter_map(|item| match item {
            Item::Function(index) => Some(*index),
            _ => None,
        });
        calls.escaped.extend(referred);
        for (caller, function) in (module.imported_functions()..).zip(&module.functions) {
            let mut simple = 0;
            for (number, operator) in (0..).zip(function.parsed().get_operators_reader()?) {
                let operator = operator?;
                let site = Site { number, simple };
                simple = if is_simple(&operator) { simple + 1 } else { 0 };
                match operator {
                    Operator::Call { function_index } => {
                        calls.sites.entry(function_index).or_default().entry(caller).or_default().push(site);
                    }
                    Operator::ReturnCall { function_index } | Operator::RefFunc { function_index } => {
                        calls.escaped.insert(function_index);
                    }
                    _ => {}
                }
            }
        }
        Ok(calls)
    }

    /// The only place that a function is called from: the function there, and the number of the instruction. Nothing, where
    /// there are several, or where it may be called in other ways.
    pub(crate) fn only_site(&self, function: u32) -> Option<(u32, u32)> {
        if self.escaped.contains(&function) {
            return None;
        }
        let mut sites = self.sites.get(&function)?.iter();
        match (sites.next()?, sites.next()) {
            ((caller, sites), None) => match sites.as_slice() {
                [site] => Some((*caller, site.number)),
                _ => None,
            },
            _ => None,
        }
    }
}

fn is_simple(operator: &Operator<'_>) -> bool {
    use Operator::{F32Const, F64Const, I32Const, I64Const, LocalGet};
    matches!(operator, LocalGet { .. } | I32Const { .. } | I64Const { .. } | F32Const { .. } | F64Const { .. })
}
