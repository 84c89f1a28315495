//! Where in the source an instruction comes from, by the DWARF that rustc leaves in a module.

use std::collections::HashMap;

use addr2line::Context;
use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian};
use wasmparser::{Parser, Payload};

/// A module's line tables.
pub(super) struct Places<'a>(Option<Context<EndianSlice<'a, LittleEndian>>>);

impl<'a> Places<'a> {
    /// Reads a module's DWARF; without any, no place is known.
    pub(super) fn read(module: &'a [u8]) -> Self {
        let mut sections: HashMap<&str, &'a [u8]> = HashMap::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload {
                Ok(Payload::CustomSection(section)) if section.name().starts_with(".debug_") => {
                    sections.insert(section.name(), section.data());
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
        let section = |id: addr2line::gimli::SectionId| {
            Ok(EndianSlice::new(sections.get(id.name()).copied().unwrap_or_default(), LittleEndian))
        };
        let dwarf: Result<_, addr2line::gimli::Error> = Dwarf::load(section);
        Self(dwarf.ok().and_then(|dwarf| Context::from_dwarf(dwarf).ok()))
    }

    /// The file and the line of an instruction, by its offset in the code section.
    pub(super) fn of(&self, offset: u64) -> Option<(String, u32)> {
        let location = self.0.as_ref()?.find_location(offset).ok()??;
        Some((location.file?.to_owned(), location.line?))
    }
}
