//! What is in a component as a tree: core modules, their crates, their functions, with what is no code beside them.

use std::collections::{BTreeMap, BTreeSet};

use mik_optimize::{ModuleSizes, crate_of};
use serde::Serialize;

use super::calls::Calls;
use super::size::{function_name, module_name};
use super::why::Names;
use super::{Difference, SizeReport};

/// What is less than this part of the whole can't be seen in a treemap: such neighbours count as one. So a tree has at most so
/// many nodes on each of its four levels, however large the component is.
const LEAST_PART: u64 = 10_000;

/// The longest name that is shown, in characters.
const LONGEST: usize = 300;

/// Something with a size. The names of its fields are short, because a page has thousands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Node {
    /// What it is called.
    #[serde(rename = "n")]
    pub(super) name: String,
    /// `component`, `module`, `crate`, `group` (what is no crate), `function`, `data`, `section` or `rest`.
    #[serde(rename = "k")]
    pub(super) kind: &'static str,
    /// Its bytes: those of its parts, where it has any.
    #[serde(rename = "b")]
    pub(super) bytes: u64,
    /// By how much it is larger than in another component.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<i64>,
    /// What would go with it, where that is more.
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    pub(super) retained: Option<u64>,
    /// How it is reached.
    #[serde(rename = "w", skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<String>,
    /// Its parts, the largest first.
    #[serde(rename = "c", skip_serializing_if = "Vec::is_empty")]
    pub(super) parts: Vec<Node>,
}

impl Node {
    fn leaf(name: &str, kind: &'static str, bytes: u64) -> Self {
        Self { name: shortened(name), kind, bytes, change: None, retained: None, by: None, parts: Vec::new() }
    }

    fn of_parts(name: &str, kind: &'static str, parts: Vec<Self>) -> Self {
        Self { bytes: parts.iter().map(|part| part.bytes).sum(), parts, ..Self::leaf(name, kind, 0) }
    }

    /// The tree of a component.
    pub(super) fn of(report: &SizeReport, difference: Option<&Difference>) -> Self {
        let sizes = report.sizes();
        let calls = report.calls();
        let modules = sizes.modules.iter().enumerate();
        let mut parts: Vec<Self> = modules.map(|(place, module)| Self::of_module(module, calls.get(place))).collect();
        parts.push(Self::of_parts("[component]", "group", sections(&sizes.sections)));
        let file_name = report.name().rsplit(['/', '\\']).next().unwrap_or_default();
        let mut root = Self::of_parts(file_name, "component", parts);
        if let Some(difference) = difference {
            root.compare(difference);
        }
        root.settle(report.total() / LEAST_PART);
        root
    }

    fn of_module(module: &ModuleSizes, calls: Option<&Calls>) -> Self {
        let reach = calls.map(Calls::reach).unwrap_or_default();
        let names = Names::of(module);
        let mut crates: BTreeMap<&str, Vec<Self>> = BTreeMap::new();
        for function in &module.functions {
            let of = function.name.as_deref().map_or("[unnamed]", crate_of);
            let mut node = Self::leaf(&function_name(module, function), "function", function.bytes as u64);
            node.retained = reach.retained.get(&function.index).copied().filter(|retained| *retained > node.bytes);
            node.by = reach.by.get(&function.index).map(|reached| shortened(&names.reached(reached)));
            crates.entry(of).or_default().push(node);
        }
        let kind = |name: &str| if name.starts_with('[') { "group" } else { "crate" };
        let mut parts: Vec<Self> =
            crates.into_iter().map(|(name, functions)| Self::of_parts(name, kind(name), functions)).collect();
        let segments = (0..).zip(&module.data).map(|(number, data): (u32, _)| {
            let name = data.name.clone().unwrap_or_else(|| format!("segment {number}"));
            Self::leaf(&name, "data", data.bytes as u64)
        });
        parts.push(Self::of_parts("[data]", "group", segments.collect()));
        parts.push(Self::of_parts("[other sections]", "group", sections(&module.sections)));
        Self::of_parts(&module_name(module), "module", parts)
    }

    /// Notes what has changed, where the name says for certain which node it is: one name, one node of the kind.
    fn compare(&mut self, difference: &Difference) {
        let mut counts: BTreeMap<(&'static str, String), u32> = BTreeMap::new();
        self.each(&mut |node| *counts.entry((node.kind, node.name.clone())).or_default() += 1);
        let [modules, _, crates, functions] = &difference.lists;
        self.each(&mut |node| {
            let changes = match node.kind {
                "module" => modules,
                "crate" => crates,
                "function" => functions,
                _ => return,
            };
            if counts.get(&(node.kind, node.name.clone())) == Some(&1) {
                node.change = changes.bytes.get(&node.name).copied();
            }
        });
    }

    fn each(&mut self, visit: &mut impl FnMut(&mut Self)) {
        visit(self);
        self.parts.iter_mut().for_each(|part| part.each(visit));
    }

    /// The largest first, nothing that is empty, and what has fewer bytes than `least` as one.
    fn settle(&mut self, least: u64) {
        self.parts.retain(|part| part.bytes > 0);
        self.parts.sort_by(|one, other| other.bytes.cmp(&one.bytes).then_with(|| one.name.cmp(&other.name)));
        let large = self.parts.iter().take_while(|part| part.bytes >= least).count();
        let small = self.parts.split_off(large);
        if small.len() > 1 {
            let kinds: BTreeSet<&str> = small.iter().map(|part| part.kind).collect();
            let what = if kinds.len() == 1 && kinds.contains("function") { "functions" } else { "parts" };
            let bytes = small.iter().map(|part| part.bytes).sum();
            self.parts.push(Self::leaf(&format!("{} small {what}", small.len()), "rest", bytes));
        } else {
            self.parts.extend(small);
        }
        self.parts.iter_mut().for_each(|part| part.settle(least));
    }
}

fn sections(sections: &BTreeMap<String, usize>) -> Vec<Node> {
    sections.iter().map(|(name, bytes)| Node::leaf(name, "section", *bytes as u64)).collect()
}

/// A name that a page can show: a symbol may be as long as it likes.
pub(super) fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(bytes: &[u64]) -> Node {
        let parts = bytes.iter().map(|bytes| Node::leaf(&format!("f{bytes}"), "function", *bytes)).collect();
        Node::of_parts("whole", "component", parts)
    }

    #[test]
    fn what_is_too_small_to_be_seen_counts_as_one() {
        let mut tree = node(&[1, 500, 2, 40, 0]);
        tree.settle(40);
        let parts: Vec<_> = tree.parts.iter().map(|part| (part.name.as_str(), part.bytes)).collect();
        assert_eq!(parts, [("f500", 500), ("f40", 40), ("2 small functions", 3)]);
        assert_eq!(tree.bytes, tree.parts.iter().map(|part| part.bytes).sum::<u64>());
    }

    #[test]
    fn one_that_is_small_keeps_its_name() {
        let mut tree = node(&[500, 2]);
        tree.settle(40);
        assert_eq!(tree.parts[1].name, "f2");
    }

    #[test]
    fn a_name_is_cut_between_characters() {
        assert_eq!(shortened("käse"), "käse");
        assert_eq!(shortened(&"ä".repeat(LONGEST + 1)), format!("{}…", "ä".repeat(LONGEST)));
    }
}
