//! Blocks that a condition leaves become `if`, and where both ways meet again, `if` and `else`.
//!
//! ```text
//! block A                             condition, inverted
//!   block B                           if
//!     condition                         X
//!     br_if B             becomes     else
//!     X                                 Y
//!     br A                            end
//!   end
//!   Y
//! end
//! ```
//!
//! **Why it is sound.** A branch to a block without results goes on after its `end` with the stack as it was at its
//! beginning (core specification, §4.4.8), and `if` chooses by its operand between two sequences that go on there (§4.4.8, "if").
//! So a block whose only branch is `br_if` at its own level is an `if` of the rest, provided that nothing but the condition is on
//! its stack at that moment; and a block whose only branch ends such an `if` has what follows as its `else`, provided that nothing
//! is on its stack at either end. How much is on the stack is counted, instruction by instruction; where an instruction's share is not known, or code
//! there can't be reached, nothing is changed. Comparisons of integers have an opposite; for others `i32.eqz` is the opposite.
//!
//! Branches are kept as the block that they go to, and get their numbers when they are written.

mod condition;
mod writer;

use std::cell::Cell;
use std::collections::BTreeMap;

use wasm_encoder::reencode::Reencode;
use wasmparser::{BlockType, ContType, FrameKind, FuncType, ModuleArity, Operator, RefType, SubType};

use self::writer::Writer;
use super::{Context, Pass};
use crate::error::PassError;
use crate::module::{Function, Module, Renumbering, Same, Signatures, Walker};
use crate::origins::Made;

pub(crate) struct ShapeBranches;

/// Blocks are followed by recursion; compilers nest some tens of them.
const MOST_LEVELS: usize = 200;

impl Pass for ShapeBranches {
    fn name(&self) -> &'static str {
        "shape-branches"
    }

    fn run(&self, bytes: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        let mut module = Module::parse(bytes)?;
        let signatures = Signatures::of(&module);
        let mut bodies = Vec::with_capacity(module.functions.len());
        for function in &module.functions {
            bodies.push(shaped(function, &signatures)?.filter(|(body, _)| body.len() < function.body().len()));
        }
        for (function, body) in module.functions.iter_mut().zip(bodies) {
            if let Some((body, operators)) = body {
                function.rewrite(body, operators);
            }
        }
        module.encode(&Renumbering::whole(&module))
    }
}

/// A block, by the order in which they begin; the function itself is 0.
type Label = usize;

/// The block that no branch goes to.
const NOBODY: Label = usize::MAX;

/// Code as a tree. Each instruction has the number that it had, or that the one had which it stands for.
enum Node<'a> {
    Plain(Number, Operator<'a>),
    Branch(Number, Label),
    BranchIf(Number, Label),
    BranchTable(Number, Vec<Label>, Label),
    Block { number: Number, label: Label, is_loop: bool, ty: BlockType, body: Vec<Node<'a>> },
    If { number: Number, label: Label, ty: BlockType, then: Vec<Node<'a>>, otherwise: Option<Vec<Node<'a>>> },
}

/// The place of an instruction in a function's code.
type Number = u32;

/// A function's code, and the number that each of its instructions had.
type Rewritten = (Vec<u8>, Vec<Number>);

/// A function's code with its blocks shaped, and the number that each instruction had; nothing, where no block is or where it has
/// what is not looked into.
fn shaped(function: &Function<'_>, signatures: &Signatures<'_>) -> Result<Option<Rewritten>, PassError> {
    let mut reader = Reader { operators: Vec::new(), labels: vec![0], next: 1, uses: BTreeMap::new() };
    for (number, operator) in (0..).zip(function.parsed().get_operators_reader()?) {
        reader.operators.push((number, operator?));
    }
    reader.operators.reverse();
    let Some((body, _)) = reader.sequence() else { return Ok(None) };
    let shaper = Shaper { uses: reader.uses, arities: Arities(signatures), has_shaped: Cell::new(false) };
    let body = shaper.sequence(body);
    if !shaper.has_shaped.get() {
        return Ok(None);
    }

    let mut same = Same;
    let mut walker = Walker(&mut same);
    let mut declarations = Vec::new();
    for declaration in function.parsed().get_locals_reader()? {
        let (count, ty) = declaration?;
        declarations.push((count, walker.val_type(ty)?));
    }
    Writer::new(declarations, walker).function(body).map(Some)
}

/// From instructions to the tree.
struct Reader<'a> {
    /// What is left, the next one last.
    operators: Vec<(Number, Operator<'a>)>,
    /// The blocks that are open.
    labels: Vec<Label>,
    next: Label,
    /// How many branches go to each block.
    uses: BTreeMap<Label, u32>,
}

impl<'a> Reader<'a> {
    /// Everything up to the `end` or `else` of the block that is open, and whether it was `else`.
    fn sequence(&mut self) -> Option<(Vec<Node<'a>>, bool)> {
        let mut nodes = Vec::new();
        loop {
            let (number, operator) = self.operators.pop()?;
            let node = match operator {
                Operator::End => return Some((nodes, false)),
                Operator::Else => return Some((nodes, true)),
                Operator::Block { blockty } => self.block(number, false, blockty)?,
                Operator::Loop { blockty } => self.block(number, true, blockty)?,
                Operator::If { blockty: ty } => {
                    let label = self.open()?;
                    let (then, has_else) = self.sequence()?;
                    let otherwise = if has_else { Some(self.sequence()?.0) } else { None };
                    self.labels.pop();
                    Node::If { number, label, ty, then, otherwise }
                }
                Operator::Br { relative_depth } => Node::Branch(number, self.target(relative_depth)?),
                Operator::BrIf { relative_depth } => Node::BranchIf(number, self.target(relative_depth)?),
                Operator::BrTable { targets } => {
                    let mut labels = Vec::new();
                    for target in targets.targets() {
                        labels.push(self.target(target.ok()?)?);
                    }
                    Node::BranchTable(number, labels, self.target(targets.default())?)
                }
                other if is_plain(&other) => Node::Plain(number, other),
                _ => return None,
            };
            nodes.push(node);
        }
    }

    fn block(&mut self, number: Number, is_loop: bool, ty: BlockType) -> Option<Node<'a>> {
        let label = self.open()?;
        let (body, _) = self.sequence()?;
        self.labels.pop();
        Some(Node::Block { number, label, is_loop, ty, body })
    }

    fn open(&mut self) -> Option<Label> {
        let label = self.next;
        self.next += 1;
        self.labels.push(label);
        (self.labels.len() < MOST_LEVELS).then_some(label)
    }

    fn target(&mut self, depth: u32) -> Option<Label> {
        let place = self.labels.len().checked_sub(depth as usize + 1)?;
        let label = *self.labels.get(place)?;
        *self.uses.entry(label).or_default() += 1;
        Some(label)
    }
}

/// Whether an instruction names no block.
pub(super) fn is_plain(operator: &Operator<'_>) -> bool {
    !matches!(
        operator,
        Operator::TryTable { .. }
            | Operator::Try { .. }
            | Operator::Catch { .. }
            | Operator::CatchAll
            | Operator::Delegate { .. }
            | Operator::Rethrow { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. }
            | Operator::BrOnCastDescEq { .. }
            | Operator::BrOnCastDescEqFail { .. }
            | Operator::Resume { .. }
            | Operator::ResumeThrow { .. }
            | Operator::ResumeThrowRef { .. }
    )
}

struct Shaper<'s, 'm> {
    uses: BTreeMap<Label, u32>,
    arities: Arities<'s, 'm>,
    /// Whether there is anything to write.
    has_shaped: Cell<bool>,
}

impl Shaper<'_, '_> {
    /// The same, from the innermost blocks outward.
    fn sequence<'a>(&self, nodes: Vec<Node<'a>>) -> Vec<Node<'a>> {
        let mut shaped = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Block { number, label, is_loop, ty, body } => {
                    let body = self.sequence(body);
                    if is_loop || ty != BlockType::Empty || self.uses.get(&label) != Some(&1) {
                        shaped.push(Node::Block { number, label, is_loop, ty, body });
                    } else {
                        self.block(number, label, body, &mut shaped);
                    }
                }
                Node::If { number, label, ty, then, otherwise } => {
                    let (then, otherwise) = (self.sequence(then), otherwise.map(|nodes| self.sequence(nodes)));
                    shaped.push(Node::If { number, label, ty, then, otherwise });
                }
                other => shaped.push(other),
            }
        }
        shaped
    }

    /// A block without results, to which one branch goes.
    fn block<'a>(&self, number: Number, label: Label, mut body: Vec<Node<'a>>, shaped: &mut Vec<Node<'a>>) {
        let leaves = |node: &Node<'_>| matches!(node, Node::BranchIf(_, target) if *target == label);
        if let Some(place) = body.iter().position(leaves)
            && body.get(..place).and_then(|before| self.height(before)) == Some(1)
        {
            self.has_shaped.set(true);
            let then = body.split_off(place + 1);
            // The `if` stands for the branch.
            let number = if let Some(Node::BranchIf(number, _)) = body.pop() { number } else { number };
            invert(number, &mut body);
            shaped.append(&mut body);
            shaped.push(Node::If { number, label: NOBODY, ty: BlockType::Empty, then, otherwise: None });
            return;
        }
        let meets = |node: &Node<'_>| {
            matches!(node, Node::If { ty: BlockType::Empty, then, otherwise: None, .. }
                if matches!(then.last(), Some(Node::Branch(_, target)) if *target == label))
        };
        if let Some(place) = body.iter().position(meets)
            && body.get(..place).and_then(|before| self.height(before)) == Some(1)
            && let Some(Node::If { label: inner, then, .. }) = body.get(place)
            && then.split_last().and_then(|(_, before)| self.height(before)) == Some(0)
            // What goes to the end of the inner one would skip what follows it.
            && !self.uses.contains_key(inner)
        {
            self.has_shaped.set(true);
            let otherwise = body.split_off(place + 1);
            if let Some(Node::If { number, mut then, .. }) = body.pop() {
                then.pop();
                shaped.append(&mut body);
                let otherwise = if otherwise.is_empty() { None } else { Some(otherwise) };
                shaped.push(Node::If { number, label: NOBODY, ty: BlockType::Empty, then, otherwise });
            }
            return;
        }
        shaped.push(Node::Block { number, label, is_loop: false, ty: BlockType::Empty, body });
    }

    /// How much is on the stack after some code that began with nothing; nothing is what is known of code that goes elsewhere.
    fn height(&self, nodes: &[Node<'_>]) -> Option<u32> {
        let mut height: u32 = 0;
        for node in nodes {
            let (takes, gives) = match node {
                Node::Plain(_, operator) if ends(operator) => return None,
                Node::Plain(_, operator) => operator.operator_arity(&self.arities)?,
                // It takes a condition; what it would carry to a block with results stays where it is.
                Node::BranchIf(..) => (1, 0),
                Node::Branch(..) | Node::BranchTable(..) => return None,
                Node::Block { ty: BlockType::Empty, .. } => (0, 0),
                Node::If { ty: BlockType::Empty, .. } => (1, 0),
                Node::Block { .. } | Node::If { .. } => return None,
            };
            height = height.checked_sub(takes)?.checked_add(gives)?;
        }
        Some(height)
    }
}

/// Whether nothing comes after an instruction.
fn ends(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Unreachable
            | Operator::Return
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. }
            | Operator::Throw { .. }
            | Operator::ThrowRef
    )
}

/// Has the last condition say the opposite.
fn invert(branch: Number, nodes: &mut Vec<Node<'_>>) {
    if let Some(Node::Plain(_, Operator::I32Eqz)) = nodes.last() {
        nodes.pop();
        return;
    }
    let opposite = match nodes.last() {
        Some(Node::Plain(number, operator)) => condition::opposite(operator).map(|opposite| (*number, opposite)),
        _ => None,
    };
    match opposite {
        Some((number, opposite)) => {
            nodes.pop();
            nodes.push(Node::Plain(number, opposite));
        }
        None => nodes.push(Node::Plain(branch, Operator::I32Eqz)),
    }
}

/// How much instructions take from the stack and give. Those that name blocks or continuations are not looked into.
struct Arities<'s, 'm>(&'s Signatures<'m>);

impl ModuleArity for Arities<'_, '_> {
    fn sub_type_at(&self, index: u32) -> Option<&SubType> {
        self.0.sub_type(index)
    }

    fn tag_type_arity(&self, _: u32) -> Option<(u32, u32)> {
        None
    }

    fn type_index_of_function(&self, function: u32) -> Option<u32> {
        self.0.function_type(function)
    }

    fn func_type_of_cont_type(&self, _: &ContType) -> Option<&FuncType> {
        None
    }

    fn sub_type_of_ref_type(&self, _: &RefType) -> Option<&SubType> {
        None
    }

    fn control_stack_height(&self) -> u32 {
        0
    }

    fn label_block(&self, _: u32) -> Option<(BlockType, FrameKind)> {
        None
    }
}
