//! Puts a module back together: what stays, renumbered, with every index in its shortest form.

use std::borrow::Cow;

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, ExportSection, FunctionSection,
    GlobalSection, ImportSection, IndirectNameMap, MemorySection, NameMap, NameSection, StartSection, TableSection,
    TagSection, TypeSection,
};
use wasmparser::{KnownCustom, Name, TypeRef};

use super::{Item, Module, ORDER, Renumbering, SegmentKind, Visit, Walker};
use crate::error::{Dangling, PassError};
use crate::origins::{Code, Made, Moved};

/// Gives each reference its new value.
struct Renumbered<'r> {
    renumbering: &'r Renumbering,
    /// Whether an instruction names a data segment: then their number comes before the code.
    names_data: bool,
}

impl Visit for Renumbered<'_> {
    fn visit(&mut self, item: Item) -> Result<u32, Dangling> {
        match item {
            Item::Type(index) => self.renumbering.types.get(index),
            Item::Function(index) => self.renumbering.functions.get(index),
            Item::Table(index) => self.renumbering.tables.get(index),
            Item::Memory(index) => self.renumbering.memories.get(index),
            Item::Tag(index) => self.renumbering.tags.get(index),
            Item::Global(index) => self.renumbering.globals.get(index),
            Item::Element(index) => self.renumbering.elements.get(index),
            Item::Data(index) => {
                self.names_data = true;
                self.renumbering.data.get(index)
            }
        }
    }
}

impl<'a> Module<'a> {
    /// What stays of the module, as bytes, and where its code comes from.
    pub(crate) fn encode(&self, renumbering: &Renumbering) -> Result<Made, PassError> {
        let is_copied = renumbering.is_identity();
        self.write(renumbering, is_copied)
    }

    /// All of the module, with every number in its code written anew.
    pub(crate) fn encode_anew(&self) -> Result<Made, PassError> {
        self.write(&Renumbering::whole(self), false)
    }

    fn write(&self, renumbering: &Renumbering, is_copied: bool) -> Result<Made, PassError> {
        let mut renumbered = Renumbered { renumbering, names_data: false };
        let code = if is_copied {
            self.copied_code(&mut Walker(&mut renumbered))?
        } else {
            self.code(&mut Walker(&mut renumbered), renumbering)?
        };
        let names_data = renumbered.names_data;
        let walker = &mut Walker(&mut renumbered);
        let mut output = wasm_encoder::Module::new();
        self.write_customs(0, &mut output, renumbering)?;
        for (place, id) in ORDER.iter().enumerate() {
            match id {
                1 => {
                    let mut section = TypeSection::new();
                    let mut first = 0;
                    for group in &self.types {
                        if renumbering.types.stays(first) {
                            walker.parse_recursive_type_group(section.ty(), group.clone())?;
                        }
                        first += group.types().len() as u32;
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                2 => {
                    let mut section = ImportSection::new();
                    let mut counts = Counts::default();
                    for import in &self.imports {
                        if counts.next(&import.ty).stays(renumbering) {
                            walker.parse_import(&mut section, *import)?;
                        }
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                3 => {
                    let mut section = FunctionSection::new();
                    for function in self.own_functions(renumbering) {
                        section.function(walker.type_index(function.type_index)?);
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                4 => {
                    let mut section = TableSection::new();
                    let imported = self.imported_tables();
                    for (index, table) in (imported..).zip(&self.tables) {
                        if renumbering.tables.stays(index) {
                            walker.parse_table(&mut section, table.clone())?;
                        }
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                5 => {
                    let mut section = MemorySection::new();
                    for (index, memory) in (self.imported_memories()..).zip(&self.memories) {
                        if renumbering.memories.stays(index) {
                            section.memory(walker.memory_type(*memory)?);
                        }
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                13 => {
                    let mut section = TagSection::new();
                    let imported = self.imported(|ty| matches!(ty, TypeRef::Tag(_)));
                    for (index, tag) in (imported..).zip(&self.tags) {
                        if renumbering.tags.stays(index) {
                            section.tag(walker.tag_type(*tag)?);
                        }
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                6 => {
                    let mut section = GlobalSection::new();
                    let imported = self.imported(|ty| matches!(ty, TypeRef::Global(_)));
                    for (index, global) in (imported..).zip(&self.globals) {
                        if renumbering.globals.stays(index) {
                            walker.parse_global(&mut section, global.clone())?;
                        }
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                7 => {
                    let mut section = ExportSection::new();
                    for export in &self.exports {
                        walker.parse_export(&mut section, *export)?;
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                8 => {
                    if let Some(start) = self.start {
                        output.section(&StartSection { function_index: walker.function_index(start)? });
                    }
                }
                9 => {
                    let mut section = ElementSection::new();
                    for (index, element) in (0..).zip(&self.elements) {
                        if renumbering.elements.stays(index) {
                            walker.parse_element(&mut section, element.clone())?;
                        }
                    }
                    if !self.declared.is_empty() {
                        let mut declared = self
                            .declared
                            .iter()
                            .map(|index| walker.function_index(*index))
                            .collect::<Result<Vec<_>, _>>()?;
                        declared.sort_unstable();
                        declared.dedup();
                        section.declared(Elements::Functions(declared.into()));
                    }
                    put(&mut output, section.is_empty(), &section);
                }
                12 if names_data => {
                    let count = renumbering.data.order().len() as u32;
                    output.section(&DataCountSection { count });
                }
                10 => put(&mut output, code.is_empty(), &code),
                11 => {
                    let section = self.data(walker, renumbering)?;
                    put(&mut output, section.is_empty(), &section);
                }
                _ => {}
            }
            self.write_customs(place as u8 + 1, &mut output, renumbering)?;
        }
        let moved = self.own_functions_by_place(renumbering);
        let moved = moved.map(|(function, it)| Moved { function, operators: it.operators.clone() });
        Ok(Made { bytes: output.finish(), code: Code::Moved(moved.collect()) })
    }

    /// The defined functions that stay, in their new order.
    fn own_functions(&self, renumbering: &Renumbering) -> impl Iterator<Item = &super::Function<'a>> {
        self.own_functions_by_place(renumbering).map(|(_, function)| function)
    }

    /// The same with the places that they had among all that are defined.
    fn own_functions_by_place(&self, renumbering: &Renumbering) -> impl Iterator<Item = (u32, &super::Function<'a>)> {
        let imported = self.imported_functions();
        let order: Vec<u32> = renumbering.functions.order().to_vec();
        order
            .into_iter()
            .filter_map(move |index| index.checked_sub(imported))
            .filter_map(|place| Some((place, self.functions.get(place as usize)?)))
    }

    fn code(&self, walker: &mut Walker<'_>, renumbering: &Renumbering) -> Result<CodeSection, PassError> {
        let mut code = CodeSection::new();
        for function in self.own_functions(renumbering) {
            walker.parse_function_body(&mut code, function.parsed())?;
        }
        Ok(code)
    }

    /// The code as it is, where all that it refers to has the number that it had.
    fn copied_code(&self, walker: &mut Walker<'_>) -> Result<CodeSection, PassError> {
        let mut code = CodeSection::new();
        for function in &self.functions {
            code.raw(function.body());
            // Without this section no instruction names a segment (core specification, §5.5.16).
            if self.has_data_count {
                walker.visit_function_body(&function.parsed())?;
            }
        }
        Ok(code)
    }

    fn data(&self, walker: &mut Walker<'_>, renumbering: &Renumbering) -> Result<DataSection, PassError> {
        let mut section = DataSection::new();
        for (index, segment) in (0..).zip(&self.data) {
            if !renumbering.data.stays(index) {
                continue;
            }
            let bytes = segment.bytes.iter().copied();
            match &segment.kind {
                SegmentKind::Passive => section.passive(bytes),
                SegmentKind::Active { memory, offset } => {
                    section.active(walker.memory_index(*memory)?, &walker.const_expr(offset.clone())?, bytes)
                }
                SegmentKind::At { memory, address, wide } => {
                    // Addresses are written as signed numbers of the same bits.
                    let offset = if *wide {
                        ConstExpr::i64_const(*address as i64)
                    } else {
                        ConstExpr::i32_const(*address as u32 as i32)
                    };
                    section.active(walker.memory_index(*memory)?, &offset, bytes)
                }
            };
        }
        Ok(section)
    }

    fn write_customs(
        &self,
        place: u8,
        output: &mut wasm_encoder::Module,
        renumbering: &Renumbering,
    ) -> Result<(), PassError> {
        for custom in self.customs.iter().filter(|custom| custom.after == place) {
            match custom.section.as_known() {
                KnownCustom::Name(names) => {
                    // A name section that can't be read is of no use to anybody.
                    if let Ok(names) = renumber_names(names, renumbering) {
                        output.section(&names);
                    }
                }
                _ => {
                    output.section(&wasm_encoder::CustomSection {
                        name: custom.name.into(),
                        data: Cow::Borrowed(custom.data),
                    });
                }
            }
        }
        Ok(())
    }
}

fn put(output: &mut wasm_encoder::Module, is_empty: bool, section: &impl wasm_encoder::Section) {
    if !is_empty {
        output.section(section);
    }
}

/// Names of what stays; those of locals and labels go, because the code they speak of may have others now.
fn renumber_names(
    names: wasmparser::NameSectionReader<'_>,
    renumbering: &Renumbering,
) -> Result<NameSection, wasmparser::Error> {
    let mut output = NameSection::new();
    for name in names {
        match name? {
            Name::Module { name, .. } => output.module(name),
            Name::Function(map) => output.functions(&flat(map, &renumbering.functions)?),
            Name::Type(map) => output.types(&flat(map, &renumbering.types)?),
            Name::Table(map) => output.tables(&flat(map, &renumbering.tables)?),
            Name::Memory(map) => output.memories(&flat(map, &renumbering.memories)?),
            Name::Global(map) => output.globals(&flat(map, &renumbering.globals)?),
            Name::Element(map) => output.elements(&flat(map, &renumbering.elements)?),
            Name::Data(map) => output.data(&flat(map, &renumbering.data)?),
            Name::Tag(map) => output.tags(&flat(map, &renumbering.tags)?),
            Name::Field(map) => {
                let mut fields: Vec<(u32, NameMap)> = Vec::new();
                for naming in map {
                    let naming = naming?;
                    if renumbering.types.stays(naming.index)
                        && let Ok(index) = renumbering.types.get(naming.index)
                    {
                        let mut inner = NameMap::new();
                        for naming in naming.names {
                            let naming = naming?;
                            inner.append(naming.index, naming.name);
                        }
                        fields.push((index, inner));
                    }
                }
                fields.sort_by_key(|(index, _)| *index);
                let mut map = IndirectNameMap::new();
                for (index, inner) in fields {
                    map.append(index, &inner);
                }
                output.fields(&map);
            }
            Name::Local(_) | Name::Label(_) | Name::Unknown { .. } => {}
        }
    }
    Ok(output)
}

fn flat(map: wasmparser::NameMap<'_>, space: &super::Space) -> Result<NameMap, wasmparser::Error> {
    let mut names: Vec<(u32, &str)> = Vec::new();
    for naming in map {
        let naming = naming?;
        if space.stays(naming.index)
            && let Ok(index) = space.get(naming.index)
        {
            names.push((index, naming.name));
        }
    }
    names.sort_by_key(|(index, _)| *index);
    let mut output = NameMap::new();
    for (index, name) in names {
        output.append(index, name);
    }
    Ok(output)
}

/// Which item the next import of each kind is.
#[derive(Default)]
pub(crate) struct Counts {
    functions: u32,
    tables: u32,
    memories: u32,
    tags: u32,
    globals: u32,
}

impl Counts {
    pub(crate) fn next(&mut self, ty: &TypeRef) -> Item {
        let (count, item): (&mut u32, fn(u32) -> Item) = match ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => (&mut self.functions, Item::Function),
            TypeRef::Table(_) => (&mut self.tables, Item::Table),
            TypeRef::Memory(_) => (&mut self.memories, Item::Memory),
            TypeRef::Tag(_) => (&mut self.tags, Item::Tag),
            TypeRef::Global(_) => (&mut self.globals, Item::Global),
        };
        let index = *count;
        *count += 1;
        item(index)
    }
}

impl Item {
    fn stays(self, renumbering: &Renumbering) -> bool {
        match self {
            Self::Type(index) => renumbering.types.stays(index),
            Self::Function(index) => renumbering.functions.stays(index),
            Self::Table(index) => renumbering.tables.stays(index),
            Self::Memory(index) => renumbering.memories.stays(index),
            Self::Tag(index) => renumbering.tags.stays(index),
            Self::Global(index) => renumbering.globals.stays(index),
            Self::Element(index) => renumbering.elements.stays(index),
            Self::Data(index) => renumbering.data.stays(index),
        }
    }
}
