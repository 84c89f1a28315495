//! `cargo mik openapi`.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::build_flags::BuildFlags;
use crate::project::BuildArguments;
use crate::report::{Reporter, pretty_json};
use crate::stages::{self, DocumentError};
use crate::tools::files;

/// The largest component that is read.
const COMPONENT_MOST: u64 = 512 << 20;

/// Print the OpenAPI document of a component
///
/// The document is in the component: mik-sdk puts it there, with its feature `openapi`, when the handler is compiled.
/// Without a component the project is built first, as `cargo mik build` does it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik openapi                       # of the project here\n  \
                        cargo mik openapi target/mik/release/hello.wasm -o openapi.json\n  \
                        cargo mik openapi -p hello | jq '.paths | keys'")]
pub(super) struct OpenApiArgs {
    /// A component, or the directory of a project; of the project here, if there is none
    #[arg(value_name = "PATH", conflicts_with = "manifest_path")]
    file: Option<PathBuf>,
    /// Write it to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// On lines of its own each member; the default on a terminal
    #[arg(long)]
    pretty: bool,
    #[command(flatten)]
    flags: BuildFlags,
}

impl OpenApiArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { file, output, pretty, flags } = self;
        let (file, flags) = flags.or_file(file)?;
        let file = match file {
            Some(file) => file,
            None => build(&flags.into(), reporter)?,
        };
        let mut document = read(&file)?;
        if pretty || (output.is_none() && std::io::stdout().is_terminal()) {
            document = pretty_json(&document);
        }
        document.push('\n');
        match output {
            Some(output) => Ok(files::write(&output, document.as_bytes())?),
            None => super::write_data(reporter, &document),
        }
    }
}

/// Builds the project, and says where its one component is.
fn build(arguments: &BuildArguments, reporter: &Reporter) -> miette::Result<PathBuf> {
    let (_, plan) = super::decide(arguments, reporter)?;
    let artifacts = stages::run(&plan, reporter)?;
    match artifacts.as_slice() {
        [artifact] => Ok(artifact.path.clone()),
        artifacts => {
            let names = artifacts.iter().map(|artifact| artifact.name.clone()).collect();
            Err(DocumentError::Many { names }.into())
        }
    }
}

fn read(file: &Path) -> Result<String, DocumentError> {
    let read = files::read_at_most(file, COMPONENT_MOST)
        .map_err(|source| DocumentError::Read { path: file.to_owned(), source })?;
    let bytes = read.ok_or_else(|| DocumentError::NotAComponent { path: file.to_owned(), source: None })?;
    stages::document(&bytes, file)
}
