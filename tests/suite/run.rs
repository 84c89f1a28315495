//! `mik run`: serves what is built, and says what is wrong with what is not.

use std::process::Command;

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Program, Server};
use snapbox::{assert_data_eq, str};
use tempfile::TempDir;

#[test]
fn a_built_component_is_served_with_no_cargo_on_the_machine() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("anything-1.0.wasm");
    fs_err::copy(HANDLER.component(), &file).unwrap();
    // No PATH, no home, no cargo: nothing but the program and the file. And a cache, or it would be the tester's own.
    let mut command = Program::mik();
    command.env_clear().env("MIK_CACHE_DIR", Program::cache_directory()).args(["run", "anything-1.0.wasm"]);
    let server = Server::start(command.current_dir(directory.path()));
    assert_eq!(server.ask_for("/").is(200).text(), "home");
    assert_eq!(server.ask_for("/run/anything-1.0/").is(200).text(), "home");
    let handlers = server.ask_for("/_mik/handlers").is(200).json();
    assert_eq!(handlers["handlers"][0]["url"], "/run/anything-1.0/");
}

#[test]
fn the_first_program_runs_it_as_well() {
    let server = Server::start(Program::cargo_mik().arg("run").arg(HANDLER.component()));
    assert_eq!(server.ask_for("/").is(200).text(), "home");
    assert_eq!(server.ask_for("/_mik/health/ready").is(200).json()["status"], "ready");
}

/// A directory with a file in it, and `mik run` on that.
fn run(content: Option<&[u8]>) -> (TempDir, Command) {
    let directory = tempfile::tempdir().unwrap();
    if let Some(content) = content {
        fs_err::write(directory.path().join("app.wasm"), content).unwrap();
    }
    let mut command = Program::mik();
    command.args(["run", "app.wasm", "--port", "0"]).current_dir(directory.path());
    (directory, command)
}

#[track_caller]
fn refused(content: Option<&[u8]>) -> String {
    let (_directory, mut command) = run(content);
    Program::run(&mut command).code(107).stderr
}

#[test]
fn a_file_that_is_not_there_is_named() {
    assert_data_eq!(
        refused(None),
        str![[r#"
error[mik::serve::read]: the component can't be read
 |
 = cause: failed to open file `app.wasm`: No such file or directory (os error 2)
 = help: `cargo mik build` prints the path of what it builds

"#]]
    );
}

#[test]
fn a_file_that_is_something_else_is_told_from_wasm() {
    assert_data_eq!(
        refused(Some(b"#!/bin/sh\n")),
        str![[r#"
error[mik::serve::not_wasm]: `app.wasm` is not WebAssembly
 |
 = help: a component is expected, such as `cargo mik build` writes to target/mik

"#]]
    );
    assert_data_eq!(
        refused(Some(b"")),
        str![[r#"
error[mik::serve::not_wasm]: `app.wasm` is not WebAssembly
 |
 = help: a component is expected, such as `cargo mik build` writes to target/mik

"#]]
    );
}

#[test]
fn a_core_module_is_told_from_a_component() {
    assert_data_eq!(
        refused(Some(b"\0asm\x01\0\0\0")),
        str![[r#"
error[mik::serve::core_module]: `app.wasm` is a core module, not a component
 |
 = help: build it with `cargo mik build`, which makes a component of it

"#]]
    );
}

#[test]
fn a_component_that_answers_no_http_is_told_what_is_expected() {
    assert_data_eq!(
        refused(Some(b"\0asm\x0d\0\x01\0")),
        str![[r#"
error[mik::serve::no_handler]: `app.wasm` exports nothing that answers HTTP
 |
 = help: `wasi:http/incoming-handler@0.2`, `wasi:http/handler@0.3` or `mik:core/handler@0.1.0` is expected; it exports nothing

"#]]
    );
}

#[test]
fn a_component_that_is_cut_short_is_called_damaged() {
    let whole = fs_err::read(HANDLER.component()).unwrap();
    for length in [9, whole.len() / 2, whole.len() - 1] {
        let stderr = refused(whole.get(..length));
        assert!(
            stderr.contains("error[mik::serve::invalid_component]: `app.wasm` is not a valid component"),
            "{stderr}"
        );
        assert!(stderr.contains("help: the file is damaged or cut short"), "{stderr}");
    }
}

/// A project as it is deployed: its configuration and what is built, and no cargo.
struct Deployed(TempDir);

impl Deployed {
    /// Files by their paths; those that end in `.wasm` are the handler guest.
    fn with(files: &[(&str, &str)]) -> Self {
        let deployed = Self(tempfile::tempdir().unwrap());
        for (path, content) in files {
            let path = deployed.0.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            match path.extension().is_some_and(|extension| extension == "wasm") {
                true => drop(fs_err::copy(HANDLER.component(), path).unwrap()),
                false => fs_err::write(path, content).unwrap(),
            }
        }
        deployed
    }

    /// `mik run …` in a directory of it, with nothing in its environment.
    fn command(&self, directory: &str, arguments: &[&str]) -> Command {
        let mut command = Program::mik();
        command.env_clear().args(["run", "-v"]).args(arguments).current_dir(self.0.path().join(directory));
        command
    }

    #[track_caller]
    fn serve(&self, directory: &str, arguments: &[&str]) -> Server {
        Server::start(&mut self.command(directory, arguments))
    }
}

/// What answers, of a few addresses.
#[track_caller]
fn answering(server: &Server) -> Vec<&'static str> {
    let all = ["/", "/run/hello/", "/run/one/", "/run/two/"];
    all.into_iter().filter(|target| server.ask_for(target).status == 200).collect()
}

const CARGO_TOML: &str =
    "[package]\nname = \"hello\"\n[package.metadata.mik.server]\nenv = { GREETING = \"hi\" }\n[workspace]\n";

#[test]
fn a_project_is_served_by_its_configuration_with_no_cargo_on_the_machine() {
    let files = [("Cargo.toml", CARGO_TOML), ("target/mik/release/hello.wasm", ""), ("modules/one.wasm", "")];
    let deployed = Deployed::with(&files);
    for (directory, arguments) in [("", &[][..]), ("", &["."]), ("modules", &[".."])] {
        let server = deployed.serve(directory, arguments);
        server.says("Cargo.toml");
        assert_eq!(answering(&server), ["/", "/run/hello/", "/run/one/"]);
        for target in ["/environment", "/run/one/environment"] {
            let environment = server.ask_for(target).is(200).json();
            assert_eq!(environment[0], serde_json::json!(["GREETING", "hi"]), "{environment}");
        }
    }
    // Only a mik.toml, and a directory of its own choice.
    let files = [("mik.toml", "[server]\nmodules = \"components\"\n"), ("components/two.wasm", "")];
    assert_eq!(answering(&Deployed::with(&files).serve("", &[])), ["/run/two/"]);
}

#[test]
fn the_component_is_found_where_a_build_puts_it() {
    let member = "[package]\nname = \"hello\"\n";
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"member\"]\n"),
        ("target/mik/release/hello.wasm", ""),
        ("member/Cargo.toml", member),
    ];
    let deployed = Deployed::with(&files);
    assert_eq!(answering(&deployed.serve("member", &[])), ["/", "/run/hello/"]);
    // What cargo is told of its target directory counts here too, and then alone.
    let elsewhere = Deployed::with(&[("built/mik/release/hello.wasm", ""), ("Cargo.toml", member)]);
    let mut command = elsewhere.command("", &["--port", "0"]);
    command.env("CARGO_TARGET_DIR", "nowhere");
    Program::run(&mut command).code(96);
    command.env("CARGO_TARGET_DIR", "built");
    assert_eq!(answering(&Server::start_as_is(&mut command)), ["/", "/run/hello/"]);
}

#[test]
fn where_there_is_nothing_to_serve_it_is_said_what_to_do() {
    for files in [&[][..], &[("Cargo.toml", CARGO_TOML)], &[("mik.toml", "")]] {
        let deployed = Deployed::with(files);
        let output = Program::run(&mut deployed.command("", &["--port", "0"])).code(96);
        output.says("error[mik::project::nothing_to_serve]").says("cargo mik build --release");
    }
    // A directory by the default name is served only where a configuration is beside it.
    Program::run(&mut Deployed::with(&[("modules/one.wasm", "")]).command("", &["--port", "0"])).code(96);
    let output = Program::run(&mut Deployed::with(&[]).command("", &["--port", "0", "--modules", "none"])).code(96);
    output.says("error[mik::project::no_modules]: `none` is not a directory");
}

#[test]
fn a_file_and_a_mere_directory_have_the_configuration_of_the_current_directory() {
    let files = [("mik.toml", "[server]\nenv = { A = \"b\" }\n"), ("one.wasm", ""), ("modules/two.wasm", "")];
    let deployed = Deployed::with(&files);
    let server = deployed.serve("", &["one.wasm"]);
    assert_eq!(answering(&server), ["/", "/run/one/", "/run/two/"]);
    assert_eq!(server.ask_for("/environment").is(200).json()[0], serde_json::json!(["A", "b"]));
    let server = deployed.serve("", &["modules"]);
    assert_eq!(answering(&server), ["/run/two/"]);
    assert_eq!(server.ask_for("/run/two/environment").is(200).json()[0], serde_json::json!(["A", "b"]));
    // None there, none used; and a directory that is typed goes before one that is written.
    let server = deployed.serve("modules", &["../one.wasm"]);
    assert_eq!(answering(&server), ["/", "/run/one/"]);
    server.says("neither Cargo.toml nor mik.toml");
    assert_eq!(answering(&deployed.serve("", &["one.wasm", "--modules", "."])), ["/", "/run/one/"]);
}

#[test]
fn the_projects_own_component_goes_before_a_file_of_its_name() {
    let files = [("Cargo.toml", CARGO_TOML), ("target/mik/release/hello.wasm", ""), ("modules/other", "")];
    let deployed = Deployed::with(&files);
    fs_err::copy(PROBE.component(), deployed.0.path().join("modules/hello.wasm")).unwrap();
    let server = deployed.serve("", &[]);
    server.says("warning[mik::serve::shadowed]: `modules/hello.wasm` is not served");
    assert_eq!(server.ask_for("/run/hello/").is(200).text(), "home");
    assert_eq!(server.log().matches("warning").count(), 1, "{}", server.log());
}
