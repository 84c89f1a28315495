//! The standard library: built by cargo in its own workspace, as rustc's bootstrap builds it.
//!
//! Why not with `rustc_build_sysroot::SysrootBuilder`: it builds std as a dependency of a package that it makes up in a
//! random directory. Then std's own profile settings are lost (`panic_abort` has to be compiled with `-Cpanic=abort`,
//! `compiler_builtins` in one unit for each intrinsic), and since cargo puts the path of packages outside of the
//! workspace into crate hashes, every run and machine would give other symbols, hence other components.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

use super::source::Source;
use super::toolchain::Version;
use super::{Toolchain, environment, error, libc, toolchain};
use crate::project::Target;
use crate::report::{Event, Progress, Reporter};
use crate::tools::{files, process};

/// What is built, and of what.
pub(super) struct Recipe<'a> {
    pub(super) target: Target,
    pub(super) toolchain: &'a Toolchain,
    pub(super) version: &'a Version,
    pub(super) source: &'a Source,
    pub(super) libc: Option<&'a Path>,
    pub(super) offline: bool,
}

impl Recipe<'_> {
    /// Builds in `work` and gives the finished sysroot, which is in `work` too, or says why that was not possible.
    pub(super) fn build(&self, work: &Path, reporter: &Reporter) -> Result<PathBuf, String> {
        let step = |message: String, position| {
            reporter.emit(Event::Progress(Progress { verb: "Compiling", message, position }));
        };
        let staged = work.join(format!("stage-{}", self.target));
        let target_directory = work.join(format!("target-{}", self.target));
        let library_directory = toolchain::library_directory(&staged, self.target);
        files::create_dir_all(&library_directory).map_err(|error| error.to_string())?;
        if let Some(libc) = self.libc {
            libc::install(libc, &library_directory).map_err(|error| error.to_string())?;
        }

        step("the standard library's dependencies".to_owned(), None);
        let dependencies = self.dependencies()?;
        let flags = self.flags(&staged, &dependencies)?;
        let mut command = self.cargo("build");
        command
            .args(["--release", "--target", self.target.name(), "--target-dir"])
            .arg(&target_directory)
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
            .env("CARGO_BUILD_BUILD_DIR", &target_directory);
        for setting in PROFILE {
            command.arg("--config").arg(format!("profile.release.{setting}"));
        }
        let mut compiled = 0;
        process::watch(&mut command, None, |line| {
            reporter.detail("cargo", line);
            if let Some(package) = line.trim_start().strip_prefix("Compiling ") {
                let name = package.split(' ').next().unwrap_or_default();
                step(format!("{name} ({})", self.target), Some((compiled, dependencies.count.max(compiled))));
                compiled += 1;
            }
        })
        .map_err(|error| error::reason(&error))?;

        let built = target_directory.join(self.target.name()).join("release/deps");
        collect(&built, &library_directory).map_err(|error| error.to_string())?;
        // Another target needs the room.
        drop(files::remove_dir_all(&target_directory));
        if !toolchain::has_standard_library(&staged, self.target) {
            return Err("cargo built it, but left no `libstd` behind".to_owned());
        }
        Ok(staged)
    }

    /// Cargo in std's workspace, out of reach of the user's project.
    fn cargo(&self, command_name: &str) -> Command {
        let mut command = match self.toolchain.program("cargo") {
            Some(program) => process::command(program),
            None => process::cargo(),
        };
        environment::clean(&mut command);
        if let Some(rustc) = self.toolchain.program("rustc") {
            command.env("RUSTC", rustc);
        }
        // std uses what is not stable, and takes nightly's settings of cargo for itself.
        command.env("RUSTC_BOOTSTRAP", "1");
        // Crates of std must not be taken for the same crates among the user's. The bootstrap does likewise.
        command.env("__CARGO_DEFAULT_LIB_METADATA", "mik");
        // A wrapper of the configuration file; an empty value is none.
        command.env("RUSTC_WRAPPER", "").env("RUSTC_WORKSPACE_WRAPPER", "");
        // Cargo reads the configuration of the directories above: from the root there are none.
        if let Some(root) = self.source.library.ancestors().last() {
            command.current_dir(root);
        }
        command.arg(command_name).arg("--locked");
        if let Some(vendored) = vendored(&self.source.library) {
            command.args(["--config", "source.crates-io.replace-with='mik-vendored-std'", "--config"]);
            command.arg(format!("source.mik-vendored-std.directory={}", toml::Value::from(vendored)));
        }
        if self.offline {
            command.arg("--offline");
        }
        command.arg("--manifest-path").arg(self.source.library.join("sysroot/Cargo.toml"));
        command
    }

    fn flags(&self, staged: &Path, dependencies: &Dependencies) -> Result<Vec<String>, String> {
        let unicode = |path: &Path| {
            let text = path.to_str().map(str::to_owned);
            text.ok_or_else(|| format!("`{}` is not Unicode, which cargo's flags have to be", path.display()))
        };
        let mut flags = vec![
            // No other standard library is in sight while this one is built.
            format!("--sysroot={}", unicode(staged)?),
            // std's own dependencies are not for users to link to.
            "-Zforce-unstable-if-unmarked".to_owned(),
            // For the user's LTO; a profile without LTO turns it off.
            "-Cembed-bitcode=yes".to_owned(),
        ];
        // The names that the official builds give, so that no component tells whose machine it was built on.
        let library = unicode(&self.source.library)?;
        flags.push(format!("--remap-path-prefix={library}=/rustc/{}/library", self.version.commit));
        for directory in &dependencies.directories {
            flags.push(format!("--remap-path-prefix={}=/rust/deps", unicode(directory)?));
        }
        Ok(flags)
    }

    /// Downloads what std depends on, and tells where it is.
    fn dependencies(&self) -> Result<Dependencies, String> {
        let mut command = self.cargo("metadata");
        command.args(["--format-version", "1", "--filter-platform", self.target.name()]);
        let answer = process::stdout(&mut command).map_err(|error| error::reason(&error))?;
        let metadata = MetadataCommand::parse(&answer).map_err(|error| format!("cargo's metadata: {error}"))?;
        Ok(Dependencies::of(&metadata))
    }
}

/// The bootstrap's settings, said here because a configuration file in `CARGO_HOME` could say otherwise.
///
/// `panic = "unwind"` makes cargo pass nothing, which leaves the target's own strategy: to abort.
const PROFILE: [&str; 8] = [
    "codegen-units=1",
    "debug=0",
    "debug-assertions=false",
    "incremental=false",
    "lto=false",
    "opt-level=3",
    "overflow-checks=false",
    "panic='unwind'",
];

/// The packages that std is built from.
struct Dependencies {
    count: u64,
    /// The directories of packages that are not in std's workspace.
    directories: BTreeSet<PathBuf>,
}

impl Dependencies {
    fn of(metadata: &Metadata) -> Self {
        let packages: BTreeMap<_, _> = metadata.packages.iter().map(|package| (&package.id, package)).collect();
        let nodes: BTreeMap<_, _> =
            metadata.resolve.iter().flat_map(|resolve| &resolve.nodes).map(|node| (&node.id, node)).collect();
        let mut found = BTreeSet::new();
        let mut ahead: Vec<_> =
            metadata.packages.iter().filter(|package| package.name == "sysroot").map(|package| &package.id).collect();
        while let Some(id) = ahead.pop() {
            if found.insert(id) {
                ahead.extend(nodes.get(id).into_iter().flat_map(|node| &node.dependencies));
            }
        }
        let directories = found.iter().filter_map(|id| {
            let package = packages.get(id).filter(|package| package.source.is_some())?;
            Some(package.manifest_path.parent()?.parent()?.as_std_path().to_owned())
        });
        Self { count: found.len() as u64, directories: directories.collect() }
    }
}

/// The crates that come with the source, if all that std may need are there.
///
/// Rust's source releases have them. A distribution's has some, and rustup's `rust-src` none: then cargo takes the same
/// versions from the registry, by std's own lock file.
fn vendored(library: &Path) -> Option<String> {
    let directory = library.join("vendor");
    files::metadata(&directory).ok()?;
    let lock: toml::Table = files::read_to_string(library.join("Cargo.lock")).ok()?.parse().ok()?;
    let packages = lock.get("package")?.as_array()?;
    let complete = packages.iter().filter(|package| package.get("source").is_some()).all(|package| {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        [format!("{name}-{version}"), name.to_owned()]
            .iter()
            .filter_map(|name| files::read_to_string(directory.join(name).join(".cargo-checksum.json")).ok())
            .any(|checksum| checksum.contains(text("checksum")))
    });
    complete.then(|| directory.to_str().map(str::to_owned)).flatten()
}

/// Takes the libraries out of cargo's directory, and nothing else of what is there.
fn collect(built: &Path, library_directory: &Path) -> std::io::Result<()> {
    for entry in files::read_dir(built)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rlib")
            && let Some(name) = path.file_name()
        {
            files::copy(&path, library_directory.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n[[package]]\nname = \"std\"\nversion = \"0.0.0\"\n\
        [[package]]\nname = \"cfg-if\"\nversion = \"1.0.4\"\nsource = \"registry+x\"\nchecksum = \"0a1b\"\n";

    #[test]
    fn vendored_crates_are_used_only_if_they_are_the_locked_ones() {
        let library = tempfile::tempdir().unwrap();
        files::write(&library.path().join("Cargo.lock"), LOCK.as_bytes()).unwrap();
        assert_eq!(vendored(library.path()), None, "none at all");
        let checksum = library.path().join("vendor/cfg-if-1.0.4/.cargo-checksum.json");
        files::write(&checksum, br#"{"files":{},"package":"another"}"#).unwrap();
        assert_eq!(vendored(library.path()), None, "a distribution's");
        files::write(&checksum, br#"{"files":{},"package":"0a1b"}"#).unwrap();
        assert!(vendored(library.path()).is_some());
    }

    #[test]
    fn only_libraries_are_collected() {
        let built = tempfile::tempdir().unwrap();
        let library = tempfile::tempdir().unwrap();
        for name in ["libstd-0.rlib", "libstd-0.rmeta", "std-0.d"] {
            files::write(&built.path().join(name), b"").unwrap();
        }
        collect(built.path(), library.path()).unwrap();
        let names: Vec<_> = files::read_dir(library.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["libstd-0.rlib"]);
    }
}
