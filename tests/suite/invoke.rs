//! `cargo mik invoke`: one request, no server.

use std::io::Write;
use std::process::Stdio;

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Output, Program, Project};
use serde_json::Value;

/// `cargo mik invoke … --component` of the handler.
fn invoke(words: &[&str]) -> Output {
    let mut command = Program::cargo_mik();
    command.arg("invoke").args(words).arg("--component").arg(HANDLER.component());
    Program::run(&mut command)
}

#[test]
fn a_project_is_built_and_its_answer_goes_to_stdout_and_nothing_else_does() {
    let project = Project::saying("invoked", "hello from no server");
    let output = project.run("invoke /").ok();
    assert_eq!(output.stdout, "hello from no server");
    let output =
        output.says("Finished").says("HTTP/1.1 200 OK\n").says("content-type: text/plain").says("x-mik-build: ");
    // What it took, with its parts.
    let line = output.stderr.lines().find(|line| line.contains("Answered 200 with 20 B in ")).unwrap();
    for part in ["compile ", "instantiate ", "guest "] {
        assert!(line.contains(part), "{line}");
    }
    // A change is in the next answer.
    project.say("hello again");
    assert_eq!(project.run("invoke / -q").ok().stdout, "hello again");
}

#[test]
fn a_request_is_what_was_typed_as_curl_has_it() {
    let text = |words: &[&str]| invoke(words).ok().stdout;
    assert_eq!(text(&["/method"]), "it was GET");
    assert_eq!(text(&["/method", "-d", "a"]), "it was POST");
    assert_eq!(text(&["/method", "-X", "DELETE"]), "it was DELETE");
    assert_eq!(text(&["/echo", "-d", "a=b", "-d", "c=d"]), "a=b&c=d");
    let headers =
        text(&["http://shop.example/headers", "-H", "X-Mine: 1", "-H", "accept:", "--data-raw", "x", "-X", "GET"]);
    assert!(headers.contains("shop.example") && headers.to_lowercase().contains("x-mine"), "{headers}");
    assert!(headers.contains("application/x-www-form-urlencoded") && !headers.contains("*/*"), "{headers}");

    let mut command = Program::cargo_mik();
    command.args(["invoke", "/echo", "--data-binary", "@-", "--component"]).arg(HANDLER.component());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Every byte there is, more often than fits into one piece.
    let bytes: Vec<u8> = (0..=255_u8).cycle().take(300_000).collect();
    let mut stdin = child.stdin.take().unwrap();
    let sent = bytes.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&sent).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.stdout == bytes, "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_head_goes_to_stdout_where_it_is_wanted_and_the_body_into_a_file() {
    let output = invoke(&["/status/404", "-i"]).ok();
    assert!(output.stdout.starts_with("HTTP/1.1 404 Not Found\r\n"), "{}", output.stdout);
    assert!(output.stdout.ends_with("\r\n\r\na body"), "{}", output.stdout);
    let head = invoke(&["/give/5", "-I"]).ok();
    assert_eq!(head.stdout, "");

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sub/body.txt");
    let file_name = file.to_str().unwrap();
    assert_eq!(invoke(&["/status/200", "-o", file_name]).ok().stdout, "");
    assert_eq!(fs_err::read_to_string(&file).unwrap(), "a body");
    invoke(&["/status/200", "-o", directory.path().to_str().unwrap()]).code(110).says("mik::output::write");
}

#[test]
fn a_status_that_says_of_a_failure_fails_where_it_is_to() {
    assert_eq!(invoke(&["/status/404"]).ok().stdout, "a body");
    let failed = invoke(&["/status/404", "-f"]).code(108).says("mik::answer::status").says("404 Not Found");
    assert_eq!(failed.stdout, "");
    assert_eq!(invoke(&["/status/500", "--fail-with-body"]).code(108).stdout, "a body");
    assert_eq!(invoke(&["/status/200", "-f"]).ok().stdout, "a body");
}

#[test]
fn a_guest_that_fails_is_told_of_with_the_place_and_its_last_words() {
    let output = invoke(&["/panic"]).code(108).says("error[mik::serve::trap]").says("HTTP/1.1 500");
    // The panic's own message, and the function that it was in.
    let output = output.says("asked to panic").says("panic_on_purpose");
    assert!(output.stdout.contains("urn:mik:error:trap"), "{}", output.stdout);

    let mut command = Program::cargo_mik();
    command.args(["invoke", "/trap", "--component"]).arg(PROBE.component());
    Program::run(&mut command).code(108).says("misbehaviour").says("asked to trap");
}

#[test]
fn limits_and_variables_are_those_of_the_configuration() {
    let configuration = "[server]\nexecution_timeout_secs = 1\nmemory_limit_mb = 16\nenv = { SHOP = \"tea\" }\n";
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(directory.path().join("mik.toml"), configuration).unwrap();
    let run = |target: &str| {
        let mut command = Program::cargo_mik();
        command.args(["invoke", target, "--component"]).arg(HANDLER.component()).current_dir(directory.path());
        Program::run(&mut command)
    };
    assert!(run("/environment").ok().stdout.contains("[\"SHOP\",\"tea\"]"));
    assert!(run("/loop").code(108).stdout.contains("urn:mik:error:deadline"));
    assert!(run("/memory").code(108).stdout.contains("urn:mik:error:memory-limit"));
}

#[test]
fn programs_get_one_object_with_all_there_is_to_know() {
    let object =
        |output: Output| -> Value { serde_json::from_str(&output.stdout).expect("one object, and nothing else") };
    let log = object(invoke(&["/log", "-d", "from outside", "--json"]).ok());
    assert_eq!((&log["reason"], &log["status"]), (&Value::from("mik-answer"), &Value::from(204)));
    assert!(log["logs"][0]["line"].as_str().unwrap().contains("from outside"), "{log}");
    assert!(log["milliseconds"]["guest"].as_f64().unwrap() > 0.0, "{log}");
    let trap = object(invoke(&["/panic", "--message-format", "json"]).code(108));
    assert_eq!(trap["failures"][0]["code"], "mik::serve::trap");
    let bytes = object(invoke(&["/echo", "--json", "--data-binary", "\u{1}"]).ok());
    assert_eq!(bytes["body"], "\u{1}");

    // A build has its own lines, for people.
    let project = Project::saying("invoked-json", "json");
    let answer = object(project.run("invoke / --json").ok().says("Finished"));
    assert_eq!(answer["body"], "json");
    assert_eq!(answer["build"].as_str().unwrap().len(), 12);
}

#[test]
fn what_is_wrong_is_said_with_the_exit_code_of_its_kind() {
    invoke(&["no-path"]).code(2).says("mik::cli::no_request").says("begins with `/`");
    invoke(&["/a b"]).code(2).says("mik::cli::no_request");
    invoke(&["/", "-H", "nothing"]).code(2).says("mik::cli::no_header");
    invoke(&["/", "-d", "@/no/such/file"]).code(2).says("mik::cli::no_body");
    invoke(&["/", "--release"]).code(2).says("mik::cli::flags_of_a_build");
    let mut command = Program::cargo_mik();
    Program::run(command.args(["invoke", "/", "--component", "/no/such.wasm"])).code(107).says("mik::serve::read");
    let project = Project::saying("invoked-broken", "x");
    project.append("src/lib.rs", "nonsense");
    project.run("invoke /").code(101);
}
