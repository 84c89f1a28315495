//! The values that are bound: each says its type.

#[cfg(feature = "serde")]
mod serde;

use uuid::Uuid;

use crate::Timestamp;

/// A value, bound to a placeholder and never written into the text.
///
/// ```
/// use mik_sql::{Timestamp, Value};
///
/// assert_eq!(Value::from("Ada"), Value::String("Ada".into()));
/// assert_eq!(Value::from(7_u32), Value::Int(7));
/// assert_eq!(Value::from(None::<bool>), Value::Null);
/// assert_eq!(Value::from(vec![1, 2]), Value::Array(vec![Value::Int(1), Value::Int(2)]));
/// assert_eq!(Value::from(Timestamp::EPOCH).kind(), "timestamp");
/// ```
///
/// How each is handed to a database:
///
/// | | PostgreSQL | SQLite |
/// |---|---|---|
/// | `Bool` | `$1::boolean` | the integer 0 or 1 |
/// | `Int` | `$1::bigint` | an integer |
/// | `Float` | `$1::double precision` | a real |
/// | `String` | `$1`: as a quoted literal would be, so that it also fits columns of type `date`, `citext` or an enum | text |
/// | `Bytes` | `$1::bytea` | a blob |
/// | `Uuid` | `$1::uuid` | text, hyphens and small letters |
/// | `Timestamp` | `$1::timestamptz` | text as its `Display` writes it, which sorts in the order of time |
/// | `Json` | `$1::jsonb` | text |
/// | `Array` | `$1::bigint[]` and so on | a placeholder for each |
///
/// `Null` is written as `NULL`, and is no bind.
///
/// With feature `serde`, a statement is written as `{"sql": "…", "params": […]}` for what runs it elsewhere: moments, UUIDs
/// and JSON as text, bytes as base64 for URLs, without padding.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `NULL`.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// A floating-point number of 64 bits.
    Float(f64),
    /// Text.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A UUID.
    Uuid(Uuid),
    /// A moment.
    Timestamp(Timestamp),
    /// A JSON document, as its text.
    Json(String),
    /// Several values, for `IN` and `BETWEEN`.
    Array(Vec<Value>),
}

impl Value {
    /// What sort of value it is, for messages.
    ///
    /// ```
    /// assert_eq!(mik_sql::Value::Int(1).kind(), "integer");
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) => "integer",
            Self::Float(_) => "number",
            Self::String(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Uuid(_) => "UUID",
            Self::Timestamp(_) => "timestamp",
            Self::Json(_) => "JSON",
            Self::Array(_) => "list",
        }
    }

    /// The type that PostgreSQL is told, if any. Text is left to what it is compared with.
    pub(crate) fn postgres_type(&self) -> Option<&'static str> {
        match self {
            Self::Null | Self::String(_) | Self::Array(_) => None,
            Self::Bool(_) => Some("boolean"),
            Self::Int(_) => Some("bigint"),
            Self::Float(_) => Some("double precision"),
            Self::Bytes(_) => Some("bytea"),
            Self::Uuid(_) => Some("uuid"),
            Self::Timestamp(_) => Some("timestamptz"),
            Self::Json(_) => Some("jsonb"),
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),* $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Bool,
    i8 => Int, i16 => Int, i32 => Int, i64 => Int, u8 => Int, u16 => Int, u32 => Int,
    f32 => Float, f64 => Float,
    String => String, &str => String, &String => String, char => String, Box<str> => String,
    std::borrow::Cow<'_, str> => String,
    Uuid => Uuid,
    Timestamp => Timestamp,
}

// Bytes come from `Vec<u8>` in no case: a vector is a list of values.
impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(values: [T; N]) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}
