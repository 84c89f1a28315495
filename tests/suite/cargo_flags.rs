//! What a user tells cargo holds for `cargo mik` as well: flags, configuration, environment; and what cargo is told.

use std::path::Path;
use std::process::{Command, Stdio};

use mik_tests::{Program, Project, wait_until};

/// A handler without dependencies: the smallest thing that cargo and we make a component of.
fn bare(name: &str, manifest: &str, source: &str) -> Project {
    let project = Project::empty(name);
    bare_package(&project, "", project.name(), &format!("{manifest}\n[workspace]\n"), source);
    project
}

fn bare_package(project: &Project, directory: &str, name: &str, manifest: &str, source: &str) {
    let package = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
         [package.metadata.mik.composition]\nhttp_handler = false\n\n{manifest}"
    );
    project.write(&format!("{directory}Cargo.toml"), package);
    project.write(&format!("{directory}src/lib.rs"), source);
}

fn library(project: &Project, directory: &str, name: &str, manifest: &str, source: &str) {
    let package = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{manifest}");
    project.write(&format!("{directory}/Cargo.toml"), package);
    project.write(&format!("{directory}/src/lib.rs"), source);
}

#[test]
fn rustflags_by_config_stay_in_force() {
    let source = "#[cfg(not(flag_of_the_user))]\ncompile_error!(\"the flag is lost\");\n";
    let project = bare("config-rustflags", "", source);
    project.run("build --config build.jobs=1").code(101).says("the flag is lost");
    project.run("build --config build.rustflags=[\"--cfg=flag_of_the_user\"]").ok();
    project.run("build --config build.rustflags=\"--cfg=flag_of_the_user\"").ok();
    project.run("build --config target.wasm32-wasip2.rustflags=[\"--cfg=flag_of_the_user\"]").ok();
    project.run("build --config target.'cfg(target_family=\"wasm\")'.rustflags=\"--cfg=flag_of_the_user\"").ok();
    project.write("more.toml", "build.rustflags = \"--cfg=flag_of_the_user\"\n");
    project.run("build --config more.toml").ok();
    // Beside flags in other places, as in plain cargo: the target's silence the build's.
    project.write(".cargo/config.toml", "[build]\nrustflags = [\"--cfg=another\"]\n");
    project.run("build --config build.rustflags=[\"--cfg=flag_of_the_user\"]").ok();
    project.run("build --config target.wasm32-wasip2.rustflags=[\"--cfg=flag_of_the_user\"]").ok();
    project.write(".cargo/config.toml", "[build]\nrustflags = [\"--cfg=flag_of_the_user\"]\n");
    project.run("build --config target.wasm32-wasip2.rustflags=[\"--cfg=another\"]").code(101).says("the flag is lost");
}

#[test]
fn what_config_says_of_a_profile_wins_over_our_settings() {
    let project = bare("config-profile", "\n[profile.small]\ninherits = \"release\"\n", "");
    let plan = |arguments: &str| project.run(&format!("plan {arguments}")).ok().stdout;
    assert!(plan("--profile small").contains("profile.small.lto=\"fat\""));
    let parent = plan("--profile small --config profile.release.lto=\"off\"");
    assert!(!parent.contains("profile.small.lto") && parent.contains("profile.small.strip"), "{parent}");
    let made = plan("--profile tiny --config profile.tiny.inherits=\"release\"");
    assert!(made.contains("profile.tiny.lto=\"fat\""), "{made}");
    let mut command = project.command("plan --profile tiny");
    let made = Program::run(command.env("CARGO_PROFILE_TINY_INHERITS", "release")).ok().stdout;
    assert!(made.contains("profile.tiny.lto=\"fat\""), "{made}");
    project.run("build --profile tiny --config profile.tiny.inherits=\"release\"").ok();
}

#[test]
fn no_path_of_the_machine_is_in_a_release_component_wherever_sources_lie() {
    let project = Project::empty("paths");
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"handler\"]\n";
    project.write("work/Cargo.toml", manifest);
    let dependencies = "\n[dependencies]\nnear = { path = \"../../near\" }\nvendored = \"1\"\n";
    let source = "include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));\n\
        #[unsafe(no_mangle)]\npub extern \"C\" fn go(a: u32, b: u32, c: u32, d: u32) -> u32 {\n    near::at::<u8>(a, b) + vendored::at(c) + made(d)\n}\n";
    bare_package(&project, "work/handler/", project.name(), dependencies, source);
    let script = "fn main() {\n    let out = std::env::var(\"OUT_DIR\").unwrap();\n    \
        std::fs::write(out + \"/made.rs\", \"fn made(a: u32) -> u32 { [1, 2][a as usize] }\").unwrap();\n}\n";
    project.write("work/handler/build.rs", script);
    let at = "pub fn at<T: Default>(a: u32, b: u32) -> u32 { drop(T::default()); far::at(a) + [1, 2][b as usize] }\n";
    library(&project, "near", "near", "[dependencies]\nfar = { path = \"deep/far\" }\n[workspace]\n", at);
    let at = "pub fn at(a: u32) -> u32 { [1, 2][a as usize] }\n";
    library(&project, "near/deep/far", "far", "", at);
    library(&project, "vendor/vendored", "vendored", "", at);
    project.edit("vendor/vendored/Cargo.toml", "0.1.0", "1.0.0");
    vendor(&project, "work/", "vendor/vendored", "../vendor");

    let build = |arguments: &str| {
        let mut command = project.command(&format!("build --release {arguments}"));
        Program::run(command.current_dir(project.directory().join("work"))).ok()
    };
    build("");
    let component = fs_err::read(project.component("release")).unwrap();
    let text = String::from_utf8_lossy(&component);
    for name in ["/cargo/path/near/src/lib.rs", "/cargo/path/far/src/lib.rs", "/cargo/vendor/mine/vendored/src/lib.rs"]
    {
        assert!(text.contains(name), "`{name}` is not in the component");
    }
    for path in [project.root(), &Program::target_directory()] {
        assert!(!text.contains(path.to_str().unwrap()), "`{}` is in the component", path.display());
    }
    // Cargo still sees what has changed, and what has not.
    build("").says("Fresh");
    project.append("near/deep/far/src/lib.rs", "pub fn unused() { wrong() }\n");
    let mut command = project.command("build --release");
    let output = Program::run(command.current_dir(project.directory().join("work"))).code(101);
    let place = project.directory().join("near/deep/far/src/lib.rs");
    output.says(&format!("{}:2", place.display()));
}

#[test]
fn offline_is_offline_for_the_set_up_too() {
    if mik_tests::toolchain_has("wasm32-wasip2") {
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    let project = bare("offline", "", "");
    let run = |arguments: &str, variable: Option<&str>| {
        let mut command = project.command(arguments);
        command.env("MIK_CACHE_DIR", cache.path()).env_remove("CARGO_NET_OFFLINE");
        if let Some(value) = variable {
            command.env("CARGO_NET_OFFLINE", value);
        }
        Program::run(&mut command).code(96).says("offline")
    };
    run("build", Some("true"));
    run("setup", Some("true"));
    run("build --config net.offline=true", None);
    project.write(".cargo/config.toml", "[net]\noffline = true\n");
    run("build", None);
    run("setup", None);
}

#[cfg(unix)]
#[test]
fn colour_and_verbosity_reach_cargo_as_they_were_typed() {
    use std::os::unix::fs::PermissionsExt;

    let project = bare("loud", "", "");
    let log = project.directory().join("log");
    let cargo = std::env::var("CARGO").unwrap();
    project.write("cargo.sh", format!("#!/bin/sh\necho \"$@\" >> {}\nexec {cargo} \"$@\"\n", log.display()));
    let script = project.directory().join("cargo.sh");
    fs_err::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let told = |arguments: &str| {
        fs_err::write(&log, "").unwrap();
        Program::run(project.command(arguments).env("CARGO", &script)).ok();
        let lines = project.read("log");
        lines.lines().find(|line| line.starts_with("build ")).unwrap().to_owned()
    };
    let line = told("build --color never -vv");
    assert!(line.contains("--color never") && line.contains(" -vv"), "{line}");
    let line = told("build --color always -v");
    assert!(line.contains("--color always") && line.contains(" --verbose"), "{line}");
}

#[test]
fn what_names_one_package_does_not_fail_the_run_of_another() {
    let workspace = Project::empty("runs");
    workspace.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"one\", \"two\"]\n");
    let (one, two) = (format!("{}-one", workspace.name()), format!("{}-two", workspace.name()));
    let manifest = "[features]\nneeded = []\nshared = []\n";
    let source = "#[cfg(not(feature = \"needed\"))]\ncompile_error!(\"the feature is lost\");\n";
    bare_package(&workspace, "one/", &one, manifest, source);
    workspace.write("one/src/bin/tool.rs", "fn main() {}\n");
    let manifest = "[features]\nshared = []\n[package.metadata.mik.build]\ntarget = \"wasm32-unknown-unknown\"\n";
    let source = "#[cfg(not(feature = \"shared\"))]\ncompile_error!(\"the feature is lost\");\n";
    bare_package(&workspace, "two/", &two, manifest, source);

    workspace.run(&format!("build --workspace --features {one}/needed,{two}/shared --bin tool")).ok();
    workspace.run(&format!("build -p {one} -p {two} -F needed -F shared")).ok();
    // What nobody has is cargo's to refuse.
    workspace.run(&format!("build -p {one} -p {two} -F needed,shared,nobodys")).code(101).says("nobodys");
    workspace.run("build --workspace -F needed,shared --bin nobodys").code(101).says("nobodys");
}

#[test]
fn a_dependency_of_the_same_name_and_version_is_another_package() {
    let project = Project::empty("namesake");
    let name = project.name();
    let manifest = format!("[dependencies]\nother = {{ package = \"{name}\", version = \"=0.1.0\" }}\n[workspace]\n");
    bare_package(&project, "", name, &manifest, "pub use other::two;\n");
    library(&project, "vendor/other", name, "", "pub fn two() -> u32 { 2 }\n");
    vendor(&project, "", "vendor/other", "vendor");
    project.run("build").ok();
}

/// Has packages of crates.io taken from a directory.
fn vendor(project: &Project, workspace: &str, package: &str, directory: &str) {
    project.write(&format!("{package}/.cargo-checksum.json"), "{\"files\":{}}");
    let config = format!("[source.crates-io]\nreplace-with = \"mine\"\n[source.mine]\ndirectory = \"{directory}\"\n");
    project.write(&format!("{workspace}.cargo/config.toml"), config);
}

#[test]
fn cargos_own_target_counts_where_nothing_else_says_one() {
    let project = bare("own-target", "", "");
    let plan = |project: &Project, arguments: &str, variable: &str| {
        Program::run(project.command(&format!("plan {arguments}")).env("CARGO_BUILD_TARGET", variable)).ok().stdout
    };
    assert!(plan(&project, "", "wasm32-unknown-unknown").contains("--target wasm32-unknown-unknown"));
    assert!(plan(&project, "", "x86_64-unknown-linux-gnu").contains("--target wasm32-wasip2"));
    assert!(plan(&project, "--target wasm32-wasip2", "wasm32-unknown-unknown").contains("--target wasm32-wasip2"));
    project.write(".cargo/config.toml", "[build]\ntarget = \"wasm32-wasip1\"\n");
    assert!(project.run("plan").ok().stdout.contains("--target wasm32-wasip1"));
    project.append("Cargo.toml", "\n[package.metadata.mik.build]\ntarget = \"wasm32-unknown-unknown\"\n");
    assert!(project.run("plan").ok().stdout.contains("--target wasm32-unknown-unknown"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_build_that_is_told_to_end_leaves_no_cargo_behind() {
    for line in ["build", "serve --port 0"] {
        let project = bare("orphan", "", "");
        // It says whose child it is, and does not end of its own accord.
        let script = "fn main() {\n    let parent = std::os::unix::process::parent_id();\n    \
            std::fs::write(\"started.new\", format!(\"{parent} {}\", std::process::id())).unwrap();\n    \
            std::fs::rename(\"started.new\", \"started\").unwrap();\n    \
            std::thread::sleep(std::time::Duration::from_secs(600));\n}\n";
        project.write("build.rs", script);
        let target = project.directory().join("target");
        let mut mik = project.command(line);
        let mut mik = mik.env("CARGO_TARGET_DIR", &target).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let started = project.directory().join("started");
        wait_until("the build script runs", || started.exists());
        let started = project.read("started");
        let (cargo, build_script) = started.split_once(' ').unwrap();
        let is_running = |id: &str| Path::new("/proc").join(id).exists();
        assert!(is_running(cargo));

        Command::new("kill").args(["-TERM", &mik.id().to_string()]).status().unwrap();
        mik.wait().unwrap();
        wait_until("cargo ends", || !is_running(cargo));
        // Of a cargo that is ended, what it has started goes on, with us as without.
        Command::new("kill").arg(build_script).status().unwrap();
        project.write("build.rs", "fn main() {}\n");
        Program::run(project.command("build").env("CARGO_TARGET_DIR", &target)).ok();
    }
}
