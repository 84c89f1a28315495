//! What can be wrong with a client's filter.

use std::fmt;

use crate::Operator;
use crate::filter::OPERATORS;

/// What is wrong with a client's filter, and where.
///
/// ```
/// use mik_sql::{Allow, Field, FilterErrorKind, parse_filter};
///
/// let allow = Allow::new().field(Field::int("age"));
/// let error = allow.check(&parse_filter(r#"{"age": {"$gte": "x"}}"#)?).unwrap_err();
/// assert_eq!(error.pointer, "/age/$gte");
/// assert!(matches!(error.kind, FilterErrorKind::Mismatch { expected: "an integer", found: "text" }));
/// # Ok::<(), mik_sql::FilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilterError {
    /// Where: a JSON pointer (RFC 6901), empty for the whole.
    pub pointer: String,
    /// What is wrong.
    pub kind: FilterErrorKind,
}

/// What is wrong with a client's filter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// It is no JSON.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The character in the line, from 1.
        column: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// It is longer than is read.
    TooLong {
        /// How many bytes are read.
        limit: usize,
    },
    /// Logic is nested too deep.
    TooDeep {
        /// How deep it may go.
        limit: usize,
    },
    /// There are too many comparisons, or too many values in a list.
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// Not one of the allowed fields.
    UnknownField {
        /// The field.
        field: String,
        /// The allowed fields.
        allowed: Vec<String>,
    },
    /// There is no such operator.
    UnknownOperator {
        /// What stands where an operator should.
        operator: String,
    },
    /// The field does not allow the operator.
    OperatorNotAllowed {
        /// The operator.
        operator: Operator,
        /// Those that it allows.
        allowed: Vec<Operator>,
    },
    /// The value is of another type.
    Mismatch {
        /// What is expected.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// The number is too large.
    OutOfRange,
    /// There is nothing where something is needed.
    Empty,
    /// A member that is there twice.
    Twice,
    /// Text has the character 0, which a database's text cannot have.
    Nul,
}

impl FilterError {
    pub(super) fn at(pointer: impl Into<String>, kind: FilterErrorKind) -> Self {
        Self { pointer: pointer.into(), kind }
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("filter")?;
        if !self.pointer.is_empty() {
            write!(formatter, ", {}", self.pointer)?;
        }
        formatter.write_str(": ")?;
        self.kind.fmt(formatter)
    }
}

impl fmt::Display for FilterErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line, column, what } => {
                write!(formatter, "no JSON at line {line}, column {column}: {what}")
            }
            Self::TooLong { limit } => write!(formatter, "longer than {limit} bytes"),
            Self::TooDeep { limit } => write!(formatter, "logic goes no deeper than {limit} levels here"),
            Self::TooMany { limit } => write!(formatter, "there are more than {limit}"),
            Self::UnknownField { field, allowed } => {
                write!(formatter, "`{field}` is no field to filter by; ")?;
                crate::write_choices(formatter, allowed)
            }
            Self::UnknownOperator { operator } => {
                write!(formatter, "`{operator}` is no operator; ")?;
                crate::write_choices(formatter, OPERATORS.iter().map(|(name, _)| name))
            }
            Self::OperatorNotAllowed { operator, allowed } => {
                write!(formatter, "`{}` is not for this field; ", operator.name())?;
                crate::write_choices(formatter, allowed.iter().map(|operator| operator.name()))
            }
            Self::Mismatch { expected, found } => write!(formatter, "{expected} is expected, not {found}"),
            Self::OutOfRange => formatter.write_str("the number is too large"),
            Self::Empty => formatter.write_str("there is nothing here"),
            Self::Twice => formatter.write_str("this is there twice"),
            Self::Nul => formatter.write_str("text cannot have the character U+0000"),
        }
    }
}

impl std::error::Error for FilterError {}
