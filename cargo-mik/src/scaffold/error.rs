//! What can stand in the way of a new project.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::tools::files::OutputError;

/// A project that could not be started. Exit code 96.
#[derive(Debug, Error, Diagnostic)]
pub enum ScaffoldError {
    /// Cargo would not take the name.
    #[error("`{name}` is no package name: {why}")]
    #[diagnostic(code(mik::scaffold::bad_name), help("{help}"))]
    BadName {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: String,
        /// A better one.
        help: String,
    },
    /// The directory's name can't be a package's.
    #[error("`{}` gives the package no name", path.display())]
    #[diagnostic(code(mik::scaffold::no_name), help("name it: `--name hello`"))]
    NoName {
        /// The directory.
        path: PathBuf,
    },
    /// `new` names something that is there.
    #[error("`{}` exists already", path.display())]
    #[diagnostic(
        code(mik::scaffold::exists),
        help("choose another name, or use `cargo mik init {}` to put a project into it", path.display())
    )]
    Exists {
        /// The directory.
        path: PathBuf,
    },
    /// A file of the project's is there already.
    #[error("`{}` exists already and is not overwritten", path.display())]
    #[diagnostic(code(mik::scaffold::file_exists), help("move it away, or start the project in another directory"))]
    FileExists {
        /// The file.
        path: PathBuf,
    },
    /// The directory's path can't be resolved.
    #[error("`{}` can't be used as a directory", path.display())]
    #[diagnostic(code(mik::scaffold::directory))]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file could not be written. Exit code 110.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Output(#[from] OutputError),
}
