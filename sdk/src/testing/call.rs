//! A request of a test: put together, and sent to the routes.

use serde::Serialize;

use crate::{Bytes, Method, Request, Response, json, trace};

/// A request that a test is about to send.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! {
///     POST "/echo" => echo,
///     PUT "/sum" => sum,
/// }
///
/// fn echo(Text(text): Text, request: &Request) -> String {
///     format!("{text} {}", request.header("x-number").unwrap_or_default())
/// }
///
/// fn sum(Json(numbers): Json<Vec<i64>>) -> String {
///     numbers.iter().sum::<i64>().to_string()
/// }
///
/// let response = testing::post("/echo").header("x-number", "7").body("seven").send(handle);
/// assert_eq!(response.text(), Some("seven 7"));
/// let response = testing::call(Method::PUT, "/sum").json(&[1, 2, 3]).send(handle);
/// assert_eq!(response.text(), Some("6"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a call does nothing until it is sent"]
pub struct Call {
    request: Request,
}

/// A call with any method. The target is the path with its query.
pub fn call(method: Method, target: impl Into<String>) -> Call {
    Call { request: Request::new(method, target) }
}

macro_rules! methods {
    ($($name:ident $method:ident;)*) => {$(
        #[doc = concat!("A call with `", stringify!($method), "`.")]
        pub fn $name(target: impl Into<String>) -> Call {
            call(Method::$method, target)
        }
    )*};
}

crate::method::each_method!(methods);

impl Call {
    /// Adds a header field.
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { request: self.request.with_header(name, value) }
    }

    /// Sets the body.
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        Self { request: self.request.with_body(body) }
    }

    /// Sets the body to JSON, and the content type with it.
    ///
    /// # Panics
    ///
    /// If the value has no JSON.
    #[allow(clippy::expect_used, reason = "a test is told by a panic")]
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let body = json::to_vec(value).expect("a value that can be written as JSON");
        self.header("content-type", "application/json").body(body)
    }

    /// Sends it to the `handle` that `routes!` made. An answer to `HEAD` comes back without its body, as a client gets it.
    pub fn send(self, handle: impl FnOnce(Request) -> Response) -> Response {
        let method = self.request.method();
        trace::begin(&self.request);
        let response = handle(self.request);
        match method {
            Method::Head => response.with_body(Vec::new()),
            _ => response,
        }
    }
}
