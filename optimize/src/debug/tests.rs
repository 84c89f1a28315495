//! What is written for debuggers of code that was inlined, read as debuggers do.

use gimli::write::{
    Address, AttributeValue, Dwarf, EndianVec, LineProgram, LineString, Sections, Unit, UnitEntryId, UnitId,
};
use gimli::{Encoding, Format, LineEncoding, LittleEndian, SectionId, constants as dw};
use wasm_encoder::{CustomSection, Section};

use super::*;
use crate::origins::Made;

/// Each instruction of the three functions, with its line; the second's call is in a function that the compiler has inlined there.
const BEFORE: &str = "(module (memory 1)
    (func $run (export \"run\") (result i32) i32.const 8 i32.load call $middle)
    (func $middle call $deep)
    (func $deep i32.const 0 i32.const 1 i32.store))";
const LINES: [&[u64]; 3] = [&[10, 11, 12, 13], &[30, 23], &[40, 41, 42, 43]];
/// Where the function that the compiler has inlined was called from.
const HELPER_CALLED: u64 = 21;

/// What is appended to a module for debuggers.
struct Writer {
    dwarf: Dwarf,
    unit: UnitId,
}

impl Writer {
    fn entry(&mut self, tag: gimli::DwTag, parent: Option<UnitEntryId>, place: Option<(u32, u32)>) -> UnitEntryId {
        let unit = self.dwarf.units.get_mut(self.unit);
        let id = unit.add(parent.unwrap_or(unit.root()), tag);
        if let Some((start, end)) = place {
            unit.get_mut(id).set(dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(start.into())));
            unit.get_mut(id).set(dw::DW_AT_high_pc, AttributeValue::Udata((end - start).into()));
        }
        id
    }

    fn set(&mut self, id: UnitEntryId, name: gimli::DwAt, value: AttributeValue) {
        self.dwarf.units.get_mut(self.unit).get_mut(id).set(name, value);
    }

    fn name(&mut self, id: UnitEntryId, name: &str) {
        self.set(id, dw::DW_AT_name, AttributeValue::String(name.into()));
    }
}

/// The module with names and with DWARF as a compiler writes it.
fn compiled() -> Vec<u8> {
    let mut module = wat::parse_str(BEFORE).unwrap();
    let positions = Positions::of(&module).unwrap();
    let encoding = Encoding { address_size: 4, format: Format::Dwarf32, version: 4 };
    let text = |text: &str| LineString::String(text.into());
    let mut program = LineProgram::new(encoding, LineEncoding::default(), text("/"), None, text("lib.rs"), None);
    let directory = program.add_directory(text("src"));
    let file = program.add_file(text("lib.rs"), directory, None);
    for ((instructions, (start, end)), lines) in positions.functions.iter().zip(&positions.bodies).zip(LINES) {
        program.begin_sequence(Some(Address::Constant(u64::from(*start))));
        for (at, line) in instructions.iter().zip(lines) {
            program.row().address_offset = u64::from(at - start);
            program.row().file = file;
            program.row().line = *line;
            program.generate_row();
        }
        program.end_sequence(u64::from(end - start));
    }
    let mut dwarf = Dwarf::new();
    let unit = dwarf.units.add(Unit::new(encoding, program));
    let mut writer = Writer { dwarf, unit };
    let root = writer.dwarf.units.get(unit).root();
    let end = positions.bodies.last().unwrap().1;
    writer.set(root, dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(0)));
    writer.set(root, dw::DW_AT_high_pc, AttributeValue::Udata(end.into()));
    let helper = writer.entry(dw::DW_TAG_subprogram, None, None);
    writer.name(helper, "helper");
    for (name, place) in ["run", "middle", "deep"].iter().zip(&positions.bodies) {
        let function = writer.entry(dw::DW_TAG_subprogram, None, Some(*place));
        writer.name(function, name);
        if *name == "middle" {
            let call = (positions.functions[1][0], positions.functions[1][1]);
            let inlined = writer.entry(dw::DW_TAG_inlined_subroutine, Some(function), Some(call));
            writer.set(inlined, dw::DW_AT_abstract_origin, AttributeValue::UnitRef(helper));
            writer.set(inlined, dw::DW_AT_call_file, AttributeValue::FileIndex(Some(file)));
            writer.set(inlined, dw::DW_AT_call_line, AttributeValue::Udata(HELPER_CALLED));
        }
    }
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    writer.dwarf.write(&mut sections).unwrap();
    let append = |id: SectionId, data: &EndianVec<LittleEndian>| {
        CustomSection { name: id.name().into(), data: data.slice().into() }.append_to(&mut module);
        Ok::<_, gimli::write::Error>(())
    };
    sections.for_each(append).unwrap();
    module
}

/// What debuggers read at an instruction of the first function of what was made: each function with its line, the innermost first.
fn read(after: &str, from: &[Option<(usize, usize)>], which: Option<u32>, number: usize) -> Vec<String> {
    let (before, after) = (compiled(), wat::parse_str(after).unwrap());
    let (old, new) = (Positions::of(&before).unwrap(), Positions::of(&after).unwrap());
    let pairs = new.functions[0].iter().zip(from);
    let pairs = pairs
        .filter_map(|(at, from)| Some((at + new.start, old.functions[from.as_ref()?.0][from.as_ref()?.1] + old.start)));
    let made = Made::by_positions(&before, after.clone(), &pairs.collect::<Vec<_>>(), &[which]).unwrap();
    let mut origins = ModuleOrigins::as_it_is(&before).unwrap();
    origins.after(&made.bytes, made.code);
    let with_debug = [after.as_slice(), &of_module(&after, &origins).unwrap()].concat();
    let symbols = Symbols::of(&with_debug).unwrap();
    let frames = symbols.frames(symbols.positions().functions[0][number]);
    for (depth, frame) in frames.iter().enumerate() {
        assert_eq!(frame.is_inlined, depth + 1 < frames.len(), "{frames:?}");
        assert_eq!(frame.line.is_some(), frame.file.is_some(), "{frames:?}");
    }
    let word = |frame: Frame| {
        let name = frame.symbol.unwrap_or_else(|| "?".to_owned());
        frame.line.map_or(name.clone(), |line| format!("{name} {}:{line}", frame.file.unwrap()))
    };
    frames.into_iter().map(word).collect()
}

const AFTER: &str = "(module (memory 1) (func (export \"run\") (result i32)
    i32.const 8 i32.load i32.const 0 i32.const 1 i32.store))";
const FROM: [Option<(usize, usize)>; 6] =
    [Some((0, 0)), Some((0, 1)), Some((2, 0)), Some((2, 1)), Some((2, 2)), Some((0, 3))];

#[test]
fn inlined_code_is_told_with_every_function_around_it_and_the_lines_of_the_calls() {
    assert_eq!(read(AFTER, &FROM, Some(0), 1), ["run src/lib.rs:11"]);
    let around = ["helper src/lib.rs:30", "middle src/lib.rs:21", "run src/lib.rs:12"];
    assert_eq!(read(AFTER, &FROM, Some(0), 2), [&["deep src/lib.rs:40"][..], &around].concat());
    assert_eq!(read(AFTER, &FROM, Some(0), 4), [&["deep src/lib.rs:42"][..], &around].concat());
    assert_eq!(read(AFTER, &FROM, Some(0), 5), ["run src/lib.rs:13"]);
}

#[test]
fn where_the_function_around_is_not_known_the_innermost_is_told() {
    assert_eq!(read(AFTER, &FROM, None, 4), ["deep src/lib.rs:42", "?"]);
    assert_eq!(read(AFTER, &FROM, None, 1), ["run src/lib.rs:11", "?"]);
    // All of it is from one function.
    let from = [Some((2, 0)), Some((2, 1)), Some((2, 2)), Some((2, 3))];
    assert_eq!(
        read("(module (memory 1) (func i32.const 0 i32.const 1 i32.store))", &from, None, 2),
        ["deep src/lib.rs:42"]
    );
}

#[test]
fn where_the_call_is_not_known_no_line_of_it_is_told() {
    // What calls its own caller was not inlined there by any call that is known.
    assert_eq!(read(AFTER, &[Some((0, 1)); 6], Some(2), 1), ["run src/lib.rs:11", "deep"]);
}

#[test]
fn an_instruction_of_nothing_belongs_to_what_is_around_it_if_that_is_one() {
    let [mut between, mut inside] = [FROM; 2];
    between[2] = None;
    assert_eq!(read(AFTER, &between, Some(0), 2), ["run"]);
    inside[2] = Some((2, 2));
    inside[3] = None;
    assert_eq!(read(AFTER, &inside, Some(0), 3).first().unwrap(), "deep src/lib.rs:42");
}
