//! The cache of compiled code: what was compiled is loaded, what is damaged never is, and whatever is wrong with the
//! cache, requests are answered.

mod command;

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Program, Project, Server, wait_until};
use serde_json::Value;
use tempfile::TempDir;

const COMPILED: &str = "Compiled probe in";
const LOADED: &str = "Loaded probe from the cache";

/// A cache of the test's own.
struct Cache(TempDir);

impl Cache {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// `mik run` of a component, with this cache.
    fn run(&self, component: &Path) -> Command {
        let mut command = Program::mik();
        command.args(["run", "-v"]).arg(component).env("MIK_CACHE_DIR", self.0.path());
        command
    }

    /// Serves the probe, and expects it to answer.
    #[track_caller]
    fn serve(&self) -> Server {
        answering(Server::start(&mut self.run(PROBE.component())))
    }

    /// Serves the handler, and expects it to answer.
    #[track_caller]
    fn serve_other(&self) -> Server {
        let server = Server::start(&mut self.run(HANDLER.component()));
        assert_eq!(server.ask_for("/").is(200).text(), "home");
        server
    }

    /// `cargo mik cache …`
    fn cache(&self, arguments: &str) -> Command {
        let mut command = Program::cargo_mik();
        command.arg("cache").args(arguments.split_whitespace()).env("MIK_CACHE_DIR", self.0.path());
        command
    }

    /// What `cargo mik cache … --message-format json` prints.
    #[track_caller]
    fn json(&self, arguments: &str) -> Value {
        let mut command = self.cache(arguments);
        let output = Program::run(command.args(["--message-format", "json"])).ok();
        serde_json::from_str(&output.stdout).unwrap()
    }

    fn code(&self) -> PathBuf {
        self.0.path().join("code")
    }

    /// The names of everything in it.
    fn names(&self) -> Vec<String> {
        let entries = fs_err::read_dir(self.code()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The only entry.
    #[track_caller]
    fn entry(&self) -> PathBuf {
        match self.names().as_slice() {
            [only] => self.code().join(only),
            names => panic!("one entry is expected: {names:?}"),
        }
    }

    /// Puts a file into it that was last used so long ago.
    fn put(&self, name: &str, bytes: usize, hours: u64) {
        let path = self.code().join(name);
        fs_err::write(&path, vec![0; bytes]).unwrap();
        set_used(&path, SystemTime::now() - Duration::from_secs(hours * 3600));
    }

    /// A standard library, as far as the cache can tell.
    fn put_standard_library(&self, name: &str) {
        let library = self.0.path().join("sysroots").join(name).join("lib");
        fs_err::create_dir_all(&library).unwrap();
        fs_err::write(library.join("libstd-0.rlib"), [0; 1000]).unwrap();
    }
}

fn set_used(path: &Path, time: SystemTime) {
    let file = fs_err::OpenOptions::new().write(true).open(path).unwrap();
    file.file().set_modified(time).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs_err::metadata(path).unwrap().permissions().mode() & 0o777
}

#[track_caller]
fn answering(server: Server) -> Server {
    server.ask_for("/ok").is(200);
    server
}

#[test]
fn what_was_compiled_once_is_loaded_from_then_on() {
    let cache = Cache::new();
    let first = cache.serve();
    first.says(COMPILED);
    // As the same bytes under another name are.
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.wasm");
    fs_err::copy(PROBE.component(), &copy).unwrap();
    let second = answering(Server::start(&mut cache.run(&copy)));
    second.says("Loaded copy from the cache");
    assert!(!second.log().contains("Compiled"), "{}", second.log());
    cache.entry();

    // Other bytes are another component.
    cache.serve_other().says("Compiled handler in");
    assert_eq!(cache.names().len(), 2);
}

#[test]
fn a_project_that_is_served_again_is_loaded() {
    let cache = Cache::new();
    // The standard libraries are those of all tests.
    symlink(Program::cache_directory().join("sysroots"), cache.0.path().join("sysroots")).unwrap();
    let project = Project::saying("cached", "from the cache");
    for said in ["Compiled", "Loaded"] {
        let server = Server::start(project.command("serve -v").env("MIK_CACHE_DIR", cache.0.path()));
        assert_eq!(server.ask_for("/").is(200).text(), "from the cache");
        server.says(&format!("{said} {}", project.name()));
    }
}

/// Changes the entry, and expects that it is not used, that the request is answered, and that the entry is mended.
#[track_caller]
fn expect_compiled_again(cache: &Cache, what: &str, damage: impl FnOnce(&Path)) {
    let entry = cache.entry();
    damage(&entry);
    let server = cache.serve();
    server.says(COMPILED);
    let log = server.log();
    assert!(log.contains("note: the cached code of `probe` can't be used, and is compiled again:"), "{what}: {log}");
    assert!(!log.contains(LOADED), "{what}: {log}");
    cache.serve().says(LOADED);
}

#[test]
fn a_damaged_entry_is_compiled_again_and_never_run() {
    let cache = Cache::new();
    drop(cache.serve());
    let whole = fs_err::read(cache.entry()).unwrap();
    // One byte of each field, of the code's beginning, its middle and its end.
    for at in [0, 8, 40, 72, 79, 80, 111, 112, 4096, whole.len() / 2, whole.len() - 1] {
        expect_compiled_again(&cache, &format!("byte {at}"), |entry| {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs_err::write(entry, damaged).unwrap();
        });
    }
}

#[test]
fn an_entry_of_another_length_or_kind_is_compiled_again() {
    let cache = Cache::new();
    drop(cache.serve());
    let whole = fs_err::read(cache.entry()).unwrap();
    for length in [0, 7, 111, 112, whole.len() / 2, whole.len() - 1] {
        expect_compiled_again(&cache, &format!("{length} bytes"), |entry| {
            fs_err::write(entry, &whole[..length]).unwrap();
        });
    }
    expect_compiled_again(&cache, "too long", |entry| {
        fs_err::write(entry, [&whole[..], b"\0"].concat()).unwrap();
    });
    expect_compiled_again(&cache, "garbage", |entry| {
        fs_err::write(entry, mik_tests::payload::bytes(1, whole.len())).unwrap();
    });
    expect_compiled_again(&cache, "anybody's", |entry| {
        fs_err::set_permissions(entry, Permissions::from_mode(0o666)).unwrap();
    });
    let elsewhere = tempfile::tempdir().unwrap();
    expect_compiled_again(&cache, "a link", |entry| {
        let target = elsewhere.path().join("entry");
        fs_err::rename(entry, &target).unwrap();
        symlink(target, entry).unwrap();
    });
}

#[test]
fn an_entry_in_the_place_of_another_components_is_not_run() {
    let cache = Cache::new();
    drop(cache.serve());
    let probes = cache.entry();
    drop(cache.serve_other());
    let handlers = cache.names().into_iter().map(|name| cache.code().join(name)).find(|path| *path != probes).unwrap();
    let (handler, probe) = (fs_err::read(&handlers).unwrap(), fs_err::read(&probes).unwrap());
    fs_err::write(&handlers, probe).unwrap();
    fs_err::write(&probes, handler).unwrap();

    cache.serve().says("can't be used, and is compiled again: it is another component's");
    cache.serve_other().says("can't be used, and is compiled again: it is another component's");
}

#[test]
fn what_is_kept_is_the_users_alone() {
    let cache = Cache::new();
    drop(cache.serve());
    assert_eq!((mode(&cache.code()), mode(&cache.entry())), (0o700, 0o600));
}

#[test]
fn a_directory_that_others_can_write_to_is_not_used() {
    let cache = Cache::new();
    drop(cache.serve());
    let before = fs_err::read(cache.entry()).unwrap();
    for open in [0o777, 0o770] {
        fs_err::set_permissions(cache.code(), Permissions::from_mode(open)).unwrap();
        let server = cache.serve();
        server.says(COMPILED);
        let log = server.log();
        assert_eq!(log.matches("warning[mik::setup::code_cache]: compiled code can't be kept").count(), 1, "{log}");
        assert!(log.contains("cause: its permissions let others write to it"), "{log}");
        assert!(log.contains("chmod go-w"), "{log}");
        assert!(!log.contains(LOADED), "{log}");
    }
    assert_eq!(fs_err::read(cache.entry()).unwrap(), before);
    // Nor is it tidied up: its files may be anybody's.
    Program::run(&mut cache.cache("clear")).code(96).says("error[mik::setup::code_cache]");
    fs_err::set_permissions(cache.code(), Permissions::from_mode(0o700)).unwrap();
    cache.serve().says(LOADED);
}

#[test]
fn a_link_in_the_directorys_place_is_not_followed() {
    let (cache, other) = (Cache::new(), Cache::new());
    drop(other.serve());
    symlink(other.code(), cache.code()).unwrap();
    let server = cache.serve();
    server.says(COMPILED);
    assert!(server.log().contains("cause: it is no directory"), "{}", server.log());
}

#[test]
fn without_a_place_for_the_cache_it_is_said_once_and_served() {
    let cache = Cache::new();
    // A directory that nobody can make, whoever runs the tests.
    let file = cache.0.path().join("file");
    fs_err::write(&file, b"").unwrap();
    let server = answering(Server::start(cache.run(PROBE.component()).env("MIK_CACHE_DIR", file.join("cache"))));
    server.says(COMPILED);
    let log = server.log();
    assert_eq!(log.matches("warning[mik::setup::code_cache]").count(), 1, "{log}");
    assert!(log.contains("is the disk full, or read-only?"), "{log}");
}

#[test]
fn on_a_full_disk_it_is_said_once_and_served() {
    let cache = Cache::new();
    let run = cache.run(PROBE.component());
    // No file may grow beyond 128 KiB, and trying fails as on a full disk instead of ending the program.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 256; exec \"$@\"", "sh"]).arg(run.get_program()).args(run.get_args());
    limited.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let server = answering(Server::start(&mut limited));
    server.says(COMPILED);
    let log = server.log();
    assert_eq!(log.matches("warning[mik::setup::code_cache]").count(), 1, "{log}");
    drop(server);
    assert_eq!(cache.names(), [""; 0], "what could not be finished is not left behind");
    cache.serve().says(COMPILED);
}

#[test]
fn servers_that_start_at_once_on_an_empty_cache_all_answer() {
    let cache = Cache::new();
    let started: Vec<_> = (0..4).map(|_| Server::start_unready(&mut cache.run(PROBE.component()))).collect();
    for server in started {
        answering(server.at("Serving http://"));
    }
    cache.entry();
    cache.serve().says(LOADED);
}

#[test]
fn what_was_not_used_for_longest_goes_when_there_is_too_much() {
    let cache = Cache::new();
    let size = |path: &Path| fs_err::metadata(path).unwrap().len();
    drop(cache.serve_other());
    let handlers = size(&cache.entry());
    fs_err::remove_file(cache.entry()).unwrap();
    drop(cache.serve());
    let probes = cache.entry();
    // The probe's was not used for longest, until now.
    set_used(&probes, SystemTime::now() - Duration::from_secs(9 * 3600));
    cache.serve().says(LOADED);
    for (name, hours) in [("old.code", 3), ("new.code", 1), (".new-dead", 2)] {
        cache.put(name, 2 << 20, hours);
    }
    cache.put("notes.txt", 2 << 20, 4);
    cache.put(".new-alive", 1, 0);

    // Another component's code comes in, and is one too many.
    let most = (size(&probes) + handlers + (2 << 20)).div_ceil(1 << 20);
    let _server = Server::start(cache.run(HANDLER.component()).env("MIK_CACHE_MAX_MB", most.to_string()));
    wait_until("the oldest is gone", || !cache.names().contains(&"old.code".to_owned()));
    let names = cache.names();
    for kept in ["new.code", ".new-alive", "notes.txt", probes.file_name().unwrap().to_str().unwrap()] {
        assert!(names.contains(&kept.to_owned()), "{kept} is not among {names:?}");
    }
    assert!(!names.contains(&".new-dead".to_owned()), "{names:?}");
}

#[test]
fn the_cache_can_be_done_without() {
    let cache = Cache::new();
    for (arguments, most) in [(&["--no-cache"][..], ""), (&[], "0")] {
        let server =
            answering(Server::start(cache.run(PROBE.component()).args(arguments).env("MIK_CACHE_MAX_MB", most)));
        server.says(COMPILED);
        assert!(!cache.code().exists(), "nothing is kept");
    }
    let mut command = cache.run(PROBE.component());
    let output = Program::run(command.env("MIK_CACHE_MAX_MB", "1GB")).code(96);
    output.says("error[mik::project::invalid_variable]: the environment variable `MIK_CACHE_MAX_MB` is `1GB`");
}
