//! What a server tells of itself: its numbers, its log file, and how much of it is said.

use std::process::Command;

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Body, Program, Project, Server, wait_until};
use tempfile::TempDir;

#[test]
fn the_numbers_say_what_happened() {
    let server = PROBE.serve();
    server.ask_for("/ok").is(200);
    server.ask_for("/run/probe/body/1000").is(200);
    server.ask_for("/trap").is_failure(500, "trap");
    server.ask_for("/run/nobody/").is_failure(404, "module-not-found");
    server.raw("nonsense\r\n\r\n");
    let idle = server.open();
    let has = |line: &str| {
        wait_until(line, || server.ask_for("/_mik/metrics").is(200).text().contains(&format!("\n{line}\n")));
    };
    has("mik_requests_total{module=\"probe\",status=\"2xx\"} 2");
    has("mik_requests_total{module=\"probe\",status=\"5xx\"} 1");
    has("mik_requests_total{module=\"\",status=\"4xx\"} 2");
    has("mik_request_duration_seconds_count{module=\"probe\"} 3");
    has("mik_failures_total{code=\"trap\"} 1");
    has("mik_failures_total{code=\"malformed-request\"} 1");
    has("mik_requests_in_flight 1");
    has("mik_connections 2");
    has("mik_modules 1");
    has("mik_instances_total{module=\"probe\"} 3");
    drop(idle);
    has("mik_connections 1");

    let reply = server.ask_for("/_mik/metrics").is(200);
    assert_eq!(reply.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    assert!(reply.text().ends_with("# EOF\n"));
    server.ask("POST", "/_mik/metrics", &[], Body::None).is_failure(405, "method-not-allowed");
    // With a component at `/`, that path is its own.
    assert_eq!(server.ask_for("/metrics").is(404).text(), "no such route");
}

#[test]
fn where_nothing_is_at_the_root_health_and_metrics_are_there_as_well() {
    let directory = tempfile::tempdir().unwrap();
    fs_err::copy(PROBE.component(), directory.path().join("probe.wasm")).unwrap();
    let server = Server::start(Program::mik().arg("run").arg(directory.path()));
    assert_eq!(server.ask_for("/health").is(200).json()["status"], "ready");
    assert!(server.ask_for("/metrics").is(200).text().contains("\nmik_modules 1\n"));
}

/// A directory whose log goes to `log/server.log`, and what serves there.
fn logging(more: &str) -> (TempDir, Command) {
    let (directory, command) = HANDLER.deployed(&format!("[server]\nlog_file = \"log/server.log\"\n{more}"));
    fs_err::create_dir(directory.path().join("log")).unwrap();
    (directory, command)
}

/// Waits for a line of the log file that has all of these, and gives it.
#[track_caller]
fn logged(directory: &TempDir, texts: &[&str]) -> String {
    let mut found = None;
    wait_until(&texts.join(", "), || {
        let log = fs_err::read_to_string(directory.path().join("log/server.log")).unwrap_or_default();
        found = log.lines().find(|line| texts.iter().all(|text| line.contains(text))).map(str::to_owned);
        found.is_some()
    });
    found.unwrap()
}

#[test]
pub(crate) fn the_log_file_has_a_line_for_each_request_and_for_what_is_said() {
    let (directory, mut command) = logging("");
    let server = Server::start(&mut command);
    server.ask("GET", "/?secret=1", &[("x-request-id", "one")], Body::None).is(200);
    let line = logged(&directory, &["id=one"]);
    for part in [" info  request id=one method=GET path=/ ", "status=200 bytes=4 duration_ms=", "client=127.0.0.1:"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let time = line.split(' ').next().unwrap();
    assert!(time.starts_with("20") && time.ends_with('Z') && time.contains('T'), "{line}");
    assert!(!line.contains("secret"), "{line}");

    server.ask("GET", "/panic", &[("x-request-id", "two")], Body::None).is_failure(500, "trap");
    logged(&directory, &["error", "mik::serve::trap", "request two"]);
    logged(&directory, &["info", "guest module=", "id=two stream=stderr"]);
    logged(&directory, &["request id=two", "status=500"]);
    logged(&directory, &["info", "Serving http://127.0.0.1:"]);
    logged(&directory, &["info", "Live "]);
    server.raw("nonsense\r\n\r\n");
    logged(&directory, &["status=400", "method=- path=-"]);
    // What would move a terminal's cursor does not, and no path is so long that nothing is said of its answer.
    let (moves, long) = ("/\u{9b}31m", format!("/{}", "\u{9b}".repeat(8 << 10)));
    server.raw(format!("GET {moves} HTTP/1.1\r\nhost: a\r\nx-request-id: moves\r\nconnection: close\r\n\r\n"));
    logged(&directory, &["id=moves", "path=/%C2%9B31m "]);
    server.raw(format!("GET {long} HTTP/1.1\r\nhost: a\r\nx-request-id: long\r\nconnection: close\r\n\r\n"));
    logged(&directory, &["id=long", "status=414"]);

    // Whoever moves it away finds a new one in its place.
    fs_err::rename(directory.path().join("log/server.log"), directory.path().join("log/moved.log")).unwrap();
    wait_until("a new file is there", || {
        server.ask("GET", "/", &[("x-request-id", "three")], Body::None).is(200);
        directory.path().join("log/server.log").exists()
    });
    logged(&directory, &["id=three"]);

    // The terminal has none of the requests, and the file has all up to the end.
    let ended = server.stop();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.log.contains("id=one"), "{}", ended.log);
    logged(&directory, &["Stopping"]);
}

#[test]
pub(crate) fn a_log_file_that_is_full_is_put_aside() {
    let (directory, mut command) = logging("log_max_size_mb = 1\nlog_max_files = 2\n");
    for (name, size) in [("server.log", (1 << 20) - 10), ("server.log.1", 1), ("server.log.2", 2)] {
        fs_err::write(directory.path().join("log").join(name), vec![b'x'; size]).unwrap();
    }
    let server = Server::start(&mut command);
    server.ask("GET", "/", &[("x-request-id", "one")], Body::None).is(200);
    logged(&directory, &["id=one"]);
    let length = |name: &str| fs_err::metadata(directory.path().join("log").join(name)).unwrap().len();
    assert_eq!(length("server.log.1"), (1 << 20) - 10);
    assert_eq!(length("server.log.2"), 1);
    assert!(!directory.path().join("log/server.log.3").exists());
}

#[test]
fn what_the_server_writes_and_serves_as_it_is_builds_nothing() {
    let project = Project::saying("logging", "here");
    project.write("mik.toml", "[server]\nlog_file = \"server.log\"\nlog_max_files = 2\nstatic = \"public\"\n");
    project.write("public/x.txt", "one");
    let server = Server::start(&mut project.command("serve"));
    assert_eq!(server.ask_for("/").is(200).text(), "here");
    project.write("public/x.txt", "two");
    assert_eq!(server.ask_for("/static/x.txt").is(200).text(), "two");
    assert!(project.read("server.log").contains("Serving http://"));
    project.say("there");
    server.wait_for("Live ");
    assert_eq!(server.ask_for("/").is(200).text(), "there");
    let log = server.stop().log;
    assert_eq!(log.matches("Rebuilding").count(), 1, "{log}");
}

#[test]
fn a_log_file_that_cannot_be_written_is_said_at_the_start() {
    let (_directory, mut command) = HANDLER.deployed("[server]\nlog_file = \"nowhere/server.log\"\n");
    let output = Program::run(command.args(["--port", "0"])).code(107);
    output.says("error[mik::serve::log_file]").says("nowhere/server.log").says("help");
}

#[test]
fn a_full_disk_loses_lines_and_no_request() {
    // What is written there never fits.
    let (_directory, mut command) = HANDLER.deployed("[server]\nlog_file = \"/dev/full\"\n");
    let server = Server::start(&mut command);
    server.says("warning[mik::serve::log_lost]");
    for _ in 0..20 {
        server.ask_for("/").is(200);
    }
    assert_eq!(server.log().matches("log_lost").count(), 1, "it is said once: {}", server.log());
    let lost = server.ask_for("/_mik/metrics").is(200);
    assert!(!lost.text().contains("mik_log_lines_lost_total 0\n"), "{}", lost.text());
}

#[test]
fn the_level_decides_what_is_said() {
    let serve = |level: &str| Server::start(Program::mik().arg("run").arg(PROBE.component()).env("RUST_LOG", level));
    let server = serve("debug");
    server.ask_for("/ok").is(200);
    server.says("Answered GET /ok: 200");

    let server = serve("error");
    server.ask_for("/print/1").is(200);
    server.ask_for("/trap").is(500);
    server.says("error[mik::serve::trap]");
    let log = server.stop().log;
    assert!(!log.contains("out 0") && !log.contains("Stopping") && !log.contains("Live"), "{log}");

    let server = serve("probe=debug,info");
    server.says("warning[mik::project::invalid_variable]: the environment variable `RUST_LOG` is `probe=debug,info`");
    server.ask_for("/ok").is(200);
    // A flag goes before the variable.
    let mut command = Program::mik();
    let server = Server::start(command.args(["-v", "run"]).arg(PROBE.component()).env("RUST_LOG", "error"));
    server.ask_for("/ok").is(200);
    server.says("Answered GET /ok: 200");
}
