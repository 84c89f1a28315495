//! Components that were optimized answer as before, in fewer bytes, and what goes wrong leaves everything as it was.

use std::path::Path;

use mik_tests::guest::{Guest, HANDLER, PROBE, PROBE_P3};
use mik_tests::{Body, Output, Program, Project, Reply, Server};
use serde_json::Value;

/// Requests whose answers do not depend on the moment.
const REQUESTS: &[(&str, &str, &str, &str)] = &[
    ("GET", "/", "", ""),
    ("HEAD", "/", "", ""),
    ("OPTIONS", "/items", "", ""),
    ("GET", "/nothing/here", "", ""),
    ("POST", "/items/7", "", ""),
    ("DELETE", "/items/7", "", ""),
    ("GET", "/items/7", "", ""),
    ("GET", "/items/700", "", ""),
    ("GET", "/items/seven", "", ""),
    ("GET", "/items/99999999999999999999", "", ""),
    ("POST", "/items", "application/json", r#"{"name":"Käse \ud83e\uddc0","count":255}"#),
    ("POST", "/items", "application/json", r#"{"name":"a","count":256}"#),
    ("POST", "/items", "application/json", r#"{"name":"a","count":1,}"#),
    ("POST", "/items", "application/json", r#"{"name":7}"#),
    ("POST", "/items", "text/plain", r#"{"name":"a","count":1}"#),
    ("GET", "/search?q=a%20b+c&page=2&tag=x&tag=%C3%A4", "", ""),
    ("GET", "/search?page=2", "", ""),
    ("GET", "/search?q=a&page=-1", "", ""),
    ("GET", "/sum/1,2,3", "", ""),
    ("GET", "/raw/a%2Fb/../c?x=%00", "", ""),
    ("PUT", "/method", "", ""),
    ("GET", "/repeated", "", ""),
    ("GET", "/status/418", "", ""),
    ("GET", "/give/100000", "", ""),
    ("POST", "/receive?name=n&seed=3", "", "not the payload"),
    ("POST", "/echo", "application/octet-stream", "every byte comes back"),
];

/// `cargo mik optimize` on a component, to a file beside its copy.
fn optimize(input: &Path, output: &Path, flags: &[&str]) -> Output {
    let mut command = Program::cargo_mik();
    command.arg("optimize").arg(input).arg("-o").arg(output).args(flags);
    Program::run(&mut command)
}

fn serve(component: &Path) -> Server {
    Server::start(Program::mik().arg("run").arg(component))
}

fn ask(server: &Server, (method, target, content_type, body): (&str, &str, &str, &str)) -> Reply {
    let headers = [("content-type", content_type)];
    let headers = if content_type.is_empty() { &headers[..0] } else { &headers[..] };
    let body = if body.is_empty() { Body::None } else { Body::Length(body.as_bytes()) };
    server.ask(method, target, headers, body)
}

/// What two servers of the same code say alike: not when, and not under which number.
fn essence(reply: Reply) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let Reply { status, mut headers, body } = reply;
    headers.retain(|(name, _)| !matches!(name.to_ascii_lowercase().as_str(), "date" | "x-request-id"));
    (status, headers, body)
}

#[test]
fn a_handler_answers_every_request_as_before_with_panics_that_trap_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let before = HANDLER.shared();
    for (name, flags) in [("message", &[][..]), ("trap", &["--panic", "trap"]), ("named", &["--keep-names"])] {
        let output = directory.path().join(format!("{name}.wasm"));
        optimize(HANDLER.component(), &output, flags).ok().says("Optimized");
        let after = serve(&output);
        for request in REQUESTS {
            assert_eq!(essence(ask(&before, *request)), essence(ask(&after, *request)), "{name}: {request:?}");
        }
    }
}

#[test]
fn guests_that_misbehave_do_so_as_before() {
    let directory = tempfile::tempdir().unwrap();
    let paths: [(&Guest, &[&str]); 2] = [
        (&PROBE, &["/ok", "/seen", "/body/70000", "/status/204", "/file", "/trap", "/never-set", "/nothing/here"]),
        (&PROBE_P3, &["/ok", "/body/70000", "/status/204", "/nothing/here"]),
    ];
    for (guest, paths) in paths {
        let output = directory.path().join("guest.wasm");
        optimize(guest.component(), &output, &[]).ok();
        let (before, after) = (guest.shared(), serve(&output));
        for path in paths {
            let (before, after) = (before.ask_for(path), after.ask_for(path));
            assert_eq!(before.status, after.status, "{path}: {}", after.text());
            if before.status < 500 {
                assert_eq!(essence(before), essence(after), "{path}");
            }
        }
    }
}

#[test]
fn a_panic_is_a_500_with_its_message_or_without() {
    let directory = tempfile::tempdir().unwrap();
    let message = directory.path().join("message.wasm");
    optimize(HANDLER.component(), &message, &[]).ok();
    let server = serve(&message);
    server.ask_for("/panic").is_failure(500, "trap");
    server.says("panicked at");
    server.ask_for("/").is(200);

    let trap = directory.path().join("trap.wasm");
    optimize(HANDLER.component(), &trap, &["--panic", "trap"]).ok();
    let server = serve(&trap);
    server.ask_for("/panic").is_failure(500, "trap");
    server.ask_for("/").is(200);
    assert!(!server.log().contains("panicked at"), "{}", server.log());
    assert!(size(&trap) < size(&message), "{} and {}", size(&trap), size(&message));
}

fn size(path: &Path) -> u64 {
    fs_err::metadata(path).unwrap().len()
}

#[test]
fn a_second_run_changes_nothing_and_no_path_makes_a_difference() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = here.path().join("first.wasm");
    optimize(HANDLER.component(), &first, &[]).ok();
    let copy = there.path().join("copy.wasm");
    fs_err::copy(HANDLER.component(), &copy).unwrap();
    // The input may be the output.
    optimize(&copy, &copy, &[]).ok();
    let bytes = fs_err::read(&first).unwrap();
    assert!(bytes == fs_err::read(&copy).unwrap(), "the same input gives the same bytes");
    let second = here.path().join("second.wasm");
    let json = optimize(&first, &second, &["--json"]).ok();
    assert!(bytes == fs_err::read(&second).unwrap(), "what is optimized stays as it is");
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["reason"], &json["part"]), (&"mik-optimized".into(), &"file".into()), "{json}");
    assert_eq!((json["before"].as_u64(), json["after"].as_u64()), (Some(size(&first)), Some(size(&second))), "{json}");
}

#[test]
fn a_core_module_is_optimized_too() {
    let directory = tempfile::tempdir().unwrap();
    let (input, output) = (directory.path().join("in.wasm"), directory.path().join("out.wasm"));
    let text = "(module (func $dead) (func $live (export \"run\") (result i32) i32.const 7))";
    fs_err::write(&input, wat::parse_str(text).unwrap()).unwrap();
    optimize(&input, &output, &[]).ok();
    let text = wasmprinter::print_bytes(fs_err::read(&output).unwrap()).unwrap();
    assert!(text.contains("i32.const 7") && !text.contains("dead") && !text.contains("(func (;1;)"), "{text}");
}

#[test]
fn broken_input_is_refused_and_what_was_there_stays() {
    let directory = tempfile::tempdir().unwrap();
    let input = directory.path().join("in.wasm");
    let output = directory.path().join("out.wasm");
    fs_err::write(&output, b"earlier").unwrap();
    let whole = fs_err::read(HANDLER.component()).unwrap();
    let mut damaged = whole.clone();
    // Past the header, where the component says what it is made of; most of the rest is for debuggers.
    damaged[16..80].fill(0xff);
    for (bytes, code) in [
        (&whole[..whole.len() / 2], "mik::optimize::invalid_input"),
        (&damaged, "mik::optimize::invalid_input"),
        (b"(module)", "mik::optimize::not_wasm"),
        (b"", "mik::optimize::not_wasm"),
    ] {
        fs_err::write(&input, bytes).unwrap();
        optimize(&input, &output, &[]).code(104).says(code);
        assert_eq!(fs_err::read(&output).unwrap(), b"earlier");
    }
    fs_err::remove_file(&input).unwrap();
    optimize(&input, &output, &[]).code(104).says("mik::optimize::read").says("in.wasm");
    optimize(HANDLER.component(), &directory.path().join("in.wasm/out.wasm"), &[]).code(0);
    optimize(HANDLER.component(), &directory.path().join("out.wasm/x.wasm"), &[]).code(110);
}

#[test]
fn names_that_the_profile_takes_away_are_missed_where_panics_shall_trap() {
    let project = Project::saying("no-names", "here");
    project.write("mik.toml", "[build]\npanic = \"trap\"\n");
    project.append("Cargo.toml", "\n[profile.release]\nstrip = true\n");
    project.run("build --release").ok().says("warning[mik::optimize::no_names]").says("strip = \"debuginfo\"");
    project.edit("Cargo.toml", "strip = true", "strip = \"debuginfo\"");
    let output = project.run("build --release").ok();
    assert!(!output.stderr.contains("no_names"), "{}", output.stderr);
}

/// Whether panics keep their messages, and how large a component may be.
pub(crate) mod keys {
    use super::*;

    #[test]
    pub(crate) fn panics_trap_where_the_manifest_says_so() {
        let source = "use mik_sdk::prelude::*;\n\nroutes! {\n    GET \"/{name}\" => hello,\n}\n\n\
                      fn hello(Path(name): Path<String>) -> String {\n    assert_ne!(name, \"nobody\", \"I know him\");\n    \
                      name\n}\n";
        let project = Project::with_source("traps", source);
        project.run("build --release").ok();
        let message = size(&project.component("release"));
        project.write("mik.toml", "[build]\npanic = \"trap\"\n");
        project.run("build --release -v").ok().says("the settings, the bridge, a dependency or cargo mik have changed");
        assert!(size(&project.component("release")) < message);
        let server = serve(&project.component("release"));
        server.ask_for("/nobody").is_failure(500, "trap");
        assert_eq!(server.ask_for("/Ada").is(200).text(), "Ada");
        assert!(!server.log().contains("I know him"), "{}", server.log());
    }

    #[test]
    pub(crate) fn a_component_that_is_too_large_is_not_written_and_its_crates_are_named() {
        let project = Project::saying("too-large", "here");
        project.run("build --release").ok();
        let component = fs_err::read(project.component("release")).unwrap();
        let limit = |bytes: usize| project.write("mik.toml", format!("[build]\nmax_size = {bytes}\n"));
        limit(component.len());
        project.run("build --release").ok().says("Fresh");

        // Fresh or made again, it is too large.
        limit(component.len() - 1);
        let output = project.run("build --release").code(104);
        output.says("error[mik::optimize::too_large]").says("1 more than `build.max_size` allows").says("mik_sdk ");
        project.say("here, with more to say");
        project.run("build --release").code(104).says("mik_sdk ").says("cargo mik size");
        assert!(fs_err::read(project.component("release")).unwrap() == component, "the earlier one stays");
    }
}
