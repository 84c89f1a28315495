//! The repository's chores: `cargo xtask <chore>`. Each is one file; this one knows their names.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore's output is its product, and there is no report room here"
)]
#![allow(clippy::disallowed_methods, reason = "the bans keep `cargo-mik`'s rooms apart; a chore has no rooms")]

mod bridge;
mod checkout;
mod provenance;
mod reference;
mod sections;
mod tidy;

use std::process::ExitCode;

/// What a chore ends with: nothing to say, or why it could not do its work.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
The repository's chores.

Usage: cargo xtask <CHORE>

Chores:
  bridge           rebuild the bridge component from source, into bridge/provider
  bridge --check   rebuild it elsewhere, and fail where source and checked-in bytes disagree
  reference        write what docs/reference has of the configuration: the page of its keys, and the JSON Schemas
  reference --check   fail where one of them is not what the types say
  tidy             check the house rules
  tidy --bless     rewrite what tidy can write itself: wit/deps.lock

Environment:
  MIK_SYSROOT      a sysroot with the standard library for wasm32-unknown-unknown
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["bridge"] => bridge::rebuild(),
        ["bridge", "--check"] => bridge::check(),
        ["reference"] => reference::write(),
        ["reference", "--check"] => reference::check(),
        ["tidy"] => tidy::check(),
        ["tidy", "--bless"] => tidy::bless(),
        ["-h" | "--help" | "help"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
