//! `cargo mik compose`: components as files become one that answers, or all stays as it was and somebody is told why.

pub(crate) mod components;

use std::path::PathBuf;

use mik_tests::{Output, Program, Project, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

use components::{COUNTER, TWICE, app, counter, traps, twice};

/// A directory of components.
struct Bench(TempDir);

impl Bench {
    fn with<const N: usize>(files: [(&str, Vec<u8>); N]) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            fs_err::write(bench.path(name), bytes).unwrap();
        }
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.path(name)).unwrap()
    }

    /// `cargo mik compose …`, where the files are.
    fn compose(&self, arguments: &[&str]) -> Output {
        Program::run(Program::cargo_mik().arg("compose").args(arguments).current_dir(self.0.path()))
    }

    /// The same with a plug, to `out.wasm`, which fails: what was there stays.
    #[track_caller]
    fn refuses(&self, arguments: &[&str]) -> Output {
        fs_err::write(self.path("out.wasm"), b"earlier").unwrap();
        let output = self.compose(&[arguments, &["-o", "out.wasm"]].concat()).code(105);
        assert_eq!(self.bytes("out.wasm"), b"earlier");
        output
    }

    /// What a component imports and exports, by name.
    fn interface(&self, name: &str) -> (Vec<String>, Vec<String>) {
        let mut command = Program::cargo_mik();
        let output = Program::run(command.arg("inspect").arg(self.path(name)).arg("--json")).ok();
        let described: Value = serde_json::from_str(&output.stdout).unwrap();
        let names = |key: &str| {
            let items = described[key].as_array().unwrap_or_else(|| panic!("{described}"));
            items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
        };
        (names("imports"), names("exports"))
    }
}

#[test]
fn a_chain_and_what_it_shares_with_the_handler_answer_as_one() {
    let bench = Bench::with([("app.wasm", app()), ("twice.wasm", twice()), ("counter.wasm", counter())]);
    let plugs = ["app.wasm", "--plug", "twice.wasm", "--plug", "counter.wasm"];
    let output = bench.compose(&[&plugs[..], &["-o", "out.wasm", "-v"]].concat()).ok();
    let output = output.says("Composed out.wasm").says(&format!("Plugged {TWICE} of twice.wasm into app.wasm"));
    assert_eq!(output.stdout, "");
    assert_eq!(bench.interface("out.wasm"), (vec![], vec!["mik:core/handler@0.1.0".to_owned()]));
    let server = Server::start(Program::mik().arg("run").arg(bench.path("out.wasm")));
    // 1 and 2 for `twice`, and 3: both have asked one counter.
    assert_eq!(server.ask_for("/").is(200).text(), "23");
    assert_eq!(server.ask_for("/again").is(200).text(), "23");

    // The same files give the same bytes, whatever the order and what they are called.
    let other = Bench::with([("a.wasm", app()), ("b.wasm", counter()), ("c.wasm", twice())]);
    let output = other.compose(&["a.wasm", "--plug", "c.wasm", "--plug", "b.wasm", "-o", "a.wasm", "--json"]).ok();
    assert!(other.bytes("a.wasm") == bench.bytes("out.wasm"), "the input may be the output");
    let composed: Value = serde_json::from_str(&output.stdout).unwrap();
    let wire =
        |import: &str, into: &str, from: &str| json!({"into": into, "import": import, "from": from, "export": import});
    assert_eq!(composed["reason"], "mik-composed");
    assert_eq!(composed["plugged"].as_array().unwrap().len(), 3);
    assert!(composed["plugged"].as_array().unwrap().contains(&wire(COUNTER, "c.wasm", "b.wasm")), "{composed}");
    assert_eq!(composed["size"].as_u64(), Some(other.bytes("a.wasm").len() as u64));
}

#[test]
fn a_newer_version_does_for_an_older_one_and_an_older_one_if_all_is_there() {
    let bench = Bench::with([
        ("app.wasm", traps(&format!("import {COUNTER}; import wasi:cli/environment@0.2.0; export run: func();"))),
        ("newer.wasm", traps("export acme:count/counter@1.2.0;")),
        ("new-app.wasm", traps("import acme:count/counter@1.2.0; export run: func();")),
        ("older.wasm", traps(&format!("export {COUNTER};"))),
        ("other.wasm", traps("export acme:count/counter@1.3.0;")),
    ]);
    bench.compose(&["app.wasm", "--plug", "newer.wasm", "-o", "out.wasm"]).ok();
    let (imports, exports) = bench.interface("out.wasm");
    assert_eq!((imports, exports), (vec!["wasi:cli/environment@0.2.0".to_owned()], vec!["run".to_owned()]));
    let output = bench.refuses(&["new-app.wasm", "--plug", "older.wasm"]).says("error[mik::compose::mismatch]");
    output.says("`acme:count/counter@1.0.3` of `older.wasm` is not what `new-app.wasm` imports").says("`reset`");
    bench.refuses(&["app.wasm", "--plug", "other.wasm"]).says("error[mik::compose::mismatch]").says("u64");
}

#[test]
fn two_that_export_the_same_are_chosen_from_by_hand() {
    let bench = Bench::with([
        ("app.wasm", traps(&format!("import {COUNTER}; export run: func();"))),
        ("one.wasm", counter()),
        ("layer.wasm", traps(&format!("import {COUNTER}; export {COUNTER};"))),
    ]);
    let plugs = ["app.wasm", "--plug", "one.wasm", "--plug", "layer.wasm"];
    let output = bench.refuses(&plugs).says("error[mik::compose::ambiguous]");
    let output = output.says(&format!("`app.wasm` imports `{COUNTER}`, and `one.wasm` and `layer.wasm` export it"));
    output.says(&format!("--plug {COUNTER}=one.wasm"));
    // One in front of the other: by the whole name, by another version's, by that of the interface alone.
    for name in [COUNTER, "acme:count/counter@1.9.0", "acme:count/counter"] {
        let layer = format!("{name}=layer.wasm");
        let output = bench.compose(&["app.wasm", "--plug", &layer, "--plug", "one.wasm", "-o", "out.wasm", "-v"]).ok();
        output.says(&format!("{COUNTER} of layer.wasm into app.wasm")).says("of one.wasm into layer.wasm");
        assert_eq!(bench.interface("out.wasm").0, [""; 0]);
    }
    let output = bench.refuses(&["app.wasm", "--plug", "one.wasm", "--plug", "acme:cuont/counter=layer.wasm"]);
    output.says("error[mik::compose::no_such_import]").says(COUNTER);
    bench.compose(&["app.wasm", "--plug", "=one.wasm", "-o", "out.wasm"]).code(2).says("before the `=`");
}

#[test]
fn what_fits_nothing_is_told_what_is_near() {
    let bench = Bench::with([
        ("app.wasm", traps(&format!("import {COUNTER}; import {TWICE}; import acme:log/sink; export run: func();"))),
        ("counter.wasm", traps(&format!("export {COUNTER};"))),
        ("two.wasm", traps("export acme:count/counter@2.0.0;")),
        ("sink.wasm", traps("export acme:log/sink;")),
        ("old.wasm", traps("import acme:count/counter@2.0.0; export run: func();")),
    ]);
    let output = bench.refuses(&["app.wasm", "--plug", "two.wasm"]).says("error[mik::compose::unused]");
    output.says("`two.wasm` exports `acme:count/counter@2.0.0`, another version; `app.wasm` imports").says(COUNTER);
    // Another interface of a package that a plug has something of, and nothing near for the last.
    let sink = ["app.wasm", "--plug", "sink.wasm", "--plug", "counter.wasm"];
    let output = bench.compose(&[&sink[..], &["-o", "out.wasm"]].concat()).ok();
    output.says(&format!("note: `app.wasm` imports `{TWICE}`, which no plug exports: the host has to offer it"));
    assert_eq!(bench.interface("out.wasm").0, [TWICE]);
    let both = traps("export acme:count/counter@2.0.0; export acme:log/sink;");
    fs_err::write(bench.path("both.wasm"), both).unwrap();
    let output = bench.refuses(&["app.wasm", "--plug", "both.wasm"]).says("error[mik::compose::not_offered]");
    output.says("`both.wasm` exports `acme:count/counter@2.0.0`, another version").says(&format!("--import {COUNTER}"));
    let left = ["--import", COUNTER, "--import", "acme:count/twice", "-o", "out.wasm"];
    bench.compose(&[&["app.wasm", "--plug", "both.wasm"], &left[..]].concat()).ok();
    assert_eq!(bench.interface("out.wasm").0, [COUNTER, TWICE]);
    let round = bench.refuses(&["counter.wasm", "--plug", "app.wasm"]).says("error[mik::compose::unused]");
    round.says(&format!("is it the other way round? It imports `{COUNTER}`, which `counter.wasm` exports"));
    // What is left to the host is plugged by nobody.
    let output = bench.refuses(&["old.wasm", "--plug", "two.wasm", "--import", "acme:count/counter"]);
    output.says("error[mik::compose::unused]");
}

#[test]
fn components_that_need_each_other_are_told_the_whole_circle() {
    let bench = Bench::with([
        ("app.wasm", traps(&format!("import {TWICE}; export run: func();"))),
        ("twice.wasm", twice()),
        ("counter.wasm", traps(&format!("import {TWICE}; export {COUNTER};"))),
    ]);
    let output = bench.refuses(&["app.wasm", "--plug", "twice.wasm", "--plug", "counter.wasm"]);
    output
        .says("error[mik::compose::cycle]")
        .says(&format!("`twice.wasm` imports `{COUNTER}` of `counter.wasm` imports `{TWICE}` of `twice.wasm`"));
}

#[test]
fn resources_come_from_one_place_for_all_who_hand_them_on() {
    let both = "import acme:disk/types; import acme:disk/disk; export run: func();";
    let bench = Bench::with([
        ("app.wasm", traps(both)),
        ("both.wasm", traps("export acme:disk/types; export acme:disk/disk;")),
        ("types.wasm", traps("export acme:disk/types;")),
        ("disk.wasm", traps("import acme:disk/types; export acme:disk/disk;")),
    ]);
    let compose = |plugs: &[&str]| bench.compose(&[&["app.wasm"], plugs, &["-o", "out.wasm"]].concat());
    compose(&["--plug", "both.wasm"]).ok();
    assert_eq!(bench.interface("out.wasm").0, [""; 0]);
    compose(&["--plug", "disk.wasm", "--plug", "types.wasm"]).ok();
    assert_eq!(bench.interface("out.wasm").0, [""; 0]);
    compose(&["--plug", "disk.wasm", "--import", "acme:disk/types"]).ok();
    assert_eq!(bench.interface("out.wasm").0, ["acme:disk/types"]);
    // Files of the host's are none of the plug's.
    let output = bench.refuses(&["app.wasm", "--plug", "both.wasm", "--import", "acme:disk/types"]);
    output.says("error[mik::compose::failed]").says("resources");
}

#[test]
fn files_that_are_no_components_are_named() {
    let whole = counter();
    let bench = Bench::with([
        ("app.wasm", app()),
        ("core.wasm", wat::parse_str("(module)").unwrap()),
        ("text.wasm", b"(component)".to_vec()),
        ("empty.wasm", Vec::new()),
        ("half.wasm", whole[..whole.len() / 2].to_vec()),
        ("counter.wasm", whole),
    ]);
    for (plug, code) in [
        ("core.wasm", "mik::compose::core_module"),
        ("text.wasm", "mik::compose::not_wasm"),
        ("empty.wasm", "mik::compose::not_wasm"),
        ("half.wasm", "mik::compose::invalid_input"),
        ("gone.wasm", "mik::compose::read"),
    ] {
        bench.refuses(&["app.wasm", "--plug", plug]).says(code).says(plug);
        bench.refuses(&[plug, "--plug", "counter.wasm"]).says(code).says(plug);
    }
    fs_err::create_dir(bench.path("there")).unwrap();
    let app = ["app.wasm", "--plug", "counter.wasm", "--import", TWICE];
    bench.compose(&[&app[..], &["-o", "there"]].concat()).code(110);
    bench.compose(&["app.wasm", "-o", "out.wasm"]).code(2).says("--plug");
}

#[test]
pub(crate) fn nothing_is_plugged_of_its_own_accord_where_the_manifest_says_so() {
    let project = Project::saying("unplugged", "here");
    let plugs = |said: bool| {
        let plan: Value = serde_json::from_str(&project.run("plan --json").ok().stdout).unwrap();
        let steps = plan["steps"].as_array().unwrap();
        let compose = steps.iter().find(|step| step["step"] == "compose").unwrap_or_else(|| panic!("{plan}"));
        assert_eq!(compose["plug"], said, "{compose}");
        assert_eq!(compose["components"], json!([]), "{compose}");
    };
    plugs(true);
    project.write("mik.toml", "[composition]\nplug = false\n");
    plugs(false);
    project.write("mik.toml", "[composition]\nplug = \"no\"\n");
    project.run("plan").code(96).says("mik.toml").says("composition.plug");
}

#[test]
fn dependencies_beside_a_component_are_served_behind_all_others() {
    let fails = traps("export mik:core/handler@0.1.0;");
    let parts = [("app.wasm", app()), ("twice.wasm", twice()), ("counter.wasm", counter()), ("fails.wasm", fails)];
    let bench = Bench::with(parts);
    let plugs = ["--plug", "twice.wasm", "--plug", "counter.wasm"];
    bench.compose(&[&["app.wasm"], &plugs[..], &["-o", "out.wasm"]].concat()).ok();
    for directory in ["main.dependencies", "modules"] {
        fs_err::create_dir(bench.path(directory)).unwrap();
    }
    let put = |to: &str, from: &str| fs_err::copy(bench.path(from), bench.path(to)).map(drop).unwrap();
    // As a build leaves it, with what must not answer under names that are taken.
    put("main.wasm", "out.wasm");
    put("main.dependencies/auth.wasm", "out.wasm");
    put("main.dependencies/main.wasm", "fails.wasm");
    put("main.dependencies/mine.wasm", "fails.wasm");
    put("modules/mine.wasm", "out.wasm");
    let mut command = Program::mik();
    command.args(["run", "main.wasm", "--modules", "modules"]).current_dir(bench.0.path());
    let server = Server::start(&mut command);
    for target in ["/", "/run/main/", "/run/auth/", "/run/mine/"] {
        assert_eq!(server.ask_for(target).is(200).text(), "23", "{target}");
    }
    server.says("Dependencies 3 of main.dependencies at /run/");
    server.says("note: /run/main/ is `main.wasm`, and not the dependency `main`, which is not served");
    server.says("note: /run/mine/ is `modules/mine.wasm`, and not the dependency `mine`, which is not served");
    // It is there for as long as nothing of the user's is.
    fs_err::remove_file(bench.path("modules/mine.wasm")).unwrap();
    mik_tests::wait_until("the dependency answers", || server.ask_for("/run/mine/").status == 500);
    put("main.dependencies/late.wasm", "out.wasm");
    mik_tests::wait_until("a new dependency answers", || server.ask_for("/run/late/").status == 200);
}
