//! Who is asking: the header field `Authorization`.

use std::fmt;

use super::{FromRequest, OptionalFromRequest};
use crate::fields::trim;
use crate::openapi::{Input, Scheme, Security};
use crate::text::join;
use crate::{Problem, Rejection, Request};

/// A bearer token: `Authorization: Bearer …` (RFC 6750, 2.1). What it is worth, the handler finds out.
///
/// | what is wrong | answer |
/// |---|---|
/// | there is none, or the scheme is another one | 401, `WWW-Authenticate: Bearer` |
/// | it is malformed, or there is more than one `Authorization` | 400, `WWW-Authenticate: Bearer error="invalid_request"` |
///
/// `Option<Bearer>` is `None` in the first of these cases.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! { GET "/me" => me }
///
/// fn me(Bearer(token): Bearer) -> Result<&'static str, Problem> {
///     match token {
///         "mF_9.B5f-4.1JqM" => Ok("Ada"),
///         _ => Err(Bearer::invalid_token("this token is not known, or has expired")),
///     }
/// }
///
/// let response = testing::get("/me").header("authorization", "Bearer mF_9.B5f-4.1JqM").send(handle);
/// assert_eq!(response.text(), Some("Ada"));
///
/// let response = testing::get("/me").send(handle);
/// assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
/// assert_eq!(response.header("www-authenticate"), Some("Bearer"));
///
/// let response = testing::get("/me").header("authorization", "Bearer other").send(handle);
/// assert_eq!(response.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bearer<'r>(pub &'r str);

impl Bearer<'_> {
    /// The answer to a token that is not valid: 401, `error="invalid_token"` (RFC 6750, 3.1).
    pub fn invalid_token(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
        Problem::unauthorized(detail).with_header("www-authenticate", "Bearer error=\"invalid_token\"")
    }

    /// The answer to a token that is valid and not good for this: 403, `error="insufficient_scope"`.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// let response = Bearer::insufficient_scope("this token is for reading").into_response();
    /// assert_eq!(response.status(), StatusCode::FORBIDDEN);
    /// assert_eq!(response.header("www-authenticate"), Some(r#"Bearer error="insufficient_scope""#));
    /// ```
    pub fn insufficient_scope(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
        Problem::forbidden(detail).with_header("www-authenticate", "Bearer error=\"insufficient_scope\"")
    }
}

/// Without the token: it is a secret.
impl fmt::Debug for Bearer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bearer")
    }
}

const BEARER: Input = Input { security: Some(Security::BEARER), problems: &[400, 401], ..Input::NONE };

impl<'r> FromRequest<'r> for Bearer<'r> {
    const INPUT: Input = BEARER;

    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        Self::from_request_optional(request)?.ok_or_else(|| {
            Problem::unauthorized("this needs a token: `Authorization: Bearer …`")
                .with_header("www-authenticate", "Bearer")
        })
    }
}

impl<'r> OptionalFromRequest<'r> for Bearer<'r> {
    const INPUT: Input = BEARER;

    fn from_request_optional(request: &'r Request) -> Result<Option<Self>, Rejection> {
        match credentials(request, "Bearer") {
            Ok(None) => Ok(None),
            Ok(Some(token)) if is_token68(token) => Ok(Some(Self(token))),
            _ => Err(malformed("Bearer error=\"invalid_request\"")),
        }
    }
}

/// A user and a password: `Authorization: Basic …` (RFC 7617), in UTF-8. Good over HTTPS alone.
///
/// | what is wrong | answer |
/// |---|---|
/// | there is none, or the scheme is another one | 401, `WWW-Authenticate: Basic realm="restricted", charset="UTF-8"` |
/// | it is malformed, or there is more than one `Authorization` | 400, with the same field |
///
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! { GET "/" => home }
///
/// fn home(Basic { user, password }: Basic) -> Result<String, Problem> {
///     match (user.as_str(), password.as_str()) {
///         ("Aladdin", "open sesame") => Ok(format!("Hello, {user}!")),
///         _ => Err(Basic::challenge("wrong user or password")),
///     }
/// }
///
/// let call = testing::get("/").header("authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
/// assert_eq!(call.send(handle).text(), Some("Hello, Aladdin!"));
/// assert_eq!(testing::get("/").send(handle).status(), StatusCode::UNAUTHORIZED);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Basic {
    /// Who; it has no colon.
    pub user: String,
    /// The password.
    pub password: String,
}

/// What a browser has to be told to ask for a user and a password.
const CHALLENGE: &str = "Basic realm=\"restricted\", charset=\"UTF-8\"";

impl Basic {
    /// The answer that makes a browser ask: 401.
    pub fn challenge(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
        Problem::unauthorized(detail).with_header("www-authenticate", CHALLENGE)
    }
}

/// Without the password.
impl fmt::Debug for Basic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&join(&["Basic(", &self.user, ")"]))
    }
}

const BASIC: Input = Input {
    security: Some(Security { name: "basic", scheme: Scheme::Http("basic") }),
    problems: &[400, 401],
    ..Input::NONE
};

impl FromRequest<'_> for Basic {
    const INPUT: Input = BASIC;

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        Self::from_request_optional(request)?
            .ok_or_else(|| Self::challenge("this needs a user and a password: `Authorization: Basic …`"))
    }
}

impl OptionalFromRequest<'_> for Basic {
    const INPUT: Input = BASIC;

    fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
        let wrong = || malformed(CHALLENGE);
        let Some(encoded) = credentials(request, "Basic").map_err(|_| wrong())? else {
            return Ok(None);
        };
        let decoded = decode_base64(encoded).and_then(|bytes| String::from_utf8(bytes).ok());
        let pair = decoded.as_deref().and_then(|text| text.split_once(':'));
        match pair {
            Some((user, password)) if !decoded.as_deref().unwrap_or_default().contains(char::is_control) => {
                Ok(Some(Self { user: user.to_owned(), password: password.to_owned() }))
            }
            _ => Err(wrong()),
        }
    }
}

#[inline(never)]
fn malformed(challenge: &str) -> Problem {
    Problem::bad_request("the header field `authorization` is malformed").with_header("www-authenticate", challenge)
}

/// There is more than one `Authorization`.
struct MoreThanOne;

/// What follows the scheme, where it is this one.
#[inline(never)]
fn credentials<'r>(request: &'r Request, scheme: &str) -> Result<Option<&'r str>, MoreThanOne> {
    let mut values = request.headers().get_all("authorization");
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(MoreThanOne);
    }
    let (of, credentials) = value.split_once(' ').unwrap_or((value, ""));
    Ok(of.eq_ignore_ascii_case(scheme).then(|| trim(credentials)))
}

/// RFC 9110, 11.2.
fn is_token68(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// Base64 (RFC 4648, 4), with its padding or without. The crate `base64` would cost 14 KiB.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() != digits.len() && (!text.len().is_multiple_of(4) || text.len() - digits.len() > 2) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    let (mut group, mut bits) = (0_u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        group = group << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((group >> bits) as u8);
            group &= (1 << bits) - 1;
        }
    }
    // A digit too many, or bits that say nothing and are not zero.
    (bits < 6 && group == 0).then_some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Method;

    fn request(fields: &[&str]) -> Request {
        fields
            .iter()
            .fold(Request::new(Method::Get, "/"), |request, field| request.with_header("authorization", *field))
    }

    #[test]
    fn a_bearer_token_is_what_rfc_6750_says() {
        for (fields, expected) in [
            (&["Bearer abc"][..], Some("abc")),
            (&["bEARER   a.b-c_d~e+f/g=="], Some("a.b-c_d~e+f/g==")),
            (&["Basic abc"], None),
            (&[], None),
        ] {
            let request = request(fields);
            let token = Bearer::from_request_optional(&request).unwrap().map(|Bearer(token)| token);
            assert_eq!(token, expected, "{fields:?}");
        }
        for fields in
            [&["Bearer"][..], &["Bearer "], &["Bearer a b"], &["Bearer ==="], &["Bearer ü"], &["Bearer a", "Bearer b"]]
        {
            let problem = Bearer::from_request_optional(&request(fields)).unwrap_err();
            assert_eq!(problem.status(), 400, "{fields:?}");
        }
    }

    #[test]
    fn basic_credentials_are_what_rfc_7617_says() {
        let basic = |field| Basic::from_request(&request(&[field])).map(|basic| (basic.user, basic.password));
        let of = |user: &str, password: &str| Ok((user.to_owned(), password.to_owned()));
        assert_eq!(basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), of("Aladdin", "open sesame"));
        assert_eq!(basic("basic dGVzdDoxMjPCow=="), of("test", "123£"));
        assert_eq!(basic("Basic dGVzdDoxMjPCow"), of("test", "123£"));
        assert_eq!(basic("Basic OjpjOg=="), of("", ":c:"));
        for wrong in ["Basic", "Basic QQ==", "Basic OjpjOg=", "Basic Oj*j", "Basic /zr/", "Basic OgA=", "Basic Oh=="] {
            assert_eq!(basic(wrong).unwrap_err().status(), 400, "{wrong}");
        }
        assert_eq!(Basic::from_request(&request(&[])).unwrap_err().status(), 401);
    }

    #[test]
    fn secrets_are_kept_out_of_debug_output() {
        assert_eq!(format!("{:?}", Bearer("secret")), "Bearer");
        let basic = Basic { user: "Ada".to_owned(), password: "secret".to_owned() };
        assert_eq!(format!("{basic:?}"), "Basic(Ada)");
    }

    proptest! {
        #[test]
        fn base64_is_that_of_its_crate(bytes: Vec<u8>, text in "[A-Za-z0-9+/=]{0,9}") {
            use base64::Engine as _;
            use base64::engine::general_purpose::STANDARD;
            prop_assert_eq!(decode_base64(&STANDARD.encode(&bytes)), Some(bytes));
            if let Ok(bytes) = STANDARD.decode(&text) {
                prop_assert_eq!(decode_base64(&text), Some(bytes));
            }
        }
    }
}
