//! Statements, run for real: by SQLite, and by a PostgreSQL server that the tests start themselves.

mod database;
mod filters;
mod injection;
mod pages;
mod rows;
mod statements;
