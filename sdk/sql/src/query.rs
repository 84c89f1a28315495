//! What every builder makes: a text and its values.

use crate::Value;

/// A statement, ready for a database.
///
/// ```
/// let query = mik_sql::sqlite("users").limit(1).build();
/// assert_eq!(query.sql, "SELECT * FROM `users` LIMIT 1");
/// assert_eq!(query.params, []);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it does nothing until a database runs it"]
pub struct QueryResult {
    /// The text.
    pub sql: String,
    /// The values for its placeholders, in their order.
    pub params: Vec<Value>,
}

impl From<QueryResult> for (String, Vec<Value>) {
    fn from(query: QueryResult) -> Self {
        (query.sql, query.params)
    }
}
