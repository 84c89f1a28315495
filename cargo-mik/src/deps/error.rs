//! Why a dependency can't be had, or what is locked can't be read or written: always which one, where it is declared, and what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode, SourceSpan};
use mik_build::LockError;
use thiserror::Error;

use super::packages::PackageError;
use super::problem::Problem;
use crate::project::{Dependency, Place, ProjectError};
use crate::tools::files::OutputError;
use crate::tools::private::NotPrivate;

/// What stands in the way of a command about dependencies. Exit code 106, or that of what is passed on.
#[derive(Debug, Error, Diagnostic)]
pub enum DepsError {
    /// One dependency can't be had.
    #[error(transparent)]
    #[diagnostic(transparent)]
    One(#[from] DependencyError),
    /// wkg's configuration says nothing that makes sense of where packages are.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Package(Box<PackageError>),
    /// The project is not as it has to be.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Project(Box<ProjectError>),
    /// A dependency that another tool's table declares.
    #[error("`{name}` is declared in `[package.metadata.component.dependencies]` of {}", path.display())]
    #[diagnostic(code(mik::deps::elsewhere), help("remove it there: that table is cargo-component's"))]
    Elsewhere {
        /// The dependency.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// The manifest or the lock could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Output(#[from] OutputError),
    /// `mik.lock` is not what was written.
    #[error("`mik.lock` can't be read: {error}")]
    #[diagnostic(code(mik::deps::lock), help("{}", error.help()))]
    Lock {
        /// What is wrong with it.
        error: Box<LockError>,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place.
        #[label]
        at: Option<SourceSpan>,
    },
    /// `mik.lock` is there and can't be read.
    #[error("`mik.lock` can't be read")]
    #[diagnostic(code(mik::deps::lock), help("may it be read, and is it UTF-8?"))]
    LockUnreadable {
        /// What the system said, with the path.
        source: io::Error,
    },
    /// `--locked`, and something would change.
    #[error("`{}` has to be updated, and `--locked` forbids it: {why}", path.display())]
    #[diagnostic(
        code(mik::deps::locked),
        help("run `cargo mik fetch` without `--locked` or `--frozen`, and commit what it writes")
    )]
    Locked {
        /// The file.
        path: PathBuf,
        /// What would change.
        why: String,
    },
    /// The store can't be used.
    #[error("components can't be kept in `{}`", path.display())]
    #[diagnostic(
        code(mik::deps::store),
        help("is the disk full or read-only, or the directory somebody else's? `MIK_CACHE_DIR` names another place")
    )]
    Store {
        /// Its directory.
        path: PathBuf,
        /// What stands in the way.
        source: NotPrivate,
    },
    /// There is nowhere to keep what is fetched.
    #[error("there is no directory to keep components in")]
    #[diagnostic(code(mik::deps::store), help("name one in `MIK_CACHE_DIR`: there is no home directory"))]
    NoCache,
    /// A lock of ours can't be taken.
    #[error("`{}` can't be locked", path.display())]
    #[diagnostic(code(mik::deps::store), help("is the disk full or read-only? `MIK_CACHE_DIR` names another place"))]
    Guard {
        /// The file that stands for the lock.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A name that no package of the project depends on.
    #[error("there is no dependency `{name}`")]
    #[diagnostic(code(mik::deps::unknown), help("{}", declared_help(declared)))]
    Unknown {
        /// What was typed.
        name: String,
        /// What there is.
        declared: Vec<String>,
    },
    /// A dependency that is there already, from elsewhere.
    #[error("`{name}` is already a dependency, and it is another one")]
    #[diagnostic(
        code(mik::deps::taken),
        help("choose another name, or remove that one first: `cargo mik remove {name}`")
    )]
    Taken {
        /// Its name.
        name: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// Where it is declared.
        #[label("it is declared here")]
        at: SourceSpan,
    },
    /// More than one package is selected where one is meant.
    #[error("which package is meant? The project has {}", packages.join(", "))]
    #[diagnostic(code(mik::cli::which_package), help("choose one: `-p {}`", packages.join("`, or `-p ")))]
    WhichPackage {
        /// Those that were selected.
        packages: Vec<String>,
    },
    /// A manifest that can't be edited.
    #[error("`{}` can't be edited: {message}", path.display())]
    #[diagnostic(code(mik::project::read), help("mend the file, or edit `dependencies` by hand"))]
    Edit {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// What was vendored can't be read, or a directory is in its place.
    #[error("`{}` can't be filled", path.display())]
    #[diagnostic(code(mik::output::write), help("is the disk full or read-only? What was there before is untouched"))]
    Vendor {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A dependency that can't be had.
#[derive(Debug)]
pub struct DependencyError {
    name: String,
    /// Boxed, as is the next: success is the rule, and it should be small.
    place: Option<Box<(NamedSource<Arc<String>>, SourceSpan)>>,
    problem: Box<Problem>,
}

impl From<ProjectError> for DepsError {
    fn from(error: ProjectError) -> Self {
        Self::Project(Box::new(error))
    }
}

impl DependencyError {
    /// Says which dependency it is.
    pub fn new(dependency: &Dependency, problem: Problem) -> Self {
        let place = dependency.place.as_ref().map(|place: &Place| Box::new((place.source_code(), place.span())));
        Self { name: dependency.name.clone(), place, problem: Box::new(problem) }
    }
}

impl fmt::Display for DependencyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "dependency `{}`: {}", self.name, self.problem)
    }
}

impl std::error::Error for DependencyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

impl Diagnostic for DependencyError {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_ref().map(|place| &place.0 as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.place.as_ref()?.1;
        let label = LabeledSpan::new_with_span(Some("it is declared here".to_owned()), span);
        Some(Box::new(std::iter::once(label)))
    }
}

fn declared_help(declared: &[String]) -> String {
    match declared {
        [] => "the project has none".to_owned(),
        declared => format!("there is {}", declared.join(", ")),
    }
}
