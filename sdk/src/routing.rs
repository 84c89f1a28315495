//! Which handler answers, and what is answered where none does.
//!
//! The rules are those of `matchit`: `routes!` has it check the patterns while it compiles them, and the tests here
//! compare with it. What is left to do for a request is to walk a table, because a component often answers one request and
//! is gone: a tree that is built first costs more than it saves.

mod escaped;

pub use escaped::{between_escaped, is_escaped};

use http::StatusCode;

use crate::extract::wrong_parameter;
use crate::mismatch::Mismatch;
use crate::text::{join, split_once};
use crate::{IntoResponse, Method, Problem, Request, Response};

/// A pattern and what answers there. A table of them is sorted so that the first that fits is the right one.
#[derive(Debug)]
pub struct Route {
    /// The pattern, cut at its slashes.
    pub segments: &'static [Segment],
    /// What answers, by method.
    pub endpoints: &'static [Endpoint],
}

/// A part of a pattern, between two slashes.
#[derive(Debug)]
pub enum Segment {
    /// Exactly this.
    Literal(&'static str),
    /// `{name}`, perhaps with text around it: anything that is not empty.
    Param {
        /// What comes before.
        prefix: &'static str,
        /// The name.
        name: &'static str,
        /// What comes after.
        suffix: &'static str,
    },
    /// `{*name}`: everything that is left, slashes included, if it is not empty.
    Rest(&'static str),
    /// A literal or a parameter whose text has an escape, as `ü` is one: a function, so that a table without such a
    /// route has none of the code.
    Escaped(for<'p> fn(&'p str, &mut dyn FnMut(&'static str, &'p str)) -> bool),
}

/// What answers a method.
#[derive(Debug)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The group it is in; read where a group does something around its routes.
    pub group: u8,
    /// The status of an answer that says 200; `#[status(201)]` on the route.
    pub status: u16,
    /// The handler, with its extractors.
    pub call: fn(&Request) -> Response,
}

/// Answers a request from a table.
pub fn answer(routes: &[Route], mut request: Request) -> Response {
    let (endpoint, params) = match find(routes, request.method(), request.path()) {
        Found::Endpoint(endpoint, params) => (endpoint, params),
        Found::Methods(methods) => return other_methods(request.method(), methods),
        Found::Nothing => return Problem::new(StatusCode::NOT_FOUND).into_response(),
    };
    match decode(&params) {
        Ok(params) => request.set_params(params),
        Err(problem) => return problem.into_response(),
    }
    with_route_status(sendable((endpoint.call)(&request)), endpoint)
}

/// The response with the status that the route gives to what would be 200.
pub(crate) fn with_route_status(response: Response, endpoint: &Endpoint) -> Response {
    match StatusCode::from_u16(endpoint.status) {
        Ok(status) if response.status() == StatusCode::OK => response.with_status(status),
        _ => response,
    }
}

/// The response, unless one of its header fields could begin another: then nothing of it goes out.
#[inline(never)]
pub(crate) fn sendable(response: Response) -> Response {
    match response.headers().first_invalid() {
        None => response,
        Some(name) => Problem::internal(join(&["the header field `", name, "` cannot be sent"])).into_response(),
    }
}

/// The parameters of a match, still encoded.
pub(crate) type RawParams<'p> = Vec<(&'static str, &'p str)>;

pub(crate) enum Found<'t, 'p> {
    Endpoint(&'t Endpoint, RawParams<'p>),
    /// The path is known, the method is not; these are.
    Methods(MethodSet),
    Nothing,
}

#[inline(never)]
pub(crate) fn find<'t, 'p>(routes: &'t [Route], method: Method, path: &'p str) -> Found<'t, 'p> {
    let mut methods = MethodSet(0);
    for route in routes {
        if !fits(route.segments, path, &mut |_, _| ()) {
            continue;
        }
        if let Some(endpoint) = route.endpoint(method) {
            let mut params = Vec::new();
            fits(route.segments, path, &mut |name, value| params.push((name, value)));
            return Found::Endpoint(endpoint, params);
        }
        for endpoint in route.endpoints {
            methods.add(endpoint.method);
        }
    }
    if methods.0 == 0 { Found::Nothing } else { Found::Methods(methods) }
}

impl Route {
    /// What answers a method here: `GET` answers `HEAD` too, where nothing else does.
    fn endpoint(&self, method: Method) -> Option<&Endpoint> {
        let of = |method| self.endpoints.iter().find(|it| it.method == method);
        of(method).or_else(|| match method {
            Method::Head => of(Method::Get),
            _ => None,
        })
    }
}

/// Whether a path fits a pattern. It is compared as it was received: an escaped slash (`%2F`) does not end a segment.
#[inline(never)]
pub(crate) fn fits<'p>(segments: &[Segment], path: &'p str, take: &mut dyn FnMut(&'static str, &'p str)) -> bool {
    let mut rest = Some(path);
    for segment in segments {
        let Some(path) = rest else {
            return false;
        };
        if let Segment::Rest(name) = segment {
            take(name, path);
            return !path.is_empty();
        }
        let (part, after) = match split_once(path, b'/') {
            Some((part, after)) => (part, Some(after)),
            None => (path, None),
        };
        rest = after;
        match segment {
            Segment::Literal(literal) if part == *literal => {}
            Segment::Escaped(fits) if fits(part, take) => {}
            Segment::Param { prefix, name, suffix } => {
                let value = part.strip_prefix(prefix).and_then(|value| value.strip_suffix(suffix));
                match value {
                    Some(value) if !value.is_empty() => take(name, value),
                    _ => return false,
                }
            }
            _ => return false,
        }
    }
    rest.is_none()
}

/// The parameters, decoded: after the match, so that what is escaped cannot change the route, and a `+` stays a `+`.
#[inline(never)]
pub(crate) fn decode(params: &RawParams<'_>) -> Result<Vec<(&'static str, String)>, Problem> {
    let mut decoded = Vec::with_capacity(params.len());
    for (name, value) in params {
        let Some(value) = decode_one(value) else {
            let mismatch = Mismatch::new("its escapes are not UTF-8".to_owned());
            return Err(wrong_parameter("path", &mismatch.at(name)));
        };
        decoded.push((*name, value));
    }
    Ok(decoded)
}

/// One value, decoded. Strictly: a `%` that escapes nothing is an error here, which no crate for it says.
fn decode_one(value: &str) -> Option<String> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    let mut bytes = value.bytes();
    let mut decoded = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => (digit(bytes.next())? * 16 + digit(bytes.next())?) as u8,
            _ => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

/// `OPTIONS` says what the path can do; any other method is refused with the same list.
#[inline(never)]
pub(crate) fn other_methods(method: Method, methods: MethodSet) -> Response {
    let allow = methods.to_allow();
    match method {
        Method::Options => Response::new(StatusCode::NO_CONTENT).with_header("allow", allow),
        _ => Problem::new(StatusCode::METHOD_NOT_ALLOWED).with_header("allow", allow).into_response(),
    }
}

/// The methods that a path has routes for.
pub(crate) fn methods_of(routes: &[Route], path: &str) -> MethodSet {
    let mut methods = MethodSet(0);
    for route in routes.iter().filter(|route| fits(route.segments, path, &mut |_, _| ())) {
        for endpoint in route.endpoints {
            methods.add(endpoint.method);
        }
    }
    methods
}

/// A set of methods, one bit each.
#[derive(Clone, Copy)]
pub(crate) struct MethodSet(u8);

impl MethodSet {
    fn add(&mut self, method: Method) {
        self.0 |= 1 << method as u8;
    }

    /// As `Allow` lists them. What the table answers by itself is allowed too.
    pub(crate) fn to_allow(mut self) -> String {
        const ALL: [Method; 7] =
            [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options];
        self.add(Method::Options);
        if self.0 & (1 << Method::Get as u8) != 0 {
            self.add(Method::Head);
        }
        let mut allow = String::new();
        for method in ALL {
            if self.0 & (1 << method as u8) != 0 {
                if !allow.is_empty() {
                    allow.push_str(", ");
                }
                allow.push_str(method.as_str());
            }
        }
        allow
    }
}

#[cfg(test)]
#[path = "routing_tests.rs"]
mod tests;
