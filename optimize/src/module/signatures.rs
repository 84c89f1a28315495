//! The types of a module by their index, and which of them each function has.

use wasmparser::{CompositeInnerType, FuncType, SubType, TypeRef};

use super::Module;

/// Types by index, looked up once for a whole pass: a module may have a hundred thousand of them, and of functions.
pub(crate) struct Signatures<'m> {
    types: Vec<&'m SubType>,
    /// The type of each function, imported or defined.
    functions: Vec<u32>,
}

impl<'m> Signatures<'m> {
    pub(crate) fn of(module: &'m Module<'_>) -> Self {
        let imported = module.imports.iter().filter_map(|import| match import.ty {
            TypeRef::Func(index) | TypeRef::FuncExact(index) => Some(index),
            _ => None,
        });
        let defined = module.functions.iter().map(|function| function.type_index);
        Self {
            types: module.types.iter().flat_map(|group| group.types()).collect(),
            functions: imported.chain(defined).collect(),
        }
    }

    /// The index of a function's type.
    pub(crate) fn function_type(&self, function: u32) -> Option<u32> {
        self.functions.get(function as usize).copied()
    }

    /// The definition behind a type index.
    pub(crate) fn sub_type(&self, index: u32) -> Option<&'m SubType> {
        self.types.get(index as usize).copied()
    }

    /// What a function takes and gives.
    pub(crate) fn signature(&self, function: u32) -> Option<&'m FuncType> {
        match &self.sub_type(self.function_type(function)?)?.composite_type.inner {
            CompositeInnerType::Func(ty) => Some(ty),
            _ => None,
        }
    }
}
