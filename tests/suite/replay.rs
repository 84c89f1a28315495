//! `cargo mik replay`: what was recorded is sent again, and what differs is shown.

use std::path::{Path, PathBuf};
use std::process::Command;

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Output, Program, Project, Server};
use serde_json::Value;

fn command(word: &str, component: &Path) -> Command {
    let mut command = Program::cargo_mik();
    command.arg(word).arg("--component").arg(component);
    command
}

/// Records a request to the handler.
fn record(directory: &Path, words: &[&str]) {
    let mut command = command("invoke", HANDLER.component());
    Program::run(command.args(words).arg("--record").arg(directory));
}

fn replay(directory: &Path, words: &[&str]) -> Output {
    Program::run(command("replay", HANDLER.component()).arg(directory).args(words))
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs_err::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn read(directory: &Path, name: &str) -> String {
    fs_err::read_to_string(directory.join(name)).unwrap()
}

#[test]
fn what_was_recorded_is_the_same_when_it_is_sent_again() {
    let directory = tempfile::tempdir().unwrap();
    let seen = directory.path().join("seen");
    record(&seen, &["/items/7?a=b"]);
    record(&seen, &["/items", "--data-json", "{\"name\": \"tea\", \"count\": 2}"]);
    record(&seen, &["/echo", "--data-binary", "\u{1}binary"]);
    record(&seen, &["/panic"]);
    let expected = [
        "0001-get-items-7.http",
        "0001-get-items-7.response.http",
        "0002-post-items.http",
        "0002-post-items.response.http",
        "0003-post-echo.body.txt",
        "0003-post-echo.http",
        "0003-post-echo.response.http",
        "0003-post-echo.response.txt",
        "0004-get-panic.http",
        "0004-get-panic.response.http",
    ];
    assert_eq!(names(&seen), expected);
    assert_eq!(
        read(&seen, "0002-post-items.http"),
        "### POST /items\nPOST /items\naccept: application/json\ncontent-type: application/json\nhost: localhost\n\n\
         {\"name\": \"tea\", \"count\": 2}\n\n<> ./0002-post-items.response.http\n"
    );
    assert!(read(&seen, "0001-get-items-7.response.http").starts_with("HTTP/1.1 200 OK\n"));
    assert!(read(&seen, "0001-get-items-7.response.http").ends_with("\n\nitem 7"));

    let same = replay(&seen, &[]).ok().says("Replayed 4 requests: 4 as before");
    assert_eq!(same.stdout, "");
}

#[test]
fn what_differs_is_shown_by_what_it_is_and_kept_when_that_is_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let seen = directory.path().to_owned();
    record(&seen, &["/status/404"]);
    record(&seen, &["/items", "--data-json", "{\"name\": \"tea\", \"count\": 2}"]);
    record(&seen, &["/echo", "-d", "one"]);
    record(&seen, &["/echo", "--data-binary", "\u{1}"]);
    let edit = |name: &str, from: &str, to: &str| {
        let text = read(&seen, name);
        assert!(text.contains(from), "{text}");
        fs_err::write(seen.join(name), text.replace(from, to)).unwrap();
    };
    edit("0001-get-status-404.response.http", "404 Not Found\n", "200 OK\nx-gone: once\n");
    edit("0002-post-items.response.http", "count\":2", "count\":3");
    edit("0003-post-echo.response.http", "\n\none", "\n\ntwo");
    fs_err::write(seen.join("0004-post-echo.response.txt"), "\u{1}\u{1}").unwrap();

    let output = replay(&seen, &[]).code(108).says("mik::answer::differs").says("4 of 4 answers are not what");
    for line in [
        "0001-get-status-404.http: GET /status/404\n  status: 200 → 404\n  x-gone: once is gone\n",
        "  body $.count: 3 → 2\n",
        "  body:\n    --- kept\n    +++ now\n    @@ -1 +1 @@\n    -two\n",
        "  body: 2 bytes (SHA-256 ",
    ] {
        assert!(output.stdout.contains(line), "{line}\nis not in\n{}", output.stdout);
    }

    let json = replay(&seen, &["--json"]).code(108).stdout;
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[1]["differences"][0]["path"], "$.count");
    let finished = lines.iter().find(|line| line["reason"] == "mik-replay-finished").unwrap();
    assert_eq!((&finished["differ"], &finished["same"]), (&Value::from(4), &Value::from(0)));

    replay(&seen, &["--update"]).ok().says("Updated 0001-get-status-404.http");
    replay(&seen, &[]).ok().says("4 as before");
}

#[test]
fn headers_that_change_can_be_left_out() {
    let directory = tempfile::tempdir().unwrap();
    record(directory.path(), &["/status/200"]);
    let name = "0001-get-status-200.response.http";
    let text =
        read(directory.path(), name).replace("200 OK\n", "200 OK\nETag: \"1\"\ndate: long ago\nx-mik-build: old\n");
    fs_err::write(directory.path().join(name), text).unwrap();
    replay(directory.path(), &[]).code(108);
    replay(directory.path(), &["--ignore-header", "etag"]).ok();
}

#[test]
fn secrets_are_not_recorded_unless_they_are_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let secret = ["/headers", "-H", "Authorization: Bearer hush", "-H", "cookie: a=hush"];
    record(directory.path(), &secret);
    let text = read(directory.path(), "0001-get-headers.http");
    assert!(text.contains("authorization: {{authorization}}\ncookie: {{cookie}}\n"), "{text}");
    replay(directory.path(), &[]).code(96).says("mik::recording::syntax").says("`authorization` stands for nothing");
    let variables = ["--variable", "authorization=Bearer hush", "--variable", "cookie=a=hush"];
    replay(directory.path(), &variables).ok();

    let other = tempfile::tempdir().unwrap();
    record(other.path(), &[&secret[..], &["--record-secrets"]].concat());
    assert!(read(other.path(), "0001-get-headers.http").contains("authorization: Bearer hush\n"));
    replay(other.path(), &[]).ok();
}

#[test]
fn a_server_records_what_it_is_asked_and_can_be_asked_again() {
    let project = HANDLER.configured("recorded", "");
    let seen = project.directory().join("seen");
    let server = Server::start(&mut project.command("serve --record seen"));
    assert_eq!(server.get("/items/1").body(), b"item 1");
    server.post("/echo", &vec![b'x'; (1 << 20) + 10]);
    server.get("/_mik/health/live");
    assert!(server.get("/give/3000000").body().len() == 3_000_000);
    let url = server.url("/");
    // The one that answers has been built; another listens there, and gets what was recorded.
    let written: [PathBuf; 3] =
        ["0001-get-items-1.http", "0002-post-echo.http", "0003-get-give-3000000.http"].map(|name| seen.join(name));
    mik_tests::wait_until("all are written", || written.iter().all(|path| path.exists()));
    let mut command = Program::cargo_mik();
    let output = Program::run(command.arg("replay").arg(&seen).args(["--url", &url])).ok();
    // What is cut can't be sent, and of an answer that is cut the beginning counts.
    output.says("Skipped 0002-post-echo.http").says("3 requests: 2 as before, 1 not sent");
    // Recording rebuilds nothing, though the directory is in the project.
    let ended = server.stop();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.log.contains("Rebuilding"), "{}", ended.log);
    assert!(names(&seen).iter().all(|name| !name.contains("health")));
}

#[test]
fn requests_may_be_written_by_hand_and_what_is_wrong_with_them_is_pointed_at() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("shop.http");
    let text = "@kind = items\n\n### One of them\nGET /{{kind}}/7\n\n### Another\n// a comment\nPOST http://shop.example/echo HTTP/1.1\n\
                content-type: text/plain\n\n< ./body.txt\n";
    fs_err::write(&file, text).unwrap();
    fs_err::write(directory.path().join("body.txt"), "from a file\n").unwrap();
    replay(&file, &[]).ok().says("New shop.http:4 (One of them): 200").says("2 without one to compare with");
    replay(&file, &["--update"]).ok();
    assert!(read(directory.path(), "shop.2.response.http").ends_with("\n\nfrom a file\n"));
    replay(&file, &[]).ok().says("2 as before");

    fs_err::write(&file, "### a\nGET nowhere\n").unwrap();
    replay(&file, &[]).code(96).says("shop.http:2:1").says("| ^^^^^^^^^^^\n").says("neither a path nor a URL");
    fs_err::write(&file, "POST /\n\n< ./gone.txt\n").unwrap();
    replay(&file, &[]).code(96).says("shop.http:3:3").says("the body can't be read");
    replay(&directory.path().join("none"), &[]).code(96).says("mik::recording::read");
    fs_err::remove_file(&file).unwrap();
    fs_err::remove_file(directory.path().join("shop.1.response.http")).unwrap();
    replay(directory.path(), &[]).code(96).says("mik::recording::none");
    let mut command = Program::cargo_mik();
    fs_err::write(&file, "/").unwrap();
    Program::run(command.arg("replay").arg(&file).args(["--url", "http://127.0.0.1:1"]))
        .code(107)
        .says("does not answer");
}

#[test]
fn state_that_leaks_is_shown_with_the_request_behind_it() {
    let source = "//! Keeps what it should not.\n\nuse std::sync::atomic::{AtomicU32, Ordering};\n\nuse mik_sdk::prelude::*;\n\n\
                  static BASKET: AtomicU32 = AtomicU32::new(0);\n\n\
                  routes! {\n    GET \"/plain\" => plain,\n    POST \"/add\" => add,\n    GET \"/basket\" => basket,\n    GET \"/random\" => random,\n}\n\n\
                  fn plain() -> &'static str {\n    \"plain\"\n}\n\n\
                  fn add() -> &'static str {\n    BASKET.fetch_add(1, Ordering::Relaxed);\n    \"added\"\n}\n\n\
                  fn basket() -> Json<u32> {\n    Json(BASKET.load(Ordering::Relaxed))\n}\n\n\
                  fn random() -> String {\n    mik_sdk::random::uuid().to_string()\n}\n";
    let project = Project::with_source("leaky", source);
    let requests = "GET /plain\n\n###\nPOST /add\n\n###\nGET /basket\n\n###\nGET /random\n";
    project.write("requests.http", requests);
    let output = project.run("replay requests.http --reuse").code(108).says("mik::answer::leaks");
    let output = output.says("Leaks requests.http:7, after requests.http:4").says("1 of 4 requests");
    assert!(output.stdout.contains("GET /basket, after requests.http:4"), "{}", output.stdout);

    project.edit("src/lib.rs", "    BASKET.fetch_add(1, Ordering::Relaxed);\n", "");
    project
        .run("replay requests.http --reuse")
        .ok()
        .says("Reused an instance that has been used answers like a fresh one");
}

#[test]
fn a_used_instance_is_one_that_has_answered_before() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("nth.http");
    fs_err::write(&file, "GET /nth/0\n").unwrap();
    let mut command = command("replay", PROBE.component());
    Program::run(command.arg(&file).arg("--reuse")).code(108).says("Leaks nth.http, after itself");
}
