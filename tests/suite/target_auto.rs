//! `build.target = "auto"`: the smallest target where it has all that is reached; else wasm32-wasip2, and it is said why.

use mik_tests::{Output, Program, Project, Server};
use serde_json::{Value, json};

const SMALLEST: &str = "wasm32-unknown-unknown";
const SUPPORTED: &str = "wasm32-wasip2";

/// A handler whose target is left open.
fn undecided(name: &str, source: &str) -> Project {
    let project = Project::saying(name, "nothing yet");
    project.write("mik.toml", "[build]\ntarget = \"auto\"\n[server]\nenv = { NAME = \"of the host\" }\n");
    project.write("src/lib.rs", source);
    project
}

/// What a build has decided for its only package.
fn decision(output: &Output) -> Value {
    let decisions: Vec<&str> = output.stdout.lines().filter(|line| line.contains(r#""reason":"mik-target""#)).collect();
    let [decision] = decisions.as_slice() else { panic!("{}\n{}", output.stdout, output.stderr) };
    serde_json::from_str(decision).expect("it is JSON")
}

fn build(project: &Project, flags: &str) -> Value {
    decision(&project.run(&format!("build --message-format json {flags}")).ok())
}

fn lacking(decision: &Value) -> Vec<&str> {
    let reasons = decision["because"].as_array().expect("a list");
    reasons.iter().map(|reason| reason["lacks"].as_str().expect("text")).collect()
}

const CLEAN: &str = r#"use mik_sdk::prelude::*;

routes! { GET "/" => home }

fn home() -> String {
    format!("at {}", mik_sdk::time::timestamp())
}

/// Nothing calls it.
pub fn unused() -> bool {
    std::env::var("NAME").is_ok() && std::time::Instant::now().elapsed().as_secs() > 0
}
"#;

#[test]
fn what_needs_no_system_is_built_for_the_smallest_target_and_a_second_build_does_nothing() {
    let project = undecided("clean", CLEAN);
    // Where nobody else builds: cargo compiles again what another project's paths were written into.
    let component = project.directory().join("own/mik/release").join(project.name()).with_extension("wasm");
    let output = project.run("build --release --target-dir own --message-format json").ok();
    let decided = decision(&output);
    assert_eq!(decided["target"], SMALLEST, "{decided}");
    assert_eq!((&decided["because"], &decided["fresh"]), (&json!([]), &json!(false)));
    let server = Server::start(Program::mik().arg("run").arg(&component));
    assert!(server.ask_for("/").is(200).text().starts_with("at 20"));
    drop(server);
    let smallest = fs_err::metadata(&component).expect("it is there").len();

    let again = project.run("build --release --target-dir own").ok().says("Fresh");
    assert!(!again.stderr.contains("Probing") && !again.stderr.contains("Chosen"), "{}", again.stderr);
    assert_eq!(again.stderr.matches("Finished").count(), 1, "cargo is run once: {}", again.stderr);
    assert_eq!(build(&project, "--release --target-dir own")["fresh"], json!(true));

    // An optimizer leaves nothing of a function that only says that there is no variable.
    project.edit(
        "src/lib.rs",
        "    format!",
        "    if std::env::var(\"NAME\").is_ok() { return \"named\".into() }\n    format!",
    );
    let output = project.run("build --release --target-dir own").ok().says("Chosen wasm32-wasip2");
    let note = format!(
        "`std::env::var` is reached by `{}::home` (src/lib.rs:6); write `mik_sdk::env::get",
        project.name().replace('-', "_")
    );
    assert!(output.stderr.contains(&note), "{}", output.stderr);
    let supported = fs_err::metadata(&component).expect("it is there").len();
    assert!(smallest < supported, "{smallest} bytes of {supported}");
    let again = project.run("build --release --target-dir own").ok().says("Fresh");
    assert!(!again.stderr.contains("Probing"), "{}", again.stderr);

    project.write("src/lib.rs", CLEAN);
    assert_eq!(build(&project, "--release --target-dir own")["target"], SMALLEST);
}

const EVERYTHING: &str = r#"use mik_sdk::prelude::*;
use std::collections::HashMap;

routes! {
    GET "/time" => time, GET "/env" => env, GET "/files" => files, GET "/network" => network, GET "/sleep" => sleep,
    GET "/spawn" => spawn, GET "/map" => map, GET "/print" => print, GET "/process" => process,
}

fn time() -> String {
    now().to_string()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn env() -> String {
    std::env::var("NAME").unwrap_or_default()
}

fn files() -> String {
    std::fs::read_to_string("x").unwrap_or_else(|error| format!("{:?}", error.kind()))
}

fn network() -> &'static str {
    if std::net::TcpStream::connect("192.0.2.1:1").is_ok() { "connected" } else { "refused" }
}

fn sleep() -> &'static str {
    std::thread::sleep(std::time::Duration::from_millis(2));
    "slept"
}

fn spawn() -> &'static str {
    if std::thread::Builder::new().spawn(|| ()).is_ok() { "two" } else { "one" }
}

fn map() -> String {
    HashMap::from([("key", 7)])["key"].to_string()
}

fn print() -> &'static str {
    println!("on standard output");
    "printed"
}

fn process() -> &'static str {
    if std::process::Command::new("x").spawn().is_ok() { "started" } else { "alone" }
}
"#;

#[test]
pub(crate) fn every_part_of_std_that_the_smallest_target_lacks_is_named_with_who_reaches_it_and_works() {
    let project = undecided("everything", EVERYTHING);
    let decided = build(&project, "");
    assert_eq!(decided["target"], SUPPORTED);
    let name = project.name().replace('-', "_");
    let reasons = decided["because"].as_array().expect("a list");
    for (lacks, what, by, line) in [
        ("time", "std::time::SystemTime::now", "now", 14),
        ("environment", "std::env::var", "env", 18),
        ("files", "std::fs::read_to_string", "files", 22),
        ("network", "std::net::TcpStream::connect", "network", 26),
        ("threads", "std::thread::sleep", "sleep", 30),
        ("threads", "std::thread::Builder::spawn", "spawn", 35),
        ("random", "std::hash::RandomState", "map", 39),
        ("streams", "println!", "print", 43),
        ("processes", "std::process::Command::spawn", "process", 48),
    ] {
        let of = |reason: &&Value| reason["lacks"] == lacks && reason["what"] == what;
        let Some(reason) = reasons.iter().find(of) else { panic!("no {what} in {decided:#}") };
        assert_eq!(reason["by"], format!("{name}::{by}"), "{reason:#}");
        assert_eq!(reason["at"], format!("src/lib.rs:{line}"), "{reason:#}");
        let path = reason["path"].as_array().expect("a list");
        assert_eq!(path.last(), Some(&json!(what)), "{reason:#}");
    }
    let called = reasons.iter().find(|reason| reason["lacks"] == "time").expect("it is there");
    let path: Vec<&str> = called["path"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(
        path.ends_with(&[&format!("{name}::time"), &format!("{name}::now"), "std::time::SystemTime::now"]),
        "{path:?}"
    );

    let server = Server::start(&mut project.command("serve"));
    assert!(server.ask_for("/time").is(200).text().parse::<u64>().expect("seconds") > 1_700_000_000);
    for (path, answer) in [
        ("/env", "of the host"),
        ("/network", "refused"),
        ("/sleep", "slept"),
        ("/spawn", "one"),
        ("/map", "7"),
        ("/print", "printed"),
        ("/process", "alone"),
    ] {
        assert_eq!(server.ask_for(path).is(200).text(), answer, "{path}");
    }
    assert_ne!(server.ask_for("/files").is(200).text(), "Unsupported");
    server.says("| on standard output");
}

#[test]
fn each_part_alone_is_enough_and_while_it_is_served_the_target_follows_the_code() {
    let project = undecided("alone", CLEAN);
    let server = Server::start(&mut project.command("serve"));
    server.says("Chosen wasm32-unknown-unknown");
    for (use_of_std, what) in [
        ("std::time::Instant::now().elapsed().as_secs()", "std::time::Instant::now"),
        ("std::env::args().count()", "std::env::args"),
        ("std::path::Path::new(\"x\").exists()", "std::path::Path::exists"),
        ("std::collections::HashSet::<u8>::default().len()", "std::hash::RandomState"),
        ("eprintln!(\"x\")", "eprintln!"),
    ] {
        project.write("src/lib.rs", CLEAN.replace("    format!", &format!("    let _ = {use_of_std};\n    format!")));
        let log = server.log().len();
        let note = server.wait_for(&format!("`{what}` is reached"));
        assert!(note.contains("(src/lib.rs:6)"), "{note}");
        server.wait_for("Live ");
        assert!(server.ask_for("/").is(200).text().starts_with("at 20"));
        assert!(server.log()[log..].contains("Chosen wasm32-wasip2"), "{}", server.log());
    }
    project.write("src/lib.rs", CLEAN);
    server.wait_for("Chosen wasm32-unknown-unknown");
    server.wait_for("Live ");
    assert!(server.ask_for("/").is(200).text().starts_with("at 20"));
}

#[test]
fn what_a_dependency_reaches_counts_if_it_is_called_and_both_are_named() {
    let project = undecided("by-another", CLEAN);
    project.write("clock/Cargo.toml", "[package]\nname = \"my-clock\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n");
    project.write(
        "clock/src/lib.rs",
        "pub fn year() -> u64 { 1970 + std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 31_556_952 }\n\
         pub fn first() -> u64 { 1970 }\n",
    );
    project.append("Cargo.toml", "my-clock = { path = \"clock\" }\n");
    project.edit("src/lib.rs", "    format!", "    if my_clock::first() == 7 { return String::new() }\n    format!");
    assert_eq!(build(&project, "")["target"], SMALLEST, "nothing calls `year`");

    project.edit("src/lib.rs", "my_clock::first()", "my_clock::year()");
    let decided = build(&project, "");
    assert_eq!(decided["target"], SUPPORTED);
    assert_eq!(lacking(&decided), ["time"]);
    let reason = &decided["because"][0];
    assert_eq!((&reason["by"], &reason["by_crate"]), (&json!("my_clock::year"), &json!("my_clock")));
    Server::start(&mut project.command("serve")).ask_for("/").is(200);
}

#[test]
fn a_crate_that_does_not_compile_for_the_smallest_target_is_named_in_a_line() {
    let source = "use mik_sdk::prelude::*;\nroutes! { GET \"/\" => home }\n\
        fn home() -> String { let mut bytes = [0; 8]; getrandom::fill(&mut bytes).unwrap(); format!(\"{bytes:?}\") }\n";
    let project = undecided("getrandom", source);
    project.append("Cargo.toml", "getrandom = \"0.3\"\n");
    let output = project.run("build").ok().says("Chosen wasm32-wasip2").says("`getrandom` does not compile for it");
    assert!(!output.stderr.contains("error"), "{}", output.stderr);
    assert!(output.stderr.contains("-i getrandom` says what it is there for"), "{}", output.stderr);
    assert_eq!(build(&project, "")["fresh"], json!(true));
    let server = Server::start(&mut project.command("serve"));
    assert_ne!(server.ask_for("/").is(200).text(), server.ask_for("/").is(200).text());
}

#[test]
fn an_import_that_no_component_has_is_named_with_who_uses_it() {
    let source = r#"use mik_sdk::prelude::*;
routes! { GET "/" => home }
fn home() -> &'static str {
    if answer() == 7 { "seven" } else { "other" }
}
#[cfg(target_os = "unknown")]
fn answer() -> i32 {
    #[link(wasm_import_module = "__wbindgen_placeholder__")]
    unsafe extern "C" { fn __wbindgen_answer() -> i32; }
    unsafe { __wbindgen_answer() }
}
#[cfg(not(target_os = "unknown"))]
fn answer() -> i32 { 7 }
"#;
    let project = undecided("browser", source);
    let decided = build(&project, "");
    assert_eq!((&decided["target"], lacking(&decided)), (&json!(SUPPORTED), vec!["import"]));
    let reason = &decided["because"][0];
    assert_eq!(reason["what"], "__wbindgen_placeholder__");
    assert!(reason["by"].as_str().expect("text").ends_with("::answer"), "{reason:#}");
    assert_eq!(Server::start(&mut project.command("serve")).ask_for("/").is(200).text(), "seven");
}

#[test]
fn what_is_wrong_with_the_handler_itself_is_shown_once_and_what_is_the_targets_is_not() {
    let project = undecided("wrong", &CLEAN.replace("format!(\"at {}\", mik_sdk::time::timestamp())", "7"));
    let output = project.run("build").code(101);
    assert_eq!(output.stderr.matches("mismatched types\n").count(), 1, "{}", output.stderr);
    assert!(!output.stderr.contains("Chosen"), "{}", output.stderr);

    let only = "#[cfg(target_os = \"unknown\")]\ncompile_error!(\"it needs a system\");\n";
    project.write("src/lib.rs", format!("{CLEAN}{only}"));
    let output = project.run("build").ok().says("can't be built for it: it needs a system");
    assert!(!output.stderr.contains("error"), "{}", output.stderr);
}

#[test]
fn packages_of_a_workspace_are_decided_one_by_one() {
    let workspace = Project::empty("auto-pair");
    let [clean, other] = ["clean", "other"].map(|name| format!("{}-{name}", workspace.name()));
    workspace.write("Cargo.toml", format!("[workspace]\nmembers = [\"{clean}\", \"{other}\"]\nresolver = \"3\"\n"));
    let sdk = Program::workspace().join("sdk");
    for (name, source) in
        [(&clean, CLEAN.to_owned()), (&other, CLEAN.replace("mik_sdk::time::timestamp()", "std::env::args().count()"))]
    {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
             [dependencies]\nmik-sdk = {{ path = {sdk:?} }}\n"
        );
        workspace.write(&format!("{name}/Cargo.toml"), manifest);
        workspace.write(&format!("{name}/src/lib.rs"), source);
    }
    let output = workspace.run("build --target auto").ok();
    output.says(&format!("Chosen {SMALLEST} for {clean}")).says(&format!("Chosen {SUPPORTED} for {other}"));
    let plan = workspace.run("plan --target auto").ok();
    for (name, target) in [(&clean, SMALLEST), (&other, SUPPORTED)] {
        let line = format!(
            "choose    {name}: {SMALLEST}, or {SUPPORTED} where it lacks what is reached ({target} the last time"
        );
        assert!(plan.stdout.contains(&line), "{}", plan.stdout);
    }
}

#[test]
fn the_examples_need_no_system() {
    for name in ["hello", "crud", "auth", "fetch", "upload"] {
        let manifest = Program::workspace().join("examples").join(name).join("Cargo.toml");
        let mut command = Program::cargo_mik();
        command.args(["build", "--target", "auto", "--message-format", "json", "--manifest-path"]).arg(manifest);
        let decided = decision(&Program::run(&mut command).ok());
        assert_eq!((&decided["target"], &decided["because"]), (&json!(SMALLEST), &json!([])), "{name}");
    }
}
