//! Core modules in a component know each other by short names.
//!
//! **Why it is sound.** What core modules import and export is linked inside the component, by `instantiate`, inline
//! instances and aliases (component model, `Explainer.md`, "core instances"); canonical options name functions and memories by
//! index. No name of theirs can be seen from outside: renaming all of them alike, one to one, is a change of bound names. It
//! is done only where every module is defined here and is used for nothing but to be instantiated here. Names that
//! people shall see are kept on request ([`Names::Keep`]).

use std::collections::{BTreeMap, HashMap};

use wasmparser::{ComponentAlias, CoreType, Instance};

use super::{Component, Definition, Noted, Pass, Sort, Walker};
use crate::error::PassError;
use crate::module::{Module, Renumbering};
use crate::options::{Names, Options};

pub(crate) struct ShortNames;

impl Pass for ShortNames {
    fn name(&self) -> &'static str {
        "short-names"
    }

    fn run(&self, bytes: &[u8], options: &Options) -> Result<Vec<u8>, PassError> {
        let component = Component::parse(bytes)?;
        if options.names == Names::Keep || !is_closed(&component)? {
            return Ok(bytes.to_vec());
        }
        // Two kinds of names: those of whole instances, which `instantiate` hands over, and those of the items in them.
        let (mut instances, mut items) = (Short::default(), Short::default());
        for definition in &component.definitions {
            match definition {
                Definition::Module(bytes) => {
                    let module = Module::parse(bytes)?;
                    for import in &module.imports {
                        instances.count(import.module);
                        items.count(import.name);
                    }
                    module.exports.iter().for_each(|export| items.count(export.name));
                }
                Definition::CoreInstance(Instance::Instantiate { args, .. }) => {
                    args.iter().for_each(|argument| instances.count(argument.name));
                }
                Definition::CoreInstance(Instance::FromExports(exports)) => {
                    exports.iter().for_each(|export| items.count(export.name));
                }
                Definition::Alias(ComponentAlias::CoreInstanceExport { name, .. }) => items.count(name),
                _ => {}
            }
        }
        let (instances, items) = (instances.assign(), items.assign());
        let mut modules = Vec::new();
        for (place, definition) in component.definitions.iter().enumerate() {
            if let Definition::Module(bytes) = definition {
                let mut module = Module::parse(bytes)?;
                for import in &mut module.imports {
                    import.module = short(&instances, import.module);
                    import.name = short(&items, import.name);
                }
                for export in &mut module.exports {
                    export.name = short(&items, export.name);
                }
                modules.push((place, module.encode(&Renumbering::whole(&module))?.bytes));
            }
        }
        let mut renamed = component.clone();
        for definition in &mut renamed.definitions {
            match definition {
                Definition::CoreInstance(Instance::Instantiate { args, .. }) => {
                    for argument in args.iter_mut() {
                        argument.name = short(&instances, argument.name);
                    }
                }
                Definition::CoreInstance(Instance::FromExports(exports)) => {
                    for export in exports.iter_mut() {
                        export.name = short(&items, export.name);
                    }
                }
                Definition::Alias(ComponentAlias::CoreInstanceExport { name, .. }) => *name = short(&items, name),
                _ => {}
            }
        }
        for (place, module) in &modules {
            renamed.definitions[*place] = Definition::Module(module);
        }
        renamed.encode(|_| true, |reference| reference)
    }
}

/// Whether all that links core modules is in sight.
fn is_closed(component: &Component<'_>) -> Result<bool, PassError> {
    for definition in &component.definitions {
        match definition {
            Definition::CoreType(CoreType::Module(_)) => return Ok(false),
            Definition::CoreInstance(Instance::Instantiate { module_index, .. }) => {
                if component.module(*module_index).is_none() {
                    return Ok(false);
                }
            }
            Definition::Module(_) | Definition::CoreInstance(_) => {}
            other => {
                let mut noted = Noted::default();
                Walker::new(&mut noted).write(other, &mut wasm_encoder::Component::new())?;
                if noted.0.iter().any(|reference| reference.sort == Sort::CoreModule) {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

fn short<'s>(names: &'s HashMap<String, String>, name: &'s str) -> &'s str {
    names.get(name).map_or(name, String::as_str)
}

/// Names by how often they are written.
#[derive(Default)]
struct Short<'a>(BTreeMap<&'a str, u32>);

impl<'a> Short<'a> {
    fn count(&mut self, name: &'a str) {
        *self.0.entry(name).or_default() += 1;
    }

    /// The shortest name for the most frequent.
    fn assign(self) -> HashMap<String, String> {
        let mut names: Vec<(&str, u32)> = self.0.into_iter().collect();
        names.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        names.into_iter().enumerate().map(|(number, (name, _))| (name.to_owned(), nth(number))).collect()
    }
}

/// The names in the order of their length: nothing, then one letter, then two.
fn nth(number: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut name = String::new();
    let mut rest = number;
    while rest > 0 {
        rest -= 1;
        name.push(char::from(LETTERS[rest % LETTERS.len()]));
        rest /= LETTERS.len();
    }
    name
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_short_and_no_two_are_alike() {
        let names: Vec<String> = (0..5000).map(super::nth).collect();
        assert!(names.is_sorted_by_key(String::len), "the shortest come first");
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), names.len());
    }
}
