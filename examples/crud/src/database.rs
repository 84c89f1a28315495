//! The way to the database: a server beside the component that runs SQL.

use mik_sdk::http_client;
use mik_sdk::prelude::*;
use mik_sdk::query::QueryResult;

use crate::book::Book;

/// Runs a statement, and gives the books that come of it.
pub fn run(statement: &QueryResult) -> Result<Vec<Book>, Problem> {
    let url = env::require("DATABASE_URL")?;
    let response = http_client::post(&url).json(statement).timeout_ms(5000).send()?;
    if response.status() == StatusCode::CONFLICT {
        return Err(Problem::conflict("there is a book with this ISBN already"));
    }
    Ok(response.error_for_status()?.json()?)
}
