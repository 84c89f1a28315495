//! Writing new rows.

use crate::filter::Names;
use crate::writer::Writer;
use crate::{Dialect, Expr, QueryResult, Table, Value, excluded};

/// Inserts into a table of a PostgreSQL database.
///
/// ```
/// use mik_sql::insert;
///
/// let query = insert("users")
///     .columns(&["name", "age"])
///     .values(vec!["Ada".into(), 36.into()])
///     .values(vec!["Grace".into(), None::<i64>.into()])
///     .returning(&["id"])
///     .build();
/// assert_eq!(query.sql, r#"INSERT INTO "users" ("name", "age") VALUES ($1, $2::bigint), ($3, NULL) RETURNING "id""#);
/// ```
pub fn insert(table: impl Into<Table>) -> InsertBuilder {
    InsertBuilder::new(Dialect::Postgres, table)
}

/// Inserts into a table of an SQLite database. See [`insert`].
pub fn insert_sqlite(table: impl Into<Table>) -> InsertBuilder {
    InsertBuilder::new(Dialect::Sqlite, table)
}

/// An `INSERT`. See [`insert`].
///
/// ```
/// use mik_sql::{Dialect, InsertBuilder};
///
/// let rows = vec![vec!["Ada".into()], vec!["Grace".into()]];
/// let query = InsertBuilder::new(Dialect::Sqlite, "users").columns(&["name"]).values_many(rows).build();
/// assert_eq!(query.sql, "INSERT INTO `users` (`name`) VALUES (?1), (?2)");
/// assert_eq!(query.params.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it does nothing until `.build()`"]
pub struct InsertBuilder {
    dialect: Dialect,
    table: Table,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
    conflict: Option<Conflict>,
    returning: Vec<String>,
}

/// The columns in which rows are unique, and what is set of the row that is there: nothing, if it stays as it is.
type Conflict = (Vec<String>, Vec<(String, Expr)>);

impl InsertBuilder {
    /// Inserts into a table.
    pub fn new(dialect: Dialect, table: impl Into<Table>) -> Self {
        Self {
            dialect,
            table: table.into(),
            columns: Vec::new(),
            rows: Vec::new(),
            conflict: None,
            returning: Vec::new(),
        }
    }

    /// The columns that values are given for.
    pub fn columns(mut self, columns: &[&str]) -> Self {
        self.columns.extend(columns.iter().map(|&column| column.to_owned()));
        self
    }

    /// A row: a value for each column. A database refuses rows that have more or fewer.
    pub fn values(mut self, values: Vec<Value>) -> Self {
        self.rows.push(values);
        self
    }

    /// Several rows. Of none, the statement is one that inserts none.
    pub fn values_many(mut self, rows: Vec<Vec<Value>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// What happens to a row that is there already, by the columns in which rows are unique.
    ///
    /// ```
    /// use mik_sql::{col, excluded, insert_sqlite};
    ///
    /// let hits = insert_sqlite("hits").columns(&["page", "n"]).values(vec!["/".into(), 1.into()]);
    /// let ignore = hits.clone().on_conflict(&["page"]).do_nothing().build();
    /// assert!(ignore.sql.ends_with("ON CONFLICT (`page`) DO NOTHING"));
    ///
    /// let replace = hits.clone().on_conflict(&["page"]).do_update(&["n"]).build();
    /// assert!(replace.sql.ends_with("ON CONFLICT (`page`) DO UPDATE SET `n` = excluded.`n`"));
    ///
    /// let add = hits.on_conflict(&["page"]).do_set("n", col("hits.n") + excluded("n")).build();
    /// assert!(add.sql.ends_with("ON CONFLICT (`page`) DO UPDATE SET `n` = (`hits`.`n` + excluded.`n`)"));
    /// ```
    pub fn on_conflict(self, columns: &[&str]) -> OnConflict {
        OnConflict { insert: self, columns: columns.iter().map(|&column| column.to_owned()).collect() }
    }

    /// For a row that is there already, also sets a column to an expression.
    pub fn do_set(mut self, column: impl Into<String>, expression: impl Into<Expr>) -> Self {
        if let Some((_, sets)) = &mut self.conflict {
            sets.push((column.into(), expression.into()));
        }
        self
    }

    /// Gives back columns of the new rows.
    pub fn returning(mut self, columns: &[&str]) -> Self {
        self.returning.extend(columns.iter().map(|&column| column.to_owned()));
        self
    }

    /// The statement.
    pub fn build(&self) -> QueryResult {
        let mut writer = Writer::new(self.dialect);
        writer.raw("INSERT INTO ");
        self.table.write(&mut writer);
        match (self.columns.is_empty(), self.rows.is_empty()) {
            // A row of defaults.
            (true, _) => writer.raw(" DEFAULT VALUES"),
            (false, is_empty) => {
                writer.raw(" (");
                writer.names(&self.columns);
                writer.raw(")");
                if is_empty {
                    writer.raw(" SELECT ");
                    writer.list(&self.columns, |writer, _| writer.raw("NULL"));
                    writer.raw(" WHERE FALSE");
                } else {
                    writer.raw(" VALUES ");
                    writer.list(&self.rows, |writer, row| {
                        writer.raw("(");
                        writer.list(row, Writer::bind);
                        writer.raw(")");
                    });
                }
            }
        }
        if let Some((columns, sets)) = &self.conflict {
            writer.raw(" ON CONFLICT");
            if !columns.is_empty() {
                writer.raw(" (");
                writer.names(columns);
                writer.raw(")");
            }
            if sets.is_empty() {
                writer.raw(" DO NOTHING");
            } else {
                writer.raw(" DO UPDATE");
                write_sets(&mut writer, sets);
            }
        }
        write_returning(&mut writer, &self.returning);
        writer.finish()
    }
}

/// An `INSERT` that has yet to say what happens to a row that is there already. See [`InsertBuilder::on_conflict`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "say what happens: `.do_nothing()`, `.do_update(&[…])` or `.do_set(…)`"]
pub struct OnConflict {
    insert: InsertBuilder,
    columns: Vec<String>,
}

impl OnConflict {
    /// It stays as it is.
    pub fn do_nothing(mut self) -> InsertBuilder {
        self.insert.conflict = Some((self.columns, Vec::new()));
        self.insert
    }

    /// It gets these columns of the new row.
    pub fn do_update(mut self, columns: &[&str]) -> InsertBuilder {
        let sets = columns.iter().map(|&column| (column.to_owned(), excluded(column))).collect();
        self.insert.conflict = Some((self.columns, sets));
        self.insert
    }

    /// Its column becomes an expression; [`excluded`] stands for the new row's.
    pub fn do_set(self, column: impl Into<String>, expression: impl Into<Expr>) -> InsertBuilder {
        self.do_nothing().do_set(column, expression)
    }
}

pub(crate) fn write_sets(writer: &mut Writer, sets: &[(String, Expr)]) {
    writer.raw(" SET ");
    writer.list(sets, |writer, (column, expression)| {
        writer.name(column);
        writer.raw(" = ");
        expression.write(writer, Names::NONE);
    });
}

pub(crate) fn write_returning(writer: &mut Writer, columns: &[String]) {
    if !columns.is_empty() {
        writer.raw(" RETURNING ");
        writer.list(columns, |writer, column| writer.path(column));
    }
}
