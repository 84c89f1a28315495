//! The guests of `tests/guests` and the projects of `examples`, each built by the program itself, once for all tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use crate::{Program, Project, Server};

/// A guest of `tests/guests`, or one of `examples`.
#[derive(Debug)]
pub struct Guest {
    name: &'static str,
    folder: &'static str,
    component: LazyLock<PathBuf>,
    server: Mutex<Weak<Server>>,
}

impl Guest {
    const fn new(folder: &'static str, name: &'static str, component: LazyLock<PathBuf>) -> Self {
        Self { name, folder, component, server: Mutex::new(Weak::new()) }
    }

    /// The directory of its project.
    pub fn directory(&self) -> PathBuf {
        directory(self.folder, self.name)
    }

    /// Runs the native tests of its project.
    #[track_caller]
    pub fn passes_its_own_tests(&self) {
        let mut command = Program::cargo();
        command.args(["test", "--locked", "--quiet"]).current_dir(self.directory());
        Program::run(&mut command).ok();
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

const GUESTS: &str = "tests/guests";
const EXAMPLES: &str = "examples";

fn directory(folder: &str, name: &str) -> PathBuf {
    Program::workspace().join(folder).join(name)
}

fn build(folder: &str, name: &str) -> PathBuf {
    let mut command: Command = Program::cargo_mik();
    command.args(["build", "--locked"]).current_dir(directory(folder, name));
    Program::run(&mut command).ok();
    Program::target_directory().join(format!("mik/debug/{name}.wasm"))
}

/// A handler that shows what it is given and gives what it is asked for, composed with the bridge.
pub static HANDLER: Guest = Guest::new(GUESTS, "handler", LazyLock::new(|| build(GUESTS, "handler")));

/// A guest that misbehaves on demand, without the bridge.
pub static PROBE: Guest = Guest::new(GUESTS, "probe", LazyLock::new(|| build(GUESTS, "probe")));

/// Its little sister for WASI 0.3.
pub static PROBE_P3: Guest = Guest::new(GUESTS, "probe-p3", LazyLock::new(|| build(GUESTS, "probe-p3")));

/// A handler as it was written for mik-sdk 0.1.
pub static EARLIER: Guest = Guest::new(GUESTS, "earlier", LazyLock::new(|| build(GUESTS, "earlier")));

/// A handler whose routes are in groups: layers, CORS, a fallback.
pub static GROUPS: Guest = Guest::new(GUESTS, "groups", LazyLock::new(|| build(GUESTS, "groups")));

/// `examples/crud`: rows of a database, behind a server that runs SQL.
pub static CRUD: Guest = Guest::new(EXAMPLES, "crud", LazyLock::new(|| build(EXAMPLES, "crud")));

/// A handler that sends the requests it is told to, with the SDK's client.
pub static CLIENT: Guest = Guest::new(GUESTS, "client", LazyLock::new(|| build(GUESTS, "client")));

/// `examples/fetch`: answers put together from those of other servers.
pub static FETCH: Guest = Guest::new(EXAMPLES, "fetch", LazyLock::new(|| build(EXAMPLES, "fetch")));

/// `examples/auth`: sessions in signed cookies, bearer tokens.
pub static AUTH: Guest = Guest::new(EXAMPLES, "auth", LazyLock::new(|| build(EXAMPLES, "auth")));

/// `examples/upload`: forms with files, downloads.
pub static UPLOAD: Guest = Guest::new(EXAMPLES, "upload", LazyLock::new(|| build(EXAMPLES, "upload")));
