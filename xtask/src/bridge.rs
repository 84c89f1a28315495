//! `cargo xtask bridge`: the bridge component from its sources, the same bytes on every machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use fs_err as fs;
use wit_component::ComponentEncoder;

use crate::provenance::Provenance;
use crate::{Outcome, checkout, provenance, sections};

/// The checked-in component, relative to the root.
const BYTES: &str = "bridge/provider/bridge.wasm";

/// The smallest target: no standard-library WASI, so nothing is imported that is not used.
const TARGET: &str = "wasm32-unknown-unknown";

/// Design §8: what the component may weigh.
const BUDGET: usize = 24 * 1024;

/// The bridge neither recurses nor keeps buffers on the stack. A megabyte, the default, would be zeroed for nothing
/// in every fresh instance.
const STACK: &str = "-Clink-arg=-zstack-size=32768";

/// Builds the component and writes it, with its provenance, into the provider crate.
pub(crate) fn rebuild() -> Outcome {
    let sysroot = Sysroot::find()?;
    let component = build(&sysroot)?;
    let provenance = provenance_of(&component, &sysroot)?;
    write(BYTES, &component)?;
    write(provenance::FILE, provenance.render().as_bytes())?;
    println!("{BYTES}: {} bytes, {}", component.len(), provenance.compiler);
    Ok(())
}

/// Builds the component elsewhere and compares it with the checked-in one.
///
/// Another compiler makes other bytes from the same sources. With one, what can be compared is: the sources, by their
/// digest, and the imports and exports of what it built.
pub(crate) fn check() -> Outcome {
    check_records()?;
    let recorded = Provenance::recorded()?;
    let sysroot = Sysroot::find()?;
    let built = build(&sysroot)?;
    let bytes = fs::read(checkout::root().join(BYTES))?;
    let running = provenance::compiler(sysroot.is_toolchains_own())?;

    let (ours, theirs) = (sections::doors(&built)?, sections::doors(&bytes)?);
    if ours != theirs {
        let difference: Vec<_> = ours.symmetric_difference(&theirs).cloned().collect();
        return Err(format!(
            "`{BYTES}` and the bridge's sources differ in {}; run `cargo xtask bridge`",
            difference.join(", ")
        )
        .into());
    }
    if running != recorded.compiler {
        println!("{BYTES}: sources, imports and exports agree; the bytes were not compared:");
        println!("  they are from {}", recorded.compiler);
        println!("  and this is   {running}");
        return Ok(());
    }
    if built != bytes {
        return Err(format!(
            "`{BYTES}` is not what its sources give: {} bytes are checked in, {} were built; run `cargo xtask bridge`",
            bytes.len(),
            built.len()
        )
        .into());
    }
    println!("{BYTES}: {} bytes, the same as built from source", bytes.len());
    Ok(())
}

/// What needs no build: the recorded digests are those of the files.
pub(crate) fn check_records() -> Outcome {
    let recorded = Provenance::recorded()?;
    let bytes = fs::read(checkout::root().join(BYTES))?;
    if provenance::sha256(&bytes) != recorded.sha256 {
        return Err(format!("`{BYTES}` is not the file that was recorded; run `cargo xtask bridge`").into());
    }
    if provenance::sources()? != recorded.sources || provenance::version()? != recorded.version {
        return Err(format!("the sources of `{BYTES}` have changed; run `cargo xtask bridge`").into());
    }
    Ok(())
}

fn provenance_of(component: &[u8], sysroot: &Sysroot) -> Outcome<Provenance> {
    Ok(Provenance {
        version: provenance::version()?,
        sha256: provenance::sha256(component),
        sources: provenance::sources()?,
        compiler: provenance::compiler(sysroot.is_toolchains_own())?,
    })
}

/// cargo build → encode → optimize, which validates.
fn build(sysroot: &Sysroot) -> Outcome<Vec<u8>> {
    let module = compile(sysroot)?;
    let component = ComponentEncoder::default()
        .module(&fs::read(module)?)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| format!("the bridge could not be encoded as a component: {error:#}"))?;
    let component = mik_optimize::optimize(&component, &mik_optimize::Options::default())?.bytes;
    if component.len() > BUDGET {
        return Err(format!("the bridge has {} bytes; its budget is {BUDGET}", component.len()).into());
    }
    Ok(component)
}

/// The core module that cargo makes. Whatever the user's own flags and profiles are, these are the bridge's.
fn compile(sysroot: &Sysroot) -> Outcome<PathBuf> {
    let root = checkout::root();
    let target_dir = target_dir(&root);
    let mut flags = vec![STACK.to_owned(), remap(&root, "mik"), remap(&cargo_home(), "cargo")];
    if let Sysroot::Built(directory) = sysroot {
        flags.push(remap(directory, "sysroot"));
        flags.push(format!("--sysroot={}", directory.display()));
    }
    let mut cargo = Command::new("cargo");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PROFILE_") {
            cargo.env_remove(name);
        }
    }
    let status = cargo
        .args(["build", "--quiet", "--release", "--locked", "--target", TARGET])
        .current_dir(root.join("bridge"))
        .env("CARGO_TARGET_DIR", &target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .status()
        .map_err(|error| format!("`cargo build` could not be run: {error}"))?;
    if !status.success() {
        return Err("the bridge does not compile; see cargo's messages above".into());
    }
    Ok(target_dir.join(TARGET).join("release/mik_bridge.wasm"))
}

/// Paths of this machine become paths of none.
fn remap(directory: &Path, name: &str) -> String {
    format!("--remap-path-prefix={}=/{name}", directory.display())
}

fn cargo_home() -> PathBuf {
    let home = std::env::home_dir().unwrap_or_default().join(".cargo");
    std::env::var_os("CARGO_HOME").map_or(home, PathBuf::from)
}

/// Beside the workspace's own output, so that `cargo clean` finds it.
fn target_dir(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir)).join("bridge")
}

/// Writes beside the file, then renames: an interrupted run leaves the old one.
fn write(file: &str, bytes: &[u8]) -> Outcome {
    let path = checkout::root().join(file);
    let temporary = path.with_extension("new");
    fs::write(&temporary, bytes)?;
    fs::rename(temporary, path)?;
    Ok(())
}

/// Where the standard library for [`TARGET`] is.
enum Sysroot {
    /// In the toolchain itself.
    Toolchain,
    /// Built from rust-src, in this directory.
    Built(PathBuf),
}

impl Sysroot {
    /// `MIK_SYSROOT` where it is set, else the toolchain's own, else what `cargo mik setup` provides.
    fn find() -> Outcome<Self> {
        if let Some(directory) = std::env::var_os("MIK_SYSROOT").filter(|directory| !directory.is_empty()) {
            return Ok(Self::Built(directory.into()));
        }
        if toolchain_has_target()? {
            return Ok(Self::Toolchain);
        }
        let setup = ["mik", "setup", "--quiet", "--target", TARGET, "--print-sysroot"];
        let output = Command::new("cargo")
            .args(["run", "--quiet", "-p", "cargo-mik", "--bin", "cargo-mik", "--"])
            .args(setup)
            .current_dir(checkout::root())
            .stderr(std::process::Stdio::inherit())
            .output()
            .map_err(|error| format!("`cargo mik setup` could not be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("`cargo mik setup` found no standard library for {TARGET}").into());
        }
        let directory = String::from_utf8(output.stdout)?;
        match directory.trim() {
            "" => Ok(Self::Toolchain),
            directory => Ok(Self::Built(directory.into())),
        }
    }

    fn is_toolchains_own(&self) -> bool {
        matches!(self, Self::Toolchain)
    }
}

fn toolchain_has_target() -> Outcome<bool> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(checkout::root())
        .output()
        .map_err(|error| format!("`rustc --print target-libdir` could not be run: {error}"))?;
    let directory = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    let Ok(files) = std::fs::read_dir(directory) else { return Ok(false) };
    Ok(files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
}
