//! Files that are replaced while they are served: by good ones, by broken ones, bit by bit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use mik_tests::guest::PROBE;
use mik_tests::modules::{Modules, run, said, says, state, version, wait_until_says};
use mik_tests::{Body, Program, Server, wait_until};

use super::modules::needy;

#[test]
fn links_are_followed_and_noticed_when_they_lead_elsewhere() {
    use std::os::unix::fs::symlink;
    let store = Modules::with([("v1", version(1)), ("v2", version(2))]);
    let modules = Modules::with::<&[u8]>([]);
    // As container platforms mount configuration: a link to a directory that is swapped.
    for name in ["v1", "v2"] {
        let directory = modules.path(&format!(".{name}"));
        fs_err::create_dir(&directory).unwrap();
        fs_err::copy(store.path(name), directory.join("mounted.wasm")).unwrap();
    }
    symlink(".v1", modules.path(".data")).unwrap();
    symlink(".data/mounted.wasm", modules.path("mounted.wasm")).unwrap();
    symlink(store.path("v1"), modules.path("linked.wasm")).unwrap();
    symlink("nowhere", modules.path("dangling.wasm")).unwrap();
    let server = modules.serve();
    assert_eq!(says(&server, "/run/mounted/"), said(1));
    assert_eq!(says(&server, "/run/linked/"), said(1));

    symlink(".v2", modules.path(".data-new")).unwrap();
    fs_err::rename(modules.path(".data-new"), modules.path(".data")).unwrap();
    wait_until_says(&server, "/run/mounted/", &said(2));
    // Nobody tells of what happens where a link leads to; it is found all the same.
    store.put("v1", version(3));
    wait_until_says(&server, "/run/linked/", &said(3));
}

#[test]
fn requests_in_flight_finish_on_the_version_that_has_them() {
    let probe = fs_err::read(PROBE.component()).unwrap();
    let modules = Modules::with([("replaced.wasm", &probe), ("removed.wasm", &probe)]);
    let server = modules.serve();
    let begin = |name: &str| {
        let mut connection = server.open();
        connection.send(format!("GET /run/{name}/drip/20 HTTP/1.1\r\nhost: a\r\n\r\n"));
        server.says(&format!("{name} "));
        let head = connection.receive_head().is(200);
        assert_eq!(head.header("transfer-encoding"), Some("chunked"));
        connection
    };
    let (mut replaced, mut removed) = (begin("replaced"), begin("removed"));
    modules.put("replaced.wasm", version(1));
    modules.remove("removed.wasm");
    wait_until("replaced", || server.ask_for("/run/replaced/").text() == said(1));
    server.says("Removed removed");
    server.ask_for("/run/removed/").is_failure(404, "module-not-found");
    let whole: String = (0..20).map(|line| format!("{line}\n")).collect();
    for connection in [&mut replaced, &mut removed] {
        assert_eq!(String::from_utf8(connection.receive_chunks()).unwrap(), whole);
    }
}

#[test]
fn a_replacement_that_can_not_be_served_leaves_the_last_good_version() {
    let modules = Modules::with([("one.wasm", version(1))]);
    let server = modules.serve();
    assert_eq!(says(&server, "/run/one/"), said(1));
    // One that can be told from a component, and one that can't before it is compiled.
    for broken in [b"nonsense".to_vec(), needy()] {
        modules.put("one.wasm", &broken);
        server.wait_for("the last good version of module `one` goes on serving");
        assert_eq!(says(&server, "/run/one/"), said(1));
        assert_eq!(state(&server, "one").as_deref(), Some("stale"));
    }
    // The old one again is nothing new.
    modules.put("one.wasm", version(1));
    wait_until("it is good again", || state(&server, "one").as_deref() == Some("loaded"));
    modules.put("one.wasm", version(2));
    wait_until_says(&server, "/run/one/", &said(2));
}

#[test]
fn a_file_that_is_written_bit_by_bit_is_taken_up_when_it_is_whole() {
    use std::io::Write;
    let modules = Modules::with([("one.wasm", version(1)), ("cold.wasm", version(1))]);
    let server = modules.serve();
    assert_eq!(says(&server, "/run/one/"), said(1));
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let client = scope.spawn(|| {
            let mut connection = server.open();
            while !stop.load(Ordering::Relaxed) {
                let reply = connection.ask("GET", "/run/one/", &[], Body::None).is(200);
                assert!(reply.text() == said(1) || reply.text() == said(2), "{}", reply.text());
            }
        });
        // A copy without care: the old file is gone before the new one is whole.
        for name in ["one.wasm", "cold.wasm", "new.wasm"] {
            let mut file = fs_err::File::create(modules.path(name)).unwrap();
            let bytes = version(2);
            for part in bytes.chunks(bytes.len() / 7 + 1) {
                file.write_all(part).unwrap();
                // Each part is seen by the server before the next one comes.
                says(&server, "/run/one/");
            }
        }
        for name in ["one", "cold", "new"] {
            let target = format!("/run/{name}/");
            wait_until(name, || server.ask_for(&target).text() == said(2));
        }
        stop.store(true, Ordering::Relaxed);
        client.join().unwrap();
    });
    assert!(!server.log().contains("warning"), "{}", server.log());
}

#[test]
fn a_file_that_is_run_is_taken_up_when_it_changes_and_kept_when_it_goes() {
    let modules = Modules::with([("app.wasm", version(1))]);
    let server = Server::start(&mut run(&modules.path("app.wasm")));
    assert_eq!(says(&server, "/"), said(1));
    modules.put("app.wasm", version(2));
    server.wait_for("Live app");
    assert_eq!(says(&server, "/"), said(2));
    modules.remove("app.wasm");
    server.wait_for("the last good version of module `app` goes on serving");
    assert_eq!(says(&server, "/run/app/"), said(2));
    modules.put("app.wasm", version(3));
    wait_until_says(&server, "/", &said(3));
}

#[test]
fn without_hot_reload_everything_stays_as_it_is() {
    let modules = Modules::with([("one.wasm", version(1)), ("cold.wasm", version(1))]);
    let server = Server::start(modules.command().env("MIK_HOT_RELOAD", "0"));
    let watching = modules.serve();
    for server in [&server, &watching] {
        assert_eq!(says(server, "/run/one/"), said(1));
    }
    modules.put("one.wasm", version(2));
    modules.put("new.wasm", version(2));
    // Whoever watches has taken it up.
    wait_until_says(&watching, "/run/one/", &said(2));
    watching.says("Live new");
    assert_eq!(says(&server, "/run/one/"), said(1));
    server.ask_for("/run/new/").is_failure(404, "module-not-found");
    let mut command = modules.command();
    Program::run(command.env("MIK_HOT_RELOAD", "maybe")).code(96).says("MIK_HOT_RELOAD").says("help");
}
