//! Where each instruction comes from: kept through every pass, exactly, so that what debuggers know of the code that a
//! compiler made holds of the code that the passes made of it.
//!
//! An instruction is known by its function and by its number in it, which no encoding changes: only a pass that takes out,
//! adds or replaces instructions has to say which is which (`Function::rewrite`), and the encoder which function is which.
//! The manager composes what they say, pass by pass. What is equal and becomes one comes from the first of them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use wasmparser::{Parser, Payload, TypeRef};

use crate::component::{Component, Definition};
use crate::error::PassError;

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
            Code::Inlined(functions) => functions
                .into_iter()
                .map(|inlined| {
                    let Some(own) = before(inlined.function) else { return FunctionOrigins::default() };
                    let origin = |(place, number): (u32, u32)| before(place).map_or(NOWHERE, |it| it.position(number));
                    let operators = match inlined.operators {
                        None => own.operators.clone(),
                        Some(operators) => operators.into_iter().map(origin).collect(),
                    };
                    FunctionOrigins { function: own.function, operators }
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
    /// Its defined functions, in their order, some with code of others in them.
    Inlined(Vec<Inlined>),
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

/// Where a function comes from that may have others' code in it.
pub(crate) struct Inlined {
    /// Its place among the defined functions before the pass.
    pub(crate) function: u32,
    /// For each instruction the place of the function that it is from, and its number there; nothing, where all are as they
    /// were.
    pub(crate) operators: Option<Vec<(u32, u32)>>,
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

/// Where the instructions of a module are.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    /// How many functions are imported.
    pub imported: u32,
    /// Where the code section's content starts, from the module's start.
    pub start: u32,
    /// For each defined function the positions of its instructions, from there.
    pub functions: Vec<Vec<u32>>,
    /// For each defined function where its body starts and ends, from there.
    pub bodies: Vec<(u32, u32)>,
}

impl Positions {
    /// Finds them in a valid core module.
    ///
    /// # Errors
    /// It is no valid module.
    pub fn of(module: &[u8]) -> Result<Self, PassError> {
        let mut positions = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let is_function = matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
                        positions.imported += u32::from(is_function);
                    }
                }
                Payload::CodeSectionStart { range, .. } => positions.start = range.start as u32,
                Payload::CodeSectionEntry(body) => {
                    let from_start = |at: u64| (at as u32).saturating_sub(positions.start);
                    let range = body.range();
                    positions.bodies.push((from_start(range.start), from_start(range.end)));
                    let mut operators = Vec::new();
                    for operator in body.get_operators_reader()?.into_iter_with_offsets() {
                        operators.push(from_start(operator?.1));
                    }
                    positions.functions.push(operators);
                }
                _ => {}
            }
        }
        Ok(positions)
    }
}
