//! `server.*`, flags and environment: what a user sets is what happens.

use std::net::TcpListener;

use mik_tests::guest::HANDLER;
use mik_tests::{Program, Project, Server};
use serde_json::json;

/// A port that somebody listens on for as long as this is kept.
fn taken_port() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn serve(project: &Project) -> std::process::Command {
    project.command("serve")
}

#[test]
fn the_environment_is_the_manifests_and_never_the_hosts() {
    let project = HANDLER.configured(
        "environment",
        "[server.env]\nGREETING = \"gr\u{fc}\u{df} dich\"\nCOPIED = { from = \"OF_THE_HOST\" }\nLOG_LEVEL = \"off\"\n",
    );
    let server = Server::start(serve(&project).env("OF_THE_HOST", "yes = it is").env("SECRET_OF_THE_HOST", "hidden"));
    let expected = json!([
        ["COPIED", "yes = it is"],
        ["GREETING", "gr\u{fc}\u{df} dich"],
        ["LOG_LEVEL", "off"],
        ["MIK_MAX_BODY_SIZE", "10485760"],
    ]);
    assert_eq!(server.ask_for("/environment").is(200).json(), expected);
    drop(server);

    // A variable that is to be copied has to be there.
    let output = Program::run(serve(&project).args(["--port", "0"]).env_remove("OF_THE_HOST")).code(96);
    output.says("OF_THE_HOST").says("mik.toml").says("help");
}

#[test]
fn a_component_served_by_itself_sees_nothing_of_the_host() {
    let server = HANDLER.shared();
    assert_eq!(server.ask_for("/environment").is(200).json(), json!([["MIK_MAX_BODY_SIZE", "10485760"]]));
}

#[test]
fn flags_beat_the_environment_which_beats_the_manifest_which_beats_the_default() {
    let (_listener, taken) = taken_port();
    let project = Project::saying("ports", "here");

    project.write("mik.toml", "[server]\nport = 0\nhost = \"0.0.0.0\"\n");
    let server = Server::start_as_is(&mut serve(&project));
    assert_ne!(server.address().port(), 3000);
    assert!(server.address().ip().is_unspecified(), "{}", server.address());
    drop(server);

    project.write("mik.toml", format!("[server]\nport = {taken}\n"));
    Program::run(&mut serve(&project)).code(107).says(&format!("port {taken} is in use"));
    let server = Server::start_as_is(serve(&project).env("PORT", "0"));
    assert_eq!(server.ask_for("/").is(200).text(), "here");
    let server = Server::start_as_is(serve(&project).env("PORT", taken.to_string()).args(["--port", "0"]));
    assert_eq!(server.ask_for("/").is(200).text(), "here");

    let server = Server::start(serve(&project).env("HOST", "0.0.0.0"));
    assert!(server.address().ip().is_unspecified(), "{}", server.address());
    let server = Server::start(serve(&project).env("HOST", "0.0.0.0").args(["--host", "localhost"]));
    assert!(server.address().ip().is_loopback(), "{}", server.address());
}

#[test]
fn a_port_in_use_ends_with_107_and_says_how_to_choose_another() {
    let (_listener, taken) = taken_port();
    let mut command = Program::mik();
    command.arg("run").arg(HANDLER.component()).args(["--port", &taken.to_string()]);
    let output = Program::run(&mut command).code(107);
    output.says("error[mik::serve::port_in_use]").says(&format!("port {taken} is in use")).says("`--port 0`");
}
