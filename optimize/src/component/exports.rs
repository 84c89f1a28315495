//! Who uses what of a module: the exports that something in the component takes, and the arguments that a module asks for.
//!
//! **Why it is sound.** The exports of a core instance are reached in two ways only (component model, `Explainer.md`,
//! "core instances"): by an alias, or by handing the whole instance to an instantiation, which takes those that the module
//! instantiated there imports by that name. A module that is itself exported, imported, handed on or reached from a nested
//! component may be instantiated by anybody: all its exports count as used. An argument, or an item of an inline instance,
//! that no import of the module asks for by name is not looked at by instantiation.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{ComponentAlias, ComponentInstance, Instance};

use super::{Component, Definition, Noted, Pass, Reference, Sort, Walker};
use crate::error::PassError;
use crate::module::Module;
use crate::options::Options;

/// The names that a module imports, by the module they are from.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// For each module index the exports that are used; nothing where all may be.
pub(crate) fn used_exports(component: &Component<'_>) -> Result<BTreeMap<u32, Option<BTreeSet<String>>>, PassError> {
    let instances = Instances::of(component)?;
    let mut used: BTreeMap<u32, Option<BTreeSet<String>>> = BTreeMap::new();
    for (instance, module) in &instances.modules {
        let of_module = used.entry(*module).or_insert_with(|| Some(BTreeSet::new()));
        match (of_module.as_mut(), instances.names.get(instance)) {
            (Some(all), Some(Some(names))) => all.extend(names.iter().cloned()),
            (_, Some(None)) => *of_module = None,
            _ => {}
        }
    }
    for module in instances.escaped {
        used.insert(module, None);
    }
    Ok(used)
}

/// What is known about the core instances of a component.
struct Instances {
    /// The module of each instance that is made from one.
    modules: BTreeMap<u32, u32>,
    /// The names of each instance that something takes; nothing where all may be taken.
    names: BTreeMap<u32, Option<BTreeSet<String>>>,
    /// Modules that are used for something else than to instantiate them here.
    escaped: BTreeSet<u32>,
}

impl Instances {
    fn of(component: &Component<'_>) -> Result<Self, PassError> {
        let mut instances = Self { modules: BTreeMap::new(), names: BTreeMap::new(), escaped: BTreeSet::new() };
        let mut imports = Cache::default();
        for (definition, made) in component.definitions.iter().zip(component.indices()) {
            match definition {
                Definition::CoreInstance(Instance::Instantiate { module_index, args }) => {
                    if let Some((_, index, _)) = made {
                        instances.modules.insert(index, *module_index);
                    }
                    let wanted = imports.of(component, *module_index)?;
                    for argument in args.iter() {
                        let names = instances.names.entry(argument.index).or_insert_with(|| Some(BTreeSet::new()));
                        match (&wanted, names.as_mut()) {
                            (Some(wanted), Some(names)) => {
                                names.extend(wanted.get(argument.name).into_iter().flatten().cloned());
                            }
                            _ => *names = None,
                        }
                    }
                }
                Definition::Alias(ComponentAlias::CoreInstanceExport { instance_index, name, .. }) => {
                    let names = instances.names.entry(*instance_index).or_insert_with(|| Some(BTreeSet::new()));
                    if let Some(names) = names {
                        names.insert((*name).to_owned());
                    }
                }
                other => {
                    let mut noted = Noted::default();
                    Walker::new(&mut noted).write(other, &mut wasm_encoder::Component::new())?;
                    for Reference { sort, index } in noted.0 {
                        match sort {
                            Sort::CoreModule => {
                                instances.escaped.insert(index);
                            }
                            Sort::CoreInstance => {
                                instances.names.insert(index, None);
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
        Ok(instances)
    }
}

/// The imports of modules that are defined here; nothing for others.
#[derive(Default)]
struct Cache(BTreeMap<u32, Option<Imports>>);

impl Cache {
    fn of(&mut self, component: &Component<'_>, module: u32) -> Result<Option<Imports>, PassError> {
        if let Some(known) = self.0.get(&module) {
            return Ok(known.clone());
        }
        let imports = match component.module(module) {
            Some(bytes) => {
                let mut imports = Imports::new();
                for import in Module::parse(bytes)?.imports {
                    imports.entry(import.module.to_owned()).or_default().insert(import.name.to_owned());
                }
                Some(imports)
            }
            None => None,
        };
        self.0.insert(module, imports.clone());
        Ok(imports)
    }
}

impl Component<'_> {
    /// The names that a nested component imports, where it is defined here.
    fn imports_of(&self, index: u32) -> Result<Option<BTreeSet<String>>, PassError> {
        let Some(bytes) = self.component(index) else { return Ok(None) };
        let mut imports = BTreeSet::new();
        for definition in Component::parse(bytes)?.definitions {
            if let Definition::Import(import) = definition {
                imports.insert(import.name.name.to_owned());
            }
        }
        Ok(Some(imports))
    }
}

/// Arguments and items of inline instances that no module, or nested component, asks for go.
pub(crate) struct PruneArguments;

impl Pass for PruneArguments {
    fn name(&self) -> &'static str {
        "prune-arguments"
    }

    fn run(&self, component: &[u8], _: &Options) -> Result<Vec<u8>, PassError> {
        let mut component = Component::parse(component)?;
        let instances = Instances::of(&component)?;
        let mut imports = Cache::default();
        let indices = component.indices();
        let mut changed = Vec::new();
        for (place, (definition, made)) in component.definitions.iter().zip(indices).enumerate() {
            match definition {
                Definition::CoreInstance(Instance::Instantiate { module_index, args }) => {
                    if let Some(wanted) = imports.of(&component, *module_index)? {
                        let args = args.iter().filter(|argument| wanted.contains_key(argument.name)).cloned().collect();
                        let instance = Instance::Instantiate { module_index: *module_index, args };
                        changed.push((place, Definition::CoreInstance(instance)));
                    }
                }
                Definition::CoreInstance(Instance::FromExports(exports)) => {
                    let used = made.and_then(|(_, index, _)| instances.names.get(&index));
                    let Some(Some(used)) = used else { continue };
                    let exports = exports.iter().filter(|export| used.contains(export.name)).copied().collect();
                    changed.push((place, Definition::CoreInstance(Instance::FromExports(exports))));
                }
                Definition::Instance(ComponentInstance::Instantiate { component_index, args }) => {
                    if let Some(wanted) = component.imports_of(*component_index)? {
                        let args = args.iter().filter(|argument| wanted.contains(argument.name)).cloned().collect();
                        let component_index = *component_index;
                        let instance = ComponentInstance::Instantiate { component_index, args };
                        changed.push((place, Definition::Instance(instance)));
                    }
                }
                _ => {}
            }
        }
        for (place, definition) in changed {
            component.definitions[place] = definition;
        }
        component.encode(|_| true, |reference| reference)
    }
}
