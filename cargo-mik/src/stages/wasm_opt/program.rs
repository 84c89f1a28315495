//! Finds `wasm-opt`, and what it can do. That is asked once and kept, as cargo keeps what its compiler says, until the file is another.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::super::StageError;
use crate::plan::WasmOptProgram;
use crate::project::{WasmOpt, WasmOptSettings};
use crate::report::Reporter;
use crate::tools::bounded::{self, Bounds};
use crate::tools::{files, process};

/// How long a program may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(60);

/// The flags that every version has to know.
const NEEDED: [&str; 3] = ["--mvp-features", "--input-source-map", "--output-source-map"];

/// What is said of a program that is there and is not used.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` is not used: {why}", path.display())]
#[diagnostic(
    code(mik::optimize::wasm_opt),
    help("is it Binaryen's, and does `{} --version` work? `build.wasm_opt = false` leaves it out", path.display())
)]
pub(in crate::stages) struct Unusable {
    path: PathBuf,
    why: String,
}

/// What a program has said of itself, and of which file that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    path: PathBuf,
    length: u64,
    modified: Duration,
    version: String,
    features: BTreeSet<String>,
}

/// Finds the program that is to be used, if any. What it says of itself is kept in a file, where one is named.
///
/// # Errors
/// One is asked for, and there is none, or it is none that can be used.
pub(in crate::stages) fn find(
    settings: &WasmOptSettings,
    kept: Option<&Path>,
    reporter: &Reporter,
) -> Result<Option<WasmOptProgram>, StageError> {
    let path = match &settings.choice {
        WasmOpt::Never => return Ok(None),
        WasmOpt::Program(path) => Some(path.clone()),
        WasmOpt::Auto | WasmOpt::Required => which::which("wasm-opt").ok(),
    };
    let is_wanted = settings.choice.is_wanted();
    let Some((path, arguments)) = path.map(|path| (path, Vec::new())).or_else(built_in) else {
        return if is_wanted { Err(StageError::NoWasmOpt) } else { Ok(None) };
    };
    match known(&path, &arguments, kept) {
        Ok(Known { version, features, .. }) => {
            Ok(Some(WasmOptProgram { path, arguments, version, features, is_wanted, limit: settings.limit }))
        }
        Err(why) if is_wanted => Err(StageError::WasmOptUnusable { path, why }),
        Err(why) => {
            reporter.warn(Unusable { path, why });
            Ok(None)
        }
    }
}

/// This program itself, where Binaryen is in it.
fn built_in() -> Option<(PathBuf, Vec<String>)> {
    #[cfg(feature = "binaryen")]
    return Some((std::env::current_exe().ok()?, vec![crate::tools::binaryen::COMMAND.to_owned()]));
    #[cfg(not(feature = "binaryen"))]
    None
}

fn known(path: &Path, arguments: &[String], kept: Option<&Path>) -> Result<Known, String> {
    let metadata = files::metadata(path).map_err(|error| error.to_string())?;
    if metadata.is_dir() {
        return Err("it is a directory".to_owned());
    }
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let (length, path) = (metadata.len(), path.to_owned());
    let before = kept.and_then(|kept| serde_json::from_slice::<Known>(&files::read(kept).ok()?).ok());
    if let Some(before) = before.filter(|it| (&it.path, it.length, it.modified) == (&path, length, modified)) {
        return Ok(before);
    }
    let version = version(&ask(&path, arguments, "--version")?)?;
    let help = ask(&path, arguments, "--help")?;
    if let Some(missing) = NEEDED.iter().find(|flag| !help.contains(**flag)) {
        return Err(format!("version {version} is too old, it does not know `{missing}`"));
    }
    let known = Known { path, length, modified, version, features: features(&help) };
    if let (Some(kept), Ok(text)) = (kept, serde_json::to_vec_pretty(&known)) {
        // It can be asked again.
        drop(files::write(kept, &text));
    }
    Ok(known)
}

fn ask(path: &Path, arguments: &[String], flag: &str) -> Result<String, String> {
    let mut command = process::command(path);
    command.args(arguments).arg(flag);
    let ended = bounded::run(&mut command, Bounds { time: PATIENCE, file: 0 }).map_err(|error| error.to_string())?;
    match ended.status {
        Some(status) if status.success() => Ok(ended.said),
        Some(status) => Err(format!("`{flag}` ends with {status}")),
        None => Err(format!("`{flag}` did not end within {} seconds", PATIENCE.as_secs())),
    }
}

/// The version in `wasm-opt version 132 (version_132)`.
fn version(said: &str) -> Result<String, String> {
    let version = said.lines().find_map(|line| line.strip_prefix("wasm-opt version ")?.split_whitespace().next());
    let is_one = |version: &&str| version.len() < 64 && version.starts_with(|first: char| first.is_ascii_digit());
    version.filter(is_one).map(str::to_owned).ok_or_else(|| "it does not say which version it is".to_owned())
}

/// The features that a version's help says can be enabled.
fn features(help: &str) -> BTreeSet<String> {
    let words = help.split_whitespace().filter_map(|word| word.strip_prefix("--enable-"));
    words.map(|word| word.split(',').next().unwrap_or_default().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_what_is_none() {
        assert_eq!(version("wasm-opt version 132 (version_132)").unwrap(), "132");
        assert_eq!(version("wasm-opt version 108").unwrap(), "108");
        assert_eq!(version("a warning\nwasm-opt version 120 (version_120-3-gabc)").unwrap(), "120");
        for wrong in ["", "wasm-opt", "wasm-opt version", "wasm-opt version \n", "usage: wasm-opt version x"] {
            version(wrong).unwrap_err();
        }
    }

    #[test]
    fn features_are_those_that_the_help_names() {
        let help = "  --enable-sign-ext      Enable sign\n  --disable-simd   \n  --enable-simd,-s Enable";
        assert_eq!(features(help).into_iter().collect::<Vec<_>>(), ["sign-ext", "simd"]);
    }
}
