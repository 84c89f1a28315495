//! Cookies that a request brings.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

use super::FromRequest;
use crate::fields::trim;
use crate::openapi::Input;
use crate::{Headers, Rejection, Request};

/// The cookies of a request (RFC 6265, 4.2), of every `Cookie` field, in the order in which they came. A request without
/// cookies has none of them; there is nothing to refuse.
///
/// Servers see names and values alone, so whether somebody else set a cookie cannot be told: a neighbour's domain can. Names
/// that begin with `__Host-` are safe from that, and [signed](crate::Cookie) values from being made up.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! { GET "/" => home }
///
/// fn home(cookies: Cookies) -> String {
///     match cookies.get("theme") {
///         Some(theme) => format!("the {theme} theme"),
///         None => "no theme".to_owned(),
///     }
/// }
///
/// let response = testing::get("/").header("cookie", "lang=eo; theme=dark%20blue").send(handle);
/// assert_eq!(response.text(), Some("the dark blue theme"));
/// assert_eq!(testing::get("/").send(handle).text(), Some("no theme"));
/// ```
#[derive(Clone, Copy)]
pub struct Cookies<'r> {
    headers: &'r Headers,
}

impl<'r> Cookies<'r> {
    pub(crate) const fn new(headers: &'r Headers) -> Self {
        Self { headers }
    }

    /// The value of the first cookie with this name. Of several with one name, browsers send the one with the longest path
    /// first.
    ///
    /// Quotes around it are left out and `%3B` is read as `;`, as [`Cookie`](crate::Cookie) and `encodeURIComponent` write
    /// it; what is not UTF-8 then stays as it is.
    #[inline(never)]
    pub fn get(&self, name: &str) -> Option<Cow<'r, str>> {
        self.get_all(name).next()
    }

    /// The value of every cookie with this name, as [`get`](Self::get) reads it.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// let request = Request::new(Method::GET, "/").with_header("cookie", "tag=a; lang=eo; tag=b%3B");
    /// let cookies = request.cookies();
    /// assert_eq!(cookies.get_all("tag").collect::<Vec<_>>(), ["a", "b;"]);
    /// ```
    pub fn get_all<'c>(&'c self, name: &'c str) -> impl Iterator<Item = Cow<'r, str>> + use<'r, 'c> {
        self.iter().filter(move |(other, _)| *other == name).map(|(_, raw)| decode(raw))
    }

    /// Every cookie and its value, exactly as they came.
    pub fn iter(&self) -> impl Iterator<Item = (&'r str, &'r str)> + use<'r> {
        self.headers.get_all("cookie").flat_map(|field| field.split(';')).filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let name = trim(name);
            (!name.is_empty()).then(|| (name, trim(value)))
        })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

fn decode(raw: &str) -> Cow<'_, str> {
    let raw = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    percent_decode_str(raw).decode_utf8().unwrap_or(Cow::Borrowed(raw))
}

/// Without the values: they are secrets more often than not.
impl fmt::Debug for Cookies<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

impl<'r> FromRequest<'r> for Cookies<'r> {
    const INPUT: Input = Input::NONE;

    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        Ok(request.cookies())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use crate::{Method, Request};

    fn request(fields: &[&str]) -> Request {
        fields.iter().fold(Request::new(Method::Get, "/"), |request, field| request.with_header("cookie", *field))
    }

    #[test]
    fn the_examples_of_rfc_6265_section_3_1() {
        let request = request(&["SID=31d4d96e407aad42; lang=en-US"]);
        assert_eq!(request.cookie("SID").as_deref(), Some("31d4d96e407aad42"));
        assert_eq!(request.cookie("lang").as_deref(), Some("en-US"));
        // Names are told apart by case.
        assert_eq!(request.cookie("sid"), None);
    }

    #[test]
    fn cookies_as_they_come_in_the_wild() {
        // HTTP/2 may send one field for each cookie (RFC 9113, 8.2.3).
        let request =
            request(&["a=1;b = 2 ;; novalue; =noname; c=x=y=z; d=\"quoted\"", "a=3; e=; f=100%; g=%ff; h=\""]);
        let all: Vec<_> = request.cookies().iter().collect();
        let expected = [
            ("a", "1"),
            ("b", "2"),
            ("c", "x=y=z"),
            ("d", "\"quoted\""),
            ("a", "3"),
            ("e", ""),
            ("f", "100%"),
            ("g", "%ff"),
            ("h", "\""),
        ];
        assert_eq!(all, expected);
        assert_eq!(request.cookies().get_all("a").collect::<Vec<_>>(), ["1", "3"]);
        for (name, value) in [("c", "x=y=z"), ("d", "quoted"), ("e", ""), ("f", "100%"), ("g", "%ff"), ("h", "\"")] {
            assert_eq!(request.cookie(name).unwrap(), value, "{name}");
        }
        assert!(self::request(&[]).cookies().is_empty());
    }

    #[test]
    fn values_are_kept_out_of_debug_output() {
        assert_eq!(format!("{:?}", request(&["a=secret; b=c"]).cookies()), r#"["a", "b"]"#);
    }
}
