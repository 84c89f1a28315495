//! Groups: which layers run around which answer, and what browsers are told.

use crate::prelude::*;

#[derive(Clone)]
struct Visitor(String);

routes! {
    after => note_outer,
    GET "/" => home,
    _ => lost,
    "/api" => {
        before => authenticate,
        after => note_inner,
        cors => Cors::origins(&["https://app.example"])
            .headers(&["content-type", "x-token"])
            .expose(&["x-seen"])
            .credentials()
            .max_age(600),
        GET "" => home,
        GET "/me" => me,
        #[status(201)]
        PUT "/items/{id}" => item,
        "/deep" => {
            before => refuse,
            GET "/well" => home,
            _ => lost_in_the_deep,
        }
        "" => {
            cors => Cors::any_origin().any_headers().methods(&[Method::GET]),
            GET "/open" => broken,
        }
    }
    "/{tenant}/api" => {
        GET "/me" => tenant,
    },
}

fn home() -> &'static str {
    "home"
}

fn lost(request: &Request) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, request.path().to_owned())
}

fn lost_in_the_deep() -> StatusCode {
    StatusCode::GONE
}

fn authenticate(request: &Request) -> Result<Extension<Visitor>, Problem> {
    match request.header("x-token") {
        Some(name) => Ok(Extension(Visitor(name.to_owned()))),
        None => Err(Problem::unauthorized("who are you?")),
    }
}

fn refuse(Extension(visitor): Extension<Visitor>) -> Result<(), (StatusCode, String)> {
    match visitor.0.as_str() {
        "diver" => Ok(()),
        name => Err((StatusCode::FORBIDDEN, format!("{name} cannot dive"))),
    }
}

fn me(request: &Request) -> String {
    request.extension::<Visitor>().map(|visitor| visitor.0.clone()).unwrap_or_default()
}

fn item(Path(id): Path<u32>, Extension(visitor): Extension<Visitor>) -> String {
    format!("{id} of {}", visitor.0)
}

fn tenant(Path(tenant): Path<String>) -> String {
    tenant
}

fn broken() -> Response {
    ok!().with_header("x-broken", "a\nb: c")
}

fn note_outer(response: Response) -> Response {
    let seen = response.header("x-seen").map_or_else(|| "outer".into(), |seen| format!("{seen}, outer"));
    let mut response = response;
    response.headers_mut().insert("x-seen", seen);
    response
}

fn note_inner(response: Response, request: &Request) -> Response {
    response.with_header("x-seen", format!("{} inner", request.method()))
}

fn ask(call: testing::Call) -> (u16, String, String) {
    let response = call.send(handle);
    let seen = response.header("x-seen").unwrap_or_default().to_owned();
    (response.status().as_u16(), response.text().unwrap_or_default().to_owned(), seen)
}

fn as_ada(call: testing::Call) -> (u16, String, String) {
    ask(call.header("x-token", "Ada"))
}

#[test]
fn layers_run_around_the_routes_of_their_group_and_of_those_inside() {
    assert_eq!(ask(testing::get("/")), (200, "home".into(), "outer".into()));
    assert_eq!(as_ada(testing::get("/api")), (200, "home".into(), "GET inner, outer".into()));
    assert_eq!(as_ada(testing::get("/api/me")), (200, "Ada".into(), "GET inner, outer".into()));
    assert_eq!(as_ada(testing::put("/api/items/7")), (201, "7 of Ada".into(), "PUT inner, outer".into()));
    assert_eq!(ask(testing::get("/acme/api/me")), (200, "acme".into(), "outer".into()));
}

#[test]
fn what_before_gives_back_as_an_error_is_the_answer_and_after_sees_it() {
    let (status, text, seen) = ask(testing::get("/api/me"));
    assert_eq!((status, seen.as_str()), (401, "GET inner, outer"));
    assert!(text.contains("who are you?"), "{text}");
    let answer = as_ada(testing::get("/api/deep/well"));
    assert_eq!(answer, (403, "Ada cannot dive".into(), "GET inner, outer".into()));
    let answer = ask(testing::get("/api/deep/well").header("x-token", "diver"));
    assert_eq!(answer, (200, "home".into(), "GET inner, outer".into()));
}

#[test]
fn a_path_that_no_route_has_belongs_to_the_innermost_group_that_it_begins_with() {
    // What is not of the group does not ask its `before`.
    assert_eq!(ask(testing::get("/apis")), (404, "/apis".into(), "outer".into()));
    assert_eq!(ask(testing::delete("/acme/apix")), (404, "/acme/apix".into(), "outer".into()));
    // What is, does: whoever may not see what there is does not learn it.
    assert_eq!(ask(testing::get("/api/nothing")).0, 401);
    assert_eq!(as_ada(testing::get("/api/nothing")), (404, "/api/nothing".into(), "GET inner, outer".into()));
    assert_eq!(ask(testing::get("/api/deep/sea").header("x-token", "diver")).0, 410);
    assert_eq!(as_ada(testing::get("/api/deep")).0, 403);
}

#[test]
fn a_method_that_the_path_does_not_have_is_a_405_inside_the_layers() {
    assert_eq!(ask(testing::post("/api/me")).0, 401);
    let response = testing::post("/api/me").header("x-token", "Ada").send(handle);
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(response.header("x-seen"), Some("POST inner, outer"));
}

#[test]
fn a_page_of_an_allowed_origin_reads_answers_and_errors() {
    for path in ["/api/me", "/api/nothing", "/api/items/seven"] {
        for token in [None, Some("Ada")] {
            let mut call = testing::call(Method::PUT, path).header("origin", "https://app.example");
            if let Some(token) = token {
                call = call.header("x-token", token);
            }
            let response = call.send(handle);
            assert_eq!(response.header("access-control-allow-origin"), Some("https://app.example"), "{path}");
            assert_eq!(response.header("access-control-allow-credentials"), Some("true"), "{path}");
            assert_eq!(response.header("access-control-expose-headers"), Some("x-seen"), "{path}");
            assert_eq!(response.header("vary"), Some("origin"), "{path}");
        }
    }
}

#[test]
fn a_page_of_another_origin_reads_nothing_and_caches_are_told() {
    for origin in ["https://app.example.evil", "https://APP.example", "null", "http://app.example"] {
        let response = testing::get("/api/me").header("origin", origin).header("x-token", "Ada").send(handle);
        assert_eq!(response.header("access-control-allow-origin"), None, "{origin}");
        assert_eq!(response.header("access-control-allow-credentials"), None, "{origin}");
        assert_eq!(response.header("vary"), Some("origin"), "{origin}");
    }
    let response = testing::get("/").header("origin", "https://app.example").send(handle);
    assert_eq!((response.header("access-control-allow-origin"), response.header("vary")), (None, None));
}

fn preflight(path: &str, origin: &str, method: &str) -> Response {
    testing::options(path)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", "x-token,x-other")
        .send(handle)
}

#[test]
fn a_preflight_is_answered_before_anybody_is_asked_who_they_are() {
    let response = preflight("/api/items/7", "https://app.example", "PUT");
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.header("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(response.header("access-control-allow-methods"), Some("PUT, OPTIONS"));
    assert_eq!(response.header("access-control-allow-headers"), Some("content-type, x-token"));
    assert_eq!(response.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(response.header("access-control-max-age"), Some("600"));
    let vary: Vec<_> = response.headers().get_all("vary").collect();
    assert_eq!(vary, ["origin", "access-control-request-method, access-control-request-headers"]);

    let response = preflight("/api/items/7", "https://evil.example", "PUT");
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.header("access-control-allow-origin"), None);
    assert_eq!(response.header("access-control-allow-methods"), None);
}

#[test]
fn a_preflight_for_a_method_that_there_is_not_says_which_there_are() {
    for method in ["DELETE", "put", "TRACE"] {
        let response = preflight("/api/items/7", "https://app.example", method);
        assert_eq!(response.header("access-control-allow-methods"), Some("PUT, OPTIONS"), "{method}");
    }
}

#[test]
fn a_preflight_for_a_path_that_a_fallback_answers_allows_the_method() {
    let response = preflight("/api/nothing", "https://app.example", "PATCH");
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.header("access-control-allow-methods"), Some("PATCH"));
}

#[test]
fn the_innermost_cors_decides_alone() {
    let response = preflight("/api/open", "https://anybody.example", "GET");
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!(response.header("access-control-allow-methods"), Some("GET"));
    assert_eq!(response.header("access-control-allow-headers"), Some("x-token,x-other"));
    assert_eq!(response.header("access-control-allow-credentials"), None);
}

#[test]
fn a_request_for_options_that_is_no_preflight_is_asked_of_the_routes() {
    let response = testing::options("/api/me").header("x-token", "Ada").send(handle);
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
}

#[test]
fn a_header_field_that_cannot_be_sent_is_a_500_in_a_group_too() {
    let (status, text, _) = as_ada(testing::get("/api/open"));
    assert_eq!(status, 500, "{text}");
}

mod without_fallback {
    use crate::prelude::*;

    routes! {
        "/api" => {
            cors => Cors::matching(|origin| origin.ends_with(".example")),
            GET "/me" => me,
            GET "/missing" => missing,
        }
    }

    fn me() {}

    fn missing(Extension(number): Extension<u32>) -> String {
        number.to_string()
    }

    #[test]
    fn a_404_is_marked_and_a_preflight_for_it_is_one() {
        let origin = "https://any.example";
        let response = testing::get("/api/nothing").header("origin", origin).send(handle);
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.header("access-control-allow-origin"), Some(origin));
        let response = testing::options("/api/nothing")
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .send(handle);
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let response = testing::get("/nothing").header("origin", origin).send(handle);
        assert_eq!(response.header("access-control-allow-origin"), None);
    }

    #[test]
    fn an_extension_that_nobody_attached_is_a_500() {
        assert_eq!(testing::get("/api/missing").send(handle).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
