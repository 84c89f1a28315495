//! Projects to run the program on: written by the program itself, or copied from the checkout.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::{Output, Program};

/// A project in a directory of its own, outside the checkout's workspace.
pub struct Project {
    root: TempDir,
    name: String,
    /// Where it is compiled.
    target: PathBuf,
}

impl Project {
    /// A project as `cargo mik new` writes it. Its name is one that no other test uses, since they share a target
    /// directory.
    pub fn new(name: &str) -> Self {
        let project = Self::empty(name);
        let mut command = Program::cargo_mik();
        command.args(["new", "--quiet", &project.name]).current_dir(project.root.path());
        Program::run(&mut command).ok();
        project.lock();
        project
    }

    /// A handler that the SDK's `routes!` serves from this source.
    pub fn with_source(name: &str, source: &str) -> Self {
        let project = Self::new(name);
        project.write("src/lib.rs", source);
        project
    }

    /// The least handler there is: it says one thing.
    pub fn saying(name: &str, says: &str) -> Self {
        let project = Self::empty(name);
        let sdk = Program::workspace().join("sdk");
        let manifest = format!(
            "[workspace]\n\n[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\nmik-sdk = {{ path = {sdk:?} }}\n",
            project.name
        );
        project.write("Cargo.toml", manifest);
        project.say(says);
        project
    }

    /// Makes the handler say another thing.
    pub fn say(&self, says: &str) {
        let source = format!(
            "//! Says one thing.\n\nuse mik_sdk::prelude::*;\n\nroutes! {{\n    GET \"/\" => home,\n}}\n\n\
             fn home() -> &'static str {{\n    \"{says}\"\n}}\n"
        );
        self.write("src/lib.rs", source);
    }

    /// An empty directory with a name.
    pub fn empty(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let root = tempfile::tempdir().expect("a temporary directory");
        Self { root, name: unique, target: Program::target_directory() }
    }

    /// The package's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The directory that holds the project.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The project's directory.
    pub fn directory(&self) -> PathBuf {
        self.root.path().join(&self.name)
    }

    /// Writes a file of the project's, whole: nobody sees half of it.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        assert!(!Path::new(path).is_absolute(), "{path} is not the project's");
        let path = self.directory().join(path);
        let directory = path.parent().expect("a file has a directory");
        fs_err::create_dir_all(directory).expect("the directory can be made");
        let mut file = tempfile::NamedTempFile::new_in(directory).expect("a file can be made");
        file.write_all(content.as_ref()).expect("the file can be written");
        file.persist(&path).expect("the file can be put in its place");
        if path == self.directory().join("Cargo.toml") && !directory.join("Cargo.lock").exists() {
            self.lock();
        }
    }

    /// Has dependencies be of the versions that the checkout's are: else every project would ask the registry, in the
    /// hundreds, for what a test does not speak of, and fail when that has a bad moment.
    fn lock(&self) {
        let lock = fs_err::read(Program::workspace().join("Cargo.lock")).expect("the checkout has a lock");
        fs_err::write(self.directory().join("Cargo.lock"), lock).expect("the file can be written");
    }

    /// Reads a file of the project's.
    pub fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.directory().join(path)).expect("the file can be read")
    }

    /// Replaces a text in a file; it has to be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let content = self.read(path);
        assert!(content.contains(from), "`{from}` is not in {path}:\n{content}");
        self.write(path, content.replace(from, to));
    }

    /// Adds to a file's end.
    pub fn append(&self, path: &str, text: &str) {
        self.write(path, self.read(path) + text);
    }

    /// `cargo mik …` in the project's directory, to be given more arguments or an environment.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Program::cargo_mik();
        command.args(arguments.split_whitespace()).current_dir(self.directory()).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Plain `cargo …` in the project's directory, to be given arguments.
    pub fn cargo(&self) -> Command {
        let mut command = Program::cargo();
        command.current_dir(self.directory()).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Runs `cargo mik …` in the project's directory.
    pub fn run(&self, arguments: &str) -> Output {
        Program::run(&mut self.command(arguments))
    }

    /// The component that a build of a profile has written.
    pub fn component(&self, profile: &str) -> PathBuf {
        self.target.join("mik").join(profile).join(format!("{}.wasm", self.name))
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // Its name will never be used again, and what was built of it is some megabytes in each of many runs.
        remove_built(&self.target, &self.name, 4);
    }
}

/// Removes what cargo and the program have made of a package: it begins with the package's name, or its crate's.
fn remove_built(directory: &Path, package: &str, depth: u32) {
    let names = [package.to_owned(), package.replace('-', "_"), format!("lib{}", package.replace('-', "_"))];
    let is_its = |entry: &str| {
        let rest = names.iter().find_map(|name| entry.strip_prefix(name.as_str()));
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
    };
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_directory = entry.file_type().is_ok_and(|file_type| file_type.is_dir());
        // What another test is building may go away meanwhile. What can't be removed does no harm.
        match (is_its(&entry.file_name().to_string_lossy()), is_directory) {
            (true, true) => drop(std::fs::remove_dir_all(path)),
            (true, false) => drop(std::fs::remove_file(path)),
            (false, true) if depth > 0 => remove_built(&path, package, depth - 1),
            (false, _) => {}
        }
    }
}
