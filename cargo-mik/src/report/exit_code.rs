//! The exit codes: a promise to scripts, kept in one list.

use miette::Diagnostic;

/// How the program ended. The numbers are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Everything asked for was done.
    Done = 0,
    /// A bug in `cargo mik`: please report it.
    Bug = 1,
    /// The command line was wrong.
    CommandLine = 2,
    /// The project, its configuration or the machine's set-up stands in the way.
    Project = 96,
    /// The child cargo failed; cargo's own code for that.
    Build = 101,
    /// `cargo metadata` failed.
    Metadata = 102,
    /// The core module could not be encoded as a component.
    Encode = 103,
    /// Optimization failed.
    Optimize = 104,
    /// Composition failed.
    Compose = 105,
    /// A component dependency could not be had.
    Dependency = 106,
    /// The server could not start or had to stop.
    Serve = 107,
    /// A request failed where that was to be told, or was answered otherwise than before.
    Answer = 108,
    /// The output could not be written.
    Output = 110,
}

impl ExitCode {
    /// The exit code of a failure, from its diagnostic code: `mik::<room>::<name>`.
    ///
    /// A failure without a code of ours is one that nobody expected, hence [`ExitCode::Bug`].
    pub fn of(failure: &dyn Diagnostic) -> Self {
        let Some(code) = failure.code().map(|code| code.to_string()) else { return Self::Bug };
        match code.split("::").nth(1) {
            Some("cli") => Self::CommandLine,
            Some("project" | "setup" | "scaffold" | "recording") => Self::Project,
            Some("build") => Self::Build,
            Some("metadata") => Self::Metadata,
            Some("encode") => Self::Encode,
            Some("optimize") => Self::Optimize,
            Some("compose") => Self::Compose,
            Some("deps") => Self::Dependency,
            Some("serve") => Self::Serve,
            Some("answer") => Self::Answer,
            Some("output") => Self::Output,
            _ => Self::Bug,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(exit_code: ExitCode) -> Self {
        Self::from(exit_code as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error, Diagnostic)]
    #[error("no such target")]
    #[diagnostic(code(mik::project::unknown_target))]
    struct UnknownTarget;

    #[derive(Debug, thiserror::Error, Diagnostic)]
    #[error("what")]
    struct Unexpected;

    #[test]
    fn the_room_in_the_code_decides() {
        assert_eq!(ExitCode::of(&UnknownTarget), ExitCode::Project);
    }

    #[test]
    fn a_failure_without_a_code_is_a_bug() {
        assert_eq!(ExitCode::of(&Unexpected), ExitCode::Bug);
    }
}
