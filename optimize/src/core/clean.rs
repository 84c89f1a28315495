//! Instructions and locals that do nothing.
//!
//! **Why it is sound.** Each rule is local:
//! - After an instruction that never goes on (`unreachable`, `br`, `br_table`, `return`, `throw`, tail calls) nothing runs
//!   up to the end of its block, and the stack there is of any type (core specification, §3.4, "stack-polymorphic"), so
//!   what stands there may go.
//! - What only makes values, and can't trap, may go before a `drop` of them or before `unreachable`, which takes any stack.
//!   Locals end with a trap, so writing to one before it is such an instruction too.
//! - A call of a function that does nothing but trap is a trap.
//! - A block without content goes; one that holds nothing but `unreachable` is `unreachable`, since no branch in it can
//!   reach its end.
//! - `local.set` and `local.get` of the same local are `local.tee`.
//! - What is written to a local that nothing reads is dropped.
//! - Locals that no instruction names go, and the others stand together by type, the most used first: a local's number is
//!   a name.

use std::collections::BTreeSet;
use std::ops::Deref;

use wasmparser::{BlockType, Operator};

use super::{Context, Pass};
use crate::error::PassError;
use crate::module::{Function, Module, Renumbering, Signatures};
use crate::origins::Made;

mod locals;

pub(super) use self::locals::write;

pub(crate) struct CleanCode;

impl Pass for CleanCode {
    fn name(&self) -> &'static str {
        "clean-code"
    }

    fn run(&self, bytes: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        let mut module = Module::parse(bytes)?;
        let imported = module.imported_functions();
        let mut traps = BTreeSet::new();
        for (index, function) in (imported..).zip(&module.functions) {
            let mut operators = function.parsed().get_operators_reader()?;
            if matches!(operators.read()?, Operator::Unreachable) {
                traps.insert(index);
            }
        }
        let signatures = Signatures::of(&module);
        let mut bodies = Vec::with_capacity(module.functions.len());
        for (index, function) in (imported..).zip(&module.functions) {
            let parameters = signatures.signature(index).map_or(0, |ty| ty.params().len() as u32);
            let cleaned = clean(function, parameters, &traps)?;
            // Another order of locals is not better: fewer bytes are.
            bodies.push(Some(cleaned).filter(|(body, _)| body.len() < function.body().len()));
        }
        for (function, body) in module.functions.iter_mut().zip(bodies) {
            if let Some((body, operators)) = body {
                function.rewrite(body, operators);
            }
        }
        module.encode(&Renumbering::whole(&module))
    }
}

/// A function's code without what does nothing, and the number that each of its instructions had.
fn clean(function: &Function<'_>, parameters: u32, traps: &BTreeSet<u32>) -> Result<(Vec<u8>, Vec<u32>), PassError> {
    let mut read = BTreeSet::new();
    for operator in function.parsed().get_operators_reader()? {
        if let Operator::LocalGet { local_index } = operator? {
            read.insert(local_index);
        }
    }
    let mut cleaner = Cleaner { output: Code::default(), openers: Vec::new(), skipping: None, traps, read };
    for (number, operator) in (0..).zip(function.parsed().get_operators_reader()?) {
        cleaner.output.number = number;
        cleaner.take(operator?);
    }
    let Code { operators, numbers, .. } = cleaner.output;
    let declared = function.parsed().get_locals_reader()?.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok((write(operators, parameters, &declared)?, numbers))
}

/// Instructions, and the number that each had, or that the one had which it stands for.
#[derive(Default)]
struct Code<'a> {
    operators: Vec<Operator<'a>>,
    numbers: Vec<u32>,
    /// The number of what is pushed.
    number: u32,
}

impl<'a> Code<'a> {
    fn push(&mut self, operator: Operator<'a>) {
        self.operators.push(operator);
        self.numbers.push(self.number);
    }

    fn pop(&mut self) {
        self.operators.pop();
        self.numbers.pop();
    }

    fn truncate(&mut self, length: usize) {
        self.operators.truncate(length);
        self.numbers.truncate(length);
    }
}

impl<'a> Deref for Code<'a> {
    type Target = [Operator<'a>];

    fn deref(&self) -> &Self::Target {
        &self.operators
    }
}

struct Cleaner<'a, 't> {
    output: Code<'a>,
    /// Where the blocks that are open begin in the output.
    openers: Vec<usize>,
    /// How many blocks are open in what is skipped.
    skipping: Option<u32>,
    traps: &'t BTreeSet<u32>,
    /// The locals that are read somewhere.
    read: BTreeSet<u32>,
}

impl<'a> Cleaner<'a, '_> {
    fn take(&mut self, operator: Operator<'a>) {
        if let Some(depth) = self.skipping {
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } | Operator::TryTable { .. } => {
                    self.skipping = Some(depth + 1);
                    return;
                }
                Operator::End if depth > 0 => {
                    self.skipping = Some(depth - 1);
                    return;
                }
                Operator::End => self.skipping = None,
                Operator::Else if depth == 0 => self.skipping = None,
                _ => return,
            }
        }
        match operator {
            Operator::Nop => {}
            Operator::Call { function_index } | Operator::ReturnCall { function_index }
                if self.traps.contains(&function_index) =>
            {
                self.trap();
            }
            Operator::Unreachable => self.trap(),
            Operator::Drop => self.drop(),
            Operator::LocalSet { local_index } if !self.read.contains(&local_index) => self.drop(),
            Operator::LocalTee { local_index } if !self.read.contains(&local_index) => {}
            Operator::LocalGet { local_index } => match self.output.last() {
                Some(Operator::LocalSet { local_index: set }) if *set == local_index => {
                    self.output.pop();
                    self.output.push(Operator::LocalTee { local_index });
                }
                _ => self.output.push(operator),
            },
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } | Operator::TryTable { .. } => {
                self.openers.push(self.output.len());
                self.output.push(operator);
            }
            Operator::End => self.end(),
            Operator::Br { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. }
            | Operator::Throw { .. }
            | Operator::ThrowRef => {
                self.output.push(operator);
                self.skipping = Some(0);
            }
            _ => self.output.push(operator),
        }
    }

    fn trap(&mut self) {
        while self.output.last().is_some_and(is_pure) {
            self.output.pop();
        }
        self.output.push(Operator::Unreachable);
        self.skipping = Some(0);
    }

    fn drop(&mut self) {
        match self.output.last() {
            Some(
                Operator::I32Const { .. }
                | Operator::I64Const { .. }
                | Operator::F32Const { .. }
                | Operator::F64Const { .. }
                | Operator::LocalGet { .. }
                | Operator::GlobalGet { .. }
                | Operator::MemorySize { .. }
                | Operator::RefNull { .. }
                | Operator::RefFunc { .. },
            ) => {
                self.output.pop();
            }
            Some(Operator::LocalTee { local_index }) => {
                let local_index = *local_index;
                self.output.pop();
                self.output.push(Operator::LocalSet { local_index });
            }
            _ => self.output.push(Operator::Drop),
        }
    }

    fn end(&mut self) {
        let Some(opener) = self.openers.pop() else {
            // The function's own end.
            self.output.push(Operator::End);
            return;
        };
        let content = self.output.get(opener + 1..).unwrap_or_default();
        match (self.output.get(opener), content) {
            (
                Some(Operator::Block { blockty: BlockType::Empty } | Operator::Loop { blockty: BlockType::Empty }),
                [],
            ) => {
                self.output.truncate(opener);
            }
            (Some(Operator::If { blockty: BlockType::Empty }), [] | [Operator::Else]) => {
                self.output.truncate(opener);
                self.drop();
            }
            (Some(Operator::Block { .. } | Operator::Loop { .. }), [Operator::Unreachable]) => {
                // It is the same one as before, only not in a block.
                self.output.number = self.output.numbers.last().copied().unwrap_or(self.output.number);
                self.output.truncate(opener);
                self.trap();
            }
            (Some(Operator::If { blockty: BlockType::Empty }), [.., Operator::Else]) => {
                self.output.pop();
                self.output.push(Operator::End);
            }
            _ => self.output.push(Operator::End),
        }
    }
}

/// Whether an instruction does nothing but take values and give values or locals others: it can't trap, and nobody sees it.
fn is_pure(operator: &Operator<'_>) -> bool {
    use Operator::*;
    matches!(
        operator,
        I32Const { .. }
            | I64Const { .. }
            | F32Const { .. }
            | F64Const { .. }
            | V128Const { .. }
            | LocalGet { .. }
            | LocalSet { .. }
            | LocalTee { .. }
            | GlobalGet { .. }
            | MemorySize { .. }
            | RefNull { .. }
            | RefFunc { .. }
            | RefIsNull
            | Drop
            | Select
            | I32Eqz
            | I32Eq
            | I32Ne
            | I32LtS
            | I32LtU
            | I32GtS
            | I32GtU
            | I32LeS
            | I32LeU
            | I32GeS
            | I32GeU
            | I64Eqz
            | I64Eq
            | I64Ne
            | I64LtS
            | I64LtU
            | I64GtS
            | I64GtU
            | I64LeS
            | I64LeU
            | I64GeS
            | I64GeU
            | I32Clz
            | I32Ctz
            | I32Popcnt
            | I32Add
            | I32Sub
            | I32Mul
            | I32And
            | I32Or
            | I32Xor
            | I32Shl
            | I32ShrS
            | I32ShrU
            | I32Rotl
            | I32Rotr
            | I64Clz
            | I64Ctz
            | I64Popcnt
            | I64Add
            | I64Sub
            | I64Mul
            | I64And
            | I64Or
            | I64Xor
            | I64Shl
            | I64ShrS
            | I64ShrU
            | I64Rotl
            | I64Rotr
            | I32WrapI64
            | I64ExtendI32S
            | I64ExtendI32U
            | I32Extend8S
            | I32Extend16S
            | I64Extend8S
            | I64Extend16S
            | I64Extend32S
    )
}
