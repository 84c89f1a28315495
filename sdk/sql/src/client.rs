//! What clients want to see.

mod allow;
mod check;
mod error;
#[cfg(feature = "serde")]
mod serde;
#[cfg(test)]
mod tests;

use std::str::FromStr;

pub use allow::{Allow, Field, Type};
pub use error::{FilterError, FilterErrorKind};

use check::Checker;

use crate::json::{self, Json};
use crate::{Error, Filter, FilterExpr};

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
/// With feature `serde`, a body or a query has one: as an object, or as the text of one.
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
#[derive(Clone, Debug, PartialEq)]
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
/// ```
/// assert!(mik_sql::parse_filter(r#"{"name": "Ada"}"#).is_ok());
/// assert!(mik_sql::parse_filter("name=Ada").is_err());
/// ```
///
/// # Errors
///
/// The text is no JSON, too long or too deep.
pub fn parse_filter(text: &str) -> Result<ClientFilter, FilterError> {
    text.parse()
}

/// What a client's filter can come as: its text, perhaps none; read; or put together in code, which is checked all the
/// same.
///
/// ```
/// use mik_sql::{Allow, Error, Field, QueryResult, Wish, sqlite};
///
/// fn users(wish: impl Wish) -> Result<QueryResult, Error> {
///     let allow = Allow::new().field(Field::text("name"));
///     Ok(sqlite("users").merge(&allow, wish)?.build())
/// }
///
/// assert_eq!(users(r#"{"name": "Ada"}"#)?.sql, "SELECT * FROM `users` WHERE `name` = ?1");
/// assert_eq!(users(None::<&str>)?.sql, "SELECT * FROM `users` WHERE TRUE");
/// # Ok::<(), mik_sql::Error>(())
/// ```
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
        let mut checker = Checker::new(allow);
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
