//! Extractors of the body.

use crate::Bytes;
use serde::de::DeserializeOwned;

use super::{FromRequest, OptionalFromRequest};
use crate::openapi::{Body, Content, Input, Shape};
use crate::text::is_one_of;
use crate::{Problem, Rejection, Request, Type};

/// JSON, in and out: as an argument it is read from the body, as an answer it is written.
///
/// | what is wrong | answer |
/// |---|---|
/// | the content type is not `application/json` or `…+json` | 415 |
/// | the body has more bytes than [`json::MAX_SIZE`](crate::json::MAX_SIZE), or `MIK_MAX_JSON_SIZE` | 413 |
/// | the body is not the JSON of a `T` | 400, with line, column and JSON Pointer |
/// | numbers are out of the range of their types, values break the rules of `T` | 422, with every one of them as `errors` |
///
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct Point { x: i32, y: i32 }
///
/// routes! {
///     POST "/mirror" => mirror,
/// }
///
/// fn mirror(Json(point): Json<Point>) -> Json<Point> {
///     Json(Point { x: -point.x, y: point.y })
/// }
///
/// let response = testing::post("/mirror").json(&Point { x: 1, y: 2 }).send(handle);
/// assert_eq!(response.text(), Some(r#"{"x":-1,"y":2}"#));
///
/// let response = testing::post("/mirror").header("content-type", "application/json").body("{").send(handle);
/// assert_eq!(response.status(), StatusCode::BAD_REQUEST);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Type> FromRequest<'_> for Json<T> {
    const INPUT: Input = json_input::<T>();

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        match request.header("content-type") {
            Some(content_type) if is_json(content_type) => request.json().map(Self),
            Some(_) => Err(Problem::unsupported_media_type("this route reads `application/json`")),
            None => Err(Problem::unsupported_media_type(
                "this route reads `application/json`, and the request does not say what its body is",
            )),
        }
    }
}

impl<T: DeserializeOwned + Type> OptionalFromRequest<'_> for Json<T> {
    const INPUT: Input = json_input::<T>();

    fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
        let is_absent = request.header("content-type").is_none() && request.body().is_none_or(<[u8]>::is_empty);
        if is_absent {
            return Ok(None);
        }
        Self::from_request(request).map(Some)
    }
}

/// Text: as an argument it is the body, which has to be UTF-8 (400 otherwise), as an answer `text/plain`.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn shout(Text(text): Text) -> Text {
///     Text(text.to_uppercase())
/// }
/// # routes! { POST "/" => shout }
/// # let response = testing::post("/").body("ümlaut").send(handle);
/// # assert_eq!(response.text(), Some("ÜMLAUT"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

impl FromRequest<'_> for Text {
    const INPUT: Input = TEXT;

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        match std::str::from_utf8(request.body().unwrap_or_default()) {
            Ok(text) => Ok(Self(text.to_owned())),
            Err(error) => Err(Problem::bad_request("the body is not UTF-8").with("offset", error.valid_up_to())),
        }
    }
}

impl OptionalFromRequest<'_> for Text {
    const INPUT: Input = TEXT;

    fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
        request.body().map(|_| Self::from_request(request)).transpose()
    }
}

impl OptionalFromRequest<'_> for Bytes {
    const INPUT: Input = BYTES;

    fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
        Ok(request.body().map(|_| request.bytes()))
    }
}

const fn json_input<T: Type>() -> Input {
    Input {
        body: Some(Body {
            content: const { &[Content { media_type: "application/json", shape: Some(Shape::of::<T>()) }] },
            required: true,
        }),
        problems: &[400, 413, 415, 422],
        ..Input::NONE
    }
}

/// Any bytes; none are bytes, too.
pub(super) const BYTES: Input = Input {
    body: Some(Body { content: &[Content { media_type: "application/octet-stream", shape: None }], required: false }),
    problems: &[413],
    ..Input::NONE
};

const TEXT: Input = Input {
    body: Some(Body {
        content: &[Content { media_type: "text/plain", shape: Some(Shape::of::<String>()) }],
        required: false,
    }),
    problems: &[400, 413],
    ..Input::NONE
};

/// `application/json`, or a type that is JSON by its suffix (RFC 6839), whatever its parameters.
#[inline(never)]
pub(crate) fn is_json(content_type: &str) -> bool {
    // Of bytes, not of text: to look for a character costs a component more than to look for a byte.
    let essence = content_type.as_bytes().split(|byte| *byte == b';').next();
    let essence = essence.unwrap_or_default().trim_ascii();
    let has_suffix = match essence.last_chunk::<5>() {
        Some(end) => end.as_slice().eq_ignore_ascii_case(b"+json"),
        None => false,
    };
    essence.eq_ignore_ascii_case(b"application/json") || (has_suffix && is_one_of(b'/', essence))
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_is_known_by_its_type_or_its_suffix() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", true),
            ("application/vnd.api+JSON;v=1", true),
            ("application/jsonp", false),
            ("text/plain", false),
            ("text/plain; application/json", false),
            ("+json", false),
            ("ü", false),
            ("", false),
        ] {
            assert_eq!(is_json(content_type), expected, "{content_type}");
        }
    }
}
