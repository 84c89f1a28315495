//! Conditions: which rows are meant.

use crate::Value;
use crate::compare::{Operand, compare, constant};
use crate::expression::Expr;
use crate::writer::Writer;

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operator {
    /// `$eq`: equal. With null: `IS NULL`.
    Eq,
    /// `$ne`: not equal; a row that has null there is not selected. With null: `IS NOT NULL`.
    Ne,
    /// `$gt`: greater.
    Gt,
    /// `$gte`: greater or equal.
    Gte,
    /// `$lt`: less.
    Lt,
    /// `$lte`: less or equal.
    Lte,
    /// `$in`: one of a list. A null in the list also selects rows that have null there.
    In,
    /// `$nin`: none of a list. A null in the list also leaves out rows that have null there.
    NotIn,
    /// `$regex`: a regular expression. PostgreSQL's `~`; SQLite has it where the program that opens the database provides
    /// `REGEXP`. Never for clients: some expressions take for ever.
    Regex,
    /// `$like`: a pattern with `%` and `_`, `\` before what stands for itself. It sees case in both databases.
    Like,
    /// `$ilike`: a pattern that does not see case; in SQLite of ASCII only.
    ILike,
    /// `$startsWith`: the text begins with this one, wildcards standing for themselves.
    StartsWith,
    /// `$endsWith`: the text ends with this one.
    EndsWith,
    /// `$contains`: the text has this one somewhere.
    Contains,
    /// `$between`: not less than the first of two values and not greater than the second.
    Between,
    /// `$isNull`: with `true` null, with `false` anything else.
    IsNull,
}

/// All operators, by the names that filters in JSON and the macros have for them.
pub(crate) const OPERATORS: [(&str, Operator); 16] = [
    ("$eq", Operator::Eq),
    ("$ne", Operator::Ne),
    ("$gt", Operator::Gt),
    ("$gte", Operator::Gte),
    ("$lt", Operator::Lt),
    ("$lte", Operator::Lte),
    ("$in", Operator::In),
    ("$nin", Operator::NotIn),
    ("$between", Operator::Between),
    ("$contains", Operator::Contains),
    ("$startsWith", Operator::StartsWith),
    ("$endsWith", Operator::EndsWith),
    ("$like", Operator::Like),
    ("$ilike", Operator::ILike),
    ("$regex", Operator::Regex),
    ("$isNull", Operator::IsNull),
];

impl Operator {
    /// Its name in filters.
    ///
    /// ```
    /// assert_eq!(mik_sql::Operator::Gte.name(), "$gte");
    /// ```
    pub fn name(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or("", |(name, _)| name)
    }

    /// The operator of this name: `$gte`; `$starts_with`, as mik-sql 0.1 also wrote it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = match name {
            "$starts_with" => "$startsWith",
            "$ends_with" => "$endsWith",
            "$is_null" => "$isNull",
            name => name,
        };
        OPERATORS.iter().find(|(other, _)| *other == name).map(|(_, operator)| *operator)
    }
}

/// One comparison of a column with a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The column, with its table before a dot where there are several: `users.name`.
    pub field: String,
    /// How they are compared.
    pub op: Operator,
    /// The value.
    pub value: Value,
}

impl Filter {
    /// Compares a column with a value.
    ///
    /// ```
    /// use mik_sql::{Filter, Operator, sqlite};
    ///
    /// let adults = Filter::new("age", Operator::Gte, 18);
    /// let query = sqlite("users").filter_expr(adults).build();
    /// assert_eq!(query.sql, "SELECT * FROM `users` WHERE `age` >= ?1");
    /// ```
    #[must_use]
    pub fn new(field: impl Into<String>, op: Operator, value: impl Into<Value>) -> Self {
        Self { field: field.into(), op, value: value.into() }
    }
}

/// A condition, whose logic is SQL's: a comparison with null is neither true nor false, and selects nothing.
///
/// ```
/// use mik_sql::{FilterExpr, Operator, simple, sqlite};
///
/// fn visible(is_admin: bool) -> FilterExpr {
///     match is_admin {
///         true => FilterExpr::And(vec![]),
///         false => simple("hidden", Operator::Eq, false),
///     }
/// }
///
/// assert_eq!(sqlite("posts").filter_expr(visible(true)).build().sql, "SELECT * FROM `posts` WHERE TRUE");
/// assert_eq!(sqlite("posts").filter_expr(visible(false)).build().sql, "SELECT * FROM `posts` WHERE `hidden` = ?1");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FilterExpr {
    /// A column and a value.
    Simple(Filter),
    /// Two expressions.
    Compare(Box<(Expr, Operator, Expr)>),
    /// All of these. All of none is always true.
    And(Vec<FilterExpr>),
    /// At least one of these. One of none is never true.
    Or(Vec<FilterExpr>),
    /// Not this one.
    Not(Box<FilterExpr>),
}

/// A column and a value.
///
/// ```
/// use mik_sql::{Operator, and, not, or, postgres, simple};
///
/// let staff = or(vec![simple("role", Operator::Eq, "admin"), simple("role", Operator::Eq, "editor")]);
/// let query = postgres("users").filter_expr(and(vec![staff, not(simple("banned", Operator::Eq, true))])).build();
/// assert_eq!(
///     query.sql,
///     r#"SELECT * FROM "users" WHERE ("role" = $1 OR "role" = $2) AND NOT ("banned" = $3::boolean)"#
/// );
/// ```
#[must_use]
pub fn simple(field: impl Into<String>, op: Operator, value: impl Into<Value>) -> FilterExpr {
    FilterExpr::Simple(Filter::new(field, op, value))
}

/// All of these. See [`simple`] for an example.
#[must_use]
pub const fn and(filters: Vec<FilterExpr>) -> FilterExpr {
    FilterExpr::And(filters)
}

/// At least one of these. See [`simple`] for an example.
#[must_use]
pub const fn or(filters: Vec<FilterExpr>) -> FilterExpr {
    FilterExpr::Or(filters)
}

/// Not this one. See [`simple`] for an example.
#[must_use]
pub fn not(filter: FilterExpr) -> FilterExpr {
    FilterExpr::Not(Box::new(filter))
}

impl From<Filter> for FilterExpr {
    fn from(filter: Filter) -> Self {
        Self::Simple(filter)
    }
}

impl From<Vec<Filter>> for FilterExpr {
    fn from(filters: Vec<Filter>) -> Self {
        Self::And(filters.into_iter().map(Self::Simple).collect())
    }
}

impl FilterExpr {
    /// Whether it is the same for all rows, as far as its shape tells: a list of no conditions, a list of no values.
    pub(crate) fn constant(&self) -> Option<bool> {
        match self {
            Self::Simple(Filter { op, value, .. }) => constant(*op, value),
            Self::Compare(parts) => match &parts.2.value() {
                Some(value) => constant(parts.1, value),
                None => None,
            },
            Self::And(filters) => every(filters, true),
            Self::Or(filters) => every(filters, false),
            Self::Not(filter) => filter.constant().map(|constant| !constant),
        }
    }

    /// Whether it is written with an `AND` or `OR` that something beside it could tear apart.
    fn is_list(&self) -> bool {
        match self {
            Self::And(filters) | Self::Or(filters) => match filters.as_slice() {
                [filter] => filter.is_list(),
                _ => self.constant().is_none(),
            },
            Self::Simple(_) | Self::Compare(_) | Self::Not(_) => false,
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer, names: Names<'_>) {
        if let Some(constant) = self.constant() {
            return writer.raw(if constant { "TRUE" } else { "FALSE" });
        }
        match self {
            Self::Simple(Filter { field, op, value }) => {
                compare(writer, &|writer| names.write(writer, field), *op, Operand::Value(value));
            }
            Self::Compare(parts) => {
                let (left, op, right) = parts.as_ref();
                let right = match right.value() {
                    Some(value) => Operand::Value(value),
                    None => Operand::Expr(right, names),
                };
                compare(writer, &|writer| left.write(writer, names), *op, right);
            }
            Self::And(filters) => write_all(writer, &filters.iter().collect::<Vec<_>>(), " AND ", names),
            Self::Or(filters) => write_all(writer, &filters.iter().collect::<Vec<_>>(), " OR ", names),
            Self::Not(filter) => {
                writer.raw("NOT (");
                filter.write(writer, names);
                writer.raw(")");
            }
        }
    }
}

/// What the names in a condition stand for, other than columns: `HAVING` and keysets cannot use the names of `SELECT`.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a>(pub(crate) &'a [(Expr, Option<String>)]);

impl Names<'_> {
    pub(crate) const NONE: Names<'static> = Names(&[]);

    pub(crate) fn write(self, writer: &mut Writer, name: &str) {
        match self.0.iter().find(|(_, alias)| alias.as_deref() == Some(name)) {
            Some((expression, _)) => expression.write(writer, Names::NONE),
            None => writer.path(name),
        }
    }
}

/// Conditions one after the other, and how they are joined; an `AND` or `OR` within gets parentheses.
pub(crate) fn write_all(writer: &mut Writer, filters: &[&FilterExpr], joint: &str, names: Names<'_>) {
    for (index, filter) in filters.iter().enumerate() {
        if index > 0 {
            writer.raw(joint);
        }
        if filters.len() > 1 && filter.is_list() {
            writer.raw("(");
            filter.write(writer, names);
            writer.raw(")");
        } else {
            filter.write(writer, names);
        }
    }
}

/// `AND` over all with `neutral` true, `OR` with false: one that is the other constant decides, and all constant decide.
fn every(filters: &[FilterExpr], neutral: bool) -> Option<bool> {
    let mut all = true;
    for filter in filters {
        match filter.constant() {
            Some(constant) if constant != neutral => return Some(!neutral),
            Some(_) => {}
            None => all = false,
        }
    }
    all.then_some(neutral)
}
