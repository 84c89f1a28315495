//! The two databases.

/// Which database the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL, 12 or later: `$1`, `"name"`.
    Postgres,
    /// SQLite, 3.35 or later: `?1`, `` `name` ``.
    Sqlite,
}
