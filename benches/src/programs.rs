//! What is measured: the program and a component, built here, and the wasmtime to measure against, found.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// The programs and the component that they serve.
pub(crate) struct Programs {
    pub(crate) mik: PathBuf,
    pub(crate) wasmtime: Wasmtime,
    pub(crate) component: PathBuf,
}

/// What is measured against.
pub(crate) struct Wasmtime {
    pub(crate) path: PathBuf,
    /// What it calls itself.
    pub(crate) version: String,
    /// Whether it is a second copy of our own program: then the benchmark is tried out, and its results mean nothing.
    pub(crate) is_mik: bool,
}

impl Programs {
    /// Finds or builds all of them, wasmtime first: without it nothing else is worth the time.
    pub(crate) fn get() -> Outcome<Self> {
        let wasmtime = Wasmtime::find()?;
        let (cargo_mik, root) = (cargo_mik()?, root()?);
        let target = root.join("target").join("benches");
        let mut build = Command::new(&cargo_mik);
        build
            .args(["mik", "build", "--quiet", "--release", "--manifest-path"])
            .arg(root.join("examples/hello/Cargo.toml"));
        run(build.env("CARGO_TARGET_DIR", &target))?;
        let mik = cargo_mik.with_file_name(format!("mik{}", env::consts::EXE_SUFFIX));
        Ok(Self { mik, wasmtime, component: target.join("mik/release/hello.wasm") })
    }
}

/// The root of the checkout.
pub(crate) fn root() -> Outcome<&'static Path> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the checkout has no root")?)
}

/// Builds the programs, in the profile that this one is built in, and says where `cargo-mik` is.
pub(crate) fn cargo_mik() -> Outcome<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let arguments = ["build", "--quiet", "-p", "cargo-mik", "--profile", profile];
    run(Command::new(cargo).current_dir(root()?).args(arguments))?;
    // Cargo has put it where it has put this program.
    let directory = env::current_exe()?.parent().ok_or("this program is nowhere")?.to_owned();
    Ok(directory.join(format!("cargo-mik{}", env::consts::EXE_SUFFIX)))
}

impl Wasmtime {
    pub(crate) fn find() -> Outcome<Self> {
        let path = PathBuf::from(env::var_os("WASMTIME").unwrap_or_else(|| OsString::from("wasmtime")));
        let output = Command::new(&path).arg("--version").output().map_err(|error| {
            format!(
                "`{}` can't be run: {error}\nget it with `cargo install wasmtime-cli --version ~48`, or name it: \
                 WASMTIME=PATH",
                path.display()
            )
        })?;
        let version = String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned();
        let is_mik = version.starts_with("mik ");
        if !is_mik && !version.starts_with("wasmtime 48.") {
            return Err(format!(
                "`{}` is `{version}`, and the host is built on wasmtime 48: a comparison with another one would compare \
                 wasmtimes\nget it with `cargo install wasmtime-cli --version ~48`, or name it: WASMTIME=PATH",
                path.display()
            )
            .into());
        }
        Ok(Self { path, version, is_mik })
    }
}

/// Runs a command that has to succeed.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}").into()) }
}
