//! Which items of a module stay, in which order, and what becomes of references to the others.

use super::Module;
use crate::error::Dangling;

/// One index space: what stays of it, and in which order.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    name: &'static str,
    /// The items that stay, by their old index, in their new order.
    order: Vec<u32>,
    /// For each old index the old index of what stands for it now, or nothing.
    target: Vec<Option<u32>>,
    /// For each old index the new one, where it stays.
    new: Vec<Option<u32>>,
}

impl Space {
    /// Everything stays where it is.
    pub(crate) fn whole(name: &'static str, count: u32) -> Self {
        let order: Vec<u32> = (0..count).collect();
        let target: Vec<Option<u32>> = order.iter().copied().map(Some).collect();
        Self { name, new: target.clone(), order, target }
    }

    /// Only these stay, in the order they have.
    pub(crate) fn keep(&mut self, stays: impl Fn(u32) -> bool) {
        for (index, target) in self.target.iter_mut().enumerate() {
            if !stays(index as u32) {
                *target = None;
            }
        }
        self.settle();
    }

    /// Each is stood for by another, or by itself. Those that stand for others stand for themselves.
    pub(crate) fn merge(&mut self, representative: impl Fn(u32) -> u32) {
        for (index, target) in self.target.iter_mut().enumerate() {
            *target = target.map(|_| representative(index as u32));
        }
        self.settle();
    }

    /// What stays, in another order.
    pub(crate) fn reorder<K: Ord>(&mut self, mut key: impl FnMut(u32) -> K) {
        self.order.sort_by_cached_key(|index| (key(*index), *index));
        self.number();
    }

    /// Whether every item stays, under the number that it has.
    fn is_identity(&self) -> bool {
        let is_same = |(index, target): (u32, &Option<u32>)| *target == Some(index);
        (0..).zip(&self.target).all(is_same) && (0..).zip(&self.new).all(is_same)
    }

    fn settle(&mut self) {
        self.order =
            (0..self.target.len() as u32).filter(|index| self.target[*index as usize] == Some(*index)).collect();
        self.number();
    }

    fn number(&mut self) {
        self.new = vec![None; self.target.len()];
        for (new, old) in self.order.iter().enumerate() {
            self.new[*old as usize] = Some(new as u32);
        }
    }

    /// What stays, by old index, in its new order.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Whether it is written.
    pub(crate) fn stays(&self, index: u32) -> bool {
        self.new.get(index as usize).copied().flatten().is_some()
    }

    /// The new index for an old one.
    pub(crate) fn get(&self, index: u32) -> Result<u32, Dangling> {
        let target = self.target.get(index as usize).copied().flatten();
        target
            .and_then(|target| self.new.get(target as usize).copied().flatten())
            .ok_or(Dangling { space: self.name, index })
    }
}

/// All index spaces of a module.
#[derive(Clone, Debug)]
pub(crate) struct Renumbering {
    pub(crate) types: Space,
    pub(crate) functions: Space,
    pub(crate) tables: Space,
    pub(crate) memories: Space,
    pub(crate) tags: Space,
    pub(crate) globals: Space,
    pub(crate) elements: Space,
    pub(crate) data: Space,
}

impl Renumbering {
    /// Everything stays where it is.
    pub(crate) fn whole(module: &Module<'_>) -> Self {
        use wasmparser::TypeRef::{Global, Memory, Table, Tag};
        let types = module.types.iter().map(|group| group.types().len() as u32).sum();
        let with = |imported: u32, own: usize| imported + own as u32;
        Self {
            types: Space::whole("type", types),
            functions: Space::whole("function", with(module.imported_functions(), module.functions.len())),
            tables: Space::whole("table", with(module.imported(|ty| matches!(ty, Table(_))), module.tables.len())),
            memories: Space::whole(
                "memory",
                with(module.imported(|ty| matches!(ty, Memory(_))), module.memories.len()),
            ),
            tags: Space::whole("tag", with(module.imported(|ty| matches!(ty, Tag(_))), module.tags.len())),
            globals: Space::whole("global", with(module.imported(|ty| matches!(ty, Global(_))), module.globals.len())),
            elements: Space::whole("element segment", module.elements.len() as u32),
            data: Space::whole("data segment", module.data.len() as u32),
        }
    }

    /// Whether every reference is written as it is.
    pub(crate) fn is_identity(&self) -> bool {
        let Self { types, functions, tables, memories, tags, globals, elements, data } = self;
        [types, functions, tables, memories, tags, globals, elements, data].into_iter().all(Space::is_identity)
    }
}
