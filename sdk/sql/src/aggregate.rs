//! Functions over all rows of a group.

use crate::Expr;
use crate::filter::Names;
use crate::writer::Writer;

/// The functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AggregateFunc {
    /// How many rows, or how many that are not null.
    Count,
    /// How many different values.
    CountDistinct,
    /// The sum.
    Sum,
    /// The mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
}

/// A function over all rows of a group. In the result it has its function's name, unless it is given another.
///
/// ```
/// use mik_sql::{Aggregate, Operator, postgres, simple};
///
/// let query = postgres("orders")
///     .fields(&["status"])
///     .aggregate(Aggregate::count())
///     .aggregate(Aggregate::sum("total").as_alias("revenue"))
///     .group_by(&["status"])
///     .having(simple("revenue", Operator::Gt, 1000))
///     .build();
/// assert_eq!(
///     query.sql,
///     r#"SELECT "status", COUNT(*) AS "count", SUM("total") AS "revenue" FROM "orders" GROUP BY "status" HAVING SUM("total") > $1::bigint"#
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    func: AggregateFunc,
    argument: Option<Expr>,
    alias: Option<String>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident = $func:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(field: impl Into<String>) -> Self {
            Self::of(AggregateFunc::$func, crate::col(field))
        }
    )*};
}

impl Aggregate {
    /// How many rows.
    #[must_use]
    pub const fn count() -> Self {
        Self { func: AggregateFunc::Count, argument: None, alias: None }
    }

    constructors! {
        /// In how many rows the column is not null.
        count_field = Count;
        /// How many different values the column has.
        count_distinct = CountDistinct;
        /// The sum of the column.
        sum = Sum;
        /// The mean of the column.
        avg = Avg;
        /// The least in the column.
        min = Min;
        /// The greatest in the column.
        max = Max;
    }

    /// A function of an expression.
    ///
    /// ```
    /// use mik_sql::{Aggregate, AggregateFunc, col, sqlite};
    ///
    /// let total = Aggregate::of(AggregateFunc::Sum, col("quantity") * col("price"));
    /// assert_eq!(sqlite("lines").aggregate(total).build().sql, "SELECT SUM((`quantity` * `price`)) AS `sum` FROM `lines`");
    /// ```
    #[must_use]
    pub const fn of(func: AggregateFunc, argument: Expr) -> Self {
        Self { func, argument: Some(argument), alias: None }
    }

    /// Its name in the result.
    #[must_use]
    pub fn as_alias(mut self, alias: impl Into<String>) -> Self {
        self.alias = Some(alias.into());
        self
    }

    pub(crate) fn name(&self) -> String {
        let default = match self.func {
            AggregateFunc::Count => "count",
            AggregateFunc::CountDistinct => "count_distinct",
            AggregateFunc::Sum => "sum",
            AggregateFunc::Avg => "avg",
            AggregateFunc::Min => "min",
            AggregateFunc::Max => "max",
        };
        self.alias.clone().unwrap_or_else(|| default.to_owned())
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(match self.func {
            AggregateFunc::Count => "COUNT(",
            AggregateFunc::CountDistinct => "COUNT(DISTINCT ",
            AggregateFunc::Sum => "SUM(",
            AggregateFunc::Avg => "AVG(",
            AggregateFunc::Min => "MIN(",
            AggregateFunc::Max => "MAX(",
        });
        match &self.argument {
            Some(argument) => argument.write(writer, Names::NONE),
            None => writer.raw("*"),
        }
        writer.raw(")");
    }
}
