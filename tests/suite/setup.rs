//! `cargo mik setup`: a standard library for targets that the toolchain lacks.

use std::process::Command;

use mik_tests::{Program, Project};

#[test]
fn setup_gets_a_standard_library_that_rustc_takes() {
    let mut command = Program::cargo_mik();
    let output =
        Program::run(command.args(["setup", "--quiet", "--print-sysroot", "--target", "wasm32-unknown-unknown"]));
    let sysroot = output.ok().stdout;
    let directory = tempfile::tempdir().unwrap();
    let mut rustc = Command::new("rustc");
    rustc.current_dir(directory.path()).args(["--target=wasm32-unknown-unknown", "--crate-type=cdylib", "-"]);
    if !sysroot.trim().is_empty() {
        rustc.arg(format!("--sysroot={}", sysroot.trim()));
    }
    Program::run(&mut rustc).ok();

    // What is there is not made again.
    let mut command = Program::cargo_mik();
    let output = Program::run(command.args(["setup", "--target", "wasm32-unknown-unknown"])).ok().says("Ready");
    assert!(!output.stderr.contains("Building"), "{}", output.stderr);
}

#[test]
fn where_nothing_works_the_error_says_what_was_tried_and_what_to_type() {
    let cache = tempfile::tempdir().unwrap();
    let project = Project::new("no-target");
    let mut command = project.command("build --offline");
    let output = Program::run(command.env("MIK_CACHE_DIR", cache.path()));
    if mik_tests::toolchain_has("wasm32-wasip2") {
        output.ok();
    } else {
        output.code(96).says("mik::setup::target").says("rust-src").says("rustup target add wasm32-wasip2");
    }
}

#[test]
fn a_source_that_the_user_names_is_used_or_is_an_error() {
    let cache = tempfile::tempdir().unwrap();
    let mut command = Program::cargo_mik();
    command.args(["setup", "--target", "wasm32-wasip1", "--force", "--offline"]);
    command.env("MIK_CACHE_DIR", cache.path()).env("MIK_RUST_SRC", cache.path());
    let output = Program::run(&mut command);
    if mik_tests::toolchain_has("wasm32-wasip1") {
        output.ok();
    } else {
        output.code(96).says("mik::setup::rust_src");
    }
}
