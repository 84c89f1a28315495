//! What the core instances of a component are made of.

use std::collections::BTreeMap;

use wasmparser::{ComponentAlias, ExternalKind, Instance};

use crate::component::{Component, Definition, Noted, Reference, Sort, Walker};
use crate::error::PassError;

/// A component whose definitions are found by what they make.
pub(super) struct Sight<'c, 'a> {
    pub(super) component: &'c Component<'a>,
    makers: BTreeMap<(Sort, u32), usize>,
}

/// What a name in a core instance stands for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    /// A function that the component defines.
    Function(u32),
    /// An export of an instance of a module.
    Of(u32, String),
}

impl<'c, 'a> Sight<'c, 'a> {
    pub(super) fn of(component: &'c Component<'a>) -> Self {
        let mut makers = BTreeMap::new();
        for (place, made) in component.indices().into_iter().enumerate() {
            if let Some((sort, first, count)) = made {
                makers.extend((first..first + count).map(|index| ((sort, index), place)));
            }
        }
        Self { component, makers }
    }

    /// Where something is defined.
    pub(super) fn place(&self, sort: Sort, index: u32) -> Option<usize> {
        self.makers.get(&(sort, index)).copied()
    }

    /// The definition that makes something.
    pub(super) fn maker(&self, sort: Sort, index: u32) -> Option<&'c Definition<'a>> {
        self.component.definitions.get(self.place(sort, index)?)
    }

    /// The module that a core instance is made of.
    pub(super) fn module_of(&self, instance: u32) -> Option<u32> {
        match self.maker(Sort::CoreInstance, instance)? {
            Definition::CoreInstance(Instance::Instantiate { module_index, .. }) => Some(*module_index),
            _ => None,
        }
    }

    /// The export that an alias stands for.
    pub(super) fn alias(&self, sort: Sort, index: u32) -> Option<Item> {
        match self.maker(sort, index)? {
            Definition::Alias(ComponentAlias::CoreInstanceExport { instance_index, name, .. }) => {
                Some(Item::Of(*instance_index, (*name).to_owned()))
            }
            _ => None,
        }
    }

    /// What a core instance has by a name.
    pub(super) fn item(&self, instance: u32, name: &str) -> Option<Item> {
        let Definition::CoreInstance(Instance::FromExports(exports)) = self.maker(Sort::CoreInstance, instance)? else {
            return Some(Item::Of(instance, name.to_owned()));
        };
        let export = exports.iter().find(|export| export.name == name)?;
        let sort = Sort::of_core(export.kind);
        match self.maker(sort, export.index)? {
            Definition::Canonical(_) if export.kind == ExternalKind::Func => Some(Item::Function(export.index)),
            _ => self.alias(sort, export.index),
        }
    }

    /// How many definitions refer to each module.
    pub(super) fn uses_of_modules(&self) -> Result<BTreeMap<u32, u32>, PassError> {
        let mut uses = BTreeMap::new();
        for definition in &self.component.definitions {
            for Reference { sort, index } in references(definition)? {
                if sort == Sort::CoreModule {
                    *uses.entry(index).or_default() += 1;
                }
            }
        }
        Ok(uses)
    }
}

/// What a definition refers to.
pub(super) fn references(definition: &Definition<'_>) -> Result<impl Iterator<Item = Reference>, PassError> {
    let mut noted = Noted::default();
    Walker::new(&mut noted).write(definition, &mut wasm_encoder::Component::new())?;
    Ok(noted.0.into_iter())
}
