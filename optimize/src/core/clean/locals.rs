//! The locals that code names, and code written with no others.

use std::collections::{BTreeMap, HashMap};

use wasm_encoder::reencode::Reencode;
use wasmparser::{Operator, ValType};

use crate::error::PassError;
use crate::module::{Same, Walker};

/// Code as the body of a function, with those of its locals that it names; parameters stay where they are.
pub(crate) fn write(
    operators: Vec<Operator<'_>>,
    parameters: u32,
    declared: &[(u32, ValType)],
) -> Result<Vec<u8>, PassError> {
    let locals = Locals::of(&operators, parameters, declared);
    let mut same = Same;
    let mut walker = Walker(&mut same);
    let mut declarations = Vec::new();
    for (count, ty) in &locals.declarations {
        declarations.push((*count, walker.val_type(*ty)?));
    }
    let mut output = wasm_encoder::Function::new(declarations);
    for operator in operators {
        let operator = locals.renumber(operator);
        output.instruction(&walker.instruction(operator)?);
    }
    Ok(output.into_raw_body())
}

/// The locals that stay, and their numbers; parameters have those that they had.
struct Locals {
    declarations: Vec<(u32, ValType)>,
    numbers: BTreeMap<u32, u32>,
}

impl Locals {
    fn of(operators: &[Operator<'_>], parameters: u32, declared: &[(u32, ValType)]) -> Self {
        let mut uses: BTreeMap<u32, u32> = BTreeMap::new();
        for operator in operators {
            if let Operator::LocalGet { local_index }
            | Operator::LocalSet { local_index }
            | Operator::LocalTee { local_index } = operator
            {
                *uses.entry(*local_index).or_default() += 1;
            }
        }
        // The types in the order in which they first stand, each with its locals.
        let mut groups: Vec<(ValType, Vec<(u32, u32)>)> = Vec::new();
        let mut places: HashMap<ValType, usize> = HashMap::new();
        let mut first = parameters;
        // A few bytes declare fifty thousand locals: those that are used are looked at.
        for (count, ty) in declared {
            let end = first.saturating_add(*count);
            for (index, count) in uses.range(first..end) {
                let place = *places.entry(*ty).or_insert(groups.len());
                match groups.get_mut(place) {
                    Some((_, members)) => members.push((*count, *index)),
                    None => groups.push((*ty, vec![(*count, *index)])),
                }
            }
            first = end;
        }
        let total = |members: &[(u32, u32)]| members.iter().map(|(count, _)| *count).max();
        groups.sort_by_key(|(_, members)| std::cmp::Reverse(total(members)));
        let mut numbers = BTreeMap::new();
        let mut declarations = Vec::new();
        let mut next = parameters;
        for (ty, mut members) in groups {
            members.sort_by_key(|(count, index)| (std::cmp::Reverse(*count), *index));
            declarations.push((members.len() as u32, ty));
            for (_, index) in members {
                numbers.insert(index, next);
                next += 1;
            }
        }
        Self { declarations, numbers }
    }

    fn renumber<'a>(&self, operator: Operator<'a>) -> Operator<'a> {
        let new = |index: u32| self.numbers.get(&index).copied().unwrap_or(index);
        match operator {
            Operator::LocalGet { local_index } => Operator::LocalGet { local_index: new(local_index) },
            Operator::LocalSet { local_index } => Operator::LocalSet { local_index: new(local_index) },
            Operator::LocalTee { local_index } => Operator::LocalTee { local_index: new(local_index) },
            other => other,
        }
    }
}
