//! `cargo mik symbolicate`.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::build_flags::BuildFlags;
use crate::inspect::{DebugFiles, SymbolicateError, Symbolicated};
use crate::plan::Step;
use crate::report::{Event, MessageFormat, Reporter};
use crate::tools::files;

/// How many MiB may be told in one line of JSON.
const TEXT_MOST: u64 = 64;

/// How many bytes of a line are read at once. A line of a log may hold a whole trap.
const LINE_MOST: u64 = 1 << 20;

/// Tell a trap of a stripped component in functions, files and lines
///
/// The text of the trap comes from a file or from stdin, as wasmtime, `mik run`, `wasmtime serve` or a JavaScript engine prints it; what
/// is around its frames is kept. What they are is read from the side-car, `<name>.debug.wasm` beside the component, which has to be of
/// the same build, or from the component itself where it was not stripped.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik symbolicate app.wasm app.log\n  wasmtime serve app.wasm 2>&1 | cargo mik symbolicate app.wasm\n  \
                  cargo mik symbolicate app.wasm 0x5c53 0x954c\n  cargo mik symbolicate app.wasm --debug v1.2/app.debug.wasm app.log\n\n\
                  Exit status: 0 done; 96 the side-car is not there or of another build; 104 a file is no valid WebAssembly."
)]
pub(super) struct SymbolicateArgs {
    /// The component that trapped, or its side-car; without one, the project's release build
    #[arg(value_name = "COMPONENT")]
    component: Option<PathBuf>,
    /// Files with the text of a trap, or addresses such as `0x5c53`; without any, stdin
    #[arg(value_name = "TRACE")]
    traces: Vec<String>,
    /// The side-car, where it is not beside the component
    #[arg(long, value_name = "FILE")]
    debug: Option<PathBuf>,
    #[command(flatten)]
    flags: BuildFlags,
}

impl SymbolicateArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { component, mut traces, debug, flags } = self;
        let component = match component {
            Some(path) if is_address(&path.to_string_lossy()) || !is_wasm(&path) && path.is_file() => {
                traces.insert(0, path.to_string_lossy().into_owned());
                built(flags, reporter)?
            }
            Some(path) => path,
            None => built(flags, reporter)?,
        };
        check(&traces)?;
        let files = DebugFiles::read(&component, debug.as_deref())?;
        let mut symbolicated = Symbolicated::new(&files)?;
        if reporter.message_format() == MessageFormat::Json {
            let mut text = String::new();
            each_line(&traces, Some(TEXT_MOST << 20), |line| {
                text.push_str(line);
                text.push('\n');
                true
            })?;
            super::write_data(reporter, &symbolicated.json(&text))?;
        } else {
            let mut written = Ok(());
            // Each as it comes: a server's log has no end.
            each_line(&traces, None, |line| {
                written = reporter.data(symbolicated.line(line).as_bytes());
                written.is_ok()
            })?;
            match written {
                Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => {
                    return Err(files::OutputError { path: "stdout".into(), source }.into());
                }
                _ => {}
            }
        }
        if symbolicated.count().1 == 0 {
            let what = if symbolicated.count().0 == 0 {
                "no frame of a trap is in this text"
            } else {
                "no frame is one of this component's"
            };
            reporter.emit(Event::Note(format!("{what}: `{}`", component.display())));
        }
        Ok(())
    }
}

/// Where the component of the project is, as it was built last.
fn built(flags: BuildFlags, reporter: &Reporter) -> miette::Result<PathBuf> {
    let (_, plan) = super::decide(&flags.or_release().into(), reporter)?;
    let mut components = plan.steps.iter().filter_map(|step| match step {
        Step::Emit { unit, files, .. } => Some((unit.name.clone(), files.component.clone())),
        _ => None,
    });
    match (components.next(), components.next()) {
        (Some((_, component)), None) if component.is_file() => Ok(component),
        (Some((_, component)), None) => Err(SymbolicateError::NotBuilt { component }.into()),
        (first, second) => {
            let names = first.into_iter().chain(second).chain(components).map(|(name, _)| name).collect();
            Err(SymbolicateError::Many { names }.into())
        }
    }
}

/// Whether each of what was named can be read.
fn check(traces: &[String]) -> Result<(), SymbolicateError> {
    let unknown = traces.iter().find(|trace| !Path::new(trace).is_file() && !is_address(trace));
    unknown.map_or(Ok(()), |value| Err(SymbolicateError::NoTrace { value: value.clone() }))
}

/// Goes through the lines of all that was named, or of stdin, until `each` says that it is enough. Together they may have so many bytes.
fn each_line(traces: &[String], most: Option<u64>, mut each: impl FnMut(&str) -> bool) -> Result<(), SymbolicateError> {
    let mut left = most.unwrap_or(u64::MAX);
    let mut read = |path: &Path, from: &mut dyn BufRead| {
        loop {
            let mut line = Vec::new();
            // A longer line is no frame's, and is handed on in pieces.
            let length = from
                .take(LINE_MOST)
                .read_until(b'\n', &mut line)
                .map_err(|source| SymbolicateError::Read { path: path.to_owned(), source })?;
            if length == 0 {
                return Ok(true);
            }
            left = left
                .checked_sub(length as u64)
                .ok_or_else(|| SymbolicateError::TooLong { path: path.to_owned(), most: TEXT_MOST })?;
            let line = String::from_utf8_lossy(&line);
            let line = line.strip_suffix('\n').map_or(&*line, |line| line.strip_suffix('\r').unwrap_or(line));
            if !each(line) {
                return Ok(false);
            }
        }
    };
    if traces.is_empty() {
        read(Path::new("stdin"), &mut std::io::stdin().lock())?;
    }
    for trace in traces {
        let path = Path::new(trace);
        let goes_on = if path.is_file() {
            let file = files::OpenOptions::new().read(true).open(path);
            let file = file.map_err(|source| SymbolicateError::Read { path: path.to_owned(), source })?;
            read(path, &mut BufReader::new(file))?
        } else {
            read(path, &mut trace.as_bytes())?
        };
        if !goes_on {
            break;
        }
    }
    Ok(())
}

fn is_address(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(|digits| u64::from_str_radix(digits, 16).is_ok())
}

/// Whether it is meant to be a component, by its name: text is not, and shall be told so.
fn is_wasm(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "wasm" || extension == "wat")
}
