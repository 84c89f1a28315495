//! What clients may ask for.

use super::check::Checker;
use super::{ClientFilter, FilterError};
use crate::json::Json;
use crate::{FilterExpr, Operator, SortError, SortField, sort};

/// What a field holds, and so what it may be compared with.
///
/// ```
/// use mik_sql::{Allow, Field, Type, parse_filter};
///
/// let allow = Allow::new().field(Field::new("age", Type::Int));
/// assert!(allow.check(&parse_filter(r#"{"age": 18}"#)?).is_ok());
/// assert!(allow.check(&parse_filter(r#"{"age": "18"}"#)?).is_err());
/// # Ok::<(), mik_sql::FilterError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// True or false.
    Bool,
    /// An integer of 64 bits.
    Int,
    /// A number.
    Float,
    /// Text.
    Text,
    /// A UUID.
    Uuid,
    /// A moment, in RFC 3339.
    Timestamp,
    /// Whatever JSON says it is: a boolean, a number, text. The database decides whether that fits.
    Any,
}

impl Type {
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Bool => "a boolean",
            Self::Int => "an integer",
            Self::Float => "a number",
            Self::Text => "text",
            Self::Uuid => "a UUID",
            Self::Timestamp => "a date and time of RFC 3339",
            Self::Any => "a boolean, a number or text",
        }
    }

    fn operators(self) -> &'static [Operator] {
        use Operator::{Between, Contains, EndsWith, Eq, Gt, Gte, In, IsNull, Lt, Lte, Ne, NotIn, StartsWith};
        match self {
            Self::Bool | Self::Uuid => &[Eq, Ne, In, NotIn, IsNull],
            Self::Int | Self::Float | Self::Timestamp => &[Eq, Ne, Gt, Gte, Lt, Lte, In, NotIn, Between, IsNull],
            Self::Text | Self::Any => {
                &[Eq, Ne, Gt, Gte, Lt, Lte, In, NotIn, Between, Contains, StartsWith, EndsWith, IsNull]
            }
        }
    }
}

/// A field that clients may filter by.
///
/// ```
/// use mik_sql::{Allow, Field, Operator};
///
/// let allow = Allow::new()
///     .field(Field::text("title"))
///     .field(Field::text("status").operators(&[Operator::Eq, Operator::In]))
///     .field(Field::timestamp("createdAt").column("posts.created_at").sortable());
/// # let _ = allow;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a field counts once it is in an `Allow`"]
pub struct Field {
    pub(super) name: String,
    pub(super) column: String,
    pub(super) kind: Type,
    pub(super) operators: Vec<Operator>,
    pub(super) is_sortable: bool,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $type:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(name: impl Into<String>) -> Self {
            Self::new(name, Type::$type)
        }
    )*};
}

impl Field {
    fields! {
        /// A field of booleans.
        bool = Bool;
        /// A field of integers.
        int = Int;
        /// A field of numbers.
        float = Float;
        /// A field of text.
        text = Text;
        /// A field of UUIDs.
        uuid = Uuid;
        /// A field of moments.
        timestamp = Timestamp;
        /// A field of whatever JSON says it is.
        any = Any;
    }

    /// A field that may be compared as its type can be: not by patterns, which are asked for by name.
    pub fn new(name: impl Into<String>, kind: Type) -> Self {
        let name = name.into();
        Self { column: name.clone(), name, kind, operators: kind.operators().to_vec(), is_sortable: false }
    }

    /// The column, where it has another name than clients know the field by.
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = column.into();
        self
    }

    /// Allows these operators instead. A regular expression is never allowed.
    pub fn operators(mut self, operators: &[Operator]) -> Self {
        self.operators = operators.to_vec();
        self.operators.retain(|operator| *operator != Operator::Regex);
        self
    }

    /// Allows also to sort by it.
    pub const fn sortable(mut self) -> Self {
        self.is_sortable = true;
        self
    }
}

/// What clients may ask for: nothing that is not named here.
///
/// ```
/// use mik_sql::{Allow, Operator, parse_filter};
///
/// let allow = Allow::new()
///     .fields(&["title", "status"])
///     .deny_operators(&[Operator::Contains])
///     .max_depth(2)
///     .max_conditions(10)
///     .max_list(20);
///
/// assert!(allow.check(&parse_filter(r#"{"$or": [{"title": "a"}, {"status": "new"}]}"#)?).is_ok());
/// for refused in [r#"{"title": {"$contains": "a"}}"#, r#"{"owner": 7}"#, r#"{"$not": {"$not": {"$not": {"title": "a"}}}}"#] {
///     assert!(allow.check(&parse_filter(refused)?).is_err());
/// }
/// # Ok::<(), mik_sql::FilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it allows nothing until a filter is checked against it"]
pub struct Allow {
    pub(super) fields: Vec<Field>,
    pub(super) denied: Vec<Operator>,
    pub(super) max_depth: usize,
    pub(super) max_conditions: usize,
    pub(super) max_list: usize,
}

impl Default for Allow {
    fn default() -> Self {
        Self::new()
    }
}

impl Allow {
    /// Nothing is allowed.
    pub const fn new() -> Self {
        Self { fields: Vec::new(), denied: Vec::new(), max_depth: 5, max_conditions: 100, max_list: 100 }
    }

    /// Allows a field.
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Allows fields of any type, by the names of their columns.
    pub fn fields(mut self, names: &[&str]) -> Self {
        self.fields.extend(names.iter().map(|&name| Field::any(name)));
        self
    }

    /// Denies operators in all fields.
    pub fn deny_operators(mut self, operators: &[Operator]) -> Self {
        self.denied.extend_from_slice(operators);
        self
    }

    /// How deep `$and`, `$or` and `$not` may be nested: 5, unless said.
    pub const fn max_depth(mut self, depth: usize) -> Self {
        self.max_depth = depth;
        self
    }

    /// How many comparisons there may be: 100, unless said.
    pub const fn max_conditions(mut self, conditions: usize) -> Self {
        self.max_conditions = conditions;
        self
    }

    /// How many values a list may have: 100, unless said.
    pub const fn max_list(mut self, values: usize) -> Self {
        self.max_list = values;
        self
    }

    /// Checks a client's filter: a condition, to be joined to others by `AND`. `{}` asks for everything.
    ///
    /// # Errors
    ///
    /// Says where in the filter something is that is not allowed.
    pub fn check(&self, wish: &ClientFilter) -> Result<FilterExpr, FilterError> {
        let mut checker = Checker::new(self);
        match &wish.0 {
            Json::Object(members) if members.is_empty() => Ok(FilterExpr::And(Vec::new())),
            object => checker.object(object, self.max_depth),
        }
    }

    /// Reads what a client wants to sort by: `name,-created_at`.
    ///
    /// ```
    /// use mik_sql::{Allow, Field, postgres};
    ///
    /// let allow = Allow::new().field(Field::text("name").sortable()).field(Field::text("email"));
    /// let query = postgres("users").sorts(&allow.sort("-name")?).build();
    /// assert_eq!(query.sql, r#"SELECT * FROM "users" ORDER BY "name" DESC NULLS FIRST"#);
    /// assert!(allow.sort("email").is_err());
    /// # Ok::<(), mik_sql::SortError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Says where in the text something is that is not allowed.
    pub fn sort(&self, text: &str) -> Result<Vec<SortField>, SortError> {
        let sortable = || self.fields.iter().filter(|field| field.is_sortable);
        let names: Vec<&str> = sortable().map(|field| field.name.as_str()).collect();
        sort::parse(text, &names, |index| sortable().nth(index).map_or("", |field| &field.column))
    }
}
