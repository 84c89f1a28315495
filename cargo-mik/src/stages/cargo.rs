//! Runs cargo: its diagnostics go straight to the terminal, its JSON messages tell what it made.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};

use cargo_metadata::Message;

use super::artifact::Artifacts;
use super::overheard::Overheard;
use super::{StageError, setup};
use crate::plan::{CargoRun, SysrootFact};
use crate::project::{CargoConfig, SourcePath};
use crate::report::{Event, MessageFormat, Reporter, Verbosity};
use crate::tools::cancel::{Cancel, Running};
use crate::tools::process;

/// Cargo's own format for who wants its messages as data, and its diagnostics as it shows them.
const RENDERED_BY_CARGO: &str = "json-render-diagnostics";

/// Runs cargo and gives what it has made.
pub(super) fn run(
    run: &CargoRun,
    sysroot: &SysrootFact,
    cancel: &Cancel,
    reporter: &Reporter,
) -> Result<Artifacts, StageError> {
    let json = reporter.message_format() == MessageFormat::Json;
    // With the JSON format the caller wants cargo's diagnostics as data too; otherwise cargo renders them itself.
    let mut command = command(run, sysroot, if json { "json" } else { RENDERED_BY_CARGO }, reporter)?;
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    // Without somebody who listens, cargo writes to the terminal itself.
    let overheard = if reporter.is_overheard() { Overheard::of(&mut command, reporter) } else { None };
    let mut cargo = start(&mut command, cancel)?;
    // The command holds the other end of what is listened to.
    drop(command);
    let mut artifacts = Artifacts::default();
    if let Some(stdout) = cargo.stdout() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|source| StageError::Read { source })?;
            if json {
                // A reader that has gone away does not end the build.
                drop(reporter.data(format!("{line}\n").as_bytes()));
            }
            // Lines that are not messages come from build scripts that print where they should not.
            if let Ok(message) = serde_json::from_str(&line) {
                if let Message::CompilerMessage(message) = &message
                    && let Some(rendered) = &message.message.rendered
                {
                    rendered.lines().for_each(|line| reporter.tell(&Event::Cargo(line.to_owned())));
                }
                artifacts.add(&message);
            }
        }
    }
    let status = end(cargo, cancel)?;
    if let Some(overheard) = overheard {
        overheard.wait();
    }
    if status.success() { Ok(artifacts) } else { Err(StageError::Cargo) }
}

/// Starts cargo, unless that is no longer wanted.
pub(super) fn start(command: &mut Command, cancel: &Cancel) -> Result<Running, StageError> {
    cancel.spawn(command).map_err(|source| match cancel.is_cancelled() {
        true => StageError::Cancelled,
        false => StageError::CargoStart { source },
    })
}

/// Waits for cargo's end. How one ends that was cancelled says nothing.
pub(super) fn end(cargo: Running, cancel: &Cancel) -> Result<ExitStatus, StageError> {
    let status = cargo.wait().map_err(|source| StageError::CargoStart { source })?;
    if cancel.is_cancelled() { Err(StageError::Cancelled) } else { Ok(status) }
}

/// Cargo with all its arguments and flags.
pub(super) fn command(
    run: &CargoRun,
    sysroot: &SysrootFact,
    message_format: &str,
    reporter: &Reporter,
) -> Result<Command, StageError> {
    let mut command = process::cargo();
    command.args(&run.arguments).env(mik_build::program::HAS, has(run));
    command.args(["--message-format", message_format]);
    match reporter.verbosity() {
        Verbosity::Quiet => drop(command.arg("--quiet")),
        Verbosity::Normal => {}
        Verbosity::Verbose => drop(command.arg("--verbose")),
        Verbosity::VeryVerbose => drop(command.arg("-vv")),
    }
    // Who listens wants to see what the terminal may not: then colours are taken out on the way there.
    let color = reporter.color() || (reporter.is_overheard() && message_format == RENDERED_BY_CARGO);
    command.args(["--color", if color { "always" } else { "never" }]);
    let flags = rustflags(run, sysroot)?;
    if !flags.is_empty() {
        setup::rustflags(run.target, &flags, &CargoConfig::read(&run.arguments))?.add_to(&mut command);
    }
    Ok(command)
}

/// Which members of the workspace have what their bindings are made of, as their numbers: cargo can't be asked to look for what is not
/// there. It is the same whichever of them are built, or build scripts would run again for nothing.
fn has(run: &CargoRun) -> String {
    let names = mik_build::program::MAY_COME;
    let files = run.members.iter().flat_map(|directory| names.map(|name| directory.join(name)));
    let there = files.enumerate().filter(|(_, path)| path.exists()).map(|(number, _)| number.to_string());
    there.collect::<Vec<_>>().join(" ")
}

/// Flags of ours for rustc: the standard library where the toolchain has none, no path of this machine in the code, and names
/// that say which type or closure a function was made for, which those of the older mangling leave out. Names are taken out
/// of the component at the end, so they cost nothing.
fn rustflags(run: &CargoRun, sysroot: &SysrootFact) -> Result<Vec<String>, StageError> {
    let mut flags = Vec::new();
    if let SysrootFact::Cached(path) = sysroot {
        let path = path.to_str().ok_or_else(|| setup::SetupError::NotUnicode { path: path.clone() })?;
        flags.push(format!("--sysroot={path}"));
    }
    if run.reproducible {
        for SourcePath { directory, name } in &run.source_paths {
            // A path that is not Unicode can't be said to cargo; rustc would write it with its bytes replaced anyway.
            if let Some(directory) = directory.to_str() {
                flags.push(format!("--remap-path-prefix={directory}={name}"));
            }
        }
        // Not in what rustc says of the code: there the reader wants to find the file.
        flags.push("--remap-path-scope=object".to_owned());
        // For WASI, rustc makes code that can be moved for a dynamic linker, and reads its address before each use of data. Nothing
        // moves in a component.
        flags.push("-Crelocation-model=static".to_owned());
        flags.push("-Csymbol-mangling-version=v0".to_owned());
    }
    flags.extend_from_slice(&run.rustflags);
    Ok(flags)
}
