//! What a build script is given by cargo, and what of that a build of something else must not see.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ComponentError;

/// Which projects are being built, each for the one before: one that embeds itself would start builds without end.
pub(super) const WAY: &str = "MIK_BUILD_EMBEDDING";

/// What cargo gives build scripts besides the families below, or what says how the program around is compiled. For another build it
/// would be wrong, or a setting: `HOST` is where `cargo mik` serves.
///
/// What stays: `CARGO`, `RUSTC`, `RUSTC_WRAPPER` and `RUSTUP_TOOLCHAIN`, so that the same compiler is used; `CARGO_MAKEFLAGS`, so that both
/// builds share one set of jobs; `CARGO_HOME`, `CARGO_NET_*`, `CARGO_PROFILE_*` and all else that configures cargo wherever it is started;
/// flags for the target alone, as in `CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS`.
const OF_THIS_BUILD: [&str; 27] = [
    "CARGO_BIN_NAME",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTDOCFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_CRATE_NAME",
    "CARGO_ENCODED_RUSTDOCFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_MANIFEST_PATH",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_TARGET_DIR",
    "CARGO_TARGET_TMPDIR",
    "CLIPPY_ARGS",
    "DEBUG",
    "HOST",
    "NUM_JOBS",
    "OPT_LEVEL",
    "OUT_DIR",
    "PROFILE",
    "RUSTC_LINKER",
    // Clippy, and what else looks at a workspace instead of compiling it.
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
    "TARGET",
];

/// The families of variables that cargo gives build scripts: of their package, its features, the target, and its dependencies.
const FAMILIES: [&str; 4] = ["CARGO_PKG_", "CARGO_FEATURE_", "CARGO_CFG_", "DEP_"];

/// A variable that every build script is given.
pub(super) fn given(name: &'static str) -> Result<OsString, ComponentError> {
    std::env::var_os(name).ok_or(ComponentError::NoBuildScript { variable: name })
}

/// Takes out of a command's environment what belongs to the build around.
pub(super) fn clear(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_this_build(name)) {
        command.env_remove(name);
    }
}

fn is_of_this_build(name: &OsStr) -> bool {
    // One that is no Unicode is none of cargo's.
    let Some(name) = name.to_str() else { return false };
    OF_THIS_BUILD.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family))
}

/// Has a build write nowhere but here: `build.build-dir` may name the directory whose lock the build around holds, and that waits for us.
pub(super) fn keep_apart(command: &mut Command, target_directory: &Path) {
    command.env("CARGO_BUILD_BUILD_DIR", target_directory);
}

/// The projects that are being built, this one the last.
pub(super) fn way(directory: &Path, package: Option<&str>) -> Result<OsString, ComponentError> {
    let real = directory.canonicalize().map_err(|source| ComponentError::io(directory, source))?;
    let own = package.map_or_else(|| real.clone(), |package| real.join("Cargo.toml").join(package));
    let mut way: Vec<PathBuf> =
        std::env::var_os(WAY).map(|way| std::env::split_paths(&way).collect()).unwrap_or_default();
    if way.contains(&own) {
        return Err(ComponentError::Cycle { directory: directory.to_owned() });
    }
    way.push(own);
    // A path with the separator in it can't be in a list. Then nobody is told, and a cycle ends where the system runs out of something.
    Ok(std::env::join_paths(way).unwrap_or_default())
}

/// The variable for a component of this name.
pub(super) fn name_for(component: &str) -> String {
    let letters = component.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' });
    format!("MIK_COMPONENT_{}", letters.collect::<String>().to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_of_one_package_is_kept_from_another_and_what_it_is_configured_with_is_not() {
        for name in ["CARGO_PKG_NAME", "CARGO_FEATURE_X", "CARGO_CFG_TARGET_OS", "DEP_Z_ROOT", "OUT_DIR", "HOST"] {
            assert!(is_of_this_build(OsStr::new(name)), "{name}");
        }
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET"] {
            assert!(is_of_this_build(OsStr::new(name)), "{name}");
        }
        for name in ["CARGO", "RUSTC_WRAPPER", "CARGO_MAKEFLAGS", "CARGO_HOME", "CARGO_NET_OFFLINE", "PATH"] {
            assert!(!is_of_this_build(OsStr::new(name)), "{name}");
        }
        assert!(!is_of_this_build(OsStr::new("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS")));
    }

    #[test]
    fn variables_are_named_after_components() {
        assert_eq!(name_for("hello"), "MIK_COMPONENT_HELLO");
        assert_eq!(name_for("my-api_2"), "MIK_COMPONENT_MY_API_2");
    }
}
