//! What can stand in the way of a set-up, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::toolchain::Version;
use crate::project::Target;
use crate::tools::process::ProcessError;

/// A set-up that did not come to its end. Exit code 96.
#[derive(Debug, Error, Diagnostic)]
pub enum SetupError {
    /// No way led to a standard library.
    #[error("rustc {release} has no standard library for `{target}`, and none could be made{}", list(tried))]
    #[diagnostic(code(mik::setup::target), help("{}", help(*target, release)))]
    Unavailable {
        /// The target.
        target: Target,
        /// The compiler's version.
        release: String,
        /// What was tried, in order.
        tried: Vec<Attempt>,
    },
    /// The compiler could not be asked.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProcessError),
    /// The compiler does not answer as rustc does.
    #[error("`rustc -vV` gave an answer that makes no sense:\n{answer}")]
    #[diagnostic(code(mik::setup::compiler), help("is `RUSTC`, or the `rustc` on PATH, really a Rust compiler?"))]
    Compiler {
        /// What it said.
        answer: String,
    },
    /// The cache can't be used.
    #[error("`{}` could not be written", path.display())]
    #[diagnostic(
        code(mik::setup::cache),
        help(
            "a standard library takes about 300 MB there while it is built, and 70 MB afterwards; \
             `MIK_CACHE_DIR` names another place for the cache"
        )
    )]
    Cache {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is no place for a cache.
    #[error("there is no home directory to keep the cache in")]
    #[diagnostic(code(mik::setup::cache), help("set `HOME`, or name a directory with `MIK_CACHE_DIR`"))]
    NoHome,
    /// `MIK_RUST_SRC` names something else.
    #[error("`MIK_RUST_SRC` is `{}`, where there is no source of the standard library", path.display())]
    #[diagnostic(
        code(mik::setup::rust_src),
        help("it names the directory `library` of Rust's source, or the one that holds it")
    )]
    NoSource {
        /// What it names.
        path: PathBuf,
    },
    /// `MIK_RUST_SRC` names the source of another version.
    #[error("`MIK_RUST_SRC` is the source of Rust {found} (`{}`), and rustc is {wanted}", path.display())]
    #[diagnostic(code(mik::setup::rust_src), help("a compiler builds only the standard library of its own version"))]
    SourceVersion {
        /// The library.
        path: PathBuf,
        /// Its version.
        found: String,
        /// The compiler's version.
        wanted: String,
    },
    /// The path can't be handed to cargo.
    #[error("`{}` can't be given to rustc: cargo takes flags in Unicode only", path.display())]
    #[diagnostic(code(mik::setup::cache), help("`MIK_CACHE_DIR` names another place for the cache"))]
    NotUnicode {
        /// The path.
        path: PathBuf,
    },
}

impl SetupError {
    pub(super) fn unavailable(target: Target, version: &Version, tried: Vec<Attempt>) -> Self {
        Self::Unavailable { target, release: version.release.clone(), tried }
    }
}

/// A way that did not lead to a standard library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The way.
    pub what: String,
    /// Why it did not.
    pub why: String,
}

impl Attempt {
    pub(super) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into() }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.what, self.why.replace('\n', "\n      "))
    }
}

fn list(tried: &[Attempt]) -> String {
    tried.iter().map(|attempt| format!("\n  - {attempt}")).collect()
}

/// The command for each platform.
fn help(target: Target, release: &str) -> String {
    let fedora = match target {
        Target::Wasip2 => None,
        other => Some(format!("dnf install rust-std-static-{other}")),
    };
    let libc = if target.needs_wasi_libc() { " WASI_SDK_PATH=<wasi-sdk>" } else { "" };
    let mut ways = vec![("rustup", format!("rustup target add {target}"))];
    ways.push(("Debian, Ubuntu", "apt-get install libstd-rust-dev-wasm32".to_owned()));
    ways.extend(fedora.map(|command| ("Fedora", command)));
    ways.push(("Arch", "pacman -S rust-wasm".to_owned()));
    ways.push(("Nix", format!("a toolchain of rust-overlay or fenix with the target `{target}`")));
    ways.push(("anywhere", format!("MIK_RUST_SRC=<source of rustc {release}>{libc} cargo mik setup")));
    let ways: String =
        ways.iter().map(|(where_, command)| format!("\n  {:<16}{command}", format!("{where_}:"))).collect();
    format!("one of these brings it (a distribution's package goes with the distribution's own rustc):{ways}")
}

/// What every program says of a full disk, since it is the system's own word.
pub(super) const DISK_FULL: &str = "No space left on device";

/// What a program's failure comes down to.
///
/// Programs say much before they say why: what they mark as an error is taken, else their last word.
pub(super) fn reason(error: &ProcessError) -> String {
    match error {
        ProcessError::Start { program, source } => format!("`{program}` could not be started: {source}"),
        ProcessError::Failed { program, status, stderr } => {
            let lines = || stderr.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
            let full = lines().find(|line| line.contains(DISK_FULL));
            let apt = lines().find_map(|line| line.strip_prefix("E: "));
            let rest =
                || lines().skip_while(|line| !line.trim_start().starts_with("error")).take(8).collect::<Vec<_>>();
            let said = full.or(apt).map_or_else(|| rest().join("\n"), str::to_owned);
            match (said.is_empty(), lines().next_back()) {
                (false, _) => said,
                (true, Some(last)) => last.to_owned(),
                (true, None) => format!("`{program}` failed ({status})"),
            }
        }
        ProcessError::TooLong { .. } => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ExitCode;

    fn unavailable() -> SetupError {
        SetupError::Unavailable {
            target: Target::Wasip1,
            release: "1.95.0".to_owned(),
            tried: vec![
                Attempt::new("`rustup target add wasm32-wasip1`", "no answer"),
                Attempt::new("the toolchain's `rust-src`", "not installed"),
            ],
        }
    }

    #[test]
    fn the_message_lists_what_was_tried_and_the_help_what_to_type() {
        let error = unavailable();
        assert_eq!(
            error.to_string(),
            "rustc 1.95.0 has no standard library for `wasm32-wasip1`, and none could be made\
             \n  - `rustup target add wasm32-wasip1`: no answer\
             \n  - the toolchain's `rust-src`: not installed"
        );
        let help = error.help().unwrap().to_string();
        for command in ["rustup target add wasm32-wasip1", "dnf install rust-std-static-wasm32-wasip1"] {
            assert!(help.contains(command), "{help}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_failure_comes_down_to_what_the_program_calls_an_error() {
        let said = |stderr: &str| {
            let status = std::os::unix::process::ExitStatusExt::from_raw(256);
            reason(&ProcessError::Failed { program: "x".to_owned(), status, stderr: stderr.to_owned() })
        };
        assert_eq!(said("Err:1 x\nReading lists...\nE: Failed to fetch x  No answer"), "Failed to fetch x  No answer");
        assert_eq!(said("   Compiling core\nerror: no `x`\n  --> y"), "error: no `x`\n  --> y");
        assert_eq!(said("tar: a: No space left on device\ntar: failed"), "tar: a: No space left on device");
        assert_eq!(said("one\ntwo\n"), "two");
        assert_eq!(said(""), "`x` failed (exit status: 1)");
    }

    #[test]
    fn it_is_the_machines_set_up_that_stands_in_the_way() {
        assert_eq!(ExitCode::of(&unavailable()), ExitCode::Project);
        assert_eq!(ExitCode::of(&SetupError::NoHome), ExitCode::Project);
    }
}
