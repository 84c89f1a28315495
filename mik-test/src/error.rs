//! What can go wrong between a test and its component.

use std::path::PathBuf;

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The environment does not say where the component is.
    #[error(
        "{variable} is not set: run the tests with `cargo mik test`, which builds the component and says where it is"
    )]
    NoComponent {
        /// The variable.
        variable: String,
    },
    /// The file can't be read.
    #[error("the component `{}` can't be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no component that answers `wasi:http/incoming-handler@0.2`, or imports what is not offered.
    #[error("`{}` can't be run: {message}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// What should be sent is no request, or a reply is none.
    #[error("{what}: {message}")]
    Invalid {
        /// Which part of it.
        what: String,
        /// What is wrong with it.
        message: String,
    },
    /// The component sent a request that the test has no answer for.
    #[error("the component sent a request that the test has no answer for: {method} {url}{}", said(logs))]
    Unexpected {
        /// The request's method.
        method: String,
        /// Where it went.
        url: String,
        /// What the component has printed.
        logs: Vec<String>,
    },
    /// The component trapped, or was stopped at its limit of memory.
    #[error("the component failed: {message}{}", said(logs))]
    Trap {
        /// What happened, and where.
        message: String,
        /// What the component has printed.
        logs: Vec<String>,
    },
    /// It took longer than it may.
    #[error("the component took longer than {limit:?}{}", said(logs))]
    TooSlow {
        /// How long it may take.
        limit: std::time::Duration,
        /// What the component has printed.
        logs: Vec<String>,
    },
    /// It ended without a response, or with an error in its place.
    #[error("the component gave no response: {message}{}", said(logs))]
    NoResponse {
        /// What it gave instead.
        message: String,
        /// What the component has printed.
        logs: Vec<String>,
    },
    /// A body is not what it was asked for as.
    #[error("the body is no {what}: {message}; it is {body:?}")]
    Body {
        /// Text, or JSON.
        what: &'static str,
        /// What is wrong with it.
        message: String,
        /// What it is.
        body: String,
    },
}

fn said(logs: &[String]) -> String {
    logs.iter().fold(String::new(), |text, line| format!("{text}\n  it printed: {line}"))
}
