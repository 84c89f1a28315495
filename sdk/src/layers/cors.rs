//! Which pages of other origins may read the answers of a group (the CORS protocol of the Fetch standard).

use crate::{Method, Request, Response, StatusCode};

/// What pages of other origins may ask of a group of routes, and read of its answers: `cors => Cors::…` in
/// [`routes!`](crate::routes).
///
/// It is a constant: what contradicts itself does not compile. Every answer of the group is marked, its errors, 404 and
/// 405 too, so that a page can read what went wrong. A preflight is answered for the route that it asks about, with 204 and
/// before any `before` function is asked: a browser sends it without what it would have to authenticate with.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! {
///     cors => Cors::origins(&["https://app.example"]).headers(&["content-type"]).expose(&["etag"]).credentials().max_age(600),
///     GET "/items" => items,
///     PUT "/items" => items,
/// }
///
/// fn items() -> &'static str { "items" }
///
/// let response = testing::get("/items").header("origin", "https://app.example").send(handle);
/// assert_eq!(response.header("access-control-allow-origin"), Some("https://app.example"));
/// assert_eq!(response.header("vary"), Some("origin"));
///
/// let response = testing::options("/items")
///     .header("origin", "https://app.example")
///     .header("access-control-request-method", "PUT")
///     .send(handle);
/// assert_eq!(response.status(), StatusCode::NO_CONTENT);
/// assert_eq!(response.header("access-control-allow-methods"), Some("GET, HEAD, PUT, OPTIONS"));
/// ```
///
/// `*` and credentials do not go together, because every page on the web could then act as its visitor:
///
/// ```compile_fail
/// # use mik_sdk::prelude::*;
/// const EVERYBODY: Cors = Cors::any_origin().credentials();
/// # let _ = EVERYBODY;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cors {
    origins: Origins,
    methods: &'static [Method],
    headers: Fields,
    exposed: &'static [&'static str],
    credentials: bool,
    max_age: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Origins {
    Any,
    These(&'static [&'static str]),
    Matching(fn(&str) -> bool),
}

#[derive(Clone, Copy, Debug)]
enum Fields {
    AsAsked,
    These(&'static [&'static str]),
}

impl Cors {
    /// Pages of every origin: `*`.
    pub const fn any_origin() -> Self {
        Self::new(Origins::Any)
    }

    /// Pages of these origins: a scheme, a host, and a port where it is not the scheme's own, such as
    /// `https://app.example` or `http://localhost:5173`. It is compared as it is written: no slash at the end.
    #[track_caller]
    pub const fn origins(origins: &'static [&'static str]) -> Self {
        let mut number = 0;
        while number < origins.len() {
            assert!(
                is_origin(origins[number]),
                "an origin is written `https://app.example`: a scheme, a host, perhaps a port, and nothing after it"
            );
            number += 1;
        }
        Self::new(Origins::These(origins))
    }

    /// Pages of the origins of which this function says so: for what is only known when the handler runs. Compare the whole
    /// origin; one that only begins or ends as yours does is somebody else's.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// const CORS: Cors = Cors::matching(is_ours);
    ///
    /// fn is_ours(origin: &str) -> bool {
    ///     env::get("ALLOWED_ORIGIN").is_some_and(|allowed| origin == allowed)
    /// }
    /// # let _ = CORS;
    /// ```
    pub const fn matching(is_allowed: fn(&str) -> bool) -> Self {
        Self::new(Origins::Matching(is_allowed))
    }

    const fn new(origins: Origins) -> Self {
        Self { origins, methods: &[], headers: Fields::These(&[]), exposed: &[], credentials: false, max_age: None }
    }

    /// The methods that a page may ask with. Without this: those that the path has routes for.
    #[must_use]
    pub const fn methods(mut self, methods: &'static [Method]) -> Self {
        self.methods = methods;
        self
    }

    /// The header fields that a page may send, besides those that every page may. `authorization` is never one of those:
    /// name it.
    #[must_use]
    pub const fn headers(mut self, names: &'static [&'static str]) -> Self {
        self.headers = Fields::These(names);
        self
    }

    /// Any header field may be sent: what is asked for is allowed.
    #[must_use]
    pub const fn any_headers(mut self) -> Self {
        self.headers = Fields::AsAsked;
        self
    }

    /// The header fields of the answer that a page may read, besides those that every page may.
    #[must_use]
    pub const fn expose(mut self, names: &'static [&'static str]) -> Self {
        self.exposed = names;
        self
    }

    /// Requests come with the cookies and the logins that the browser has for this server.
    #[must_use]
    #[track_caller]
    pub const fn credentials(mut self) -> Self {
        assert!(
            !matches!(self.origins, Origins::Any),
            "`any_origin` and `credentials` do not go together: name the origins with `Cors::origins`"
        );
        self.credentials = true;
        self
    }

    /// For how many seconds a browser may remember the answer to a preflight; without this, it decides itself.
    #[must_use]
    pub const fn max_age(mut self, seconds: u32) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Says in an answer which page may read it.
    pub(super) fn mark(&self, response: &mut Response, request: &Request) {
        // A handler that says it itself has its reasons.
        if response.headers().contains("access-control-allow-origin") {
            return;
        }
        let allowed = self.mark_origin(response, request.header("origin"));
        if allowed && !self.exposed.is_empty() {
            response.headers_mut().insert("access-control-expose-headers", self.exposed.join(", "));
        }
    }

    /// The answer to a preflight; `methods` are those of the path.
    pub(super) fn preflight(&self, origin: &str, methods: &str, fields: Option<&str>) -> Response {
        let mut response = Response::new(StatusCode::NO_CONTENT);
        let allowed = self.mark_origin(&mut response, Some(origin));
        let headers = response.headers_mut();
        headers.append("vary", "access-control-request-method, access-control-request-headers");
        if !allowed {
            return response;
        }
        let methods = match self.methods {
            [] => methods.to_owned(),
            methods => methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", "),
        };
        headers.insert("access-control-allow-methods", methods);
        let fields = match self.headers {
            Fields::AsAsked => fields.unwrap_or_default().to_owned(),
            Fields::These(names) => names.join(", "),
        };
        if !fields.is_empty() {
            headers.insert("access-control-allow-headers", fields);
        }
        if let Some(seconds) = self.max_age {
            headers.insert("access-control-max-age", seconds.to_string());
        }
        response
    }

    /// Says whether this origin may read, and that another would be told something else.
    fn mark_origin(&self, response: &mut Response, origin: Option<&str>) -> bool {
        let headers = response.headers_mut();
        if let Origins::Any = self.origins {
            headers.insert("access-control-allow-origin", "*");
            return true;
        }
        if !headers.get_all("vary").any(|vary| vary.split(',').any(|name| is_origin_or_star(name.trim()))) {
            headers.append("vary", "origin");
        }
        let Some(origin) = origin.filter(|origin| self.origins.allow(origin)) else {
            return false;
        };
        headers.insert("access-control-allow-origin", origin);
        if self.credentials {
            headers.insert("access-control-allow-credentials", "true");
        }
        true
    }
}

impl Origins {
    fn allow(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(origins) => origins.contains(&origin),
            Self::Matching(is_allowed) => is_allowed(origin),
        }
    }
}

fn is_origin_or_star(name: &str) -> bool {
    name == "*" || name.eq_ignore_ascii_case("origin")
}

/// Whether this can be what a browser sends as `Origin`: `scheme://host` and nothing after it.
const fn is_origin(origin: &str) -> bool {
    let bytes = origin.as_bytes();
    let mut number = 0;
    let mut slashes = 0;
    while number < bytes.len() {
        match bytes[number] {
            b'/' if slashes == 0 && (number == 0 || bytes[number - 1] != b':') => return false,
            b'/' if slashes == 1 && bytes[number - 1] != b'/' => return false,
            b'/' => slashes += 1,
            b'A'..=b'Z' | b'*' | b' ' | b',' => return false,
            _ => {}
        }
        number += 1;
    }
    slashes == 2 && number > 0 && bytes[number - 1] != b'/'
}
