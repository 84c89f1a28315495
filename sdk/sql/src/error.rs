//! What can be wrong with a statement.

use std::fmt;

use crate::{CursorError, FilterError, SortError};

/// Why there is no statement. What [`is_clients_fault`](Error::is_clients_fault) is a 400; all else is a mistake in the
/// handler.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The client's filter asks for what is not allowed.
    Filter(FilterError),
    /// The client's sort asks for what is not allowed.
    Sort(SortError),
    /// A cursor cannot be read, or made.
    Cursor(CursorError),
    /// The client asks for a page both after one position and before another.
    AfterAndBefore,
    /// Pages of no rows.
    NoLimit,
    /// Pages of rows that have no order.
    NoOrder,
    /// An update or delete without a filter.
    AllRows {
        /// The table.
        table: String,
    },
    /// An update of nothing.
    NothingSet {
        /// The table.
        table: String,
    },
}

impl Error {
    /// Whether the client has to ask for something else.
    ///
    /// ```
    /// use mik_sql::{CursorError, Error};
    ///
    /// assert!(Error::from(CursorError::Tampered).is_clients_fault());
    /// assert!(!Error::AllRows { table: "users".into() }.is_clients_fault());
    /// ```
    pub fn is_clients_fault(&self) -> bool {
        match self {
            Self::Filter(_) | Self::Sort(_) | Self::AfterAndBefore | Self::NoLimit => true,
            Self::Cursor(error) => !matches!(error, CursorError::ShortKey | CursorError::Unsortable),
            Self::NoOrder | Self::AllRows { .. } | Self::NothingSet { .. } => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Filter(error) => error.fmt(formatter),
            Self::Sort(error) => error.fmt(formatter),
            Self::Cursor(error) => error.fmt(formatter),
            Self::AfterAndBefore => formatter.write_str("a page is after a position or before one, not both"),
            Self::NoLimit => formatter.write_str("a page has at least one row"),
            Self::NoOrder => formatter.write_str("pages need an order: sort by a column that tells rows apart"),
            Self::AllRows { table } => write!(
                formatter,
                "this would change or delete every row of `{table}`: add a filter, or say `.all_rows()`"
            ),
            Self::NothingSet { table } => write!(formatter, "this update of `{table}` sets nothing"),
        }
    }
}

impl std::error::Error for Error {}

macro_rules! from {
    ($($variant:ident($error:ty),)*) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from! {
    Filter(FilterError),
    Sort(SortError),
    Cursor(CursorError),
}
