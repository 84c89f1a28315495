//! What `cargo mik serve` watches: what the build has read, and nothing else; and what a change during a build does.

use std::process::Stdio;

use mik_tests::{Program, Project, Server};

/// How often another build was wanted so far.
fn rebuilds(server: &Server) -> usize {
    server.log().matches("Rebuilding").count()
}

/// Waits until an edit is served.
#[track_caller]
fn wait_for_swap(server: &Server, change: &str) {
    let line = server.wait_for("Rebuilding");
    assert!(line.contains(change), "{line}");
    server.wait_for("Live ");
}

/// Changes what the handler says: whatever was to be noticed before has been noticed by then.
#[track_caller]
fn say_another_thing(server: &Server, project: &Project, from: &str, to: &str) {
    project.edit("src/lib.rs", from, to);
    wait_for_swap(server, "src/lib.rs changed");
    assert_eq!(server.ask_for("/").is(200).text(), to);
}

#[test]
fn files_that_the_build_has_not_read_are_no_reason_to_build() {
    let project = Project::saying("unread", "one");
    project.write("README.md", "before");
    let server = Server::start(&mut project.command("serve"));
    // A formatter that has nothing to do.
    Program::run(project.cargo().arg("fmt")).ok();
    for path in
        ["README.md", "notes.txt", "src/unused.rs", "tests/later.rs", ".editorconfig", "src/4913", "src/lib.rs~"]
    {
        project.write(path, "litter");
    }
    // A new time, and the same bytes; other permissions.
    project.say("one");
    let source = project.directory().join("src/lib.rs");
    let mut permissions = fs_err::metadata(&source).unwrap().permissions();
    permissions.set_readonly(true);
    fs_err::set_permissions(&source, permissions.clone()).unwrap();
    #[expect(clippy::permissions_set_readonly_false, reason = "it was writable before")]
    permissions.set_readonly(false);
    fs_err::set_permissions(&source, permissions).unwrap();
    say_another_thing(&server, &project, "one", "two");
    assert_eq!(rebuilds(&server), 1, "{}", server.log());
}

#[test]
fn what_is_said_into_a_file_of_the_project_leads_to_no_build() {
    let project = Project::saying("own-output", "one");
    let caught = project.directory().join("src/serve.rs");
    let command = format!("exec \"$0\" mik serve --port 0 2> '{}'", caught.display());
    let program = project.command("serve").get_program().to_owned();
    let mut shell = Program::shell(&command);
    shell.arg(program).current_dir(project.directory()).stdin(Stdio::null());
    let said = || fs_err::read_to_string(&caught).unwrap_or_default();
    let mut child = Ended(shell.spawn().unwrap());
    mik_tests::wait_until("it serves", || said().contains("Serving http://"));
    project.edit("src/lib.rs", "\"one\"", "not_there()");
    mik_tests::wait_until("it has failed", || said().contains("the last good version goes on serving"));
    project.edit("src/lib.rs", "not_there()", "\"two\"");
    mik_tests::wait_until("it is mended", || said().matches("Live ").count() == 2);
    assert_eq!(said().matches("Rebuilding").count(), 2, "{}", said());
    assert!(child.0.try_wait().unwrap().is_none());
}

/// A program that ends with the test.
struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn what_macros_and_build_scripts_read_is_watched() {
    let project = Project::saying("read", "unused");
    project.write("words/greeting.txt", "hello");
    project.write("words/name.txt", "world");
    project.write(
        "build.rs",
        "//! Asks for a file that is not among the sources.\nfn main() {\n    \
         println!(\"cargo::rerun-if-changed=words/name.txt\");\n    \
         let name = std::fs::read_to_string(\"words/name.txt\").unwrap();\n    \
         let out = std::env::var(\"OUT_DIR\").unwrap();\n    \
         std::fs::write(format!(\"{out}/name.txt\"), name).unwrap();\n}\n",
    );
    let name = "include_str!(concat!(env!(\"OUT_DIR\"), \"/name.txt\"))";
    let said = format!("concat!(include_str!(\"../words/greeting.txt\"), \", \", {name})");
    project.edit("src/lib.rs", "\"unused\"", &said);
    let server = Server::start(&mut project.command("serve"));
    assert_eq!(server.ask_for("/").is(200).text(), "hello, world");
    project.write("words/greeting.txt", "good day");
    wait_for_swap(&server, "words/greeting.txt changed");
    assert_eq!(server.ask_for("/").is(200).text(), "good day, world");
    project.write("words/name.txt", "moon");
    wait_for_swap(&server, "words/name.txt changed");
    assert_eq!(server.ask_for("/").is(200).text(), "good day, moon");
    project.write("words/other.txt", "nobody has read it");
    project.write("words/greeting.txt", "good night");
    wait_for_swap(&server, "words/greeting.txt changed");
    assert_eq!(rebuilds(&server), 3, "{}", server.log());
}

#[test]
fn a_build_script_that_asks_for_nothing_asks_for_its_whole_package() {
    let project = Project::saying("asks-nothing", "unused");
    project.write("words/name.txt", "one");
    project.write(
        "build.rs",
        "//! Does not say what it reads.\nfn main() {\n    \
         let name = std::fs::read_to_string(\"words/name.txt\").unwrap();\n    \
         println!(\"cargo::rustc-env=NAME={name}\");\n}\n",
    );
    project.edit("src/lib.rs", "\"unused\"", "env!(\"NAME\")");
    let server = Server::start(&mut project.command("serve"));
    assert_eq!(server.ask_for("/").is(200).text(), "one");
    project.write("words/name.txt", "two");
    wait_for_swap(&server, "words/name.txt changed");
    assert_eq!(server.ask_for("/").is(200).text(), "two");
}

#[test]
fn a_module_that_is_missing_is_waited_for_and_one_that_goes_is_noticed() {
    let project = Project::saying("modules", "unused");
    project.edit("src/lib.rs", "\"unused\"", "words::word()");
    project.append("src/lib.rs", "\nmod words;\n");
    let server = Server::start_unready(&mut project.command("serve")).at("Waiting");
    project.write("src/words/mod.rs", "//! Words.\n\npub fn word() -> &'static str {\n    \"one\"\n}\n");
    let line = server.wait_for("Rebuilding");
    assert!(line.contains("src/words/mod.rs is new"), "{line}");
    let server = server.at("Serving http://");
    assert_eq!(server.ask_for("/").is(200).text(), "one");
    // The directory is moved as a whole.
    let moved = project.directory().join("src/moved");
    fs_err::rename(project.directory().join("src/words"), &moved).unwrap();
    let line = server.wait_for("Rebuilding");
    assert!(line.contains("src/words/mod.rs is gone"), "{line}");
    server.wait_for("the last good version goes on serving");
    fs_err::rename(&moved, project.directory().join("src/words")).unwrap();
    server.wait_for("Rebuilding");
    server.wait_for("Unchanged");
    project.edit("src/words/mod.rs", "one", "two");
    wait_for_swap(&server, "src/words/mod.rs changed");
    assert_eq!(server.ask_for("/").is(200).text(), "two");
}

#[test]
fn a_file_that_first_came_with_a_failing_build_mends_it() {
    let project = Project::saying("mended", "unused");
    let server = Server::start(&mut project.command("serve"));
    project.write("src/words.rs", "//! Words.\n\npub fn word() -> &'static str {\n    not_there()\n}\n");
    project.edit("src/lib.rs", "\"unused\"", "words::word()");
    project.append("src/lib.rs", "\nmod words;\n");
    server.wait_for("cannot find function `not_there`");
    server.wait_for("the last good version goes on serving");
    project.edit("src/words.rs", "not_there()", "\"mended\"");
    wait_for_swap(&server, "src/words.rs changed");
    assert_eq!(server.ask_for("/").is(200).text(), "mended");
}

#[test]
fn manifests_and_cargos_configuration_are_watched_and_may_come() {
    let project = Project::saying("manifests", "unused");
    project.edit("src/lib.rs", "\"unused\"", "env!(\"CARGO_PKG_DESCRIPTION\")");
    project.edit("Cargo.toml", "edition", "description = \"one\"\nedition");
    let server = Server::start(&mut project.command("serve"));
    assert_eq!(server.ask_for("/").is(200).text(), "one");
    project.edit("Cargo.toml", "\"one\"", "\"two\"");
    wait_for_swap(&server, "Cargo.toml changed");
    assert_eq!(server.ask_for("/").is(200).text(), "two");
    project.edit("src/lib.rs", "env!(\"CARGO_PKG_DESCRIPTION\")", "option_env!(\"WORD\").unwrap_or(\"none\")");
    wait_for_swap(&server, "src/lib.rs changed");
    project.write(".cargo/config.toml", "[env]\nWORD = \"from a file\"\n");
    wait_for_swap(&server, ".cargo/config.toml is new");
    assert_eq!(server.ask_for("/").is(200).text(), "from a file");
}

/// A workspace of two handlers, by these settings of the second, and their names.
fn two_handlers(second: &str) -> (Project, [String; 2]) {
    let project = Project::empty("two");
    project.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"cart\", \"shop\"]\n");
    let names = ["cart", "shop"].map(|member| format!("{}-{member}", project.name()));
    for (member, name) in ["cart", "shop"].iter().zip(&names) {
        let single = Project::saying("part", member);
        let manifest = single.read("Cargo.toml").replace("[workspace]\n", "").replace(single.name(), name);
        project.write(&format!("{member}/Cargo.toml"), manifest);
        project.write(&format!("{member}/src/lib.rs"), single.read("src/lib.rs"));
    }
    project.write("shop/mik.toml", second);
    (project, names)
}

#[test]
fn only_the_component_that_a_file_belongs_to_is_another() {
    // Compiled by one run of cargo, and by one each.
    for second in ["", "[build]\ntarget = \"wasm32-unknown-unknown\"\n"] {
        let (project, names) = two_handlers(second);
        let server = Server::start(&mut project.command("serve --workspace"));
        let answer = |name: &str| server.ask_for(&format!("/run/{name}/")).is(200).text().to_owned();
        assert_eq!(names.each_ref().map(|name| answer(name)), ["cart", "shop"]);
        project.edit("shop/src/lib.rs", "\"shop\"", "\"another shop\"");
        let line = server.wait_for("Rebuilding");
        assert!(line.contains(&format!("{}: shop/src/lib.rs changed", names[1])), "{line}");
        let live = server.wait_for("Live ");
        assert!(live.contains(&names[1]) && !live.contains(&names[0]), "{live}");
        assert_eq!(names.each_ref().map(|name| answer(name)), ["cart", "another shop"]);
        let log = server.log();
        let (before, after) = log.split_once("Rebuilding").unwrap();
        assert!(before.contains(&format!("Compiling {}", names[0])) && !after.contains(&names[0]), "{log}");
        assert_eq!(after.matches("Finished").count(), 1, "{log}");
    }
}

#[test]
fn a_change_during_a_build_ends_it_and_nothing_of_it_is_left() {
    let project = Project::saying("restarted", "one");
    // A build that does not end, and says that it has begun.
    let build = |hangs: bool| {
        let hang = "std::fs::write(\"begun\", std::process::id().to_string()).unwrap();\n    \
                    std::process::Command::new(\"sleep\").arg(\"600\").status().unwrap();\n    ";
        let body = if hangs { hang } else { "" };
        format!("//! May hang.\nfn main() {{\n    {body}println!(\"cargo::rerun-if-changed=build.rs\");\n}}\n")
    };
    project.write("build.rs", build(false));
    let server = Server::start(&mut project.command("serve"));
    project.write("build.rs", build(true));
    let begun = project.directory().join("begun");
    let running = || fs_err::read_to_string(&begun).ok().filter(|id| !id.is_empty());
    mik_tests::wait_until("the build script runs", || running().is_some());
    let process = running().unwrap();
    project.say("two");
    project.write("build.rs", build(false));
    server.wait_for("build.rs changed");
    server.wait_for("Rebuilding");
    server.wait_for("Live ");
    assert_eq!(server.ask_for("/").is(200).text(), "two");
    mik_tests::wait_until("the build script has ended", || !is_running(&process));
    // It hangs again, and the server is told to stop.
    fs_err::remove_file(&begun).unwrap();
    project.write("build.rs", build(true));
    mik_tests::wait_until("the build script runs again", || running().is_some());
    let again = running().unwrap();
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    mik_tests::wait_until("the build script has ended", || !is_running(&again));
}

/// Whether a process is there, and does more than wait for somebody to take its exit status.
fn is_running(id: &str) -> bool {
    let state = fs_err::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    state.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

#[test]
fn a_build_that_changes_what_it_reads_is_finished_all_the_same_and_said_to_do_so() {
    let project = Project::saying("stamped", "unused");
    project.write("src/stamp.txt", "0");
    project.write(
        "build.rs",
        "//! Writes the time into the sources.\nfn main() {\n    \
         println!(\"cargo::rerun-if-changed=never-there\");\n    \
         let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();\n    \
         std::fs::write(\"src/stamp.txt\", now.to_string()).unwrap();\n}\n",
    );
    project.edit("src/lib.rs", "\"unused\"", "include_str!(\"stamp.txt\")");
    let server = Server::start(&mut project.command("serve"));
    let note = server.wait_for("changes with every build");
    assert!(note.contains("src/stamp.txt"), "{note}");
    let first: u128 = server.ask_for("/").is(200).text().parse().unwrap();
    // It is not given up either: what changes is built.
    server.wait_for("Live ");
    let second: u128 = server.ask_for("/").is(200).text().parse().unwrap();
    assert!(second > first, "{second} after {first}");
}
