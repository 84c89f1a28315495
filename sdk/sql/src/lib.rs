//! SQL for PostgreSQL and SQLite.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod aggregate;
mod base64;
mod change;
mod client;
mod compare;
mod cursor;
mod dialect;
mod error;
mod expression;
mod filter;
mod insert;
mod json;
mod links;
mod macros;
mod pages;
mod pattern;
mod query;
mod select;
mod sort;
mod table;
mod value;
mod writer;

use std::fmt;

pub use aggregate::{Aggregate, AggregateFunc};
pub use change::{DeleteBuilder, UpdateBuilder, delete, delete_sqlite, update, update_sqlite};
pub use client::{Allow, ClientFilter, Field, FilterError, FilterErrorKind, Type, Wish, parse_filter};
pub use cursor::{CursorError, CursorKey};
pub use dialect::Dialect;
pub use error::Error;
pub use expression::{Case, Expr, case, coalesce, col, concat, excluded, val};
pub use filter::{Filter, FilterExpr, Operator, and, not, or, simple};
pub use insert::{InsertBuilder, OnConflict, insert, insert_sqlite};
#[doc(hidden)]
pub use macros::private as __private;
pub use mik_time::{InvalidTimestamp, Timestamp};
pub use pages::{Page, PageParams, PageRequest, Pages};
pub use query::QueryResult;
pub use select::{QueryBuilder, postgres, sqlite};
pub use sort::{Nulls, SortDir, SortError, SortErrorKind, SortField};
pub use table::{Join, Table};
pub use uuid::Uuid;
pub use value::Value;

/// As much of a name that a client has sent as a message repeats.
fn shorten(name: &str) -> String {
    const LONGEST: usize = 64;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => name.get(..end).unwrap_or_default().to_owned() + "…",
        None => name.to_owned(),
    }
}

/// What there is to choose from.
fn write_choices(
    formatter: &mut fmt::Formatter<'_>,
    choices: impl IntoIterator<Item = impl AsRef<str>>,
) -> fmt::Result {
    let mut is_any = false;
    for choice in choices {
        formatter.write_str(if is_any { ", `" } else { "there are `" })?;
        formatter.write_str(choice.as_ref())?;
        formatter.write_str("`")?;
        is_any = true;
    }
    if is_any { Ok(()) } else { formatter.write_str("there are none") }
}
