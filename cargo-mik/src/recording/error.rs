//! What can be wrong with files of requests, as diagnostics.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::tools::files::OutputError;

/// Why requests can't be read or kept.
#[derive(Debug, Error, Diagnostic)]
pub enum RecordingError {
    /// A file says something that is no request or no answer.
    #[error("{message}")]
    #[diagnostic(code(mik::recording::syntax))]
    Syntax {
        /// What is wrong.
        message: String,
        /// What to write instead.
        #[help]
        help: String,
        /// The file.
        #[source_code]
        source_code: Arc<NamedSource<String>>,
        /// Where in it.
        #[label]
        at: SourceSpan,
    },
    /// A file can't be read.
    #[error("the requests can't be read")]
    #[diagnostic(code(mik::recording::read), help("`cargo mik invoke --record DIR` makes a directory of requests"))]
    Read {
        /// What the system said; it names the file.
        source: io::Error,
    },
    /// A file is no text.
    #[error("`{}` is not UTF-8", path.display())]
    #[diagnostic(
        code(mik::recording::not_text),
        help("a body of bytes goes into a file beside it, which `< ./file` names")
    )]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A file is too large.
    #[error("`{}` is larger than {} KiB", path.display(), most >> 10)]
    #[diagnostic(
        code(mik::recording::too_large),
        help("a large body goes into a file beside it, which `< ./file` names")
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that it may have, in bytes.
        most: u64,
    },
    /// There is nothing to send.
    #[error("there is no request in `{}`", path.display())]
    #[diagnostic(
        code(mik::recording::none),
        help(
            "requests are files that end in `.http`; `cargo mik invoke --record DIR` and `cargo mik serve --record DIR` write them"
        )
    )]
    None {
        /// Where they were looked for.
        path: PathBuf,
    },
    /// There is more than one directory should have.
    #[error("`{}` has {most} requests, and takes no more", path.display())]
    #[diagnostic(code(mik::recording::full), help("record into another directory"))]
    Full {
        /// The directory.
        path: PathBuf,
        /// How many it may have.
        most: usize,
    },
    /// Something could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Write(#[from] OutputError),
}

/// Text from a file, for errors that point into it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// Says what is wrong with so many bytes from there.
    pub(super) fn wrong(self, message: impl Into<String>, help: &str, at: usize, length: usize) -> RecordingError {
        RecordingError::Syntax {
            message: message.into(),
            help: help.to_owned(),
            source_code: Arc::new(NamedSource::new(self.path.display().to_string(), self.text.to_owned())),
            at: SourceSpan::from((at, length.max(1))),
        }
    }
}
