//! Modules in memory: compiled once, as many as may be, and gone when others have taken their place.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use mik_tests::guest::PROBE;
use mik_tests::modules::{Modules, said, says, state, version, wait_until_says};
use mik_tests::{Body, Server, wait_until};

/// A component with so much more code in it: modules that nobody uses, and that are compiled all the same.
fn heavy(mut component: Vec<u8>, functions: usize) -> Vec<u8> {
    let body = "local.get 0 local.get 0 i64.mul i64.const 7 i64.add local.tee 0 i64.popcnt drop ".repeat(200);
    let function = format!("(func (param i64) (result i64) {body} local.get 0)");
    let module = wat::parse_str(format!("(module {})", function.repeat(functions))).unwrap();
    component.push(1);
    let mut length = module.len();
    while length >= 0x80 {
        component.push(length as u8 | 0x80);
        length >>= 7;
    }
    component.push(length as u8);
    component.extend(module);
    component
}

#[test]
fn one_compilation_serves_all_who_wait_and_nobody_can_end_it() {
    let modules = Modules::with([("slow.wasm", heavy(version(1), 200)), ("quick.wasm", version(2))]);
    let server = modules.serve();
    let waiting = AtomicU32::new(0);
    thread::scope(|scope| {
        // The first to ask does not wait.
        let mut impatient = server.open();
        impatient.send("GET /run/slow/ HTTP/1.1\r\nhost: a\r\n\r\n");
        wait_until("it has begun", || state(&server, "slow").as_deref() != Some("not-loaded"));
        drop(impatient);
        for _ in 0..20 {
            scope.spawn(|| {
                let mut connection = server.open();
                waiting.fetch_add(1, Ordering::Relaxed);
                assert_eq!(connection.ask("GET", "/run/slow/", &[], Body::None).is(200).text(), said(1));
            });
        }
        // Others are not held up by it.
        assert_eq!(says(&server, "/run/quick/"), said(2));
    });
    assert_eq!(waiting.into_inner(), 20);
    assert_eq!(state(&server, "slow").as_deref(), Some("loaded"));
    assert_eq!(server.log().matches("Ready slow").count(), 1, "{}", server.log());
}

#[test]
fn who_waits_for_a_compilation_has_a_deadline_and_the_next_one_finds_it_done() {
    let modules = Modules::with([("slow.wasm", heavy(version(1), 3000))]);
    fs_err::write(modules.path("mik.toml"), "[server]\nmodules = \".\"\nexecution_timeout_secs = 1\n").unwrap();
    let server = modules.serve();
    let reply = server.ask_for("/run/slow/").is_failure(504, "deadline");
    assert!(reply.text().contains("still being compiled"), "{}", reply.text());
    assert!(reply.header("retry-after").is_some());
    server.says("Ready slow");
    assert_eq!(says(&server, "/run/slow/"), said(1));
    assert_eq!(server.log().matches("Ready slow").count(), 1, "{}", server.log());
}

#[test]
fn who_waits_for_a_compilation_counts_as_a_request_and_keeps_nobody_else_from_an_answer() {
    let modules = Modules::with([("slow.wasm", heavy(version(1), 3000)), ("quick.wasm", version(2))]);
    fs_err::write(modules.path("mik.toml"), "[server]\nmodules = \".\"\nmax_concurrent_requests = 2\n").unwrap();
    let server = modules.serve();
    assert_eq!(says(&server, "/run/quick/"), said(2));
    let mut connections = [(); 5].map(|()| server.open());
    for connection in &mut connections {
        connection.send("GET /run/slow/ HTTP/1.1\r\nhost: a\r\n\r\n");
    }
    wait_until("it is being compiled", || state(&server, "slow").as_deref() == Some("loading"));
    assert_eq!(says(&server, "/run/quick/"), said(2));
    let mut statuses = connections.map(|mut connection| connection.receive("GET").status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 503, 503, 503], "{}", server.log());
}

/// The modules that are in memory.
#[track_caller]
fn loaded(server: &Server, names: &[&'static str]) -> Vec<&'static str> {
    names.iter().copied().filter(|name| state(server, name).as_deref() == Some("loaded")).collect()
}

#[test]
pub(crate) fn as_many_modules_stay_in_memory_as_may_and_those_asked_for_last() {
    let names = ["a", "b", "c", "d"];
    let modules = Modules::with(["a.wasm", "b.wasm", "c.wasm", "d.wasm"].map(|name| (name, version(1))));
    fs_err::write(modules.path("mik.toml"), "[server]\nmodules = \".\"\ncache_size = 2\n").unwrap();
    let server = modules.serve();
    for (asked, stay) in [("a", ["a", ""]), ("b", ["a", "b"]), ("a", ["a", "b"]), ("c", ["a", "c"]), ("d", ["c", "d"])]
    {
        assert_eq!(says(&server, &format!("/run/{asked}/")), said(1));
        let stay: Vec<_> = stay.into_iter().filter(|name| !name.is_empty()).collect();
        assert_eq!(loaded(&server, &names), stay, "after {asked}");
    }
    // A dropped one is loaded again, from the file as it is now.
    modules.put("a.wasm", version(2));
    server.says("Live a");
    assert_eq!(state(&server, "a").as_deref(), Some("not-loaded"));
    assert_eq!(says(&server, "/run/a/"), said(2));
    assert_eq!(loaded(&server, &names), ["a", "d"]);
}

#[test]
pub(crate) fn as_much_code_stays_in_memory_as_may_by_its_real_size() {
    let names = ["a", "b", "c"];
    // Each has more than half of what there may be.
    let bytes = heavy(version(1), 500);
    let modules = Modules::with(["a.wasm", "b.wasm", "c.wasm"].map(|name| (name, &bytes)));
    fs_err::write(modules.path("mik.toml"), "[server]\nmodules = \".\"\n").unwrap();
    let server = modules.serve();
    assert_eq!(says(&server, "/run/a/"), said(1));
    let size = server.ask_for("/_mik/handlers").json()["handlers"][0]["code_size"].as_u64().unwrap();
    drop(server);

    let limit = (size >> 20) + 1;
    let configuration = format!("[server]\nmodules = \".\"\nmax_cache_mb = {limit}\n");
    fs_err::write(modules.path("mik.toml"), configuration).unwrap();
    assert!(size * 2 > limit << 20, "{size} bytes are too few for this test");
    let server = modules.serve();
    for asked in names {
        assert_eq!(says(&server, &format!("/run/{asked}/")), said(1));
        assert_eq!(loaded(&server, &names), [asked]);
    }
}

#[test]
fn code_that_a_request_still_runs_is_not_compiled_again() {
    let probe = fs_err::read(PROBE.component()).unwrap();
    let modules = Modules::with([("busy.wasm", probe), ("other.wasm", version(1))]);
    fs_err::write(modules.path("mik.toml"), "[server]\nmodules = \".\"\ncache_size = 1\n").unwrap();
    let server = modules.serve();
    let mut slow = server.open();
    slow.send("GET /run/busy/drip/40 HTTP/1.1\r\nhost: a\r\n\r\n");
    slow.receive_head().is(200);
    assert_eq!(says(&server, "/run/other/"), said(1));
    server.says("Dropped busy");
    assert_eq!(says(&server, "/run/busy/ok"), "ok\n");
    server.says("Kept busy");
    let whole: String = (0..40).map(|line| format!("{line}\n")).collect();
    assert_eq!(String::from_utf8(slow.receive_chunks()).unwrap(), whole);
    assert_eq!(server.log().matches("Ready busy").count(), 1, "{}", server.log());
}

/// What a process holds at the moment: memory of its own in KiB, and open files.
#[derive(Clone, Copy, Debug)]
struct Held {
    memory: u64,
    files: usize,
}

impl Held {
    fn by(server: &Server) -> Self {
        let process = PathBuf::from(format!("/proc/{}", server.id()));
        let rollup = fs_err::read_to_string(process.join("smaps_rollup")).unwrap();
        let of = |key: &str| {
            let line = rollup.lines().find(|line| line.starts_with(key)).expect("the kernel tells");
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
        };
        let memory = of("Private_Dirty:") + of("Private_Clean:");
        Self { memory, files: fs_err::read_dir(process.join("fd")).unwrap().count() }
    }
}

#[test]
fn a_module_that_is_replaced_fifty_times_under_load_fails_no_request_and_leaves_nothing_behind() {
    const REPLACEMENTS: u32 = 50;
    // So much that it would show: fifty times the code of one is far more than what comes and goes otherwise.
    let heavy = |number| heavy(version(number), 40);
    let modules = Modules::with([("one.wasm", heavy(0))]);
    let server = modules.serve();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients = [(); 3].map(|()| {
            scope.spawn(|| {
                let mut connection = server.open();
                let mut last = said(0);
                while !stop.load(Ordering::Relaxed) {
                    let reply = connection.ask("GET", "/run/one/", &[], Body::None).is(200);
                    assert!(last.as_str() <= reply.text(), "{last}, then {}", reply.text());
                    reply.text().clone_into(&mut last);
                }
            })
        });
        let replace = |number| {
            modules.put("one.wasm", heavy(number));
            wait_until_says(&server, "/run/one/", &said(number));
        };
        (1..=10).for_each(replace);
        let before = Held::by(&server);
        (11..=REPLACEMENTS).for_each(replace);
        stop.store(true, Ordering::Relaxed);
        clients.into_iter().for_each(|client| client.join().unwrap());
        assert_eq!(says(&server, "/run/one/"), said(REPLACEMENTS));
        let code = server.ask_for("/_mik/handlers").json()["handlers"][0]["code_size"].as_u64().unwrap() >> 10;
        // Allocators keep something back; of forty versions more than a few would be a leak.
        wait_until("what was held is given back", || {
            let after = Held::by(&server);
            after.memory < before.memory + 8 * code && after.files <= before.files
        });
    });
}
