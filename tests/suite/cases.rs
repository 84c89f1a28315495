//! Whole programs as folders: each folder of `tests/cases` is a project, a command line, and all that it says.
//!
//! `in/` is the project; `command.txt` the command line after `cargo mik`, with variables before it as a shell takes them;
//! `stdout.txt` and `stderr.txt` what it has to say, the exit code being the first line of the latter. `SNAPSHOTS=overwrite`
//! rewrites them. A component of the project's is a `.wat`, and is there as the `.wasm` of that name.

use std::path::Path;

use mik_tests::{Program, Project};
use snapbox::{Assert, Data, Redactions};

#[test]
fn cases() {
    let root = Program::workspace().join("tests/cases");
    let mut cases: Vec<_> = fs_err::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 10, "the cases are not where they should be");
    for case in cases {
        eprintln!("{}", case.display());
        check(&case);
    }
}

fn check(case: &Path) {
    let project = Project::empty("case");
    fs_err::create_dir_all(project.directory()).unwrap();
    copy(&case.join("in"), &project.directory());

    let line = fs_err::read_to_string(case.join("command.txt")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let variables = words.iter().take_while(|word| word.contains('=') && !word.starts_with('-')).count();
    let mut command = project.command(&words[variables..].join(" "));
    // What the other tests have built is nothing to a case: a plan tells what was built before.
    let target_directory = project.root().join("target");
    command.env("CARGO_TARGET_DIR", &target_directory);
    for word in &words[..variables] {
        let (name, value) = word.split_once('=').unwrap();
        command.env(name, value);
    }
    let output = Program::run(&mut command);

    let mut redactions = Redactions::new();
    redactions.insert("[PROJECT]", project.directory()).unwrap();
    redactions.insert("[TARGET]", target_directory).unwrap();
    let assert = Assert::new().action_env("SNAPSHOTS").redact_with(redactions);
    let code = output.code.unwrap();
    assert.eq(format!("exit code {code}\n{}", output.stderr), Data::read_from(&case.join("stderr.txt"), None));
    assert.eq(output.stdout, Data::read_from(&case.join("stdout.txt"), None));
}

fn copy(from: &Path, to: &Path) {
    // A case without a project has no such folder.
    for entry in fs_err::read_dir(from).into_iter().flatten() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs_err::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else if target.extension().is_some_and(|extension| extension == "wat") {
            fs_err::write(target.with_extension("wasm"), wat::parse_file(entry.path()).unwrap()).unwrap();
        } else {
            fs_err::copy(entry.path(), target).unwrap();
        }
    }
}
