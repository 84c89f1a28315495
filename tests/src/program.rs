//! The program under test, run with an environment of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use crate::lane;

/// The program, as it is in the workspace now.
pub struct Program;

static PATHS: LazyLock<Paths> = LazyLock::new(Paths::find);

/// The standard library for every target, made by the program itself where the machine lacks it: once, so that no test
/// depends on which other test came before.
static TARGETS: LazyLock<()> = LazyLock::new(|| {
    let mut command = Command::new(&PATHS.cargo_mik);
    command.args(["mik", "setup"]);
    for target in ["wasm32-wasip2", "wasm32-unknown-unknown", "wasm32-wasip1"] {
        command.args(["--target", target]);
    }
    Program::set_environment(&mut command);
    Program::run(&mut command).ok();
});

struct Paths {
    workspace: PathBuf,
    target: PathBuf,
    cargo_mik: PathBuf,
    mik: PathBuf,
}

impl Paths {
    /// Cargo builds the programs before it runs the tests, and tells where they are.
    fn find() -> Self {
        let program = |name: &str| {
            let variable = format!("CARGO_BIN_EXE_{name}");
            let path = std::env::var_os(&variable).unwrap_or_else(|| panic!("{variable} is set by `cargo test`"));
            PathBuf::from(path)
        };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the workspace").to_owned();
        let cargo_mik = program("cargo-mik");
        let target = cargo_mik.ancestors().nth(2).expect("it is in target/<profile>").join("mik-tests");
        Self { workspace, target, mik: program("mik"), cargo_mik }
    }
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl Program {
    /// `cargo mik …`, to be given arguments: started as cargo starts it.
    pub fn cargo_mik() -> Command {
        let mut command = Command::new(&PATHS.cargo_mik);
        command.arg("mik");
        Self::prepare(&mut command);
        command
    }

    /// The same for what compiles nothing: no standard library has to be there.
    pub fn without_targets() -> Command {
        let mut command = Command::new(&PATHS.cargo_mik);
        command.arg("mik");
        Self::set_environment(&mut command);
        command
    }

    /// `mik …`: the second program.
    pub fn mik() -> Command {
        let mut command = Command::new(&PATHS.mik);
        Self::prepare(&mut command);
        command
    }

    /// A shell that runs a line, in the same environment.
    pub fn shell(line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        Self::prepare(&mut command);
        command
    }

    /// Plain `cargo …`, in the same environment.
    pub fn cargo() -> Command {
        let mut command = Command::new(cargo());
        Self::prepare(&mut command);
        command
    }

    /// The root of the checkout.
    pub fn workspace() -> &'static Path {
        &PATHS.workspace
    }

    /// Where the projects of this test are compiled: in one place with those of many others, and not of those that run now.
    pub fn target_directory() -> PathBuf {
        lane::directory(&PATHS.target)
    }

    /// The product's cache: standard libraries for the targets. Kept between runs, as a user's is.
    pub fn cache_directory() -> PathBuf {
        PATHS.target.join("cache")
    }

    /// Runs a command to its end.
    pub fn run(command: &mut Command) -> Output {
        let output = command.stdin(Stdio::null()).output().expect("the program starts");
        Output {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn prepare(command: &mut Command) {
        LazyLock::force(&TARGETS);
        Self::set_environment(command);
    }

    fn set_environment(command: &mut Command) {
        // What the tests are run with must not reach what they test.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            let of_cargo = name.starts_with("CARGO_") && !matches!(&*name, "CARGO_HOME" | "CARGO_NET_OFFLINE");
            if of_cargo
                || name.starts_with("MIK_REGISTRY")
                || name.starts_with("WKG_")
                || matches!(&*name, "RUSTFLAGS" | "PORT" | "HOST" | "RUST_LOG" | "MIK_RUST_SRC" | "LD_LIBRARY_PATH")
            {
                command.env_remove(&*name);
            }
        }
        command
            .env("CARGO", cargo())
            .env("CARGO_TARGET_DIR", Self::target_directory())
            .env("CARGO_TERM_COLOR", "never")
            // What is not locked comes from a registry, which has a bad moment now and then: cargo's own three tries take seconds.
            .env("CARGO_NET_RETRY", "10")
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            // Tests use what the machine has. A build that lacks a target asks rustup for it first; that must not change
            // the toolchain of whoever runs the tests, so there rustup finds nobody.
            .env("RUSTUP_DIST_SERVER", "http://127.0.0.1:9")
            // What a machine has of Binaryen makes other bytes.
            .env("MIK_WASM_OPT", "false")
            .env("MIK_CACHE_DIR", Self::cache_directory());
    }
}

/// How a program ended and what it said.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Output {
    /// Expects an exit code.
    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, Some(expected), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Expects success.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.code(0)
    }

    /// Expects a text in standard error.
    #[track_caller]
    pub fn says(self, expected: &str) -> Self {
        assert!(self.stderr.contains(expected), "`{expected}` is not in stderr:\n{}", self.stderr);
        self
    }
}
