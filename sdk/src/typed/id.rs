//! The identifier of a resource, as a path has it.

use std::fmt;
use std::str::FromStr;

use crate::{Problem, Type};

/// What `{id}` of a path is, whatever it may mean: text that is handed on, or parsed later.
///
/// `Path<u32>` and `Path<Uuid>` refuse what is not one before the handler is called; this is for identifiers that only the
/// storage knows how to read.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! {
///     GET "/users/{id}" => user(path: Id),
/// }
///
/// fn user(id: Id, _: &Request) -> Result<String, Problem> {
///     let number: u32 = id.parse()?;
///     Ok(format!("{number} was {id}"))
/// }
///
/// assert_eq!(testing::get("/users/007").send(handle).text(), Some("7 was 007"));
/// assert_eq!(testing::get("/users/seven").send(handle).status(), StatusCode::BAD_REQUEST);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Type)]
pub struct Id(String);

impl Id {
    /// This identifier.
    ///
    /// ```
    /// use mik_sdk::typed::Id;
    ///
    /// assert_eq!(Id::new("007").parse::<u8>(), Ok(7));
    /// ```
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_inner(self) -> String {
        self.0
    }

    /// What the text says.
    ///
    /// # Errors
    ///
    /// 400, where it is not the text of a `T`.
    pub fn parse<T: FromStr>(&self) -> Result<T, Problem> {
        self.0.parse().map_err(|_| Problem::bad_request("path parameter `id` cannot be read").with("parameter", "id"))
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
