//! Expressions: columns, values, arithmetic, functions, `CASE`. No text of SQL goes in.

use std::ops;

use crate::filter::{FilterExpr, Names};
use crate::writer::Writer;
use crate::{Aggregate, Dialect, Operator, Value};

/// An expression of columns and values.
///
/// ```
/// use mik_sql::{Expr, case, col, postgres};
///
/// let total: Expr = col("quantity") * col("price");
/// let query = postgres("lines")
///     .expr("total", total)
///     .expr("size", case().when(col("quantity").gte(100), "bulk").otherwise("single"))
///     .build();
/// assert_eq!(
///     query.sql,
///     r#"SELECT ("quantity" * "price") AS "total", CASE WHEN "quantity" >= $1::bigint THEN $2 ELSE $3 END AS "size" FROM "lines""#
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Expr(Node);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Column(String),
    Value(Value),
    Arithmetic(Box<Expr>, &'static str, Box<Expr>),
    Call(&'static str, Vec<Expr>),
    /// To so many decimals. PostgreSQL rounds no floating-point number to decimals: they become `numeric` there.
    Round(Box<Expr>, i64),
    Concat(Vec<Expr>),
    Aggregate(Box<Aggregate>),
    Case(Vec<(FilterExpr, Expr)>, Option<Box<Expr>>),
    Excluded(String),
}

/// A column, with its table before a dot where there are several: `users.name`.
///
/// ```
/// use mik_sql::{col, sqlite};
///
/// let query = sqlite("users").filter_expr(col("updated_at").gt(col("created_at"))).build();
/// assert_eq!(query.sql, "SELECT * FROM `users` WHERE `updated_at` > `created_at`");
/// ```
#[must_use]
pub fn col(name: impl Into<String>) -> Expr {
    Expr(Node::Column(name.into()))
}

/// A value, as an expression.
///
/// ```
/// use mik_sql::{col, sqlite, val};
///
/// let query = sqlite("lines").expr("gross", col("net") * (val(1) + col("tax"))).build();
/// assert_eq!(query.sql, "SELECT (`net` * (?1 + `tax`)) AS `gross` FROM `lines`");
/// ```
#[must_use]
pub fn val(value: impl Into<Value>) -> Expr {
    Expr(Node::Value(value.into()))
}

/// Texts, one after the other; null if one of them is.
///
/// ```
/// use mik_sql::{col, concat, postgres, val};
///
/// let query = postgres("users").expr("name", concat([col("first"), val(" "), col("last")])).build();
/// assert_eq!(query.sql, r#"SELECT ("first" || $1::text || "last") AS "name" FROM "users""#);
/// ```
#[must_use]
pub fn concat(parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr(Node::Concat(parts.into_iter().collect()))
}

/// The first that is not null.
///
/// ```
/// use mik_sql::{coalesce, col, postgres, val};
///
/// let query = postgres("users").expr("name", coalesce([col("nick"), col("name"), val("?")])).build();
/// assert_eq!(query.sql, r#"SELECT COALESCE("nick", "name", $1) AS "name" FROM "users""#);
/// ```
#[must_use]
pub fn coalesce(parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr(Node::Call("COALESCE", parts.into_iter().collect()))
}

/// Begins a `CASE`: see [`Expr`] for an example.
pub const fn case() -> Case {
    Case(Vec::new())
}

/// The column of a row that was to be inserted and is there already, for [`InsertBuilder::on_conflict`].
///
/// ```
/// use mik_sql::{col, excluded, insert};
///
/// let hit = insert("hits").columns(&["page", "n"]).values(vec!["/".into(), 1.into()]);
/// let query = hit.on_conflict(&["page"]).do_set("n", col("hits.n") + excluded("n")).build();
/// assert!(query.sql.ends_with(r#"DO UPDATE SET "n" = ("hits"."n" + excluded."n")"#));
/// ```
///
/// [`InsertBuilder::on_conflict`]: crate::InsertBuilder::on_conflict
#[must_use]
pub fn excluded(column: impl Into<String>) -> Expr {
    Expr(Node::Excluded(column.into()))
}

/// A `CASE` whose conditions are not complete yet.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a `CASE` is an expression after `.otherwise(…)` or `.end()`"]
pub struct Case(Vec<(FilterExpr, Expr)>);

impl Case {
    /// What it is where the condition holds, and none before did.
    pub fn when(mut self, condition: impl Into<FilterExpr>, then: impl Into<Expr>) -> Self {
        self.0.push((condition.into(), then.into()));
        self
    }

    /// What it is where no condition holds.
    #[must_use]
    pub fn otherwise(self, otherwise: impl Into<Expr>) -> Expr {
        Expr(Node::Case(self.0, Some(Box::new(otherwise.into()))))
    }

    /// Null where no condition holds.
    #[must_use]
    pub fn end(self) -> Expr {
        Expr(Node::Case(self.0, None))
    }
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(self) -> Self {
            Self(Node::Call($sql, vec![self]))
        }
    )*};
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident = $operator:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(self, other: impl Into<Expr>) -> FilterExpr {
            self.compare(Operator::$operator, other.into())
        }
    )*};
}

macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $operator:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(self, text: impl Into<String>) -> FilterExpr {
            self.compare(Operator::$operator, Expr(Node::Value(Value::String(text.into()))))
        }
    )*};
}

impl Expr {
    comparisons! {
        /// Equal.
        eq = Eq;
        /// Not equal.
        ne = Ne;
        /// Greater.
        gt = Gt;
        /// Greater or equal.
        gte = Gte;
        /// Less.
        lt = Lt;
        /// Less or equal.
        lte = Lte;
    }

    patterns! {
        /// A pattern with `%` and `_`.
        like = Like;
        /// A pattern that does not see case.
        ilike = ILike;
        /// Has the text somewhere.
        contains = Contains;
        /// Begins with the text.
        starts_with = StartsWith;
        /// Ends with the text.
        ends_with = EndsWith;
    }

    functions! {
        /// In capitals.
        upper = "UPPER";
        /// In small letters.
        lower = "LOWER";
        /// How many characters.
        length = "LENGTH";
        /// Without its sign.
        abs = "ABS";
        /// To a whole number.
        round = "ROUND";
    }

    /// To so many decimals.
    ///
    /// ```
    /// let query = mik_sql::sqlite("lines").expr("price", mik_sql::col("price").round_to(2)).build();
    /// assert_eq!(query.sql, "SELECT ROUND(`price`, ?1) AS `price` FROM `lines`");
    /// ```
    #[must_use]
    pub fn round_to(self, decimals: i64) -> Self {
        Self(Node::Round(Box::new(self), decimals))
    }

    /// One of a list.
    ///
    /// ```
    /// use mik_sql::{col, sqlite};
    ///
    /// let query = sqlite("users").filter_expr(col("role").is_in(["admin", "editor"])).build();
    /// assert_eq!(query.sql, "SELECT * FROM `users` WHERE `role` IN (?1, ?2)");
    /// let query = sqlite("users").filter_expr(col("role").not_in(["guest"])).build();
    /// assert_eq!(query.sql, "SELECT * FROM `users` WHERE `role` NOT IN (?1)");
    /// let query = sqlite("users").filter_expr(col("age").between(18, 64)).build();
    /// assert_eq!(query.sql, "SELECT * FROM `users` WHERE `age` BETWEEN ?1 AND ?2");
    /// ```
    #[must_use]
    pub fn is_in<T: Into<Value>>(self, values: impl IntoIterator<Item = T>) -> FilterExpr {
        self.compare_list(Operator::In, values.into_iter().map(Into::into).collect())
    }

    /// None of a list.
    #[must_use]
    pub fn not_in<T: Into<Value>>(self, values: impl IntoIterator<Item = T>) -> FilterExpr {
        self.compare_list(Operator::NotIn, values.into_iter().map(Into::into).collect())
    }

    /// Not less than the first and not greater than the last.
    #[must_use]
    pub fn between(self, first: impl Into<Value>, last: impl Into<Value>) -> FilterExpr {
        self.compare_list(Operator::Between, vec![first.into(), last.into()])
    }

    /// Null.
    #[must_use]
    pub fn is_null(self) -> FilterExpr {
        self.compare(Operator::IsNull, val(true))
    }

    /// Not null.
    #[must_use]
    pub fn is_not_null(self) -> FilterExpr {
        self.compare(Operator::IsNull, val(false))
    }

    fn compare(self, operator: Operator, other: Self) -> FilterExpr {
        FilterExpr::Compare(Box::new((self, operator, other)))
    }

    fn compare_list(self, operator: Operator, values: Vec<Value>) -> FilterExpr {
        self.compare(operator, Self(Node::Value(Value::Array(values))))
    }

    pub(crate) fn value(&self) -> Option<&Value> {
        match &self.0 {
            Node::Value(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn is_aggregate(&self) -> bool {
        matches!(self.0, Node::Aggregate(_))
    }

    pub(crate) fn write(&self, writer: &mut Writer, names: Names<'_>) {
        match &self.0 {
            Node::Column(name) => names.write(writer, name),
            Node::Value(value) => writer.bind(value),
            Node::Arithmetic(left, operator, right) => {
                writer.raw("(");
                left.write(writer, names);
                writer.raw(operator);
                right.write(writer, names);
                writer.raw(")");
            }
            Node::Call(function, arguments) => {
                writer.raw(function);
                writer.raw("(");
                writer.list(arguments, |writer, argument| argument.write(writer, names));
                writer.raw(")");
            }
            Node::Round(number, decimals) => {
                let is_postgres = writer.dialect() == Dialect::Postgres;
                writer.raw("ROUND(");
                number.write(writer, names);
                writer.raw(if is_postgres { "::numeric, " } else { ", " });
                writer.bind(&Value::Int(*decimals));
                writer.raw(if is_postgres { "::integer)" } else { ")" });
            }
            Node::Concat(parts) => {
                writer.raw("(");
                for (index, part) in parts.iter().enumerate() {
                    writer.raw(if index > 0 { " || " } else { "" });
                    part.write(writer, names);
                    // `||` is for arrays and JSON as well, so PostgreSQL has to be told.
                    if part.value().is_some() && writer.dialect() == Dialect::Postgres {
                        writer.raw("::text");
                    }
                }
                writer.raw(if parts.is_empty() { "'')" } else { ")" });
            }
            Node::Aggregate(aggregate) => aggregate.write(writer),
            Node::Case(branches, otherwise) => {
                // `CASE` needs a branch; without one it is what is said of all other rows.
                if branches.is_empty() {
                    return match otherwise {
                        Some(otherwise) => otherwise.write(writer, names),
                        None => writer.raw("NULL"),
                    };
                }
                writer.raw("CASE");
                for (condition, then) in branches {
                    writer.raw(" WHEN ");
                    condition.write(writer, names);
                    writer.raw(" THEN ");
                    then.write(writer, names);
                }
                if let Some(otherwise) = otherwise {
                    writer.raw(" ELSE ");
                    otherwise.write(writer, names);
                }
                writer.raw(" END");
            }
            Node::Excluded(column) => {
                writer.raw("excluded.");
                writer.name(column);
            }
        }
    }
}

impl<T: Into<Value>> From<T> for Expr {
    fn from(value: T) -> Self {
        val(value)
    }
}

impl From<Aggregate> for Expr {
    fn from(aggregate: Aggregate) -> Self {
        Self(Node::Aggregate(Box::new(aggregate)))
    }
}

macro_rules! arithmetic {
    ($($trait:ident, $method:ident, $sign:literal;)*) => {$(
        impl<T: Into<Expr>> ops::$trait<T> for Expr {
            type Output = Self;

            fn $method(self, other: T) -> Self {
                Self(Node::Arithmetic(Box::new(self), $sign, Box::new(other.into())))
            }
        }
    )*};
}

arithmetic! {
    Add, add, " + ";
    Sub, sub, " - ";
    Mul, mul, " * ";
    Div, div, " / ";
}
