//! Directories of modules, and files that come, change and go while they are served.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use mik_tests::guest::PROBE;
use mik_tests::{Body, Program, Project, Server, wait_until};
use tempfile::TempDir;

/// What the least handler says, with a number that is put in place of the zeros.
const SAYS: &str = "version 0000";

/// The least handler, composed with the bridge, and as it is before that.
static LEAST: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let project = Project::saying("least", SAYS);
    project.run("build").ok();
    let component = project.component("debug");
    [component.clone(), component.with_extension("handler.wasm")].map(|path| fs_err::read(path).unwrap())
});

/// A component that answers `version <number>`: the same code, and another text in its data.
fn version(number: u32) -> Vec<u8> {
    with_number(&LEAST[0], number)
}

/// The same as a handler, without the bridge.
fn handler_version(number: u32) -> Vec<u8> {
    with_number(&LEAST[1], number)
}

fn with_number(component: &[u8], number: u32) -> Vec<u8> {
    let mut bytes = component.to_vec();
    let at = bytes.windows(SAYS.len()).position(|window| window == SAYS.as_bytes()).expect("it says so");
    bytes[at..at + SAYS.len()].copy_from_slice(said(number).as_bytes());
    bytes
}

fn said(number: u32) -> String {
    format!("version {number:04}")
}

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

/// A directory of modules.
struct Modules(TempDir);

impl Modules {
    fn with<B: AsRef<[u8]>>(files: impl IntoIterator<Item = (&'static str, B)>) -> Self {
        let modules = Self(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            modules.put(name, bytes);
        }
        modules
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file there, whole, as who deploys does it.
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let temporary = self.path(".being-copied");
        fs_err::write(&temporary, bytes).unwrap();
        fs_err::rename(temporary, self.path(name)).unwrap();
    }

    fn remove(&self, name: &str) {
        fs_err::remove_file(self.path(name)).unwrap();
    }

    /// `mik run` on it, to be given more.
    fn command(&self) -> Command {
        run(self.0.path())
    }

    #[track_caller]
    fn serve(&self) -> Server {
        Server::start(&mut self.command())
    }
}

/// `mik run PATH`, in a directory that has no configuration.
fn run(path: &Path) -> Command {
    let mut command = Program::mik();
    command.args(["run", "-v"]).arg(path).current_dir(Program::target_directory());
    command
}

#[track_caller]
fn says(server: &Server, target: &str) -> String {
    server.ask_for(target).is(200).text().to_owned()
}

/// Waits until an answer is another.
#[track_caller]
fn wait_until_says(server: &Server, target: &str, expected: &str) {
    wait_until(expected, || says(server, target) == expected);
}

/// How a module stands, as the list of modules says.
#[track_caller]
fn state(server: &Server, name: &str) -> Option<String> {
    let handlers = server.ask_for("/_mik/handlers").is(200).json();
    let all = handlers["handlers"].as_array().unwrap().clone();
    all.iter().find(|handler| handler["name"] == name).map(|handler| handler["state"].as_str().unwrap().to_owned())
}

#[test]
fn each_component_of_a_directory_answers_by_its_name_and_sees_the_rest_byte_for_byte() {
    let probe = fs_err::read(PROBE.component()).unwrap();
    let modules = Modules::with([("hello-1.0.wasm", probe), ("other.wasm", version(1))]);
    let server = modules.serve();
    server.says("Modules 2 of ");
    for rest in ["/seen", "/seen/%2F..//a?b=%20&c=/run/other&d=%zz", "/seen?", "/seen//", "/seen/./../?"] {
        let seen = says(&server, &format!("/run/hello-1.0{rest}"));
        assert_eq!(seen.lines().nth(1), Some(&*format!("path {rest}")), "{seen}");
    }
    assert_eq!(says(&server, "/run/other"), said(1));
    let reply = server.ask_for("/run/neither/").is_failure(404, "module-not-found");
    assert!(reply.text().contains("there is hello-1.0, other"), "{}", reply.text());
    // Nothing is at the root, and the server says what is elsewhere.
    server.ask_for("/").is_failure(404, "not-found");
    server.ask_for("/health").is(200);
}

#[test]
fn a_handler_is_composed_as_it_is_loaded() {
    let modules = Modules::with([("one.wasm", handler_version(1))]);
    let server = modules.serve();
    assert_eq!(says(&server, "/run/one/"), said(1));
    modules.put("one.wasm", handler_version(2));
    wait_until_says(&server, "/run/one/", &said(2));
    drop(server);
    // A single file just as well.
    let server = Server::start(&mut run(&modules.path("one.wasm")));
    assert_eq!(says(&server, "/"), said(2));
    assert_eq!(says(&server, "/run/one/"), said(2));
}

#[test]
fn what_is_no_module_by_its_name_is_left_alone() {
    let names = ["good.wasm", "a b.wasm", "\u{e4}.wasm", "%41.wasm", ".hidden.wasm", "x.wasm~", "x.wasm.part", "x.wat"];
    let modules = Modules::with(names.map(|name| (name, version(1))));
    fs_err::create_dir(modules.path("directory.wasm")).unwrap();
    fs_err::create_dir(modules.path("below")).unwrap();
    modules.put("below/deep.wasm", version(1));
    let server = modules.serve();
    server.says("Modules 1 of ");
    assert_eq!(says(&server, "/run/good/"), said(1));
    for name in ["a b", "\u{e4}", "%41"] {
        server.says(&format!("is not served: `{name}` can't be the name of a module"));
    }
    let handlers = server.ask_for("/_mik/handlers").is(200).json();
    assert_eq!(handlers["handlers"].as_array().unwrap().len(), 1, "{handlers}");
    assert_eq!(server.log().matches("warning").count(), 3, "{}", server.log());
}

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

/// A component whose import no host offers.
fn needy() -> Vec<u8> {
    let needy = r#"(component
        (import "acme:db/store@1.0.0" (instance $store (export "get" (func))))
        (core module $code (func (export "handle")))
        (core instance $code (instantiate $code))
        (func $handle (canon lift (core func $code "handle")))
        (instance $handler (export "handle" (func $handle)))
        (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))"#;
    wat::parse_str(needy).unwrap()
}

#[test]
fn a_file_that_can_not_be_served_is_told_and_answers_500_until_it_can() {
    let cut = &LEAST[0][..LEAST[0].len() / 2];
    let stranger = wat::parse_str(r#"(component (instance $i) (export "wasi:cli/run@0.2.0" (instance $i)))"#).unwrap();
    let modules = Modules::with([
        ("text.wasm", b"hello".as_slice()),
        ("empty.wasm", b""),
        ("core.wasm", b"\0asm\x01\0\0\0"),
        ("cut.wasm", cut),
        ("stranger.wasm", &stranger),
        ("needy.wasm", &needy()),
        ("good.wasm", &version(1)),
    ]);
    let server = modules.serve();
    // What can be told without compilation is told as the server starts.
    let known = ["text", "empty", "core", "cut", "stranger"];
    for name in known {
        assert_eq!(state(&server, name).as_deref(), Some("failed"), "{name}");
        server.says(&format!("module `{name}` can't be served: `"));
    }
    assert_eq!(state(&server, "needy").as_deref(), Some("not-loaded"));
    for _ in 0..2 {
        for name in known.into_iter().chain(["needy"]) {
            let reply = server.ask_for(&format!("/run/{name}/")).is_failure(500, "start");
            assert_eq!(reply.json()["detail"], "the server's log says why");
        }
    }
    assert!(server.says("module `needy` can't be served").contains("imports `acme:db/store@1.0.0`"));
    for code in ["not_wasm", "core_module", "invalid_component", "no_handler", "import"] {
        server.says(&format!("warning[mik::serve::{code}]"));
    }
    assert_eq!(says(&server, "/run/good/"), said(1));

    for name in known.into_iter().chain(["needy"]) {
        modules.put(&format!("{name}.wasm"), version(2));
        wait_until(name, || server.ask_for(&format!("/run/{name}/")).status == 200);
        assert_eq!(says(&server, &format!("/run/{name}/")), said(2));
    }
    // However often it was asked for: once for each file.
    assert_eq!(server.log().matches("can't be served").count(), 6, "{}", server.log());
}

#[test]
fn files_come_and_go_while_they_are_served() {
    let modules = Modules::with([("first.wasm", version(1))]);
    let server = modules.serve();
    server.ask_for("/run/second/").is_failure(404, "module-not-found");
    modules.put("second.wasm", version(2));
    server.says("Live second");
    assert_eq!(says(&server, "/run/second/"), said(2));

    modules.remove("first.wasm");
    server.says("Removed first");
    server.ask_for("/run/first/").is_failure(404, "module-not-found");
    assert_eq!(state(&server, "first"), None);
    modules.put("first.wasm", version(3));
    server.says("Live first");
    assert_eq!(says(&server, "/run/first/"), said(3));
}

#[test]
fn a_directory_that_is_made_later_is_noticed_and_one_that_goes_away_takes_its_modules_along() {
    let modules = Modules::with([("mik.toml", "[project]\nname = \"later\"\n[server]\nmodules = \"in/it\"\n")]);
    fs_err::write(modules.path("mik.toml"), "[server]\nmodules = \"in/it\"\n").unwrap();
    fs_err::create_dir(modules.path("in")).unwrap();
    fs_err::create_dir(modules.path("in/it")).unwrap();
    let server = modules.serve();
    server.ask_for("/run/one/").is_failure(404, "module-not-found");
    modules.put("in/it/one.wasm", version(1));
    server.says("Live one");
    fs_err::remove_dir_all(modules.path("in")).unwrap();
    server.says("Removed one");
    fs_err::create_dir(modules.path("in")).unwrap();
    fs_err::create_dir(modules.path("in/it")).unwrap();
    modules.put("in/it/one.wasm", version(2));
    server.wait_for("Removed one");
    server.wait_for("Live one");
    assert_eq!(says(&server, "/run/one/"), said(2));
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
    assert_eq!(server.log().matches("Loaded slow").count(), 1, "{}", server.log());
}

#[test]
fn who_waits_for_a_compilation_has_a_deadline_and_the_next_one_finds_it_done() {
    let modules = Modules::with([("slow.wasm", heavy(version(1), 3000))]);
    fs_err::write(modules.path("mik.toml"), "[server]\nmodules = \".\"\nexecution_timeout_secs = 1\n").unwrap();
    let server = modules.serve();
    let reply = server.ask_for("/run/slow/").is_failure(504, "deadline");
    assert!(reply.text().contains("still being compiled"), "{}", reply.text());
    assert!(reply.header("retry-after").is_some());
    server.says("Loaded slow");
    assert_eq!(says(&server, "/run/slow/"), said(1));
    assert_eq!(server.log().matches("Loaded slow").count(), 1, "{}", server.log());
}

/// The modules that are in memory.
#[track_caller]
fn loaded(server: &Server, names: &[&'static str]) -> Vec<&'static str> {
    names.iter().copied().filter(|name| state(server, name).as_deref() == Some("loaded")).collect()
}

#[test]
fn as_many_modules_stay_in_memory_as_may_and_those_asked_for_last() {
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
fn as_much_code_stays_in_memory_as_may_by_its_real_size() {
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
    assert_eq!(server.log().matches("Loaded busy").count(), 1, "{}", server.log());
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
    let heavy = |number| heavy(version(number), 100);
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
        clients.map(|client| client.join().unwrap());
        assert_eq!(says(&server, "/run/one/"), said(REPLACEMENTS));
        let code = server.ask_for("/_mik/handlers").json()["handlers"][0]["code_size"].as_u64().unwrap() >> 10;
        // Allocators keep something back; of forty versions more than a few would be a leak.
        wait_until("what was held is given back", || {
            let after = Held::by(&server);
            eprintln!("{code} KiB of code; {before:?}, then {after:?}");
            after.memory < before.memory + 10 * code && after.files <= before.files
        });
    });
}
