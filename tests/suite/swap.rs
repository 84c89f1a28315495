//! One version in place of another while `cargo mik serve` runs: what is taken up, what waits, and who answers.

use std::thread;

use mik_tests::{Body, Project, Server};

/// Which version answers, as its answers say it.
#[track_caller]
fn build(server: &Server) -> String {
    server.ask_for("/").is(200).header("x-mik-build").expect("it is said").to_owned()
}

#[test]
fn a_swap_is_one_line_that_says_what_answers_and_what_took_how_long() {
    let project = Project::saying("one-line", "one");
    let server = Server::start(&mut project.command("serve"));
    let first = build(&server);
    let line = server.says("Live ");
    assert!(line.contains(&format!("{} ({first}): plan ", project.name())), "{line}");
    project.edit("src/lib.rs", "one", "two");
    server.wait_for("Rebuilding");
    let line = server.wait_for("Live ");
    let second = build(&server);
    assert_ne!(first, second);
    assert!(
        line.contains(&second) && line.contains("cargo ") && line.contains(" ms") && line.contains("compile "),
        "{line}"
    );
    // As it was before.
    project.edit("src/lib.rs", "two", "one");
    server.wait_for("Live ");
    assert_eq!(build(&server), first);
    // What the host answers by itself is nobody's version.
    assert_eq!(server.ask_for("/_mik/health/live").is(200).header("x-mik-build"), None);
}

#[test]
fn a_program_is_told_of_a_swap_as_data() {
    let project = Project::saying("as-data", "one");
    let mut command = project.command("serve --port 0 --message-format json");
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let mut swaps = lines.map_while(Result::ok).filter(|line| line.contains("\"mik-swapped\""));
    let swap: serde_json::Value = serde_json::from_str(&swaps.next().unwrap()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(swap["modules"][0]["module"], project.name());
    assert_eq!(swap["modules"][0]["build"].as_str().unwrap().len(), 12);
    assert!(swap["milliseconds"]["cargo"].is_f64() && swap["milliseconds"]["compile"].is_f64(), "{swap}");
}

#[test]
fn a_configuration_is_taken_up_while_it_serves_and_a_broken_one_is_shown_and_not_taken() {
    let project = Project::saying("configured", "unused");
    project.edit("src/lib.rs", "-> &'static str", "-> String");
    project.edit("src/lib.rs", "\"unused\"", "env::get(\"WORD\").unwrap_or_default()");
    project.write("mik.toml", "[server]\nport = 0\n[server.env]\nWORD = \"one\"\n");
    let server = Server::start_as_is(&mut project.command("serve"));
    let mut connection = server.open();
    let mut answer = || connection.ask("GET", "/", &[], Body::None).is(200).text().to_owned();
    assert_eq!(answer(), "one");

    project.write("mik.toml", "[server]\nport = 0\n[server.env]\nWORD = \"two\"\n");
    server.wait_for("mik.toml changed");
    server.wait_for("Live ");
    assert_eq!(answer(), "two");

    project.write("mik.toml", "[server]\nexecution_timeout_secs = \"long\"\n[server.env]\nWORD = \"three\"\n");
    server.wait_for("mik.toml changed");
    server.wait_for("mik.toml:2");
    server.wait_for("the last good version goes on serving");
    assert_eq!(answer(), "two");
    // Nor with what is built meanwhile: the configuration is as broken as before.
    project.append("src/lib.rs", "\n// An edit.\n");
    server.wait_for("src/lib.rs changed");
    server.wait_for("the last good version goes on serving");
    assert_eq!(answer(), "two");

    project.write("mik.toml", "[server]\nport = 1\n[server.env]\nWORD = \"four\"\n");
    server.wait_for("restart to apply `server.port`");
    server.wait_for("Live ");
    assert_eq!(answer(), "four");
    fs_err::remove_file(project.directory().join("mik.toml")).unwrap();
    server.wait_for("mik.toml is gone");
    server.wait_for("Live ");
    assert_eq!(answer(), "");
}

#[test]
fn a_request_during_a_build_is_held_for_it_where_that_is_wanted() {
    let project = Project::saying("held", "one");
    // A build that waits for a word.
    let build = |waits: bool| {
        let wait = "while !std::path::Path::new(\"go\").exists() {\n        \
                    std::thread::sleep(std::time::Duration::from_millis(10));\n    }\n    ";
        let wait = if waits { wait } else { "" };
        format!("//! May wait.\nfn main() {{\n    {wait}println!(\"cargo::rerun-if-changed=build.rs\");\n}}\n")
    };
    project.write("build.rs", build(false));
    // It waits for half of the time that it has: a busy machine may need a while.
    project.write("mik.toml", "[server]\nexecution_timeout_secs = 1200\n");
    let server = Server::start(&mut project.command("serve --hold=600"));
    assert_eq!(server.ask_for("/").is(200).text(), "one");
    project.say("two");
    project.write("build.rs", build(true));
    server.wait_for("Rebuilding");
    thread::scope(|scope| {
        let held = scope.spawn(|| server.ask_for("/").is(200).text().to_owned());
        // Who wants to know how the server is does not wait.
        server.ask_for("/_mik/health/live").is(200);
        assert!(!held.is_finished());
        project.write("go", "");
        assert_eq!(held.join().unwrap(), "two");
    });
    // A build that fails has the version before answer.
    project.edit("src/lib.rs", "\"two\"", "not_there()");
    server.wait_for("Rebuilding");
    assert_eq!(server.ask_for("/").is(200).text(), "two");
    server.wait_for("the last good version goes on serving");
}

#[test]
fn without_being_held_a_request_during_a_build_is_answered_by_the_version_before() {
    let project = Project::saying("not-held", "one");
    project.write("build.rs", "//! Ends at once.\nfn main() {}\n");
    let server = Server::start(&mut project.command("serve"));
    project.say("two");
    project.write(
        "build.rs",
        "//! Does not end.\nfn main() {\n    std::thread::sleep(std::time::Duration::from_secs(600));\n}\n",
    );
    server.wait_for("Rebuilding");
    assert_eq!(server.ask_for("/").is(200).text(), "one");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn what_winch_can_not_compile_is_compiled_by_cranelift_and_swapped_like_anything_else() {
    let project = Project::saying("relaxed", "one");
    let server = Server::start(&mut project.command("serve -v"));
    assert_eq!(server.ask_for("/").is(200).text(), "one");
    // Relaxed SIMD, of which Winch knows nothing.
    let source = "//! Multiplies.\n\nuse std::arch::wasm32::{f32x4_extract_lane, f32x4_relaxed_madd, f32x4_splat};\n\n\
        use mik_sdk::prelude::*;\n\nroutes! {\n    GET \"/{factor}\" => product,\n}\n\n\
        #[target_feature(enable = \"relaxed-simd\")]\nfn twice(factor: f32) -> f32 {\n    \
        f32x4_extract_lane::<3>(f32x4_relaxed_madd(f32x4_splat(factor), f32x4_splat(2.0), f32x4_splat(0.5)))\n}\n\n\
        fn product(Path(factor): Path<u32>) -> String {\n    \
        // SAFETY: the module says that it needs it, so it does not run without.\n    \
        unsafe { twice(factor as f32) }.to_string()\n}\n";
    project.write("src/lib.rs", source);
    server.wait_for("again, by another compiler");
    server.wait_for("Live ");
    assert_eq!(server.ask_for("/21").is(200).text(), "42.5");
    project.say("two");
    server.wait_for("Rebuilding");
    server.wait_for("Live ");
    assert_eq!(server.ask_for("/").is(200).text(), "two");
}
