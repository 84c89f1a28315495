//! Names whose addresses a test decides: a resolver of its own, loaded into the program under test.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

use crate::Program;

/// Names and their addresses, for programs that are given them.
pub struct Names {
    directory: TempDir,
}

static RESOLVER: LazyLock<PathBuf> = LazyLock::new(|| {
    let library = Program::target_directory().with_file_name("libresolver.so");
    let source = Program::workspace().join("tests/resolver/lib.rs");
    let mut command = Command::new("rustc");
    command.args(["--edition", "2024", "--crate-type", "cdylib", "--crate-name", "resolver", "-o"]);
    Program::run(command.arg(&library).arg(source)).ok();
    library
});

impl Names {
    /// A line for each name: `name first,answer second,answer`. Each lookup gets the next answer, and the last one goes
    /// on; `wait` never answers.
    pub fn new(lines: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        fs_err::write(directory.path().join("names"), lines.join("\n")).expect("the names can be written");
        Self { directory }
    }

    /// Has a program ask here.
    pub fn give<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let preload = RESOLVER.as_os_str();
        command.env("LD_PRELOAD", preload).env("MIK_TEST_NAMES", self.directory.path().join("names"))
    }

    /// How often a name has been looked up. None at all where the program never came here: then this machine's loader or
    /// C library is one that can't be told to, and the test has shown nothing.
    pub fn lookups(&self, name: &str) -> usize {
        let log = fs_err::read_to_string(self.directory.path().join("names.log")).unwrap_or_default();
        log.lines().filter(|line| line.split(' ').next() == Some(name)).count()
    }

    /// Expects that a name has been looked up here so many times.
    #[track_caller]
    pub fn were_asked(&self, name: &str, count: usize) {
        let lookups = self.lookups(name);
        assert_eq!(
            lookups, count,
            "`{name}`: the resolver that the tests load with LD_PRELOAD was asked {lookups} times; if never, the program \
             is linked statically or the loader forbids preloading"
        );
    }
}
