//! What a guest sees of the host: its own variables, and nothing else.

use mik_tests::guest::{PROBE, PROBE_P3};
use mik_tests::{Body, Program, Server};

#[test]
fn secrets_of_the_host_never_reach_a_guest_nor_do_files_or_the_network() {
    for guest in [&PROBE, &PROBE_P3] {
        let mut command = Program::mik();
        command.arg("run").arg(guest.component()).arg("a-secret-argument").env("A_SECRET_OF_THE_HOST", "hidden");
        command.args(["--port", "0"]);
        // Arguments of the host's are refused, not passed on.
        Program::run(&mut command).code(2);
        let mut command = Program::mik();
        command.arg("run").arg(guest.component()).env("A_SECRET_OF_THE_HOST", "hidden");
        let server = Server::start(&mut command);
        let seen = server.ask_for("/env").is(200);
        let environment: Vec<_> = seen.text().lines().filter(|line| line.contains('=')).collect();
        assert_eq!(environment, ["MIK_MAX_BODY_SIZE=10485760"], "{}", seen.text());
        assert!(!seen.text().contains("argument"), "{}", seen.text());
        let tried = match guest.component() == PROBE.component() {
            true => server.ask_for("/file").is(200).text().to_owned(),
            false => seen.text().to_owned(),
        };
        for what in ["read", "list", "connect", "resolve"] {
            let line = tried.lines().find(|line| line.starts_with(what)).unwrap_or_else(|| panic!("{what}: {tried}"));
            assert!(line.contains("Err("), "{tried}");
        }
    }
}

#[test]
fn what_a_guest_prints_has_its_name_before_it_and_an_end() {
    let server = PROBE.serve();
    let id = |id| [("x-request-id", id)];
    server.ask("GET", "/print/2", &id("prints"), Body::None).is(200);
    for line in ["out 0", "out 1", "err 0", "err 1", "no line end"] {
        server.says(&format!("probe prints | {line}"));
    }
    // What never ends is cut, and the request is ended by its time like any other.
    let project = PROBE.configured("floods", "[server]\nexecution_timeout_secs = 1\n");
    let server = Server::start(&mut project.command("serve"));
    server.ask("GET", "/flood", &id("floods"), Body::None).is_failure(504, "deadline");
    let log = server.stop().log;
    assert!(log.len() < 600 << 10, "{} bytes", log.len());
    assert_eq!(log.matches("(the rest of this request's output is cut)").count(), 1);
}
