//! The program itself: its two names, its help, its completions.

use mik_tests::Program;

#[test]
fn both_programs_are_the_same() {
    for (mut command, usage) in [(Program::cargo_mik(), "Usage: cargo mik "), (Program::mik(), "Usage: mik ")] {
        let output = Program::run(command.arg("--help")).ok();
        assert!(output.stdout.contains(usage), "{}", output.stdout);
        assert!(output.stdout.contains("Exit status:"), "{}", output.stdout);
    }
}

#[test]
fn a_wrong_command_line_ends_with_2_and_a_suggestion() {
    Program::run(Program::mik().arg("biuld")).code(2).says("build");
    Program::run(Program::mik().args(["build", "--relese"])).code(2).says("--release");
}

#[test]
fn completions_are_scripts() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = Program::run(Program::mik().args(["completions", shell])).ok();
        assert!(output.stdout.contains("message-format"), "{shell}");
    }
}
