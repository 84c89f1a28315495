//! A function's code, as it is written at a call of it.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{BlockType, Operator, ValType};

use super::{Choice, clean};
use crate::core::branches::is_plain;
use crate::error::PassError;
use crate::module::{Module, Signatures};
use crate::origins::{From, Inlined, Traced};

/// A function whose locals are numbers and whose code names blocks in no other way than by branches.
pub(super) struct Body<'a> {
    operators: Vec<Operator<'a>>,
    parameters: u32,
    /// The types of parameters and locals.
    types: Vec<ValType>,
    result: BlockType,
    length: usize,
    place: u32,
    /// Whether something leaves it before its end.
    has_return: bool,
    /// How often each local is read.
    reads: BTreeMap<u32, u32>,
    /// What is written to.
    written: BTreeSet<u32>,
    /// Locals that may be read before they are written: those that have to be zero at first.
    zeroed: BTreeSet<u32>,
}

/// Instructions, and where each is from.
type Output<'a> = Vec<(Operator<'a>, From)>;

impl<'a> Body<'a> {
    /// A function's body; nothing for those that are not looked into.
    pub(super) fn of(
        module: &'a Module<'_>,
        signatures: &Signatures<'_>,
        index: u32,
    ) -> Result<Option<Self>, PassError> {
        let place = index.saturating_sub(module.imported_functions());
        let (Some(function), Some(signature)) = (module.functions.get(place as usize), signatures.signature(index))
        else {
            return Ok(None);
        };
        let result = match signature.results() {
            [] => BlockType::Empty,
            [ty] if is_number(*ty) => BlockType::Type(*ty),
            _ => return Ok(None),
        };
        let mut types = signature.params().to_vec();
        for declaration in function.parsed().get_locals_reader()? {
            let (count, ty) = declaration?;
            if types.len().saturating_add(count as usize) > super::MOST_LOCALS as usize * 8 {
                return Ok(None);
            }
            types.extend(std::iter::repeat_n(ty, count as usize));
        }
        if !types.iter().all(|ty| is_number(*ty)) {
            return Ok(None);
        }
        let mut body = Self {
            operators: Vec::new(),
            parameters: signature.params().len() as u32,
            types,
            result,
            length: function.body().len(),
            place,
            has_return: false,
            reads: BTreeMap::new(),
            written: BTreeSet::new(),
            zeroed: BTreeSet::new(),
        };
        for operator in function.parsed().get_operators_reader()? {
            let operator = operator?;
            let is_tail_call = matches!(
                operator,
                Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. } | Operator::ReturnCallRef { .. }
            );
            if is_tail_call || !is_plain(&operator) {
                return Ok(None);
            }
            body.operators.push(operator);
        }
        body.look()?;
        Ok(Some(body))
    }

    /// Notes which locals are read and written, and what leaves.
    fn look(&mut self) -> Result<(), PassError> {
        // The blocks that are open, by number; an `else` closes one and opens another.
        let mut open = vec![0];
        let mut is_open = vec![true];
        // Where each local is written first.
        let mut first: BTreeMap<u32, usize> = BTreeMap::new();
        for operator in &self.operators {
            let depth = open.len() as u32 - 1;
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    open.push(is_open.len());
                    is_open.push(true);
                }
                Operator::Else | Operator::End => {
                    if let Some(closed) = open.pop().and_then(|block| is_open.get_mut(block)) {
                        *closed = false;
                    }
                    if matches!(operator, Operator::Else) {
                        open.push(is_open.len());
                        is_open.push(true);
                    } else if open.is_empty() {
                        break;
                    }
                }
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                    self.has_return |= *relative_depth >= depth;
                }
                Operator::BrTable { targets } => {
                    self.has_return |= targets.default() >= depth;
                    for target in targets.targets() {
                        self.has_return |= target? >= depth;
                    }
                }
                Operator::Return => self.has_return = true,
                Operator::LocalGet { local_index } => {
                    *self.reads.entry(*local_index).or_default() += 1;
                    // Written before in a block that is still open: that ran before this does.
                    if !was_written(&first, &is_open, *local_index) {
                        self.zeroed.insert(*local_index);
                    }
                }
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    self.written.insert(*local_index);
                    if !was_written(&first, &is_open, *local_index) {
                        first.insert(*local_index, open.last().copied().unwrap_or(0));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The bytes of its body.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// How many parameters and locals it has.
    pub(super) fn locals(&self) -> u32 {
        self.types.len() as u32
    }

    /// What one call of it costs in bytes, less the call, where so many of the last arguments are one instruction each.
    pub(super) fn cost(&self, simple: u32) -> i64 {
        let block = if self.has_return { 3 } else { 0 };
        // Its head and its end are not written, nor is the call.
        let mut cost = self.length as i64 + block - 4;
        let mut left = self.parameters;
        for parameter in (0..self.parameters).rev().take(simple as usize) {
            if self.written.contains(&parameter) {
                break;
            }
            // The argument stands where the parameter was read.
            cost -= 2;
            left = parameter;
        }
        // What is left is written to a local, and often read right away.
        cost + i64::from(left)
    }

    /// The code with some calls replaced by what is called, and where each instruction is from.
    pub(super) fn with(&self, chosen: &BTreeMap<u32, Choice<'a>>) -> Result<(Vec<u8>, Traced), PassError> {
        let mut output: Output<'a> = Vec::with_capacity(self.operators.len());
        let mut types = self.types.clone();
        let mut calls: Vec<Inlined> = Vec::new();
        // The blocks that are open, and how many of them are loops.
        let (mut blocks, mut loops) = (Vec::new(), 0_u32);
        for (number, operator) in (0..).zip(&self.operators) {
            let at = (self.place, number);
            match operator {
                Operator::Block { .. } | Operator::If { .. } => blocks.push(false),
                Operator::Loop { .. } => {
                    blocks.push(true);
                    loops += 1;
                }
                Operator::End => loops -= u32::from(blocks.pop() == Some(true)),
                Operator::Call { function_index } => {
                    if let Some(choice) = chosen.get(function_index) {
                        let inlined = calls.len() as u32;
                        calls.push(Inlined { at, outer: None });
                        choice.body.at_call(&mut output, &mut types, loops > 0, (at, inlined));
                        continue;
                    }
                }
                _ => {}
            }
            output.push((operator.clone(), From { at, call: None }));
        }
        let (operators, origins): (Vec<_>, Vec<_>) =
            output.into_iter().map(|(operator, from)| (operator, Some(from))).unzip();
        let own: Vec<_> = types.get(self.parameters as usize..).unwrap_or_default().iter().map(|ty| (1, *ty)).collect();
        let traced = Traced { function: Some(self.place), operators: Some(origins), calls };
        Ok((clean::write(operators, self.parameters, &own)?, traced))
    }

    /// Writes it where it is called.
    fn at_call(
        &self,
        output: &mut Output<'a>,
        types: &mut Vec<ValType>,
        is_in_loop: bool,
        (at, inlined): ((u32, u32), u32),
    ) {
        // What stands for the call itself is the caller's.
        let call = From { at, call: None };
        let mut stands_for: BTreeMap<u32, Operator<'a>> = BTreeMap::new();
        let mut left = self.parameters;
        while let Some(parameter) = left.checked_sub(1) {
            let reads = self.reads.get(&parameter).copied().unwrap_or(0);
            let is_free = !self.written.contains(&parameter);
            let argument = match output.last() {
                Some((argument @ Operator::LocalGet { .. }, _)) if is_free => argument.clone(),
                Some((argument, _)) if is_free && is_constant(argument, reads) => argument.clone(),
                _ => break,
            };
            output.pop();
            stands_for.insert(parameter, argument);
            left = parameter;
        }
        // The locals that it gets, by those that it had.
        let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
        for (index, ty) in (0..).zip(&self.types) {
            if !stands_for.contains_key(&index) {
                numbers.insert(index, types.len() as u32);
                types.push(*ty);
            }
        }
        let number = |index: u32| numbers.get(&index).copied().unwrap_or(index);
        for parameter in (0..left).rev() {
            output.push((Operator::LocalSet { local_index: number(parameter) }, call));
        }
        for local in self.zeroed.iter().filter(|local| is_in_loop && **local >= self.parameters) {
            if let Some(zero) = self.types.get(*local as usize).and_then(|ty| zero(*ty)) {
                output.push((zero, call));
                output.push((Operator::LocalSet { local_index: number(*local) }, call));
            }
        }
        if self.has_return {
            output.push((Operator::Block { blockty: self.result }, call));
        }
        let mut depth: u32 = 0;
        for (place, operator) in (0..).zip(&self.operators) {
            let operator = match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    depth += 1;
                    operator.clone()
                }
                Operator::End if depth == 0 => break,
                Operator::End => {
                    depth -= 1;
                    operator.clone()
                }
                Operator::Return => Operator::Br { relative_depth: depth },
                Operator::LocalGet { local_index } => match stands_for.get(local_index) {
                    Some(argument) => argument.clone(),
                    None => Operator::LocalGet { local_index: number(*local_index) },
                },
                Operator::LocalSet { local_index } => Operator::LocalSet { local_index: number(*local_index) },
                Operator::LocalTee { local_index } => Operator::LocalTee { local_index: number(*local_index) },
                other => other.clone(),
            };
            output.push((operator, From { at: (self.place, place), call: Some(inlined) }));
        }
        if self.has_return {
            output.push((Operator::End, call));
        }
    }
}

/// Whether a local was written in a block that is still open: that ran before.
fn was_written(first: &BTreeMap<u32, usize>, is_open: &[bool], local: u32) -> bool {
    first.get(&local).and_then(|block| is_open.get(*block)).copied().unwrap_or(false)
}

fn is_number(ty: ValType) -> bool {
    matches!(ty, ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)
}

/// Whether an instruction is a constant that may as well be written where it is read.
fn is_constant(operator: &Operator<'_>, reads: u32) -> bool {
    match operator {
        Operator::I32Const { value } => reads < 2 || (-64..64).contains(value),
        Operator::I64Const { value } => reads < 2 || (-64..64).contains(value),
        Operator::F32Const { .. } | Operator::F64Const { .. } => reads < 2,
        _ => false,
    }
}

/// The instruction that makes a type's zero.
fn zero<'a>(ty: ValType) -> Option<Operator<'a>> {
    Some(match ty {
        ValType::I32 => Operator::I32Const { value: 0 },
        ValType::I64 => Operator::I64Const { value: 0 },
        ValType::F32 => Operator::F32Const { value: 0.0_f32.into() },
        ValType::F64 => Operator::F64Const { value: 0.0_f64.into() },
        _ => return None,
    })
}
