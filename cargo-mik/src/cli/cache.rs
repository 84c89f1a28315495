//! `cargo mik cache`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::project::{CargoConfig, CodeCacheSettings, cache_directory};
use crate::report::{MessageFormat, Reporter, size};
use crate::serve::{CodeStore, CodeUsage};
use crate::stages::setup::{StandardLibraries, Toolchain};
use crate::tools::files::Usage;

/// Show and empty the cache
///
/// It holds compiled code, so that a component that was served once is served at once from then on, and the standard
/// libraries that `cargo mik setup` has built. All of it is made again when it is missing, and may go while a server runs.
/// It is where `MIK_CACHE_DIR` says, or in your cache directory; `MIK_CACHE_MAX_MB` bounds the compiled code [default:
/// 1024].
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik cache info\n  cargo mik cache clean\n  cargo mik cache clear --all",
    arg_required_else_help = true
)]
pub(super) struct CacheArgs {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Debug, Subcommand)]
enum CacheCommand {
    /// Print where the cache is and how much it holds
    Info,
    /// Remove what nobody misses
    ///
    /// That is code compiled by another version of the program or for another processor, what is beyond the bound, what
    /// interrupted programs have left behind, and standard libraries of other compilers than the current one.
    Clean,
    /// Remove all compiled code
    Clear {
        /// The standard libraries as well; the next build makes them again, which takes minutes
        #[arg(long)]
        all: bool,
    },
}

impl CacheArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { command } = self;
        let settings = CodeCacheSettings::read()?;
        let code = settings.as_ref().map(CodeStore::new).transpose()?;
        let libraries = StandardLibraries::find();
        let others = || stale(StandardLibraries::find());
        let removed = match command {
            CacheCommand::Info => {
                let code = code.map(|code| code.usage()).transpose()?.unwrap_or_default();
                let limit = settings.map_or(0, |settings| settings.limit);
                return show(code, limit, libraries.usage(), others()?.usage(), reporter);
            }
            CacheCommand::Clean => Removed {
                code: code.map(|code| code.clean()).transpose()?.unwrap_or_default(),
                libraries: others()?.remove(reporter)?,
            },
            CacheCommand::Clear { all } => Removed {
                code: code.map(|code| code.clear()).transpose()?.unwrap_or_default(),
                libraries: if all { libraries.remove(reporter)? } else { Usage::default() },
            },
        };
        removed.say(reporter)
    }
}

/// The standard libraries of other compilers. Where there is no compiler nobody can tell, and none of them goes.
fn stale(libraries: StandardLibraries) -> miette::Result<StandardLibraries> {
    match Toolchain::read(&CargoConfig::read(&[])) {
        Ok(toolchain) => Ok(libraries.of_others(&toolchain)?),
        Err(_) => Ok(libraries.none()),
    }
}

/// Prints what there is.
fn show(code: CodeUsage, limit: u64, libraries: Usage, stale: Usage, reporter: &Reporter) -> miette::Result<()> {
    let directory = cache_directory();
    let text = match reporter.message_format() {
        MessageFormat::Json => {
            let kind =
                |all: Usage, stale: Usage| json!({ "entries": all.entries, "size": all.bytes, "stale": value(stale) });
            let message = json!({
                "reason": "mik-cache",
                "directory": directory,
                "code_limit": limit,
                "code": kind(code.all, code.stale),
                "standard_libraries": kind(libraries, stale),
            });
            format!("{message}\n")
        }
        MessageFormat::Human => {
            let directory = directory.map_or_else(
                || "none: there is no home directory, and `MIK_CACHE_DIR` names none".to_owned(),
                |directory| directory.display().to_string(),
            );
            format!(
                "directory           {directory}\n\
                 compiled code       {}; {} at most\n\
                 standard libraries  {}\n",
                words(code.all, code.stale),
                size(limit),
                words(libraries, stale)
            )
        }
    };
    super::write_data(reporter, &text)
}

/// What was removed.
struct Removed {
    code: Usage,
    libraries: Usage,
}

impl Removed {
    fn say(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { code, libraries } = self;
        if reporter.message_format() == MessageFormat::Json {
            let message = json!({
                "reason": "mik-cache-removed",
                "code": value(code),
                "standard_libraries": value(libraries),
            });
            return super::write_data(reporter, &format!("{message}\n"));
        }
        let bytes = code.bytes + libraries.bytes;
        let what = match (code.entries, libraries.entries) {
            (0, 0) => "nothing: there is nothing to remove".to_owned(),
            (code, 0) => format!("{} of compiled code, {}", entries(code), size(bytes)),
            (0, _) => format!("{}, {}", standard_libraries(libraries), size(bytes)),
            (code, _) => {
                format!("{} of compiled code and {}, {}", entries(code), standard_libraries(libraries), size(bytes))
            }
        };
        reporter.status("Removed", what);
        Ok(())
    }
}

fn value(Usage { entries, bytes }: Usage) -> Value {
    json!({ "entries": entries, "size": bytes })
}

fn words(all: Usage, stale: Usage) -> String {
    match stale.entries {
        0 => format!("{}, {}", entries(all.entries), size(all.bytes)),
        count => format!("{}, {} ({count} stale, {})", entries(all.entries), size(all.bytes), size(stale.bytes)),
    }
}

fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    }
}

fn standard_libraries(Usage { entries, .. }: Usage) -> String {
    match entries {
        1 => "1 standard library".to_owned(),
        count => format!("{count} standard libraries"),
    }
}
