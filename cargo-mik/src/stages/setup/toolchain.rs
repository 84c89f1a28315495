//! The toolchain: what the compiler says of itself, asked once and only when it matters.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::SetupError;
use crate::project::{CargoConfig, Target};
use crate::tools::{digest, files, process};

/// Facts on the toolchain that cargo would use.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The compiler, where it is not the one on PATH.
    rustc: Option<PathBuf>,
    sysroot: PathBuf,
    version: OnceLock<Version>,
}

/// Which compiler it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Such as `1.95.0`.
    pub release: String,
    /// The commit that it was built from, or `unknown`.
    pub commit: String,
    /// A name for this compiler and no other.
    ///
    /// The commit alone does not do: a distribution builds the same commit, and its compiler refuses what rustup's
    /// has made, because the two call themselves differently.
    pub(super) key: String,
}

impl Toolchain {
    /// Asks the compiler where it is. That is all a build needs whose toolchain has the target.
    ///
    /// # Errors
    /// There is no compiler.
    pub fn read(config: &CargoConfig) -> Result<Self, SetupError> {
        let rustc = config.rustc();
        let sysroot = process::stdout(process::rustc(rustc.clone()).args(["--print", "sysroot"]))?;
        Ok(Self { rustc, sysroot: PathBuf::from(sysroot), version: OnceLock::new() })
    }

    /// Where it is.
    pub fn sysroot(&self) -> &Path {
        &self.sysroot
    }

    /// Which compiler it is. The first call starts a process, since rustc answers one question at a time.
    ///
    /// # Errors
    /// The compiler does not answer as rustc does.
    pub fn version(&self) -> Result<&Version, SetupError> {
        if let Some(version) = self.version.get() {
            return Ok(version);
        }
        let answer = process::stdout(process::rustc(self.rustc.clone()).arg("-vV"))?;
        let version = Version::parse(&answer).ok_or(SetupError::Compiler { answer })?;
        Ok(self.version.get_or_init(|| version))
    }

    /// Whether the toolchain brings the target's standard library.
    pub fn has(&self, target: Target) -> bool {
        has_standard_library(&self.sysroot, target)
    }

    /// A program of the toolchain's own.
    ///
    /// A `cargo` or `rustc` on PATH may be rustup's, which takes the toolchain of the directory that it runs in;
    /// std is not built in the user's directory, and has to be built by the compiler that will read it.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        let path = self.sysroot.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        files::metadata(&path).is_ok().then_some(path)
    }
}

impl Version {
    fn parse(answer: &str) -> Option<Self> {
        let fact =
            |name: &str| answer.lines().find_map(|line| line.strip_prefix(name)).map(|fact| fact.trim().to_owned());
        let release = fact("release:")?;
        let commit = fact("commit-hash:").unwrap_or_else(|| "unknown".to_owned());
        let short: String = commit.chars().take(9).collect();
        let identity = digest::of(answer.as_bytes());
        let key = format!("{release}-{short}-{}", identity.get(..8).unwrap_or_default());
        Some(Self { release, commit, key })
    }
}

/// Whether there is a standard library for a target under a sysroot.
pub(super) fn has_standard_library(sysroot: &Path, target: Target) -> bool {
    let Ok(entries) = files::read_dir(library_directory(sysroot, target)) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

/// Where rustc looks for a target's libraries under a sysroot.
pub(super) fn library_directory(sysroot: &Path, target: Target) -> PathBuf {
    sysroot.join("lib").join("rustlib").join(target.name()).join("lib")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const ANSWER: &str = "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\n\
        commit-hash: 59807616e1fa2540724bfbac14d7976d7e4a3860\ncommit-date: 2026-04-14\n\
        host: x86_64-unknown-linux-gnu\nrelease: 1.95.0\nLLVM version: 22.1.2";

    pub(in super::super) fn toolchain(sysroot: &Path) -> Toolchain {
        let version = OnceLock::from(Version::parse(ANSWER).unwrap());
        Toolchain { rustc: None, sysroot: sysroot.to_owned(), version }
    }

    #[test]
    fn compilers_that_call_themselves_differently_share_nothing() {
        let official = Version::parse(ANSWER).unwrap();
        let own = ANSWER.replacen("14)", "14) (built from a source tarball)", 1);
        let distribution = Version::parse(&own).unwrap();
        assert_eq!(official.commit, distribution.commit);
        assert_ne!(official.key, distribution.key);
        assert!(official.key.starts_with("1.95.0-59807616e-"), "{}", official.key);
    }

    #[test]
    fn an_empty_directory_is_no_standard_library() {
        let sysroot = tempfile::tempdir().unwrap();
        let toolchain = toolchain(sysroot.path());
        let library = library_directory(sysroot.path(), Target::Wasip2);
        files::create_dir_all(library.join("self-contained")).unwrap();
        assert!(!toolchain.has(Target::Wasip2), "a removed target leaves its directory behind");
        files::write(&library.join("libstd-0a1b.rlib"), b"").unwrap();
        assert!(toolchain.has(Target::Wasip2));
        assert!(!toolchain.has(Target::Wasip1));
    }
}
