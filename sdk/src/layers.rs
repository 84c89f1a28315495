//! What a group of routes does around them: `before` and `after` functions, CORS, and an answer where no route is.
//!
//! A handler without any of it is answered by [`routing::answer`](crate::routing::answer) alone, and none of this is in its
//! component.

mod cors;
mod extension;

use std::any::Any;

pub use cors::Cors;
pub use extension::Extension;
pub(crate) use extension::Extensions;
use http::StatusCode;

use crate::handler::Arguments;
use crate::openapi::Output;
use crate::routing::{Endpoint, Found, Route, Segment, decode, find, fits, other_methods, sendable, with_route_status};
use crate::{Handler, IntoResponse, Method, Problem, Request, Response};

/// A group of routes, as `routes!` has it.
#[derive(Debug)]
pub struct Group {
    /// The group around it; the outermost names itself.
    pub parent: u8,
    /// What is asked before anything of the group answers, in this order.
    pub before: &'static [Before],
    /// What changes the answers of the group, in this order.
    pub after: &'static [fn(Response, &Request) -> Response],
    /// Which pages of other origins may read the answers of the group.
    pub cors: Option<&'static Cors>,
    /// What answers where no route does.
    pub fallback: Option<fn(&Request) -> Response>,
}

/// A `before` function, with its extractors.
pub type Before = fn(&Request) -> Result<Attached, Response>;

/// Every group: the first is the outermost.
#[derive(Debug)]
pub struct Groups {
    /// The groups; an [`Endpoint`] says which is its own.
    pub groups: &'static [Group],
    /// Which paths belong to which group where no route has them: the first prefix that fits says it.
    pub claims: &'static [(&'static [Segment], u8)],
}

/// What a `before` function leaves for the extractors after it.
pub type Attached = Option<Box<dyn Any + Send + Sync>>;

/// What a `before` function can return: whether the request goes on, and with what.
///
/// | type | what happens |
/// |---|---|
/// | `()` | the request goes on |
/// | [`Extension<T>`] | the request goes on, and handlers can take the value |
/// | `Result<_, E>` of them | `E`, which is [`IntoResponse`], is the answer, and the request goes no further |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be what a `before` function returns",
    label = "does not say whether the request goes on",
    note = "a `before` function returns `Result<(), Problem>`, `Result<Extension<T>, Problem>`, or `()`: what it gives back as `Err` is the answer",
    note = "to change an answer, write `after => function`"
)]
pub trait Verdict {
    /// What the answer gives where the request goes no further, for the OpenAPI document; `None` where it always goes on.
    const REFUSAL: Option<Output> = Some(Output::ANY);

    /// What is left for the extractors, or the answer.
    ///
    /// # Errors
    ///
    /// The answer, where the request goes no further.
    fn into_attached(self) -> Result<Attached, Response>;
}

impl Verdict for () {
    const REFUSAL: Option<Output> = None;

    fn into_attached(self) -> Result<Attached, Response> {
        Ok(None)
    }
}

impl<T: Send + Sync + 'static> Verdict for Extension<T> {
    const REFUSAL: Option<Output> = None;

    fn into_attached(self) -> Result<Attached, Response> {
        Ok(Some(Box::new(self.0)))
    }
}

impl<V: Verdict, E: IntoResponse> Verdict for Result<V, E> {
    const REFUSAL: Option<Output> = match V::REFUSAL {
        None => Some(E::OUTPUT),
        Some(_) => Some(Output::ANY),
    };

    fn into_attached(self) -> Result<Attached, Response> {
        match self {
            Ok(verdict) => verdict.into_attached(),
            Err(answer) => Err(answer.into_response()),
        }
    }
}

/// A function that `after => function` can name: it takes the response, and the request too if it likes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an `after` function",
    label = "not a function from a response to a response",
    note = "an `after` function is a `fn(Response, &Request) -> Response` or a `fn(Response) -> Response`"
)]
pub trait After<Arguments> {
    /// What the function returns.
    type Answer;

    /// Calls the function.
    fn call(&self, response: Response, request: &Request) -> Self::Answer;
}

impl<F: Fn(Response) -> R, R> After<(Response,)> for F {
    type Answer = R;

    fn call(&self, response: Response, _: &Request) -> R {
        self(response)
    }
}

impl<F: Fn(Response, &Request) -> R, R> After<(Response, &Request)> for F {
    type Answer = R;

    fn call(&self, response: Response, request: &Request) -> R {
        self(response, request)
    }
}

/// Asks a `before` function. What `routes!` expands to.
pub fn before<'r, H, A>(function: H, request: &'r Request) -> Result<Attached, Response>
where
    H: Handler<A>,
    A: Arguments<'r>,
    H::Answer: Verdict,
{
    match A::extract(request) {
        Ok(arguments) => function.call(arguments).into_attached(),
        Err(rejection) => Err(rejection.into_response()),
    }
}

/// Has an `after` function change an answer. What `routes!` expands to.
pub fn after<F, A>(function: F, response: Response, request: &Request) -> Response
where
    F: After<A>,
    F::Answer: IntoResponse,
{
    function.call(response, request).into_response()
}

/// Answers a request from a table whose routes are in groups.
pub fn answer_in_groups(routes: &[Route], groups: &Groups, mut request: Request) -> Response {
    if let Some(response) = preflight(routes, groups, &request) {
        return sendable(response);
    }
    let (group, inner) = match find(routes, request.method(), request.path()) {
        Found::Endpoint(endpoint, params) => match decode(&params) {
            Ok(params) => {
                request.set_params(params);
                (endpoint.group, Inner::Endpoint(endpoint))
            }
            Err(problem) => (endpoint.group, Inner::Answer(problem.into_response())),
        },
        Found::Methods(methods) => {
            let answer = other_methods(request.method(), methods);
            (groups.of_path(routes, request.path()), Inner::Answer(answer))
        }
        Found::Nothing => {
            let group = groups.claiming(request.path());
            (group, groups.fallback(group).map_or(Inner::Nothing, Inner::Fallback))
        }
    };
    let around = groups.around(group);
    let mut response = enter(&around, &mut request, inner);
    // The innermost alone: what it refuses, one around it does not allow.
    if let Some(cors) = around.iter().rev().find_map(|group| group.cors) {
        cors.mark(&mut response, &request);
    }
    request.extensions_mut().release();
    sendable(response)
}

/// What stands inside of every layer.
enum Inner<'t> {
    Endpoint(&'t Endpoint),
    Fallback(fn(&Request) -> Response),
    /// An answer that nobody has to be asked for.
    Answer(Response),
    Nothing,
}

/// Runs the layers of these groups, the outermost first, around what they are about.
fn enter(groups: &[&Group], request: &mut Request, inner: Inner<'_>) -> Response {
    let Some((group, groups)) = groups.split_first() else {
        return match inner {
            Inner::Endpoint(endpoint) => with_route_status((endpoint.call)(request), endpoint),
            Inner::Fallback(call) => call(request),
            Inner::Answer(response) => response,
            Inner::Nothing => Problem::new(StatusCode::NOT_FOUND).into_response(),
        };
    };
    let mut response = match group.ask_before(request) {
        Ok(()) => enter(groups, request, inner),
        Err(response) => response,
    };
    for after in group.after {
        response = after(response, request);
    }
    response
}

impl Group {
    fn ask_before(&self, request: &mut Request) -> Result<(), Response> {
        for before in self.before {
            if let Some(extension) = before(request)? {
                request.extensions_mut().attach(extension);
            }
        }
        Ok(())
    }
}

impl Groups {
    /// This group and those around it, the outermost first.
    fn around(&self, mut number: u8) -> Vec<&Group> {
        let mut around = Vec::new();
        while let Some(group) = self.groups.get(usize::from(number)) {
            around.insert(0, group);
            if group.parent == number {
                break;
            }
            number = group.parent;
        }
        around
    }

    /// The group whose prefix is the innermost that this path begins with.
    fn claiming(&self, path: &str) -> u8 {
        // As many slashes as the prefix has: what it ends with is a whole segment.
        let claims = |prefix: &[Segment]| {
            let end = path.match_indices('/').nth(prefix.len().saturating_sub(1)).map_or(path.len(), |(end, _)| end);
            path.get(..end).is_some_and(|path| fits(prefix, path, &mut |_, _| ()))
        };
        self.claims.iter().find(|(prefix, _)| claims(prefix)).map_or(0, |(_, group)| *group)
    }

    /// The group of a path that is known, whatever the method.
    fn of_path(&self, routes: &[Route], path: &str) -> u8 {
        let route = routes.iter().find(|route| fits(route.segments, path, &mut |_, _| ()));
        route.and_then(|route| route.endpoints.first()).map_or(0, |endpoint| endpoint.group)
    }

    fn fallback(&self, group: u8) -> Option<fn(&Request) -> Response> {
        self.around(group).iter().rev().find_map(|group| group.fallback)
    }
}

/// What a browser is told that asks on behalf of a page of another origin, before it sends the page's request. That is a
/// question about the route of the other request: its group answers, and nothing of it but the CORS.
fn preflight(routes: &[Route], groups: &Groups, request: &Request) -> Option<Response> {
    if request.method() != Method::Options {
        return None;
    }
    let origin = request.header("origin")?;
    let wanted = request.header("access-control-request-method")?;
    let mut methods = None;
    let method = Method::from_name(wanted);
    let group = match find(routes, method.unwrap_or(Method::Options), request.path()) {
        Found::Endpoint(endpoint, _) if method.is_some() => endpoint.group,
        Found::Endpoint(..) | Found::Methods(_) => groups.of_path(routes, request.path()),
        Found::Nothing => {
            let group = groups.claiming(request.path());
            // Whatever is asked for would be a 404, and so is this; a fallback answers every method.
            groups.fallback(group)?;
            methods = Some(wanted.to_owned());
            group
        }
    };
    let cors = groups.around(group).iter().rev().find_map(|group| group.cors)?;
    let methods = methods.unwrap_or_else(|| crate::routing::methods_of(routes, request.path()).to_allow());
    Some(cors.preflight(origin, &methods, request.header("access-control-request-headers")))
}

#[cfg(test)]
mod tests;
