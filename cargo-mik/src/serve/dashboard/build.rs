//! One build of the project, as the history has it.

use serde::Serialize;

/// The most that is kept of why a build failed, in bytes.
pub(super) const ERROR_MOST: usize = 8 << 10;

/// What came of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::serve) enum BuildOutcome {
    /// What was built answers.
    Live,
    /// What was built is what answered before.
    Unchanged,
    /// The version before goes on answering.
    Failed,
    /// Something changed meanwhile.
    Cancelled,
}

/// A build that is over, or a file that was taken up.
#[derive(Clone, Debug, Serialize)]
pub(in crate::serve) struct Build {
    /// Which it was since the server started, from 1.
    pub(super) number: u64,
    pub(super) revision: u64,
    /// When it was over, in milliseconds since 1970.
    pub(super) at: f64,
    pub(in crate::serve) outcome: BuildOutcome,
    /// What it was for.
    pub(in crate::serve) cause: String,
    /// What has taken how long, in milliseconds.
    pub(in crate::serve) stages: Vec<(&'static str, f64)>,
    pub(in crate::serve) components: Vec<Component>,
    pub(in crate::serve) error: Option<String>,
}

/// A component as a build has made it.
#[derive(Clone, Debug, Serialize)]
pub(in crate::serve) struct Component {
    pub(in crate::serve) name: String,
    /// `x-mik-build`.
    pub(in crate::serve) build: Option<String>,
    /// In bytes.
    pub(in crate::serve) size: Option<u64>,
    /// The size of the one before, where there was one.
    pub(super) before: Option<u64>,
}

impl Component {
    pub(in crate::serve) fn new(name: &str, build: Option<&str>, size: Option<u64>) -> Self {
        Self { name: name.to_owned(), build: build.map(str::to_owned), size, before: None }
    }
}

impl Build {
    pub(in crate::serve) fn new(outcome: BuildOutcome, cause: String) -> Self {
        let (stages, components) = (Vec::new(), Vec::new());
        Self { number: 0, revision: 0, at: 0.0, outcome, cause, stages, components, error: None }
    }
}
