//! Where each instruction comes from: kept through every pass, exactly, so that what debuggers know of the code that a
//! compiler made holds of the code that the passes made of it.
//!
//! An instruction is known by its function and by its number in it, which no encoding changes: only a pass that takes out,
//! adds or replaces instructions has to say which is which (`Function::rewrite`), and the encoder which function is which.
//! The manager composes what they say, pass by pass. What is equal and becomes one comes from the first of them. Code that was
//! inlined keeps the calls that it was inlined from.

mod calls;
mod made;

use std::ops::Range;
use std::sync::Arc;

use wasmparser::{Parser, Payload};

use self::calls::{Call, Composer, NONE};
pub(crate) use self::made::{Code, From, Inlined, Made, Moved, Traced};
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
    /// The calls that code of other functions was inlined from.
    calls: Vec<Call>,
    /// For each instruction its call in that list; nothing, where none was inlined.
    through: Vec<u32>,
}

impl FunctionOrigins {
    /// For each of its instructions, in their order, where the original one is: from the start of the code section's content, as
    /// DWARF for WebAssembly counts. Nothing, where a pass has made one of nothing.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = Option<u32>> + '_ {
        self.operators.iter().map(|position| (*position != NOWHERE).then_some(*position))
    }

    /// The calls that passes have inlined an instruction from, which is known by its number: positions as of
    /// [`positions`](Self::positions), the innermost first, and nothing for a call that is not known. Where there are none, or where the
    /// last is not in [`function`](Self::function), what called it from there is not known.
    pub fn inlined_from(&self, number: usize) -> impl Iterator<Item = Option<u32>> + '_ {
        let call = |at: u32| self.calls.get(at as usize);
        let first = self.through.get(number).and_then(|at| call(*at));
        let all = std::iter::successors(first, move |inner| call(inner.outer));
        all.map(|call| (call.position != NOWHERE).then_some(call.position))
    }

    fn as_it_is(function: u32, operators: Vec<u32>) -> Self {
        Self { function: Some(function), operators, ..Self::default() }
    }

    fn position(&self, number: u32) -> u32 {
        self.operators.get(number as usize).copied().unwrap_or(NOWHERE)
    }

    /// The same after a pass that has kept some of the instructions.
    fn moved(&self, numbers: Option<Vec<u32>>) -> Self {
        let Some(numbers) = numbers else { return self.clone() };
        let through = |number: &u32| self.through.get(*number as usize).copied().unwrap_or(NONE);
        Self {
            function: self.function,
            through: if self.through.is_empty() { Vec::new() } else { numbers.iter().map(through).collect() },
            operators: numbers.into_iter().map(|number| self.position(number)).collect(),
            calls: self.calls.clone(),
        }
    }

    /// What a pass has made of one function, with code of others.
    fn traced(before: &[Self], traced: Traced) -> Self {
        let own = traced.function.and_then(|place| before.get(place as usize));
        let Some(operators) = traced.operators else { return own.cloned().unwrap_or_default() };
        let mut composer = Composer::new(before);
        let inlined = composer.inlined(&traced.calls);
        let origins = operators.into_iter().map(|from| match from {
            Some(from) => composer.origin(from, &inlined),
            None => (NOWHERE, NONE),
        });
        let (operators, mut through): (Vec<u32>, Vec<u32>) = origins.unzip();
        if through.iter().all(|call| *call == NONE) {
            through.clear();
        }
        Self { function: own.and_then(|own| own.function), operators, calls: composer.finish(), through }
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
        let functions = functions.map(|(function, operators)| FunctionOrigins::as_it_is(function, operators));
        let code = code(module).unwrap_or_default();
        Ok(Self { original: bytes.clone(), bytes, functions: functions.collect(), code })
    }

    /// The same after a pass.
    pub(crate) fn after(&mut self, bytes: &[u8], code: Code) {
        self.bytes = bytes.into();
        self.code = self::code(bytes).unwrap_or_default();
        let before = &self.functions;
        let moved = |it: Moved| before.get(it.function as usize).map(|before| before.moved(it.operators));
        self.functions = match code {
            Code::Same => return,
            Code::Moved(functions) => functions.into_iter().map(|it| moved(it).unwrap_or_default()).collect(),
            Code::Traced(functions) => {
                functions.into_iter().map(|traced| FunctionOrigins::traced(before, traced)).collect()
            }
        };
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

    /// What an outside optimizer has made of a module, with where each instruction of its first function is from.
    fn traced(before: &str, after: &str, pairs: &[((usize, usize), usize)], which: Option<u32>) -> ModuleOrigins {
        let [before, after] = [before, after].map(|text| wat::parse_str(text).unwrap());
        let (old, new) = (places(&before), places(&after));
        let pairs: Vec<_> =
            pairs.iter().map(|((function, number), at)| (new[0][*at], old[*function][*number])).collect();
        let made = Made::by_positions(&before, after, &pairs, &[which]).unwrap();
        let mut origins = ModuleOrigins::as_it_is(&before).unwrap();
        origins.after(&made.bytes, made.code);
        assert!(*origins.original == *before);
        origins
    }

    fn inlined_from(origins: &ModuleOrigins, number: usize) -> Vec<Option<u32>> {
        origins.functions[0].inlined_from(number).collect()
    }

    const CALLED_ONCE: &str = "(module (func nop call 1) (func i32.const 1 drop call 2) (func nop unreachable))";

    #[test]
    fn an_outside_optimizer_may_tell_by_positions_and_the_only_call_is_known() {
        // The last function was inlined into the second, and that into the first.
        let after = "(module (func i32.const 1 drop unreachable))";
        let pairs = [((1, 0), 0), ((2, 1), 2), ((0, 2), 3)];
        let origins = traced(CALLED_ONCE, after, &pairs, Some(0));
        let original = Positions::of(&origins.original).unwrap().functions;
        let expected = [Some(original[1][0]), None, Some(original[2][1]), Some(original[0][2])];
        assert_eq!(origins.functions[0].positions().collect::<Vec<_>>(), expected);
        assert_eq!(origins.functions[0].function, Some(0));
        assert_eq!(inlined_from(&origins, 0), [Some(original[0][1])]);
        assert_eq!(inlined_from(&origins, 2), [Some(original[1][2]), Some(original[0][1])]);
        assert_eq!(inlined_from(&origins, 3), []);
    }

    #[test]
    fn of_several_calls_none_is_said_to_be_the_one() {
        let twice = "(module (func call 1 call 1) (func unreachable))";
        let element = "(module (table 1 funcref) (elem (i32.const 0) 1) (func call 1) (func unreachable))";
        let elsewhere = "(module (func) (func unreachable) (func call 1))";
        for before in [twice, element, elsewhere] {
            let origins = traced(before, "(module (func unreachable))", &[((1, 0), 0)], Some(0));
            assert_eq!(origins.functions[0].function, Some(0));
            assert_eq!(inlined_from(&origins, 0), [], "{before}");
        }
    }

    #[test]
    fn a_function_that_is_not_named_is_that_of_all_its_code() {
        let origins = traced(CALLED_ONCE, "(module (func unreachable))", &[((2, 1), 0), ((2, 2), 1)], None);
        assert_eq!(origins.functions[0].function, Some(2));
        let origins = traced(CALLED_ONCE, "(module (func unreachable))", &[((2, 1), 0), ((0, 2), 1)], None);
        assert_eq!(origins.functions[0].function, None);
        assert_eq!(inlined_from(&origins, 0), []);
    }

    #[test]
    fn calls_are_kept_however_often_code_moves() {
        let mut origins = ModuleOrigins::as_it_is(&wat::parse_str(CALLED_ONCE).unwrap()).unwrap();
        let original = Positions::of(&origins.original).unwrap().functions;
        // The last function goes into the second, then that into the first.
        let into = |function, number, outer, operators: &[(u32, u32)]| Traced {
            function: Some(function),
            operators: Some(
                operators.iter().map(|at| Some(From { at: *at, call: (at.0 != function).then_some(0) })).collect(),
            ),
            calls: vec![Inlined { at: (function, number), outer }],
        };
        let same = || Traced { function: Some(0), ..Traced::default() };
        let second = into(1, 2, None, &[(1, 0), (2, 1), (1, 3)]);
        origins.after(&[], Code::Traced(vec![same(), second]));
        let first = into(0, 1, None, &[(0, 0), (1, 0), (1, 1), (0, 2)]);
        origins.after(&[], Code::Traced(vec![first]));
        let outer = original[0][1];
        let check = |origins: &ModuleOrigins, numbers: &[usize]| {
            let inner = original[1][2];
            let all = [vec![], vec![Some(outer)], vec![Some(inner), Some(outer)], vec![]];
            let expected: Vec<_> = numbers.iter().map(|number| all[*number].clone()).collect();
            let found: Vec<_> = (0..numbers.len()).map(|number| inlined_from(origins, number)).collect();
            assert_eq!(found, expected);
        };
        check(&origins, &[0, 1, 2, 3]);
        assert_eq!(origins.functions[0].positions().nth(2), Some(Some(original[2][1])));
        origins.after(&[], Code::Moved(vec![Moved { function: 0, operators: Some(vec![2, 3]) }]));
        check(&origins, &[2, 3]);
    }

    #[test]
    fn calls_without_end_are_known_to_a_depth() {
        let call = "(module (func call 0))";
        let mut origins = ModuleOrigins::as_it_is(&wat::parse_str(call).unwrap()).unwrap();
        for _ in 0..1000 {
            let calls = vec![Inlined { at: (0, 0), outer: None }];
            let operators = Some(vec![Some(From { at: (0, 0), call: Some(0) }), Some(From { at: (0, 1), call: None })]);
            origins.after(&[], Code::Traced(vec![Traced { function: Some(0), operators, calls }]));
        }
        let calls = inlined_from(&origins, 0);
        assert!((2..=257).contains(&calls.len()), "{}", calls.len());
        assert_eq!(calls.last(), Some(&None), "what is around that is not known");
    }
}
