//! `cargo mik config`, and the places that settings come from.

use mik_build::schema::leaves;
use mik_build::schema::reference::{Key, json_schema};
use mik_tests::{Output, Program, Project};
use serde_json::{Value, json};

/// A library that is never built.
fn library(name: &str, configuration: &str) -> Project {
    let project = Project::empty(name);
    let manifest = format!(
        "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n{configuration}",
        project.name()
    );
    project.write("Cargo.toml", manifest);
    project.write("src/lib.rs", "");
    project
}

/// The settings of the only package, by key: value, and all that is said of where it comes from.
fn settings(output: &Output) -> Value {
    // Warnings come before it, one a line.
    let listing: Value = serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap();
    let [package] = listing["packages"].as_array().unwrap().as_slice() else { panic!("{listing}") };
    let settings = package["settings"].as_array().unwrap();
    settings.iter().map(|setting| (setting["key"].as_str().unwrap().to_owned(), setting.clone())).collect()
}

#[test]
fn every_key_is_printed_and_is_as_the_schema_says_by_default() {
    let project = library("defaults", "");
    // The harness has Binaryen stay away; here the word is the schema's.
    let mut command = project.command("config --message-format json");
    let settings = settings(&Program::run(command.env_remove("MIK_WASM_OPT")).ok());
    let listed: Vec<&str> = settings.as_object().unwrap().keys().map(String::as_str).collect();
    let mut known: Vec<&str> = leaves().collect();
    known.sort_unstable();
    assert_eq!(listed, known);
    for Key { path, default, is_path, .. } in Key::all() {
        let Some(default) = default.filter(|_| !is_path) else { continue };
        assert_eq!(settings[&path]["value"], default, "{path}");
        assert_eq!(settings[&path]["origin"], "default", "{path}");
    }
    assert_eq!(settings["build.optimize"]["value"], "none");
    let release = project.run("config --release build.optimize --message-format json").ok();
    assert!(release.stdout.contains("\"profile\":\"release\"") && release.stdout.contains("\"size\""));
    let modules = project.directory().join("modules");
    assert_eq!(settings["server.modules"]["value"], modules.to_str().unwrap());
}

#[test]
fn every_key_that_a_file_sets_is_printed_with_its_place() {
    let project = library("set", "");
    let mut text = String::new();
    let mut lines = Vec::new();
    for key in Key::all() {
        // What a package says is its own; a bridge and certificates have to be there.
        let skip =
            key.path.starts_with("project.") || key.path == "composition.bridge" || key.path == "server.http_ca_file";
        if !skip {
            text += &format!("{} = {}\n", key.path, key.example);
            lines.push(key.path);
        }
    }
    project.write("mik.toml", text);
    let mut command = project.command("config --message-format json");
    let settings = settings(&Program::run(command.env("SHOP_TOKEN", "s3cr3t").env_remove("MIK_WASM_OPT")).ok());
    for (index, key) in lines.iter().enumerate() {
        // In tables of the user's own making it is their keys.
        let key = match key.as_str() {
            "server.env" => "server.env.TOKEN",
            "dependencies" => "dependencies.utils",
            key => key,
        };
        let setting = &settings[key];
        assert_eq!((&setting["file"], &setting["line"]), (&json!("mik.toml"), &json!(index + 1)), "{key}: {setting}");
    }
    // What is copied from the host is never shown.
    assert_eq!(settings["server.env.TOKEN"]["value"], json!({ "from": "SHOP_TOKEN" }));
    assert!(!settings.to_string().contains("s3cr3t"));
}

#[test]
fn flags_environment_and_both_files_are_told_apart() {
    let project = library("origins", "\n[package.metadata.mik.server]\nport = 8080\ncache_size = 7\n");
    project.write("mik.toml", "[server]\nport = 8081\nmemory_limit_mb = 64\n");
    let config = |flags: &str, environment: &[(&str, &str)]| {
        let mut command = project.command(&format!("config --message-format json {flags}"));
        settings(&Program::run(command.envs(environment.iter().copied())).ok())
    };
    let place = |setting: &Value| (setting["value"].clone(), setting["file"].clone(), setting["line"].clone());
    let settings = config("", &[]);
    assert_eq!(place(&settings["server.port"]), (json!(8080), json!("Cargo.toml"), json!(10)));
    assert_eq!(place(&settings["server.cache_size"]), (json!(7), json!("Cargo.toml"), json!(11)));
    assert_eq!(place(&settings["server.memory_limit_mb"]), (json!(64), json!("mik.toml"), json!(3)));

    let one = |arguments: &str, environment: &[(&str, &str)]| {
        let mut command = project.command(arguments);
        Program::run(command.envs(environment.iter().copied())).ok().stdout
    };
    assert_eq!(one("config server.port", &[]), "8080\n");
    assert_eq!(one("config server.port", &[("PORT", "9")]), "9\n");
    assert_eq!(one("config server.port --port 10", &[("PORT", "9")]), "10\n");
    assert_eq!(one("config build.target", &[("CARGO_BUILD_TARGET", "wasm32-wasip1")]), "wasm32-wasip1\n");
    assert_eq!(one("config build.target --target wasm32-unknown-unknown", &[]), "wasm32-unknown-unknown\n");
    let table = one("config server --port 10", &[("HOST", "0.0.0.0"), ("MIK_MAX_BODY_SIZE", "1048576")]);
    let rows: Vec<String> = table.lines().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for row in [
        "server.port 10 flag --port",
        "server.host \"0.0.0.0\" environment HOST",
        "server.max_body_size_mb 1 environment MIK_MAX_BODY_SIZE",
        "server.cache_size 7 Cargo.toml:11",
    ] {
        assert!(rows.iter().any(|other| other == row), "{row}\n{table}");
    }
}

#[test]
pub(crate) fn a_directory_without_cargo_has_its_settings_too() {
    let project = Project::empty("bare");
    project.write(
        "mik.toml",
        "[project]\nname = \"shop\"\nversion = \"1.2.3\"\n[server]\nport = 8080\nstatic = \"public\"\n",
    );
    let config = |arguments: &str| {
        let mut command = Program::mik();
        // No cargo is there to be asked.
        command.env("PATH", "").env("CARGO", "").args(["config"]).args(arguments.split_whitespace());
        Program::run(command.current_dir(project.directory()))
    };
    assert_eq!(config("project.name").ok().stdout, "shop\n");
    assert_eq!(config("project.version").ok().stdout, "1.2.3\n");
    assert_eq!(config("server.port").ok().stdout, "8080\n");
    assert_eq!(config("server.static").ok().stdout, format!("{}\n", project.directory().join("public").display()));
    let output = config("--message-format json").ok();
    let settings = settings(&output);
    assert_eq!(settings["server.host"]["origin"], "default");
    assert_eq!(settings.get("build.target"), None, "nothing is built there");
    assert!(output.stdout.contains("\"package\":\"shop\""));

    project.write("mik.toml", "[project]\nname = \"a shop\"\n");
    config("").code(96).says("`project.name` is \"a shop\"").says("mik.toml:2:8");
}

#[test]
pub(crate) fn what_the_package_says_otherwise_is_told() {
    let project = library("named", "");
    project.write("mik.toml", format!("[project]\nname = \"{}\"\nversion = \"0.1.0\"\n", project.name()));
    let output = project.run("config project").ok();
    assert_eq!(output.stderr, "");
    assert!(output.stdout.contains("project.version      \"0.1.0\""), "{}", output.stdout);

    project.write("mik.toml", "[project]\nversion = \"0.2.0\"\ndescription = \"Sells.\"\n");
    let output = project.run("config project.version").ok();
    let output =
        output.says("warning[mik::project::not_the_packages]: `project.version` is `0.2.0`").says("mik.toml:2:11");
    assert_eq!(output.stdout, "0.1.0\n");
    // The package has no description: then the key's counts.
    assert_eq!(project.run("config project.description").ok().stdout, "Sells.\n");
}

#[test]
fn packages_are_listed_each_and_a_single_value_is_every_ones() {
    let project = Project::empty("several");
    project.write("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"3\"\n");
    for (member, optimize) in [("one", "size"), ("two", "speed")] {
        let manifest = format!(
            "[package]\nname = \"{member}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
             [package.metadata.mik]\nbuild.optimize = \"{optimize}\"\n"
        );
        project.write(&format!("{member}/Cargo.toml"), manifest);
        project.write(&format!("{member}/src/lib.rs"), "");
    }
    project.write("one/mik.toml", "[server]\nport = 8080\n");
    let listing = project.run("config --workspace").ok().stdout;
    assert!(listing.starts_with("# one\n") && listing.contains("\n\n# two\n"), "{listing}");
    // One server serves both.
    assert_eq!(listing.matches("one/mik.toml:2\n").count(), 2, "{listing}");
    assert_eq!(project.run("config --workspace server.port").ok().stdout, "8080\n");
    let output = project.run("config --workspace build.optimize").code(96);
    output.says("error[mik::project::several_values]").says("-p one, -p two");
    assert_eq!(project.run("config -p two build.optimize").ok().stdout, "speed\n");
}

#[test]
fn the_json_schema_is_the_one_in_the_reference() {
    let mut command = Program::mik();
    let output = Program::run(command.args(["config", "--schema"])).ok();
    assert_eq!(serde_json::from_str::<Value>(&output.stdout).unwrap(), json_schema());
    let written = fs_err::read_to_string(Program::workspace().join("docs/reference/mik.schema.json")).unwrap();
    assert_eq!(output.stdout, written, "run `cargo xtask reference`");
}

#[test]
fn a_key_that_is_not_there_is_told_from_one_that_is_not_set() {
    let project = library("unknown", "");
    project.run("config server.prot").code(2).says("a similar one is `server.port`");
    project.run("config server.env.KEY").code(96).says("error[mik::project::not_set]: `server.env.KEY` is not set");
    assert_eq!(project.run("config server.static").ok().stdout, "\n");
    assert_eq!(project.run("config server.env").ok().stdout, "{}\n");
}
