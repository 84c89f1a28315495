//! What was asked for.

use std::fmt;

use super::FromRequest;
use crate::{Rejection, Request};

/// The path and the query of a request, exactly as they were received. Scheme and host are not part of what reaches a
/// handler: the host is [`Request::host`]. The `Uri` of crate `http` would cost 18 KiB to say the same.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! { GET "/files/{*path}" => file }
///
/// fn file(uri: Uri) -> String {
///     format!("{uri}: {} and {:?}", uri.path(), uri.query())
/// }
///
/// let response = testing::get("/files/a%2Fb?c=d").send(handle);
/// assert_eq!(response.text(), Some(r#"/files/a%2Fb?c=d: /files/a%2Fb and Some("c=d")"#));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Uri<'r>(&'r str);

impl<'r> Uri<'r> {
    /// The path, still percent-encoded.
    pub fn path(&self) -> &'r str {
        self.0.split_once('?').map_or(self.0, |(path, _)| path)
    }

    /// What follows the `?`; `None` where there is none.
    pub fn query(&self) -> Option<&'r str> {
        self.0.split_once('?').map(|(_, query)| query)
    }

    /// Both.
    pub const fn as_str(&self) -> &'r str {
        self.0
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl<'r> FromRequest<'r> for Uri<'r> {
    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        Ok(Self(request.path_and_query()))
    }
}
