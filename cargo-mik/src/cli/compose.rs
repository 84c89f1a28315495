//! `cargo mik compose`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::Reporter;
use crate::stages::{self, ComposeFiles, Plug};

/// Make one component of several: what one imports is what another exports
///
/// Each plug is given to every import that it exports, of the first component and of other plugs: by name and version, where 1.2.0
/// is given for 1.0.3 and the other way round as long as all is there that is imported. A plug that several import is there
/// once. What the first component exports is what the result exports; what nobody is plugged into stays an import.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik compose app.wasm --plug kv.wasm -o composed.wasm\n  \
                  cargo mik compose app.wasm --plug acme:kv/store=cache.wasm --plug files.wasm -o composed.wasm\n\n\
                  Exit status: 0 done; 105 the components do not fit; 110 the output could not be written.")]
pub(super) struct ComposeArgs {
    /// The component whose imports are plugged
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// A component to plug into it, or into another plug; with an import before it, into that one only
    #[arg(long = "plug", value_name = "[IMPORT=]FILE", required = true, value_parser = plug)]
    plugs: Vec<Plug>,
    /// An import that stays, whoever exports it
    #[arg(long = "import", value_name = "IMPORT")]
    imports: Vec<String>,
    /// Where the result goes; it may be the input
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

/// What is typed for a plug. A file may have a `=` in its name: one that is there goes first.
fn plug(typed: &str) -> Result<Plug, String> {
    let whole = || Plug { path: PathBuf::from(typed), given_to: None };
    match typed.split_once('=') {
        None => Ok(whole()),
        Some(_) if Path::new(typed).exists() => Ok(whole()),
        Some(("", _)) => Err("an import is missing before the `=`".to_owned()),
        Some((_, "")) => Err("a file is missing behind the `=`".to_owned()),
        Some((import, file)) => Ok(Plug { path: PathBuf::from(file), given_to: Some(import.to_owned()) }),
    }
}

impl ComposeArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { input, plugs, imports, output } = self;
        Ok(stages::compose_files(&ComposeFiles { socket: input, plugs, imports, output }, reporter)?)
    }
}
