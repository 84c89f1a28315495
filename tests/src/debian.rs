//! Programs that Debian has as packages: those of the machine, or else unpacked once and kept.

use std::path::PathBuf;
use std::process::Command;

use crate::Program;

/// A program, to be given arguments. `packages` are its own and those of the libraries that a small machine lacks.
pub(crate) fn program(name: &str, packages: &[&str]) -> Command {
    if let Some(path) = installed(name) {
        return Command::new(path);
    }
    let directory = Program::cache_directory().with_file_name("packages").join(name);
    let mut unpack = Command::new(Program::workspace().join("tests/packages"));
    Program::run(unpack.arg(&directory).args(packages)).ok();
    let mut command = Command::new(directory.join("usr/bin").join(name));
    let libraries = glob_libraries(&directory);
    command.env("LD_LIBRARY_PATH", std::env::join_paths(libraries).expect("paths have no colons"));
    command
}

fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// Where Debian puts libraries: below the machine's own name.
fn glob_libraries(root: &std::path::Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(root.join("usr/lib")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}
