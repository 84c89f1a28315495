//! Requests and their answers as `.http` files: read as people and editors write them, written as they were seen, and
//! answers compared with those that were kept.
//!
//! The form is the one that the HTTP clients of JetBrains' editors and of Visual Studio Code (REST Client) share: `###`
//! between requests, a request line, headers, an empty line, a body or `< ./file`. An answer is kept in a file beside
//! it, as REST Client saves a whole response: a status line, headers, an empty line, the body.

mod answer_file;
mod compare;
mod directory;
mod error;
mod expand;
mod json;
mod message;
mod request_file;
mod request_text;

pub use compare::{Difference, Ignored, Place, compare};
pub use directory::{Entry, Shelf, read_all};
pub use error::RecordingError;
pub use expand::Variables;
pub use message::{Answer, Request, Secrets};

/// The most bytes of a body that are kept.
pub const BODY_MOST: usize = 1 << 20;
