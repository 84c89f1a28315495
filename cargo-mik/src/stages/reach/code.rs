//! A core module as a graph: its functions by name, who calls whom and where, and where the host or a table may enter.

use std::collections::{BTreeMap, BTreeSet};

use mik_optimize::Sizes;
use wasmparser::{
    BinaryReaderError, ConstExpr, ElementItems, ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef,
};

use super::name::Name;

/// A core module's code.
#[derive(Debug, Default)]
pub(super) struct Code {
    /// The functions that have a name.
    pub(super) names: BTreeMap<u32, Name>,
    /// What is imported and is no interface of a component: by the function's index, where it is one.
    pub(super) foreign: Vec<(Option<u32>, String, String)>,
    /// Whom each function calls, each once, by the first call's place in the code section.
    pub(super) calls: BTreeMap<u32, Vec<(u32, u64)>>,
    /// What the host calls: exports and the start function.
    pub(super) entries: BTreeSet<u32>,
    /// What is called by way of a table, or by a reference.
    pub(super) referenced: BTreeSet<u32>,
}

impl Code {
    /// Reads a core module. It need not be valid: what can't be read is an error.
    pub(super) fn read(module: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut code = Self::default();
        let mut imported = 0_u32;
        let mut defined = 0_u32;
        let mut section = 0_u64;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import?;
                        let function =
                            matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)).then_some(imported);
                        if !is_of_a_component(import.module) {
                            code.foreign.push((function, import.module.to_owned(), import.name.to_owned()));
                        }
                        imported = imported.saturating_add(u32::from(function.is_some()));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            code.entries.insert(export.index);
                        }
                    }
                }
                Payload::GlobalSection(globals) => {
                    for global in globals {
                        code.refer(&global?.init_expr)?;
                    }
                }
                Payload::StartSection { func, .. } => {
                    code.entries.insert(func);
                }
                Payload::ElementSection(elements) => {
                    for element in elements {
                        match element?.items {
                            ElementItems::Functions(functions) => {
                                for function in functions {
                                    code.referenced.insert(function?);
                                }
                            }
                            ElementItems::Expressions(_, expressions) => {
                                for expression in expressions {
                                    code.refer(&expression?)?;
                                }
                            }
                        }
                    }
                }
                Payload::CodeSectionStart { range, .. } => section = range.start,
                Payload::CodeSectionEntry(body) => {
                    code.add(imported.saturating_add(defined), &body, section)?;
                    defined = defined.saturating_add(1);
                }
                _ => {}
            }
        }
        for function in Sizes::of(module)
            .map(|sizes| sizes.modules)
            .unwrap_or_default()
            .into_iter()
            .flat_map(|module| module.functions)
        {
            if let Some(name) = function.name {
                code.names.insert(function.index, Name::read(&name));
            }
        }
        Ok(code)
    }

    fn refer(&mut self, expression: &ConstExpr<'_>) -> Result<(), BinaryReaderError> {
        let mut operators = expression.get_operators_reader();
        while !operators.eof() {
            if let Operator::RefFunc { function_index } = operators.read()? {
                self.referenced.insert(function_index);
            }
        }
        Ok(())
    }

    fn add(&mut self, function: u32, body: &FunctionBody<'_>, section: u64) -> Result<(), BinaryReaderError> {
        let mut seen = BTreeSet::new();
        let mut calls = Vec::new();
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, at) = operators.read_with_offset()?;
            match operator {
                Operator::Call { function_index } | Operator::ReturnCall { function_index }
                    if seen.insert(function_index) =>
                {
                    calls.push((function_index, at.saturating_sub(section)));
                }
                Operator::RefFunc { function_index } => {
                    self.referenced.insert(function_index);
                }
                _ => {}
            }
        }
        self.calls.insert(function, calls);
        Ok(())
    }
}

/// Whether an import is of an interface of WIT: `wasi:random/random@0.2.0`, `$root`, `[export]…`.
fn is_of_a_component(module: &str) -> bool {
    module.contains(':') || module.starts_with("$root") || module.starts_with('[') || module.starts_with("cm32p2")
}
