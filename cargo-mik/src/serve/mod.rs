//! The HTTP host: engine, modules, routes, limits, watcher. What `mik run` and `cargo mik serve` have in common.
//!
//! A request's way: `server` accepts the connection, `connection` speaks its protocol, `host` takes the request, `route`
//! says whose it is, `traffic` lets it through, `module` gives that module's current version, `instance` runs it,
//! `exchange` guards the bodies both ways, and what goes wrong becomes an answer in `failure`. Nothing outside this room
//! knows tokio or wasmtime.

mod access;
mod backtrace;
mod blame;
mod breaker;
mod cache;
mod catalogue;
mod component;
mod connection;
mod console;
mod develop;
mod engine;
mod error;
mod exchange;
mod failure;
mod farewell;
mod fault;
mod guest;
mod host;
mod instance;
mod journal;
mod judgement;
mod limit;
mod load;
mod metrics;
mod module;
mod open_file;
mod openapi;
mod outbound;
mod output;
mod peer;
mod refusal;
mod reload;
mod request;
mod route;
mod run;
mod server;
mod slot;
mod snapshot;
mod stall;
mod static_files;
mod ticket;
mod tls;
mod traffic;
mod turns;
mod watch;
mod wire;

pub use cache::{CodeCacheError, CodeStore, CodeUsage};
pub use develop::{Build, Rebuild, develop};
pub use error::ServeError;
pub use module::{Directory, Module, Site};
pub use run::run;
pub use snapshot::WatchSet;
