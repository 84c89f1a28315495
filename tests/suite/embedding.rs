//! A component inside a program: `mik_build::component` in a build script, with the real cargo around it.

use std::path::Path;
use std::process::Command;

use mik_tests::{Program, Project};

/// How a component begins: WebAssembly's magic number, version 13, layer 1.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// A workspace with a handler, and a program that writes the handler's component to its standard output.
fn workspace() -> Project {
    let project = Project::empty("embedding");
    let (name, build) = (project.name(), Program::workspace().join("mik-build"));
    let package = |role: &str, rest: &str| {
        let manifest =
            format!("[package]\nname = \"{name}-{role}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{rest}");
        project.write(&format!("{role}/Cargo.toml"), manifest);
    };
    project.write("Cargo.toml", "[workspace]\nmembers = [\"host\", \"the handler\"]\nresolver = \"3\"\n");
    package("host", &format!("[build-dependencies]\nmik-build = {{ path = {build:?}, default-features = false }}\n"));
    let script = "fn main() -> Result<(), mik_build::BuildError> {\n    \
        mik_build::component(\"../the handler\").build()?;\n    Ok(())\n}\n";
    project.write("host/build.rs", script);
    let source = format!(
        "use std::io::Write;\n\nconst HELLO: &[u8] = include_bytes!(env!(\"MIK_COMPONENT_{}_HANDLER\"));\n\n\
         fn main() {{\n    std::io::stdout().write_all(HELLO).expect(\"somebody reads\");\n}}\n",
        name.to_uppercase().replace('-', "_")
    );
    project.write("host/src/main.rs", source);
    // With a space in its path. It has no dependency and serves nothing: that takes no time to compile.
    package(
        "the handler",
        "[lib]\ncrate-type = [\"cdylib\"]\n\n[package.metadata.mik]\ncomposition.http_handler = false\n",
    );
    project.edit("the handler/Cargo.toml", "the handler", "handler");
    project.write("the handler/src/lib.rs", says("one"));
    project
}

/// A library that says something in a section of its own, where clippy has not got at it, and nobody has left a variable of the host's.
fn says(what: &str) -> String {
    format!(
        "#[cfg(clippy)]\ncompile_error!(\"the wrapper of the build around\");\n\
         const _: () = assert!(option_env!(\"OUT_DIR\").is_none());\n\n\
         #[used]\n#[unsafe(link_section = \"said\")]\nstatic SAID: [u8; {}] = *b\"{what}\";\n",
        what.len()
    )
}

fn cargo(project: &Project, arguments: &[&str]) -> Command {
    let mut cargo = project.cargo();
    let host = format!("{}-host", project.name());
    cargo.args(arguments).args(["--package", &host]).env("CARGO_MIK", Program::cargo_mik().get_program());
    cargo
}

#[track_caller]
fn embedded(project: &Project, expected: &str) {
    let path = Program::target_directory().join("debug").join(format!("{}-host", project.name()));
    let bytes = Command::new(path).output().unwrap().stdout;
    assert!(bytes.starts_with(COMPONENT), "{:?}", bytes.get(..16));
    assert!(bytes.windows(expected.len()).any(|part| part == expected.as_bytes()), "it does not say `{expected}`");
}

#[test]
fn a_component_is_built_by_the_build_of_the_program_that_embeds_it() {
    let project = workspace();
    let host = format!("{}-host", project.name());
    // One job, which the build script has: what it starts goes on with it, and waits for no lock of the build around.
    Program::run(cargo(&project, &["build"]).args(["--jobs", "1"])).ok();
    embedded(&project, "one");
    // Nothing has changed, and nothing is done.
    let again = Program::run(&mut cargo(&project, &["build", "-v"])).ok().stderr;
    assert!(again.contains(&format!("Fresh {host}")) && !again.contains("Running"), "{again}");

    // Clippy wraps the compiler of the workspace, and not that of the component.
    Program::run(&mut cargo(&project, &["clippy"])).ok();

    // What is wrong with the handler is said as the compiler says it, and then what to do.
    project.write("the handler/src/lib.rs", "static SAID: u8 = not_there();\n");
    let broken = Program::run(&mut cargo(&project, &["build"])).code(101);
    let broken = broken.says("cannot find function `not_there`").says("1 | static SAID: u8 = not_there();");
    broken.says("could not be built").says("`cargo mik build` in").says("the handler");
    // The program that builds is said to be missing where it is.
    let nowhere = Path::new("no").join("such").join("program");
    let missing = Program::run(cargo(&project, &["build"]).env("CARGO_MIK", &nowhere)).code(101);
    missing.says("no such program").says("cargo install cargo-mik");
    // Without anything else having changed, it is tried again, and mended it is embedded.
    Program::run(&mut cargo(&project, &["build"])).code(101).says("cannot find function `not_there`");
    project.write("the handler/src/lib.rs", says("two"));
    Program::run(&mut cargo(&project, &["build"])).ok();
    embedded(&project, "two");
}
