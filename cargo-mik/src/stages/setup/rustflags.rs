//! rustflags: how flags of ours, the sysroot first of all, reach rustc beside whatever flags the user has.

use std::path::Path;

use cargo_config2::{Config, ResolveOptions};

use super::SetupError;
use crate::project::Target;

/// The variable to set for cargo, name and value, so that rustc gets `flags` and the user's flags stay in force.
///
/// `directory` is where cargo will be run: its configuration is read from there up.
///
/// Cargo takes rustflags from the first of four places that has any: `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`, `target.*`
/// (where it joins the configuration files, `--config` and `CARGO_TARGET_<T>_RUSTFLAGS`), `build.*`. So a flag in one
/// place silences the places below, and one below another's is never seen. Hence
/// - where nothing, or nothing but `target.*`, is set: `CARGO_TARGET_<T>_RUSTFLAGS`, since cargo itself joins it with
///   the files' and with a `--config` on the command line, which nobody but cargo knows;
/// - everywhere else, and where a flag has a space (which that variable can't carry): `CARGO_ENCODED_RUSTFLAGS`, the
///   first of all places, with the flags that are in force before ours.
///
/// Either way only what is built for the target gets the flag, not build scripts and procedural macros: cargo is
/// always given a `--target`, and then keeps rustflags from the host's side.
///
/// # Errors
/// Cargo's configuration can't be read.
pub fn rustflags(target: Target, flags: &[String], directory: &Path) -> Result<(String, String), SetupError> {
    let environment = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let environment = environment.filter_map(|(name, value)| Some((name, value.into_string().ok()?))).collect();
    resolve(target, flags, directory, environment, ResolveOptions::default())
}

fn resolve(
    target: Target,
    ours: &[String],
    directory: &Path,
    environment: Vec<(String, String)>,
    options: ResolveOptions,
) -> Result<(String, String), SetupError> {
    let variable = |name: &str| environment.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
    let target_variable = format!("CARGO_TARGET_{}_RUSTFLAGS", target.name().to_uppercase().replace('-', "_"));

    // An empty variable silences the places below it like any other.
    if let Some(encoded) = variable(ENCODED) {
        return Ok((ENCODED.to_owned(), join(encoded.split(SEPARATOR), ours)));
    }
    if let Some(flags) = variable("RUSTFLAGS") {
        return Ok((ENCODED.to_owned(), join(flags.split(' ').map(str::trim), ours)));
    }
    let configuration = |error: cargo_config2::Error| SetupError::Configuration { reason: chain(&error) };
    let config = Config::load_with_options(directory, options.env(environment.clone())).map_err(configuration)?;
    let has_build_flags = config.build.rustflags.as_ref().is_some_and(|flags| !flags.flags.is_empty());
    if has_build_flags || ours.iter().any(|flag| flag.contains(char::is_whitespace)) {
        let flags = config.rustflags(target.name()).map_err(configuration)?.unwrap_or_default();
        return Ok((ENCODED.to_owned(), join(flags.flags.iter().map(String::as_str), ours)));
    }
    let value = match variable(&target_variable).filter(|value| !value.trim().is_empty()) {
        Some(flags) => format!("{flags} {}", ours.join(" ")),
        None => ours.join(" "),
    };
    Ok((target_variable, value))
}

const ENCODED: &str = "CARGO_ENCODED_RUSTFLAGS";
const SEPARATOR: &str = "\x1f";

fn join<'a>(flags: impl Iterator<Item = &'a str>, ours: &'a [String]) -> String {
    let ours = ours.iter().map(String::as_str);
    let flags: Vec<&str> = flags.filter(|flag| !flag.is_empty()).chain(ours).collect();
    flags.join(SEPARATOR)
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::files;

    const TARGET: &str = "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS";

    /// What is set for a user with these variables and this `.cargo/config.toml`.
    fn set(environment: &[(&str, &str)], config: &str, sysroot: &str) -> (String, String) {
        let directory = tempfile::tempdir().unwrap();
        files::write(&directory.path().join(".cargo/config.toml"), config.as_bytes()).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let options = ResolveOptions::default().cargo_home(None).host_triple("x86_64-unknown-linux-gnu");
        resolve(Target::Wasip2, &[format!("--sysroot={sysroot}")], directory.path(), environment, options).unwrap()
    }

    fn is(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn nothing_set() {
        assert_eq!(set(&[], "", "/s"), is(TARGET, "--sysroot=/s"));
    }

    #[test]
    fn encoded_rustflags_come_first() {
        let environment = [(ENCODED, "-Ca\x1f-Cb=c d"), ("RUSTFLAGS", "-Cx"), (TARGET, "-Cy")];
        assert_eq!(set(&environment, "", "/s"), is(ENCODED, "-Ca\x1f-Cb=c d\x1f--sysroot=/s"));
        assert_eq!(set(&[(ENCODED, "")], "build.rustflags = ['-Ca']", "/s"), is(ENCODED, "--sysroot=/s"));
    }

    #[test]
    fn rustflags_silence_all_configuration() {
        let config = "build.rustflags = ['-Cx']\ntarget.wasm32-wasip2.rustflags = ['-Cy']";
        let environment = [("RUSTFLAGS", "-Ca  -Cb"), (TARGET, "-Cz")];
        assert_eq!(set(&environment, config, "/s"), is(ENCODED, "-Ca\x1f-Cb\x1f--sysroot=/s"));
    }

    #[test]
    fn target_flags_of_files_are_joined_by_cargo() {
        let config = "target.wasm32-wasip2.rustflags = ['-Ca']";
        assert_eq!(set(&[], config, "/s"), is(TARGET, "--sysroot=/s"));
        assert_eq!(set(&[(TARGET, "-Cb")], config, "/s"), is(TARGET, "-Cb --sysroot=/s"));
    }

    #[test]
    fn build_flags_would_be_silenced_and_are_carried_over() {
        let config = "build.rustflags = ['-Ca', '--cfg=b c']";
        assert_eq!(set(&[], config, "/s"), is(ENCODED, "-Ca\x1f--cfg=b c\x1f--sysroot=/s"));
        assert_eq!(set(&[("CARGO_BUILD_RUSTFLAGS", "-Cd")], "", "/s"), is(ENCODED, "-Cd\x1f--sysroot=/s"));
    }

    #[test]
    fn target_flags_silence_build_flags_as_ever() {
        let config = "build.rustflags = ['-Ca']\ntarget.wasm32-wasip2.rustflags = ['-Cb']";
        assert_eq!(set(&[], config, "/s"), is(ENCODED, "-Cb\x1f--sysroot=/s"));
    }

    #[test]
    fn a_path_with_a_space_survives() {
        let config = "target.wasm32-wasip2.rustflags = ['-Ca']";
        assert_eq!(set(&[(TARGET, "-Cb")], config, "/s s"), is(ENCODED, "-Ca\x1f-Cb\x1f--sysroot=/s s"));
    }
}
