//! `cargo mik serve` where somebody sits at the terminal, and where nobody does: keys, the browser, and what is written.

use std::path::PathBuf;
use std::process::Command;

use mik_tests::{Project, Server, Terminal, wait_until};

fn serve(project: &Project) -> Command {
    let mut command = project.command("serve --port 0");
    // As a user has it: where `CI` is set, cargo draws nothing.
    command
        .env_remove("CARGO_TERM_COLOR")
        .env_remove("CARGO_TERM_PROGRESS_WHEN")
        .env_remove("CI")
        .env_remove("TF_BUILD");
    command
}

/// A browser that writes down where it is sent, and what it has written.
fn browser(project: &Project) -> (String, PathBuf) {
    let visited = project.root().join("visited");
    project.write("browser.sh", format!("#!/bin/sh\necho \"$1\" >> {}\n", visited.display()));
    let program = project.directory().join("browser.sh");
    let mut permissions = fs_err::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs_err::set_permissions(&program, permissions).unwrap();
    (format!("{} %s", program.display()), visited)
}

#[test]
fn keys_rebuild_open_clear_and_quit_and_the_terminal_is_as_it_was() {
    let project = Project::saying("keys", "here");
    let (program, visited) = browser(&project);
    let mut terminal = Terminal::start(serve(&project).env("BROWSER", program));
    terminal.says("r rebuild · o open · c clear · q quit", 1);
    let url = terminal.url();
    terminal.says("Serving", 1);
    assert!(!terminal.is_as_it_was());

    terminal.types("x");
    terminal.types("h");
    terminal.says("r rebuild · o open · c clear · q quit", 2);
    terminal.types("r");
    terminal.says("Rebuilding", 1);
    terminal.says("Unchanged", 1);
    terminal.types("o");
    wait_until("the browser", || fs_err::read_to_string(&visited).is_ok_and(|it| it == format!("{url}/\n")));
    terminal.types("c");
    terminal.says("\u{1b}[2J", 1);

    // What cargo and others write comes in whole lines, each at its beginning.
    let lines = terminal.text().replace("\r\n", "");
    assert!(!lines.contains('\n'), "{lines:?}");
    terminal.types("q");
    assert_eq!(terminal.end(), Some(0));
    assert!(terminal.is_as_it_was());
    terminal.says("Stopping", 1);
}

#[test]
fn a_terminal_is_given_back_when_the_program_is_stopped_interrupted_or_ended() {
    let project = Project::saying("given-back", "here");
    let mut terminal = Terminal::start(&mut serve(&project));
    terminal.says("Serving", 1);
    assert!(!terminal.is_as_it_was());
    // Ctrl-Z, and a shell that brings it to the foreground again.
    terminal.signal(libc::SIGTSTP);
    wait_until("it is stopped", || terminal.is_stopped());
    assert!(terminal.is_as_it_was());
    terminal.signal(libc::SIGCONT);
    wait_until("it reads keys again", || !terminal.is_as_it_was());
    terminal.signal(libc::SIGTERM);
    assert_eq!(terminal.end(), Some(0));
    assert!(terminal.is_as_it_was());

    // Ctrl-C.
    let mut terminal = Terminal::start(&mut serve(&project));
    terminal.says("Serving", 1);
    terminal.types("\u{3}");
    assert_eq!(terminal.end(), Some(0));
    assert!(terminal.is_as_it_was());
}

#[test]
fn cargo_shows_in_a_terminal_what_it_always_does_and_the_error_in_colours() {
    let project = Project::saying("in-colours", "here");
    // Cargo draws once something takes long: this does until it has, and ends in any case.
    let script = r#"fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let drawn = || std::path::Path::new("drawn").exists();
    (0..6000).take_while(|_| !drawn()).for_each(|_| std::thread::sleep(std::time::Duration::from_millis(10)));
}
"#;
    project.write("build.rs", script);
    let mut terminal = Terminal::start(&mut serve(&project));
    terminal.says("Building", 1);
    project.write("drawn", "");
    terminal.says("Serving", 1);
    project.edit("src/lib.rs", "\"here\"", "7");
    terminal.says("mismatched types", 1);
    terminal.says("the last good version goes on serving", 1);
    assert!(terminal.text().contains("\u{1b}[1m\u{1b}[91merror[E0308]"), "{:?}", terminal.text());
    terminal.types("q");
    assert_eq!(terminal.end(), Some(0));
}

#[test]
fn output_that_is_piped_has_whole_lines_and_no_escapes_and_no_keys_are_read() {
    let project = Project::saying("piped", "here");
    let mut command = serve(&project);
    let server = Server::start_as_is(&mut command);
    project.edit("src/lib.rs", "\"here\"", "7");
    server.wait_for("mismatched types");
    server.wait_for("the last good version goes on serving");
    server.ask_for("/").is(200);
    let ended = server.stop();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.log.contains(['\u{1b}', '\r']), "{:?}", ended.log);
    assert!(!ended.log.contains("r rebuild"), "{}", ended.log);
}

#[test]
fn the_browser_is_opened_once_the_first_version_is_live() {
    let project = Project::saying("opened", "here");
    let (program, visited) = browser(&project);
    let server = Server::start(project.command("serve --open").env("BROWSER", program));
    let url = format!("{}\n", server.url("/"));
    wait_until("the browser", || fs_err::read_to_string(&visited).is_ok_and(|visited| visited == url));
    // Once.
    project.say("there");
    server.wait_for("Rebuilding");
    server.wait_for("Live ");
    assert_eq!(fs_err::read_to_string(&visited).unwrap(), url);
}
