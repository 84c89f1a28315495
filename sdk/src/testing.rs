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
//!     log::info!("{name} came in");
//!     ok!({ "hello": name, "at": time::now_iso() })
//! }
//!
//! let _clock = testing::at("2025-01-16T10:30:00Z");
//! let logs = testing::logs();
//!
//! let response = testing::get("/hello/Ada").send(handle);
//! response.assert_status(200).assert_json(&json!({ "hello": "Ada", "at": "2025-01-16T10:30:00.000Z" }));
//! assert_eq!(logs.messages(), ["Ada came in"]);
//! ```
//!
//! What the host would give, a test decides: the time with [`at`], randomness with [`seed`], the environment with [`env`](fn@env),
//! and it reads the log with [`logs`]. Each holds for the test's own thread, so that tests that run side by side do not
//! see each other's, until what the function has returned is dropped; then what was before holds again. Without them the
//! machine's own clock, randomness and environment are used, and lines go to the test's output.

mod call;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod clock;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod environment;
mod expect;
#[cfg(all(feature = "http-client", not(target_arch = "wasm32")))]
pub mod fetch;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod logs;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod randomness;
#[cfg(not(target_arch = "wasm32"))]
mod scope;
#[cfg(test)]
mod tests;

pub use call::{Call, call, delete, get, head, options, patch, post, put};
#[cfg(not(target_arch = "wasm32"))]
pub use {
    clock::{Clock, at},
    environment::{Environment, env},
    logs::{Logs, logs},
    randomness::{Seed, seed},
};
