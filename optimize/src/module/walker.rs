//! References within a core module. `wasm_encoder` maps every index that it writes; the [`Walker`] has each of them visited.
//! So no reference can be forgotten: one that was would not be renumbered either.
//!
//! One walker for all passes, over a trait object: the code for all instructions is compiled once.

use std::collections::BTreeSet;

use wasm_encoder::reencode::{Error, Reencode};
use wasmparser::FunctionBody;

use crate::error::Dangling;

/// Something in an index space of a core module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    Type(u32),
    Function(u32),
    Table(u32),
    Memory(u32),
    Tag(u32),
    Global(u32),
    Element(u32),
    Data(u32),
}

impl Item {
    /// Its index, whatever it is.
    pub(crate) fn index(self) -> u32 {
        match self {
            Self::Type(index)
            | Self::Function(index)
            | Self::Table(index)
            | Self::Memory(index)
            | Self::Tag(index)
            | Self::Global(index)
            | Self::Element(index)
            | Self::Data(index) => index,
        }
    }
}

/// What is done with each reference.
pub(crate) trait Visit {
    /// The index that is written for it.
    fn visit(&mut self, item: Item) -> Result<u32, Dangling>;
}

/// Notes each item that is referred to.
#[derive(Default)]
pub(crate) struct Noted(pub(crate) BTreeSet<Item>);

impl Visit for Noted {
    fn visit(&mut self, item: Item) -> Result<u32, Dangling> {
        self.0.insert(item);
        Ok(item.index())
    }
}

/// Leaves all as it is.
pub(crate) struct Same;

impl Visit for Same {
    fn visit(&mut self, item: Item) -> Result<u32, Dangling> {
        Ok(item.index())
    }
}

/// Writes parts of a module and has each reference in them visited.
pub(crate) struct Walker<'v>(pub(crate) &'v mut dyn Visit);

type Answer = Result<u32, Error<Dangling>>;

impl Walker<'_> {
    /// Has each reference of a function's code visited, and writes nothing.
    pub(crate) fn visit_function_body(&mut self, body: &FunctionBody<'_>) -> Result<(), Error<Dangling>> {
        for local in body.get_locals_reader()? {
            self.val_type(local?.1)?;
        }
        for operator in body.get_operators_reader()? {
            self.instruction(operator?)?;
        }
        Ok(())
    }
}

impl Walker<'_> {
    fn visit(&mut self, item: Item) -> Answer {
        self.0.visit(item).map_err(Error::UserError)
    }
}

impl Reencode for Walker<'_> {
    type Error = Dangling;

    fn type_index(&mut self, index: u32) -> Answer {
        self.visit(Item::Type(index))
    }

    fn function_index(&mut self, index: u32) -> Answer {
        self.visit(Item::Function(index))
    }

    fn table_index(&mut self, index: u32) -> Answer {
        self.visit(Item::Table(index))
    }

    fn memory_index(&mut self, index: u32) -> Answer {
        self.visit(Item::Memory(index))
    }

    fn tag_index(&mut self, index: u32) -> Answer {
        self.visit(Item::Tag(index))
    }

    fn global_index(&mut self, index: u32) -> Answer {
        self.visit(Item::Global(index))
    }

    fn element_index(&mut self, index: u32) -> Answer {
        self.visit(Item::Element(index))
    }

    fn data_index(&mut self, index: u32) -> Answer {
        self.visit(Item::Data(index))
    }
}
