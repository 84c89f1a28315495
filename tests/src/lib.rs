//! The harness: the real program, projects to run it on, and servers that own their port and their end.
//!
//! Everything lives under the workspace's target directory, and every test project shares one cargo target directory,
//! so that what they have in common is compiled once.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that can't go on fails")]

mod program;
mod project;
mod server;

pub use program::{Output, Program};
pub use project::Project;
pub use server::Server;
