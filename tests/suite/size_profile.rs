//! `cargo mik size`: each byte of a component counted once and called by its name, before and after each pass, and against
//! another component.

use std::path::{Path, PathBuf};

use mik_tests::guest::HANDLER;
use mik_tests::{Output, Program, Project};
use serde_json::Value;

/// `cargo mik size`, with a file and flags.
fn size_of(file: &Path, flags: &[&str]) -> Output {
    let mut command = Program::cargo_mik();
    command.arg("size").arg(file).args(flags);
    Program::run(&mut command)
}

fn json(output: &Output) -> Value {
    serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap()
}

fn bytes_of(path: &Path) -> u64 {
    fs_err::metadata(path).unwrap().len()
}

/// The sum of an object's numbers.
fn sum(object: &Value) -> i64 {
    object.as_object().unwrap().values().filter_map(Value::as_i64).sum()
}

/// Writes a module or component from its text.
fn write(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    fs_err::write(&path, wat::parse_str(text).unwrap()).unwrap();
    path
}

#[test]
fn what_is_in_a_component_is_told_to_people_and_to_programs() {
    let project = Project::saying("sized", "here");
    let output = project.run("size").ok();
    for text in
        ["core module 0", "section", "mik_sdk", "[data]", "as it was compiled", "strip", "composed with the bridge"]
    {
        assert!(output.stdout.contains(text), "`{text}`: {}", output.stdout);
    }
    let component = project.component("release");
    // The build has left the names beside it, and they are of the same code.
    let of_file = json(&size_of(&component, &["--json"]).ok());
    let of_directory = json(&size_of(&project.directory(), &["--json", "--quiet"]).ok());
    assert_eq!(of_directory["modules"], of_file["modules"]);
    assert!(of_file["crates"]["mik_sdk"].as_u64() > Some(1000), "{}", of_file["crates"]);
    assert!(!of_file.to_string().contains("::h0"), "names are without the compiler's hash");

    fs_err::remove_file(component.with_extension("debug.wasm")).unwrap();
    assert!(size_of(&component, &[]).ok().stdout.contains("[unnamed]"));
}

#[test]
fn all_totals_agree_to_the_byte() {
    let project = Project::saying("totals", "here");
    // Its document is put in at the end, when the passes have run.
    project.edit("Cargo.toml", "mik-sdk = { ", "mik-sdk = { features = [\"openapi\"], ");
    let report = json(&project.run("size --json --quiet").ok());
    let total = bytes_of(&project.component("release"));
    assert_eq!(report["bytes"].as_u64(), Some(total));
    assert_eq!(sum(&report["crates"]).cast_unsigned(), total, "{}", report["crates"]);
    let modules: u64 =
        report["modules"].as_array().unwrap().iter().map(|module| module["bytes"].as_u64().unwrap()).sum();
    assert_eq!(modules + sum(&report["sections"]).cast_unsigned(), total);
    for module in report["modules"].as_array().unwrap() {
        let list =
            |name: &str| module[name].as_array().unwrap().iter().map(|it| it["bytes"].as_u64().unwrap()).sum::<u64>();
        let parts = list("functions") + list("data") + sum(&module["sections"]).cast_unsigned();
        assert_eq!(module["bytes"].as_u64(), Some(parts), "{}", module["path"]);
    }
    // Each step begins where the one before it ended, and the last ends with the file.
    let steps = report["steps"].as_array().unwrap();
    assert!(steps.len() > 5 && steps[0]["before"] == 0, "{steps:?}");
    for pair in steps.windows(2) {
        assert_eq!(pair[0]["after"], pair[1]["before"], "{pair:?}");
    }
    assert_eq!(steps.last().unwrap()["after"].as_u64(), Some(total), "{steps:?}");
    let last = steps.last().unwrap()["what"].as_str().unwrap();
    assert!(last.starts_with("custom sections: ") && last.contains("`mik:openapi`"), "{last}");
}

#[test]
fn a_closure_is_called_by_the_function_that_it_is_written_in() {
    let source = "use mik_sdk::prelude::*;\n\nroutes! {\n    GET \"/{name}\" => hello,\n}\n\n\
                  fn hello(Path(name): Path<String>) -> String {\n    name\n}\n";
    let project = Project::with_source("closures", source);
    let report = json(&project.run("size --json --quiet").ok());
    let functions: Vec<&str> = report["modules"][0]["functions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|function| function["name"].as_str())
        .collect();
    assert!(!functions.contains(&"core::ops::function::FnOnce::call_once"), "{functions:#?}");
    let own = project.name().replace('-', "_");
    assert!(functions.iter().any(|name| name.contains(&own) && name.contains("{closure#")), "{functions:#?}");
    assert!(report["crates"][&own].as_u64() > Some(100), "{}", report["crates"]);
}

#[test]
fn what_makes_one_component_larger_than_another_is_told_by_module_section_crate_and_function() {
    let directory = tempfile::tempdir().unwrap();
    let smaller = directory.path().join("smaller.wasm");
    let mut optimize = Program::cargo_mik();
    optimize.arg("optimize").arg(HANDLER.component()).arg("-o").arg(&smaller).args(["--keep-names", "--panic", "trap"]);
    Program::run(&mut optimize).ok();
    let flags = ["--diff", smaller.to_str().unwrap()];
    let output = size_of(HANDLER.component(), &flags).ok();
    for text in ["change  core module", "change  section", "change  crate", "change  function", "  core", " more\n"] {
        assert!(output.stdout.contains(text), "`{text}`: {}", output.stdout);
    }
    let difference = json(&size_of(HANDLER.component(), &[&flags[..], &["--json"]].concat()).ok());
    let grown = i64::try_from(bytes_of(HANDLER.component()) - bytes_of(&smaller)).unwrap();
    for list in ["modules", "sections", "crates"] {
        assert_eq!(sum(&difference[list]), grown, "{list}: {}", difference[list]);
    }
    assert_eq!(sum(&difference["functions"]), difference["sections"]["code"].as_i64().unwrap());

    // The same, the other way round: and a component is no larger than itself.
    let back = json(&size_of(&smaller, &["--json", "--diff", HANDLER.component().to_str().unwrap()]).ok());
    assert_eq!(sum(&back["crates"]), -grown);
    let none = size_of(&smaller, &["--diff", smaller.to_str().unwrap()]).ok();
    assert!(none.stdout.ends_with("bytes, +0\n"), "{}", none.stdout);
}

#[test]
fn functions_with_names_are_not_compared_with_functions_without() {
    let directory = tempfile::tempdir().unwrap();
    let named = write(directory.path(), "named.wasm", "(module (func $work (export \"run\") nop nop))");
    let bare = write(directory.path(), "bare.wasm", "(module (func (export \"run\") nop))");
    for (one, other) in [(&named, &bare), (&bare, &named)] {
        let output = size_of(one, &["--diff", other.to_str().unwrap()]).ok();
        assert!(output.stdout.contains("bare.wasm have no names"), "{}", output.stdout);
        assert!(!output.stdout.contains("work"), "{}", output.stdout);
    }
}

#[test]
fn a_component_to_compare_with_that_is_missing_or_broken_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let whole = fs_err::read(HANDLER.component()).unwrap();
    let broken = directory.path().join("broken.wasm");
    let diff = |other: &Path| size_of(HANDLER.component(), &["--diff", other.to_str().unwrap()]).code(104);
    diff(&directory.path().join("nowhere.wasm")).says("mik::optimize::read").says("nowhere.wasm");
    for (content, code) in [
        (&whole[..whole.len() / 2], "mik::optimize::invalid_input"),
        (b"", "mik::optimize::not_wasm"),
        (b"(module)", "mik::optimize::not_wasm"),
    ] {
        fs_err::write(&broken, content).unwrap();
        let output = diff(&broken).says(code).says("broken.wasm");
        assert_eq!(output.stdout, "", "nothing is told where one of the two can't be read");
    }
}

#[test]
fn every_handler_of_a_workspace_is_told_apart_and_one_by_its_name() {
    let project = Project::saying("several", "here");
    let handler = |name: &str| {
        project.write(&format!("{name}/Cargo.toml"), project.read("Cargo.toml").replace("[workspace]\n\n", ""));
        project.edit(&format!("{name}/Cargo.toml"), project.name(), &format!("{}-{name}", project.name()));
        project.write(&format!("{name}/src/lib.rs"), project.read("src/lib.rs"));
    };
    handler("one");
    handler("two");
    project.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"one\", \"two\"]\n");
    let names = |flags: &str| -> Vec<String> {
        let output = project.run(&format!("size --json --quiet {flags}")).ok();
        let reports = output.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let reports = reports.filter(|report| report["reason"] == "mik-size");
        reports.map(|report| report["name"].as_str().unwrap().rsplit('-').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names("--workspace"), ["one.wasm", "two.wasm"]);
    assert_eq!(names(&format!("-p {}-two", project.name())), ["two.wasm"]);
    assert_eq!(names(&format!("--workspace --exclude {}-two", project.name())), ["one.wasm"]);
}

#[test]
fn flags_of_a_build_beside_a_file_are_refused() {
    for flags in [&["--features", "x"][..], &["--release"], &["-p", "shop"], &["--locked"]] {
        size_of(HANDLER.component(), flags).code(2).says("mik::cli::flags_of_a_build").says("leave the flag out");
    }
    size_of(HANDLER.component(), &["--top", "3"]).ok();
}

#[test]
fn a_core_module_and_a_component_of_others_without_names_are_counted_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let module = write(directory.path(), "core.wasm", "(module (memory 1) (data (i32.const 0) \"hello\") (func nop))");
    let report = size_of(&module, &[]).ok();
    assert!(report.stdout.contains("core module") && report.stdout.contains("have no names"), "{}", report.stdout);
    let nested = write(
        directory.path(),
        "nested.wasm",
        "(component (component (core module (func nop))) (core module (func nop nop)) (@custom \"theirs\" \"12345\"))",
    );
    let report = json(&size_of(&nested, &["--json"]).ok());
    let paths: Vec<_> = report["modules"].as_array().unwrap().iter().map(|module| module["path"].clone()).collect();
    assert_eq!(paths, [serde_json::json!([0, 0]), serde_json::json!([1])]);
    assert_eq!(sum(&report["crates"]).cast_unsigned(), bytes_of(&nested));
    assert_eq!(report["steps"], serde_json::json!([]), "nothing was built");
}

#[test]
fn no_name_of_a_file_reaches_a_terminal_as_a_command() {
    let directory = tempfile::tempdir().unwrap();
    let module = write(
        directory.path(),
        "evil.wasm",
        r#"(module $"m\1b[2J" (func $"evil::\1b[2J" (export "e\1b[2J")) (@custom "c\1b[2J" "x"))"#,
    );
    let other = write(directory.path(), "other.wasm", r#"(module (func $"evil::b"))"#);
    let other = other.to_str().unwrap();
    for flags in [&[][..], &["--why", "evil"], &["--diff", other]] {
        let output = size_of(&module, flags).ok();
        assert!(output.stdout.contains("\\u{1b}[2J") && !output.stdout.contains('\u{1b}'), "{}", output.stdout);
    }
}

#[test]
fn why_a_function_is_there_is_told_by_the_way_from_an_export() {
    let directory = tempfile::tempdir().unwrap();
    let module = write(
        directory.path(),
        "why.wasm",
        r#"(module
            (type $none (func)) (table 1 funcref) (elem (i32.const 0) $by_table)
            (func $run (export "run") call $middle)
            (func $middle call $deep i32.const 0 call_indirect (type $none))
            (func $deep call $deepest) (func $deepest nop nop nop)
            (func $by_table (type $none) call $deepest)
            (func $lonely nop))"#,
    );
    let output = size_of(&module, &["--why", "deepest"]).ok();
    let way = "exported as `run`\n    → run\n    → middle\n    → deep\n    → deepest\n  called by deep, by_table\n";
    assert!(output.stdout.contains(way), "{}", output.stdout);
    let output = size_of(&module, &["--why", "by_table"]).ok();
    assert!(output.stdout.contains("    → middle\n    ⇢ by_table (by a table)\n"), "{}", output.stdout);
    assert!(size_of(&module, &["--why", "lonely"]).ok().stdout.contains("nothing reaches it"));

    // `deep` is a name of its own, and a part of another; `dee` is a part of both.
    let names = |wanted: &str| -> Vec<Value> {
        let report = json(&size_of(&module, &["--why", wanted, "--json"]).ok());
        report["functions"].as_array().unwrap().iter().map(|function| function["name"].clone()).collect()
    };
    assert_eq!(names("deep"), ["deep"]);
    assert_eq!(names("dee"), ["deepest", "deep"]);
    let report = json(&size_of(&module, &["--why", "dee", "--top", "1", "--json"]).ok());
    assert_eq!((report["functions"].as_array().unwrap().len(), report["more"].as_u64()), (1, Some(1)));
    let report = json(&size_of(&module, &["--why", "middle", "--json"]).ok());
    let middle = &report["functions"][0];
    let all = json(&size_of(&module, &["--json"]).ok());
    let functions = all["modules"][0]["functions"].as_array().unwrap();
    let bytes = |name: &str| functions.iter().find(|it| it["name"] == name).unwrap()["bytes"].as_u64().unwrap();
    let kept: u64 = ["middle", "deep", "deepest", "by_table"].map(bytes).iter().sum();
    assert_eq!(middle["retained"].as_u64(), Some(kept));

    size_of(&module, &["--why", "nobody"]).code(2).says("mik::cli::unknown_function").says("`nobody`");
}

#[test]
fn every_command_of_the_page_about_size_does_what_it_says() {
    let page = fs_err::read_to_string(Program::workspace().join("docs/size.md")).unwrap();
    let in_blocks = page.lines().filter_map(|line| line.strip_prefix("$ "));
    let in_text = page.split('`').skip(1).step_by(2);
    let commands = in_blocks
        .chain(in_text)
        .filter(|command| ["cargo mik size", "cargo mik optimize"].iter().any(|start| command.starts_with(start)));
    let project = Project::new("hello");
    project.run("build --release").ok();
    for name in ["app.wasm", "old.wasm", "IN"] {
        fs_err::copy(project.component("release"), project.directory().join(name)).unwrap();
    }
    let mut seen = std::collections::BTreeSet::new();
    for command in commands.filter(|command| seen.insert(*command)) {
        let arguments = command.strip_prefix("cargo mik ").unwrap().replace("hello", project.name());
        let output = project.run(&arguments);
        assert_eq!(output.code, Some(0), "`{command}`: {}", output.stderr);
        assert!(
            !output.stdout.is_empty() || output.stderr.contains("Wrote") || output.stderr.contains("Optimized"),
            "{command}"
        );
    }
    assert!(seen.len() > 8, "{seen:?}");
}
