//! `.env`: what `server.env` may copy while somebody develops, and nobody else sees.

use mik_tests::{Project, Server};

const SOURCE: &str = r#"//! Says what it is given.

use mik_sdk::prelude::*;

routes! {
    GET "/" => home,
}

fn home() -> String {
    // What the server itself tells a guest is none of the project's.
    let own = std::env::vars().filter(|(name, _)| !name.starts_with("MIK_"));
    let mut all: Vec<String> = own.map(|(name, value)| format!("{name}={value}")).collect();
    all.sort();
    all.join(" ")
}
"#;

fn project(name: &str) -> Project {
    let project = Project::with_source(name, SOURCE);
    project.append(
        "Cargo.toml",
        "\n[package.metadata.mik.server.env]\nTOKEN = { from = \"DOTENV_TEST_TOKEN\" }\nKIND = { from = \"DOTENV_TEST_KIND\" }\n",
    );
    project
}

#[test]
fn a_guest_is_given_what_its_configuration_names_and_a_change_is_live() {
    let project = project("dotenv");
    project.write(".env", "DOTENV_TEST_TOKEN='first one'\nDOTENV_TEST_KIND=file\nOTHER=secret\nPORT=1\n");
    let server = Server::start(project.command("serve").env("DOTENV_TEST_KIND", "process"));
    // What is set where the program is started counts first.
    assert_eq!(server.ask_for("/").is(200).text(), "KIND=process TOKEN=first one");

    project.write(".env", "DOTENV_TEST_TOKEN=second\n");
    server.wait_for("Rebuilding");
    server.wait_for("Live ");
    assert_eq!(server.ask_for("/").is(200).text(), "KIND=process TOKEN=second");

    // A line that is none leaves everything as it was.
    project.write(".env", "DOTENV_TEST_TOKEN=second\nhunter2\n");
    server.wait_for("mik::project::dotenv");
    server.wait_for("the last good version goes on serving");
    assert_eq!(server.ask_for("/").is(200).text(), "KIND=process TOKEN=second");
    let ended = server.stop();
    assert!(ended.log.contains(".env:2: it is not of the form `NAME=value`"), "{}", ended.log);
    assert!(!ended.log.contains("hunter2"), "{}", ended.log);
}

#[test]
fn production_does_not_read_it() {
    let project = project("dotenv-run");
    project.write(".env", "DOTENV_TEST_TOKEN=one\nDOTENV_TEST_KIND=file\n");
    project.run("build --release").ok();
    let output = project.run("run --port 0").code(96);
    assert!(output.stderr.contains("the variable `DOTENV_TEST_"), "{}", output.stderr);
}

#[test]
fn a_bad_line_is_told_before_anything_is_built() {
    let project = project("dotenv-bad");
    project.write(".env", "# mine\nDOTENV_TEST_TOKEN\n");
    project
        .run("serve --port 0")
        .code(96)
        .says("mik::project::dotenv")
        .says(".env:2: it is not of the form `NAME=value`");
}
