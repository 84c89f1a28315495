//! Cookies that a response sets (RFC 6265, and what browsers ask for besides: RFC 6265bis).

#[cfg(feature = "signed-cookies")]
pub(crate) mod signed;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::openapi::Output;
use crate::text::{join, push_number};
use crate::{IntoResponse, Response, fields, http_date};

/// A cookie that a response sets.
///
/// As it is made, it is for the whole site, until the browser is closed, and for nobody else: `Path=/`, `HttpOnly`, `Secure`,
/// `SameSite=Lax`. What is to be less strict is said. Browsers take `Secure` cookies from `http://localhost`, too.
///
/// A value may be any text: what a cookie cannot hold is percent-encoded (as `encodeURIComponent` would), and
/// [`Cookies`](crate::Cookies) decodes it. A name, a path or a domain that could say anything else than that, or a cookie
/// that browsers would drop, makes the whole response a 500 that says why.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let response = ok!({ "welcome": true })
///     .with_cookie(Cookie::new("__Host-session", "4711").with_max_age(3600))
///     .with_cookie(Cookie::new("theme", "dark; really").without_http_only());
///
/// let mut cookies = response.headers().get_all("set-cookie");
/// assert_eq!(cookies.next(), Some("__Host-session=4711; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"));
/// assert_eq!(cookies.next(), Some("theme=dark%3B%20really; Path=/; Secure; SameSite=Lax"));
/// ```
///
/// With an answer of any other type, in a tuple:
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn login() -> (Cookie, Json<&'static str>) {
///     (Cookie::new("session", "4711"), Json("welcome"))
/// }
/// # assert!(login().into_response().header("set-cookie").is_some());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    name: String,
    value: String,
    path: String,
    domain: Option<String>,
    max_age: Option<u64>,
    expires: Option<u64>,
    same_site: SameSite,
    is_http_only: bool,
    is_secure: bool,
    is_partitioned: bool,
}

/// Which requests from other sites a cookie goes along with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// None.
    Strict,
    /// Those that only follow a link.
    #[default]
    Lax,
    /// All. The cookie has to be `Secure`.
    None,
}

impl Cookie {
    /// A cookie for the whole site, until the browser is closed.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            path: "/".to_owned(),
            domain: None,
            max_age: None,
            expires: None,
            same_site: SameSite::Lax,
            is_http_only: true,
            is_secure: true,
            is_partitioned: false,
        }
    }

    /// What makes the browser forget a cookie. Name, path and domain have to be those that it was set with.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// let response = no_content!().with_cookie(Cookie::removal("session"));
    /// assert!(response.header("set-cookie").unwrap().starts_with("session=; Path=/; Max-Age=0; "));
    /// ```
    pub fn removal(name: impl Into<String>) -> Self {
        Self { max_age: Some(0), expires: Some(0), ..Self::new(name, "") }
    }

    /// This cookie for a part of the site: it begins with a slash.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// let cookie = Cookie::new("draft", "7").with_path("/editor").with_same_site(SameSite::Strict).with_expires(784_111_777);
    /// assert_eq!(
    ///     ok!().with_cookie(cookie).header("set-cookie"),
    ///     Some("draft=7; Path=/editor; Expires=Sun, 06 Nov 1994 08:49:37 GMT; HttpOnly; Secure; SameSite=Strict"),
    /// );
    /// ```
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// This cookie for a domain and everything below it. Without it, it is for the host alone that set it.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// let response = ok!().with_cookie(Cookie::new("lang", "eo").with_domain("example.com"));
    /// assert_eq!(response.header("set-cookie"), Some("lang=eo; Path=/; Domain=example.com; HttpOnly; Secure; SameSite=Lax"));
    /// ```
    #[must_use]
    pub fn with_domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// This cookie for so many seconds.
    #[must_use]
    pub const fn with_max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// This cookie until then, in seconds since 1970. [`with_max_age`](Self::with_max_age) depends on nobody's clock.
    #[must_use]
    pub const fn with_expires(mut self, seconds: u64) -> Self {
        self.expires = Some(seconds);
        self
    }

    /// This cookie for other requests from other sites.
    #[must_use]
    pub const fn with_same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// This cookie for the page's scripts, too.
    #[must_use]
    pub const fn without_http_only(mut self) -> Self {
        self.is_http_only = false;
        self
    }

    /// This cookie over connections that everybody can read, too.
    #[must_use]
    pub const fn without_secure(mut self) -> Self {
        self.is_secure = false;
        self
    }

    /// This cookie once for each site that the page is embedded in.
    #[must_use]
    pub const fn partitioned(mut self) -> Self {
        self.is_partitioned = true;
        self
    }

    /// The value of its `Set-Cookie`, or why there is none.
    #[inline(never)]
    fn to_field(&self) -> Result<String, &'static str> {
        // What a cookie cannot hold (RFC 6265, 4.1.1), and the character that stands for it.
        const NOT_IN_VALUES: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\').add(b'%');
        // What browsers keep of a name and a value; of an attribute.
        const MOST: usize = 4096;
        const MOST_OF_ATTRIBUTE: usize = 1024;

        self.check()?;
        let mut field = join(&[&self.name, "="]);
        for piece in utf8_percent_encode(&self.value, NOT_IN_VALUES) {
            field.push_str(piece);
        }
        if field.len() > MOST {
            return Err("it is larger than 4096 bytes, and browsers drop it");
        }
        if self.path.len() > MOST_OF_ATTRIBUTE {
            return Err("its path is longer than 1024 bytes");
        }
        for (name, value) in [("; Path=", Some(&self.path)), ("; Domain=", self.domain.as_ref())] {
            if let Some(value) = value {
                field.push_str(name);
                field.push_str(value);
            }
        }
        if let Some(seconds) = self.max_age {
            field.push_str("; Max-Age=");
            push_number(&mut field, seconds);
        }
        if let Some(seconds) = self.expires {
            field.push_str("; Expires=");
            field.push_str(&http_date::format(seconds));
        }
        let same_site = match self.same_site {
            SameSite::Strict => "; SameSite=Strict",
            SameSite::Lax => "; SameSite=Lax",
            SameSite::None => "; SameSite=None",
        };
        for (attribute, is_set) in [
            ("; HttpOnly", self.is_http_only),
            ("; Secure", self.is_secure),
            (same_site, true),
            ("; Partitioned", self.is_partitioned),
        ] {
            if is_set {
                field.push_str(attribute);
            }
        }
        Ok(field)
    }

    fn check(&self) -> Result<(), &'static str> {
        let begins_with = |prefix: &str| {
            self.name.as_bytes().get(..prefix.len()).is_some_and(|name| name.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        let is_host = begins_with("__Host-");
        let is_domain = |domain: &str| {
            let is_plain = domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
            is_plain && (1..=253).contains(&domain.len()) && !domain.starts_with('.')
        };
        let rules = [
            (fields::is_token(&self.name), "its name is not a token: letters, digits, dashes, dots"),
            (
                self.path.starts_with('/') && self.path.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b';'),
                "its path has to begin with a slash and to be percent-encoded, without semicolons",
            ),
            (self.domain.as_deref().is_none_or(is_domain), "its domain is not the name of a host"),
            (self.is_secure || self.same_site != SameSite::None, "`SameSite=None` needs `Secure`"),
            (self.is_secure || !self.is_partitioned, "`Partitioned` needs `Secure`"),
            (self.is_secure || !(is_host || begins_with("__Secure-")), "the prefix of its name needs `Secure`"),
            (!is_host || (self.path == "/" && self.domain.is_none()), "`__Host-` needs the path `/` and no domain"),
        ];
        for (is_kept, rule) in rules {
            if !is_kept {
                return Err(rule);
            }
        }
        Ok(())
    }
}

impl Response {
    /// This response, and it sets a cookie. One that cannot be sent makes the whole response a 500, as a header field that
    /// cannot be sent does; it says what is wrong with it.
    #[must_use]
    pub fn with_cookie(self, cookie: Cookie) -> Self {
        match cookie.to_field() {
            Ok(field) => self.with_header("set-cookie", field),
            // No name of a field, so it is refused as one. To log it would cost 6 KiB.
            Err(rule) => self.with_header(join(&["set-cookie` (", rule, ")"]), ""),
        }
    }
}

impl<R: IntoResponse> IntoResponse for (Cookie, R) {
    const OUTPUT: Output = R::OUTPUT;

    fn into_response(self) -> Response {
        self.1.into_response().with_cookie(self.0)
    }
}

#[cfg(test)]
#[path = "cookie/tests.rs"]
mod tests;
