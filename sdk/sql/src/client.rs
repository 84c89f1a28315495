//! What clients want to see, and what they may ask for.

use std::fmt;
use std::str::FromStr;

use crate::filter::OPERATORS;
use crate::json::{self, Json};
use crate::sort;
use crate::{Error, Filter, FilterExpr, Operator, SortError, SortField, Timestamp, Value};

/// A filter as a client has sent it: read, and not yet looked at. It can do nothing before an [`Allow`] has checked it.
///
/// ```
/// use mik_sql::{ClientFilter, FilterErrorKind};
///
/// let filter: ClientFilter = r#"{"age": {"$gte": 18, "$lt": 65}, "$not": {"role": "bot"}}"#.parse()?;
///
/// let error = r#"{"age": }"#.parse::<ClientFilter>().unwrap_err();
/// assert!(matches!(error.kind, FilterErrorKind::Syntax { line: 1, column: 9, .. }));
/// # Ok::<(), mik_sql::FilterError>(())
/// ```
///
/// | | |
/// |---|---|
/// | `{"name": "Ada"}`, `{"name": {"$eq": "Ada"}}` | equal; with `null`, is null |
/// | `$ne` `$gt` `$gte` `$lt` `$lte` | compared |
/// | `{"age": {"$gte": 18, "$lt": 65}}`, `{"a": 1, "b": 2}` | both |
/// | `{"role": {"$in": ["admin", "editor"]}}`, `$nin` | one of these, none of these |
/// | `{"age": {"$between": [18, 64]}}` | both ends included |
/// | `$contains` `$startsWith` `$endsWith` | `%` and `_` stand for themselves |
/// | `$like` `$ilike` | patterns, where the field allows them |
/// | `{"email": {"$isNull": true}}` | null, or not |
/// | `{"$and": [{…}, {…}]}`, `{"$or": [{…}, {…}]}`, `{"$not": {…}}` | logic, as deep as is allowed |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFilter(Json);

impl FromStr for ClientFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        if text.len() > json::MAX_LENGTH {
            return Err(FilterError::at("", FilterErrorKind::TooLong { limit: json::MAX_LENGTH }));
        }
        json::parse(text).map(Self).map_err(|wrong| {
            let before = text.get(..wrong.position).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            FilterError::at("", FilterErrorKind::Syntax { line, column, what: wrong.what })
        })
    }
}

/// Reads a client's filter: [`ClientFilter`] by another name.
///
/// # Errors
///
/// The text is no JSON, too long or too deep.
pub fn parse_filter(text: &str) -> Result<ClientFilter, FilterError> {
    text.parse()
}

/// What a field holds, and so what it may be compared with.
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
    fn expected(self) -> &'static str {
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
    name: String,
    column: String,
    kind: Type,
    operators: Vec<Operator>,
    is_sortable: bool,
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it allows nothing until a filter is checked against it"]
pub struct Allow {
    fields: Vec<Field>,
    denied: Vec<Operator>,
    max_depth: usize,
    max_conditions: usize,
    max_list: usize,
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
        let mut checker = Checker { allow: self, pointer: String::new(), conditions: 0 };
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

/// What is wrong with a client's filter, and where.
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
    fn at(pointer: impl Into<String>, kind: FilterErrorKind) -> Self {
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
        match &self.kind {
            FilterErrorKind::Syntax { line, column, what } => {
                write!(formatter, "no JSON at line {line}, column {column}: {what}")
            }
            FilterErrorKind::TooLong { limit } => write!(formatter, "longer than {limit} bytes"),
            FilterErrorKind::TooDeep { limit } => write!(formatter, "logic goes no deeper than {limit} levels here"),
            FilterErrorKind::TooMany { limit } => write!(formatter, "there are more than {limit}"),
            FilterErrorKind::UnknownField { field, allowed } => {
                write!(formatter, "`{field}` is no field to filter by; ")?;
                crate::write_choices(formatter, allowed)
            }
            FilterErrorKind::UnknownOperator { operator } => {
                write!(formatter, "`{operator}` is no operator; ")?;
                crate::write_choices(formatter, OPERATORS.iter().map(|(name, _)| name))
            }
            FilterErrorKind::OperatorNotAllowed { operator, allowed } => {
                write!(formatter, "`{}` is not for this field; ", operator.name())?;
                crate::write_choices(formatter, allowed.iter().map(|operator| operator.name()))
            }
            FilterErrorKind::Mismatch { expected, found } => write!(formatter, "{expected} is expected, not {found}"),
            FilterErrorKind::OutOfRange => formatter.write_str("the number is too large"),
            FilterErrorKind::Empty => formatter.write_str("there is nothing here"),
            FilterErrorKind::Twice => formatter.write_str("this is there twice"),
            FilterErrorKind::Nul => formatter.write_str("text cannot have the character U+0000"),
        }
    }
}

impl std::error::Error for FilterError {}

/// Walks a filter, and knows where it is.
struct Checker<'a> {
    allow: &'a Allow,
    pointer: String,
    conditions: usize,
}

type Checked<T> = Result<T, FilterError>;

impl Checker<'_> {
    fn wrong<T>(&self, kind: FilterErrorKind) -> Checked<T> {
        Err(FilterError::at(self.pointer.clone(), kind))
    }

    fn mismatch<T>(&self, expected: &'static str, found: &Json) -> Checked<T> {
        self.wrong(FilterErrorKind::Mismatch { expected, found: found.kind() })
    }

    /// Goes down to a member or item, and up again unless something is wrong there.
    fn below<T>(&mut self, name: &str, check: impl FnOnce(&mut Self) -> Checked<T>) -> Checked<T> {
        let length = self.pointer.len();
        self.pointer.push('/');
        for character in name.chars() {
            match character {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                character => self.pointer.push(character),
            }
        }
        let checked = check(self)?;
        self.pointer.truncate(length);
        Ok(checked)
    }

    /// The members of an object that has some, each once.
    fn members<'j>(&mut self, expected: &'static str, json: &'j Json) -> Checked<&'j [(String, Json)]> {
        let Json::Object(members) = json else { return self.mismatch(expected, json) };
        for (index, (name, _)) in members.iter().enumerate() {
            if members.iter().take(index).any(|(other, _)| other == name) {
                return self.below(&crate::shorten(name), |checker| checker.wrong(FilterErrorKind::Twice));
            }
            // Before all are compared with all.
            if index > self.allow.max_conditions {
                return self.wrong(FilterErrorKind::TooMany { limit: self.allow.max_conditions });
            }
        }
        if members.is_empty() { self.wrong(FilterErrorKind::Empty) } else { Ok(members) }
    }

    /// `{"field": …, "$or": …}`: all of these.
    fn object(&mut self, json: &Json, depth: usize) -> Checked<FilterExpr> {
        let mut all = Vec::new();
        for (name, value) in self.members("an object", json)? {
            all.push(self.below(&crate::shorten(name), |checker| match name.as_str() {
                "$and" => Ok(FilterExpr::And(checker.objects(value, depth)?)),
                "$or" => Ok(FilterExpr::Or(checker.objects(value, depth)?)),
                "$not" => {
                    let depth = checker.deeper(depth)?;
                    // mik-sql 0.1 has it in a list.
                    let inner = match value {
                        Json::List(items) if items.len() == 1 => {
                            items.iter().map(|item| checker.below("0", |checker| checker.object(item, depth))).next()
                        }
                        value => Some(checker.object(value, depth)),
                    };
                    inner.unwrap_or_else(|| checker.wrong(FilterErrorKind::Empty)).map(crate::not)
                }
                name if name.starts_with('$') => {
                    checker.wrong(FilterErrorKind::UnknownOperator { operator: crate::shorten(name) })
                }
                name => checker.field(name, value, depth),
            })?);
        }
        Ok(single(all))
    }

    fn deeper(&self, depth: usize) -> Checked<usize> {
        match depth.checked_sub(1) {
            Some(depth) => Ok(depth),
            None => self.wrong(FilterErrorKind::TooDeep { limit: self.allow.max_depth }),
        }
    }

    fn objects(&mut self, json: &Json, depth: usize) -> Checked<Vec<FilterExpr>> {
        let depth = self.deeper(depth)?;
        let Json::List(items) = json else { return self.mismatch("a list of objects", json) };
        if items.is_empty() {
            return self.wrong(FilterErrorKind::Empty);
        }
        let mut filters = Vec::new();
        for (index, item) in items.iter().enumerate() {
            filters.push(self.below(&index.to_string(), |checker| checker.object(item, depth))?);
        }
        Ok(filters)
    }

    fn field(&mut self, name: &str, json: &Json, depth: usize) -> Checked<FilterExpr> {
        let allow = self.allow;
        let Some(field) = allow.fields.iter().find(|field| field.name == name) else {
            let allowed = allow.fields.iter().map(|field| field.name.clone()).collect();
            return self.wrong(FilterErrorKind::UnknownField { field: crate::shorten(name), allowed });
        };
        match json {
            Json::Object(_) => self.operators(field, json, depth),
            json => self.condition(field, Operator::Eq, json),
        }
    }

    /// `{"$gte": 18, "$lt": 65}`: all of these.
    fn operators(&mut self, field: &Field, json: &Json, depth: usize) -> Checked<FilterExpr> {
        let mut all = Vec::new();
        for (name, value) in self.members("an object of operators", json)? {
            all.push(self.below(&crate::shorten(name), |checker| {
                if name == "$not" {
                    let depth = checker.deeper(depth)?;
                    return checker.operators(field, value, depth).map(crate::not);
                }
                match Operator::named(name) {
                    Some(operator) => checker.condition(field, operator, value),
                    None => checker.wrong(FilterErrorKind::UnknownOperator { operator: crate::shorten(name) }),
                }
            })?);
        }
        Ok(single(all))
    }

    fn condition(&mut self, field: &Field, operator: Operator, json: &Json) -> Checked<FilterExpr> {
        self.conditions += 1;
        if self.conditions > self.allow.max_conditions {
            return self.wrong(FilterErrorKind::TooMany { limit: self.allow.max_conditions });
        }
        let is_allowed =
            |operator: &Operator| field.operators.contains(operator) && !self.allow.denied.contains(operator);
        if !is_allowed(&operator) || operator == Operator::Regex {
            let allowed = field.operators.iter().copied().filter(is_allowed).collect();
            return self.wrong(FilterErrorKind::OperatorNotAllowed { operator, allowed });
        }
        let value = match operator {
            Operator::IsNull => match json {
                Json::Bool(value) => Value::Bool(*value),
                json => return self.mismatch("true or false", json),
            },
            // Whoever may ask whether it is null may say so briefly.
            Operator::Eq | Operator::Ne if *json == Json::Null && is_allowed(&Operator::IsNull) => Value::Null,
            Operator::In | Operator::NotIn => Value::Array(self.values(field, json)?),
            Operator::Between => {
                let ends = self.values(field, json)?;
                if ends.len() != 2 {
                    return self.mismatch("a list of two values", json);
                }
                Value::Array(ends)
            }
            Operator::Contains | Operator::StartsWith | Operator::EndsWith | Operator::Like | Operator::ILike => {
                self.value(Type::Text, json)?
            }
            _ => self.value(field.kind, json)?,
        };
        Ok(FilterExpr::Simple(Filter { field: field.column.clone(), op: operator, value }))
    }

    fn values(&mut self, field: &Field, json: &Json) -> Checked<Vec<Value>> {
        let Json::List(items) = json else { return self.mismatch("a list", json) };
        if items.len() > self.allow.max_list {
            return self.wrong(FilterErrorKind::TooMany { limit: self.allow.max_list });
        }
        let mut values = Vec::new();
        for (index, item) in items.iter().enumerate() {
            values.push(self.below(&index.to_string(), |checker| checker.value(field.kind, item))?);
        }
        Ok(values)
    }

    fn value(&self, kind: Type, json: &Json) -> Checked<Value> {
        match (kind, json) {
            (Type::Bool | Type::Any, Json::Bool(value)) => Ok(Value::Bool(*value)),
            (Type::Int, Json::Number(number)) => self.integer(number),
            (Type::Float, Json::Number(number)) => self.float(number),
            (Type::Any, Json::Number(number)) if is_integer(number) => self.integer(number),
            (Type::Any, Json::Number(number)) => self.float(number),
            (Type::Text | Type::Any, Json::Text(text)) if text.contains('\0') => self.wrong(FilterErrorKind::Nul),
            (Type::Text | Type::Any, Json::Text(text)) => Ok(Value::String(text.clone())),
            (Type::Uuid, Json::Text(text)) => match uuid::Uuid::try_parse(text) {
                Ok(uuid) => Ok(Value::Uuid(uuid)),
                Err(_) => self.mismatch("a UUID", json),
            },
            (Type::Timestamp, Json::Text(text)) => match text.parse::<Timestamp>() {
                Ok(moment) => Ok(Value::Timestamp(moment)),
                Err(_) => self.mismatch(Type::Timestamp.expected(), json),
            },
            (kind, json) => self.mismatch(kind.expected(), json),
        }
    }

    fn integer(&self, number: &str) -> Checked<Value> {
        match number.parse() {
            Ok(integer) => Ok(Value::Int(integer)),
            Err(_) if is_integer(number) => self.wrong(FilterErrorKind::OutOfRange),
            Err(_) => self.wrong(FilterErrorKind::Mismatch {
                expected: "an integer",
                found: "a number with a fraction or an exponent",
            }),
        }
    }

    fn float(&self, number: &str) -> Checked<Value> {
        match number.parse::<f64>() {
            Ok(float) if float.is_finite() => Ok(Value::Float(float)),
            _ => self.wrong(FilterErrorKind::OutOfRange),
        }
    }
}

fn is_integer(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

/// One condition alone, or all of several.
fn single(mut filters: Vec<FilterExpr>) -> FilterExpr {
    match filters.len() {
        1 => filters.remove(0),
        _ => FilterExpr::And(filters),
    }
}

/// What a client's filter can come as: its text, perhaps none; read; or put together in code, which is checked all the
/// same.
pub trait Wish {
    /// The condition, if all of it is allowed.
    ///
    /// # Errors
    ///
    /// Says where something is that is not allowed.
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error>;
}

impl Wish for ClientFilter {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        Ok(allow.check(self)?)
    }
}

impl Wish for str {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        Ok(allow.check(&parse_filter(self)?)?)
    }
}

impl Wish for String {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        self.as_str().check(allow)
    }
}

impl<T: Wish + ?Sized> Wish for &T {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        T::check(self, allow)
    }
}

impl<T: Wish> Wish for Option<T> {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        self.as_ref().map_or(Ok(FilterExpr::And(Vec::new())), |wish| wish.check(allow))
    }
}

impl Wish for Filter {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        let mut checker = Checker { allow, pointer: String::new(), conditions: 0 };
        Ok(checker.below(&crate::shorten(&self.field), |checker| checker.filter(self))?)
    }
}

impl<T: Wish> Wish for [T] {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        self.iter().map(|wish| wish.check(allow)).collect::<Result<_, _>>().map(FilterExpr::And)
    }
}

impl<T: Wish> Wish for Vec<T> {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        self.as_slice().check(allow)
    }
}

impl<T: Wish, const N: usize> Wish for [T; N] {
    fn check(&self, allow: &Allow) -> Result<FilterExpr, Error> {
        self.as_slice().check(allow)
    }
}

impl Checker<'_> {
    /// A filter that code has put together from what a client said.
    fn filter(&mut self, filter: &Filter) -> Checked<FilterExpr> {
        let allow = self.allow;
        let Some(field) = allow.fields.iter().find(|field| field.name == filter.field) else {
            let allowed = allow.fields.iter().map(|field| field.name.clone()).collect();
            return self.wrong(FilterErrorKind::UnknownField { field: crate::shorten(&filter.field), allowed });
        };
        let is_allowed =
            |operator: &Operator| field.operators.contains(operator) && !self.allow.denied.contains(operator);
        if !is_allowed(&filter.op) {
            let allowed = field.operators.iter().copied().filter(is_allowed).collect();
            return self.wrong(FilterErrorKind::OperatorNotAllowed { operator: filter.op, allowed });
        }
        if let Value::Array(values) = &filter.value
            && values.len() > self.allow.max_list
        {
            return self.wrong(FilterErrorKind::TooMany { limit: self.allow.max_list });
        }
        Ok(FilterExpr::Simple(Filter { field: field.column.clone(), ..filter.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allow() -> Allow {
        Allow::new()
            .field(Field::int("age"))
            .field(Field::text("name").column("users.name"))
            .field(Field::bool("active"))
            .field(Field::float("score"))
            .field(Field::uuid("id"))
            .field(Field::timestamp("seen"))
            .field(Field::any("extra"))
            .field(Field::text("note").operators(&[Operator::Eq, Operator::Like, Operator::Regex]))
            .max_depth(2)
            .max_conditions(4)
            .max_list(3)
    }

    fn check(text: &str) -> Result<FilterExpr, FilterError> {
        allow().check(&text.parse()?)
    }

    #[test]
    fn every_error_says_where_and_what() {
        for (text, message) in [
            (r#"[]"#, "filter: an object is expected, not a list"),
            (r#"{"age" 1}"#, "filter: no JSON at line 1, column 8: a `:` is missing here"),
            ("{\n \"é\": tru}", "filter: no JSON at line 2, column 7: a value is missing here"),
            (
                r#"{"password": 1}"#,
                "filter, /password: `password` is no field to filter by; there are `age`, `name`, `active`, `score`, `id`, `seen`, `extra`, `note`",
            ),
            (
                r#"{"a/b~c": 1}"#,
                "filter, /a~1b~0c: `a/b~c` is no field to filter by; there are `age`, `name`, `active`, `score`, `id`, `seen`, `extra`, `note`",
            ),
            (r#"{"age": "1"}"#, "filter, /age: an integer is expected, not text"),
            (r#"{"age": 1.0}"#, "filter, /age: an integer is expected, not a number with a fraction or an exponent"),
            (r#"{"age": 9223372036854775808}"#, "filter, /age: the number is too large"),
            (r#"{"extra": 9223372036854775808}"#, "filter, /extra: the number is too large"),
            (r#"{"score": 1e999}"#, "filter, /score: the number is too large"),
            (r#"{"age": {"$in": [1, null]}}"#, "filter, /age/$in/1: an integer is expected, not null"),
            (r#"{"age": {"$in": [1, 2, 3, 4]}}"#, "filter, /age/$in: there are more than 3"),
            (r#"{"age": {"$in": 1}}"#, "filter, /age/$in: a list is expected, not a number"),
            (r#"{"age": {"$between": [1]}}"#, "filter, /age/$between: a list of two values is expected, not a list"),
            (r#"{"age": {"$gt": null}}"#, "filter, /age/$gt: an integer is expected, not null"),
            (r#"{"age": {}}"#, "filter, /age: there is nothing here"),
            (r#"{"age": {"$isNull": 1}}"#, "filter, /age/$isNull: true or false is expected, not a number"),
            (
                r#"{"age": {"$contains": "1"}}"#,
                "filter, /age/$contains: `$contains` is not for this field; there are `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$nin`, `$between`, `$isNull`",
            ),
            (
                r#"{"note": {"$regex": "(a+)+"}}"#,
                "filter, /note/$regex: `$regex` is not for this field; there are `$eq`, `$like`",
            ),
            (r#"{"note": null}"#, "filter, /note: text is expected, not null"),
            (r#"{"name": "a\u0000b"}"#, "filter, /name: text cannot have the character U+0000"),
            (r#"{"name": {"$contains": "\u0000"}}"#, "filter, /name/$contains: text cannot have the character U+0000"),
            (r#"{"id": "7"}"#, "filter, /id: a UUID is expected, not text"),
            (r#"{"seen": "yesterday"}"#, "filter, /seen: a date and time of RFC 3339 is expected, not text"),
            (r#"{"extra": [1]}"#, "filter, /extra: a boolean, a number or text is expected, not a list"),
            (r#"{"$or": {}}"#, "filter, /$or: a list of objects is expected, not an object"),
            (r#"{"$or": []}"#, "filter, /$or: there is nothing here"),
            (r#"{"$or": [{}]}"#, "filter, /$or/0: there is nothing here"),
            (r#"{"$not": {}}"#, "filter, /$not: there is nothing here"),
            (
                r#"{"$not": {"$and": [{"$or": [{"age": 1}]}]}}"#,
                "filter, /$not/$and/0/$or: logic goes no deeper than 2 levels here",
            ),
            (
                r#"{"age": {"$not": {"$not": {"$not": {"$eq": 1}}}}}"#,
                "filter, /age/$not/$not/$not: logic goes no deeper than 2 levels here",
            ),
            (r#"{"age": {"$gt": 1, "$gt": 2}}"#, "filter, /age/$gt: this is there twice"),
            (r#"{"age": 1, "age": 2}"#, "filter, /age: this is there twice"),
            (
                r#"{"$or": [{"age": 1}, {"age": 2}, {"age": 3}, {"age": 4}, {"age": 5}]}"#,
                "filter, /$or/4/age: there are more than 4",
            ),
        ] {
            assert_eq!(check(text).unwrap_err().to_string(), message, "{text}");
        }
        for (text, start) in [
            (r#"{"age": {"$exec": 1}}"#, "filter, /age/$exec: `$exec` is no operator; there are `$eq`,"),
            (r#"{"$where": "1"}"#, "filter, /$where: `$where` is no operator; there are `$eq`,"),
        ] {
            assert!(check(text).unwrap_err().to_string().starts_with(start), "{text}");
        }
        let long = format!(r#"{{"{}": 1}}"#, "é".repeat(1000));
        assert!(check(&long).unwrap_err().to_string().len() < 600);
        assert_eq!(check(&" ".repeat(100_000)).unwrap_err().kind, FilterErrorKind::TooLong { limit: 64 * 1024 });
    }

    #[test]
    fn what_is_allowed_keeps_its_logic_and_its_types() {
        let filter =
            check(r#"{"$or": [{"name": "x"}, {"$not": {"age": {"$gte": 1, "$lt": 9}}}], "active": null}"#).unwrap();
        let age = |operator, value: i64| crate::simple("age", operator, value);
        let expected = crate::and(vec![
            crate::or(vec![
                crate::simple("users.name", Operator::Eq, "x"),
                crate::not(crate::and(vec![age(Operator::Gte, 1), age(Operator::Lt, 9)])),
            ]),
            crate::simple("active", Operator::Eq, Value::Null),
        ]);
        assert_eq!(filter, expected);
        let FilterExpr::Simple(filter) = check(r#"{"seen": {"$gte": "2025-01-01T00:00:00Z"}}"#).unwrap() else {
            panic!()
        };
        assert_eq!(filter.value.kind(), "timestamp");
        let FilterExpr::Simple(filter) = check(r#"{"id": "67e55044-10b1-426f-9247-bb680e5fe0c8"}"#).unwrap() else {
            panic!()
        };
        assert_eq!(filter.value.kind(), "UUID");
        assert_eq!(check("{}"), Ok(FilterExpr::And(Vec::new())));
    }

    #[test]
    fn filters_put_together_in_code_are_checked_too() {
        let allowed = vec![Filter::new("age", Operator::Gt, 1)];
        assert!(allowed.check(&allow()).is_ok());
        let error = [Filter::new("password", Operator::Eq, "x")].check(&allow()).unwrap_err();
        assert!(error.to_string().starts_with("filter, /password: `password` is no field to filter by"), "{error}");
        let error = Filter::new("age", Operator::Regex, "x").check(&allow()).unwrap_err();
        assert!(error.to_string().starts_with("filter, /age: `$regex` is not for this field"), "{error}");
    }

    proptest! {
        #[test]
        fn no_filter_panics(text in r#"(\{|\}|\[|\]|:|,|"age"|"name"|"\$or"|"\$not"|"\$in"|"\$eq"|"x"|1|null| ){0,30}"#) {
            let _ = check(&text);
        }
    }
}
