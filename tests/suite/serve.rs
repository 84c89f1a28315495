//! `cargo mik serve`: a save is a new answer, and no request ever finds nobody there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use mik_tests::guest::PROBE;
use mik_tests::{Body, Connection, Program, Project, Server};

/// Waits until an edit is served.
#[track_caller]
fn wait_for_swap(server: &Server) {
    server.wait_for("Rebuilding");
    server.wait_for("Live ");
}

#[test]
fn a_save_under_load_is_a_new_answer_and_no_request_fails() {
    let project = Project::saying("under-load", "version 1");
    let server = Server::start(&mut project.command("serve"));
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients = [(); 2].map(|()| scope.spawn(|| answers_until(&server, &stop)));
        for version in 2..=3 {
            project.edit("src/lib.rs", &format!("version {}", version - 1), &format!("version {version}"));
            wait_for_swap(&server);
        }
        // From here on everybody gets the newest.
        let newest = server.ask_for("/").is(200);
        stop.store(true, Ordering::Relaxed);
        assert_eq!(newest.text(), "version 3");
        for client in clients {
            let mut answers = client.join().unwrap();
            assert!(answers.is_sorted(), "an old version answered after a newer one");
            answers.dedup();
            assert_eq!(answers, ["version 1", "version 2", "version 3"]);
        }
    });
}

/// Every answer to requests on one connection, one after the other. Each is a 200, and the connection lasts.
fn answers_until(server: &Server, stop: &AtomicBool) -> Vec<String> {
    let mut connection = server.open();
    let mut ask = || connection.ask("GET", "/", &[], Body::None).is(200).text().to_owned();
    let mut answers = vec![ask()];
    loop {
        // The last request is sent after the word to stop, so each client sees the newest version.
        let is_last = stop.load(Ordering::Relaxed);
        answers.push(ask());
        if is_last {
            return answers;
        }
    }
}

#[test]
fn a_build_that_fails_leaves_the_last_good_version_and_the_fix_is_picked_up() {
    let project = Project::saying("broken-later", "good");
    let server = Server::start(&mut project.command("serve"));
    let mut connection = server.open();
    let mut answer = || connection.ask("GET", "/", &[], Body::None).is(200).text().to_owned();
    assert_eq!(answer(), "good");

    project.edit("src/lib.rs", "\"good\"", "not_there()");
    server.wait_for("cannot find function `not_there` in this scope");
    server.wait_for("could not compile");
    assert_eq!(answer(), "good");

    // The manifest may be what breaks.
    project.say("better");
    wait_for_swap(&server);
    assert_eq!(answer(), "better");
    let manifest = project.read("Cargo.toml");
    project.append("Cargo.toml", "nonsense\n");
    server.wait_for("Rebuilding");
    server.wait_for("error");
    assert_eq!(answer(), "better");

    project.write("Cargo.toml", manifest);
    project.say("best");
    server.wait_for("Live ");
    assert_eq!(answer(), "best");
}

#[test]
fn a_first_build_that_fails_is_a_503_until_it_is_fixed() {
    let project = Project::saying("broken-first", "fixed");
    project.edit("src/lib.rs", "\"fixed\"", "not_there()");
    let server = Server::start_unready(&mut project.command("serve")).at("Waiting");
    assert!(server.log().contains("cannot find function `not_there`"), "{}", server.log());
    let reply = server.ask_for("/").is_failure(503, "not-built");
    assert_eq!(reply.header("retry-after"), Some("1"));
    server.ask_for("/_mik/health/ready").is_failure(503, "not-built");
    server.ask_for("/_mik/health/live").is(200);

    project.edit("src/lib.rs", "not_there()", "\"fixed\"");
    server.wait_for("Serving http://");
    assert_eq!(server.ask_for("/").is(200).text(), "fixed");
}

#[test]
fn a_file_that_is_saved_without_a_change_is_not_built() {
    let project = Project::saying("touched", "before");
    let server = Server::start(&mut project.command("serve"));
    project.say("before");
    project.write("src/.lib.rs.swp", "what editors leave");
    project.edit("src/lib.rs", "before", "after");
    wait_for_swap(&server);
    assert_eq!(server.ask_for("/").is(200).text(), "after");
    assert_eq!(server.log().matches("Rebuilding").count(), 1, "{}", server.log());
}

#[test]
fn files_that_come_later_are_watched_too() {
    let project = Project::saying("growing", "before");
    let server = Server::start(&mut project.command("serve"));
    project.write("src/words/mod.rs", "//! Words.\n\npub fn word() -> &'static str {\n    \"in a module\"\n}\n");
    project.edit("src/lib.rs", "\"before\"", "words::word()");
    project.append("src/lib.rs", "\nmod words;\n");
    let mut connection = server.open();
    wait_for_answer(&server, &mut connection, "in a module");
    project.edit("src/words/mod.rs", "in a module", "in an edited module");
    wait_for_answer(&server, &mut connection, "in an edited module");
}

/// Waits until an answer is served, however many builds it takes.
#[track_caller]
fn wait_for_answer(server: &Server, connection: &mut Connection, expected: &str) {
    while connection.ask("GET", "/", &[], Body::None).is(200).text() != expected {
        server.wait_for("Live ");
    }
}

#[test]
fn a_taken_port_is_known_before_a_long_build() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let project = Project::saying("no-port", "nothing");
    let output = project.run(&format!("serve --port {port}")).code(107);
    assert!(!output.stderr.contains("Compiling"), "{}", output.stderr);
    output.says("error[mik::serve::port_in_use]").says("help");
}

#[test]
fn serving_ends_when_it_is_told_to_and_leaves_the_component() {
    let project = Project::saying("ended", "something");
    let server = Server::start(&mut project.command("serve"));
    server.ask_for("/").is(200);
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let server = Server::start(Program::mik().arg("run").arg(project.component("debug")));
    assert_eq!(server.ask_for("/").is(200).text(), "something");
}

#[test]
fn who_locks_the_dependencies_finds_the_lock_as_it_was() {
    let project = Project::saying("locked", "before");
    let lock = project.directory().join("Cargo.lock");
    fs_err::remove_file(&lock).unwrap();
    // There is no lock yet, and nobody may make one: neither the build nor whoever wants to know what to watch.
    let server = Server::start_unready(&mut project.command("serve --locked")).at("Waiting");
    assert!(!lock.exists(), "{}", server.log());
    drop(server);

    let server = Server::start(&mut project.command("serve"));
    assert!(lock.is_file());
    drop(server);
    // Cargo would write it otherwise.
    let odd = project.read("Cargo.lock").replace("version = 4\n", "version = 4\n\n");
    project.write("Cargo.lock", &odd);
    let server = Server::start(&mut project.command("serve --locked"));
    project.edit("src/lib.rs", "before", "after");
    wait_for_swap(&server);
    assert_eq!(server.ask_for("/").is(200).text(), "after");
    drop(server);
    assert_eq!(project.read("Cargo.lock"), odd);
}

#[test]
fn path_dependencies_are_watched_however_deep() {
    let project = Project::saying("deep", "unused");
    for (name, dependency, source) in [
        ("near", "far = { path = \"../far\" }\n", "pub use far::word;\n"),
        ("far", "", "pub fn word() -> &'static str {\n    \"one\"\n}\n"),
    ] {
        let manifest = format!(
            "[workspace]\n\n[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependency}"
        );
        project.write(&format!("../{name}/Cargo.toml"), manifest);
        project.write(&format!("../{name}/src/lib.rs"), format!("//! A word.\n{source}"));
    }
    project.append("Cargo.toml", "near = { path = \"../near\" }\n");
    project.edit("src/lib.rs", "\"unused\"", "near::word()");
    let server = Server::start(&mut project.command("serve"));
    assert_eq!(server.ask_for("/").is(200).text(), "one");
    project.edit("../far/src/lib.rs", "one", "two");
    wait_for_swap(&server);
    assert_eq!(server.ask_for("/").is(200).text(), "two");
    // The lock file that the first build wrote was no reason for another.
    assert_eq!(server.log().matches("Rebuilding").count(), 1, "{}", server.log());
}

#[test]
fn modules_beside_the_project_are_served_and_taken_up_without_a_build() {
    let project = Project::saying("beside", "the project");
    project.write("modules/other.wasm", fs_err::read(PROBE.component()).unwrap());
    let server = Server::start(&mut project.command("serve"));
    assert_eq!(server.ask_for("/").is(200).text(), "the project");
    assert_eq!(server.ask_for("/run/other/ok").is(200).text(), "ok\n");
    project.write("modules/more.wasm", fs_err::read(PROBE.component()).unwrap());
    server.wait_for("Live more");
    assert_eq!(server.ask_for("/run/more/ok").is(200).text(), "ok\n");
    assert!(!server.log().contains("Rebuilding"), "{}", server.log());

    // A build leaves them as they are, and its own component goes before one of the same name.
    let own = format!("modules/{}.wasm", project.name());
    project.write(&own, fs_err::read(PROBE.component()).unwrap());
    server.says("is the project's own component");
    project.edit("src/lib.rs", "the project", "the same project");
    wait_for_swap(&server);
    assert_eq!(server.ask_for("/").is(200).text(), "the same project");
    assert_eq!(server.ask_for(&format!("/run/{}/", project.name())).is(200).text(), "the same project");
    assert_eq!(server.ask_for("/run/more/ok").is(200).text(), "ok\n");
}
