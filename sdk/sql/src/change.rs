//! Changing and deleting rows: never all of them by an oversight.

use crate::filter::{Names, write_all};
use crate::insert::{write_returning, write_sets};
use crate::writer::Writer;
use crate::{Allow, Dialect, Error, Expr, FilterExpr, Operator, QueryResult, Table, Value, Wish, simple};

/// Changes rows of a PostgreSQL database.
///
/// ```
/// use mik_sql::{Operator, col, update};
///
/// let query = update("users").set("name", "Ada").set("visits", col("visits") + 1).filter("id", Operator::Eq, 7).build()?;
/// assert_eq!(
///     query.sql,
///     r#"UPDATE "users" SET "name" = $1, "visits" = ("visits" + $2::bigint) WHERE "id" = $3::bigint"#
/// );
/// # Ok::<(), mik_sql::Error>(())
/// ```
pub fn update(table: impl Into<Table>) -> UpdateBuilder {
    UpdateBuilder::new(Dialect::Postgres, table)
}

/// Changes rows of an SQLite database. See [`update`].
///
/// ```
/// use mik_sql::{Operator, update_sqlite};
///
/// let query = update_sqlite("users").set("name", "Ada").filter("id", Operator::Eq, 7).build()?;
/// assert_eq!(query.sql, "UPDATE `users` SET `name` = ?1 WHERE `id` = ?2");
/// # Ok::<(), mik_sql::Error>(())
/// ```
pub fn update_sqlite(table: impl Into<Table>) -> UpdateBuilder {
    UpdateBuilder::new(Dialect::Sqlite, table)
}

/// Deletes rows of a PostgreSQL database.
///
/// ```
/// use mik_sql::{Error, Operator, delete};
///
/// let query = delete("sessions").filter("user_id", Operator::Eq, 7).build()?;
/// assert_eq!(query.sql, r#"DELETE FROM "sessions" WHERE "user_id" = $1::bigint"#);
///
/// // A list that happens to be empty would be no filter at all.
/// let kept: Vec<i64> = Vec::new();
/// let error = delete("sessions").filter("id", Operator::NotIn, kept).build().unwrap_err();
/// assert_eq!(error, Error::AllRows { table: "sessions".into() });
/// assert_eq!(delete("sessions").all_rows().build()?.sql, r#"DELETE FROM "sessions""#);
/// # Ok::<(), mik_sql::Error>(())
/// ```
pub fn delete(table: impl Into<Table>) -> DeleteBuilder {
    DeleteBuilder::new(Dialect::Postgres, table)
}

/// Deletes rows of an SQLite database. See [`delete`].
///
/// ```
/// use mik_sql::{Operator, delete_sqlite};
///
/// let query = delete_sqlite("sessions").filter("user_id", Operator::Eq, 7).build()?;
/// assert_eq!(query.sql, "DELETE FROM `sessions` WHERE `user_id` = ?1");
/// # Ok::<(), mik_sql::Error>(())
/// ```
pub fn delete_sqlite(table: impl Into<Table>) -> DeleteBuilder {
    DeleteBuilder::new(Dialect::Sqlite, table)
}

/// An `UPDATE`. See [`update`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it does nothing until `.build()`"]
pub struct UpdateBuilder {
    sets: Vec<(String, Expr)>,
    rows: Rows,
}

/// A `DELETE`. See [`delete`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it does nothing until `.build()`"]
pub struct DeleteBuilder {
    rows: Rows,
}

/// Which rows, and what is given back of them.
#[derive(Clone, Debug, PartialEq)]
struct Rows {
    dialect: Dialect,
    table: Table,
    filters: Vec<FilterExpr>,
    is_all: bool,
    returning: Vec<String>,
}

impl Rows {
    fn new(dialect: Dialect, table: Table) -> Self {
        Self { dialect, table, filters: Vec::new(), is_all: false, returning: Vec::new() }
    }

    fn write(&self, writer: &mut Writer) -> Result<(), Error> {
        // Filters that hold for every row, whatever is in it, are none.
        let is_every = self.filters.iter().all(|filter| filter.constant() == Some(true));
        if is_every && !self.is_all {
            return Err(Error::AllRows { table: self.table.name().to_owned() });
        }
        if !is_every {
            writer.raw(" WHERE ");
            write_all(writer, &self.filters.iter().collect::<Vec<_>>(), " AND ", Names::NONE);
        }
        write_returning(writer, &self.returning);
        Ok(())
    }
}

macro_rules! rows {
    ($builder:ident) => {
        impl $builder {
            /// The rows whose column compares so. Several filters are joined by `AND`.
            pub fn filter(self, field: impl Into<String>, op: Operator, value: impl Into<Value>) -> Self {
                self.filter_expr(simple(field, op, value))
            }

            /// The rows for which the condition holds. Several filters are joined by `AND`.
            pub fn filter_expr(mut self, filter: impl Into<FilterExpr>) -> Self {
                self.rows.filters.push(filter.into());
                self
            }

            /// Of the rows that the handler's own filters select, those that a client asks for.
            ///
            /// # Errors
            ///
            /// Says where in the client's filter something is that the list does not allow.
            pub fn merge(self, allow: &Allow, wish: impl Wish) -> Result<Self, Error> {
                let filter = wish.check(allow)?;
                Ok(self.filter_expr(filter))
            }

            /// Says that all rows are meant, should there be no filter.
            pub const fn all_rows(mut self) -> Self {
                self.rows.is_all = true;
                self
            }

            /// Gives back columns of the rows.
            pub fn returning(mut self, columns: &[&str]) -> Self {
                self.rows.returning.extend(columns.iter().map(|&column| column.to_owned()));
                self
            }
        }
    };
}

rows!(UpdateBuilder);
rows!(DeleteBuilder);

impl UpdateBuilder {
    /// Changes rows of a table.
    pub fn new(dialect: Dialect, table: impl Into<Table>) -> Self {
        Self { sets: Vec::new(), rows: Rows::new(dialect, table.into()) }
    }

    /// Gives a column a value, or what an expression yields.
    pub fn set(mut self, column: impl Into<String>, value: impl Into<Expr>) -> Self {
        self.sets.push((column.into(), value.into()));
        self
    }

    /// Gives columns their values.
    ///
    /// ```
    /// use mik_sql::{Operator, update};
    ///
    /// let changed = vec![("name", "Ada".into()), ("age", 36.into())];
    /// let query = update("users").set_many(changed).filter("id", Operator::Eq, 7).build()?;
    /// assert_eq!(query.sql, r#"UPDATE "users" SET "name" = $1, "age" = $2::bigint WHERE "id" = $3::bigint"#);
    /// # Ok::<(), mik_sql::Error>(())
    /// ```
    pub fn set_many(mut self, values: Vec<(&str, Value)>) -> Self {
        self.sets.extend(values.into_iter().map(|(column, value)| (column.to_owned(), value.into())));
        self
    }

    /// The statement.
    ///
    /// # Errors
    ///
    /// Nothing is set, or there is no filter and [`UpdateBuilder::all_rows`] was not said.
    pub fn build(&self) -> Result<QueryResult, Error> {
        if self.sets.is_empty() {
            return Err(Error::NothingSet { table: self.rows.table.name().to_owned() });
        }
        let mut writer = Writer::new(self.rows.dialect);
        writer.raw("UPDATE ");
        self.rows.table.write(&mut writer);
        write_sets(&mut writer, &self.sets);
        self.rows.write(&mut writer)?;
        Ok(writer.finish())
    }
}

impl DeleteBuilder {
    /// Deletes rows of a table.
    pub fn new(dialect: Dialect, table: impl Into<Table>) -> Self {
        Self { rows: Rows::new(dialect, table.into()) }
    }

    /// The statement.
    ///
    /// # Errors
    ///
    /// There is no filter and [`DeleteBuilder::all_rows`] was not said.
    pub fn build(&self) -> Result<QueryResult, Error> {
        let mut writer = Writer::new(self.rows.dialect);
        writer.raw("DELETE FROM ");
        self.rows.table.write(&mut writer);
        self.rows.write(&mut writer)?;
        Ok(writer.finish())
    }
}
