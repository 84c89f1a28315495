//! The guests of `tests/guests`, each built by the program itself, once for all tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use crate::{Program, Project, Server};

/// A guest of `tests/guests`.
#[derive(Debug)]
pub struct Guest {
    name: &'static str,
    component: LazyLock<PathBuf>,
    server: Mutex<Weak<Server>>,
}

impl Guest {
    const fn new(name: &'static str, component: LazyLock<PathBuf>) -> Self {
        Self { name, component, server: Mutex::new(Weak::new()) }
    }

    /// The directory of its project.
    pub fn directory(&self) -> PathBuf {
        directory(self.name)
    }

    /// Its component, as `cargo mik build` makes it.
    pub fn component(&self) -> &Path {
        &self.component
    }

    /// Serves the component, for one test.
    #[track_caller]
    pub fn serve(&self) -> Server {
        Server::start(Program::mik().arg("run").arg(self.component()))
    }

    /// A directory with a `mik.toml` of these keys, and what serves the component there.
    pub fn deployed(&self, configuration: &str) -> (tempfile::TempDir, Command) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        fs_err::write(directory.path().join("mik.toml"), configuration).expect("it can be written");
        let mut command = Program::mik();
        command.arg("run").arg(self.component()).current_dir(directory.path());
        (directory, command)
    }

    /// Serves the component for all tests that run at the same time. None of them may end it or count its log.
    #[track_caller]
    pub fn shared(&self) -> Arc<Server> {
        let mut shared = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let server = shared.upgrade().unwrap_or_else(|| Arc::new(self.serve()));
        *shared = Arc::downgrade(&server);
        server
    }

    /// A project with this guest's sources, under a name of its own, and a configuration: the keys of a `mik.toml`.
    pub fn configured(&self, name: &str, configuration: &str) -> Project {
        let project = Project::empty(name);
        let read = |path: &str| fs_err::read_to_string(self.directory().join(path)).expect("a guest has this file");
        let path = |below: &str| format!("\"{}", self.directory().join(below).display());
        let manifest = read("Cargo.toml")
            .replace(&format!("name = \"{}\"", self.name), &format!("name = \"{}\"", project.name()))
            .replace("\"../../../sdk", &path("../../../sdk"));
        if read("src/lib.rs").contains("generate!") {
            // The interfaces are looked for where the manifest is, so the sources have to say where they really are.
            for file in fs_err::read_dir(self.directory().join("src")).expect("a guest has sources") {
                let name = file.expect("a directory can be read").file_name().into_string().expect("names are UTF-8");
                let source = read(&format!("src/{name}"));
                let source = source.replace("\"../../../wit", &path("../../../wit"));
                project.write(&format!("src/{name}"), source.replace("path: \"wit", &format!("path: {}", path("wit"))));
            }
            project.write("Cargo.toml", manifest);
        } else {
            let lib = format!("[lib]\npath = {}\"", path("src/lib.rs"));
            project.write("Cargo.toml", manifest.replace("[lib]", &lib));
        }
        project.write("Cargo.lock", read("Cargo.lock"));
        project.write("mik.toml", configuration);
        project
    }
}

fn directory(name: &str) -> PathBuf {
    Program::workspace().join("tests/guests").join(name)
}

fn build(name: &str) -> PathBuf {
    let mut command: Command = Program::cargo_mik();
    command.args(["build", "--locked"]).current_dir(directory(name));
    Program::run(&mut command).ok();
    Program::target_directory().join(format!("mik/debug/{name}.wasm"))
}

/// A handler that shows what it is given and gives what it is asked for, composed with the bridge.
pub static HANDLER: Guest = Guest::new("handler", LazyLock::new(|| build("handler")));

/// A handler that says in its OpenAPI document what it does.
pub static API: Guest = Guest::new("api", LazyLock::new(|| build("api")));

/// A guest that misbehaves on demand, without the bridge.
pub static PROBE: Guest = Guest::new("probe", LazyLock::new(|| build("probe")));

/// Its little sister for WASI 0.3.
pub static PROBE_P3: Guest = Guest::new("probe-p3", LazyLock::new(|| build("probe-p3")));
