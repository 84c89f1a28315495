//! `cargo mik build`: what is written where, what is fresh, and what stays when something fails.

use mik_tests::{Program, Project};

#[test]
fn a_new_project_builds_and_a_second_build_does_nothing() {
    let project = Project::new("fresh");
    project.run("build").ok().says("Composed").says(&format!("{}.wasm", project.name()));
    let component = fs_err::read(project.component("debug")).unwrap();
    project.run("build").ok().says("Fresh");
    assert_eq!(fs_err::read(project.component("debug")).unwrap(), component);
    // Of what it was made is said beside it: what is on this machine of it, and nothing that the build has made, or that is not there.
    let made_of = fs_err::read_to_string(project.component("debug").with_extension("d")).unwrap();
    let source = |path: &str| project.directory().join(path).display().to_string();
    for path in ["src/lib.rs", "Cargo.toml", "Cargo.lock"].map(source) {
        assert!(made_of.contains(&format!(" {path}")), "{path} is not in {made_of}");
    }
    let (_, files) = made_of.split_once(": ").unwrap();
    assert!(
        !files.contains("mik.toml") && !files.contains(&Program::target_directory().display().to_string()),
        "{made_of}"
    );

    // The source changes: the component does, too.
    project.append("src/lib.rs", "\n#[unsafe(no_mangle)]\npub extern \"C\" fn something_new() -> i32 { 42 }\n");
    project.run("build -v").ok().says("Dirty").says("the source has changed").says("Composed");

    // The output is damaged: it is made again, though cargo has nothing to do.
    fs_err::write(project.component("debug"), b"damaged").unwrap();
    project.run("build -v").ok().says("the output is gone or was changed").says("Composed");

    // A setting changes.
    project.append("Cargo.toml", "\n[package.metadata.mik.composition]\nhttp_handler = true\n");
    project.run("build -v").ok().says("the settings, the bridge, a dependency or cargo mik have changed");
}

#[test]
fn a_release_build_is_small_reproducible_and_knows_no_path_of_the_machine() {
    let project = Project::new("release");
    project.run("build --release").ok();
    let component = fs_err::read(project.component("release")).unwrap();
    let handler = fs_err::read(project.component("release").with_extension("handler.wasm")).unwrap();
    assert!(handler.len() < component.len());

    let text = String::from_utf8_lossy(&component);
    for path in [project.root().to_str().unwrap(), env!("CARGO_MANIFEST_DIR"), "/registry/src/", "/.rustup/"] {
        assert!(!text.contains(path), "`{path}` is in the component");
    }
    for section in ["producers", ".debug_info", "target_features"] {
        assert!(!text.contains(section), "section `{section}` is in the component");
    }

    fs_err::remove_file(project.component("release")).unwrap();
    project.run("build --release").ok().says("Composed");
    assert_eq!(fs_err::read(project.component("release")).unwrap(), component, "the same input gives the same bytes");
}

#[test]
fn every_target_builds() {
    let project = Project::new("targets");
    for target in ["wasm32-unknown-unknown", "wasm32-wasip1", "wasm32-wasip2"] {
        project.run(&format!("build --target {target}")).ok().says("Composed");
    }
    // The manifest chooses as well.
    project.append("Cargo.toml", "\n[package.metadata.mik.build]\ntarget = \"wasm32-unknown-unknown\"\n");
    let plan = project.run("plan").ok();
    assert!(plan.stdout.contains("--target wasm32-unknown-unknown"), "{}", plan.stdout);
}

#[test]
fn a_workspace_builds_all_its_handlers() {
    let workspace = Project::empty("workspace");
    workspace.write("Cargo.toml", "[workspace]\nresolver = \"3\"\n");
    let (one, two) = (format!("{}-one", workspace.name()), format!("{}-two", workspace.name()));
    for name in [&one, &two] {
        workspace.run(&format!("new {name}")).ok().says("to the workspace");
    }
    workspace.write("tool/Cargo.toml", "[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    workspace.write("tool/src/main.rs", "fn main() {}\n");
    workspace.edit("Cargo.toml", "members = [", "members = [\"tool\", ");

    let built = workspace.run("build").ok();
    for name in [&one, &two] {
        assert!(built.stderr.contains(&format!("{name}.wasm")), "{}", built.stderr);
    }
    // One of them.
    let built = workspace.run(&format!("build -p {one} --message-format json")).ok();
    assert!(built.stdout.contains(&one) && !built.stdout.contains(&two), "{}", built.stdout);
    let built = workspace.run(&format!("build --workspace --exclude {one} --message-format json")).ok();
    assert!(!built.stdout.contains(&format!("\"name\":\"{one}\"")), "{}", built.stdout);
    // A member's own directory means that member, as it does to cargo.
    let mut command = workspace.command("build --message-format json");
    let built = Program::run(command.current_dir(workspace.directory().join(&two))).ok();
    assert!(!built.stdout.contains(&format!("\"name\":\"{one}\"")), "{}", built.stdout);
    // None of them.
    workspace.run("build -p tool").code(96).says("mik::project::not_a_component").says(&format!("-p {one}"));
    workspace.run("build -p nobody").code(96).says("mik::project::unknown_package").says(&two);
}

#[test]
fn cargos_errors_are_passed_through_and_the_last_good_component_stays() {
    let project = Project::new("broken");
    project.run("build").ok();
    let good = fs_err::read(project.component("debug")).unwrap();
    project.append("src/lib.rs", "\nfn broken() -> u32 { \"no\" }\n");
    let output = project.run("build").code(101).says("error[E0308]: mismatched types");
    assert!(!output.stderr.contains("mik::build"), "cargo has said it all:\n{}", output.stderr);
    assert_eq!(fs_err::read(project.component("debug")).unwrap(), good);
}

#[test]
fn json_messages_are_cargos_and_ours() {
    let project = Project::new("json");
    let output = project.run("build --message-format json").ok();
    let messages: Vec<serde_json::Value> =
        output.stdout.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect();
    let reasons: Vec<_> = messages.iter().filter_map(|message| message["reason"].as_str()).collect();
    assert!(reasons.contains(&"compiler-artifact") && reasons.contains(&"build-finished"), "{reasons:?}");
    let artifact = messages.iter().find(|message| message["reason"] == "mik-artifact").unwrap();
    assert_eq!(artifact["name"], project.name());
    let path = artifact["path"].as_str().unwrap();
    assert_eq!(fs_err::metadata(path).unwrap().len(), artifact["size"].as_u64().unwrap());

    project.append("Cargo.toml", "\n[package.metadata.mik.build]\ntarget = \"wasm33\"\n");
    let output = project.run("build --message-format json").code(96);
    let message: serde_json::Value = serde_json::from_str(output.stdout.trim()).unwrap();
    assert_eq!(message["reason"], "mik-diagnostic");
    assert_eq!(message["code"], "mik::project::unknown_target");
}

#[test]
fn quiet_says_nothing_and_the_users_profile_is_respected() {
    let project = Project::new("quiet");
    let output = project.run("build -q").ok();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));

    project.append("Cargo.toml", "\n[profile.release]\nopt-level = 1\nlto = false\n");
    let plan = project.run("plan --release").ok().stdout;
    assert!(!plan.contains("release.lto") && !plan.contains("release.opt-level"), "{plan}");
    assert!(plan.contains("profile.release.panic=\"abort\""), "{plan}");
    let mut command = project.command("plan --release");
    let plan = Program::run(command.env("CARGO_PROFILE_RELEASE_PANIC", "abort")).ok().stdout;
    assert!(!plan.contains("release.panic"), "{plan}");
}

#[test]
fn the_users_rustflags_stay_in_force() {
    let project = Project::new("rustflags");
    project.append("src/lib.rs", "\n#[cfg(not(flag_of_the_user))]\ncompile_error!(\"the flag is lost\");\n");
    project.run("build").code(101).says("the flag is lost");
    project.write(".cargo/config.toml", "[build]\nrustflags = [\"--cfg=flag_of_the_user\"]\n");
    project.run("build").ok();
    project.write(".cargo/config.toml", "[target.wasm32-wasip2]\nrustflags = [\"--cfg=flag_of_the_user\"]\n");
    project.run("build").ok();
    project.write(".cargo/config.toml", "");
    Program::run(project.command("build").env("RUSTFLAGS", "--cfg=flag_of_the_user")).ok();
    Program::run(project.command("build").env("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", "--cfg=flag_of_the_user")).ok();
}

#[test]
fn a_component_that_speaks_wasi_http_itself_is_passed_through() {
    let manifest = Program::workspace().join("tests/guests/probe/Cargo.toml");
    let mut command = Program::cargo_mik();
    let output =
        Program::run(command.args(["build", "--message-format", "json", "--manifest-path"]).arg(manifest)).ok();
    let artifact = output.stdout.lines().find(|line| line.contains("mik-artifact")).unwrap();
    let artifact: serde_json::Value = serde_json::from_str(artifact).unwrap();
    assert_eq!(artifact["handler"], serde_json::Value::Null);
}

#[test]
pub(crate) fn the_bridge_of_a_file_is_used_in_place_of_the_embedded_one() {
    let project = Project::new("bridge");
    project.append("Cargo.toml", "\n[package.metadata.mik.composition]\nbridge = \"my-bridge.wasm\"\n");
    project.run("build").code(96).says("mik::project::no_bridge").says("Cargo.toml:");
    project.write("my-bridge.wasm", b"not a component");
    project.run("build").code(105).says("mik::compose::bridge");
    let bridge = fs_err::read(Program::workspace().join("bridge/provider/bridge.wasm")).unwrap();
    project.write("my-bridge.wasm", bridge);
    project.run("build").ok().says("Composed");
}

#[test]
fn examples_that_are_cdylibs_are_components_too() {
    let project = Project::new("examples");
    let name = format!("{}-example", project.name());
    project.write(&format!("examples/{name}.rs"), project.read("src/lib.rs"));
    project.append("Cargo.toml", &format!("\n[[example]]\nname = \"{name}\"\ncrate-type = [\"cdylib\"]\n"));
    project.run(&format!("build --example {name}")).ok().says(&format!("{name}.wasm"));
}

#[test]
fn an_example_that_is_not_there_is_an_error_and_so_is_a_package_that_yields_nothing() {
    let project = Project::new("no-example");
    project.run("build --example nope").code(96).says("mik::project::no_example").says("[[example]]");
    project.run("build --examples").code(96).says("mik::project::not_a_component");
    project.write("examples/plain.rs", "fn main() {}\n");
    project.run("build --example plain").code(96).says("no cdylib is built of the example `plain`");
}

#[test]
fn two_components_never_share_a_file() {
    let workspace = Project::empty("sharing");
    workspace.write("Cargo.toml", "[workspace]\nresolver = \"3\"\n");
    let names = ["one", "two"].map(|name| format!("{}-{name}", workspace.name()));
    for name in &names {
        workspace.run(&format!("new {name}")).ok();
        // No name of a guest's: the tests share a target directory, where the file of one library replaces another's.
        workspace.edit(&format!("{name}/Cargo.toml"), "[lib]", "[lib]\nname = \"shared\"");
    }
    // Cargo writes both libraries to `shared.wasm`: one of them would be served as the other.
    workspace.run("build").code(101).says("mik::build::same_artifact").says("[lib] name");

    for name in &names {
        workspace.write(&format!("{name}/examples/demo.rs"), workspace.read(&format!("{name}/src/lib.rs")));
        let example = "\n[[example]]\nname = \"demo\"\ncrate-type = [\"cdylib\"]\n";
        workspace.append(&format!("{name}/Cargo.toml"), example);
    }
    workspace.run("build --examples").code(96).says("mik::project::same_name").says(&names[1]);
}

#[test]
pub(crate) fn a_handler_that_an_earlier_build_left_is_not_taken_for_this_ones() {
    let project = Project::new("uncomposed");
    project.run("build").ok();
    project.append("Cargo.toml", "\n[package.metadata.mik.composition]\nhttp_handler = false\n");
    for _ in 0..2 {
        let output = project.run("build --message-format json").ok();
        let artifact = output.stdout.lines().find(|line| line.contains("mik-artifact")).unwrap();
        let artifact: serde_json::Value = serde_json::from_str(artifact).unwrap();
        assert_eq!(artifact["handler"], serde_json::Value::Null);
    }
    assert!(!project.component("debug").with_extension("handler.wasm").exists());
}
