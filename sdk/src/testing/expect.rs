//! What a test expects of a response. What fails says what came instead, with its body.

use std::fmt::{Debug, Write as _};

use crate::Response;
use crate::json::Value;

/// For tests.
#[allow(clippy::panic, reason = "a test is told by a panic")]
impl Response {
    /// Panics unless the status is this one.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// routes! {
    ///     POST "/users" => create,
    /// }
    ///
    /// fn create() -> Response {
    ///     Response::new(StatusCode::CREATED).with_header("location", "/users/7").with_body(r#"{"id":7}"#)
    /// }
    ///
    /// let response = testing::post("/users").send(handle);
    /// response.assert_status(201).assert_header("location", "/users/7").assert_json(&json!({ "id": 7 }));
    /// ```
    ///
    /// # Panics
    ///
    /// If it is another.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        self.assert(self.status() == status, "a status of", &status)
    }

    /// Panics unless a header field has this value: one of its values, where it has several.
    ///
    /// # Panics
    ///
    /// If it has not.
    #[track_caller]
    pub fn assert_header(&self, name: &str, value: &str) -> &Self {
        let holds = self.headers().get_all(name).any(|it| it == value);
        self.assert(holds, "the header field", &format_args!("{name}: {value}"))
    }

    /// Panics unless the body is this text.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn assert_text(&self, text: &str) -> &Self {
        self.assert(self.text() == Some(text), "the body", &text)
    }

    /// Panics unless the body is JSON that says this.
    ///
    /// # Panics
    ///
    /// If it is not, or the content type is not `application/json` or `…+json`.
    #[track_caller]
    pub fn assert_json(&self, expected: &Value) -> &Self {
        let found = serde_json::from_slice::<Value>(self.body()).ok();
        self.assert(found.as_ref() == Some(expected), "the JSON", &format_args!("{expected}"))
    }

    /// Panics unless this is a [`Problem`](crate::Problem) with this status, and gives its members.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// let response = Problem::not_found("no user 7").into_response();
    /// assert_eq!(response.assert_problem(404)["detail"], "no user 7");
    /// ```
    ///
    /// # Panics
    ///
    /// If it is something else.
    #[track_caller]
    pub fn assert_problem(&self, status: u16) -> Value {
        self.assert_status(status).assert_header("content-type", "application/problem+json");
        match self.json() {
            Ok(problem) => problem,
            Err(error) => self.fail("a problem", &error),
        }
    }

    #[track_caller]
    fn assert(&self, holds: bool, what: &str, expected: &dyn Debug) -> &Self {
        if holds { self } else { self.fail(what, expected) }
    }

    #[track_caller]
    fn fail(&self, what: &str, expected: &dyn Debug) -> ! {
        panic!("expected {what} {expected:?}, and the response is\n{}", self.transcript())
    }

    /// The response as it would be sent, for people.
    fn transcript(&self) -> String {
        let mut text = format!("    {}\n", self.status());
        for (name, value) in self.headers().iter() {
            let _ = writeln!(text, "    {name}: {value}");
        }
        match self.text() {
            Some(body) => _ = write!(text, "\n    {body}"),
            None => _ = write!(text, "\n    ({} bytes that are not UTF-8)", self.body().len()),
        }
        text
    }
}
