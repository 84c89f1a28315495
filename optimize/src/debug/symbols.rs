//! From a position in a core module's code to functions, files and lines: what its DWARF and its names say.

use std::collections::HashMap;

use addr2line::Context;
use gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use wasmparser::{KnownCustom, Name, Parser, Payload};

use super::positions::Positions;
use crate::error::PassError;
use crate::symbol::readable;

/// The most functions that one instruction may be inlined through; compilers stop far below.
const DEEPEST: usize = 256;

/// What is known of a core module's code.
pub struct Symbols<'a> {
    positions: Positions,
    module: Option<String>,
    names: HashMap<u32, &'a str>,
    context: Option<Context<EndianSlice<'a, LittleEndian>>>,
}

/// A function that is running, and where in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// Its symbol.
    pub symbol: Option<String>,
    /// The file, as the compiler was told to call it.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column in bytes, from 1.
    pub column: Option<u32>,
    /// Whether its code is in that of the next frame, which called it.
    pub is_inlined: bool,
}

impl Frame {
    /// The function's name as it is read, without the compiler's hash.
    pub fn name(&self) -> Option<String> {
        self.symbol.as_deref().map(readable)
    }
}

impl<'a> Symbols<'a> {
    /// Reads what a valid core module says of its code. What of it is damaged says nothing.
    ///
    /// # Errors
    /// It is no module.
    pub fn of(module: &'a [u8]) -> Result<Self, PassError> {
        let mut symbols =
            Self { positions: Positions::of(module)?, module: None, names: HashMap::new(), context: None };
        let mut sections: HashMap<&str, &[u8]> = HashMap::new();
        for payload in Parser::new(0).parse_all(module) {
            let Payload::CustomSection(section) = payload? else { continue };
            match section.as_known() {
                KnownCustom::Name(names) => {
                    for name in names.into_iter().map_while(Result::ok) {
                        match name {
                            Name::Module { name, .. } => symbols.module = Some(name.to_owned()),
                            Name::Function(functions) => {
                                let functions = functions.into_iter().map_while(Result::ok);
                                symbols.names.extend(functions.map(|naming| (naming.index, naming.name)));
                            }
                            _ => {}
                        }
                    }
                }
                _ => drop(sections.insert(section.name(), section.data())),
            }
        }
        if sections.contains_key(SectionId::DebugInfo.name()) {
            let load = |id: SectionId| {
                let data = sections.get(id.name()).copied().unwrap_or_default();
                Ok::<_, gimli::Error>(EndianSlice::new(data, LittleEndian))
            };
            symbols.context = Dwarf::load(load).and_then(Context::from_dwarf).ok();
        }
        Ok(symbols)
    }

    /// Whether there is more than names.
    pub fn has_lines(&self) -> bool {
        self.context.is_some()
    }

    /// Whether functions have names.
    pub fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// The module's own name.
    pub fn module(&self) -> Option<&str> {
        self.module.as_deref()
    }

    /// Where its instructions are.
    pub fn positions(&self) -> &Positions {
        &self.positions
    }

    /// The functions that have names, by their indices, with their symbols.
    pub(crate) fn named(&self) -> impl Iterator<Item = (u32, &'a str)> + '_ {
        self.names.iter().map(|(function, name)| (*function, *name))
    }

    /// The name of a function by its index, as a symbol.
    pub fn symbol(&self, function: u32) -> Option<&'a str> {
        self.names.get(&function).copied()
    }

    /// The functions that are running where an instruction is, the innermost first: those that are inlined, and last the one
    /// whose code it is. None, where there is no code.
    pub fn frames(&self, position: u32) -> Vec<Frame> {
        let Some(function) = self.positions.function_at(position) else { return Vec::new() };
        let mut frames = self.lines(position);
        let symbol = self.symbol(function).map(str::to_owned);
        match frames.last_mut() {
            // What linkers write has its path, what debuggers read may have its last name only.
            Some(outermost) => outermost.symbol = symbol.or_else(|| outermost.symbol.take()),
            None => frames.push(Frame { symbol, ..Frame::default() }),
        }
        frames
    }

    /// What DWARF says of a position.
    fn lines(&self, position: u32) -> Vec<Frame> {
        let Some(context) = &self.context else { return Vec::new() };
        let mut frames: Vec<Frame> = Vec::new();
        let Ok(mut found) = context.find_frames(position.into()).skip_all_loads() else { return frames };
        while let Ok(Some(frame)) = found.next() {
            let symbol = frame.function.as_ref().and_then(|function| Some(function.raw_name().ok()?.into_owned()));
            let (file, line, column) =
                frame.location.map_or((None, None, None), |it| (it.file.map(str::to_owned), it.line, it.column));
            // Line 0 is code that the compiler has made of several lines, or of none.
            let line = line.filter(|line| *line > 0);
            let column = column.filter(|column| *column > 0 && line.is_some());
            if let Some(inner) = frames.last_mut() {
                inner.is_inlined = true;
            }
            frames.push(Frame { symbol, file, line, column, is_inlined: false });
            if frames.len() == DEEPEST {
                break;
            }
        }
        frames
    }
}
