//! `server.*`, flags and environment: what a user sets is what happens.

use std::net::TcpListener;

use mik_tests::guest::HANDLER;
use mik_tests::{Body, Program, Project, Server};
use serde_json::{Value, json};

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
pub(crate) fn the_environment_is_the_manifests_and_never_the_hosts() {
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
fn a_variable_that_no_guest_could_be_given_is_pointed_at() {
    let project = Project::saying("variables", "unused");
    for (variable, says) in [
        ("\"A=B\" = \"x\"", "`A=B` can't be the name of a variable"),
        ("\"\" = \"x\"", "can't be the name of a variable"),
        ("A = \"x\\u0000y\"", "the value of `A` has a NUL in it"),
    ] {
        project.write("mik.toml", format!("[server]\nenv = {{ {variable} }}\n"));
        project.run("serve --port 0").code(96).says(says).says("mik.toml:2:").says("help");
    }
}

/// A workspace of two packages, each the handler guest, with a `mik.toml` of its own. They are called `<name>-one` and
/// `<name>-two`.
fn workspace_of_two(name: &str, configurations: [&str; 2]) -> Project {
    let project = Project::empty(name);
    project.write("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"3\"\n");
    for (member, configuration) in ["one", "two"].into_iter().zip(configurations) {
        let guest = HANDLER.configured(name, "");
        let manifest = guest.read("Cargo.toml").replace("[workspace]\n", "");
        let renamed = manifest.replace(guest.name(), &format!("{}-{member}", project.name()));
        project.write(&format!("{member}/Cargo.toml"), renamed);
        project.write(&format!("{member}/mik.toml"), configuration);
    }
    project
}

#[test]
fn each_handler_of_a_workspace_has_its_own_environment_and_the_server_one_configuration() {
    let project = workspace_of_two(
        "two",
        [
            "[server]\nmax_body_size_mb = 3\nenv = { SHARED = \"one\", KEY_OF_ONE = { from = \"A_SECRET\" } }\n",
            "[server]\nmax_body_size_mb = 5\nenv = { SHARED = \"two\", NAME_OF_TWO = \"public\" }\n",
        ],
    );
    let mut command = project.command("serve --workspace");
    let server = Server::start(command.env("A_SECRET", "s3cr3t"));
    let environment = |member: &str| -> Value {
        server.ask_for(&format!("/run/{}-{member}/environment", project.name())).is(200).json()
    };
    let limit = ["MIK_MAX_BODY_SIZE", "3145728"];
    assert_eq!(environment("one"), json!([["KEY_OF_ONE", "s3cr3t"], limit, ["SHARED", "one"]]));
    assert_eq!(environment("two"), json!([limit, ["NAME_OF_TWO", "public"], ["SHARED", "two"]]));

    // Where the two disagree about the server, the second is told, once.
    let log = server.log();
    assert_eq!(log.matches("warning[mik::project::not_used]: `server.max_body_size_mb`").count(), 1, "{log}");
    assert!(log.contains("two/mik.toml:2:20") && log.contains("-one` decides: 3"), "{log}");
}

#[test]
fn settings_that_change_while_it_serves_hold_from_the_next_build_on() {
    let project = HANDLER.configured("live", "[server]\nenv = { STEP = \"1\" }\n");
    let server = Server::start(&mut serve(&project));
    let environment = || server.ask_for("/environment").is(200).json();
    assert_eq!(environment(), json!([["MIK_MAX_BODY_SIZE", "10485760"], ["STEP", "1"]]));

    project.write("mik.toml", "[server]\nmax_body_size_mb = 1\nmax_concurrent_requests = 5\nenv = { STEP = \"2\" }\n");
    server.wait_for("Rebuilding");
    server.wait_for("note: restart to apply `server.max_concurrent_requests`");
    server.wait_for("Live ");
    assert_eq!(environment(), json!([["MIK_MAX_BODY_SIZE", "1048576"], ["STEP", "2"]]));
    let body = vec![b'x'; (1 << 20) + 1];
    server.ask("POST", "/echo", &[], Body::Length(&body)).is_failure(413, "body-too-large");

    // What is wrong leaves what was right.
    project.write("mik.toml", "[server]\nenv = { STEP = { from = \"NOT_SET_ANYWHERE\" } }\n");
    server.wait_for("`NOT_SET_ANYWHERE` is not set");
    server.wait_for("the last good version goes on serving");
    assert_eq!(environment(), json!([["MIK_MAX_BODY_SIZE", "1048576"], ["STEP", "2"]]));
}

#[test]
fn a_component_served_by_itself_sees_nothing_of_the_host() {
    let server = HANDLER.shared();
    assert_eq!(server.ask_for("/environment").is(200).json(), json!([["MIK_MAX_BODY_SIZE", "10485760"]]));
}

#[test]
pub(crate) fn flags_beat_the_environment_which_beats_the_manifest_which_beats_the_default() {
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

#[test]
fn an_empty_variable_is_none_and_a_host_name_is_explained() {
    let mut command = Program::mik();
    command.arg("run").arg(HANDLER.component()).env("HOST", "").env("PORT", "");
    let server = Server::start(&mut command);
    assert!(server.address().ip().is_loopback(), "{}", server.address());
    // A flag beats even what could not be.
    let server = Server::start_as_is(command.env("HOST", "build.example.com").args(["--host", "127.0.0.1"]));
    assert_eq!(server.ask_for("/").is(200).text(), "home");

    let mut command = Program::mik();
    command.arg("run").arg(HANDLER.component()).env("PORT", "0").env("HOST", "build.example.com");
    let output = Program::run(&mut command).code(96);
    output.says("error[mik::project::invalid_variable]").says("`HOST` is `build.example.com`").says("`env -u HOST`");
}
