//! Traps of components that were stripped, told in the functions, files and lines of their source.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use mik_optimize::{Frame, Names, Options, Panic, Symbols, optimize, side_car};
use mik_tests::guest::HANDLER;
use mik_tests::{Output, Program, Project, Server};
use serde_json::Value;

/// Each path of it traps in another way; the comments mark the lines.
const SOURCE: &str = r#"//! Traps in several ways.

use mik_sdk::prelude::*;

routes! {
    GET "/index/{at}" => index,
    GET "/panic" => panics,
    GET "/unreachable" => unreachable,
    GET "/pointer/{at}" => pointer,
}

fn index(Path(at): Path<usize>) -> String {
    let list = std::hint::black_box([1_u8, 2, 3]);
    list[at].to_string() // index
}

fn panics() -> &'static str {
    let nothing: Option<&'static str> = std::hint::black_box(None);
    nothing.expect("there is something") // panic
}

fn unreachable() -> &'static str {
    core::arch::wasm32::unreachable() // unreachable
}

fn pointer(Path(at): Path<usize>) -> String {
    let value = peek(std::hint::black_box(at) as *const u64); // call
    value.to_string()
}

#[inline(always)]
fn peek(pointer: *const u64) -> u64 {
    // SAFETY: it is not; that is what this is for.
    unsafe { pointer.read_volatile() } // pointer
}
"#;

/// Requests that trap, and the mark of the line where each does.
const TRAPS: &[(&str, &str)] = &[
    ("/index/9", "index"),
    ("/panic", "panic"),
    ("/unreachable", "unreachable"),
    ("/pointer/4294967280", "pointer"),
    ("/pointer/4294967280", "call"),
];

/// The line that is marked, as it is told: `src/lib.rs:15:`.
fn marked(mark: &str) -> String {
    let line = SOURCE.lines().position(|line| line.ends_with(&format!("// {mark}"))).unwrap();
    format!("src/lib.rs:{}:", line + 1)
}

fn built(name: &str) -> Project {
    let project = Project::with_source(name, SOURCE);
    project.run("build --release").ok();
    project
}

/// What the server says of one request.
fn log_of(component: &Path, path: &str) -> String {
    let server = Server::start(Program::mik().arg("run").arg(component));
    server.ask_for(path).is_failure(500, "trap");
    server.says("at function ");
    // All of it: there are more frames than the first.
    server.stop().log
}

fn symbolicate(project: &Project, arguments: &[&Path]) -> Output {
    Program::run(project.command("symbolicate").args(arguments))
}

/// Has a component trap in every way, and expects the marked lines of it, from a file of the log.
fn check(project: &Project, component: &Path) {
    let log = project.root().join("app.log");
    for (path, mark) in TRAPS {
        let text = log_of(component, path);
        assert!(!text.contains("panics") && !text.contains("peek"), "it is stripped: {text}");
        fs_err::write(&log, &text).unwrap();
        let output = symbolicate(project, &[component, &log]).ok();
        assert!(output.stdout.contains(&marked(mark)), "{path} has no {}:\n{}", marked(mark), output.stdout);
        // The line itself, from the project.
        assert!(output.stdout.contains(&format!("// {mark}\n")), "{}", output.stdout);
        text.lines().for_each(|line| assert!(output.stdout.contains(line), "`{line}` is lost:\n{}", output.stdout));
    }
}

#[test]
fn a_trap_of_a_stripped_release_component_names_the_handlers_own_line() {
    let project = built("symbols");
    check(&project, &project.component("release"));
    let text = log_of(&project.component("release"), "/pointer/4294967280");
    let log = project.root().join("app.log");
    fs_err::write(&log, text).unwrap();
    let output = symbolicate(&project, &[&project.component("release"), &log]).ok();
    assert!(output.stdout.contains("peek (inlined)"), "{}", output.stdout);
    // In the project the component need not be named.
    assert_eq!(symbolicate(&project, &[&log]).ok().stdout, output.stdout);
}

#[test]
fn a_bare_handler_is_known_as_servers_compose_it() {
    let project = Project::with_source("symbols-bare", SOURCE);
    project.write("mik.toml", "[composition]\nhttp_handler = false\n");
    project.run("build --release").ok();
    check(&project, &project.component("release"));
}

#[test]
fn a_panic_that_traps_names_its_line_too() {
    let project = Project::with_source("symbols-trap", SOURCE);
    project.write("mik.toml", "[build]\npanic = \"trap\"\n");
    project.run("build --release").ok();
    check(&project, &project.component("release"));
}

#[test]
fn components_without_a_system_name_lines_as_well() {
    let project = Project::with_source("symbols-unknown", SOURCE);
    project.run("build --release --target wasm32-unknown-unknown").ok();
    check(&project, &project.component("release"));
}

#[test]
fn what_was_optimized_once_more_is_known_from_the_side_car_before() {
    let project = built("symbols-again");
    // Names stay in it, and it is optimized with other options than before.
    let output = project.root().join("again.wasm");
    let optimized = |input: &Path| {
        let mut command = Program::cargo_mik();
        Program::run(command.arg("optimize").arg(input).arg("-o").arg(&output)).ok();
    };
    optimized(&project.component("release"));
    check(&project, &output);
    assert!(fs_err::read(&output).unwrap() == fs_err::read(project.component("release")).unwrap(), "the build-id too");

    // One of another's making has all of it inside.
    optimized(HANDLER.component());
    let text = log_of(&output, "/panic");
    let log = project.root().join("app.log");
    fs_err::write(&log, text).unwrap();
    let told = symbolicate(&project, &[&output, &log]).ok().stdout;
    assert!(told.contains("tests/guests/handler/src/") && told.contains(".rs:"), "{told}");
}

#[test]
fn a_side_car_of_another_build_is_refused() {
    let project = built("symbols-other");
    let component = project.component("release");
    let earlier = project.root().join("earlier.debug.wasm");
    fs_err::copy(component.with_extension("debug.wasm"), &earlier).unwrap();
    project.edit("src/lib.rs", "nothing.expect", "std::hint::black_box(nothing).expect");
    project.edit("src/lib.rs", "there is something", "there is something else");
    project.run("build --release").ok();
    let ask = |flags: &[&str]| {
        let mut command = project.command("symbolicate");
        Program::run(command.arg(&component).arg("0x5c53").args(flags))
    };
    let refused = ask(&["--debug", earlier.to_str().unwrap()]).code(96);
    let [before, now] = [&earlier, &component].map(|path| build_id(path));
    assert_ne!(before, now);
    refused.says("mik::project::other_build").says(&before).says(&now);
    ask(&[]).ok();
    // Beside the component it is refused as well.
    fs_err::copy(&earlier, component.with_extension("debug.wasm")).unwrap();
    ask(&[]).code(96).says("mik::project::other_build");
    fs_err::remove_file(component.with_extension("debug.wasm")).unwrap();
    ask(&[]).code(96).says("mik::project::no_debug_information");
    // As the help says, a build writes it again, although nothing else has changed.
    project.run("build --release").ok();
    ask(&[]).ok();
    ask(&["--debug", "/nowhere.wasm"]).code(104).says("/nowhere.wasm");
    ask(&["what"]).code(2).says("neither a file nor an address");
}

/// The last 16 bytes of a component that was optimized.
fn build_id(path: &Path) -> String {
    let bytes = fs_err::read(path).unwrap();
    let (rest, id) = bytes.split_at(bytes.len() - 16);
    assert!(rest.ends_with(b"\x08build_id\x10"));
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_other_hosts_print_is_read_from_stdin_and_as_addresses() {
    let project = built("symbols-hosts");
    let component = project.component("release");
    let text = log_of(&component, "/unreachable");
    let (function, address) = first_frame(&text);
    let wasmtime = format!("    0: {address:#6x} - <unknown>!<wasm function {function}>\n");
    let layout = mik_optimize::layout(&fs_err::read(&component).unwrap()).unwrap();
    // The handler's module is the one that the address is in.
    let module = layout.modules.iter().find(|it| (it.code..it.code + it.length).contains(&address)).unwrap();
    let engine = format!("    at wasm://wasm/0a1b2c3d:wasm-function[{function}]:{:#x}\n", address - module.start);
    for text in [&wasmtime, &engine] {
        let output = piped(&project, &component, text);
        assert!(output.contains(&marked("unreachable")), "{text}{output}");
    }
    tells_while_a_log_goes_on(&project, &component, &wasmtime);
    let side_car = component.with_extension("debug.wasm");
    for file in [&component, &side_car] {
        let output = symbolicate(&project, &[file, Path::new(&format!("{address:#x}"))]).ok();
        assert!(output.stdout.contains(&marked("unreachable")), "{}", output.stdout);
    }
    let mut command = project.command("symbolicate --json");
    let output = Program::run(command.arg(&component).arg(format!("{address:#x}"))).ok();
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(json["build_id"].as_str(), Some(build_id(&component).as_str()), "{json}");
    let frames = json["places"][0]["frames"].as_array().unwrap();
    let own = frames.iter().find(|frame| frame["file"] == "src/lib.rs").unwrap();
    assert_eq!(format!("src/lib.rs:{}:", own["line"]), marked("unreachable"), "{json}");
    // What is no frame of this component is told to be none.
    let output = symbolicate(&project, &[&component, Path::new("0x7fffffff")]).ok();
    output.says("no frame is one of this component's");
}

fn first_frame(log: &str) -> (u32, u32) {
    let (_, frame) = log.split_once("at function ").unwrap();
    let (function, rest) = frame.split_once(" (0x").unwrap();
    let (address, _) = rest.split_once(')').unwrap();
    (function.parse().unwrap(), u32::from_str_radix(address, 16).unwrap())
}

/// What a server says has no end, and Ctrl-C ends both: a frame is told before the next line comes.
fn tells_while_a_log_goes_on(project: &Project, component: &Path, text: &str) {
    use std::io::{BufRead, BufReader, Write};
    let mut command = project.command("symbolicate");
    let mut child = command.arg(component).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(text.as_bytes()).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains(&marked("unreachable"))));
    drop(stdin);
    lines.for_each(drop);
    assert!(child.wait().unwrap().success());
}

fn piped(project: &Project, component: &Path, text: &str) -> String {
    use std::io::Write;
    let mut command = project.command("symbolicate");
    let mut child = command.arg(component).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_instruction_has_the_lines_that_it_had() {
    let project = built("symbols-lines");
    let original = cargos(&project);
    for panic in [Panic::Message, Panic::Trap] {
        let output = optimize(&fs_err::read(&original).unwrap(), &Options { panic, names: Names::Strip }).unwrap();
        let named = side_car(&output.bytes, &output.origins).unwrap().unwrap();
        let mut checked = 0;
        for (module, named) in output.origins.modules.iter().zip(mik_optimize::modules(&named).unwrap()) {
            let (before, after) = (Symbols::of(&module.original).unwrap(), Symbols::of(named).unwrap());
            for (origins, positions) in module.functions.iter().zip(&after.positions().functions) {
                for (origin, position) in origins.positions().zip(positions) {
                    let Some(origin) = origin else { continue };
                    let (before, after) = (before.frames(origin), after.frames(*position));
                    // A function that went into its caller is told with that one behind it.
                    let as_seen = |frames: &[Frame]| -> Vec<Frame> {
                        frames.iter().take(before.len()).map(|it| Frame { is_inlined: false, ..it.clone() }).collect()
                    };
                    assert_eq!(as_seen(&before), as_seen(&after), "{origin} became {position}: {after:?}");
                    checked += usize::from(before.iter().any(|frame| frame.line.is_some()));
                }
            }
        }
        assert!(checked > 5_000, "{checked} instructions with lines");
    }
}

/// What cargo itself has made.
fn cargos(project: &Project) -> PathBuf {
    let name = project.name().replace('-', "_");
    Program::target_directory().join(format!("wasm32-wasip2/release/{name}.wasm"))
}

#[test]
fn lines_of_the_users_own_profile_are_left_to_the_user() {
    let project = Project::saying("symbols-profile", "here");
    project.append("Cargo.toml", "\n[profile.release]\ndebug = false\n");
    project.run("build --release").ok();
    let side_car = fs_err::read(project.component("release").with_extension("debug.wasm")).unwrap();
    // The C library that comes with the target has lines of its own.
    let has_lines = |bytes: &[u8]| {
        mik_optimize::modules(bytes).unwrap().iter().any(|module| {
            let symbols = Symbols::of(module).unwrap();
            let mut positions = symbols.positions().functions.iter().flatten();
            positions.any(|at| symbols.frames(*at).iter().flat_map(|it| &it.file).any(|it| it.starts_with("/cargo/")))
        })
    };
    assert!(!has_lines(&side_car));
    let mut command = project.command("build --release");
    Program::run(command.env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only")).ok();
    let side_car = fs_err::read(project.component("release").with_extension("debug.wasm")).unwrap();
    assert!(has_lines(&side_car));
}
