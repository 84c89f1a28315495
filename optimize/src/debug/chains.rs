//! From where an instruction comes from to the functions that run there: those that the compiler has inlined, and those that passes
//! have inlined since.

use super::{Frame, Symbols};
use crate::origins::FunctionOrigins;

/// The functions that run at an instruction, the outermost first: the last is the one whose line it is.
pub(super) type Chain = Vec<Frame>;

/// The chains of a function's instructions.
pub(super) struct Chains<'o, 'a> {
    original: &'o Symbols<'a>,
    origins: &'o FunctionOrigins,
    /// The chain around code of one call: instructions stand together that come from the same.
    around: Option<(Around, Chain)>,
}

/// The calls that code was inlined from, the innermost first, and the function that it is of.
type Around = (Vec<Option<u32>>, Option<u32>);

impl<'o, 'a> Chains<'o, 'a> {
    pub(super) fn of(original: &'o Symbols<'a>, origins: &'o FunctionOrigins) -> Self {
        Self { original, origins, around: None }
    }

    /// All of them, each with where it begins. An instruction that a pass has made of nothing belongs to what is around it, where
    /// that is the same before and after; else to the function alone.
    pub(super) fn all(mut self, instructions: &[u32], start: u32) -> Vec<(u32, Chain)> {
        let mut chains: Vec<(u32, Chain)> = Vec::new();
        // Where instructions of nothing begin that follow each other.
        let mut gap = None;
        for (number, (at, origin)) in instructions.iter().zip(self.origins.positions()).enumerate() {
            let Some(origin) = origin else {
                gap = gap.or(Some(*at));
                continue;
            };
            let gap = gap.take();
            let chain = self.chain(number, origin);
            let Some((_, last)) = chains.last() else {
                // Locals come before the first instruction, and hosts may tell a trap of it from there.
                chains.push((start, chain));
                continue;
            };
            if *last == chain {
                continue;
            }
            if let Some(gap) = gap {
                let own = vec![self.own()];
                if *last != own {
                    chains.push((gap, own));
                }
            }
            chains.push((*at, chain));
        }
        if let Some(gap) = gap.filter(|_| !chains.is_empty()) {
            chains.push((gap, vec![self.own()]));
        }
        chains
    }

    /// The functions that run where an instruction comes from.
    fn chain(&mut self, number: usize, origin: u32) -> Chain {
        let calls: Vec<Option<u32>> = self.origins.inlined_from(number).collect();
        let mut inner = self.original.frames(origin);
        inner.reverse();
        let key = (calls, self.original.positions().function_at(origin));
        let mut chain = match self.around.take() {
            Some((known, chain)) if known == key => {
                self.around = Some((known, chain.clone()));
                chain
            }
            _ => {
                let chain = self.around(&key);
                self.around = Some((key, chain.clone()));
                chain
            }
        };
        if let Some(outermost) = inner.first_mut() {
            outermost.is_inlined = !chain.is_empty();
        }
        chain.append(&mut inner);
        chain
    }

    /// The functions around code of a function that was inlined.
    fn around(&self, (calls, function): &Around) -> Chain {
        let (mut frames, mut outermost) = (Chain::new(), *function);
        // What led to a call that is not known is not known either.
        for call in calls.iter().map_while(|call| *call) {
            if let Some(last) = frames.last_mut() {
                last.is_inlined = true;
            }
            frames.extend(self.original.frames(call));
            outermost = self.original.positions().function_at(call);
        }
        if outermost.is_none() || outermost != self.origins.function {
            if let Some(last) = frames.last_mut() {
                last.is_inlined = true;
            }
            frames.push(self.own());
        }
        frames.reverse();
        frames
    }

    /// The function alone, without a line. It may not even have a name: where an outside optimizer does not say which it is.
    fn own(&self) -> Frame {
        let symbol = self.origins.function.and_then(|function| self.original.symbol(function));
        Frame { symbol: symbol.map(str::to_owned), ..Frame::default() }
    }
}
