//! Directories of modules, and files that come, change and go while they are served.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Body, Program, Project, Server, wait_until};
use tempfile::TempDir;

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
fn version(number: u32) -> Vec<u8> {
    with_number(&LEAST[0], number)
}

/// The same as a handler, without the bridge.
fn handler_version(number: u32) -> Vec<u8> {
    with_number(&LEAST[1], number)
}

fn with_number(component: &[u8], number: u32) -> Vec<u8> {
    let mut bytes = component.to_vec();
    let at = bytes.windows(SAYS.len()).position(|window| window == SAYS.as_bytes()).expect("it says so");
    bytes[at..at + SAYS.len()].copy_from_slice(said(number).as_bytes());
    bytes
}

fn said(number: u32) -> String {
    format!("version {number:04}")
}

/// A component with so much more code in it: modules that nobody uses, and that are compiled all the same.
fn heavy(mut component: Vec<u8>, functions: usize) -> Vec<u8> {
    let body = "local.get 0 local.get 0 i64.mul i64.const 7 i64.add local.tee 0 i64.popcnt drop ".repeat(200);
    let function = format!("(func (param i64) (result i64) {body} local.get 0)");
    let module = wat::parse_str(format!("(module {})", function.repeat(functions))).unwrap();
    component.push(1);
    let mut length = module.len();
    while length >= 0x80 {
        component.push(length as u8 | 0x80);
        length >>= 7;
    }
    component.push(length as u8);
    component.extend(module);
    component
}

/// A directory of modules.
struct Modules(TempDir);

impl Modules {
    fn with<B: AsRef<[u8]>>(files: impl IntoIterator<Item = (&'static str, B)>) -> Self {
        let modules = Self(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            modules.put(name, bytes);
        }
        modules
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file there, whole, as who deploys does it.
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let temporary = self.path(".being-copied");
        fs_err::write(&temporary, bytes).unwrap();
        fs_err::rename(temporary, self.path(name)).unwrap();
    }

    fn remove(&self, name: &str) {
        fs_err::remove_file(self.path(name)).unwrap();
    }

    /// `mik run` on it, to be given more.
    fn command(&self) -> Command {
        run(self.0.path())
    }

    #[track_caller]
    fn serve(&self) -> Server {
        Server::start(&mut self.command())
    }
}

/// `mik run PATH`, in a directory that has no configuration.
fn run(path: &Path) -> Command {
    let mut command = Program::mik();
    command.args(["run", "-v"]).arg(path).current_dir(Program::target_directory());
    command
}

#[track_caller]
fn says(server: &Server, target: &str) -> String {
    server.ask_for(target).is(200).text().to_owned()
}

/// Waits until an answer is another.
#[track_caller]
fn wait_until_says(server: &Server, target: &str, expected: &str) {
    wait_until(expected, || says(server, target) == expected);
}

/// How a module stands, as the list of modules says.
#[track_caller]
fn state(server: &Server, name: &str) -> Option<String> {
    let handlers = server.ask_for("/_mik/handlers").is(200).json();
    let all = handlers["handlers"].as_array().unwrap().clone();
    all.iter().find(|handler| handler["name"] == name).map(|handler| handler["state"].as_str().unwrap().to_owned())
}

#[test]
fn each_component_of_a_directory_answers_by_its_name_and_sees_the_rest_byte_for_byte() {
    let handler = fs_err::read(HANDLER.component()).unwrap();
    let modules = Modules::with([("hello-1.0.wasm", handler), ("other.wasm", version(1))]);
    let server = modules.serve();
    server.says("Modules 2 of ");
    for rest in ["//raw", "/raw", "/raw/%2F..//a?b=%20&c=/run/other&d=%zz", "/raw?"] {
        assert_eq!(says(&server, &format!("/run/hello-1.0{rest}")), rest.replacen("//raw", "home", 0), "{rest}");
    }
    assert_eq!(says(&server, "/run/other"), said(1));
    let reply = server.ask_for("/run/neither/").is_failure(404, "module-not-found");
    assert!(reply.text().contains("there is hello-1.0, other"), "{}", reply.text());
    // Nothing is at the root, and the server says what is elsewhere.
    server.ask_for("/").is_failure(404, "not-found");
    server.ask_for("/health").is(200);
}
