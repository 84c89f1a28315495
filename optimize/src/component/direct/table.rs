//! The module in front, whose functions call by a table, and the one behind, which fills it.

use std::collections::BTreeMap;

use wasmparser::{ElementItems, ElementKind, ExternalKind, FuncType, Operator, TypeRef};

use crate::error::PassError;
use crate::module::{Module, Signatures, constant, is_function};

/// A module whose functions do nothing but call by its table.
pub(super) struct Front {
    /// What its table is exported as.
    pub(super) table: String,
    /// The slot that each function calls, by name, and the function's type.
    pub(super) functions: BTreeMap<String, (u64, FuncType)>,
}

impl Front {
    pub(super) fn of(bytes: &[u8]) -> Result<Option<Self>, PassError> {
        let module = Module::parse(bytes)?;
        let has_more = !module.imports.is_empty()
            || !module.memories.is_empty()
            || !module.tags.is_empty()
            || !module.globals.is_empty()
            || !module.elements.is_empty()
            || !module.data.is_empty()
            || module.start.is_some();
        if has_more || module.tables.len() != 1 {
            return Ok(None);
        }
        let signatures = Signatures::of(&module);
        let mut front = Self { table: String::new(), functions: BTreeMap::new() };
        for export in &module.exports {
            match export.kind {
                ExternalKind::Table => export.name.clone_into(&mut front.table),
                ExternalKind::Func => {
                    let Some(slot) = slot(&module, &signatures, export.index)? else { return Ok(None) };
                    let Some(ty) = signatures.signature(export.index) else { return Ok(None) };
                    front.functions.insert(export.name.to_owned(), (slot, ty.clone()));
                }
                _ => return Ok(None),
            }
        }
        Ok((!front.functions.is_empty()).then_some(front))
    }
}

/// The slot that a function calls with all of its parameters; nothing, where it does something else.
fn slot(module: &Module<'_>, signatures: &Signatures<'_>, index: u32) -> Result<Option<u64>, PassError> {
    let (Some(function), Some(signature)) = (module.functions.get(index as usize), signatures.signature(index)) else {
        return Ok(None);
    };
    let mut operators = function.parsed().get_operators_reader()?;
    for parameter in 0..signature.params().len() as u32 {
        match operators.read()? {
            Operator::LocalGet { local_index } if local_index == parameter => {}
            _ => return Ok(None),
        }
    }
    let slot = match operators.read()? {
        Operator::I32Const { value } => u64::from(value as u32),
        _ => return Ok(None),
    };
    match operators.read()? {
        Operator::CallIndirect { type_index, table_index: 0 } if type_index == function.type_index => {}
        _ => return Ok(None),
    }
    Ok(matches!(operators.read()?, Operator::End).then_some(slot))
}

/// A module that does nothing but put imported functions into an imported table.
pub(super) struct Behind {
    /// The table that it imports: module and name.
    pub(super) table: (String, String),
    /// What it puts into each slot, and of which type that is.
    pub(super) slots: BTreeMap<u64, ((String, String), FuncType)>,
}

impl Behind {
    pub(super) fn of(bytes: &[u8]) -> Result<Option<Self>, PassError> {
        let module = Module::parse(bytes)?;
        let has_more = !module.functions.is_empty()
            || !module.tables.is_empty()
            || !module.memories.is_empty()
            || !module.tags.is_empty()
            || !module.globals.is_empty()
            || !module.exports.is_empty()
            || !module.data.is_empty()
            || module.start.is_some();
        let [element] = module.elements.as_slice() else { return Ok(None) };
        let ElementKind::Active { table_index: None | Some(0), offset_expr } = &element.kind else { return Ok(None) };
        let (false, Some(offset), ElementItems::Functions(items)) = (has_more, constant(offset_expr), &element.items)
        else {
            return Ok(None);
        };
        let mut table = None;
        let mut functions = Vec::new();
        for import in &module.imports {
            let name = (import.module.to_owned(), import.name.to_owned());
            match import.ty {
                TypeRef::Table(_) if table.is_none() => table = Some(name),
                ref ty if is_function(ty) => functions.push(name),
                _ => return Ok(None),
            }
        }
        let Some(table) = table else { return Ok(None) };
        let signatures = Signatures::of(&module);
        let mut slots = BTreeMap::new();
        for (slot, function) in (offset..).zip(items.clone()) {
            let function = function?;
            let (Some(name), Some(ty)) = (functions.get(function as usize), signatures.signature(function)) else {
                return Ok(None);
            };
            slots.insert(slot, (name.clone(), ty.clone()));
        }
        Ok(Some(Self { table, slots }))
    }
}
