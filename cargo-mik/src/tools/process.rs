//! Outside programs. Every `Command` of the product starts here, so that what is run can be read in one place.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use miette::Diagnostic;
use thiserror::Error;

/// How many descriptors this process may have open, where the system says.
pub fn descriptors_most() -> Option<usize> {
    #[cfg(target_os = "linux")]
    return rustix::process::getrlimit(rustix::process::Resource::Nofile).current?.try_into().ok();
    #[cfg(not(target_os = "linux"))]
    None
}

/// A command for a program found on `PATH`.
#[allow(clippy::disallowed_methods, reason = "this is the place")]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// Cargo: the one that started us where there is one, so that a rustup override stays in force.
///
/// It ends with the thread that starts it, see [`end_with_us`].
pub fn cargo() -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    end_with_us(&mut cargo);
    // Build scripts that need us find the one that has started them.
    // One that was replaced while it runs is no file any more.
    if let Some(program) = std::env::current_exe().ok().filter(|program| program.is_file()) {
        cargo.env(mik_build::program::VARIABLE, program);
    }
    cargo
}

/// The compiler that cargo is configured with, or the one on `PATH`.
pub fn rustc(configured: Option<PathBuf>) -> Command {
    command(configured.unwrap_or_else(|| PathBuf::from("rustc")))
}

/// Has the system end a program (SIGTERM) when we are gone, however we went: a cargo that goes on alone holds the lock
/// on the target directory, and nobody knows why the next build waits. Linux can do this; elsewhere it is not done.
///
/// What counts is the thread that starts the program: it has to wait for its end, as every caller here does.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "std has no other way to run code between fork and exec")]
pub(super) fn end_with_us(command: &mut Command) {
    use std::io::{Error, ErrorKind};
    use std::os::unix::process::CommandExt;

    use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};

    let us = getpid();
    let in_child = move || {
        set_parent_process_death_signal(Some(Signal::TERM))?;
        // We may have gone between the fork and that: then nobody is told, and nobody waits for the program.
        if getppid() == Some(us) { Ok(()) } else { Err(Error::from(ErrorKind::BrokenPipe)) }
    };
    // SAFETY: between fork and exec only what is async-signal-safe may be done: these are two system calls, and errors
    // that hold a number; nothing is allocated, locked or unwound.
    unsafe { command.pre_exec(in_child) };
}

#[cfg(not(target_os = "linux"))]
pub(super) fn end_with_us(_command: &mut Command) {}

/// Runs a command to its end and gives its standard output, without the last line end.
///
/// # Errors
/// The program can't be started, or it ends with a failure; its standard error is in the message.
pub fn stdout(command: &mut Command) -> Result<String, ProcessError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } =
        command.output().map_err(|source| ProcessError::Start { program: program.clone(), source })?;
    if !status.success() {
        let stderr = String::from_utf8_lossy(&stderr).trim_end().to_owned();
        return Err(ProcessError::Failed { program, status, stderr });
    }
    Ok(String::from_utf8_lossy(&stdout).trim_end().to_owned())
}

/// Runs a command to its end, handing on each line that it writes, to either of its streams, as it comes.
///
/// For programs that take long: what they say can be shown while they run, and `limit` bounds the wait.
///
/// # Errors
/// The program can't be started, ends with a failure (its last lines are in the message), or takes longer than
/// `limit`, and is then ended.
pub fn watch(
    command: &mut Command,
    limit: Option<Duration>,
    mut on_line: impl FnMut(&str),
) -> Result<(), ProcessError> {
    /// Lines that are kept for the message of a failure.
    const KEPT: usize = 25;

    let program = command.get_program().to_string_lossy().into_owned();
    let cannot_start = |source| ProcessError::Start { program: program.clone(), source };
    let (reader, writer) = std::io::pipe().map_err(cannot_start)?;
    end_with_us(command);
    command.stdin(Stdio::null()).stdout(writer.try_clone().map_err(cannot_start)?).stderr(writer);
    let mut child = command.spawn().map_err(cannot_start)?;
    // The command holds the pipe's other end, and the reader would wait for it for ever.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                break;
            }
        }
    });

    let deadline = limit.map(|limit| Instant::now() + limit);
    let mut last = std::collections::VecDeque::with_capacity(KEPT);
    loop {
        let line = match deadline {
            Some(deadline) => lines.recv_timeout(deadline.saturating_duration_since(Instant::now())),
            None => lines.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match line {
            Ok(line) => {
                on_line(&line);
                if last.len() == KEPT {
                    last.pop_front();
                }
                last.push_back(line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                // It may have ended in this very moment: then there is nothing to end.
                drop(child.kill());
                drop(child.wait());
                return Err(ProcessError::TooLong { program, limit: limit.unwrap_or_default() });
            }
        }
    }
    let status = child.wait().map_err(cannot_start)?;
    if status.success() {
        return Ok(());
    }
    let stderr = last.make_contiguous().join("\n").trim().to_owned();
    Err(ProcessError::Failed { program, status, stderr })
}

/// An outside program that could not do its work.
#[derive(Debug, Error, Diagnostic)]
pub enum ProcessError {
    /// It could not be started.
    #[error("`{program}` could not be started")]
    #[diagnostic(
        code(mik::setup::program),
        help("is it installed and on PATH? Rust's own programs come with https://rustup.rs")
    )]
    Start {
        /// What was to be run.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It ended with a failure.
    #[error("`{program}` failed ({status}){}{stderr}", if stderr.is_empty() { "" } else { "\n" })]
    #[diagnostic(code(mik::setup::program), help("run `{program}` by itself to see whether it works here at all"))]
    Failed {
        /// What was run.
        program: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// What it wrote to its standard error.
        stderr: String,
    },
    /// It took too long and was ended.
    #[error("`{program}` did not end within {} seconds", limit.as_secs())]
    #[diagnostic(code(mik::setup::program), help("is the network slow or filtered?"))]
    TooLong {
        /// What was run.
        program: String,
        /// How long it could take.
        limit: Duration,
    },
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn watch_hands_on_both_streams() {
        let mut lines = Vec::new();
        watch(command("sh").args(["-c", "echo one; echo two >&2"]), None, |line| lines.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn watch_tells_how_a_program_failed() {
        let error = watch(command("sh").args(["-c", "echo why >&2; exit 3"]), None, |_| {}).unwrap_err();
        assert!(error.to_string().contains("exit status: 3") && error.to_string().contains("why"), "{error}");
    }

    #[test]
    fn watch_ends_a_program_that_takes_too_long() {
        let error = watch(command("sleep").arg("60"), Some(Duration::from_millis(50)), |_| {}).unwrap_err();
        assert!(matches!(error, ProcessError::TooLong { .. }), "{error}");
    }
}
