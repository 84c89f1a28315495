//! Dead code: what neither exports nor the start function nor instantiation reach goes: functions, types, globals, tables,
//! memories, tags, segments and imports.
//!
//! **Why it is sound.** The roots are all that can be seen from outside: exports (those that somebody uses, where the
//! component around says so), the start function, and active segments that write to imported memories and tables or that
//! may trap because they are not certainly in bounds. From there each reference is followed, as the [`Walker`] sees it.
//! A table that stays keeps all functions in its segments, so indirect calls need no analysis. An import that nothing
//! reaches is not asked for any more: a module that asks for less can be instantiated wherever it could be before.
//!
//! Functions that `ref.func` names in code have to be declared outside of code (core specification, §3.4.15, `C.refs`);
//! where what declared them is gone, a declarative segment takes its place.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::Reencode;
use wasmparser::{ElementItems, ElementKind, ExternalKind, Operator, TypeRef};

use super::{Context, Pass};
use crate::error::PassError;
use crate::module::{Counts, Item, Module, Noted, Renumbering, SegmentKind, Walker, constant};
use crate::origins::Made;

pub(crate) struct DeadCode;

impl Pass for DeadCode {
    fn name(&self) -> &'static str {
        "dead-code"
    }

    fn run(&self, module: &[u8], context: &Context<'_>) -> Result<Made, PassError> {
        let mut module = Module::parse(module)?;
        if let Some(used) = context.exports {
            module.exports.retain(|export| used.contains(export.name));
        }
        let live = Reach::of(&module)?;
        let mut renumbering = Renumbering::whole(&module);
        renumbering.functions.keep(|index| live.contains(&Item::Function(index)));
        renumbering.tables.keep(|index| live.contains(&Item::Table(index)));
        renumbering.memories.keep(|index| live.contains(&Item::Memory(index)));
        renumbering.tags.keep(|index| live.contains(&Item::Tag(index)));
        renumbering.globals.keep(|index| live.contains(&Item::Global(index)));
        renumbering.elements.keep(|index| live.contains(&Item::Element(index)));
        renumbering.data.keep(|index| live.contains(&Item::Data(index)));
        renumbering.types.keep(|index| live.contains(&Item::Type(index)));
        module.declared = undeclared(&module, &live)?;
        module.encode(&renumbering)
    }
}

/// How many items of a kind are imported.
struct Imported {
    functions: u32,
    tables: u32,
    tags: u32,
    globals: u32,
}

/// Follows references from the roots.
struct Reach<'m, 'a> {
    module: &'m Module<'a>,
    imports: BTreeMap<Item, TypeRef>,
    imported: Imported,
    /// The recursion groups of types: the first index of each.
    groups: Vec<u32>,
    live: BTreeSet<Item>,
    waiting: Vec<Item>,
}

impl<'m, 'a> Reach<'m, 'a> {
    fn of(module: &'m Module<'a>) -> Result<BTreeSet<Item>, PassError> {
        let mut counts = Counts::default();
        let imports = module.imports.iter().map(|import| (counts.next(&import.ty), import.ty)).collect();
        let imported = Imported {
            functions: module.imported_functions(),
            tables: module.imported_tables(),
            tags: module.imported(|ty| matches!(ty, TypeRef::Tag(_))),
            globals: module.imported(|ty| matches!(ty, TypeRef::Global(_))),
        };
        let mut next = 0;
        let groups = module.types.iter().map(|group| {
            let first = next;
            next += group.types().len() as u32;
            first
        });
        let groups = groups.collect();
        let mut reach = Self { module, imports, imported, groups, live: BTreeSet::new(), waiting: Vec::new() };
        for export in &module.exports {
            reach.add(match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => Item::Function(export.index),
                ExternalKind::Table => Item::Table(export.index),
                ExternalKind::Memory => Item::Memory(export.index),
                ExternalKind::Global => Item::Global(export.index),
                ExternalKind::Tag => Item::Tag(export.index),
            });
        }
        if let Some(start) = module.start {
            reach.add(Item::Function(start));
        }
        for (index, element) in (0..).zip(&module.elements) {
            if let ElementKind::Active { table_index, offset_expr } = &element.kind
                && !module.element_fits(table_index.unwrap_or(0), offset_expr, &element.items)
            {
                reach.add(Item::Element(index));
            }
        }
        for (index, segment) in (0..).zip(&module.data) {
            if let SegmentKind::Active { memory, offset } = &segment.kind
                && !module.data_fits(*memory, offset, segment.bytes.len())
            {
                reach.add(Item::Data(index));
            }
        }
        while let Some(item) = reach.waiting.pop() {
            reach.follow(item)?;
        }
        Ok(reach.live)
    }

    fn add(&mut self, item: Item) {
        if self.live.insert(item) {
            self.waiting.push(item);
        }
    }

    fn follow(&mut self, item: Item) -> Result<(), PassError> {
        let mut noted = Noted::default();
        let mut collector = Walker(&mut noted);
        if let Some(ty) = self.imports.get(&item).copied() {
            collector.entity_type(ty)?;
        }
        let module = self.module;
        match item {
            Item::Type(index) => {
                // A recursion group is one definition: all of it stays, or nothing.
                let place = self.groups.partition_point(|first| *first <= index).checked_sub(1);
                if let Some(place) = place
                    && let (Some(first), Some(group)) = (self.groups.get(place), module.types.get(place))
                {
                    for index in (*first..).take(group.types().len()) {
                        collector.type_index(index)?;
                    }
                    collector.parse_recursive_type_group(wasm_encoder::TypeSection::new().ty(), group.clone())?;
                }
            }
            Item::Function(index) => {
                if let Some(function) = own(&module.functions, index, self.imported.functions) {
                    collector.type_index(function.type_index)?;
                    collector.visit_function_body(&function.parsed())?;
                }
            }
            Item::Table(index) => {
                if let Some(table) = own(&module.tables, index, self.imported.tables) {
                    collector.parse_table(&mut wasm_encoder::TableSection::new(), table.clone())?;
                }
                for (segment, element) in (0..).zip(&module.elements) {
                    if matches!(element.kind, ElementKind::Active { table_index, .. } if table_index.unwrap_or(0) == index)
                    {
                        self.add(Item::Element(segment));
                    }
                }
            }
            Item::Memory(index) => {
                for (number, segment) in (0..).zip(&module.data) {
                    if matches!(segment.kind, SegmentKind::Active { memory, .. } if memory == index) {
                        self.add(Item::Data(number));
                    }
                }
            }
            Item::Tag(index) => {
                if let Some(tag) = own(&module.tags, index, self.imported.tags) {
                    collector.tag_type(*tag)?;
                }
            }
            Item::Global(index) => {
                if let Some(global) = own(&module.globals, index, self.imported.globals) {
                    collector.parse_global(&mut wasm_encoder::GlobalSection::new(), global.clone())?;
                }
            }
            Item::Element(index) => {
                if let Some(element) = module.elements.get(index as usize) {
                    collector.parse_element(&mut wasm_encoder::ElementSection::new(), element.clone())?;
                }
            }
            Item::Data(index) => {
                if let Some(segment) = module.data.get(index as usize)
                    && let SegmentKind::Active { memory, offset } = &segment.kind
                {
                    collector.memory_index(*memory)?;
                    collector.const_expr(offset.clone())?;
                }
            }
        }
        for item in noted.0 {
            self.add(item);
        }
        Ok(())
    }
}

fn own<T>(items: &[T], index: u32, imported: u32) -> Option<&T> {
    items.get(index.checked_sub(imported)? as usize)
}

/// What live code takes references to and nothing that stays declares.
fn undeclared(module: &Module<'_>, live: &BTreeSet<Item>) -> Result<Vec<u32>, PassError> {
    let mut referenced = BTreeSet::new();
    for (index, function) in (module.imported_functions()..).zip(&module.functions) {
        if !live.contains(&Item::Function(index)) {
            continue;
        }
        for operator in function.parsed().get_operators_reader()? {
            if let Operator::RefFunc { function_index } = operator? {
                referenced.insert(function_index);
            }
        }
    }
    if referenced.is_empty() {
        return Ok(Vec::new());
    }
    let mut noted = Noted::default();
    let mut declared = Walker(&mut noted);
    for export in &module.exports {
        declared.external_index(export.kind, export.index)?;
    }
    for (index, element) in (0..).zip(&module.elements) {
        if live.contains(&Item::Element(index)) {
            declared.parse_element(&mut wasm_encoder::ElementSection::new(), element.clone())?;
        }
    }
    let imported = module.imported(|ty| matches!(ty, TypeRef::Global(_)));
    for (index, global) in (imported..).zip(&module.globals) {
        if live.contains(&Item::Global(index)) {
            declared.parse_global(&mut wasm_encoder::GlobalSection::new(), global.clone())?;
        }
    }
    for (index, table) in (module.imported_tables()..).zip(&module.tables) {
        if live.contains(&Item::Table(index)) {
            declared.parse_table(&mut wasm_encoder::TableSection::new(), table.clone())?;
        }
    }
    Ok(referenced.into_iter().filter(|index| !noted.0.contains(&Item::Function(*index))).collect())
}

impl Module<'_> {
    /// Whether an active segment writes to a table of the module's own, and certainly within it.
    fn element_fits(&self, table: u32, offset: &wasmparser::ConstExpr<'_>, items: &ElementItems<'_>) -> bool {
        let Some(table) = own(&self.tables, table, self.imported_tables()) else { return false };
        let count = match items {
            ElementItems::Functions(items) => items.count(),
            ElementItems::Expressions(_, items) => items.count(),
        };
        constant(offset)
            .and_then(|offset| offset.checked_add(u64::from(count)))
            .is_some_and(|end| end <= table.ty.initial)
    }

    /// Whether an active segment writes to a memory of the module's own, and certainly within it.
    pub(crate) fn data_fits(&self, memory: u32, offset: &wasmparser::ConstExpr<'_>, length: usize) -> bool {
        let Some(memory) = own(&self.memories, memory, self.imported_memories()) else { return false };
        let size = memory.initial.checked_shl(memory.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX);
        constant(offset).and_then(|offset| offset.checked_add(length as u64)).is_some_and(|end| end <= size)
    }
}
