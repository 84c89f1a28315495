//! Tables, and how they are joined.

use crate::writer::Writer;

/// A table, with its schema before a dot, and the name that it has in a statement.
///
/// ```
/// use mik_sql::{Table, col, postgres};
///
/// let query = postgres(Table::new("hr.people").alias("boss"))
///     .join(Table::new("hr.people").alias("p"), col("p.boss_id").eq(col("boss.id")))
///     .fields(&["boss.name"])
///     .build();
/// assert_eq!(
///     query.sql,
///     r#"SELECT "boss"."name" FROM "hr"."people" AS "boss" INNER JOIN "hr"."people" AS "p" ON "p"."boss_id" = "boss"."id""#
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    name: String,
    alias: Option<String>,
}

impl Table {
    /// A table by its name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), alias: None }
    }

    /// Gives it another name in the statement.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>) -> Self {
        self.alias = Some(alias.into());
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.path(&self.name);
        if let Some(alias) = &self.alias {
            writer.raw(" AS ");
            writer.name(alias);
        }
    }
}

impl<T: Into<String>> From<T> for Table {
    fn from(name: T) -> Self {
        Self::new(name)
    }
}

/// Which rows a join keeps that have no partner.
///
/// ```
/// use mik_sql::{Join, col, postgres};
///
/// let query = postgres("users").join_as(Join::Full, "teams", col("teams.id").eq(col("users.team"))).build();
/// assert_eq!(query.sql, r#"SELECT * FROM "users" FULL JOIN "teams" ON "teams"."id" = "users"."team""#);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
    /// None.
    Inner,
    /// Those of the tables before it.
    Left,
    /// Those of the table that is joined. SQLite has it since 3.39.
    Right,
    /// All. SQLite has it since 3.39.
    Full,
}
