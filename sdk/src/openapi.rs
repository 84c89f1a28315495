//! What the OpenAPI document says of a route: what its extractors take of a request, and what its answer gives.
//!
//! [`FromRequest::INPUT`](crate::FromRequest::INPUT) and [`IntoResponse::OUTPUT`](crate::IntoResponse::OUTPUT) say it, as
//! constants: they cost a component nothing until the document is made of them, and the document is data beside the code.

#[cfg(feature = "openapi")]
mod answers;
mod api;
#[cfg(feature = "openapi")]
mod definitions;
#[cfg(feature = "openapi")]
mod document;
mod input;
#[cfg(feature = "openapi")]
mod layer;
mod output;
mod path;
#[cfg(feature = "openapi")]
mod same;
#[cfg(feature = "openapi")]
mod schemas;
#[cfg(feature = "openapi")]
mod security;
mod writer;

#[doc(hidden)]
pub use api::{Api, Description, Operation, Path, describe};
#[cfg(feature = "openapi")]
#[doc(hidden)]
pub use definitions::Definitions;
#[cfg(feature = "openapi")]
#[doc(hidden)]
pub use document::{Draft, estimate, text};
#[cfg(feature = "openapi")]
#[doc(hidden)]
pub use layer::{Layer, count_inputs, describe_before, join_inputs};
#[doc(hidden)]
pub use path::check_path;

pub use input::{Body, Content, Input, Parameter, Place, Scheme, Security};
pub use output::{Header, Output, Status};

use crate::Type;
use crate::typed::schema::{Deepest, Reach, Schema, Tree};

/// A type, with every definition that its schema refers to.
///
/// ```
/// use mik_sdk::openapi::Shape;
///
/// const NUMBERS: Shape = Shape::of::<Vec<u32>>();
/// assert!(NUMBERS.definitions.own.is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What it is.
    pub schema: &'static Schema,
    /// What the names in the schema stand for.
    pub definitions: &'static Tree,
}

/// What `routes!` writes for the document: nothing, without the feature `openapi`.
#[cfg(feature = "openapi")]
#[doc(hidden)]
#[macro_export]
macro_rules! __openapi {
    ($($tokens:tt)*) => { $($tokens)* };
}

#[cfg(not(feature = "openapi"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __openapi {
    ($($tokens:tt)*) => {};
}

impl Shape {
    /// The shape of a type.
    pub const fn of<T>() -> Self
    where
        T: Type + Reach<Deepest> + ?Sized,
    {
        Self { schema: T::SCHEMA, definitions: T::TREE }
    }

    /// A shape whose schema refers to nothing.
    pub const fn plain(schema: &'static Schema) -> Self {
        const NONE: &Tree = &Tree { own: None, children: &[] };
        Self { schema, definitions: NONE }
    }
}
