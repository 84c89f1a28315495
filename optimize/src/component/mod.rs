//! A component taken apart: its definitions one by one, in their order. Passes leave some out, or have references to one go
//! to another; [`Component::encode`] puts the rest back.

pub(crate) mod direct;
mod exports;
mod group;
mod labels;
mod merge;
mod names;
mod reach;

mod strip;
mod walker;

use std::collections::BTreeMap;

use wasmparser::{
    CanonicalFunction, Chunk, ComponentAlias, ComponentExport, ComponentExternalKind, ComponentImport,
    ComponentInstance, ComponentOuterAliasKind, ComponentStartFunction, ComponentType, CoreType, CustomSectionReader,
    ExternalKind, Instance, Parser, Payload,
};

pub(crate) use self::exports::used_exports;
pub(crate) use self::walker::{Noted, Reference, Walker};
use crate::error::PassError;
use crate::options::Options;

/// A pass over a component's own definitions; what is nested is bytes to it.
pub(crate) trait Pass {
    /// What statistics and errors call it.
    fn name(&self) -> &'static str;

    /// From a valid component to a valid component.
    fn run(&self, component: &[u8], options: &Options) -> Result<Vec<u8>, PassError>;
}

/// What is done once, to the component itself or to one in it.
pub(crate) fn once(is_outermost: bool) -> &'static [&'static dyn Pass] {
    if is_outermost { &[&strip::StripComponent::Outermost] } else { &[&strip::StripComponent::Enclosed] }
}

/// What is done until nothing gets smaller.
pub(crate) const REPEATED: &[&dyn Pass] = &[
    &exports::PruneArguments,
    &merge::MergeDefinitions,
    &reach::UnusedDefinitions,
    &names::ShortNames,
    &labels::ShortLabels,
    &group::GroupDefinitions,
];

/// An index space of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sort {
    CoreFunction,
    CoreTable,
    CoreMemory,
    CoreGlobal,
    CoreTag,
    CoreType,
    CoreModule,
    CoreInstance,
    Function,
    Value,
    Type,
    Component,
    Instance,
}

/// One definition.
#[derive(Clone, Debug)]
pub(crate) enum Definition<'a> {
    Module(&'a [u8]),
    Component(&'a [u8]),
    CoreType(CoreType<'a>),
    CoreInstance(Instance<'a>),
    Type(ComponentType<'a>),
    Import(ComponentImport<'a>),
    Alias(ComponentAlias<'a>),
    Canonical(CanonicalFunction),
    Instance(ComponentInstance<'a>),
    Export(ComponentExport<'a>),
    Start(ComponentStartFunction),
    Custom(CustomSectionReader<'a>),
}

/// A component. Indices are those of the component it was parsed from until it is encoded.
#[derive(Clone)]
pub(crate) struct Component<'a> {
    pub(crate) definitions: Vec<Definition<'a>>,
    /// Where the modules and components are that are nested here, by their index.
    nested: BTreeMap<(Sort, u32), usize>,
}

impl<'a> Component<'a> {
    /// Takes a valid component apart. What is nested stays bytes.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, PassError> {
        let mut definitions = Vec::new();
        let mut parser = Parser::new(0);
        let mut rest = bytes;
        while !rest.is_empty() {
            let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else { break };
            rest = rest.get(consumed..).unwrap_or_default();
            match payload {
                Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                    let length = (unchecked_range.end - unchecked_range.start) as usize;
                    let (nested, after) = rest.split_at(length.min(rest.len()));
                    rest = after;
                    definitions.push(if Parser::is_core_wasm(nested) {
                        Definition::Module(nested)
                    } else {
                        Definition::Component(nested)
                    });
                }
                Payload::CoreTypeSection(section) => read(&mut definitions, section, Definition::CoreType)?,
                Payload::InstanceSection(section) => read(&mut definitions, section, Definition::CoreInstance)?,
                Payload::ComponentTypeSection(section) => read(&mut definitions, section, Definition::Type)?,
                Payload::ComponentImportSection(section) => read(&mut definitions, section, Definition::Import)?,
                Payload::ComponentAliasSection(section) => read(&mut definitions, section, Definition::Alias)?,
                Payload::ComponentCanonicalSection(section) => read(&mut definitions, section, Definition::Canonical)?,
                Payload::ComponentInstanceSection(section) => read(&mut definitions, section, Definition::Instance)?,
                Payload::ComponentExportSection(section) => read(&mut definitions, section, Definition::Export)?,
                Payload::ComponentStartSection { start, .. } => definitions.push(Definition::Start(start)),
                Payload::CustomSection(section) => definitions.push(Definition::Custom(section)),
                _ => {}
            }
        }
        let mut component = Self { definitions, nested: BTreeMap::new() };
        let is_nested = |it: &Definition<'_>| matches!(it, Definition::Module(_) | Definition::Component(_));
        let places = component.indices().into_iter().enumerate().zip(&component.definitions);
        let nested = places.filter(|(_, definition)| is_nested(definition));
        component.nested = nested.filter_map(|((place, made), _)| made.map(|it| ((it.0, it.1), place))).collect();
        Ok(component)
    }

    /// The bytes behind a module's index, where it is defined here.
    pub(crate) fn module(&self, index: u32) -> Option<&'a [u8]> {
        match self.definitions.get(*self.nested.get(&(Sort::CoreModule, index))?) {
            Some(Definition::Module(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// The bytes behind a nested component's index, where it is defined here.
    pub(crate) fn component(&self, index: u32) -> Option<&'a [u8]> {
        match self.definitions.get(*self.nested.get(&(Sort::Component, index))?) {
            Some(Definition::Component(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// For each definition the first of the indices that it makes: their sort and number.
    pub(crate) fn indices(&self) -> Vec<Option<(Sort, u32, u32)>> {
        let mut counts = BTreeMap::<Sort, u32>::new();
        self.definitions
            .iter()
            .map(|definition| {
                let (sort, count) = definition.makes()?;
                let next = counts.entry(sort).or_default();
                let first = *next;
                *next += count;
                Some((sort, first, count))
            })
            .collect()
    }
}

fn read<'a, T: wasmparser::FromReader<'a>>(
    definitions: &mut Vec<Definition<'a>>,
    section: wasmparser::SectionLimited<'a, T>,
    definition: fn(T) -> Definition<'a>,
) -> Result<(), wasmparser::Error> {
    for item in section {
        definitions.push(definition(item?));
    }
    Ok(())
}

impl Definition<'_> {
    /// The sort and number of the indices that it makes.
    pub(crate) fn makes(&self) -> Option<(Sort, u32)> {
        Some(match self {
            Self::Module(_) => (Sort::CoreModule, 1),
            Self::Component(_) => (Sort::Component, 1),
            Self::CoreType(CoreType::Rec(group)) => (Sort::CoreType, group.types().len() as u32),
            Self::CoreType(CoreType::Module(_)) => (Sort::CoreType, 1),
            Self::CoreInstance(_) => (Sort::CoreInstance, 1),
            Self::Type(_) => (Sort::Type, 1),
            Self::Import(import) => (Sort::of(import.ty.kind()), 1),
            Self::Alias(ComponentAlias::InstanceExport { kind, .. }) => (Sort::of(*kind), 1),
            Self::Alias(ComponentAlias::CoreInstanceExport { kind, .. }) => (Sort::of_core(*kind), 1),
            Self::Alias(ComponentAlias::Outer { kind, .. }) => (
                match kind {
                    ComponentOuterAliasKind::CoreModule => Sort::CoreModule,
                    ComponentOuterAliasKind::CoreType => Sort::CoreType,
                    ComponentOuterAliasKind::Type => Sort::Type,
                    ComponentOuterAliasKind::Component => Sort::Component,
                },
                1,
            ),
            Self::Canonical(CanonicalFunction::Lift { .. }) => (Sort::Function, 1),
            Self::Canonical(_) => (Sort::CoreFunction, 1),
            Self::Instance(_) => (Sort::Instance, 1),
            Self::Export(export) => (Sort::of(export.kind), 1),
            Self::Start(start) => (Sort::Value, start.results),
            Self::Custom(_) => return None,
        })
    }
}

impl Sort {
    pub(crate) fn of(kind: ComponentExternalKind) -> Self {
        match kind {
            ComponentExternalKind::Module => Self::CoreModule,
            ComponentExternalKind::Func => Self::Function,
            ComponentExternalKind::Value => Self::Value,
            ComponentExternalKind::Type => Self::Type,
            ComponentExternalKind::Instance => Self::Instance,
            ComponentExternalKind::Component => Self::Component,
        }
    }

    pub(crate) fn of_core(kind: ExternalKind) -> Self {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => Self::CoreFunction,
            ExternalKind::Table => Self::CoreTable,
            ExternalKind::Memory => Self::CoreMemory,
            ExternalKind::Global => Self::CoreGlobal,
            ExternalKind::Tag => Self::CoreTag,
        }
    }
}
