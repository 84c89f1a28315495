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
mod building;
mod cache;
mod catalogue;
mod component;
mod connection;
mod console;
mod dashboard;
mod develop;
mod during;
mod engine;
mod error;
mod exchange;
mod failure;
mod farewell;
mod fault;
mod guest;
mod hold;
mod host;
mod instance;
mod journal;
mod judgement;
mod keys;
mod limit;
mod load;
mod local;
mod machines;
mod metrics;
mod mode;
mod module;
mod named_host;
mod open_file;
mod openapi;
mod outbound;
mod output;
mod own;
mod pages;
mod peer;
mod printed;
mod recorder;
mod refusal;
mod reload;
mod request;
mod restless;
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
mod watch_set;
mod wire;

pub use cache::{CodeCacheError, CodeStore, CodeUsage};
pub use develop::{Build, Rebuild, Wanted, develop};
pub use during::during;
pub use error::ServeError;
pub use local::{Answered, Head, Local, Piece};
pub use module::{Directory, Holds, Module, Site};
pub use run::run;
pub use watch_set::{Change, WatchSet};
