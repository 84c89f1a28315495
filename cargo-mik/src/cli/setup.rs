//! `cargo mik setup`.

use clap::Args;

use crate::project::{CargoConfig, Target};
use crate::report::Reporter;
use crate::stages::setup::{self, SetupOptions, Sysroot, Toolchain};

/// Get the standard library that components are compiled with
///
/// Builds do this of their own accord when they lack it. Tried in order: the toolchain itself, the cache,
/// `rustup target add`, and a build from Rust's sources (MIK_RUST_SRC, the toolchain's rust-src, or the
/// distribution's packages).
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik setup\n  cargo mik setup --target wasm32-unknown-unknown")]
pub(super) struct SetupArgs {
    /// wasm32-wasip2 (default), wasm32-unknown-unknown or wasm32-wasip1
    #[arg(long, value_name = "TRIPLE", value_parser = super::build_flags::target)]
    target: Vec<Target>,
    /// Make it again although it is there
    #[arg(long)]
    force: bool,
    /// Do not use the network
    #[arg(long)]
    offline: bool,
    /// Print the directory for rustc's `--sysroot`; an empty line where the toolchain has the target itself
    #[arg(long)]
    print_sysroot: bool,
}

impl SetupArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { target, force, offline, print_sysroot } = self;
        let config = CargoConfig::read(&[]);
        let targets = if target.is_empty() { vec![config.target().unwrap_or_default()] } else { target };
        let options = SetupOptions { offline: offline || config.is_offline(), force };
        let toolchain = Toolchain::read(&config)?;
        for (target, sysroot) in targets.iter().zip(setup::ensure_all(&targets, &toolchain, &options, reporter)?) {
            let directory = match &sysroot {
                Sysroot::Toolchain => String::new(),
                Sysroot::Cached(path) => path.display().to_string(),
            };
            if print_sysroot {
                super::write_data(reporter, &format!("{directory}\n"))?;
            } else if directory.is_empty() {
                reporter.status("Ready", format!("{target}: the toolchain has it"));
            } else {
                reporter.status("Ready", format!("{target}: {directory}"));
            }
        }
        Ok(())
    }
}
