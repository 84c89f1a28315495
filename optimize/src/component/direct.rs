//! What a module imports from outside is handed to it, and not by way of a table.
//!
//! A module gets its imports before it is there, while functions of other components are lowered with its memory, and with the
//! function that makes room in it. So `wit-component` puts a module in front, whose functions do nothing but call
//! by a table, and one behind, which fills that table. Here the memory, with the functions that make room in it, is what stands in
//! front; functions are lowered with that, and are handed on as they are.
//!
//! **Why it is sound.** Each function in front reads its parameters in their order and calls one slot of a table that nothing else
//! reaches, and that slot is filled, once, by the module behind; so the function that is in the slot does the same,
//! from the moment on in which it is filled (component model, `Explainer.md`, "core instances"; core specification, §4.6.10,
//! `call_indirect`, where both have one type). Before it a call would trap: nothing that is instantiated in between has a
//! start function. What makes room reaches nothing but memory and other such functions, so it does the same wherever it stands, and where
//! the module calls it itself, a copy of it does. The memory is the same one for all, with the same limits; segments are written
//! when they were written before, when the module is instantiated. Definitions are reordered as in `group-definitions`:
//! instances, imports and exports keep their order.

mod sight;
mod table;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{
    ComponentAlias, ComponentInstance, Export, ExternalKind, Import, Instance, InstantiationArg, InstantiationArgKind,
    TypeRef,
};

use self::sight::{Item, Sight, references};
use self::table::{Behind, Front};
use super::{Component, Definition, Reference, Sort, group};
use crate::core::{self, DeadCode};
use crate::error::PassError;
use crate::module::{Module, Renumbering};
use crate::options::Options;
use crate::origins::Made;

/// What statistics and errors call it.
pub(crate) const NAME: &str = "direct-imports";

/// The most data that a module may write into a memory that is not its own, in bytes. Hosts map the data of a memory that a module
/// defines, and copy it into one that it imports, for each instance: of a page or so that is no more work, of megabytes it is.
const DATA_MOST: usize = 64 << 10;

/// A component, and the modules in it that are new.
pub(crate) struct Direct {
    pub(crate) component: Vec<u8>,
    /// What each new module was made of, and what was made of that, one after the other.
    pub(crate) modules: Vec<(Vec<u8>, Vec<Made>)>,
}

/// From a valid component to a valid component; nothing, where there is no such table, or it is needed.
pub(crate) fn run(bytes: &[u8], options: &Options) -> Result<Option<Direct>, PassError> {
    let component = Component::parse(bytes)?;
    let sight = Sight::of(&component);
    let Some(parts) = Parts::of(&sight)? else { return Ok(None) };
    let Some(memory) = Memory::of(&sight, &parts)? else { return Ok(None) };
    let uses = sight.uses_of_modules()?;
    if [parts.front_module, memory.module].iter().any(|module| uses.get(module) != Some(&1)) {
        return Ok(None);
    }
    let Some(whole) = component.module(memory.module) else { return Ok(None) };
    let Some(in_front) = memory.in_front(whole, options)? else { return Ok(None) };
    let Some(made) = in_front.last() else { return Ok(None) };
    let name = unused_name(&Module::parse(whole)?);
    let rest = memory.rest(whole, &name)?;
    let edited = edited(&component, &parts, &memory, (&made.bytes, &rest.bytes), &name)?;
    let Some((edited, order)) = edited else { return Ok(None) };
    let component = match edited.encode_in(&order, |reference| reference) {
        // Something else takes from what would go.
        Err(PassError::Dangling(_)) => return Ok(None),
        encoded => encoded?,
    };
    let modules = vec![(whole.to_vec(), in_front), (whole.to_vec(), vec![rest])];
    Ok(Some(Direct { component, modules }))
}

/// The core instances and modules that take part.
struct Parts {
    /// The instance with the table.
    front: u32,
    /// What it is made of.
    front_module: u32,
    /// The definition that makes the instance that fills the table.
    behind: usize,
    /// The function of the component that stands for each function of the instance in front, by name.
    stands_for: BTreeMap<String, u32>,
}

impl Parts {
    fn of(sight: &Sight<'_, '_>) -> Result<Option<Self>, PassError> {
        let mut behinds: BTreeMap<u32, Option<Behind>> = BTreeMap::new();
        let mut fronts: BTreeMap<u32, Option<Front>> = BTreeMap::new();
        let mut loud: Option<Vec<usize>> = None;
        for (place, definition) in sight.component.definitions.iter().enumerate() {
            let Definition::CoreInstance(Instance::Instantiate { module_index, args }) = definition else { continue };
            let Some(behind) = known(sight, &mut behinds, *module_index, Behind::of)? else { continue };
            let item = |(module, name): &(String, String)| {
                sight.item(args.iter().find(|argument| argument.name == module)?.index, name)
            };
            let Some(Item::Of(instance, table)) = item(&behind.table) else { continue };
            let Some(front_module) = sight.module_of(instance) else { continue };
            let Some(front) = known(sight, &mut fronts, front_module, Front::of)? else { continue };
            let Some(stands_for) = filled(front, behind, item).filter(|_| front.table == table) else { continue };
            let begin = sight.place(Sort::CoreInstance, instance).unwrap_or(0);
            let loud = loud.get_or_insert_with(|| loud_places(sight.component));
            if !loud.iter().any(|loud| (begin..place).contains(loud)) {
                return Ok(Some(Self { front: instance, front_module, behind: place, stands_for }));
            }
        }
        Ok(None)
    }
}

/// The function behind each name of the instance in front.
fn filled(
    front: &Front,
    behind: &Behind,
    item: impl Fn(&(String, String)) -> Option<Item>,
) -> Option<BTreeMap<String, u32>> {
    let mut stands_for = BTreeMap::new();
    for (name, (slot, ty)) in &front.functions {
        let (import, filled) = behind.slots.get(slot)?;
        let Item::Function(function) = item(import)? else { return None };
        if filled != ty {
            return None;
        }
        stands_for.insert(name.clone(), function);
    }
    Some(stands_for)
}

/// What is known of a module, looked into once.
fn known<'k, T>(
    sight: &Sight<'_, '_>,
    all: &'k mut BTreeMap<u32, Option<T>>,
    module: u32,
    of: fn(&[u8]) -> Result<Option<T>, PassError>,
) -> Result<Option<&'k T>, PassError> {
    if let Entry::Vacant(entry) = all.entry(module) {
        entry.insert(sight.component.module(module).map(of).transpose()?.flatten());
    }
    Ok(all.get(&module).and_then(Option::as_ref))
}

/// Where something may run while the component is instantiated.
fn loud_places(component: &Component<'_>) -> Vec<usize> {
    let mut starts: BTreeMap<u32, bool> = BTreeMap::new();
    let mut has_start = |module: u32| {
        *starts.entry(module).or_insert_with(|| {
            let module = component.module(module).map(Module::parse);
            !module.is_some_and(|module| module.is_ok_and(|module| module.start.is_none()))
        })
    };
    let is_loud = |(place, definition): (usize, &Definition<'_>)| {
        let is_loud = match definition {
            Definition::CoreInstance(Instance::Instantiate { module_index, .. }) => has_start(*module_index),
            Definition::Instance(ComponentInstance::Instantiate { .. }) | Definition::Start(_) => true,
            _ => false,
        };
        is_loud.then_some(place)
    };
    component.definitions.iter().enumerate().filter_map(is_loud).collect()
}

/// The memory that functions are lowered with.
struct Memory {
    /// Whose it is: an instance and its module.
    instance: u32,
    module: u32,
    /// What it is exported as.
    name: String,
    /// The functions that make room in it.
    functions: Vec<String>,
}

impl Memory {
    fn of(sight: &Sight<'_, '_>, parts: &Parts) -> Result<Option<Self>, PassError> {
        let mut memories: BTreeSet<Item> = BTreeSet::new();
        let mut makes_room: BTreeSet<Item> = BTreeSet::new();
        for function in parts.stands_for.values() {
            let Some(definition) = sight.maker(Sort::CoreFunction, *function) else { return Ok(None) };
            for Reference { sort, index } in references(definition)? {
                let items = match sort {
                    Sort::CoreMemory => &mut memories,
                    Sort::CoreFunction => &mut makes_room,
                    _ => continue,
                };
                let Some(item) = sight.alias(sort, index) else { return Ok(None) };
                items.insert(item);
            }
        }
        let (Some(Item::Of(instance, name)), 1) = (memories.pop_first(), memories.len() + 1) else { return Ok(None) };
        let Some(module) = sight.module_of(instance) else { return Ok(None) };
        let mut functions = Vec::new();
        for item in makes_room {
            match item {
                Item::Of(of, name) if of == instance => functions.push(name),
                _ => return Ok(None),
            }
        }
        Ok(Some(Self { instance, module, name, functions }))
    }

    /// Whether an export of its module is in front.
    fn has(&self, name: &str) -> bool {
        self.name == name || self.functions.iter().any(|function| function == name)
    }

    /// The module with the memory and those functions; nothing, where they reach something else.
    fn in_front(&self, whole: &[u8], options: &Options) -> Result<Option<Vec<Made>>, PassError> {
        let mut module = Module::parse(whole)?;
        let is_own = module.memories.len() == 1 && module.imported_memories() == 0;
        let data: usize = module.data.iter().map(|segment| segment.bytes.len()).sum();
        if !is_own || module.start.is_some() || data > DATA_MOST {
            return Ok(None);
        }
        module.exports.retain(|export| self.has(export.name));
        module.elements.clear();
        module.declared.clear();
        module.data.clear();
        module.customs.retain(|custom| custom.name == "name");
        let whole = match module.encode(&Renumbering::whole(&module)) {
            // An instruction that names a segment.
            Err(PassError::Dangling(_)) => return Ok(None),
            encoded => encoded?,
        };
        let context = core::Context { options, is_enclosed: true, exports: None };
        let live = core::Pass::run(&DeadCode, &whole.bytes, &context)?;
        let left = Module::parse(&live.bytes)?;
        let is_closed = left.imports.is_empty()
            && left.globals.is_empty()
            && left.tables.is_empty()
            && left.tags.is_empty()
            && left.elements.is_empty();
        Ok(is_closed.then(|| vec![whole, live]))
    }

    /// The module without the memory, which it imports.
    fn rest(&self, whole: &[u8], name: &str) -> Result<Made, PassError> {
        let mut module = Module::parse(whole)?;
        for memory in std::mem::take(&mut module.memories) {
            module.imports.push(Import { module: name, name: &self.name, ty: TypeRef::Memory(memory) });
        }
        module.encode(&Renumbering::whole(&module))
    }
}

/// A name that no import of a module has.
fn unused_name(module: &Module<'_>) -> String {
    let mut name = "memory".to_owned();
    while module.imports.iter().any(|import| import.module == name) {
        name.push('\'');
    }
    name
}

/// The definitions as they shall be, and the order of those that stay.
fn edited<'a>(
    component: &Component<'a>,
    parts: &'a Parts,
    memory: &'a Memory,
    (in_front, rest): (&'a [u8], &'a [u8]),
    name: &'a str,
) -> Result<Option<(Component<'a>, Vec<usize>)>, PassError> {
    let mut edited = component.clone();
    let indices = component.indices();
    let front_instance = parts.front;
    let mut gone = vec![false; component.definitions.len()];
    // For each function of the instance in front what it is now, and the tables of that instance.
    let mut functions: BTreeMap<u32, u32> = BTreeMap::new();
    let mut tables: Vec<u32> = Vec::new();
    for (place, definition) in edited.definitions.iter_mut().enumerate() {
        let made = indices.get(place).copied().flatten();
        let is = |sort, index| made.is_some_and(|made| (made.0, made.1) == (sort, index));
        let goes = match definition {
            Definition::Module(_) if is(Sort::CoreModule, parts.front_module) => {
                *definition = Definition::Module(in_front);
                false
            }
            Definition::Module(_) if is(Sort::CoreModule, memory.module) => {
                *definition = Definition::Module(rest);
                false
            }
            Definition::Alias(ComponentAlias::CoreInstanceExport { instance_index, name, .. })
                if *instance_index == front_instance =>
            {
                match (made, parts.stands_for.get(*name)) {
                    (Some((Sort::CoreFunction, index, _)), Some(function)) => {
                        functions.insert(index, *function);
                    }
                    (Some((_, index, _)), _) => tables.push(index),
                    _ => {}
                }
                true
            }
            Definition::Alias(ComponentAlias::CoreInstanceExport { instance_index, name, .. })
                if *instance_index == memory.instance && memory.has(name) =>
            {
                *instance_index = front_instance;
                false
            }
            Definition::CoreInstance(Instance::FromExports(exports)) => {
                let is_table = |it: &Export<'_>| it.kind == ExternalKind::Table && tables.contains(&it.index);
                let has_table = exports.iter().any(is_table);
                for export in exports.iter_mut().filter(|export| export.kind == ExternalKind::Func) {
                    export.index = functions.get(&export.index).copied().unwrap_or(export.index);
                }
                has_table
            }
            Definition::CoreInstance(Instance::Instantiate { args, .. }) if is(Sort::CoreInstance, memory.instance) => {
                let argument = InstantiationArg { name, kind: InstantiationArgKind::Instance, index: front_instance };
                *args = args.iter().cloned().chain([argument]).collect();
                false
            }
            _ => place == parts.behind,
        };
        gone[place] = goes;
    }
    // Where it takes all of the instance in front, that has not what it takes any more.
    let takes_all = edited.definitions.iter().zip(&indices).enumerate().any(|(place, (definition, made))| {
        let is_own = made.is_some_and(|made| (made.0, made.1) == (Sort::CoreInstance, memory.instance));
        !gone[place]
            && matches!(definition, Definition::CoreInstance(Instance::Instantiate { args, .. })
                if args.iter().any(|it| it.index == front_instance && !(is_own && it.name == name)))
    });
    if takes_all {
        return Ok(None);
    }
    let order = group::order(&edited)?;
    let is_whole = order.len() == edited.definitions.len();
    Ok(is_whole.then(|| (edited, order.into_iter().filter(|place| !gone[*place]).collect())))
}
