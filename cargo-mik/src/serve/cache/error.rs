//! Why compiled code can't be kept. A warning to a server, which goes on without.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::tools::private::NotPrivate;

/// The directory of compiled code can't be used.
#[derive(Debug, Error, Diagnostic)]
#[error("compiled code can't be kept in `{}`", path.display())]
#[diagnostic(code(mik::setup::code_cache), help("{}", help(path, source)))]
pub struct CodeCacheError {
    /// The directory.
    path: PathBuf,
    /// What stands in the way.
    #[source]
    source: NotPrivate,
}

impl CodeCacheError {
    pub(super) fn new(path: &Path, source: NotPrivate) -> Self {
        Self { path: path.to_owned(), source }
    }
}

fn help(path: &Path, source: &NotPrivate) -> String {
    let elsewhere = "`MIK_CACHE_DIR` names another place for the cache, and `--no-cache` does without";
    match source {
        NotPrivate::Writable => format!(
            "whoever can write there could have any code run: `chmod go-w {path}`, and `cargo mik cache clear` if it is \
             not all yours; {elsewhere}",
            path = path.display()
        ),
        NotPrivate::Foreign => format!("whoever it belongs to could have any code run; {elsewhere}"),
        NotPrivate::Kind(_) => format!("a directory of your own is made there once the path is free; {elsewhere}"),
        NotPrivate::Length(_) | NotPrivate::System(_) => {
            format!("is the disk full, or read-only? Components are compiled at every start; {elsewhere}")
        }
    }
}
