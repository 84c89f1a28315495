//! Types that come from outside and go out again: what they have to keep to, and how they are described.
//!
//! [`Type`] is what the extractors ask of a type besides `serde`: [`check`](Type::check) runs before a handler sees the
//! value, and [`SCHEMA`](Type::SCHEMA) is what the OpenAPI document says of it. Both come from `#[derive(Type)]`.

mod builtin;
mod check;
#[doc(hidden)]
pub mod converted;
#[doc(hidden)]
pub mod formats;
mod id;
mod key;
pub(crate) mod refusal;
#[doc(hidden)]
pub mod rules;
pub mod schema;
mod untyped;

pub use check::{Checker, Violation};
pub(crate) use check::{MOST_PLACE_BYTES, MOST_VIOLATIONS, push_item, push_key};
pub use id::Id;
pub use key::Key;
use schema::{Definition, Parts, Schema};
pub use untyped::Untyped;

/// A type that comes in and goes out as JSON: `#[derive(Type)]` makes one.
///
/// Numbers, text, lists, maps, `Option`, tuples and [`json::Value`](crate::json::Value) are such types by themselves.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Type`",
    label = "neither checked nor described",
    note = "write `#[derive(Type)]` before it",
    note = "a type of another crate that `serde` knows is taken as `mik_sdk::typed::Untyped<{Self}>`"
)]
///
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct NewUser {
///     #[field(min = 1, max = 100)]
///     name: String,
///     #[field(min = 0, max = 150)]
///     age: Option<u8>,
/// }
///
/// let problem = json::parse::<NewUser>(br#"{ "name": "" }"#).err().unwrap();
/// assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
/// assert!(problem.to_json().contains(r#""pointer":"/name""#));
/// ```
pub trait Type {
    /// What a JSON Schema says of it. A type with a name is referred to by it; see [`DEFINITION`](Self::DEFINITION).
    const SCHEMA: &'static Schema;

    /// What its name stands for, where it has one.
    const DEFINITION: Option<&'static Definition> = None;

    /// The types that its definition refers to, as a list: `(A, (B, ()))`. A type that refers to itself is in its own.
    type Parts: Parts;

    /// Looks for what is wrong with a value that could be read: every violation, not the first one.
    #[inline]
    fn check(&self, checker: &mut Checker<'_>) {
        let _ = checker;
    }
}

/// Every violation of a value.
pub(crate) fn violations<T: Type>(value: &T) -> Vec<Violation> {
    let mut violations = Vec::new();
    value.check(&mut Checker::new(&mut violations));
    violations
}
