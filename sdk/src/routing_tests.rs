//! Routing: what is answered where a route does not, and that the table chooses as `matchit` does.

use super::*;
use crate::prelude::*;

routes! {
    GET "/" | "" => home,
    GET "/users/me" => me,
    GET "/users/{id}" => user,
    PUT "/users/{name}" => rename,
    DELETE "/users/{name}" => rename,
    #[status(201)]
    #[tag("Users")]
    POST "/users" => create,
    GET "/files/{*path}" => file,
    GET "/images/img-{id}.png" => user,
    GET "/café/menu" => home,
    GET "/sizes/größe-{id}-in-ü" => user,
    OPTIONS "/own" => home,
    HEAD "/own" => home,
}

fn home() -> &'static str {
    "home"
}

fn me() -> &'static str {
    "me"
}

fn user(Path(id): Path<String>) -> String {
    id
}

fn rename(request: &Request) -> String {
    request.param("name").unwrap_or_default().to_owned()
}

fn create(Text(name): Text) -> Result<String, Problem> {
    match name.as_str() {
        "" => Err(Problem::unprocessable("a name is missing")),
        "\n" => Ok(Response::new(StatusCode::OK).status().to_string()),
        name => Ok(name.to_owned()),
    }
}

fn file(Path(path): Path<String>) -> String {
    path
}

fn get(path: &str) -> (u16, String) {
    let response = testing::get(path).send(handle);
    let text = response.text().unwrap_or_default().to_owned();
    (response.status().as_u16(), text)
}

#[test]
fn what_is_literal_goes_first() {
    assert_eq!(get("/"), (200, "home".into()));
    assert_eq!(get(""), (200, "home".into()));
    assert_eq!(get("/?a=b"), (200, "home".into()));
    assert_eq!(get("/users/me"), (200, "me".into()));
    assert_eq!(get("/users/you"), (200, "you".into()));
    assert_eq!(get("/images/img-7.png"), (200, "7".into()));
    assert_eq!(get("/images/img-.png").0, 404);
    assert_eq!(get("/caf%C3%A9/menu"), (200, "home".into()));
}

#[test]
fn an_escape_is_the_same_in_either_case() {
    for path in ["/caf%C3%A9/menu", "/caf%c3%a9/menu", "/caf%C3%a9/menu"] {
        assert_eq!(get(path), (200, "home".into()), "{path}");
    }
    for path in ["/sizes/gr%c3%b6%c3%9fe-7-in-%c3%bc", "/sizes/gr%C3%B6%C3%9Fe-7-in-%C3%BC"] {
        assert_eq!(get(path), (200, "7".into()), "{path}");
    }
    assert_eq!(get("/sizes/gr%c3%b6%c3%9fe-%c3%bc-in-%c3%bc"), (200, "ü".into()));
    // What is not escaped keeps its case, and what is not there is missed.
    for path in [
        "/CAF%c3%a9/menu",
        "/cafe/menu",
        "/caf%c3%a8/menu",
        "/caf%c3%a",
        "/sizes/gr%c3%b6%c3%9fe--in-%c3%bc",
        "/sizes/gr%c3%b6%c3%9fe-7-IN-%c3%bc",
        "/sizes/gr%c3%b6%c3%9fe-in-%c3%bc",
        "/sizes/gr",
    ] {
        assert_eq!(get(path).0, 404, "{path}");
    }
}

#[test]
fn a_method_is_looked_for_among_all_patterns_that_fit() {
    let response = testing::put("/users/me").send(handle);
    assert_eq!(response.text(), Some("me"));
    assert_eq!(response.status(), StatusCode::OK);
}

#[test]
fn percent_escapes_do_not_change_the_route() {
    assert_eq!(get("/users/a%2Fb"), (200, "a/b".into()));
    assert_eq!(get("/users%2Fme").0, 404);
    assert_eq!(get("/users/m%65"), (200, "me".into()));
    assert_eq!(get("/users/a+b%20c"), (200, "a+b c".into()));
    assert_eq!(get("/users/%C3%BC"), (200, "ü".into()));
    assert_eq!(get("/files/a/b%2Fc"), (200, "a/b/c".into()));
}

#[test]
fn escapes_that_are_none_are_refused_and_named() {
    for path in ["/users/%", "/users/%4", "/users/%zz", "/users/%FF", "/users/a%C3"] {
        let (status, text) = get(path);
        assert_eq!(status, 400, "{path}");
        assert!(text.contains("`id`"), "{text}");
    }
}

#[test]
fn what_is_not_there_is_404() {
    for path in ["/nothing", "/users/", "/users/a/b", "/files/", "/files", "//", "*"] {
        assert_eq!(get(path).0, 404, "{path}");
    }
    let response = testing::get("/nothing").send(handle);
    assert_eq!(response.header("content-type"), Some("application/problem+json"));
    assert_eq!(response.text(), Some(r#"{"title":"Not Found","status":404}"#));
}

#[test]
fn a_wrong_method_is_405_and_says_which_are_right() {
    for (call, allow) in [
        (testing::post("/"), "GET, HEAD, OPTIONS"),
        (testing::patch("/users/7"), "GET, HEAD, PUT, DELETE, OPTIONS"),
        (testing::get("/users"), "POST, OPTIONS"),
        (testing::get("/own"), "HEAD, OPTIONS"),
    ] {
        let response = call.send(handle);
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.header("allow"), Some(allow));
    }
}

#[test]
fn get_answers_head() {
    let response = testing::head("/users/7").send(handle);
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(testing::head("/users").send(handle).status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn options_says_what_is_allowed_unless_there_is_a_route_for_it() {
    let response = testing::options("/users").send(handle);
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.header("allow"), Some("POST, OPTIONS"));
    assert_eq!(testing::options("/own").send(handle).text(), Some("home"));
    assert_eq!(testing::options("/nothing").send(handle).status(), StatusCode::NOT_FOUND);
}

#[test]
fn the_status_of_a_route_is_that_of_its_success() {
    let response = testing::post("/users").body("Ada").send(handle);
    assert_eq!(response.status(), StatusCode::CREATED);
    let response = testing::post("/users").send(handle);
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

mod injection {
    use crate::prelude::*;

    routes! { GET "/{value}" => set }

    fn set(Path(value): Path<String>) -> Response {
        ok!().with_header("x-value", value)
    }

    #[test]
    fn a_header_cannot_begin_another() {
        let response = testing::get("/a%0d%0aset-cookie:%20b").send(handle);
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.header("x-value"), None);
    }
}

mod matchit_oracle {
    //! Tables as `routes!` makes them, on paths that `matchit` is asked for too.

    use crate::prelude::*;

    routes! {
        GET "/" => number::<0>,
        GET "/a" => number::<1>,
        GET "/a/" => number::<2>,
        GET "/a/b" => number::<3>,
        GET "/{x}" => number::<4>,
        GET "/{x}/b" => number::<5>,
        GET "/a/{x}" => number::<6>,
        GET "/a/{x}/b" => number::<7>,
        GET "/a/b/{*rest}" => number::<8>,
        GET "/b/{x}.a" => number::<9>,
        GET "/b/{x}.ba" => number::<10>,
        GET "/b/{x}" => number::<11>,
        GET "/ab/b{x}" => number::<12>,
        GET "/ab/ba{x}" => number::<13>,
        GET "/ab/{x}" => number::<14>,
        GET "/{{x}}/a" => number::<15>,
        GET "/{x}/{y}/a/{*rest}" => number::<16>,
    }

    const PATTERNS: [&str; 17] = [
        "/",
        "/a",
        "/a/",
        "/a/b",
        "/{x}",
        "/{x}/b",
        "/a/{x}",
        "/a/{x}/b",
        "/a/b/{*rest}",
        "/b/{x}.a",
        "/b/{x}.ba",
        "/b/{x}",
        "/ab/b{x}",
        "/ab/ba{x}",
        "/ab/{x}",
        "/{{x}}/a",
        "/{x}/{y}/a/{*rest}",
    ];

    fn number<const N: usize>(request: &Request) -> String {
        let params: Vec<_> = request.params().collect();
        format!("{N} {params:?}")
    }

    #[test]
    fn the_table_chooses_as_matchit_does() {
        let mut router = matchit::Router::new();
        for (number, pattern) in PATTERNS.iter().enumerate() {
            router.insert(*pattern, number).unwrap();
        }
        // Every path of up to four of these pieces: some fit, some nearly.
        let pieces = ["a", "b", "/", ".a", "ba", "{x}", "c"];
        let mut paths = vec![String::from("/")];
        for length in 0..4 {
            let longest: Vec<String> = paths.iter().filter(|path| path.len() > length).cloned().collect();
            for path in longest {
                paths.extend(pieces.iter().map(|piece| format!("{path}{piece}")));
            }
            paths.sort();
            paths.dedup();
        }
        assert!(paths.len() > 2000, "{}", paths.len());
        for path in paths {
            let expected = router.at(&path).ok().map(|found| {
                let params: Vec<_> = found.params.iter().collect();
                format!("{} {params:?}", found.value)
            });
            let response = testing::get(path.as_str()).send(handle);
            let actual = match response.status() {
                StatusCode::OK => response.text().map(str::to_owned),
                _ => None,
            };
            assert_eq!(actual, expected, "{path}");
        }
    }
}
