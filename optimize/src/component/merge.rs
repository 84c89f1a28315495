//! Equal definitions become one: modules, components, types, aliases, lowered functions.
//!
//! **Why it is sound.** A definition is written with what it refers to as what stands for that; two that are written alike
//! define the same thing. It is done only for definitions that make nothing new when the component is instantiated
//! (component model, `Explainer.md`: types are structural but for resources, aliases are names, modules and components are
//! stateless until instantiated): not for instances of modules and components, imports, exports, resource types and what
//! contains one.

use std::collections::HashMap;

use wasmparser::{CanonicalFunction, ComponentInstance, ComponentType, ComponentTypeDeclaration, Instance};

use super::walker::Renumbered;
use super::{Component, Definition, Pass, Reference, Sort, Walker};
use crate::error::PassError;
use crate::options::Options;

pub(crate) struct MergeDefinitions;

impl Pass for MergeDefinitions {
    fn name(&self) -> &'static str {
        "merge-definitions"
    }

    fn run(&self, component: &[u8], _: &Options) -> Result<Vec<u8>, PassError> {
        let component = Component::parse(component)?;
        let mut known: HashMap<(Sort, Vec<u8>), u32> = HashMap::new();
        let mut renumbered = Renumbered::default();
        let mut merged = vec![false; component.definitions.len()];
        for (place, made) in component.indices().into_iter().enumerate() {
            let Some((sort, first, count)) = made else { continue };
            let definition = &component.definitions[place];
            let mut stands_for = first;
            if is_shareable(definition) {
                let mut bytes = wasm_encoder::Component::new();
                Walker::new(&mut renumbered).write(definition, &mut bytes)?;
                stands_for = *known.entry((sort, bytes.finish())).or_insert(first);
                merged[place] = stands_for != first;
            }
            for offset in 0..count {
                renumbered.0.insert(Reference { sort, index: first + offset }, stands_for + offset);
            }
        }
        let stands_for = renumbered.0;
        component.encode(
            |place| !merged.get(place).copied().unwrap_or(false),
            |reference| {
                let index = stands_for.get(&reference).copied().unwrap_or(reference.index);
                Reference { sort: reference.sort, index }
            },
        )
    }
}

/// Whether another definition that is written alike is the same thing.
fn is_shareable(definition: &Definition<'_>) -> bool {
    match definition {
        Definition::Module(_) | Definition::Component(_) | Definition::CoreType(_) | Definition::Alias(_) => true,
        Definition::Type(ComponentType::Resource { .. }) => false,
        Definition::Type(ComponentType::Component(declarations)) => !declarations
            .iter()
            .any(|declaration| matches!(declaration, ComponentTypeDeclaration::Type(ComponentType::Resource { .. }))),
        Definition::Type(_) => true,
        Definition::CoreInstance(Instance::FromExports(_))
        | Definition::Instance(ComponentInstance::FromExports(_))
        | Definition::Canonical(
            CanonicalFunction::Lower { .. }
            | CanonicalFunction::ResourceNew { .. }
            | CanonicalFunction::ResourceDrop { .. }
            | CanonicalFunction::ResourceRep { .. },
        ) => true,
        _ => false,
    }
}
