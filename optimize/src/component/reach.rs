//! Unused definitions: what neither exports nor instantiation reach goes, imports included.
//!
//! **Why it is sound.** The roots are exports, the start function, custom sections, every instance of a component and every
//! instance of a module whose instantiation may be noticed (it has a start function, imports what it may write to, or may
//! trap). All other definitions do nothing until something refers to them. An import that is gone asks less of the host;
//! exports always stay.

use std::collections::BTreeSet;

use wasmparser::{ComponentInstance, Instance};

use super::{Component, Definition, Noted, Pass, Reference, Walker};
use crate::error::PassError;
use crate::module::{Module, SegmentKind};
use crate::options::Options;

pub(crate) struct UnusedDefinitions;

impl Pass for UnusedDefinitions {
    fn name(&self) -> &'static str {
        "unused-definitions"
    }

    fn run(&self, component: &[u8], _: &Options) -> Result<Vec<u8>, PassError> {
        let component = Component::parse(component)?;
        let indices = component.indices();
        let mut used: BTreeSet<Reference> = BTreeSet::new();
        let mut stays = vec![false; component.definitions.len()];
        // References go backwards only, so one sweep from the end sees each use before what is used.
        for (place, definition) in component.definitions.iter().enumerate().rev() {
            let is_used = indices.get(place).copied().flatten().is_some_and(|(sort, first, count)| {
                (first..first + count).any(|index| used.contains(&Reference { sort, index }))
            });
            if !is_used && !component.is_root(definition)? {
                continue;
            }
            stays[place] = true;
            let mut noted = Noted::default();
            Walker::new(&mut noted).write(definition, &mut wasm_encoder::Component::new())?;
            used.extend(noted.0);
        }
        component.encode(|place| stays.get(place).copied().unwrap_or(true), |reference| reference)
    }
}

impl Component<'_> {
    /// Whether a definition does something by itself.
    fn is_root(&self, definition: &Definition<'_>) -> Result<bool, PassError> {
        Ok(match definition {
            Definition::Export(_) | Definition::Start(_) | Definition::Custom(_) => true,
            Definition::Instance(ComponentInstance::Instantiate { .. }) => true,
            Definition::CoreInstance(Instance::Instantiate { module_index, .. }) => match self.module(*module_index) {
                Some(module) => is_noticed(&Module::parse(module)?),
                None => true,
            },
            _ => false,
        })
    }
}

/// Whether anybody may notice that a module is instantiated.
fn is_noticed(module: &Module<'_>) -> bool {
    module.start.is_some()
        || !module.elements.is_empty()
        || module.data.iter().any(|segment| match &segment.kind {
            SegmentKind::Active { memory, offset } => !module.data_fits(*memory, offset, segment.bytes.len()),
            _ => false,
        })
}
