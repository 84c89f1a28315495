//! What is not published, and why.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// The largest component that is published.
pub(super) use crate::deps::registry::COMPONENT_MOST;

/// A component that is not published as it is. Exit code 96, and 106 where it is its name.
#[derive(Debug, Error, Diagnostic)]
pub(super) enum PublishError {
    /// Nobody has said where to.
    #[error("where is `{name}` to be published?")]
    #[diagnostic(
        code(mik::deps::no_reference),
        help(
            "write it, as in `cargo mik publish user/{name}`, or once and for all in Cargo.toml:\n\n    \
             [package.metadata.mik.registry]\n    publish = \"user/{name}\""
        )
    )]
    NoReference { name: String },
    /// A tag or digest that is not the user's to choose.
    #[error("`{text}` can't be published to: {why}")]
    #[diagnostic(code(mik::deps::bad_reference), help("{help}"))]
    BadReference { text: String, why: &'static str, help: String },
    /// More than one component was built.
    #[error("this selects {} components, and one is published: {}", names.len(), names.join(", "))]
    #[diagnostic(code(mik::project::many_components), help("choose one with `-p`"))]
    Many { names: Vec<String> },
    /// What is built is in no commit.
    #[error("`{name}` is not what is committed: nobody could find the source of what is published")]
    #[diagnostic(
        code(mik::project::dirty),
        help("commit what has changed (`git status` tells), or publish it all the same with `--allow-dirty`")
    )]
    Dirty { name: String },
    /// The file can't be read.
    #[error("`{}` can't be read", path.display())]
    #[diagnostic(code(mik::project::unreadable))]
    Read { path: PathBuf, source: std::io::Error },
    /// The file is no component by its size.
    #[error("`{}` has more than {} MiB", path.display(), COMPONENT_MOST >> 20)]
    #[diagnostic(code(mik::project::not_a_component), help("is it the right file?"))]
    TooLarge { path: PathBuf },
}
