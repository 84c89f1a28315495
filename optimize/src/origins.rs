//! Where each instruction comes from: kept through every pass, exactly, so that what debuggers know of the code that a
//! compiler made holds of the code that the passes made of it.
//!
//! An instruction is known by its function and by its number in it, which no encoding changes: only a pass that takes out,
//! adds or replaces instructions has to say which is which (`Function::rewrite`), and the encoder which function is which.
//! The manager composes what they say, pass by pass. What is equal and becomes one comes from the first of them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use wasmparser::{Parser, Payload};

use crate::component::{Component, Definition};
use crate::debug::Positions;
use crate::error::{Error, PassError};
use crate::validate;

/// The position of an instruction that a pass has made of nothing.
const NOWHERE: u32 = u32::MAX;

/// Where the code of a component comes from.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// Its core modules, however deep they are nested, in their order.
    pub modules: Vec<ModuleOrigins>,
}

/// Where the code of a core module comes from.
#[derive(Clone, Debug)]
pub struct ModuleOrigins {
    /// The module.
    pub bytes: Arc<[u8]>,
    /// The module as it came in, with its names and what debuggers read.
    pub original: Arc<[u8]>,
    /// Its defined functions, in their order.
    pub functions: Vec<FunctionOrigins>,
    /// Where the content of the code section is.
    code: Range<usize>,
}

/// Where the code of a function comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionOrigins {
    /// The index of the original function, imported ones counted; nothing, where an outside optimizer does not say.
    pub function: Option<u32>,
    operators: Vec<u32>,
}

impl FunctionOrigins {
    /// For each of its instructions, in their order, where the original one is: from the start of the code section's content, as
    /// DWARF for WebAssembly counts. Nothing, where a pass has made one of nothing.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = Option<u32>> + '_ {
        self.operators.iter().map(|position| (*position != NOWHERE).then_some(*position))
    }
}

impl Origins {
    /// What the side-car of a component knows of it.
    ///
    /// # Errors
    /// Either is damaged. A module whose code is another is known as it is.
    pub fn of_side_car(component: &[u8], side_car: &[u8]) -> Result<Self, Error> {
        let read = |bytes: &[u8]| {
            validate::bounded(bytes)?;
            validate::validate(bytes).map_err(Error::InvalidInput)?;
            Self::of(bytes, |_| None).map_err(|source| Error::Pass { pass: "side-car", source })
        };
        let mut origins = read(component)?;
        let named = read(side_car)?;
        for (module, named) in origins.modules.iter_mut().zip(named.modules) {
            if module.bytes.get(module.code.clone()) == named.bytes.get(named.code.clone()) {
                module.original = named.bytes;
                module.functions = named.functions;
            }
        }
        Ok(origins)
    }

    /// What is known of a component whose modules are those of others, or are as they came.
    pub(crate) fn of(component: &[u8], known: impl Fn(&[u8]) -> Option<ModuleOrigins>) -> Result<Self, PassError> {
        let mut origins = Self::default();
        origins.walk(component, &known)?;
        Ok(origins)
    }

    fn walk(&mut self, bytes: &[u8], known: &impl Fn(&[u8]) -> Option<ModuleOrigins>) -> Result<(), PassError> {
        if !Parser::is_component(bytes) {
            let module = known(bytes).map_or_else(|| ModuleOrigins::as_it_is(bytes), Ok)?;
            self.modules.push(module);
            return Ok(());
        }
        for definition in Component::parse(bytes)?.definitions {
            if let Definition::Module(nested) | Definition::Component(nested) = definition {
                self.walk(nested, known)?;
            }
        }
        Ok(())
    }

    /// What is known of a module: of one with the same bytes, or with the same code, where imports and exports have got
    /// other names since.
    pub(crate) fn find(&self, module: &[u8]) -> Option<&ModuleOrigins> {
        let same_code = || {
            let code = module.get(code(module)?)?;
            self.modules.iter().find(|known| known.bytes.get(known.code.clone()) == Some(code))
        };
        self.modules.iter().find(|known| *known.bytes == *module).or_else(same_code)
    }

    /// Adds what is known of a module.
    pub(crate) fn add(&mut self, module: ModuleOrigins) {
        match self.modules.iter_mut().find(|known| known.bytes == module.bytes) {
            Some(known) => *known = module,
            None => self.modules.push(module),
        }
    }
}

impl ModuleOrigins {
    /// A module as it came in.
    pub(crate) fn as_it_is(module: &[u8]) -> Result<Self, PassError> {
        let bytes: Arc<[u8]> = module.into();
        let positions = Positions::of(module)?;
        let functions = (positions.imported..).zip(positions.functions);
        let functions = functions.map(|(function, operators)| FunctionOrigins { function: Some(function), operators });
        let code = code(module).unwrap_or_default();
        Ok(Self { original: bytes.clone(), bytes, functions: functions.collect(), code })
    }

    /// The same after a pass.
    pub(crate) fn after(&mut self, bytes: &[u8], code: Code) {
        self.bytes = bytes.into();
        self.code = self::code(bytes).unwrap_or_default();
        let before = |place: u32| self.functions.get(place as usize);
        self.functions = match code {
            Code::Same => return,
            Code::Moved(functions) => functions
                .into_iter()
                .map(|moved| {
                    let Some(before) = before(moved.function) else { return FunctionOrigins::default() };
                    let operators = match moved.operators {
                        None => before.operators.clone(),
                        Some(operators) => operators.into_iter().map(|number| before.position(number)).collect(),
                    };
                    FunctionOrigins { function: before.function, operators }
                })
                .collect(),
            Code::Traced(functions) => functions
                .into_iter()
                .map(|operators| {
                    let origin = |(place, number): (u32, u32)| before(place).map_or(NOWHERE, |it| it.position(number));
                    let function = operators.iter().flatten().next().and_then(|(place, _)| before(*place)?.function);
                    let operators = operators.into_iter().map(|from| from.map_or(NOWHERE, origin)).collect();
                    FunctionOrigins { function, operators }
                })
                .collect(),
        };
    }
}

impl FunctionOrigins {
    fn position(&self, number: u32) -> u32 {
        self.operators.get(number as usize).copied().unwrap_or(NOWHERE)
    }
}

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
    /// For each defined function, and each instruction in it, the function among the defined ones and the instruction in it.
    Traced(Vec<Vec<Option<(u32, u32)>>>),
}

/// Where a function comes from.
pub(crate) struct Moved {
    /// Its place among the defined functions before the pass.
    pub(crate) function: u32,
    /// For each instruction the number that it had; nothing, where all are as they were.
    pub(crate) operators: Option<Vec<u32>>,
}

impl Made {
    /// A module whose code is as it was.
    pub(crate) fn same(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), code: Code::Same }
    }

    /// What an outside optimizer has made of a module, with pairs of positions in the new and in the old module's file, as
    /// its source map has them. An instruction that is in no pair comes from nowhere.
    pub(crate) fn by_positions(before: &[u8], bytes: Vec<u8>, pairs: &[(u32, u32)]) -> Result<Self, PassError> {
        let old = Positions::of(before)?;
        let mut places: HashMap<u32, (u32, u32)> = HashMap::new();
        for (place, operators) in (0..).zip(&old.functions) {
            places.extend((0..).zip(operators).map(|(number, at)| (at.saturating_add(old.start), (place, number))));
        }
        let pairs: HashMap<u32, u32> = pairs.iter().copied().collect();
        let new = Positions::of(&bytes)?;
        let from = |at: &u32| places.get(pairs.get(&at.saturating_add(new.start))?).copied();
        let functions = new.functions.iter().map(|operators| operators.iter().map(from).collect()).collect();
        Ok(Self { bytes, code: Code::Traced(functions) })
    }
}

/// Where the content of a module's code section is.
fn code(module: &[u8]) -> Option<Range<usize>> {
    Parser::new(0).parse_all(module).find_map(|payload| match payload {
        Ok(Payload::CodeSectionStart { range, .. }) => Some(range.start as usize..range.end as usize),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each instruction of a module is in its file, function by function.
    fn places(module: &[u8]) -> Vec<Vec<u32>> {
        let positions = Positions::of(module).unwrap();
        let from_file = |at: &u32| at + positions.start;
        positions.functions.iter().map(|function| function.iter().map(from_file).collect()).collect()
    }

    #[test]
    fn an_outside_optimizer_may_tell_by_positions() {
        let before = wat::parse_str("(module (func nop call 1) (func i32.const 1 drop unreachable))").unwrap();
        // The second function was inlined into the first, and is gone.
        let after = wat::parse_str("(module (func unreachable) (func))").unwrap();
        let (old, new) = (places(&before), places(&after));
        let pairs = [(new[0][0], old[1][2]), (new[0][1], old[0][2])];
        let made = Made::by_positions(&before, after.clone(), &pairs).unwrap();
        let mut origins = ModuleOrigins::as_it_is(&before).unwrap();
        origins.after(&made.bytes, made.code);
        let original = Positions::of(&before).unwrap();
        let expected = [Some(original.functions[1][2]), Some(original.functions[0][2])];
        assert_eq!(origins.functions[0].positions().collect::<Vec<_>>(), expected);
        assert_eq!(origins.functions[1].positions().collect::<Vec<_>>(), [None]);
        assert!(*origins.bytes == *after && *origins.original == *before);
    }
}
