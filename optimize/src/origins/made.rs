//! What passes say of the code that they made: where in the module that they were given each instruction is from.

use std::collections::HashMap;

use crate::debug::Positions;
use crate::error::PassError;
use crate::module::{Calls, Module};

/// What a pass has made of a module.
pub(crate) struct Made {
    pub(crate) bytes: Vec<u8>,
    pub(crate) code: Code,
}

/// Where the code that a pass has made comes from, in the module that it was given.
pub(crate) enum Code {
    /// It is the same, instruction by instruction.
    Same,
    /// Its defined functions, in their order.
    Moved(Vec<Moved>),
    /// Its defined functions, in their order, with code of others in some.
    Traced(Vec<Traced>),
}

/// Where a function comes from.
pub(crate) struct Moved {
    /// Its place among the defined functions before the pass.
    pub(crate) function: u32,
    /// For each instruction the number that it had; nothing, where all are as they were.
    pub(crate) operators: Option<Vec<u32>>,
}

/// Where a function comes from that may have code of others in it.
#[derive(Default)]
pub(crate) struct Traced {
    /// Its place among the defined functions before the pass; nothing, where an outside optimizer does not say.
    pub(crate) function: Option<u32>,
    /// Where each instruction is from, if from anywhere; nothing, where all are as they were.
    pub(crate) operators: Option<Vec<Option<From>>>,
    /// The calls that were inlined into it, the outer before the inner.
    pub(crate) calls: Vec<Inlined>,
}

/// Where an instruction is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct From {
    /// The place of its function among the defined ones, and its number there.
    pub(crate) at: (u32, u32),
    /// The call that it was inlined from, by its place among those of the function.
    pub(crate) call: Option<u32>,
}

/// A call that a function's code stands for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inlined {
    /// The place of the function that called, and the number of the call there.
    pub(crate) at: (u32, u32),
    /// The call that this one was inlined from in turn.
    pub(crate) outer: Option<u32>,
}

/// The most calls that are looked through for the one that led to an instruction.
const DEEPEST: usize = 256;

impl Made {
    /// A module whose code is as it was.
    pub(crate) fn same(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), code: Code::Same }
    }

    /// What an outside optimizer has made of a module, with pairs of positions in the new and in the old module's file, as
    /// its source map has them, and for each new function the index of the old one, if that is known. An instruction that is in no
    /// pair comes from nowhere.
    ///
    /// It does not say which call it has inlined. That is known where there was only one: code of a function that was called
    /// in one place, and referred to in no other way, can be in another function for no other call.
    pub(crate) fn by_positions(
        before: &[u8],
        bytes: Vec<u8>,
        pairs: &[(u32, u32)],
        functions: &[Option<u32>],
    ) -> Result<Self, PassError> {
        let old = Positions::of(before)?;
        let mut places: HashMap<u32, (u32, u32)> = HashMap::new();
        for (place, operators) in (0..).zip(&old.functions) {
            places.extend((0..).zip(operators).map(|(number, at)| (at.saturating_add(old.start), (place, number))));
        }
        let pairs: HashMap<u32, u32> = pairs.iter().copied().collect();
        let new = Positions::of(&bytes)?;
        let from = |at: &u32| places.get(pairs.get(&at.saturating_add(new.start))?).copied();
        let module = Module::parse(before)?;
        let sites = Sites { calls: Calls::of(&module)?, imported: old.imported };
        let functions = functions.iter().copied().chain(std::iter::repeat(None));
        let traced = new.functions.iter().zip(functions).map(|(operators, function)| {
            let operators: Vec<Option<(u32, u32)>> = operators.iter().map(from).collect();
            let named = function.and_then(|index| index.checked_sub(old.imported));
            sites.traced(named.or_else(|| only_function(&operators)), &operators)
        });
        Ok(Self { bytes, code: Code::Traced(traced.collect()) })
    }
}

/// The function that all of these instructions are from.
fn only_function(operators: &[Option<(u32, u32)>]) -> Option<u32> {
    let mut all = operators.iter().flatten().map(|(place, _)| *place);
    let first = all.next()?;
    all.all(|place| place == first).then_some(first)
}

/// Where functions are called that are called once.
struct Sites {
    calls: Calls,
    imported: u32,
}

impl Sites {
    fn traced(&self, function: Option<u32>, operators: &[Option<(u32, u32)>]) -> Traced {
        let mut calls = Vec::new();
        let mut known: HashMap<u32, Option<u32>> = HashMap::new();
        let mut call = |place: u32| {
            let into = function.filter(|function| *function != place)?;
            *known.entry(place).or_insert_with(|| self.inlined(place, into, &mut calls))
        };
        let operators = operators.iter().map(|from| from.map(|at| From { at, call: call(at.0) })).collect();
        Traced { function, operators: Some(operators), calls }
    }

    /// Notes the calls that lead from one function to the code of another, and gives the last of them. Nothing, where there may be
    /// others.
    fn inlined(&self, callee: u32, into: u32, calls: &mut Vec<Inlined>) -> Option<u32> {
        let mut path = Vec::new();
        let mut at = callee;
        while at != into {
            let (caller, number) = self.calls.only_site(self.imported.checked_add(at)?)?;
            at = caller.checked_sub(self.imported)?;
            path.push((at, number));
            if path.len() > DEEPEST {
                return None;
            }
        }
        let mut outer = None;
        for at in path.into_iter().rev() {
            calls.push(Inlined { at, outer });
            outer = Some(calls.len() as u32 - 1);
        }
        outer
    }
}
