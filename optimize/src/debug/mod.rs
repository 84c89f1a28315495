//! What debuggers read of a component: its side-car, and what a position in its code is in the source.
//!
//! A side-car is a component with the same code. Each of its core modules has the names of its functions again, and DWARF
//! that is written anew: for each instruction what the original's DWARF says of the instruction that it comes from. The
//! alternatives were worse. To keep the original's DWARF and a map beside it would leave other tools with nothing that
//! they can read. And to convert it, address by address, is not exact: an old address may be at no, one or several new
//! places, and a range of old addresses is no range any more when its ends were taken out.

mod chains;
mod layout;
mod positions;
mod sections;
mod symbols;
#[cfg(test)]
mod tests;
mod writer;

use wasm_encoder::{CustomSection, NameMap, NameSection, Section};

pub use self::layout::{Layout, Place};
pub use self::positions::Positions;
pub use self::symbols::{Frame, Symbols};
use crate::error::{Error, PassError};
use crate::origins::{ModuleOrigins, Origins};
use crate::validate::bounded;

/// A component with the same code as one that was optimized, for debuggers: with names and lines of what it was made
/// of. Nothing, where nothing is known of either.
///
/// # Errors
/// The component is not what the origins speak of.
pub fn side_car(component: &[u8], origins: &Origins) -> Result<Option<Vec<u8>>, Error> {
    let failed = |source| Error::Pass { pass: "side-car", source };
    let mut is_known = false;
    let with_sections = sections::append(component, &mut |module| {
        let Some(origins) = origins.find(module) else { return Ok(Vec::new()) };
        let sections = of_module(module, origins)?;
        is_known |= !sections.is_empty();
        Ok(sections)
    });
    let mut output = with_sections.map_err(failed)?;
    if is_known {
        let layout = Layout::of(component).map_err(failed)?;
        CustomSection { name: layout::SECTION.into(), data: layout.encode().into() }.append_to(&mut output);
    }
    Ok(is_known.then_some(output))
}

/// Where the core modules of a component are in its file.
///
/// # Errors
/// It is no WebAssembly, or components are nested without end in it.
pub fn layout(component: &[u8]) -> Result<Layout, Error> {
    bounded(component)?;
    Layout::of(component).map_err(|source| Error::Pass { pass: "side-car", source })
}

/// The core modules of a component, in their order, however deep they are nested.
///
/// # Errors
/// As of [`layout`].
pub fn modules(component: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let layout = layout(component)?;
    let module = |place: &Place| component.get(place.start as usize..place.end as usize);
    Ok(layout.modules.iter().filter_map(module).collect())
}

/// The sections that a module gets.
fn of_module(module: &[u8], origins: &ModuleOrigins) -> Result<Vec<u8>, PassError> {
    let (original, symbols) = (Symbols::of(&origins.original)?, Symbols::of(module)?);
    let mut output = Vec::new();
    if !symbols.has_names() && original.has_names() {
        let mut names = NameSection::new();
        if let Some(name) = original.module() {
            names.module(name);
        }
        let mut functions = NameMap::new();
        for (function, origins) in (symbols.positions().imported..).zip(&origins.functions) {
            if let Some(symbol) = origins.function.and_then(|function| original.symbol(function)) {
                functions.append(function, symbol);
            }
        }
        names.functions(&functions);
        names.append_to(&mut output);
    }
    if !symbols.has_lines() && original.has_lines() {
        for (name, data) in writer::write(symbols.positions(), &original, origins)? {
            CustomSection { name: name.into(), data: data.into() }.append_to(&mut output);
        }
    }
    Ok(output)
}
