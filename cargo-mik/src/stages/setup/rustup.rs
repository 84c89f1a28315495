//! rustup: asked for a target where it manages the toolchain in use, and left alone where it does not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Toolchain, environment, error};
use crate::project::Target;
use crate::tools::{files, process};

/// Long enough for a slow line; a server that never answers must not hold up the build for good.
const LIMIT: Duration = Duration::from_secs(300);

/// The rustup that manages a toolchain.
pub(super) struct Rustup {
    program: PathBuf,
    /// As rustup calls it, so that neither a directory's override nor `RUSTUP_TOOLCHAIN` leads to another one.
    toolchain: String,
}

impl Rustup {
    /// Finds it, if the toolchain is one of rustup's.
    pub(super) fn of(toolchain: &Toolchain) -> Option<Self> {
        let in_home = |name| etcetera::home_dir().ok().map(|home| home.join(name));
        let rustup_home = environment::rustup_home().or_else(|| in_home(".rustup"))?;
        let cargo_home = environment::cargo_home().or_else(|| in_home(".cargo"));
        let installed = cargo_home.map(|home| home.join("bin").join(format!("rustup{}", std::env::consts::EXE_SUFFIX)));
        let program =
            which::which("rustup").ok().or_else(|| installed.filter(|program| files::metadata(program).is_ok()))?;
        Some(Self { program, toolchain: name(&rustup_home, toolchain.sysroot())? })
    }

    /// Adds a target to the toolchain, or says why that was not possible.
    pub(super) fn add(&self, target: Target, on_line: impl FnMut(&str)) -> Result<(), String> {
        let mut command = process::command(&self.program);
        command.args(["target", "add", "--toolchain", &self.toolchain, target.name()]);
        process::watch(&mut command, Some(LIMIT), on_line).map_err(|error| error::reason(&error))
    }
}

/// The name under which rustup keeps a toolchain.
fn name(rustup_home: &Path, sysroot: &Path) -> Option<String> {
    let real = |path: &Path| files::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let toolchains = real(&rustup_home.join("toolchains"));
    let sysroot = real(sysroot);
    (sysroot.parent()? == toolchains).then(|| sysroot.file_name()?.to_str().map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_rustup_keeps_is_rustups() {
        let home = tempfile::tempdir().unwrap();
        let sysroot = home.path().join("toolchains/stable-x86_64-unknown-linux-gnu");
        files::create_dir_all(&sysroot).unwrap();
        assert_eq!(name(home.path(), &sysroot).as_deref(), Some("stable-x86_64-unknown-linux-gnu"));
        assert_eq!(name(home.path(), Path::new("/usr")), None);
    }
}
