//! The macros, and what they expand to.

/// Reads rows. Gives text and values, `(String, Vec<Value>)`.
///
/// ```
/// use mik_sql::{Value, sql_read};
///
/// let least = 18;
/// let (sql, params) = sql_read!(users {
///     select: [id, name],
///     filter: { active: true, age: { $gte: int(least) }, $or: [{ role: "admin" }, { role: null }] },
///     order: [name, -created_at],
///     limit: 10,
/// });
/// assert_eq!(
///     sql,
///     r#"SELECT "id", "name" FROM "users" WHERE "active" = $1::boolean AND "age" >= $2::bigint AND ("role" = $3 OR "role" IS NULL) ORDER BY "name" ASC NULLS LAST, "created_at" DESC NULLS FIRST LIMIT 10"#
/// );
/// assert_eq!(params, [Value::Bool(true), Value::Int(18), "admin".into()]);
///
/// let (sql, _) = sql_read!(sqlite, orders {
///     select: [status],
///     compute: { label: concat(upper(status), "!") },
///     aggregate: { count: *, revenue: sum(total) },
///     group_by: [status],
///     having: { revenue: { $gt: 1000 } },
/// });
/// assert_eq!(
///     sql,
///     "SELECT `status`, (UPPER(`status`) || ?1) AS `label`, COUNT(*) AS `count`, SUM(`total`) AS `revenue` \
///      FROM `orders` GROUP BY `status` HAVING SUM(`total`) > ?2"
/// );
/// ```
///
/// A value is a literal, `null`, a list, any expression that is a [`Value`](crate::Value), or one of `int(…)`, `float(…)`,
/// `str(…)`, `bool(…)`.
///
/// # What a client asks for
///
/// `merge` takes a client's filter (see [`ClientFilter`](crate::ClientFilter)), and `allow` says which fields it may name.
/// `order` is a client's where there is `allow_sort`. Then the whole is a `Result`.
///
/// ```
/// use mik_sql::sql_read;
///
/// let (filter, sort) = (r#"{"age": {"$lt": 30}, "name": {"$contains": "a"}}"#, "-age,name");
/// let (sql, _) = sql_read!(users {
///     filter: { active: true },
///     merge: filter,
///     allow: [name: text, age: int[$lt, $gt]],
///     order: sort,
///     allow_sort: [name, age],
/// })?;
/// assert!(sql.ends_with(r#"ORDER BY "age" DESC NULLS FIRST, "name" ASC NULLS LAST"#));
///
/// let denied = sql_read!(users { merge: r#"{"salary": 1}"#, allow: [name: text] });
/// assert_eq!(denied.unwrap_err().to_string(), "filter, /salary: `salary` is no field to filter by; there are `name`");
/// # Ok::<(), mik_sql::Error>(())
/// ```
///
/// With a `cursor_key`, it is `Result<Pages, Error>`: see [`Pages`](crate::Pages).
///
/// ```
/// use mik_sql::{CursorKey, sql_read};
///
/// let key = CursorKey::new("a secret of the environment")?;
/// let after: Option<&str> = None;
/// let pages = sql_read!(posts {
///     select: [id, title, created_at],
///     order: [-created_at, id],
///     after: after,
///     cursor_key: &key,
///     limit: 20,
/// })?;
/// assert!(pages.query().sql.ends_with("LIMIT 21"));
/// # Ok::<(), mik_sql::Error>(())
/// ```
#[macro_export]
macro_rules! sql_read {
    ($($tokens:tt)*) => { $crate::__private::sql_read!([$crate] $($tokens)*) };
}

/// Inserts a row.
///
/// ```
/// use mik_sql::sql_create;
///
/// let (name, age) = (String::from("Ada"), Some(36));
/// let (sql, params) = sql_create!(users { name: name, age: age, email: null, returning: [id] });
/// assert_eq!(
///     sql,
///     r#"INSERT INTO "users" ("name", "age", "email") VALUES ($1, $2::bigint, NULL) RETURNING "id""#
/// );
/// assert_eq!(params, [name.into(), 36.into()]);
/// ```
#[macro_export]
macro_rules! sql_create {
    ($($tokens:tt)*) => { $crate::__private::sql_create!([$crate] $($tokens)*) };
}

/// Changes rows.
///
/// ```
/// use mik_sql::sql_update;
///
/// let id = 7;
/// let (sql, _) = sql_update!(sqlite, users { set: { name: "Ada", visits: 0 }, filter: { id: int(id) } });
/// assert_eq!(sql, "UPDATE `users` SET `name` = ?1, `visits` = ?2 WHERE `id` = ?3");
/// ```
///
/// Without a filter it does not compile, unless it says `all_rows: true`:
///
/// ```compile_fail
/// let (sql, params) = mik_sql::sql_update!(users { set: { name: "Ada" } });
/// ```
///
/// A list that is an expression may be empty, and the filter with it: then it is a `Result`.
///
/// ```
/// use mik_sql::{Error, sql_update};
///
/// let kept: Vec<i64> = Vec::new();
/// let refused = sql_update!(users { set: { name: "Ada" }, filter: { id: { $nin: kept } } });
/// assert_eq!(refused, Err(Error::AllRows { table: "users".into() }));
/// ```
#[macro_export]
macro_rules! sql_update {
    ($($tokens:tt)*) => { $crate::__private::sql_update!([$crate] $($tokens)*) };
}

/// Deletes rows. What [`sql_update!`](crate::sql_update) says of filters holds here, too.
///
/// ```
/// use mik_sql::sql_delete;
///
/// let (sql, _) = sql_delete!(users { filter: { $not: { status: "active" } }, returning: [id] });
/// assert_eq!(sql, r#"DELETE FROM "users" WHERE NOT ("status" = $1) RETURNING "id""#);
///
/// let (sql, _) = sql_delete!(sqlite, users { all_rows: true });
/// assert_eq!(sql, "DELETE FROM `users`");
/// ```
///
/// ```compile_fail
/// let (sql, params) = mik_sql::sql_delete!(users {});
/// ```
#[macro_export]
macro_rules! sql_delete {
    ($($tokens:tt)*) => { $crate::__private::sql_delete!([$crate] $($tokens)*) };
}

/// The ids of a list, or another field of it, for a query about all of them.
///
/// ```
/// struct User { id: i64, team: String }
///
/// let users = [User { id: 1, team: "red".into() }, User { id: 2, team: "blue".into() }];
/// let ids: Vec<i64> = mik_sql::ids!(users);
/// assert_eq!(ids, [1, 2]);
/// assert_eq!(mik_sql::ids!(users, team), ["red", "blue"]);
/// ```
#[macro_export]
macro_rules! ids {
    ($list:expr) => {
        $crate::ids!($list, id)
    };
    ($list:expr, $field:ident) => {
        $list.iter().map(|item| ::core::clone::Clone::clone(&item.$field)).collect::<::std::vec::Vec<_>>()
    };
}

/// What the macros expand to. Not for people: it changes without notice.
#[doc(hidden)]
pub mod private {
    use std::fmt::Display;

    pub use mik_sql_macros::{sql_create, sql_delete, sql_read, sql_update};

    use crate::{Error, QueryBuilder, QueryResult, Value};

    pub fn value<T: Clone + Into<Value>>(value: &T) -> Value {
        value.clone().into()
    }

    pub fn text<T: Display + ?Sized>(value: &T) -> Value {
        Value::String(value.to_string())
    }

    /// An integer, whatever its width. One that no database has is text, and refused there.
    pub fn int<T: Copy + Display + TryInto<i64>>(value: T) -> Value {
        match value.try_into() {
            Ok(value) => Value::Int(value),
            Err(_) => Value::String(value.to_string()),
        }
    }

    #[diagnostic::on_unimplemented(message = "`{Self}` is no number of SQL")]
    pub trait Float {
        fn float(self) -> f64;
    }

    macro_rules! float {
        ($($type:ty)*) => {$(
            impl Float for $type {
                fn float(self) -> f64 {
                    self as f64
                }
            }
        )*};
    }

    float!(f32 f64 i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

    pub fn float(value: impl Float) -> Value {
        Value::Float(value.float())
    }

    /// How many: none of a number below zero, and of one that is too large as many as there can be.
    pub fn count<T: TryInto<u64>>(count: T) -> u32 {
        let count: u64 = count.try_into().unwrap_or_default();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    pub fn distinct(query: QueryBuilder, is_distinct: bool) -> QueryBuilder {
        if is_distinct { query.distinct() } else { query }
    }

    pub fn fallible(query: Result<QueryResult, Error>) -> Result<(String, Vec<Value>), Error> {
        query.map(Into::into)
    }

    /// The macros have seen to it that there is a filter: an empty text, which a database refuses, is given for none.
    pub fn infallible(query: Result<QueryResult, Error>) -> (String, Vec<Value>) {
        query.map(Into::into).unwrap_or_default()
    }

    #[diagnostic::on_unimplemented(message = "`{Self}` is no cursor", label = "a cursor is text, or an `Option` of it")]
    pub trait Cursor {
        fn cursor(&self) -> Option<&str>;
    }

    impl Cursor for str {
        fn cursor(&self) -> Option<&str> {
            Some(self)
        }
    }

    impl Cursor for String {
        fn cursor(&self) -> Option<&str> {
            Some(self)
        }
    }

    impl<T: Cursor + ?Sized> Cursor for &T {
        fn cursor(&self) -> Option<&str> {
            T::cursor(self)
        }
    }

    impl<T: Cursor> Cursor for Option<T> {
        fn cursor(&self) -> Option<&str> {
            self.as_ref().and_then(T::cursor)
        }
    }
}
