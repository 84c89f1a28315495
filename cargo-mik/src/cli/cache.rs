//! `cargo mik cache`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::deps::{Kept, Store};
use crate::project::{CargoConfig, CodeCacheSettings, cache_directory};
use crate::report::{MessageFormat, Reporter, size};
use crate::serve::{CodeStore, CodeUsage};
use crate::stages::setup::{StandardLibraries, Toolchain};
use crate::tools::files::Usage;

/// Show and empty the cache
///
/// It holds compiled code, so that a component that was served once is served at once from then on, and the standard
/// libraries that `cargo mik setup` has built, and the components that projects depend on. All of it is made or fetched again when it is
/// missing, and may go while a server runs.
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
        /// The standard libraries and dependencies as well; the next build makes or fetches them again, which takes minutes
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
        // Without a directory there is nothing in it.
        let store = Store::find().ok();
        let removed = match command {
            CacheCommand::Info => {
                let code = code.map(|code| code.usage()).transpose()?.unwrap_or_default();
                let limit = settings.map_or(0, |settings| settings.limit);
                let kept = store.map(|store| store.usage()).transpose()?.unwrap_or_default();
                return show(code, limit, [libraries.usage(), others()?.usage()], kept, reporter);
            }
            CacheCommand::Clean => Removed {
                code: code.map(|code| code.clean()).transpose()?.unwrap_or_default(),
                libraries: others()?.remove(reporter)?,
                dependencies: store.map(|store| store.clean()).transpose()?.unwrap_or_default(),
            },
            CacheCommand::Clear { all } => Removed {
                code: code.map(|code| code.clear()).transpose()?.unwrap_or_default(),
                libraries: if all { libraries.remove(reporter)? } else { Usage::default() },
                dependencies: store.filter(|_| all).map(|store| store.clear()).transpose()?.unwrap_or_default(),
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
fn show(
    code: CodeUsage,
    limit: u64,
    [libraries, stale]: [Usage; 2],
    Kept { components, repositories, abandoned }: Kept,
    reporter: &Reporter,
) -> miette::Result<()> {
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
                "dependencies": {
                    "components": value(components),
                    "repositories": value(repositories),
                    "stale": value(abandoned),
                },
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
                 standard libraries  {}\n\
                 dependencies        {}, {}; {}, {}\n",
                words(code.all, code.stale),
                size(limit),
                words(libraries, stale),
                counted(components.entries, "component", "components"),
                size(components.bytes),
                counted(repositories.entries, "repository", "repositories"),
                size(repositories.bytes)
            )
        }
    };
    super::write_data(reporter, &text)
}

/// What was removed.
struct Removed {
    code: Usage,
    libraries: Usage,
    dependencies: Usage,
}

impl Removed {
    fn say(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { code, libraries, dependencies } = self;
        if reporter.message_format() == MessageFormat::Json {
            let message = json!({
                "reason": "mik-cache-removed",
                "code": value(code),
                "standard_libraries": value(libraries),
                "dependencies": value(dependencies),
            });
            return super::write_data(reporter, &format!("{message}\n"));
        }
        let parts = [
            (code, format!("{} of compiled code", entries(code.entries))),
            (libraries, counted(libraries.entries, "standard library", "standard libraries")),
            (dependencies, counted(dependencies.entries, "dependency", "dependencies")),
        ];
        let removed: Vec<_> = parts.into_iter().filter(|(usage, _)| usage.entries > 0).collect();
        let bytes = removed.iter().map(|(usage, _)| usage.bytes).sum();
        let words: Vec<_> = removed.into_iter().map(|(_, words)| words).collect();
        let what = match words.as_slice() {
            [] => "nothing: there is nothing to remove".to_owned(),
            words => format!("{}, {}", words.join(" and "), size(bytes)),
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
    counted(count, "entry", "entries")
}

fn counted(count: u64, one: &str, several: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    }
}
