//! The way to the database: a server beside the component that runs SQL.

use mik_sdk::http_client;
use mik_sdk::prelude::*;
use mik_sdk::query::QueryResult;

/// What the server answers.
#[derive(Type)]
struct Answer<T> {
    rows: Vec<T>,
}
