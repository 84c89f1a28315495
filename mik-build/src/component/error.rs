//! Why there is no component, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::BuildError;

/// Why a component was not built.
#[derive(Debug)]
pub(super) enum ComponentError {
    /// A variable that cargo gives every build script is not there.
    NoBuildScript {
        /// The variable.
        variable: &'static str,
    },
    /// There is no Cargo.toml where the handler should be.
    NoProject {
        /// What was named.
        path: PathBuf,
    },
    /// The handler is built for something that it embeds itself.
    Cycle {
        /// The handler's directory.
        directory: PathBuf,
    },
    /// `cargo mik build` has failed, and has said why.
    Failed {
        /// The handler's directory.
        directory: PathBuf,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// There was nothing to build.
    Nothing {
        /// The handler's directory.
        directory: PathBuf,
    },
    /// There are several components.
    Several {
        /// The handler's directory.
        directory: PathBuf,
        /// Their packages.
        names: Vec<String>,
    },
    /// A file can't be read or written, or a program not be started.
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl ComponentError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    /// What to do about it.
    fn help(&self) -> String {
        match self {
            Self::NoBuildScript { .. } => "call it in build.rs: what it builds is for the program that is compiled then".to_owned(),
            Self::NoProject { .. } => {
                "name the handler's directory; a relative path is relative to the package's directory whose build.rs this is".to_owned()
            }
            Self::Cycle { .. } => "take it out of one of the build scripts".to_owned(),
            Self::Failed { directory, .. } => format!(
                "what is wrong is said above; `cargo mik build` in {} shows it by itself. This build goes on once it is mended",
                directory.display()
            ),
            Self::Nothing { .. } => "a handler is a library with `crate-type = [\"cdylib\"]`".to_owned(),
            Self::Several { names, .. } => {
                let calls: Vec<_> = names.iter().map(|name| format!("`.package({name:?})`")).collect();
                format!("say which: {}", calls.join(" or "))
            }
            Self::Io { .. } => "is it there, with permissions for whoever builds, and is there room on the disk?".to_owned(),
        }
    }
}

impl fmt::Display for ComponentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBuildScript { variable } => {
                write!(formatter, "cargo has not set {variable}: this is no build script")
            }
            Self::NoProject { path } => write!(formatter, "there is no project at {}", path.display()),
            Self::Cycle { directory } => write!(formatter, "{} embeds itself", directory.display()),
            Self::Failed { directory, status } => {
                write!(formatter, "the component of {} could not be built ({status})", directory.display())
            }
            Self::Nothing { directory } => write!(formatter, "{} has no handler", directory.display()),
            Self::Several { directory, .. } => write!(formatter, "{} has several handlers", directory.display()),
            Self::Io { path, .. } => write!(formatter, "`{}` can't be read, written or started", path.display()),
        }
    }
}

impl From<ComponentError> for BuildError {
    fn from(error: ComponentError) -> Self {
        let told = Self::new(error.to_string()).help(error.help());
        match error {
            ComponentError::Io { source, .. } => told.because(source),
            _ => told,
        }
    }
}
