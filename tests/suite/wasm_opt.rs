//! Binaryen's `wasm-opt`: a real one makes components smaller, and one that does something else spoils nothing.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use mik_tests::guest::HANDLER;
use mik_tests::{Output, Program, Project, Server};
use serde_json::Value;

/// A `wasm-opt` as npm has it: of a version that is known, since what it saves is.
static REAL: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = Program::cache_directory().with_file_name("binaryen");
    let program = directory.join("node_modules/.bin/wasm-opt");
    if !program.is_file() {
        fs_err::create_dir_all(&directory).unwrap();
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "binaryen@132.0.0"]);
        Program::run(npm.current_dir(&directory)).ok();
    }
    program
});

/// A component with one function that a host can see, and something to save.
const COMPONENT: &str = "(component
    (core module $m
        (func $twice (param i32) (result i32) local.get 0 local.get 0 i32.add)
        (func (export \"run\") (param i32) (result i32)
            (local i32) local.get 0 local.set 1 local.get 1 call $twice i32.const 0 i32.add call $twice))
    (core instance $i (instantiate $m))
    (func (export \"run\") (param \"a\" s32) (result s32) (canon lift (core func $i \"run\"))))";

/// A directory with a component, and a `wasm-opt` that is a shell script: what it does is a line that is run when it is given a module.
struct Stub {
    directory: tempfile::TempDir,
}

impl Stub {
    fn new(does: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let stub = Self { directory };
        fs_err::write(stub.path("in.wasm"), wat::parse_str(COMPONENT).unwrap()).unwrap();
        let script = format!(
            "#!/bin/sh\nPATH=/bin:/usr/bin\ncase $1 in\n--version) echo 'wasm-opt version 999 (version_999)';;\n--help) echo '--mvp-features \
             --input-source-map --output-source-map --enable-sign-ext';;\n*) {does};;\nesac\n"
        );
        fs_err::create_dir(stub.path("bin")).unwrap();
        fs_err::write(stub.program(), script).unwrap();
        stub.permit(0o755);
        stub
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn program(&self) -> PathBuf {
        self.path("bin/wasm-opt")
    }

    fn permit(&self, mode: u32) {
        fs_err::set_permissions(self.program(), PermissionsExt::from_mode(mode)).unwrap();
    }

    /// Optimizes the component, with this `wasm-opt` alone on `PATH`, and the value of the flag.
    fn optimize(&self, flag: &str) -> Output {
        let mut command = Program::cargo_mik();
        command.args(["optimize", "in.wasm", "-o", "out.wasm", "-v", "--wasm-opt", flag]);
        command.env("PATH", self.path("bin")).env("MIK_WASM_OPT_SECS", "2").current_dir(self.directory.path());
        Program::run(&mut command)
    }

    fn output(&self) -> Vec<u8> {
        fs_err::read(self.path("out.wasm")).unwrap()
    }
}

fn size(path: &Path) -> u64 {
    fs_err::metadata(path).unwrap().len()
}

#[test]
fn a_real_one_makes_a_component_smaller_that_answers_as_before() {
    let project = Project::new("smaller");
    let build = |arguments: &str| {
        let mut command = project.command(arguments);
        Program::run(command.env("MIK_WASM_OPT", &*REAL))
    };
    project.run("build --release").ok();
    let component = project.component("release");
    let without = project.directory().join("without.wasm");
    fs_err::copy(&component, &without).unwrap();

    let plan = build("plan --release").ok();
    assert!(plan.stdout.contains(" for size with wasm-opt 132 ("), "{}", plan.stdout);
    let output = build("build --release -v --message-format json").ok();
    let optimized: Vec<Value> = output.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let optimized = optimized.iter().find(|line| line["reason"] == "mik-optimized").unwrap();
    assert_eq!(optimized["wasm_opt"], "wasm-opt 132", "{optimized}");
    assert!(optimized["passes"]["wasm-opt"].as_u64() > Some(1000), "{optimized}");
    assert!(size(&component) < size(&without), "{} and {}", size(&component), size(&without));
    let bytes = fs_err::read(&component).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("inaryen") && !text.contains("sourceMappingURL"), "it has left a trace");
    build("build --release").ok().says("Fresh");

    let [before, after] = [&without, &component].map(|path| Server::start(Program::mik().arg("run").arg(path)));
    for path in ["/", "/hello/Ada", "/hello/K%C3%A4se", "/nothing/here", "/%ff"] {
        let (before, after) = (before.ask_for(path), after.ask_for(path));
        assert_eq!((before.status, &before.body), (after.status, &after.body), "{path}");
    }

    // The same again, elsewhere, and as it was without.
    project.run("build --release").ok().says("Composed");
    assert_eq!(size(&component), size(&without));
    build("build --release").ok().says("with wasm-opt 132");
    assert!(fs_err::read(&component).unwrap() == bytes, "the same version makes the same bytes");
}

#[test]
fn one_that_fails_is_told_of_and_what_it_wrote_never_lands() {
    let whole = "cp in.wasm out.wasm; cp in.map out.map";
    for (does, says) in [
        ("kill -SEGV $$", "it ended with signal: 11"),
        ("echo 'Fatal: no idea' >&2; exit 1", "it ended with exit status: 1: Fatal: no idea"),
        ("exec sleep 60", "it did not end within 2 seconds"),
        ("while :; do :; done", "it did not end within 2 seconds"),
        ("yes | head -c 100000000", "it wrote no output"),
        ("exit 0", "it wrote no output"),
        ("cp in.wasm out.wasm", "it wrote no output"),
        ("cp in.wasm out.wasm; echo '{' > out.map", "it wrote no source map that can be read"),
        (&format!("{whole}; echo garbage > out.wasm"), "no valid core module"),
        (&format!("{whole}; head -c 20 in.wasm > out.wasm"), "no valid core module"),
        (
            &format!("{whole}; printf '\\000asm\\001\\000\\000\\000' > out.wasm"),
            "the exports of what it wrote are not those",
        ),
        (&format!("{whole}; exec cat /dev/zero > out.wasm"), "it ended with signal: "),
    ] {
        let stub = Stub::new(does);
        stub.optimize("false").ok();
        let without = stub.output();
        let output = stub.optimize("auto").ok().says("warning[mik::optimize::wasm_opt]").says(says);
        output.says("is built without wasm-opt 999");
        assert!(stub.output() == without, "{does}");

        // Who asks for it is not given something else.
        fs_err::write(stub.path("out.wasm"), "earlier").unwrap();
        let asked = stub.program();
        stub.optimize(asked.to_str().unwrap()).code(104).says("error[mik::optimize::wasm_opt]").says(says);
        stub.optimize("true").code(104).says("error[mik::optimize::wasm_opt]");
        assert_eq!(stub.output(), b"earlier", "{does}");
    }
}

#[test]
fn one_that_saves_nothing_changes_nothing() {
    let stub = Stub::new("cp in.wasm out.wasm; cp in.map out.map");
    stub.optimize("false").ok();
    let without = stub.output();
    let output = stub.optimize("true").ok();
    assert!(!output.stderr.contains("with wasm-opt") && !output.stderr.contains("warning"), "{}", output.stderr);
    assert_eq!(stub.output(), without);
}

#[test]
fn one_that_does_not_know_what_a_module_uses_is_not_asked() {
    let stub = Stub::new("kill -SEGV $$");
    let text = COMPONENT.replace("call $twice))", "call $twice i32.const 1 i32.const 2 call $two drop drop) (func $two (param i32 i32) (result i32 i32) local.get 1 local.get 0))");
    fs_err::write(stub.path("in.wasm"), wat::parse_str(text).unwrap()).unwrap();
    stub.optimize("auto").ok().says("wasm-opt 999 for a module of in.wasm: it does not know `--enable-multivalue`");
}

#[test]
fn without_one_everything_works_unless_there_has_to_be_one() {
    let stub = Stub::new("exit 0");
    stub.optimize("false").ok();
    let without = stub.output();
    // Not executable: it is no program.
    stub.permit(0o644);
    let output = stub.optimize("auto").ok();
    assert!(!output.stderr.contains("wasm-opt"), "{}", output.stderr);
    stub.optimize("true").code(96).says("error[mik::setup::no_wasm_opt]").says("npm install -g binaryen");
    let program = stub.program();
    stub.optimize(program.to_str().unwrap()).code(96).says("error[mik::setup::wasm_opt]").says("can't be used");
    fs_err::remove_file(&program).unwrap();
    stub.optimize("auto").ok();
    assert_eq!(stub.output(), without);
    stub.optimize("bin/wasm-opt").code(96).says("bin/wasm-opt");
}

#[test]
fn one_that_is_something_else_or_too_old_is_not_used() {
    for (script, says) in [
        ("echo hello", "it does not say which version it is"),
        ("exit 3", "`--version` ends with exit status: 3"),
        ("echo 'wasm-opt version 1'", "version 1 is too old, it does not know `--mvp-features`"),
    ] {
        let stub = Stub::new("");
        fs_err::write(stub.program(), format!("#!/bin/sh\n{script}\n")).unwrap();
        stub.optimize("auto").ok().says("warning[mik::optimize::wasm_opt]").says(says);
        stub.optimize("true").code(96).says("error[mik::setup::wasm_opt]").says(says);
    }
}

#[test]
pub(crate) fn the_key_says_which_and_the_environment_beats_it() {
    let stub = Stub::new("exit 1");
    let project = Project::saying("which-wasm-opt", "here");
    let run = |arguments: &str, variable: &str| {
        let mut command = project.command(arguments);
        Program::run(command.env("MIK_WASM_OPT", variable))
    };
    project.write("tools/wasm-opt", fs_err::read(stub.program()).unwrap());
    let program = project.directory().join("tools/wasm-opt");
    fs_err::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    project.write("mik.toml", "[build]\nwasm_opt = \"tools/wasm-opt\"\n");
    let plan = run("plan --release", "").ok();
    assert!(plan.stdout.contains(" for size with wasm-opt 999 ("), "{}", plan.stdout);
    // In development nothing is optimized.
    assert!(!run("plan", "").ok().stdout.contains("with wasm-opt"));
    let listed = run("config build.wasm_opt", "").ok();
    assert_eq!(Path::new(listed.stdout.trim()), program);
    run("build --release", "").code(104).says("could not be optimized by wasm-opt 999");

    assert!(!run("plan --release", "false").ok().stdout.contains("with wasm-opt"));
    assert_eq!(run("config build.wasm_opt", "0").ok().stdout.trim(), "false");
    project.write("mik.toml", "[build]\nwasm_opt = \"none/here\"\n");
    run("plan --release", "").code(96).says("error[mik::setup::wasm_opt]").says("none/here");
    project.write("mik.toml", "[build]\nwasm_opt = 7\n");
    run("plan --release", "").code(96).says("has to be `\"auto\"`, `true`, `false`, or a path");
    let mut command = project.command("plan --release");
    command.env("MIK_WASM_OPT_SECS", "soon");
    project.write("mik.toml", "");
    Program::run(&mut command).code(96).says("`MIK_WASM_OPT_SECS`");
}

#[test]
fn a_build_without_the_one_that_failed_is_tried_again() {
    let stub = Stub::new("exit 1");
    let project = Project::saying("tried-again", "here");
    let build = || {
        let mut command = project.command("build --release");
        let path = std::env::join_paths(
            [stub.path("bin")].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        Program::run(command.env("MIK_WASM_OPT", "auto").env("PATH", path.unwrap()))
    };
    build().ok().says("warning[mik::optimize::wasm_opt]");
    build().ok().says("warning[mik::optimize::wasm_opt]");
}

#[test]
fn an_interruption_ends_it_by_its_signal_and_leaves_the_earlier_output_and_nothing_temporary() {
    let stub = Stub::new("echo > \"$BEGAN\"; exec sleep 600");
    fs_err::copy(HANDLER.component(), stub.path("in.wasm")).unwrap();
    fs_err::write(stub.path("out.wasm"), b"earlier").unwrap();
    let (temporary, began) = (stub.path("temporary"), stub.path("began"));
    fs_err::create_dir(&temporary).unwrap();
    let before = names(stub.directory.path());

    let mut command = Program::cargo_mik();
    command.args(["optimize", "in.wasm", "-o", "out.wasm", "--wasm-opt"]).arg(stub.program());
    command.env("TMPDIR", &temporary).env("BEGAN", &began).current_dir(stub.directory.path());
    mik_tests::as_from_a_terminal(&mut command);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    mik_tests::wait_until("a module is given to it", || began.exists());
    assert_eq!(names(&temporary).len(), 1, "the module is there");
    mik_tests::interrupt_group(&child);
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGINT));

    assert_eq!(stub.output(), b"earlier");
    assert_eq!(names(&temporary), Vec::<String>::new());
    fs_err::remove_file(began).unwrap();
    assert_eq!(names(stub.directory.path()), before);
}

/// What lies in a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
