//! Forms as browsers send them without files: `application/x-www-form-urlencoded`.

use std::borrow::Cow;
use std::fmt;

use form_urlencoded::Serializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::{FromRequest, OptionalFromRequest, read};
use crate::json::{self, Value};
use crate::openapi::{Body, Content, Input, Output, Shape};
use crate::typed::Untyped;
use crate::{IntoResponse, Problem, Rejection, Request, Response, StatusCode, Type};

/// The most fields that a form or a query may have. To tell them apart by name takes the square of it.
pub(crate) const MOST_FIELDS: usize = 1000;

/// A name and a value.
pub(super) type Field<'a> = (Cow<'a, str>, Cow<'a, str>);

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// A form, in and out: as an argument it is read from the body, as an answer it is written. Lists are names that come more
/// than once. Where forms also bring files, it is `Multipart`; what a `GET` brings in its query is
/// [`Query`](crate::Query).
///
/// | what is wrong | answer |
/// |---|---|
/// | the content type is not `application/x-www-form-urlencoded` | 415 |
/// | there are more than 1000 fields | 413 |
/// | the fields are not those of a `T` | 400, with the name of the field |
/// | they are, and one does not keep to its rules | 422, with every violation |
///
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct Login { user: String, #[field(default)] remember: bool }
///
/// routes! { POST "/login" => login }
///
/// fn login(Form(login): Form<Login>) -> String {
///     format!("{} {}", login.user, login.remember)
/// }
///
/// let form = |body: &str| testing::post("/login").header("content-type", "application/x-www-form-urlencoded").body(body);
/// assert_eq!(form("user=J%C3%BCrgen+A.&remember=true").send(handle).text(), Some("Jürgen A. true"));
///
/// let response = form("user=a&remember=perhaps").send(handle);
/// assert_eq!(response.status(), StatusCode::BAD_REQUEST);
/// assert!(response.text().unwrap().contains("`remember`"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Type> FromRequest<'_> for Form<T> {
    const INPUT: Input = input::<T>();

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        let pairs = pairs_of(request)?;
        read("form", &pairs).map(Self)
    }
}

impl<T: DeserializeOwned + Type> OptionalFromRequest<'_> for Form<T> {
    const INPUT: Input = input::<T>();

    fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
        if request.content_type().is_none() && !request.has_body() {
            return Ok(None);
        }
        Self::from_request(request).map(Some)
    }
}

/// Text, numbers, booleans, lists of them and `Option` can be written; a value with more depth is a 500.
impl<T: Serialize + Type> IntoResponse for Form<T> {
    const OUTPUT: Output = Output::content(200, MEDIA_TYPE, Some(Shape::of::<T>()));

    fn into_response(self) -> Response {
        match json::to_vec(&self.0).and_then(|bytes| encode(&bytes)) {
            Ok(body) => Response::new(StatusCode::OK).with_content_type(MEDIA_TYPE).with_body(body),
            Err(problem) => problem.into_response(),
        }
    }
}

const fn input<T: Type>() -> Input {
    Input {
        body: Some(Body {
            content: const { &[Content { media_type: MEDIA_TYPE, shape: Some(Shape::of::<T>()) }] },
            required: true,
        }),
        problems: &[400, 413, 415, 422],
        ..Input::NONE
    }
}

#[inline(never)]
fn pairs_of(request: &Request) -> Result<Vec<Field<'_>>, Problem> {
    if !request.is_form() {
        return Err(Problem::unsupported_media_type("this route reads `application/x-www-form-urlencoded`"));
    }
    match fields(request.body().unwrap_or_default()) {
        Some(fields) => Ok(fields),
        None => Err(Problem::payload_too_large("a form has at most 1000 fields")),
    }
}

/// The fields of a form or a query, decoded as the URL standard says; `None` where there are too many.
#[inline(never)]
pub(crate) fn fields(encoded: &[u8]) -> Option<Vec<Field<'_>>> {
    let fields: Vec<_> = form_urlencoded::parse(encoded).take(MOST_FIELDS + 1).collect();
    (fields.len() <= MOST_FIELDS).then_some(fields)
}

/// By way of its JSON: what reads a list in a form is the SDK's own, so what writes one is, too.
#[inline(never)]
fn encode(json: &[u8]) -> Result<String, Problem> {
    let mut form = Serializer::new(String::new());
    let Ok(Untyped(Members(members))) = json::parse(json) else {
        return Err(Problem::internal("only what has fields can be written as a form"));
    };
    for (name, value) in &members {
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            match value {
                Value::Null => {}
                Value::String(text) => {
                    form.append_pair(name, text);
                }
                Value::Bool(_) | Value::Number(_) => {
                    let text = json::to_vec(value)?;
                    form.append_pair(name, std::str::from_utf8(&text).unwrap_or_default());
                }
                Value::Array(_) | Value::Object(_) => {
                    return Err(Problem::internal("a field of a form cannot hold fields"));
                }
            }
        }
    }
    Ok(form.finish())
}

/// The members of an object in their order, which `Value` does not keep.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = object.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
