//! Directories of modules, and components to put there: small ones that differ in what they say.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

use crate::{Program, Project, Server, wait_until};

/// What the least handler says, with a number that is put in place of the zeros.
const SAYS: &str = "version 0000";

/// The least handler, composed with the bridge, and as it is before that.
static LEAST: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let project = Project::saying("least", SAYS);
    project.run("build").ok();
    let component = project.component("debug");
    [component.clone(), component.with_extension("handler.wasm")].map(|path| fs_err::read(path).unwrap())
});

/// A component that answers `version <number>`: the same code, and another text in its data.
pub fn version(number: u32) -> Vec<u8> {
    with_number(&LEAST[0], number)
}

/// The same as a handler, without the bridge.
pub fn handler_version(number: u32) -> Vec<u8> {
    with_number(&LEAST[1], number)
}

fn with_number(component: &[u8], number: u32) -> Vec<u8> {
    let mut bytes = component.to_vec();
    let at = bytes.windows(SAYS.len()).position(|window| window == SAYS.as_bytes()).expect("it says so");
    bytes[at..at + SAYS.len()].copy_from_slice(said(number).as_bytes());
    bytes
}

/// What the component with a number says.
pub fn said(number: u32) -> String {
    format!("version {number:04}")
}

/// A directory of modules.
#[derive(Debug)]
pub struct Modules(TempDir);

impl Modules {
    /// A directory with these files.
    pub fn with<B: AsRef<[u8]>>(files: impl IntoIterator<Item = (&'static str, B)>) -> Self {
        let modules = Self(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            modules.put(name, bytes);
        }
        modules
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file there, whole, as who deploys does it.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let temporary = self.path(".being-copied");
        fs_err::write(&temporary, bytes).unwrap();
        fs_err::rename(temporary, self.path(name)).unwrap();
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) {
        fs_err::remove_file(self.path(name)).unwrap();
    }

    /// `mik run` on it, to be given more.
    pub fn command(&self) -> Command {
        let mut command = run(self.0.path());
        // What other tests have compiled is compiled here once more.
        command.env("MIK_CACHE_DIR", self.path(".cache"));
        command
    }

    /// Serves it.
    #[track_caller]
    pub fn serve(&self) -> Server {
        Server::start(&mut self.command())
    }
}

/// `mik run PATH`, in a directory that has no configuration.
pub fn run(path: &Path) -> Command {
    let mut command = Program::mik();
    command.args(["run", "-v"]).arg(path).current_dir(Program::target_directory());
    command
}

/// The text that an address answers with.
#[track_caller]
pub fn says(server: &Server, target: &str) -> String {
    server.ask_for(target).is(200).text().to_owned()
}

/// Waits until an answer is another.
#[track_caller]
pub fn wait_until_says(server: &Server, target: &str, expected: &str) {
    wait_until(expected, || says(server, target) == expected);
}

/// How a module stands, as the list of modules says.
#[track_caller]
pub fn state(server: &Server, name: &str) -> Option<String> {
    let handlers = server.ask_for("/_mik/handlers").is(200).json();
    let all = handlers["handlers"].as_array().unwrap().clone();
    all.iter().find(|handler| handler["name"] == name).map(|handler| handler["state"].as_str().unwrap().to_owned())
}
