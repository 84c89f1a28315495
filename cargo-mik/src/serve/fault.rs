//! What is wrong with a module's file while the server runs: a warning for whoever looks after it, and the answer to
//! requests.

use std::error::Error;
use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::{Duration, Instant};

use miette::Diagnostic;

use super::error::ServeError;

/// How long what was found stands before a request may have the file looked at again. The watcher tells of changes
/// sooner; this is for where there is none, and for machines that were short of something.
const STANDS: Duration = Duration::from_secs(1);

/// Why a module's file can't be served.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) error: Arc<ServeError>,
    /// The file's digest, where it could be read and was found out to be faulty only when it was compiled.
    pub(super) digest: Option<String>,
    pub(super) found: Instant,
}

impl Fault {
    pub(super) fn new(error: ServeError, digest: Option<String>) -> Self {
        Self { error: Arc::new(error), digest, found: Instant::now() }
    }

    /// Whether it was found a moment ago.
    pub(super) fn stands(&self) -> bool {
        self.found.elapsed() < STANDS
    }

    /// Gives the earlier fault's error where both say the same.
    pub(super) fn same_as(&self, before: Option<&Self>) -> Option<Arc<ServeError>> {
        before.filter(|before| before.error.told() == self.error.told()).map(|before| before.error.clone())
    }
}

/// A warning: a module's file is not served.
#[derive(Debug)]
pub(super) struct Unserved {
    pub(super) module: Arc<str>,
    pub(super) error: Arc<ServeError>,
    /// Whether an earlier version is.
    pub(super) serves_on: bool,
}

impl Display for Unserved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { module, error, serves_on } = self;
        match serves_on {
            true => write!(formatter, "the last good version of module `{module}` goes on serving: {error}"),
            false => write!(formatter, "module `{module}` can't be served: {error}"),
        }
    }
}

impl Error for Unserved {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl Diagnostic for Unserved {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.error.code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.error.help()
    }
}
