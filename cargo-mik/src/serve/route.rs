//! Whose a URL is. Works on the bytes of the request's path and query: nothing is decoded, no slash is lost.

use http::uri::PathAndQuery;

use super::dashboard::View;

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// The process is alive.
    Live,
    /// The server has something to serve and has not been told to stop.
    Ready,
    /// The list of modules.
    Handlers,
    /// The OpenAPI document of a module, by name, or that of all of them.
    OpenApi(Option<&'a str>),
    /// How the project's build stands, where somebody develops: the path.
    Build(&'a str),
    /// What can be counted.
    Metrics,
    /// The dashboard, where there is one.
    Dashboard(View),
    /// A static file, where a directory of them is configured.
    Static,
    /// Ours, and nothing is there.
    Reserved,
    /// A module, by name; it sees `rest`.
    Module { name: &'a str, rest: Rest<'a> },
    /// Everything else: the root module's, where there is one.
    Root,
}

/// What is left of a path and query once `/run/<name>` is taken off.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rest<'a> {
    /// It begins with a slash.
    Whole(&'a str),
    /// There is at most a query; the path is `/`.
    Query(&'a str),
}

impl Rest<'_> {
    /// As what the module gets.
    pub(super) fn path_and_query(&self) -> Result<PathAndQuery, http::uri::InvalidUri> {
        match self {
            Self::Whole(rest) => PathAndQuery::try_from(*rest),
            Self::Query(query) => PathAndQuery::try_from(format!("/{query}")),
        }
    }
}

/// The route of a path with its query.
pub(super) fn route(path_and_query: &str) -> Route<'_> {
    let path = path_and_query.split('?').next().unwrap_or_default();
    match path {
        "/_mik/health/live" => return Route::Live,
        "/_mik/health/ready" => return Route::Ready,
        "/_mik/handlers" => return Route::Handlers,
        "/_mik/metrics" => return Route::Metrics,
        "/_mik/build" | "/_mik/build/events" | "/_mik/overlay.js" => return Route::Build(path),
        "/_mik/" | "/_mik" => return Route::Dashboard(View::Page),
        "/_mik/requests" => return Route::Dashboard(View::Requests),
        "/_mik/builds" => return Route::Dashboard(View::Builds),
        "/_mik/events" => return Route::Dashboard(View::Events),
        "/_mik/openapi.json" => return Route::OpenApi(None),
        _ if let Some(name) = path.strip_prefix("/_mik/openapi/").and_then(|rest| rest.strip_suffix(".json")) => {
            return Route::OpenApi(Some(name));
        }
        _ if path.starts_with("/_mik/") => return Route::Reserved,
        _ if path.starts_with("/static/") => return Route::Static,
        _ => {}
    }
    let Some(after) = path_and_query.strip_prefix("/run/") else { return Route::Root };
    let end = after.find(['/', '?']).unwrap_or(after.len());
    let (name, rest) = after.split_at(end);
    match name {
        "" => Route::Root,
        _ if rest.starts_with('/') => Route::Module { name, rest: Rest::Whole(rest) },
        _ => Route::Module { name, rest: Rest::Query(rest) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn seen(url: &str) -> (String, String) {
        match route(url) {
            Route::Module { name, rest } => (name.to_owned(), rest.path_and_query().unwrap().as_str().to_owned()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_module_sees_the_rest_byte_for_byte() {
        for (url, rest) in [
            ("/run/x", "/"),
            ("/run/x/", "/"),
            ("/run/x?", "/?"),
            ("/run/x?q=1", "/?q=1"),
            ("/run/x/?q=/run/y", "/?q=/run/y"),
            ("/run/x//a%2Fb?q=%20", "//a%2Fb?q=%20"),
            ("/run/x/../y", "/../y"),
            ("/run/x/a?b?c&d=%zz", "/a?b?c&d=%zz"),
            ("/run/x/_mik/handlers", "/_mik/handlers"),
        ] {
            assert_eq!(seen(url), ("x".to_owned(), rest.to_owned()), "{url}");
        }
    }

    #[test]
    fn our_own_urls_come_first() {
        assert_eq!(route("/_mik/health/live"), Route::Live);
        assert_eq!(route("/_mik/health/ready?x"), Route::Ready);
        assert_eq!(route("/_mik/handlers"), Route::Handlers);
        assert_eq!(route("/_mik/metrics"), Route::Metrics);
        assert_eq!(route("/_mik/build?x"), Route::Build("/_mik/build"));
        assert_eq!(route("/_mik/build/"), Route::Reserved);
        assert_eq!(route("/static/a"), Route::Static);
        assert_eq!(route("/_mik/openapi.json?pretty"), Route::OpenApi(None));
        assert_eq!(route("/_mik/openapi/a.b.json"), Route::OpenApi(Some("a.b")));
        assert_eq!(route("/_mik/openapi/a"), Route::Reserved);
        assert_eq!(route("/_mik"), Route::Dashboard(View::Page));
        assert_eq!(route("/_mik/?x"), Route::Dashboard(View::Page));
        assert_eq!(route("/_mik/events"), Route::Dashboard(View::Events));
        assert_eq!(route("/_mik/nothing"), Route::Reserved);
    }

    #[test]
    fn everything_else_is_the_root_modules() {
        for url in [
            "/",
            "*",
            "",
            "/static",
            "/statics/a",
            "/run",
            "/run/",
            "/run//x",
            "/running",
            "/_mikado",
            "/health",
            "/?a=/run/x",
        ] {
            assert_eq!(route(url), Route::Root, "{url}");
        }
    }
}
