//! Where the core modules of a component are in its file: hosts tell positions from the start of either.

use wasm_encoder::Encode;
use wasmparser::{BinaryReader, Parser, Payload};

use crate::error::PassError;

/// The custom section of a side-car that says where code is in the file which it belongs to.
pub(super) const SECTION: &str = "mik:layout";

/// Where the core modules of a component are in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The core modules, in their order, however deep they are nested.
    pub modules: Vec<Place>,
}

/// Where a core module is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Where it starts, from the start of the file.
    pub start: u32,
    /// Where it ends, from there as well; 0 where it was read from a side-car, which does not say.
    pub end: u32,
    /// Where the content of its code section starts, from the start of the file.
    pub code: u32,
    /// How long that content is.
    pub length: u32,
}

impl Layout {
    /// Finds the core modules of a component; a core module is the only one of its own.
    ///
    /// # Errors
    /// It is cut short, or no WebAssembly at all.
    pub fn of(component: &[u8]) -> Result<Self, PassError> {
        let mut layout = Self::default();
        // Each module that is open, by its place in the list.
        let mut open: Vec<Option<usize>> = Vec::new();
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::Version { encoding, range, .. } => {
                    let is_module = encoding == wasmparser::Encoding::Module;
                    open.push(is_module.then_some(layout.modules.len()));
                    if is_module {
                        layout.modules.push(Place { start: range.start as u32, ..Place::default() });
                    }
                }
                Payload::CodeSectionStart { range, .. } => {
                    let place = open.last().copied().flatten().and_then(|place| layout.modules.get_mut(place));
                    if let Some(place) = place {
                        place.code = range.start as u32;
                        place.length = (range.end - range.start) as u32;
                    }
                }
                Payload::End(end) => {
                    if let Some(place) = open.pop().flatten().and_then(|place| layout.modules.get_mut(place)) {
                        place.end = end as u32;
                    }
                }
                _ => {}
            }
        }
        Ok(layout)
    }

    /// Reads where they are in the file that a side-car belongs to. Nothing, where it is none.
    pub fn of_side_car(side_car: &[u8]) -> Option<Self> {
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(side_car) {
            match payload.ok()? {
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::CustomSection(section) if depth == 1 && section.name() == SECTION => {
                    return Self::decode(section.data());
                }
                _ => {}
            }
        }
        None
    }

    /// How many, and for each the start of the module, that of the code from there, and its length: numbers as LEB128.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut output = Vec::new();
        (self.modules.len() as u32).encode(&mut output);
        for place in &self.modules {
            place.start.encode(&mut output);
            place.code.saturating_sub(place.start).encode(&mut output);
            place.length.encode(&mut output);
        }
        output
    }

    fn decode(data: &[u8]) -> Option<Self> {
        let mut reader = BinaryReader::new(data, 0);
        let mut layout = Self::default();
        for _ in 0..reader.read_var_u32().ok()? {
            let start = reader.read_var_u32().ok()?;
            let code = start.checked_add(reader.read_var_u32().ok()?)?;
            layout.modules.push(Place { start, end: 0, code, length: reader.read_var_u32().ok()? });
        }
        Some(layout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_however_deep_they_are_and_read_from_a_side_car() {
        let text = "(component (core module (func nop)) (component (core module) (core module (func unreachable))))";
        let component = wat::parse_str(text).unwrap();
        let mut layout = Layout::of(&component).unwrap();
        assert_eq!(layout.modules.len(), 3);
        for (number, place) in layout.modules.iter().enumerate() {
            let module = &component[place.start as usize..place.end as usize];
            assert!(Parser::is_core_wasm(module), "{number}");
            let code = &component[place.code as usize..(place.code + place.length) as usize];
            // How many functions there are comes first.
            assert_eq!(code.first(), [Some(&1), None, Some(&1)][number]);
        }
        let read = Layout::decode(&layout.encode()).unwrap();
        layout.modules.iter_mut().for_each(|place| place.end = 0);
        layout.modules[1].code = layout.modules[1].start;
        assert_eq!(read, layout);
        assert_eq!(Layout::decode(&[3, 1, 2]), None);
        assert_eq!(Layout::of_side_car(&component), None);
    }
}
