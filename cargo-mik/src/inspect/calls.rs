//! Who calls whom in a core module: the shortest way from an export to each function, and what would go with it.
//!
//! A call by a table goes to every function in it that has the type: which of them it is in the end, only a run would tell. So a way
//! may be longer in truth, and what a function alone keeps may be more; it is never less.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mik_optimize::Sizes;
use petgraph::algo::dominators;
use petgraph::graph::{DiGraph, NodeIndex};
use wasmparser::{
    BinaryReaderError, Chunk, ConstExpr, ElementItems, ElementKind, ExternalKind, FunctionBody, Operator, Parser,
    Payload, TableInit, TypeRef,
};

/// A table and a type, by their numbers: what an indirect call names.
type Site = (u32, u32);

/// Who calls whom in a core module. Functions are known by their indices.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    /// Bytes of each function that is defined here.
    bytes: BTreeMap<u32, u64>,
    /// What each function calls, and takes a reference to.
    direct: BTreeMap<u32, BTreeSet<u32>>,
    /// What each function calls by a table.
    indirect: BTreeMap<u32, BTreeSet<Site>>,
    /// The functions that a table has, by their type.
    tables: BTreeMap<Site, BTreeSet<u32>>,
    /// What is reached from outside: exports by name, and the start function.
    doors: Vec<(Reached, u32)>,
}

/// How a function is reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reached {
    /// The module exports it.
    Export(String),
    /// It is run when the module is instantiated.
    Start,
    /// A global has a reference to it, or a table that is filled with one.
    Reference,
    /// Another module may call it by a table that both have.
    Table,
    /// A function calls it.
    Call(u32),
    /// A function makes a call of its type by a table that it is in.
    Indirect(u32),
}

/// How each function is reached, and what it keeps.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    /// The first step back on a shortest way to an export. Functions that nothing reaches are not there.
    pub(super) by: BTreeMap<u32, Reached>,
    /// Bytes of the function and of all that is reached by way of it alone.
    pub(super) retained: BTreeMap<u32, u64>,
}

/// The calls of each core module of a component, however deep it is nested, in the order of its sizes.
///
/// # Errors
/// The input is no valid WebAssembly.
pub(super) fn calls(bytes: &[u8], sizes: &Sizes) -> Result<Vec<Calls>, BinaryReaderError> {
    let mut all = Vec::new();
    let mut modules = sizes.modules.iter();
    let mut waiting = vec![bytes];
    // Depth first without recursion: what is nested goes in front of what follows it.
    while let Some(bytes) = waiting.pop() {
        if Parser::is_core_wasm(bytes) {
            let mut calls = Calls::of(bytes)?;
            let functions = modules.next().into_iter().flat_map(|module| &module.functions);
            calls.bytes = functions.map(|function| (function.index, function.bytes as u64)).collect();
            all.push(calls);
            continue;
        }
        let mut nested = Vec::new();
        let (mut parser, mut rest) = (Parser::new(0), bytes);
        while !rest.is_empty() {
            let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else { break };
            rest = rest.get(consumed..).unwrap_or_default();
            if let Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } =
                payload
            {
                let length = (unchecked_range.end - unchecked_range.start) as usize;
                let (inner, after) = rest.split_at(length.min(rest.len()));
                nested.push(inner);
                rest = after;
            }
        }
        waiting.extend(nested.into_iter().rev());
    }
    Ok(all)
}

impl Calls {
    fn of(bytes: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut calls = Self::default();
        let (mut types, mut next) = (Vec::new(), 0);
        let (mut shared, mut entries) = (BTreeSet::new(), Vec::new());
        let mut imported_tables = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        match import?.ty {
                            TypeRef::Func(index) | TypeRef::FuncExact(index) => types.push(index),
                            TypeRef::Table(_) => {
                                shared.insert(imported_tables);
                                imported_tables += 1;
                            }
                            _ => {}
                        }
                    }
                    next = types.len() as u32;
                }
                Payload::FunctionSection(section) => {
                    for index in section {
                        types.push(index?);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        match export.kind {
                            ExternalKind::Func | ExternalKind::FuncExact => {
                                calls.doors.push((Reached::Export(export.name.to_owned()), export.index));
                            }
                            ExternalKind::Table => drop(shared.insert(export.index)),
                            _ => {}
                        }
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        calls.refer(&global?.init_expr)?;
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        if let TableInit::Expr(value) = table?.init {
                            calls.refer(&value)?;
                        }
                    }
                }
                Payload::StartSection { func, .. } => calls.doors.push((Reached::Start, func)),
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        let table = match element.kind {
                            ElementKind::Active { table_index, .. } => Some(table_index.unwrap_or(0)),
                            ElementKind::Passive => None,
                            ElementKind::Declared => continue,
                        };
                        for function in functions(element.items)? {
                            entries.push((table, function));
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    calls.read(next, &body)?;
                    next += 1;
                }
                _ => {}
            }
        }
        let tables: BTreeSet<u32> = calls.indirect.values().flatten().map(|(table, _)| *table).collect();
        for (table, function) in entries {
            let Some(ty) = types.get(function as usize) else { continue };
            // What is not put in at the start may be put in any table.
            for table in table.map_or_else(|| tables.clone(), |table| BTreeSet::from([table])) {
                calls.tables.entry((table, *ty)).or_default().insert(function);
                if shared.contains(&table) {
                    calls.doors.push((Reached::Table, function));
                }
            }
        }
        Ok(calls)
    }

    /// What is referred to is called by whoever reads it; who that is, nobody looks for.
    fn refer(&mut self, value: &ConstExpr<'_>) -> Result<(), BinaryReaderError> {
        for operator in value.get_operators_reader() {
            if let Operator::RefFunc { function_index } = operator? {
                self.doors.push((Reached::Reference, function_index));
            }
        }
        Ok(())
    }

    fn read(&mut self, index: u32, body: &FunctionBody<'_>) -> Result<(), BinaryReaderError> {
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => {
                    self.direct.entry(index).or_default().insert(function_index);
                }
                Operator::CallIndirect { type_index, table_index }
                | Operator::ReturnCallIndirect { type_index, table_index } => {
                    self.indirect.entry(index).or_default().insert((table_index, type_index));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The functions that call one, by their indices.
    pub(super) fn callers(&self, function: u32) -> BTreeSet<u32> {
        let by_table: BTreeSet<Site> =
            self.tables.iter().filter(|(_, targets)| targets.contains(&function)).map(|(site, _)| *site).collect();
        let direct = self.direct.iter().filter(|(_, targets)| targets.contains(&function)).map(|(caller, _)| *caller);
        let indirect =
            self.indirect.iter().filter(|(_, sites)| !sites.is_disjoint(&by_table)).map(|(caller, _)| *caller);
        direct.chain(indirect).collect()
    }

    /// How each function is reached, and what it keeps.
    pub(super) fn reach(&self) -> Reach {
        Reach { by: self.ways(), retained: self.retained() }
    }

    /// Breadth first from all doors at once, so that the first way found is a shortest. Direct calls count before those by a
    /// table, and doors that are named before others.
    fn ways(&self) -> BTreeMap<u32, Reached> {
        let mut by: BTreeMap<u32, Reached> = BTreeMap::new();
        let mut waiting = VecDeque::new();
        let mut seen: BTreeSet<Site> = BTreeSet::new();
        let mut doors: Vec<_> = self.doors.iter().collect();
        doors.sort();
        let mut add = |function: u32, reached: Reached, waiting: &mut VecDeque<u32>| {
            by.entry(function).or_insert_with(|| {
                waiting.push_back(function);
                reached
            });
        };
        // Who comes by a table from elsewhere is named last: most ways by it begin in the module itself.
        for (reached, function) in doors.iter().filter(|(reached, _)| *reached != Reached::Table) {
            add(*function, reached.clone(), &mut waiting);
        }
        let mut others = doors.iter().filter(|(reached, _)| *reached == Reached::Table);
        loop {
            while let Some(function) = waiting.pop_front() {
                for callee in self.direct.get(&function).into_iter().flatten() {
                    add(*callee, Reached::Call(function), &mut waiting);
                }
                for site in self.indirect.get(&function).into_iter().flatten() {
                    if seen.insert(*site) {
                        for callee in self.tables.get(site).into_iter().flatten() {
                            add(*callee, Reached::Indirect(function), &mut waiting);
                        }
                    }
                }
            }
            let Some((reached, function)) = others.next() else { break };
            add(*function, reached.clone(), &mut waiting);
        }
        by
    }

    /// Bytes below each function in the tree of dominators: those that every way from outside has to pass it for.
    fn retained(&self) -> BTreeMap<u32, u64> {
        let mut graph: DiGraph<u64, ()> = DiGraph::new();
        let outside = graph.add_node(0);
        let mut nodes: BTreeMap<u32, NodeIndex> = BTreeMap::new();
        for (function, bytes) in &self.bytes {
            nodes.insert(*function, graph.add_node(*bytes));
        }
        // Each table and type is a node of its own: with an edge for each pair there would be as many as callers times functions.
        let sites: BTreeMap<Site, NodeIndex> = self.tables.keys().map(|site| (*site, graph.add_node(0))).collect();
        let mut connect = |from: Option<&NodeIndex>, to: Option<&NodeIndex>| {
            if let (Some(from), Some(to)) = (from, to) {
                graph.add_edge(*from, *to, ());
            }
        };
        for (_, function) in &self.doors {
            connect(Some(&outside), nodes.get(function));
        }
        for (function, callees) in &self.direct {
            callees.iter().for_each(|callee| connect(nodes.get(function), nodes.get(callee)));
        }
        for (function, called) in &self.indirect {
            called.iter().for_each(|site| connect(nodes.get(function), sites.get(site)));
        }
        for (site, targets) in &self.tables {
            targets.iter().for_each(|target| connect(sites.get(site), nodes.get(target)));
        }
        let tree = dominators::simple_fast(&graph, outside);
        let mut depths: BTreeMap<NodeIndex, usize> = BTreeMap::from([(outside, 0)]);
        for node in graph.node_indices() {
            let mut way = Vec::new();
            let mut at = node;
            while !depths.contains_key(&at) {
                way.push(at);
                match tree.immediate_dominator(at) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            let Some(depth) = depths.get(&at).copied() else { continue };
            for (above, node) in (depth + 1..).zip(way.into_iter().rev()) {
                depths.insert(node, above);
            }
        }
        let mut deepest: Vec<_> = depths.into_iter().collect();
        deepest.sort_by_key(|(node, depth)| (std::cmp::Reverse(*depth), *node));
        let mut retained: BTreeMap<NodeIndex, u64> =
            deepest.iter().map(|(node, _)| (*node, graph.node_weight(*node).copied().unwrap_or(0))).collect();
        for (node, _) in &deepest {
            let bytes = retained.get(node).copied().unwrap_or(0);
            if let Some(above) = tree.immediate_dominator(*node) {
                *retained.entry(above).or_default() += bytes;
            }
        }
        nodes.into_iter().filter_map(|(function, node)| Some((function, *retained.get(&node)?))).collect()
    }
}

/// The functions of an element segment.
fn functions(items: ElementItems<'_>) -> Result<Vec<u32>, BinaryReaderError> {
    match items {
        ElementItems::Functions(items) => items.into_iter().collect(),
        ElementItems::Expressions(_, items) => {
            let mut functions = Vec::new();
            for expression in items {
                for operator in expression?.get_operators_reader() {
                    if let Operator::RefFunc { function_index } = operator? {
                        functions.push(function_index);
                    }
                }
            }
            Ok(functions)
        }
    }
}

#[cfg(test)]
mod tests;
