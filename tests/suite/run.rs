//! `mik run FILE`: serves what is built, and says what is wrong with what is not.

use std::process::Command;

use mik_tests::guest::HANDLER;
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
fn a_handler_that_is_not_composed_is_told_how() {
    let handler = fs_err::read(HANDLER.component().with_extension("handler.wasm")).unwrap();
    assert_data_eq!(
        refused(Some(&handler)),
        str![[r#"
error[mik::serve::not_composed]: `app.wasm` exports `mik:core/handler@0.1.0`, not `wasi:http`
 |
 = help: compose it with the bridge: `cargo mik build` does, and prints the composed component's path

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
 = help: `wasi:http/incoming-handler@0.2` or `wasi:http/handler@0.3` is expected; it exports nothing

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
