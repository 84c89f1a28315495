//! The response macros: `ok!` and its kin.

/// Answers 200 with JSON.
///
/// Keys are literals (or expressions in parentheses), values are expressions of any type that `serde` can write, and
/// objects and lists nest. What is literal is written when the handler is compiled.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let name = String::from("Ada");
/// let response = ok!({
///     "name": name,
///     "tags": ["a", { "b": null }],
///     "sum": 1 + 2,
/// });
/// assert_eq!(response.text(), Some(r#"{"name":"Ada","tags":["a",{"b":null}],"sum":3}"#));
/// assert_eq!(ok!().status(), StatusCode::OK);
/// ```
#[macro_export]
macro_rules! ok {
    () => { $crate::Response::new($crate::StatusCode::OK) };
    ($($json:tt)+) => { $crate::__private::json_response!($crate::StatusCode::OK, $($json)+) };
}

/// Answers 201, with the `Location` of what was made and, if given, JSON.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let response = created!("/users/7", { "id": 7 });
/// assert_eq!(response.status(), StatusCode::CREATED);
/// assert_eq!(response.header("location"), Some("/users/7"));
/// ```
#[macro_export]
macro_rules! created {
    ($location:expr $(,)?) => {
        $crate::Response::new($crate::StatusCode::CREATED).with_header("location", $location)
    };
    ($location:expr, $($json:tt)+) => {
        $crate::__private::json_response!($crate::StatusCode::CREATED, $($json)+)
            .with_header("location", $location)
    };
}

/// Answers 202: it will be done. With JSON, if given.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(accepted!().status(), StatusCode::ACCEPTED);
/// assert_eq!(accepted!({ "job": 7 }).text(), Some(r#"{"job":7}"#));
/// ```
#[macro_export]
macro_rules! accepted {
    () => { $crate::Response::new($crate::StatusCode::ACCEPTED) };
    ($($json:tt)+) => { $crate::__private::json_response!($crate::StatusCode::ACCEPTED, $($json)+) };
}

/// Answers 204.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(no_content!().status(), StatusCode::NO_CONTENT);
/// ```
#[macro_export]
macro_rules! no_content {
    () => {
        $crate::Response::new($crate::StatusCode::NO_CONTENT)
    };
}

/// Answers 302, or the status that goes first, with a `Location`. [`Redirect`](crate::Redirect) has the kinds by name.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(redirect!("/login").header("location"), Some("/login"));
/// assert_eq!(redirect!(308, "/login").status(), StatusCode::PERMANENT_REDIRECT);
/// ```
#[macro_export]
macro_rules! redirect {
    ($location:expr $(,)?) => {
        $crate::Response::new($crate::StatusCode::FOUND).with_header("location", $location)
    };
    ($status:expr, $location:expr $(,)?) => {
        $crate::Response::new($crate::__private::status($status)).with_header("location", $location)
    };
}

/// Answers with a [`Problem`](crate::Problem), part by part. `status` is a number or a `StatusCode`; the rest may be left
/// out, and what is not a part of RFC 9457 becomes an extension.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let response = error! { status: 402, detail: "30 are missing", balance: 20 };
/// assert_eq!(
///     response.text(),
///     Some(r#"{"title":"Payment Required","status":402,"detail":"30 are missing","balance":20}"#),
/// );
/// ```
///
/// `meta: { … }` says extensions as JSON, for those whose names are no names of Rust:
///
/// ```
/// # use mik_sdk::prelude::*;
/// let response = error! { status: status::CONFLICT, meta: { "retry-in": { "seconds": 7 } } };
/// assert_eq!(response.text(), Some(r#"{"title":"Conflict","status":409,"retry-in":{"seconds":7}}"#));
/// ```
#[macro_export]
macro_rules! error {
    ($($parts:tt)*) => { $crate::__private::problem_response! { $($parts)* } };
}

/// Answers 400, and says why.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(bad_request!("`from` is after `to`").status(), StatusCode::BAD_REQUEST);
/// ```
#[macro_export]
macro_rules! bad_request {
    ($($detail:tt)*) => { $crate::__problem_response!(BAD_REQUEST, $($detail)*) };
}

/// Answers 401, and says why.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(unauthorized!("sign in first").status(), StatusCode::UNAUTHORIZED);
/// ```
#[macro_export]
macro_rules! unauthorized {
    ($($detail:tt)*) => { $crate::__problem_response!(UNAUTHORIZED, $($detail)*) };
}

/// Answers 403, and says why.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(forbidden!("only its owner may delete it").status(), StatusCode::FORBIDDEN);
/// ```
#[macro_export]
macro_rules! forbidden {
    ($($detail:tt)*) => { $crate::__problem_response!(FORBIDDEN, $($detail)*) };
}

/// Answers 404, and says why.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let id = 7;
/// let response = not_found!("no user {id}");
/// assert!(response.text().unwrap().ends_with(r#""detail":"no user 7"}"#));
/// assert_eq!(not_found!().status(), StatusCode::NOT_FOUND);
/// ```
#[macro_export]
macro_rules! not_found {
    ($($detail:tt)*) => { $crate::__problem_response!(NOT_FOUND, $($detail)*) };
}

/// Answers 409, and says why.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(conflict!("the name is taken").status(), StatusCode::CONFLICT);
/// ```
#[macro_export]
macro_rules! conflict {
    ($($detail:tt)*) => { $crate::__problem_response!(CONFLICT, $($detail)*) };
}

/// Answers 422, and says why.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(unprocessable!("the account is empty").status(), StatusCode::UNPROCESSABLE_ENTITY);
/// ```
#[macro_export]
macro_rules! unprocessable {
    ($($detail:tt)*) => { $crate::__problem_response!(UNPROCESSABLE_ENTITY, $($detail)*) };
}

/// Answers 429, and says why.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// assert_eq!(too_many_requests!("sixty a minute are enough").status(), StatusCode::TOO_MANY_REQUESTS);
/// ```
#[macro_export]
macro_rules! too_many_requests {
    ($($detail:tt)*) => { $crate::__problem_response!(TOO_MANY_REQUESTS, $($detail)*) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __problem_response {
    ($status:ident,) => {
        $crate::IntoResponse::into_response($crate::Problem::new($crate::StatusCode::$status))
    };
    // A literal may name variables; anything else is text already.
    ($status:ident, $detail:literal $($arguments:tt)*) => {
        $crate::IntoResponse::into_response(
            $crate::Problem::new($crate::StatusCode::$status)
                .with_detail($crate::__private::text(::core::format_args!($detail $($arguments)*))),
        )
    };
    ($status:ident, $detail:expr $(,)?) => {
        $crate::IntoResponse::into_response(
            $crate::Problem::new($crate::StatusCode::$status)
                .with_detail(::std::string::ToString::to_string(&$detail)),
        )
    };
}
