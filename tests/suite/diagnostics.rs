//! Bad input: each kind has its code, its place and its help. The folders of `tests/cases` are the rest of them.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use mik_tests::{Program, Project};

#[test]
fn a_component_that_imports_what_nobody_offers_is_named_with_the_import() {
    let project = Project::new("foreign");
    project.append("src/lib.rs", FOREIGN);
    project.edit(
        "Cargo.toml",
        "[dependencies]",
        "[dependencies]\nwit-bindgen = { version = \"0.61\", default-features = false, features = [\"macros\", \"realloc\"] }",
    );
    project.run("build").code(105).says("mik::compose::unknown_import").says("shop:stock/store").says(project.name());
}

const FOREIGN: &str = r#"
mod stock {
    wit_bindgen::generate!({
        inline: "package shop:stock; interface store { count: func() -> u32; } world uses-stock { import store; }",
    });
    #[unsafe(no_mangle)]
    pub extern "C" fn count() -> u32 { shop::stock::store::count() }
}
"#;

#[test]
fn a_module_that_calls_the_host_by_hand_is_told_so() {
    let project = Project::new("by-hand");
    project.append(
        "src/lib.rs",
        "\n#[link(wasm_import_module = \"env\")]\nunsafe extern \"C\" { fn secret() -> i32; }\n\
         #[unsafe(no_mangle)]\npub extern \"C\" fn tell() -> i32 { unsafe { secret() } }\n",
    );
    let output = project.run("build --target wasm32-unknown-unknown");
    output.code(103).says("mik::encode::failed").says("env").says("secret");
}

#[test]
fn a_library_that_exports_nothing_is_told_what_to_export() {
    let project = Project::new("nothing");
    project.write("src/lib.rs", "//! Nothing.\n");
    project.run("build").code(105).says("mik::compose::no_handler").says("routes!");
}

#[test]
fn a_directory_that_can_not_be_written_to_is_named() {
    let project = Project::new("read-only");
    let target = project.root().join("target");
    let build = |project: &Project| Program::run(project.command("build").env("CARGO_TARGET_DIR", &target));
    build(&project).ok();
    project.append("src/lib.rs", "\n#[unsafe(no_mangle)]\npub extern \"C\" fn changed() -> i32 { 1 }\n");
    let output = target.join("mik/debug");
    let component = output.join(format!("{}.wasm", project.name()));
    let good = fs_err::read(&component).unwrap();

    // Root writes where it likes: a directory in the file's place stands in for the permission.
    let handler = output.join(format!("{}.handler.wasm", project.name()));
    fs_err::remove_file(&handler).unwrap();
    fs_err::create_dir(&handler).unwrap();
    fs_err::set_permissions(&output, std::fs::Permissions::from_mode(0o555)).unwrap();
    build(&project).code(110).says("mik::output::write").says("handler.wasm");
    fs_err::set_permissions(&output, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(fs_err::read(&component).unwrap(), good, "the last good component stays");
}

#[test]
fn a_build_that_is_killed_half_way_leaves_the_last_good_component() {
    let project = Project::new("killed");
    project.run("build").ok();
    let good = fs_err::read(project.component("debug")).unwrap();
    // A build script that never ends stands in for a long compile, and says when it has begun.
    let began = project.root().join("began");
    project.write(
        "build.rs",
        format!(
            "fn main() {{ std::fs::write({began:?}, \"\").unwrap(); let _ = std::net::TcpListener::bind(\"127.0.0.1:0\")\
             .unwrap().accept(); }}"
        ),
    );
    let mut command = project.command("build");
    mik_tests::as_from_a_terminal(&mut command);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    mik_tests::wait_until("the build script runs", || began.exists());
    mik_tests::interrupt_group(&child);
    let status = child.wait().unwrap();
    assert!(!status.success());
    assert_eq!(fs_err::read(project.component("debug")).unwrap(), good);
    fs_err::remove_file(project.directory().join("build.rs")).unwrap();
    project.run("build").ok();
}
