//! A function's code, as it is written at a call of it.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{BlockType, Operator, ValType};

use super::{Choice, clean};
use crate::core::branches::is_plain;
use crate::error::PassError;
use crate::module::{Module, Signatures};

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

/// Where an instruction is from: the place of its function and its number there.
type Origin = (u32, u32);

/// Instructions, and where each is from.
type Traced<'a> = Vec<(Operator<'a>, Origin)>;

/// A function's body, and where each of its instructions is from.
type Rewritten = (Vec<u8>, Vec<Origin>);

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
        let mut next = 1;
        // Where each local is written first.
        let mut first: BTreeMap<u32, u32> = BTreeMap::new();
        for operator in &self.operators {
            let depth = open.len() as u32 - 1;
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    open.push(next);
                    next += 1;
                }
                Operator::Else => {
                    open.pop();
                    open.push(next);
                    next += 1;
                }
                Operator::End => {
                    open.pop();
                    if open.is_empty() {
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
                    if !first.get(local_index).is_some_and(|block| open.contains(block)) {
                        self.zeroed.insert(*local_index);
                    }
                }
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    self.written.insert(*local_index);
                    if !first.get(local_index).is_some_and(|block| open.contains(block)) {
                        first.insert(*local_index, open.last().copied().unwrap_or(0));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }

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
    pub(super) fn with(&self, chosen: &BTreeMap<u32, Choice<'a>>) -> Result<Rewritten, PassError> {
        let mut output: Traced<'a> = Vec::with_capacity(self.operators.len());
        let mut types = self.types.clone();
        let mut blocks = Vec::new();
        for (number, operator) in (0..).zip(&self.operators) {
            match operator {
                Operator::Block { .. } | Operator::If { .. } => blocks.push(false),
                Operator::Loop { .. } => blocks.push(true),
                Operator::End => drop(blocks.pop()),
                Operator::Call { function_index } => {
                    if let Some(choice) = chosen.get(function_index) {
                        let is_in_loop = blocks.contains(&true);
                        choice.body.at_call(&mut output, &mut types, is_in_loop, (self.place, number));
                        continue;
                    }
                }
                _ => {}
            }
            output.push((operator.clone(), (self.place, number)));
        }
        let (operators, origins): (Vec<_>, Vec<_>) = output.into_iter().unzip();
        let own: Vec<_> = types.get(self.parameters as usize..).unwrap_or_default().iter().map(|ty| (1, *ty)).collect();
        Ok((clean::write(operators, self.parameters, &own)?, origins))
    }

    /// Writes it where it is called.
    fn at_call(&self, output: &mut Traced<'a>, types: &mut Vec<ValType>, is_in_loop: bool, call: (u32, u32)) {
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
            output.push((operator, (self.place, place)));
        }
        if self.has_return {
            output.push((Operator::End, call));
        }
    }
}

fn is_number(ty: ValType) -> bool {
    matches!(ty, ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)
}

/// Whether an instruction gives a value that is known when it is read later: it takes nothing.
pub(super) fn is_simple(operator: &Operator<'_>) -> bool {
    matches!(operator, Operator::LocalGet { .. }) || is_constant(operator, 0)
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
