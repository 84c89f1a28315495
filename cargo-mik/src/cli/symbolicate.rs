//! `cargo mik symbolicate`.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::build_flags::BuildFlags;
use crate::inspect::{DebugFiles, SymbolicateError, Symbolicated};
use crate::plan::Step;
use crate::report::{Event, MessageFormat, Reporter};
use crate::tools::files;

/// No trap is longer.
const TEXT_MOST: u64 = 64;

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
        let text = text(&traces)?;
        let files = DebugFiles::read(&component, debug.as_deref())?;
        let symbolicated = Symbolicated::of(&files, &text)?;
        if symbolicated.count().1 == 0 {
            let what = if symbolicated.count().0 == 0 {
                "no frame of a trap is in this text"
            } else {
                "no frame is one of this component's"
            };
            reporter.emit(Event::Note(format!("{what}: `{}`", component.display())));
        }
        let is_json = reporter.message_format() == MessageFormat::Json;
        super::write_data(reporter, &if is_json { symbolicated.to_json() } else { symbolicated.to_text() })
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
        (Some((_, component)), None) => Ok(component),
        (first, second) => {
            let names = first.into_iter().chain(second).chain(components).map(|(name, _)| name).collect();
            Err(SymbolicateError::Many { names }.into())
        }
    }
}

/// The text of all that was named, or of stdin.
fn text(traces: &[String]) -> Result<String, SymbolicateError> {
    let most = TEXT_MOST << 20;
    let mut text = String::new();
    let mut add = |path: &Path, read: std::io::Result<Option<Vec<u8>>>| {
        let path = || path.to_owned();
        let bytes = read.map_err(|source| SymbolicateError::Read { path: path(), source })?;
        let bytes = bytes.ok_or_else(|| SymbolicateError::TooLong { path: path(), most: TEXT_MOST })?;
        text.push_str(&String::from_utf8_lossy(&bytes));
        Ok(())
    };
    for trace in traces {
        let path = Path::new(trace);
        if path.is_file() {
            add(path, files::read_at_most(path, most))?;
        } else if is_address(trace) {
            add(path, Ok(Some(format!("{trace}\n").into_bytes())))?;
        } else {
            return Err(SymbolicateError::NoTrace { value: trace.clone() });
        }
    }
    if traces.is_empty() {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes);
        add(Path::new("stdin"), read.map(|length| (length as u64 <= most).then_some(bytes)))?;
    }
    Ok(text)
}

fn is_address(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(|digits| u64::from_str_radix(digits, 16).is_ok())
}

fn is_wasm(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "wasm")
}
