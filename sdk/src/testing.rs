//! Calls the routes natively, in `cargo test`: no component, no server.
//!
//! ```
//! use mik_sdk::prelude::*;
//!
//! routes! {
//!     GET "/hello/{name}" => hello,
//! }
//!
//! fn hello(Path(name): Path<String>) -> Response {
//!     ok!({ "hello": name })
//! }
//!
//! let response = testing::get("/hello/Ada").send(handle);
//! assert_eq!(response.status(), StatusCode::OK);
//! assert_eq!(response.text(), Some(r#"{"hello":"Ada"}"#));
//! ```

mod call;

pub use call::{Call, call, delete, get, head, options, patch, post, put};
