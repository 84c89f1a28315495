//! A request's body, read as one thing or another.

use serde::de::DeserializeOwned;

use super::{Request, Values, values_of};
use crate::{Bytes, Problem, Type, json};

impl Request {
    /// The body; `None` where the request had none.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Whether there is a body, and something in it.
    pub fn has_body(&self) -> bool {
        self.body().is_some_and(|body| !body.is_empty())
    }

    /// The body, shared and not copied; empty where the request had none.
    pub fn bytes(&self) -> Bytes {
        self.body.clone().unwrap_or_default()
    }

    /// The body as text, where it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        self.body().and_then(|body| std::str::from_utf8(body).ok())
    }

    /// The body read as JSON, whatever its content type says. [`Json`](crate::Json) asks for that too.
    ///
    /// # Errors
    ///
    /// 400, with line and column, where the body is not the JSON of a `T`; 413 where it is larger than JSON may be; 422 with every
    /// rule of the type that it breaks.
    pub fn json<T: DeserializeOwned + Type>(&self) -> Result<T, Problem> {
        json::parse(json::bounded(self.body().unwrap_or_default())?)
    }

    /// The body read by a function; `None` where there is no body, or the function says so.
    pub fn json_with<T>(&self, parse: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        self.body().and_then(parse)
    }

    /// The first value of a field of a form, decoded. [`Form`](crate::Form) reads them all into a type, and has an answer
    /// for a body that is something else; here it just has no fields. Nor has a form with more than 1000 of them.
    ///
    /// ```
    /// use mik_sdk::{Method, Request};
    ///
    /// let request = Request::new(Method::POST, "/")
    ///     .with_header("content-type", "application/x-www-form-urlencoded")
    ///     .with_body("name=J%C3%BCrgen&tag=a&tag=b");
    /// assert_eq!(request.form("name"), Some("Jürgen"));
    /// assert_eq!(request.form_all("tag"), ["a", "b"]);
    /// ```
    pub fn form(&self, name: &str) -> Option<&str> {
        self.form_all(name).first().map(String::as_str)
    }

    /// Every value of a field of a form, decoded, in order.
    pub fn form_all(&self, name: &str) -> &[String] {
        values_of(self.form_values(), name)
    }

    fn form_values(&self) -> &Values {
        self.form.get_or_init(|| {
            let may_be_form = self.content_type().is_none() || self.is_form();
            Values::new(if may_be_form { self.body().unwrap_or_default() } else { &[] })
        })
    }
}

#[cfg(feature = "multipart")]
impl Request {
    /// The parts of a `multipart/form-data` body; see [`Multipart`](crate::Multipart).
    ///
    /// # Errors
    ///
    /// 415 where the body is said to be something else, 400 where it is malformed or cut short, 413 where it has too many
    /// parts.
    pub fn multipart(&self) -> Result<crate::Multipart<'_>, Problem> {
        crate::FromRequest::from_request(self)
    }
}
