//! `cargo mik symbolicate`: a trap of a component that was stripped, told in functions, files and lines.

mod error;
mod paths;
mod report;
mod trace;

use std::path::{Path, PathBuf};

use mik_optimize::{Layout, Place, Symbols};

pub use self::error::SymbolicateError;
use self::paths::Roots;
pub use self::report::Symbolicated;
pub use self::trace::{Mention, mentions};
use crate::stages::{self, BuildId, Interface, StageError, read_wasm, side_car_of};

/// A component's file and what is known of its code.
#[derive(Debug)]
pub struct DebugFiles {
    /// The component, as it was named.
    component: PathBuf,
    build_id: Option<BuildId>,
    /// Where code is in the file that ran.
    layout: Layout,
    /// The core modules with all that is known of them: the side-car's, or the component's own.
    modules: Vec<Vec<u8>>,
    roots: Roots,
}

/// A function in the source, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFrame {
    /// Its name; nothing, where none is known.
    pub function: Option<String>,
    /// The file: from the project's directory, or from the package's that it is in.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column in bytes, from 1.
    pub column: Option<u32>,
    /// Whether its code is in that of the next frame, which called it.
    pub is_inlined: bool,
    /// The line as it is in the file, where that lies in the project.
    pub source: Option<String>,
}

/// Where an address is in the component, and in its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The core module, from 0, in the order of the file.
    pub module: usize,
    /// The index of the function.
    pub function: u32,
    /// The functions that are running there, the innermost first.
    pub frames: Vec<SourceFrame>,
}

impl DebugFiles {
    /// Reads a component, and its side-car where it has one: the one that is named, or `<name>.debug.wasm` beside it. A side-car
    /// may also be named as the component: it knows where code is in the file that it belongs to.
    ///
    /// # Errors
    /// A file can't be read, the side-car is of another build, or nothing is known of the code.
    pub fn read(component: &Path, debug: Option<&Path>) -> miette::Result<Self> {
        let bytes = read_wasm(component)?;
        let build_id = BuildId::read(&bytes);
        let invalid = |path: &Path, source: mik_optimize::Error| StageError::InvalidFile {
            path: path.to_owned(),
            source: source.into(),
        };
        let own = mik_optimize::modules(&bytes).map_err(|source| invalid(component, source))?;
        let layout = Layout::of_side_car(&bytes).filter(|layout| layout.modules.len() == own.len());
        let is_side_car = layout.is_some();
        let layout = match layout.or_else(|| composed(&bytes, &own)) {
            Some(layout) => layout,
            None => mik_optimize::layout(&bytes).map_err(|source| invalid(component, source))?,
        };
        let is_known = |module: &&[u8]| Symbols::of(module).is_ok_and(|symbols| symbols.has_lines());
        let roots = Roots::of(component);
        let modules = own.iter().map(|module| module.to_vec()).collect();
        let files = Self { component: component.to_owned(), build_id, layout, modules, roots };
        if debug.is_none() && (is_side_car || own.iter().any(is_known)) {
            return Ok(files);
        }
        let beside = side_car_of(component);
        let debug = match debug {
            Some(debug) => debug,
            None if beside.is_file() => &beside,
            // Names are better than nothing.
            None if own.iter().any(|module| Symbols::of(module).is_ok_and(|symbols| symbols.has_names())) => {
                return Ok(files);
            }
            None => return Err(SymbolicateError::Nothing { component: component.to_owned(), debug: beside }.into()),
        };
        files.with_side_car(debug)
    }

    fn with_side_car(mut self, debug: &Path) -> miette::Result<Self> {
        let bytes = read_wasm(debug)?;
        // First: one that is cut short has lost its build-id, which comes last.
        let modules = mik_optimize::modules(&bytes)
            .map_err(|source| StageError::InvalidFile { path: debug.to_owned(), source: source.into() })?;
        let debug_id = BuildId::read(&bytes);
        if debug_id != self.build_id || debug_id.is_none() {
            let text = |id: Option<BuildId>| id.map_or_else(|| "none".to_owned(), |id| id.to_string());
            return Err(SymbolicateError::OtherBuild {
                debug: debug.to_owned(),
                debug_id: text(debug_id),
                component: self.component,
                component_id: text(self.build_id),
            }
            .into());
        }
        self.modules = modules.into_iter().map(<[u8]>::to_vec).collect();
        Ok(self)
    }

    /// What is known of each core module's code.
    ///
    /// # Errors
    /// A module is damaged.
    pub fn symbols(&self) -> Result<Symbolicator<'_>, StageError> {
        let symbols = self.modules.iter().map(|module| Symbols::of(module)).collect::<Result<_, _>>();
        let symbols = symbols
            .map_err(|source| StageError::InvalidFile { path: self.component.clone(), source: source.into() })?;
        Ok(Symbolicator { files: self, symbols })
    }
}

/// Where a bare handler's modules are once a server has composed it with the bridge: it runs nowhere else.
fn composed(handler: &[u8], modules: &[&[u8]]) -> Option<Layout> {
    let interface = Interface::of(handler).ok().filter(|it| it.exports_handler() && !it.exports_http())?;
    let whole = stages::with_bridge(handler, &interface.exports.join(", ")).ok()?;
    let layout = mik_optimize::layout(&whole).ok()?;
    let mut places = layout.modules.into_iter();
    let is = |place: &Place, module: &[u8]| whole.get(place.start as usize..place.end as usize) == Some(module);
    // Composition leaves them in their order.
    let modules = modules.iter().map(|module| places.find(|place| is(place, module))).collect::<Option<_>>()?;
    Some(Layout { modules })
}

/// Finds the source of addresses.
pub struct Symbolicator<'f> {
    files: &'f DebugFiles,
    symbols: Vec<Symbols<'f>>,
}

impl Symbolicator<'_> {
    /// What runs at a place; nothing, where there is no code of this component.
    pub fn find(&self, mention: &Mention) -> Option<Found> {
        let candidates: Vec<(usize, u32, u32)> = (0..self.symbols.len())
            .filter(|module| mention.module.is_none_or(|of| of == *module))
            .filter_map(|module| self.place(module, mention))
            .collect();
        // The same address is in several modules, where it counts from the start of each: an instruction is there in one of them.
        let is_instruction = |(module, _, position): &&(usize, u32, u32)| {
            self.symbols.get(*module).is_some_and(|symbols| symbols.positions().is_instruction(*position))
        };
        let exact = candidates.iter().find(is_instruction);
        let (module, function, position) = *exact.or_else(|| candidates.first())?;
        let frames = self.symbols.get(module)?.frames(position).into_iter().map(|frame| self.source(frame));
        Some(Found { module, function, frames: frames.collect() })
    }

    /// The function and the position in a module's code that an address is at.
    fn place(&self, module: usize, mention: &Mention) -> Option<(usize, u32, u32)> {
        let place = self.files.layout.modules.get(module)?;
        let start = if mention.is_in_module { place.start } else { 0 };
        let address = u32::try_from(mention.address).ok()?.checked_add(start)?;
        let position = address.checked_sub(place.code).filter(|position| *position < place.length)?;
        let function = self.symbols.get(module)?.positions().function_at(position)?;
        mention.function.is_none_or(|of| of == function).then_some((module, function, position))
    }

    fn source(&self, frame: mik_optimize::Frame) -> SourceFrame {
        let file = frame.file.as_deref().map(|file| self.files.roots.name(file));
        let source = file.as_deref().zip(frame.line).and_then(|(file, line)| self.files.roots.line(file, line));
        SourceFrame {
            function: frame.name(),
            file,
            line: frame.line,
            column: frame.column,
            is_inlined: frame.is_inlined,
            source,
        }
    }
}
