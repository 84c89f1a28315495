//! `mik run`.

use std::path::PathBuf;

use clap::Args;

use super::serve::AddressFlags;
use crate::project::{GuestSettings, ServerSettings};
use crate::report::Reporter;
use crate::serve::{self, Module, Site};

/// Serve a component that is already built
///
/// Needs no cargo and no project: what `cargo mik build` has written is all there is to it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mik run target/mik/release/hello.wasm\n  mik run hello.wasm --port 0 --host 0.0.0.0"
)]
pub(super) struct RunArgs {
    /// The component
    file: PathBuf,
    #[command(flatten)]
    address: AddressFlags,
}

impl RunArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { file, address } = self;
        let settings = ServerSettings::without_project(&address.into())?;
        let name = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let site = Site {
            root: Some(name.clone()),
            modules: vec![Module { name, path: file, guest: GuestSettings::default() }],
        };
        serve::run(&site, &settings, reporter)?;
        Ok(())
    }
}
