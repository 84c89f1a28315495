//! Statements, run for real: by SQLite, and by a PostgreSQL server that the tests start themselves.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod database;
mod filters;
mod injection;
mod pages;
mod rows;
mod statements;
