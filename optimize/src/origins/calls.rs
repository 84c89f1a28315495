//! The calls that code was inlined from, as a tree for each function: most instructions share theirs with the one before.

use std::collections::HashMap;

use super::{From, FunctionOrigins, Inlined, NOWHERE};

/// No call: code of the function itself.
pub(super) const NONE: u32 = u32::MAX;

/// How many calls deep the tree is at most, as debuggers' are. What is deeper is known as the code of its function alone.
const DEEPEST: u32 = 256;

/// A call that was inlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Call {
    /// Where the call was in the original, as instructions are; `NOWHERE`, where that is not known.
    pub(super) position: u32,
    /// The call that this one was inlined from, by its place in the list.
    pub(super) outer: u32,
}

/// The calls of a function that a pass has made, from those of the functions that its code is from.
pub(super) struct Composer<'f> {
    before: &'f [FunctionOrigins],
    calls: Vec<Call>,
    depths: Vec<u32>,
    places: HashMap<Call, u32>,
    /// What a call of a function before has become, by the call that the function was inlined from.
    moved: HashMap<(u32, u32, u32), u32>,
}

impl<'f> Composer<'f> {
    pub(super) fn new(before: &'f [FunctionOrigins]) -> Self {
        Self { before, calls: Vec::new(), depths: Vec::new(), places: HashMap::new(), moved: HashMap::new() }
    }

    /// For each of the calls that a pass has inlined the call in the original.
    pub(super) fn inlined(&mut self, inlined: &[Inlined]) -> Vec<u32> {
        let mut made: Vec<u32> = Vec::with_capacity(inlined.len());
        for call in inlined {
            let outer = call.outer.and_then(|outer| made.get(outer as usize)).copied().unwrap_or(NONE);
            let around = self.around(call.at, outer);
            let position = self.position(call.at);
            made.push(self.add(Call { position, outer: around }));
        }
        made
    }

    /// Where an instruction is in the original, and the call that it was inlined from, in a function that was inlined from `outer`.
    pub(super) fn origin(&mut self, from: From, inlined: &[u32]) -> (u32, u32) {
        let outer = from.call.and_then(|call| inlined.get(call as usize)).copied().unwrap_or(NONE);
        (self.position(from.at), self.around(from.at, outer))
    }

    pub(super) fn finish(self) -> Vec<Call> {
        self.calls
    }

    fn position(&self, (place, number): (u32, u32)) -> u32 {
        self.before.get(place as usize).map_or(NOWHERE, |function| function.position(number))
    }

    /// The call that an instruction was inlined from before, within `outer`.
    fn around(&mut self, (place, number): (u32, u32), outer: u32) -> u32 {
        let before = self.before;
        let Some(function) = before.get(place as usize) else { return outer };
        let mut call = function.through.get(number as usize).copied().unwrap_or(NONE);
        let mut left = Vec::new();
        let mut inner = outer;
        while let Some(known) = function.calls.get(call as usize) {
            if let Some(moved) = self.moved.get(&(place, call, outer)) {
                inner = *moved;
                break;
            }
            left.push((call, known.position));
            call = known.outer;
        }
        for (call, position) in left.into_iter().rev() {
            inner = self.add(Call { position, outer: inner });
            self.moved.insert((place, call, outer), inner);
        }
        inner
    }

    fn add(&mut self, call: Call) -> u32 {
        let depth = self.depths.get(call.outer as usize).map_or(1, |depth| depth + 1);
        let (call, depth) = if depth > DEEPEST { (Call { position: NOWHERE, outer: NONE }, 1) } else { (call, depth) };
        *self.places.entry(call).or_insert_with(|| {
            self.calls.push(call);
            self.depths.push(depth);
            self.calls.len() as u32 - 1
        })
    }
}
