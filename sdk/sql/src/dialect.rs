//! The two databases.

/// Which database the text is for.
///
/// ```
/// use mik_sql::{Dialect, Operator, QueryBuilder};
///
/// let user = |dialect| QueryBuilder::new(dialect, "users").filter("name", Operator::Eq, "Ada").build().sql;
/// assert_eq!(user(Dialect::Postgres), r#"SELECT * FROM "users" WHERE "name" = $1"#);
/// assert_eq!(user(Dialect::Sqlite), "SELECT * FROM `users` WHERE `name` = ?1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL, 12 or later: `$1`, `"name"`.
    Postgres,
    /// SQLite, 3.35 or later: `?1`, `` `name` ``.
    Sqlite,
}
