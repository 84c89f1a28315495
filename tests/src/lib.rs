//! The harness: the real program, projects to run it on, and servers that own their port and their end.
//!
//! Everything lives under the workspace's target directory, and every test project shares one cargo target directory,
//! so that what they have in common is compiled once.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that can't go on fails"
)]

use std::time::Duration;

mod browser;
mod connection;
mod database;
mod deaf;
mod debian;
mod faulty;
mod files;
pub mod guest;
mod http2;
mod lane;
mod log;
mod machine;
pub mod modules;
mod names;
pub mod payload;
mod playwright;
mod program;
mod project;
pub mod registry;
mod reply;
mod server;
mod site;
mod tab;
mod terminal;
mod tls;
mod tokens;
mod upstream;

pub use browser::Browser;
pub use connection::{Body, Connection};
pub use database::Database;
pub use deaf::DeafListener;
pub use faulty::{Fault, Faulty};
pub use files::FileServer;
pub use http2::Http2;
pub use machine::{as_from_a_terminal, interrupt_group, toolchain_has, wait_until};
pub use names::Names;
pub use playwright::Window;
pub use program::{Output, Program};
pub use project::Project;
pub use registry::Registry;
pub use reply::Reply;
pub use server::{Ended, Server, Signal};
pub use site::Site;
pub use tab::Tab;
pub use terminal::Terminal;
pub use tls::Certificate;
pub use tokens::Tokens;
pub use upstream::Upstream;

/// How long something may take before the test fails: a compile on a busy machine included.
const PATIENCE: Duration = Duration::from_secs(300);
