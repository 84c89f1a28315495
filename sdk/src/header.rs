//! Header fields as typed values, for [`Header`](crate::Header) and for [`FromHeader::from_headers`].

mod conditional;
mod range;

use std::borrow::Cow;

pub use conditional::{IfMatch, IfModifiedSince, IfNoneMatch, IfUnmodifiedSince};
pub use range::Range;

use crate::Headers;
pub use crate::media_type::MediaType;
pub use crate::trace_parent::TraceParent;

/// What is wrong with the value of a header field, for the client to read.
pub type Wrong = Cow<'static, str>;

/// A value that one header field has.
///
/// ```
/// use mik_sdk::header::{FromHeader, Wrong};
///
/// struct ApiVersion(u8);
///
/// impl FromHeader<'_> for ApiVersion {
///     const NAME: &'static str = "x-api-version";
///
///     fn from_value(value: &str) -> Result<Self, Wrong> {
///         match value {
///             "1" => Ok(ApiVersion(1)),
///             "2" => Ok(ApiVersion(2)),
///             _ => Err("it has to be 1 or 2".into()),
///         }
///     }
/// }
///
/// let mut headers = mik_sdk::Headers::new();
/// headers.append("X-API-Version", "2");
/// assert_eq!(ApiVersion::from_headers(&headers).unwrap().unwrap().0, 2);
/// ```
pub trait FromHeader<'r>: Sized {
    /// The name of the field, in lower case.
    const NAME: &'static str;

    /// Reads its value.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    fn from_value(value: &'r str) -> Result<Self, Wrong>;

    /// Reads the field, where it is there. One that may come once and comes more often is wrong: who reads the first and who
    /// reads the last would not see the same. Where a field is a list, this is what to implement as well.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    fn from_headers(headers: &'r Headers) -> Result<Option<Self>, Wrong> {
        only(headers, Self::NAME)?.map(Self::from_value).transpose()
    }
}

#[inline(never)]
fn only<'r>(headers: &'r Headers, name: &str) -> Result<Option<&'r str>, Wrong> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err("it comes more than once".into()),
        (value, None) => Ok(value),
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $type:ident $name:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $type<'r>(pub &'r str);

        impl<'r> FromHeader<'r> for $type<'r> {
            const NAME: &'static str = $name;

            fn from_value(value: &'r str) -> Result<Self, Wrong> {
                Ok(Self(value))
            }
        }
    )*};
}

texts! {
    /// `User-Agent`: what the client calls itself, as it is.
    UserAgent "user-agent";
    /// `Host`: the host that was asked for, with its port if it has one. The client says so; nobody has checked it.
    Host "host";
    /// `Origin`: the site whose page sends the request, or `null`.
    Origin "origin";
    /// `Referer`: the page that the request comes from.
    Referer "referer";
}

/// `Content-Type`: what the body is said to be.
///
/// ```
/// use mik_sdk::header::ContentType;
/// use mik_sdk::prelude::*;
///
/// routes! { POST "/" => upload }
///
/// fn upload(Header(ContentType(of)): Header<ContentType>) -> String {
///     format!("{}, {:?}", of.is("text/csv"), of.parameter("charset").as_deref())
/// }
///
/// let response = testing::post("/").header("content-type", "Text/CSV; charset=\"utf-8\"").send(handle);
/// assert_eq!(response.text(), Some(r#"true, Some("utf-8")"#));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentType<'r>(pub MediaType<'r>);

impl<'r> FromHeader<'r> for ContentType<'r> {
    const NAME: &'static str = "content-type";

    fn from_value(value: &'r str) -> Result<Self, Wrong> {
        MediaType::parse(value)
            .map(Self)
            .ok_or(Wrong::Borrowed("it is not a media type, such as `text/html; charset=utf-8`"))
    }
}

impl<'r> FromHeader<'r> for TraceParent<'r> {
    const NAME: &'static str = "traceparent";

    fn from_value(value: &'r str) -> Result<Self, Wrong> {
        Self::parse(value).ok_or(Wrong::Borrowed("it is not what W3C Trace Context says"))
    }
}
