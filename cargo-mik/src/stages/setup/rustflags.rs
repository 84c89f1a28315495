//! rustflags: how flags of ours, the sysroot first of all, reach rustc beside whatever flags the user has.

use std::process::Command;
use std::str::FromStr;

use cargo_metadata::cargo_platform::{Cfg, Platform};

use super::SetupError;
use crate::project::{CargoConfig, Target};
use crate::tools::process;

/// How cargo is given flags for rustc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rustflags {
    /// By a variable: its name and its value.
    Variable(&'static str, String),
    /// By a `--config`.
    Config(String),
}

impl Rustflags {
    /// Puts them on a command line of cargo's.
    pub fn add_to(&self, command: &mut Command) {
        match self {
            Self::Variable(name, value) => command.env(name, value),
            Self::Config(value) => command.args(["--config", value]),
        };
    }
}

/// How rustc gets `flags` so that the user's own flags stay in force as without us.
///
/// Cargo takes rustflags from the first of four places that has any: `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`, `target.*`,
/// `build.*`. Within a place it joins files, variables and `--config`. So ours go
/// - after the user's in `CARGO_ENCODED_RUSTFLAGS`, where one of the two variables is set;
/// - else into `target.*`, under a `cfg(…)` that nobody else writes, since cargo joins all that match. Where the user has
///   none for the target, those of `build.*` go there too: they would be silenced.
///
/// Either way only what is built for the target gets the flags, not build scripts and procedural macros: cargo is
/// always given a `--target`, and then keeps rustflags from the host's side.
///
/// # Errors
/// The compiler does not say what a target is like.
pub fn rustflags(target: Target, flags: &[String], config: &CargoConfig) -> Result<Rustflags, SetupError> {
    // An empty variable silences the places below it like any other.
    if let Some(encoded) = config.variable(ENCODED) {
        return Ok(encode(encoded.split(SEPARATOR), flags));
    }
    if let Some(typed) = config.variable("RUSTFLAGS") {
        return Ok(encode(typed.split(' ').map(str::trim), flags));
    }
    let mut all = config.flags(&["build", "rustflags"]);
    if !all.is_empty() && has_flags(target, config)? {
        all.clear();
    }
    all.extend_from_slice(flags);
    // As an array, flags may have spaces.
    let all = toml::Value::Array(all.into_iter().map(toml::Value::String).collect());
    Ok(Rustflags::Config(format!("target.'{OURS}'.rustflags={all}")))
}

const ENCODED: &str = "CARGO_ENCODED_RUSTFLAGS";
const SEPARATOR: &str = "\x1f";
/// True of every target of ours. A key that the user has, too, could be a string there, which joins no array.
const OURS: &str = "cfg(all(all(), target_family = \"wasm\"))";

fn encode<'a>(flags: impl Iterator<Item = &'a str>, ours: &'a [String]) -> Rustflags {
    let ours = ours.iter().map(String::as_str);
    let flags: Vec<&str> = flags.filter(|flag| !flag.is_empty()).chain(ours).collect();
    Rustflags::Variable(ENCODED, flags.join(SEPARATOR))
}

/// Whether the user has flags in `target.*` that are in force for a target.
fn has_flags(target: Target, config: &CargoConfig) -> Result<bool, SetupError> {
    let has = |name: &str| !config.flags(&["target", name, "rustflags"]).is_empty();
    if has(target.name()) {
        return Ok(true);
    }
    let names = config.names(&["target"]);
    let platforms: Vec<Platform> = names
        .iter()
        .filter(|name| name.starts_with("cfg(") && has(name))
        .filter_map(|name| Platform::from_str(name).ok())
        .collect();
    if platforms.is_empty() {
        return Ok(false);
    }
    let mut rustc = process::rustc(config.rustc());
    let answer = process::stdout(rustc.args(["--print", "cfg", "--target", target.name()]))?;
    let facts: Vec<Cfg> = answer.lines().filter_map(|line| Cfg::from_str(line).ok()).collect();
    Ok(platforms.iter().any(|platform| platform.matches(target.name(), &facts)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::files;

    const TARGET: &str = "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS";

    /// What is set for a user with these variables, this `.cargo/config.toml` and these values of `--config`.
    fn set(environment: &[(&str, &str)], config: &str, typed: &[&str], sysroot: &str) -> Rustflags {
        let directory = tempfile::tempdir().unwrap();
        files::write(&directory.path().join(".cargo/config.toml"), config.as_bytes()).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let arguments: Vec<String> =
            typed.iter().flat_map(|value| ["--config".to_owned(), (*value).to_owned()]).collect();
        let config = CargoConfig::read_with(directory.path(), &arguments, environment, None);
        rustflags(Target::Wasip2, &[format!("--sysroot={sysroot}")], &config).unwrap()
    }

    fn encoded(value: &str) -> Rustflags {
        Rustflags::Variable(ENCODED, value.to_owned())
    }

    fn ours(flags: &str) -> Rustflags {
        Rustflags::Config(format!("target.'{OURS}'.rustflags=[{flags}]"))
    }

    #[test]
    fn nothing_set() {
        assert_eq!(set(&[], "", &[], "/s"), ours("\"--sysroot=/s\""));
        assert_eq!(set(&[], "", &[], "/s s"), ours("\"--sysroot=/s s\""), "a path with a space survives");
    }

    #[test]
    fn encoded_rustflags_come_first() {
        let environment = [(ENCODED, "-Ca\x1f-Cb=c d"), ("RUSTFLAGS", "-Cx"), (TARGET, "-Cy")];
        assert_eq!(set(&environment, "", &[], "/s"), encoded("-Ca\x1f-Cb=c d\x1f--sysroot=/s"));
        assert_eq!(set(&[(ENCODED, "")], "build.rustflags = ['-Ca']", &[], "/s"), encoded("--sysroot=/s"));
    }

    #[test]
    fn rustflags_silence_all_configuration() {
        let config = "build.rustflags = ['-Cx']\ntarget.wasm32-wasip2.rustflags = ['-Cy']";
        let environment = [("RUSTFLAGS", "-Ca  -Cb"), (TARGET, "-Cz")];
        assert_eq!(set(&environment, config, &[], "/s"), encoded("-Ca\x1f-Cb\x1f--sysroot=/s"));
    }

    #[test]
    fn flags_for_the_target_are_joined_by_cargo_and_silence_the_builds_as_ever() {
        let build = "build.rustflags = ['-Ca']\n";
        let only_ours = ours("\"--sysroot=/s\"");
        assert_eq!(set(&[(TARGET, "-Cb")], build, &[], "/s"), only_ours);
        assert_eq!(set(&[], &format!("{build}target.wasm32-wasip2.rustflags = '-Cb'"), &[], "/s"), only_ours);
        assert_eq!(set(&[], build, &["target.wasm32-wasip2.rustflags=['-Cb']"], "/s"), only_ours);
        let family = "target.'cfg(target_family = \"wasm\")'.rustflags=['-Cb']";
        assert_eq!(set(&[], build, &[family], "/s"), only_ours);
    }

    #[test]
    fn flags_of_the_build_would_be_silenced_and_are_carried_over() {
        let config = "build.rustflags = ['-Ca', '--cfg=b c']";
        assert_eq!(set(&[], config, &[], "/s"), ours("\"-Ca\", \"--cfg=b c\", \"--sysroot=/s\""));
        assert_eq!(set(&[], config, &["target.wasm32-wasip2.rustflags=''"], "/s"), set(&[], config, &[], "/s"));
        let other = "target.'cfg(unix)'.rustflags=['-Cb']";
        assert_eq!(set(&[], config, &[other], "/s"), set(&[], config, &[], "/s"), "it is another target's");
        let build = ours("\"-Cd\", \"--sysroot=/s\"");
        assert_eq!(set(&[("CARGO_BUILD_RUSTFLAGS", "-Cd")], "", &[], "/s"), build);
        assert_eq!(set(&[], "", &["build.rustflags=['-Cd']"], "/s"), build);
        assert_eq!(set(&[], "", &["build.rustflags=\"-Cd\""], "/s"), build);
    }
}
