//! `cargo mik optimize`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::project::{Panic, WasmOptSettings};
use crate::report::Reporter;
use crate::stages::{self, OptimizeFile};

/// Make any component or core module smaller
///
/// What `cargo mik build --release` does to components, for those that were made elsewhere: nested modules and components are
/// shrunk, what is equal becomes one, and what nothing reaches goes. What a host sees stays as it is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik optimize app.wasm -o app.small.wasm\n  \
                        cargo mik optimize app.wasm -o app.wasm --panic trap\n\n\
                        Exit status: 0 done; 104 the input is no valid WebAssembly; 110 the output could not be written.")]
pub(super) struct OptimizeArgs {
    /// The component or core module
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where the result goes; it may be the input
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// `trap` cuts out what only formats the messages of Rust's panics; they are found by their names
    #[arg(long, value_name = "WHAT", default_value = "message")]
    panic: PanicArg,
    /// Keep the names of functions and components
    #[arg(long)]
    keep_names: bool,
    /// Whether Binaryen's wasm-opt takes part: `auto`, the one on PATH if there is one; `true`; `false`; or a path. MIK_WASM_OPT sets it, too
    #[arg(long, value_name = "WHICH", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    wasm_opt: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PanicArg {
    Message,
    Trap,
}

impl OptimizeArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { input, output, panic, keep_names, wasm_opt } = self;
        let wasm_opt = WasmOptSettings::of_flag(wasm_opt.as_deref())?;
        let panic = match panic {
            PanicArg::Message => Panic::Message,
            PanicArg::Trap => Panic::Trap,
        };
        Ok(stages::optimize_file(&OptimizeFile { input, output, panic, keep_names, wasm_opt }, reporter)?)
    }
}
