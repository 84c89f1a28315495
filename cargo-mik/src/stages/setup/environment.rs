//! The environment: the user's words to the set-up, and what of it a child that builds std may see.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use crate::project::path_variable;

/// `MIK_RUST_SRC`: rust-src of the compiler's version; its `library`, or the directory that holds it.
pub(super) fn rust_source() -> Option<PathBuf> {
    path_variable("MIK_RUST_SRC")
}

/// `WASI_SDK_PATH`: an installed wasi-sdk.
pub(super) fn wasi_sdk() -> Option<PathBuf> {
    path_variable("WASI_SDK_PATH")
}

/// `CARGO_HOME`, where it is not the default.
pub(super) fn cargo_home() -> Option<PathBuf> {
    path_variable("CARGO_HOME")
}

/// `RUSTUP_HOME`, where it is not the default.
pub(super) fn rustup_home() -> Option<PathBuf> {
    path_variable("RUSTUP_HOME")
}

/// Takes from a command what is meant for the build of the user's own crates.
pub(super) fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if !is_for_std(&name) {
            command.env_remove(name);
        }
    }
}

/// Whether a variable may reach the build of std.
///
/// Flags, wrappers, profiles and directories of the user's project must not: std would differ from machine to machine,
/// or not build. How cargo reaches its registry must. All else (PATH, proxies, what a linker needs) is let through.
fn is_for_std(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return true };
    let reaches_the_registry = name == "CARGO_HOME"
        || ["CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRY_", "CARGO_REGISTRIES_"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
    let steers_a_build = ["CARGO", "__CARGO", "RUSTC", "RUSTFLAGS", "RUSTDOC", "RUST_", "DEP_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || ["OUT_DIR", "TARGET", "HOST", "PROFILE", "OPT_LEVEL", "DEBUG", "NUM_JOBS", "MAKEFLAGS"].contains(&name);
    reaches_the_registry || !steers_a_build
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_users_build_reaches_std() {
        for name in [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_BUILD_RUSTFLAGS",
            "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS",
            "CARGO_TARGET_DIR",
            "CARGO_BUILD_BUILD_DIR",
            "CARGO_INCREMENTAL",
            "CARGO_PROFILE_RELEASE_PANIC",
            "CARGO_MANIFEST_DIR",
            "RUSTC",
            "RUSTC_WRAPPER",
            "RUSTC_WORKSPACE_WRAPPER",
            "CARGO_MAKEFLAGS",
        ] {
            assert!(!is_for_std(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn the_registry_stays_in_reach() {
        for name in [
            "PATH",
            "HOME",
            "CARGO_HOME",
            "RUSTUP_HOME",
            "CARGO_HTTP_CAINFO",
            "CARGO_NET_GIT_FETCH_WITH_CLI",
            "CARGO_REGISTRIES_MINE_INDEX",
            "HTTPS_PROXY",
            "SSL_CERT_FILE",
        ] {
            assert!(is_for_std(OsStr::new(name)), "{name}");
        }
    }
}
