//! Nested components know what they are given, and what they give, by short names.
//!
//! **Why it is sound.** What a nested component imports is handed to it by name where it is instantiated, and what it exports
//! is taken by name by an alias (component model, `Explainer.md`, "instance definitions"). Where all of that is in sight,
//! renaming both sides alike, one to one, is a change of bound names: imports of a component that is used for nothing but to be
//! instantiated here, and its exports where nothing but aliases takes from the instances. A name that says what kind of thing
//! it is for (`[method]…`), or that comes with more than itself, stays, and all others beside it. Names that people shall see are
//! kept on request ([`Names::Keep`]).

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{ComponentAlias, ComponentExternName, ComponentExternalKind, ComponentInstance};

use super::{Component, Definition, Noted, Pass, Sort, Walker};
use crate::error::PassError;
use crate::options::{Names, Options};

pub(crate) struct ShortLabels;

impl Pass for ShortLabels {
    fn name(&self) -> &'static str {
        "short-labels"
    }

    fn run(&self, bytes: &[u8], options: &Options) -> Result<Vec<u8>, PassError> {
        let component = Component::parse(bytes)?;
        if options.names == Names::Keep {
            return Ok(bytes.to_vec());
        }
        let uses = Uses::of(&component)?;
        let mut labels = BTreeMap::new();
        let mut nested = Vec::new();
        for (place, (definition, made)) in component.definitions.iter().zip(component.indices()).enumerate() {
            let (Definition::Component(bytes), Some((_, index, _))) = (definition, made) else { continue };
            if uses.escaped.contains(&index) {
                continue;
            }
            let mut inner = Component::parse(bytes)?;
            let of_it = Labels::of(&inner, uses.exports_are_in_sight(index));
            of_it.rename(&mut inner);
            nested.push((place, inner.encode(|_| true, |reference| reference)?));
            labels.insert(index, of_it);
        }
        let mut renamed = component.clone();
        for definition in &mut renamed.definitions {
            match definition {
                Definition::Instance(ComponentInstance::Instantiate { component_index, args }) => {
                    let Some(labels) = labels.get(component_index) else { continue };
                    for argument in args.iter_mut() {
                        argument.name = short(&labels.imports, argument.name);
                    }
                }
                Definition::Alias(ComponentAlias::InstanceExport { instance_index, name, .. }) => {
                    let Some(labels) = uses.made_of.get(instance_index).and_then(|made_of| labels.get(made_of)) else {
                        continue;
                    };
                    *name = short(&labels.exports, name);
                }
                _ => {}
            }
        }
        for (place, inner) in &nested {
            if let Some(definition) = renamed.definitions.get_mut(*place) {
                *definition = Definition::Component(inner);
            }
        }
        renamed.encode(|_| true, |reference| reference)
    }
}

/// What is done with nested components and their instances.
#[derive(Default)]
struct Uses {
    /// The component of each instance that is made of one here.
    made_of: BTreeMap<u32, u32>,
    /// Components that are used for something else than to be instantiated here.
    escaped: BTreeSet<u32>,
    /// Instances of which something else than an alias takes.
    taken_whole: BTreeSet<u32>,
}

impl Uses {
    fn of(component: &Component<'_>) -> Result<Self, PassError> {
        let mut uses = Self::default();
        for (definition, made) in component.definitions.iter().zip(component.indices()) {
            match definition {
                Definition::Instance(ComponentInstance::Instantiate { component_index, args }) => {
                    if let Some((_, index, _)) = made {
                        uses.made_of.insert(index, *component_index);
                    }
                    for argument in args.iter() {
                        match argument.kind {
                            ComponentExternalKind::Component => uses.escaped.insert(argument.index),
                            ComponentExternalKind::Instance => uses.taken_whole.insert(argument.index),
                            _ => false,
                        };
                    }
                }
                Definition::Alias(ComponentAlias::InstanceExport { .. }) => {}
                other => {
                    let mut noted = Noted::default();
                    Walker::new(&mut noted).write(other, &mut wasm_encoder::Component::new())?;
                    for reference in noted.0 {
                        match reference.sort {
                            Sort::Component => uses.escaped.insert(reference.index),
                            Sort::Instance => uses.taken_whole.insert(reference.index),
                            _ => false,
                        };
                    }
                }
            }
        }
        Ok(uses)
    }

    fn exports_are_in_sight(&self, component: u32) -> bool {
        self.made_of.iter().all(|(instance, made_of)| *made_of != component || !self.taken_whole.contains(instance))
    }
}

/// The new names of a nested component's imports and exports, by the old ones.
struct Labels {
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

impl Labels {
    fn of(inner: &Component<'_>, with_exports: bool) -> Self {
        let imports = inner.definitions.iter().filter_map(|definition| match definition {
            Definition::Import(import) => Some(import.name),
            _ => None,
        });
        let exports = inner.definitions.iter().filter_map(|definition| match definition {
            Definition::Export(export) if with_exports => Some(export.name),
            _ => None,
        });
        Self { imports: assign(imports), exports: assign(exports) }
    }

    fn rename<'a>(&'a self, inner: &mut Component<'a>) {
        for definition in &mut inner.definitions {
            match definition {
                Definition::Import(import) => import.name.name = short(&self.imports, import.name.name),
                Definition::Export(export) => export.name.name = short(&self.exports, export.name.name),
                _ => {}
            }
        }
    }
}

fn short<'s>(names: &'s BTreeMap<String, String>, name: &'s str) -> &'s str {
    names.get(name).map_or(name, String::as_str)
}

/// New names in the order of the old ones; none at all where one of those has a meaning.
fn assign<'a>(names: impl Iterator<Item = ComponentExternName<'a>> + Clone) -> BTreeMap<String, String> {
    let is_plain = |it: ComponentExternName<'_>| {
        !it.name.starts_with('[') && it.implements.is_none() && it.version_suffix.is_none() && it.external_id.is_none()
    };
    if !names.clone().all(is_plain) {
        return BTreeMap::new();
    }
    names.enumerate().map(|(number, it)| (it.name.to_owned(), label(number))).collect()
}

/// The labels in the order of their length: one letter, then two.
fn label(number: usize) -> String {
    let mut label = String::new();
    let mut rest = number + 1;
    while rest > 0 {
        rest -= 1;
        label.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    label
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn labels_are_short_and_no_two_are_alike() {
        let labels: Vec<String> = (0..5000).map(super::label).collect();
        assert!(labels.is_sorted_by_key(String::len), "the shortest come first");
        assert_eq!(labels.iter().collect::<BTreeSet<_>>().len(), labels.len());
    }
}
