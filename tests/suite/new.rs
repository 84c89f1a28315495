//! `cargo mik new` and `init`.

use mik_tests::{Program, Project};

#[test]
fn a_new_project_has_no_errors_in_an_editor_without_settings() {
    let project = Project::new("editor");
    // As rust-analyzer has it checked: for the machine itself.
    let mut check = project.cargo();
    check.args(["check", "--workspace", "--message-format=json", "--keep-going", "--all-targets"]);
    let output = Program::run(&mut check).ok();
    let messages = output.stdout.lines().filter(|line| line.contains("\"reason\":\"compiler-message\""));
    let own: Vec<_> = messages.filter(|line| line.contains(project.name())).collect();
    assert!(own.is_empty(), "{own:#?}");
    assert!(output.stdout.contains("\"reason\":\"build-finished\",\"success\":true"), "{}", output.stdout);
}

#[test]
fn a_new_project_passes_its_own_tests_natively() {
    let project = Project::new("native");
    let mut command = project.cargo();
    Program::run(command.args(["test", "--quiet"])).ok();
}

#[test]
fn nothing_is_overwritten() {
    let project = Project::new("taken");
    let source = project.read("src/lib.rs");
    let mut command = Program::cargo_mik();
    let output = Program::run(command.args(["new", project.name()]).current_dir(project.root()));
    output.code(96).says("mik::scaffold::exists").says("cargo mik init");
    project.run("init").code(96).says("mik::scaffold::file_exists");
    assert_eq!(project.read("src/lib.rs"), source);
}

#[test]
fn init_takes_a_directory_that_is_there_and_its_name() {
    let project = Project::empty("inited");
    project.write("notes.txt", "mine");
    project.run("init").ok().says(project.name());
    assert_eq!(project.read("notes.txt"), "mine");
    assert!(project.read("Cargo.toml").contains(&format!("name = \"{}\"", project.name())));
    project.run("build").ok();
}

#[test]
fn names_that_cargo_would_refuse_are_refused_with_a_better_one() {
    let project = Project::empty("names");
    project.write(".keep", "");
    for (name, better) in [("2fast", "write `fast`"), ("my.app", "write `my-app`"), ("async", "write `async-handler`")]
    {
        project.run(&format!("new {name}")).code(96).says("mik::scaffold::bad_name").says(better);
        assert!(!project.directory().join(name).exists());
    }
    project.run("new 2fast --name fast").ok();
}

#[test]
fn init_in_a_repository_keeps_what_is_there() {
    let project = Project::empty("repository");
    project.write("README.md", "mine");
    project.write(".gitignore", "*.log");
    project.run("init").ok();
    assert_eq!(project.read("README.md"), "mine");
    assert_eq!(project.read(".gitignore"), "*.log\n/target\n.env\n");
}

#[test]
fn a_project_beside_a_workspace_is_no_member_of_it() {
    let workspace = Project::empty("beside");
    workspace.write("Cargo.toml", "[workspace]\n");
    let outside = format!("{}-outside", workspace.name());
    workspace.run(&format!("new ../{outside}")).ok();
    assert_eq!(workspace.read("Cargo.toml"), "[workspace]\n");
    assert!(workspace.root().join(outside).join("Cargo.toml").exists());
}
