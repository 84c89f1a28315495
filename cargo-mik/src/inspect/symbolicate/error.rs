//! Why a trap can't be told in the words of its source.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// Why a trap can't be told in the words of its source.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum SymbolicateError {
    /// A side-car that belongs to another component. Exit code 96.
    #[error(
        "`{}` is of another build: its build-id is {debug_id}, and that of `{}` is {component_id}", debug.display(), component.display()
    )]
    #[diagnostic(
        code(mik::project::other_build),
        help("name the side-car that was written beside this component with `--debug`, or build the component again")
    )]
    OtherBuild {
        /// The side-car.
        debug: PathBuf,
        /// Its build-id, or `none`.
        debug_id: String,
        /// The component.
        component: PathBuf,
        /// The component's build-id, or `none`.
        component_id: String,
    },
    /// Neither the component nor a side-car says anything. Exit code 96.
    #[error("`{}` says nothing of its source, and its side-car `{}` is not there", component.display(), debug.display())]
    #[diagnostic(
        code(mik::project::no_debug_information),
        help(
            "`cargo mik build --release` writes it beside the component: name it with `--debug`, \
             or take `strip` and `debug` out of the profile and build again"
        )
    )]
    Nothing {
        /// The component.
        component: PathBuf,
        /// Where the side-car would be.
        debug: PathBuf,
    },
    /// No component was named, and the project has none or several. Exit code 96.
    #[error("this project makes {} components{}", names.len(), listed(names))]
    #[diagnostic(code(mik::project::many_components), help("name the component's file, or choose one with `-p`"))]
    Many {
        /// The components.
        names: Vec<String>,
    },
    /// The project's component was never built. Exit code 96.
    #[error("`{}` is not there", component.display())]
    #[diagnostic(
        code(mik::project::not_built),
        help(
            "build what trapped: `cargo mik build --release`, at its revision; or name its file and the trap's: `cargo mik symbolicate COMPONENT TRACE`"
        )
    )]
    NotBuilt {
        /// Where it would be.
        component: PathBuf,
    },
    /// The text can't be read. Exit code 96.
    #[error("`{}` can't be read", path.display())]
    #[diagnostic(code(mik::project::unreadable))]
    Read {
        /// The file, or stdin.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is too long for one line of JSON. Exit code 96.
    #[error("`{}` has more than {most} MiB", path.display())]
    #[diagnostic(
        code(mik::project::too_long),
        help(
            "give the part of it that has the trap: `grep -A 40 trap app.log`; without `--json` it may have any length"
        )
    )]
    TooLong {
        /// The file, or stdin.
        path: PathBuf,
        /// How much it may have.
        most: u64,
    },
    /// What was typed is neither a file nor an address. Exit code 2.
    #[error("`{value}` is neither a file nor an address")]
    #[diagnostic(code(mik::cli::no_trace), help("an address is written in hexadecimal, as hosts print it: `0x5c53`"))]
    NoTrace {
        /// What was typed.
        value: String,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) }
}
