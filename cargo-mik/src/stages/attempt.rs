//! Runs cargo for a target that a package may not be able to be built for: what is to be said against the target is kept back,
//! since another target comes next; what is wrong with the package itself is shown as ever.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anstream::adapter::strip_str;
use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};

use super::StageError;
use super::artifact::{Artifacts, LOCAL};
use super::cargo;
use crate::plan::{CargoRun, SysrootFact};
use crate::report::{Event, MessageFormat, Progress, Reporter, TargetReason, Verbosity};
use crate::tools::cancel::Cancel;

/// Whose eyes an attempt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// It is the build, if it succeeds: all that cargo says is shown then.
    Shown,
    /// It only shows what is reached: what cargo says it will say again.
    Hidden,
}

/// Runs cargo and gives what it has made, or what is to be said against the target.
///
/// # Errors
/// Cargo can't be started, or fails for a reason that is not the target's; it has said why.
pub(super) fn run(
    run: &CargoRun,
    sysroot: &SysrootFact,
    attempt: Attempt,
    cancel: &Cancel,
    reporter: &Reporter,
) -> Result<Result<Artifacts, TargetReason>, StageError> {
    let json = reporter.message_format() == MessageFormat::Json;
    let message_format = if reporter.color() && !json { "json-diagnostic-rendered-ansi" } else { "json" };
    let mut command = cargo::command(run, sysroot, message_format, reporter)?;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = cargo::start(&mut command, cancel)?;
    let (stdout, stderr) = (running.stdout(), running.stderr());

    let (lines, said) = std::thread::scope(|scope| {
        let said =
            scope.spawn(|| stderr.map(|stderr| listen(BufReader::new(stderr), attempt, reporter)).unwrap_or_default());
        let lines: Vec<String> =
            stdout.map(|stdout| BufReader::new(stdout).lines().map_while(Result::ok).collect()).unwrap_or_default();
        (lines, said.join().unwrap_or_default())
    });
    let ended = cargo::end(running, cancel);
    if attempt == Attempt::Hidden {
        reporter.emit(Event::ProgressEnd);
    }
    let status = ended?;

    let messages: Vec<Message> = lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let show = || {
        for line in lines.iter().filter(|_| json) {
            drop(reporter.data(format!("{line}\n").as_bytes()));
        }
        let rendered = messages.iter().filter_map(|message| match message {
            Message::CompilerMessage(message) if !json => message.message.rendered.as_deref(),
            _ => None,
        });
        rendered.for_each(|text| reporter.pass_on(text.trim_end_matches('\n')));
        said.iter().for_each(|line| reporter.pass_on(line));
    };
    if status.success() {
        if attempt == Attempt::Shown {
            show();
        }
        let mut artifacts = Artifacts::default();
        messages.iter().for_each(|message| artifacts.add(message));
        return Ok(Ok(artifacts));
    }
    match against_target(&messages, &said) {
        Some(reason) => Ok(Err(reason)),
        None => {
            show();
            Err(StageError::Cargo)
        }
    }
}

/// Hands on what cargo says until the first error, and gives the rest.
fn listen(stderr: impl BufRead, attempt: Attempt, reporter: &Reporter) -> Vec<String> {
    let mut kept = Vec::new();
    for line in stderr.split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let plain = strip_str(&line).to_string();
        let fails = plain.starts_with("error") || plain.starts_with("warning: build failed");
        if fails || !kept.is_empty() {
            kept.push(line);
        } else if attempt == Attempt::Shown {
            reporter.pass_on(&line);
        } else if reporter.verbosity() >= Verbosity::Verbose {
            reporter.detail("cargo", plain.trim());
        } else if let Some(package) = plain.trim_start().strip_prefix("Compiling ") {
            let name = package.split(' ').next().unwrap_or_default();
            reporter.emit(Event::Progress(Progress { verb: "Probing", message: name.to_owned(), position: None }));
        }
    }
    kept
}

/// What is to be said against the target; nothing, where what is wrong is the package's own.
fn against_target(messages: &[Message], said: &[String]) -> Option<TargetReason> {
    let reason = |what: &str, by_crate: Option<String>, instead: Option<String>| TargetReason {
        lacks: "build".to_owned(),
        what: first_words(what),
        by_crate,
        instead,
        ..TargetReason::default()
    };
    let needed_by =
        |name: &str| Some(format!("`cargo tree --target wasm32-unknown-unknown -i {name}` says what it is there for"));
    let error = messages.iter().find_map(|message| match message {
        Message::CompilerMessage(message) if message.message.level == DiagnosticLevel::Error => Some(message),
        _ => None,
    });
    if let Some(error) = error {
        let name = &error.target.name;
        return if !error.package_id.repr.starts_with(LOCAL) {
            Some(reason(&error.message.message, Some(name.clone()), needed_by(name)))
        } else if is_about_target(&error.message) {
            Some(reason(&error.message.message, None, None))
        } else {
            None
        };
    }
    // A build script that fails, as one that compiles C for a system: cargo alone says so.
    said.iter().find_map(|line| {
        let plain = strip_str(line).to_string();
        let package = plain.strip_prefix("error: failed to run custom build command for `")?;
        let name = package.split(' ').next().unwrap_or_default();
        Some(reason("its build script fails", Some(name.to_owned()), needed_by(name)))
    })
}

/// Whether an error in the user's own code is about what it is built for: the linker's, what says so itself, and what is there
/// for WASI only.
fn is_about_target(error: &Diagnostic) -> bool {
    let says_itself = |text: &str| text.contains("compile_error!");
    error.message.starts_with("linking with")
        || error.message.contains("`wasi")
        || error.spans.iter().flat_map(|span| &span.text).any(|line| says_itself(&line.text))
        || error
            .spans
            .iter()
            .any(|span| span.expansion.as_ref().is_some_and(|expansion| says_itself(&expansion.macro_decl_name)))
}

/// The first line, and no more of it than anybody reads.
fn first_words(text: &str) -> String {
    const MOST: usize = 160;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(package: &str, target: &str, text: &str, source: &str) -> Message {
        let line = serde_json::json!({
            "reason": "compiler-message", "package_id": package, "manifest_path": "/x/Cargo.toml",
            "target": { "name": target, "kind": ["lib"], "crate_types": ["lib"], "src_path": "/x/src/lib.rs", "edition": "2024" },
            "message": {
                "message": text, "code": null, "level": "error", "children": [], "rendered": text,
                "spans": [{
                    "file_name": "src/lib.rs", "byte_start": 0, "byte_end": 1, "line_start": 1, "line_end": 1,
                    "column_start": 1, "column_end": 2, "is_primary": true, "label": null, "suggested_replacement": null,
                    "suggestion_applicability": null, "expansion": null,
                    "text": [{ "text": source, "highlight_start": 1, "highlight_end": 2 }],
                }],
            },
        });
        serde_json::from_value(line).unwrap()
    }

    #[test]
    fn errors_of_others_and_of_the_target_speak_against_it_and_the_handlers_own_do_not() {
        let registry = "registry+https://github.com/rust-lang/crates.io-index#getrandom@0.3.4";
        let own = "path+file:///work/shop#0.1.0";
        let against = |package, name, text, source| against_target(&[message(package, name, text, source)], &[]);
        let reason = against(registry, "getrandom", "no backend\nand more", "mod a;").unwrap();
        assert_eq!((reason.by_crate.as_deref(), reason.what.as_str()), (Some("getrandom"), "no backend"));
        assert_eq!(against(own, "shop", "mismatched types", "7"), None);
        assert!(against(own, "shop", "needs a system", "compile_error!(\"needs a system\");").is_some());
        assert!(against(own, "shop", "cannot find `wasi` in `os`", "use std::os::wasi;").is_some());
        assert!(against(own, "shop", "linking with `rust-lld` failed: exit status: 1", "").is_some());
    }

    #[test]
    fn a_build_script_that_fails_is_known_by_what_cargo_says_and_other_failures_are_cargos() {
        let said = ["\u{1b}[91merror\u{1b}[0m: failed to run custom build command for `zstd-sys v2.0.16`".to_owned()];
        let reason = against_target(&[], &said).unwrap();
        assert_eq!((reason.by_crate.as_deref(), reason.what.as_str()), (Some("zstd-sys"), "its build script fails"));
        assert_eq!(against_target(&[], &["error: no matching package named `x` found".to_owned()]), None);
    }
}
