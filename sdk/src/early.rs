//! Macros that answer early: `guard!` and `ensure!`.

use crate::{IntoResponse, Problem, Response};

/// Answers with a problem unless this is so. It returns from the handler, which returns [`Response`] or
/// `Result<_, Problem>`.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn create(Text(name): Text) -> Response {
///     guard!(!name.is_empty(), 422, "a name is missing");
///     guard!(name.len() <= 100, StatusCode::UNPROCESSABLE_ENTITY, "{} bytes are too many", name.len());
///     created!("/users/7", { "name": name })
/// }
///
/// let response = create(Text(String::new()));
/// assert_eq!(response.text(), Some(r#"{"title":"Unprocessable Entity","status":422,"detail":"a name is missing"}"#));
/// ```
#[macro_export]
macro_rules! guard {
    ($condition:expr, $status:expr, $($detail:tt)+) => {
        if !($condition) {
            return $crate::__early_answer!($status, $($detail)+);
        }
    };
}

/// The value of an `Option` or a `Result`, where there is one; else it answers with a problem, as [`guard!`](crate::guard).
/// What a `Result` fails with is dropped: `?` keeps it for the log.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn total(Text(numbers): Text) -> Result<String, Problem> {
///     let (one, other) = ensure!(numbers.split_once('+'), 400, "write `1+2`");
///     let one: u32 = ensure!(one.parse(), 400, "`{one}` is not a number");
///     let other: u32 = ensure!(other.parse(), 400, format!("`{other}` is not a number"));
///     Ok((one + other).to_string())
/// }
///
/// assert_eq!(total(Text("1+2".into())).unwrap(), "3");
/// assert_eq!(total(Text("1+b".into())).unwrap_err().detail(), Some("`b` is not a number"));
/// ```
#[macro_export]
macro_rules! ensure {
    ($value:expr, $status:expr, $($detail:tt)+) => {
        match $crate::__private::Present::into_present($value) {
            ::core::option::Option::Some(value) => value,
            ::core::option::Option::None => return $crate::__early_answer!($status, $($detail)+),
        }
    };
}

/// A field of every item of a list: `id`, or the one that is named.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// struct Post { id: u32, author: &'static str }
///
/// let posts = [Post { id: 1, author: "Ada" }, Post { id: 2, author: "Bob" }];
/// assert_eq!(ids!(posts), [1, 2]);
/// assert_eq!(ids!(posts, author), ["Ada", "Bob"]);
/// ```
#[macro_export]
macro_rules! ids {
    ($items:expr $(,)?) => {
        $crate::ids!($items, id)
    };
    ($items:expr, $field:ident $(,)?) => {
        $items.iter().map(|item| ::core::clone::Clone::clone(&item.$field)).collect::<::std::vec::Vec<_>>()
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __early_answer {
    // A literal may name variables; anything else is text already.
    ($status:expr, $detail:literal $($arguments:tt)*) => {
        $crate::__private::EarlyAnswer::from_problem(
            $crate::Problem::new($crate::__private::status($status))
                .with_detail($crate::__private::text(::core::format_args!($detail $($arguments)*))),
        )
    };
    ($status:expr, $detail:expr $(,)?) => {
        $crate::__private::EarlyAnswer::from_problem(
            $crate::Problem::new($crate::__private::status($status))
                .with_detail(::std::string::ToString::to_string(&$detail)),
        )
    };
}

/// What a function returns that can answer early.
#[diagnostic::on_unimplemented(
    message = "`guard!` and `ensure!` cannot answer from a function that returns `{Self}`",
    note = "they return from the function they are in: it returns `Response` or `Result<_, Problem>`"
)]
pub trait EarlyAnswer {
    /// The problem, as the function returns it.
    fn from_problem(problem: Problem) -> Self;
}

impl EarlyAnswer for Response {
    fn from_problem(problem: Problem) -> Self {
        problem.into_response()
    }
}

impl<T, E: From<Problem>> EarlyAnswer for Result<T, E> {
    fn from_problem(problem: Problem) -> Self {
        Err(problem.into())
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        problem.into_response()
    }
}

/// What may be there or not.
#[diagnostic::on_unimplemented(message = "`ensure!` takes an `Option` or a `Result`", label = "is always there")]
pub trait Present {
    /// What is there.
    type Value;

    /// The value, where it is there.
    fn into_present(self) -> Option<Self::Value>;
}

impl<T> Present for Option<T> {
    type Value = T;

    fn into_present(self) -> Self {
        self
    }
}

impl<T, E> Present for Result<T, E> {
    type Value = T;

    fn into_present(self) -> Option<T> {
        self.ok()
    }
}
