//! From the tree of a function's code back to instructions, and which of them is which.

use std::borrow::Cow;

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{Function, Instruction, ValType};

use super::{Label, Node, Number, Rewritten};
use crate::error::PassError;
use crate::module::Walker;

/// From the tree to instructions.
pub(super) struct Writer<'w> {
    output: Function,
    numbers: Vec<Number>,
    /// The blocks that are open.
    labels: Vec<Label>,
    walker: Walker<'w>,
}

impl<'w> Writer<'w> {
    pub(super) fn new(locals: Vec<(u32, ValType)>, walker: Walker<'w>) -> Self {
        Self { output: Function::new(locals), numbers: Vec::new(), labels: vec![0], walker }
    }

    pub(super) fn function(mut self, body: Vec<Node<'_>>) -> Result<Rewritten, PassError> {
        let last = self.sequence(body)?;
        self.write(last, &Instruction::End);
        Ok((self.output.into_raw_body(), self.numbers))
    }

    /// Writes nodes, and gives the number of the last of them: `end` and `else` go by what is before them.
    fn sequence(&mut self, nodes: Vec<Node<'_>>) -> Result<Number, PassError> {
        for node in nodes {
            match node {
                Node::Plain(number, operator) => {
                    let instruction = self.walker.instruction(operator)?;
                    self.write(number, &instruction);
                }
                Node::Branch(number, label) => {
                    let depth = self.depth(label)?;
                    self.write(number, &Instruction::Br(depth));
                }
                Node::BranchIf(number, label) => {
                    let depth = self.depth(label)?;
                    self.write(number, &Instruction::BrIf(depth));
                }
                Node::BranchTable(number, labels, default) => {
                    let depths = labels.into_iter().map(|label| self.depth(label)).collect::<Result<Vec<_>, _>>()?;
                    let default = self.depth(default)?;
                    self.write(number, &Instruction::BrTable(Cow::Owned(depths), default));
                }
                Node::Block { number, label, is_loop, ty, body } => {
                    let ty = self.walker.block_type(ty)?;
                    self.write(number, &if is_loop { Instruction::Loop(ty) } else { Instruction::Block(ty) });
                    self.labels.push(label);
                    let last = self.sequence(body)?;
                    self.labels.pop();
                    self.write(last, &Instruction::End);
                }
                Node::If { number, label, ty, then, otherwise } => {
                    let ty = self.walker.block_type(ty)?;
                    self.write(number, &Instruction::If(ty));
                    self.labels.push(label);
                    let mut last = self.sequence(then)?;
                    if let Some(otherwise) = otherwise {
                        self.write(last, &Instruction::Else);
                        last = self.sequence(otherwise)?;
                    }
                    self.labels.pop();
                    self.write(last, &Instruction::End);
                }
            }
        }
        Ok(self.numbers.last().copied().unwrap_or(0))
    }

    fn write(&mut self, number: Number, instruction: &Instruction<'_>) {
        self.output.instruction(instruction);
        self.numbers.push(number);
    }

    fn depth(&self, label: Label) -> Result<u32, PassError> {
        let place = self.labels.iter().rev().position(|open| *open == label);
        let missing = || PassError::Encode("a branch has lost its block: this is a bug, please report it".to_owned());
        Ok(place.ok_or_else(missing)? as u32)
    }
}
