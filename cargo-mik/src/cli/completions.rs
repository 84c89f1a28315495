//! `cargo mik completions`.

use clap::Args;
use clap_complete::Shell;

use crate::report::Reporter;

/// Print a shell's completion script for `mik`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mik completions bash > ~/.local/share/bash-completion/completions/mik")]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self, command: clap::Command, reporter: &Reporter) -> miette::Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command.bin_name("mik"), "mik", &mut script);
        super::write_data(reporter, &String::from_utf8_lossy(&script))
    }
}
