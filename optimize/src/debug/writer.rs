//! DWARF for code that the passes made: for each instruction what is known of the one that it comes from.
//!
//! One unit for a module. A row of the line table wherever the line changes; a subprogram for each function, and in it an
//! inlined subroutine for each run of instructions that come from the same call. DWARF 4, as compilers write it for
//! WebAssembly; addresses count from the start of the code section's content.

use std::collections::HashMap;

use gimli::write::{
    Address, AttributeValue, DirectoryId, Dwarf, EndianVec, FileId, LineProgram, LineString, Sections, Unit,
    UnitEntryId, UnitId,
};
use gimli::{Encoding, Format, LineEncoding, LittleEndian, SectionId, constants as dw};

use super::chains::Chains;
use super::{Frame, Positions, Symbols};
use crate::error::PassError;
use crate::origins::{FunctionOrigins, ModuleOrigins};

const ENCODING: Encoding = Encoding { address_size: 4, format: Format::Dwarf32, version: 4 };

/// The sections, by name.
pub(super) fn write(
    positions: &Positions,
    original: &Symbols<'_>,
    origins: &ModuleOrigins,
) -> Result<Vec<(&'static str, Vec<u8>)>, PassError> {
    let mut writer = Writer::new(original);
    let functions = positions.functions.iter().zip(&positions.bodies).zip(&origins.functions);
    let mut last = 0;
    for ((instructions, body), origins) in functions {
        writer.function(instructions, *body, origins);
        last = body.1;
    }
    writer.finish(last)
}

struct Writer<'o, 'a> {
    original: &'o Symbols<'a>,
    dwarf: Dwarf,
    unit: UnitId,
    files: HashMap<String, FileId>,
    /// The functions that are inlined somewhere, by their symbols.
    inlined: HashMap<String, UnitEntryId>,
}

/// An inlined call whose code is being written.
struct Call {
    /// Who was called, and from where.
    callee: Frame,
    caller: Frame,
    entry: UnitEntryId,
}

impl<'o, 'a> Writer<'o, 'a> {
    fn new(original: &'o Symbols<'a>) -> Self {
        let text = |text: &str| LineString::String(text.as_bytes().to_vec());
        let program = LineProgram::new(ENCODING, LineEncoding::default(), text("/"), None, text("code"), None);
        let mut dwarf = Dwarf::new();
        let unit = dwarf.units.add(Unit::new(ENCODING, program));
        let name = dwarf.strings.add(original.module().unwrap_or("module"));
        let root = dwarf.units.get(unit).root();
        let root = dwarf.units.get_mut(unit).get_mut(root);
        root.set(dw::DW_AT_language, AttributeValue::Language(dw::DW_LANG_Rust));
        root.set(dw::DW_AT_name, AttributeValue::StringRef(name));
        root.set(dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(0)));
        Self { original, dwarf, unit, files: HashMap::new(), inlined: HashMap::new() }
    }

    fn function(&mut self, instructions: &[u32], (start, end): (u32, u32), origins: &FunctionOrigins) {
        let chains = Chains::of(self.original, origins).all(instructions, start);
        let Some((_, first)) = chains.first() else { return };
        // The name of a function that is told by its name alone is in the side-car anyway; not those of what went into it.
        let is_bare = |frames: &[Frame]| frames.len() <= 1 && frames.iter().all(|frame| frame.file.is_none());
        if chains.iter().all(|(_, frames)| is_bare(frames)) {
            return;
        }
        let subprogram = self.entry(self.root(), dw::DW_TAG_subprogram);
        self.place(subprogram, start, end);
        // All of them end in the same function: this one.
        if let Some(symbol) = first.first().and_then(|frame| frame.symbol.clone()) {
            self.name(subprogram, &symbol);
        }
        self.lines(&chains, end);
        self.calls(subprogram, &chains, end);
    }

    /// Rows of the line table.
    fn lines(&mut self, chains: &[(u32, Vec<Frame>)], end: u32) {
        let mut rows = Vec::new();
        for (at, frames) in chains {
            let innermost = frames.last().cloned().unwrap_or_default();
            let file = innermost.file.as_deref().map(|file| self.file(file));
            rows.push((*at, file, innermost.line.unwrap_or(0), innermost.column.unwrap_or(0)));
        }
        let program = &mut self.unit().line_program;
        let mut open = None;
        for (at, file, line, column) in rows {
            let Some(file) = file else {
                // Of what comes now nothing is known.
                if let Some(start) = open.take() {
                    program.end_sequence(u64::from(at.saturating_sub(start)));
                }
                continue;
            };
            if open.is_none() {
                program.begin_sequence(Some(Address::Constant(at.into())));
            }
            let start = *open.get_or_insert(at);
            let row = program.row();
            row.address_offset = at.saturating_sub(start).into();
            row.file = file;
            row.line = line.into();
            row.column = column.into();
            program.generate_row();
        }
        if let Some(start) = open {
            program.end_sequence(end.saturating_sub(start).into());
        }
    }

    /// Inlined calls within a function.
    fn calls(&mut self, subprogram: UnitEntryId, chains: &[(u32, Vec<Frame>)], end: u32) {
        let mut open: Vec<Call> = Vec::new();
        for (number, (at, frames)) in chains.iter().enumerate() {
            let until = chains.get(number + 1).map_or(end, |(next, _)| *next);
            let pairs = frames.iter().zip(frames.iter().skip(1));
            // Of the callee only its name says which call it is: where it is in there changes.
            let same = |call: &Call, (caller, callee): &(&Frame, &Frame)| {
                call.caller == **caller && call.callee.symbol == callee.symbol
            };
            let shared = open.iter().zip(pairs.clone()).take_while(|(call, pair)| same(call, pair)).count();
            open.truncate(shared);
            for (caller, callee) in pairs.skip(shared) {
                let parent = open.last().map_or(subprogram, |call| call.entry);
                let entry = self.call(parent, caller, callee);
                self.unit().get_mut(entry).set(dw::DW_AT_low_pc, address(*at));
                open.push(Call { callee: callee.clone(), caller: caller.clone(), entry });
            }
            for call in &open {
                let entry = self.unit().get_mut(call.entry);
                let start = match entry.get(dw::DW_AT_low_pc) {
                    Some(AttributeValue::Address(Address::Constant(start))) => *start,
                    _ => 0,
                };
                entry.set(dw::DW_AT_high_pc, AttributeValue::Udata(u64::from(until).saturating_sub(start)));
            }
        }
    }

    fn call(&mut self, parent: UnitEntryId, caller: &Frame, callee: &Frame) -> UnitEntryId {
        let symbol = callee.symbol.clone().unwrap_or_default();
        let known = self.inlined.get(&symbol).copied();
        let origin = known.unwrap_or_else(|| {
            let origin = self.entry(self.root(), dw::DW_TAG_subprogram);
            self.unit().get_mut(origin).set(dw::DW_AT_inline, AttributeValue::Inline(dw::DW_INL_inlined));
            self.name(origin, &symbol);
            self.inlined.insert(symbol, origin);
            origin
        });
        let file = caller.file.as_deref().map(|file| self.file(file));
        let entry = self.entry(parent, dw::DW_TAG_inlined_subroutine);
        let call = self.unit().get_mut(entry);
        call.set(dw::DW_AT_abstract_origin, AttributeValue::UnitRef(origin));
        if let Some(file) = file {
            call.set(dw::DW_AT_call_file, AttributeValue::FileIndex(Some(file)));
        }
        if let Some(line) = caller.line {
            call.set(dw::DW_AT_call_line, AttributeValue::Udata(line.into()));
        }
        if let Some(column) = caller.column {
            call.set(dw::DW_AT_call_column, AttributeValue::Udata(column.into()));
        }
        entry
    }

    fn name(&mut self, entry: UnitEntryId, symbol: &str) {
        // What is mangled is so for linkers: readers of DWARF make a name of it themselves.
        let is_mangled = rustc_demangle::try_demangle(symbol).is_ok();
        let attribute = if is_mangled { dw::DW_AT_linkage_name } else { dw::DW_AT_name };
        let without_zero: Vec<u8> = symbol.bytes().filter(|byte| *byte != 0).collect();
        let name = self.dwarf.strings.add(without_zero);
        self.unit().get_mut(entry).set(attribute, AttributeValue::StringRef(name));
    }

    fn place(&mut self, entry: UnitEntryId, start: u32, end: u32) {
        let entry = self.unit().get_mut(entry);
        entry.set(dw::DW_AT_low_pc, address(start));
        entry.set(dw::DW_AT_high_pc, AttributeValue::Udata(end.saturating_sub(start).into()));
    }

    fn file(&mut self, path: &str) -> FileId {
        if let Some(file) = self.files.get(path) {
            return *file;
        }
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        // Nothing may be empty, and nothing may hold a zero.
        let text = |text: &str, otherwise: &str| {
            let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != 0).collect();
            LineString::String(if bytes.is_empty() { otherwise.into() } else { bytes })
        };
        let program = &mut self.unit().line_program;
        let directory: DirectoryId = match (directory, path.starts_with('/')) {
            ("", true) => program.default_directory(),
            ("", false) => program.add_directory(text(".", ".")),
            _ => program.add_directory(text(directory, ".")),
        };
        let file = program.add_file(text(name, "?"), directory, None);
        self.files.insert(path.to_owned(), file);
        file
    }

    fn entry(&mut self, parent: UnitEntryId, tag: gimli::DwTag) -> UnitEntryId {
        self.unit().add(parent, tag)
    }

    fn root(&self) -> UnitEntryId {
        self.dwarf.units.get(self.unit).root()
    }

    fn unit(&mut self) -> &mut Unit {
        self.dwarf.units.get_mut(self.unit)
    }

    fn finish(mut self, end: u32) -> Result<Vec<(&'static str, Vec<u8>)>, PassError> {
        let root = self.root();
        self.unit().get_mut(root).set(dw::DW_AT_high_pc, AttributeValue::Udata(end.into()));
        let mut sections = Sections::new(EndianVec::new(LittleEndian));
        self.dwarf.write(&mut sections).map_err(|error| PassError::Encode(error.to_string()))?;
        let mut output = Vec::new();
        sections.for_each(|id: SectionId, data: &EndianVec<LittleEndian>| {
            if !data.slice().is_empty() {
                output.push((id.name(), data.slice().to_vec()));
            }
            Ok::<(), PassError>(())
        })?;
        Ok(output)
    }
}

fn address(at: u32) -> AttributeValue {
    AttributeValue::Address(Address::Constant(at.into()))
}
