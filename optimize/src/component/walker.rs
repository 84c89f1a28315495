//! References within a component: each is visited by the [`Walker`], which writes definitions. Types, nested
//! components and nested modules have index spaces of their own; from inside, only `outer` aliases reach the component
//! that is looked at, and those are followed however deep they stand.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::RawSection;
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};

use super::{Component, Definition, Sort};
use crate::error::{Dangling, PassError};

/// Something in an index space of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Reference {
    pub(crate) sort: Sort,
    pub(crate) index: u32,
}

/// What a [`Walker`] does with each reference to the component it looks at.
pub(crate) trait Visit {
    fn visit(&mut self, reference: Reference) -> Result<u32, Dangling>;
}

/// Writes definitions and has each of their references visited.
pub(crate) struct Walker<'v> {
    visit: &'v mut dyn Visit,
    /// How many types, components and modules stand between here and the component that is looked at.
    depth: u32,
    /// The first reference to what is gone, where the trait that is implemented here has no way to say so.
    dangling: Option<Dangling>,
}

/// Notes each definition that is referred to.
#[derive(Default)]
pub(crate) struct Noted(pub(crate) BTreeSet<Reference>);

impl Visit for Noted {
    fn visit(&mut self, reference: Reference) -> Result<u32, Dangling> {
        self.0.insert(reference);
        Ok(reference.index)
    }
}

/// New indices for old ones.
#[derive(Default)]
pub(crate) struct Renumbered(pub(crate) BTreeMap<Reference, u32>);

impl Visit for Renumbered {
    fn visit(&mut self, reference: Reference) -> Result<u32, Dangling> {
        self.0.get(&reference).copied().ok_or(Dangling { space: reference.sort.name(), index: reference.index })
    }
}

impl Sort {
    fn name(self) -> &'static str {
        match self {
            Self::CoreFunction => "core function",
            Self::CoreTable => "core table",
            Self::CoreMemory => "core memory",
            Self::CoreGlobal => "core global",
            Self::CoreTag => "core tag",
            Self::CoreType => "core type",
            Self::CoreModule => "core module",
            Self::CoreInstance => "core instance",
            Self::Function => "component function",
            Self::Value => "value",
            Self::Type => "component type",
            Self::Component => "nested component",
            Self::Instance => "component instance",
        }
    }
}

impl<'v> Walker<'v> {
    pub(crate) fn new(visit: &'v mut dyn Visit) -> Self {
        Self { visit, depth: 0, dangling: None }
    }

    fn own(&mut self, sort: Sort, index: u32) -> u32 {
        self.outer(sort, 0, index)
    }

    /// A reference that goes this many levels out.
    fn outer(&mut self, sort: Sort, count: u32, index: u32) -> u32 {
        if count != self.depth {
            return index;
        }
        match self.visit.visit(Reference { sort, index }) {
            Ok(index) => index,
            Err(dangling) => {
                self.dangling.get_or_insert(dangling);
                index
            }
        }
    }

    /// Writes one definition as a section of its own.
    pub(crate) fn write(
        &mut self,
        definition: &Definition<'_>,
        output: &mut wasm_encoder::Component,
    ) -> Result<(), PassError> {
        self.write_run(std::slice::from_ref(&definition), output)
    }

    /// Writes definitions of one kind as one section.
    fn write_run(&mut self, run: &[&Definition<'_>], output: &mut wasm_encoder::Component) -> Result<(), PassError> {
        let Some(first) = run.first() else { return Ok(()) };
        match first {
            Definition::Module(bytes) => {
                output.section(&RawSection { id: wasm_encoder::ComponentSectionId::CoreModule.into(), data: bytes });
            }
            Definition::Component(bytes) => {
                let mut nested = wasm_encoder::Component::new();
                self.push_depth();
                self.nested(&mut nested, bytes)?;
                self.pop_depth();
                output.section(&wasm_encoder::NestedComponentSection(&nested));
            }
            Definition::CoreType(_) => {
                let mut section = wasm_encoder::CoreTypeSection::new();
                for definition in run {
                    if let Definition::CoreType(ty) = definition {
                        self.parse_component_core_type(section.ty(), ty.clone())?;
                    }
                }
                output.section(&section);
            }
            Definition::CoreInstance(_) => {
                let mut section = wasm_encoder::InstanceSection::new();
                for definition in run {
                    if let Definition::CoreInstance(instance) = definition {
                        self.parse_instance(&mut section, instance.clone())?;
                    }
                }
                output.section(&section);
            }
            Definition::Type(_) => {
                let mut section = wasm_encoder::ComponentTypeSection::new();
                for definition in run {
                    if let Definition::Type(ty) = definition {
                        self.parse_component_type(section.ty(), ty.clone())?;
                    }
                }
                output.section(&section);
            }
            Definition::Import(_) => {
                let mut section = wasm_encoder::ComponentImportSection::new();
                for definition in run {
                    if let Definition::Import(import) = definition {
                        section.import(import.name, self.component_type_ref(import.ty)?);
                    }
                }
                output.section(&section);
            }
            Definition::Alias(_) => {
                let mut section = wasm_encoder::ComponentAliasSection::new();
                for definition in run {
                    if let Definition::Alias(alias) = definition {
                        section.alias(self.component_alias(alias.clone())?);
                    }
                }
                output.section(&section);
            }
            Definition::Canonical(_) => {
                let mut section = wasm_encoder::CanonicalFunctionSection::new();
                for definition in run {
                    if let Definition::Canonical(function) = definition {
                        self.parse_component_canonical(&mut section, function.clone())?;
                    }
                }
                output.section(&section);
            }
            Definition::Instance(_) => {
                let mut section = wasm_encoder::ComponentInstanceSection::new();
                for definition in run {
                    if let Definition::Instance(instance) = definition {
                        self.parse_component_instance(&mut section, instance.clone())?;
                    }
                }
                output.section(&section);
            }
            Definition::Export(_) => {
                let mut section = wasm_encoder::ComponentExportSection::new();
                for definition in run {
                    if let Definition::Export(export) = definition {
                        self.parse_component_export(&mut section, export.clone())?;
                    }
                }
                output.section(&section);
            }
            Definition::Start(start) => self.parse_component_start_section(output, start.clone())?,
            Definition::Custom(custom) => {
                output.section(&wasm_encoder::CustomSection { name: custom.name().into(), data: custom.data().into() });
            }
        }
        match self.dangling.take() {
            Some(dangling) => Err(PassError::Dangling(dangling)),
            None => Ok(()),
        }
    }

    /// A nested component: nothing changes in it but its `outer` aliases.
    fn nested(&mut self, output: &mut wasm_encoder::Component, bytes: &[u8]) -> Result<(), PassError> {
        let component = Component::parse(bytes)?;
        self.write_all(component.definitions.iter(), output)
    }

    /// Writes definitions, neighbours of one kind as one section.
    pub(crate) fn write_all<'d, 'a: 'd>(
        &mut self,
        definitions: impl Iterator<Item = &'d Definition<'a>>,
        output: &mut wasm_encoder::Component,
    ) -> Result<(), PassError> {
        let mut run: Vec<&Definition<'_>> = Vec::new();
        for definition in definitions {
            if run.first().is_some_and(|first| !first.shares_section(definition)) {
                self.write_run(&run, output)?;
                run.clear();
            }
            run.push(definition);
        }
        self.write_run(&run, output)
    }
}

impl Definition<'_> {
    /// Whether both may stand in one section.
    fn shares_section(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && !matches!(self, Self::Module(_) | Self::Component(_) | Self::Start(_) | Self::Custom(_))
    }
}

impl Reencode for Walker<'_> {
    type Error = Dangling;

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Dangling>> {
        Ok(self.own(Sort::CoreFunction, index))
    }

    fn table_index(&mut self, index: u32) -> Result<u32, Error<Dangling>> {
        Ok(self.own(Sort::CoreTable, index))
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, Error<Dangling>> {
        Ok(self.own(Sort::CoreMemory, index))
    }

    fn global_index(&mut self, index: u32) -> Result<u32, Error<Dangling>> {
        Ok(self.own(Sort::CoreGlobal, index))
    }

    fn tag_index(&mut self, index: u32) -> Result<u32, Error<Dangling>> {
        Ok(self.own(Sort::CoreTag, index))
    }

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Dangling>> {
        Ok(self.own(Sort::CoreType, index))
    }
}

impl ReencodeComponent for Walker<'_> {
    fn component_type_index(&mut self, index: u32) -> u32 {
        self.own(Sort::Type, index)
    }

    fn component_instance_index(&mut self, index: u32) -> u32 {
        self.own(Sort::Instance, index)
    }

    fn component_func_index(&mut self, index: u32) -> u32 {
        self.own(Sort::Function, index)
    }

    fn component_index(&mut self, index: u32) -> u32 {
        self.own(Sort::Component, index)
    }

    fn module_index(&mut self, index: u32) -> u32 {
        self.own(Sort::CoreModule, index)
    }

    fn instance_index(&mut self, index: u32) -> u32 {
        self.own(Sort::CoreInstance, index)
    }

    fn component_value_index(&mut self, index: u32) -> u32 {
        self.own(Sort::Value, index)
    }

    fn outer_type_index(&mut self, count: u32, index: u32) -> Result<u32, Error<Dangling>> {
        Ok(self.outer(Sort::CoreType, count, index))
    }

    fn outer_component_type_index(&mut self, count: u32, index: u32) -> u32 {
        self.outer(Sort::Type, count, index)
    }

    fn outer_component_index(&mut self, count: u32, index: u32) -> u32 {
        self.outer(Sort::Component, count, index)
    }

    fn outer_module_index(&mut self, count: u32, index: u32) -> u32 {
        self.outer(Sort::CoreModule, count, index)
    }

    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }
}

impl Component<'_> {
    /// The definitions that stay, each reference going to what stands for it.
    pub(crate) fn encode(
        &self,
        stays: impl Fn(usize) -> bool,
        stands_for: impl Fn(Reference) -> Reference,
    ) -> Result<Vec<u8>, PassError> {
        let order: Vec<usize> = (0..self.definitions.len()).filter(|place| stays(*place)).collect();
        self.encode_in(&order, stands_for)
    }

    /// The definitions at these places, in this order, each reference going to what stands for it.
    pub(crate) fn encode_in(
        &self,
        order: &[usize],
        stands_for: impl Fn(Reference) -> Reference,
    ) -> Result<Vec<u8>, PassError> {
        let mut counts = BTreeMap::<Sort, u32>::new();
        let mut new = BTreeMap::new();
        let indices = self.indices();
        for place in order {
            let Some((sort, first, count)) = indices.get(*place).copied().flatten() else { continue };
            for index in first..first + count {
                let next = counts.entry(sort).or_default();
                new.insert(Reference { sort, index }, *next);
                *next += 1;
            }
        }
        let mut all = BTreeMap::new();
        for (sort, first, count) in indices.into_iter().flatten() {
            for index in first..first + count {
                let reference = Reference { sort, index };
                if let Some(index) = new.get(&stands_for(reference)) {
                    all.insert(reference, *index);
                }
            }
        }
        let mut renumbered = Renumbered(all);
        let mut walker = Walker::new(&mut renumbered);
        let mut output = wasm_encoder::Component::new();
        let kept = order.iter().filter_map(|place| self.definitions.get(*place));
        walker.write_all(kept, &mut output)?;
        Ok(output.finish())
    }
}
