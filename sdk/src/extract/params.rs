//! Extractors of the path and the query.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::{FromRequest, OptionalFromRequest, form_fields};
use crate::mismatch::{Mismatch, Reason};
use crate::openapi::{Input, Shape};
use crate::plain::Pairs;
use crate::text::join;
use crate::typed::{self, Type, refusal};
use crate::{Problem, Rejection, Request};

/// What the route took from the path: one value, a tuple in the order of the path, or a type whose fields have the names.
/// A value that cannot be read is a 400 that names it, one that breaks a rule of the type a 422.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct Place { shelf: u32, book: String }
///
/// routes! {
///     GET "/users/{id}" => user,
///     GET "/pairs/{left}/{right}" => pair,
///     GET "/shelves/{shelf}/{book}" => place,
/// }
///
/// fn user(Path(id): Path<u32>) -> String { format!("user {id}") }
/// fn pair(Path((left, right)): Path<(i8, bool)>) -> String { format!("{left} {right}") }
/// fn place(Path(place): Path<Place>) -> String { format!("{} on {}", place.book, place.shelf) }
///
/// let text = |path: &str| testing::get(path).send(handle).text().map(str::to_owned);
/// assert_eq!(text("/users/7").unwrap(), "user 7");
/// assert_eq!(text("/pairs/-1/true").unwrap(), "-1 true");
/// assert_eq!(text("/shelves/3/Faust%20I%2FII").unwrap(), "Faust I/II on 3");
/// assert!(text("/users/seven").unwrap().contains("`id`: `seven` is not an integer"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Type> FromRequest<'_> for Path<T> {
    const INPUT: Input = Input { path: Some(Shape::of::<T>()), problems: PROBLEMS, ..Input::NONE };

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        let pairs: Vec<_> = request.params().map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value))).collect();
        read("path", &pairs).map(Self)
    }
}

impl<T: DeserializeOwned + Type> OptionalFromRequest<'_> for Path<T> {
    const INPUT: Input = Input { path: Some(Shape::of::<T>()), problems: PROBLEMS, ..Input::NONE };

    fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
        if request.params().len() == 0 {
            return Ok(None);
        }
        Self::from_request(request).map(Some)
    }
}

/// The query, read into a type: `?page=2&tag=a&tag=b`. A name that comes more than once fills a list; a value that cannot
/// be read, or is missing and not an `Option`, is a 400 that names it, one that breaks a rule of the type a 422. Names that the type does not know are passed over.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct Search {
///     q: String,
///     page: Option<u32>,
///     #[field(default)]
///     tag: Vec<String>,
/// }
///
/// routes! {
///     GET "/search" => search,
/// }
///
/// fn search(Query(search): Query<Search>) -> String {
///     format!("{} {:?} {:?}", search.q, search.page, search.tag)
/// }
///
/// let text = |path: &str| testing::get(path).send(handle).text().map(str::to_owned);
/// assert_eq!(text("/search?q=a+b&tag=x&tag=%C3%BC").unwrap(), r#"a b None ["x", "ü"]"#);
/// assert!(text("/search?q=a&page=-1").unwrap().contains("query parameter `page`"));
/// assert!(text("/search?page=1").unwrap().contains("query parameter `q` is missing"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Type> FromRequest<'_> for Query<T> {
    const INPUT: Input = Input { query: Some(Shape::of::<T>()), problems: PROBLEMS, ..Input::NONE };

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        let query = request.query_string().unwrap_or_default();
        match form_fields(query.as_bytes()) {
            Some(pairs) => read("query", &pairs).map(Self),
            None => Err(Problem::bad_request("a query has at most 1000 parameters, with names of 256 KiB")),
        }
    }
}

impl<T: DeserializeOwned + Type> OptionalFromRequest<'_> for Query<T> {
    const INPUT: Input = Input { query: Some(Shape::of::<T>()), problems: PROBLEMS, ..Input::NONE };

    fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
        if request.query_string().is_none_or(str::is_empty) {
            return Ok(None);
        }
        Self::from_request(request).map(Some)
    }
}

/// What cannot be read, and what does not keep to its rules.
const PROBLEMS: &[u16] = &[400, 422];

/// What the pairs are as a `T`, if it keeps to its rules.
pub(super) fn read<T: DeserializeOwned + Type>(
    source: &str,
    pairs: &[(Cow<'_, str>, Cow<'_, str>)],
) -> Result<T, Problem> {
    let value = T::deserialize(Pairs(pairs)).map_err(|mismatch| wrong(source, &mismatch))?;
    let violations = typed::violations(&value);
    if violations.is_empty() { Ok(value) } else { Err(refusal::of_parameters(violations, pairs)) }
}

/// The problem of a parameter of the path or the query.
#[inline(never)]
pub(crate) fn wrong(parameter: &str, mismatch: &Mismatch) -> Problem {
    let Reason { place, message, .. } = &*mismatch.0;
    if place.is_empty() {
        return Problem::bad_request(join(&[parameter, " parameter ", message]));
    }
    Problem::bad_request(join(&[parameter, " parameter `", place, "`: ", message])).with("parameter", place.as_str())
}
