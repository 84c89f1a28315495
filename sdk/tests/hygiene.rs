//! What `routes!` expands to minds its own names, whatever those around it are, and keeps to the lints of a strict crate.

#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]
#![forbid(unsafe_code)]

/// Handlers with the names that the expansion uses, and types with the names that the prelude has.
mod names {
    use mik_sdk::testing;

    mik_sdk::routes! {
        before => before,
        after => after,
        GET "/request" => request,
        GET "/input/{name}" => input_0(path: Request) -> Response,
        GET "/answer" => answer,
        GET "/type" => <Response as Answers>::answer,
        GET "/generic" => generic::<7>,
        GET "/method" => Response::give,
        _ => run,
    }

    #[derive(mik_sdk::Type)]
    struct Request {
        name: ::std::string::String,
    }

    struct Response;

    #[expect(dead_code, reason = "it shall not be found")]
    enum Result {
        Ok,
        Err,
    }

    #[expect(dead_code, reason = "it shall not be found")]
    enum Option {
        Some,
        None,
    }

    trait Answers {
        fn answer() -> &'static str;
    }

    impl Answers for Response {
        fn answer() -> &'static str {
            "type"
        }
    }

    impl Response {
        fn give(_: mik_sdk::Method) -> &'static str {
            "method"
        }
    }

    fn request() -> &'static str {
        "request"
    }

    fn input_0(path: Request, _: &mik_sdk::Request) -> ::std::string::String {
        path.name
    }

    fn answer() -> &'static str {
        "answer"
    }

    fn generic<const N: usize>() -> ::std::string::String {
        N.to_string()
    }

    fn run() -> &'static str {
        "nothing"
    }

    fn before() {}

    fn after(response: mik_sdk::Response) -> mik_sdk::Response {
        response
    }

    #[test]
    fn a_handler_may_be_called_as_the_expansion_calls_things() {
        for (path, text) in [
            ("/request", "request"),
            ("/input/Ada", "Ada"),
            ("/answer", "answer"),
            ("/type", "type"),
            ("/generic", "7"),
            ("/method", "method"),
            ("/else", "nothing"),
        ] {
            assert_eq!(testing::get(path).send(handle).text(), ::core::option::Option::Some(text), "{path}");
        }
    }
}

/// No prelude at all: every name of the expansion is a whole path.
mod bare {
    #![no_implicit_prelude]

    use ::mik_sdk::{Cors, Json, Path, Response, Type};
    use ::std::string::String;

    ::mik_sdk::routes! {
        cors => Cors::any_origin(),
        POST "/users/{id}" => create(path: u32, body: NewUser) -> String,
        "/group" => {
            before => check,
            GET "/user" => user,
            _ => nothing,
        }
    }

    #[derive(Type)]
    struct NewUser {
        name: String,
    }

    fn create(_: u32, body: NewUser, _: &::mik_sdk::Request) -> Response {
        ::mik_sdk::guard!(!body.name.is_empty(), 400, "a name is missing");
        let known = ::mik_sdk::ensure!(::core::option::Option::Some(7), 404, "nobody");
        ::mik_sdk::created!("/users/7", { "name": body.name, "known": known, "hint": str(&body.name) })
    }

    fn user() -> ::core::result::Result<Json<NewUser>, ::mik_sdk::Problem> {
        ::core::result::Result::Ok(Json(NewUser { name: ::std::string::ToString::to_string("Ada") }))
    }

    fn check(_: ::core::option::Option<Path<u32>>) {}

    fn nothing() -> Response {
        ::mik_sdk::error! { status: 410, detail: "gone", meta: { "since": 7 } }
    }

    #[test]
    fn nothing_is_taken_from_the_prelude() {
        let response = ::mik_sdk::testing::get("/group/user").send(handle);
        ::std::assert_eq!(response.text(), ::core::option::Option::Some(r#"{"name":"Ada"}"#));
        let response = ::mik_sdk::testing::get("/group/other").send(handle);
        ::std::assert_eq!(response.status().as_u16(), 410);
        let call = ::mik_sdk::testing::post("/users/7").json(&::mik_sdk::json!({ "name": "Ada" }));
        let response = call.send(handle);
        ::std::assert_eq!(response.text(), ::core::option::Option::Some(r#"{"name":"Ada","known":7,"hint":"Ada"}"#),);
    }
}
