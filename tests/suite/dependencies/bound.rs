//! Dependencies as typed calls: `examples/composed`, of which one part is in the next folder, and one in a registry.

use std::path::Path;
use std::process::Command;

use mik_tests::{Program, Project, Registry, Server, wait_until};

/// A copy of the example, with the crates of the checkout.
fn composed() -> Project {
    let project = Project::empty("composed");
    copy(&project, Path::new(""));
    project
}

fn copy(project: &Project, below: &Path) {
    let example = Program::workspace().join("examples/composed");
    for entry in fs_err::read_dir(example.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(project, &path);
            continue;
        }
        let text = fs_err::read_to_string(entry.path()).unwrap();
        let root = Program::workspace().display().to_string();
        let text = text.replace("\"../../../", &format!("\"{root}/")).replace("\"../../", &format!("\"{root}/"));
        project.write(path.to_str().unwrap(), text);
    }
}

#[test]
fn what_dependencies_export_is_called_through_bindings_that_follow_them() {
    let registry = Registry::start();
    let name = registry.name();
    let shop = composed();
    let with_registry = |mut command: Command| {
        command.env("MIK_REGISTRY", &name);
        command
    };
    shop.run("build -p tax").ok();
    let tax = Program::target_directory().join("mik/debug/tax.wasm");
    let mut publish = shop.command(&format!("publish {name}/shop/tax:1.0.0 --component"));
    Program::run(publish.arg(tax)).ok().says("Published");

    // As an editor does it, before anything was fetched or built: the build script asks for what is missing.
    let mut check = with_registry(shop.cargo());
    check.args(["check", "--locked"]).env("CARGO_MIK", Program::cargo_mik().get_program());
    Program::run(&mut check).ok();
    assert!(shop.read("mik.lock").contains("shop:tax/rates@1.0.0"), "{}", shop.read("mik.lock"));

    let server = Server::start(&mut with_registry(shop.command("serve")));
    let price = server.ask_for("/teapot?country=de").is(200).json();
    assert_eq!(price, serde_json::json!({ "name": "teapot", "cents": 2975, "tax": 475 }));
    assert_eq!(server.ask_for("/").is(200).json(), serde_json::json!(["teapot", "cup", "kettle"]));
    server.ask_for("/spoon?country=de").is(404);
    let unknown = server.ask_for("/cup?country=xx").is(422).json();
    assert_eq!(unknown["detail"], "the tax of xx is not known");

    // What is here is enough, and nothing is made again. The lock that the script itself had made was newer than its run: once it is
    // looked at again.
    drop(registry);
    Program::run(&mut check).ok();
    let again = Program::run(check.arg("-v")).ok();
    assert!(again.stderr.contains("Fresh composed "), "{}", again.stderr);

    // A dependency gets another function, and the handler calls it.
    shop.edit("prices/wit/prices.wit", "    items:", "    count: func() -> u32;\n\n    items:");
    let implemented = "impl Guest for Prices {\n    fn count() -> u32 {\n        3\n    }\n";
    shop.edit("prices/src/lib.rs", "impl Guest for Prices {\n", implemented);
    shop.edit("src/lib.rs", "    GET \"/\" => items,", "    GET \"/count\" => count,\n    GET \"/\" => items,");
    shop.append("src/lib.rs", "\nfn count() -> String {\n    catalog::count().to_string()\n}\n");
    wait_until("the other function", || server.ask_for("/count").text() == "3");

    // It gets WIT of its own, where it had none.
    shop.write("wit/own.wit", "package shop:clock;\n\nworld composed { import wasi:clocks/monotonic-clock@0.2.0; }\n");
    let before = "catalog::count().to_string()";
    shop.edit("src/lib.rs", before, "bindings::wasi::clocks::monotonic_clock::resolution().to_string()");
    wait_until("the clock of the own world", || server.ask_for("/count").text() == "1");
}

/// A project as `cargo component new` has written it, with a world that imports what another one exports.
fn of_cargo_component(name: &str, manifest: &str, wit: &str, source: &str) -> Project {
    let project = Project::empty(name);
    let package = project.name().to_owned();
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\nwit-bindgen-rt = {{ version = \"0.41.0\", features = [\"bitflags\"] }}\n\n{manifest}"
    );
    project.write("Cargo.toml", manifest);
    if !wit.is_empty() {
        project.write("wit/world.wit", wit);
    }
    project.write("src/lib.rs", source);
    project
}

#[test]
fn projects_of_cargo_component_build_as_they_are() {
    let tax = of_cargo_component(
        "tax",
        "[package.metadata.component]\npackage = \"shop:tax\"\n",
        "package shop:tax@1.0.0;\n\ninterface rates {\n    record rate { country: string, percent: u32 }\n    all: func(of: list<string>) -> list<rate>;\n}\n\n\
         world tax { export rates; }\n",
        "#[allow(warnings)]\nmod bindings;\n\nuse bindings::exports::shop::tax::rates::{Guest, Rate};\n\nstruct Component;\n\n\
         impl Guest for Component {\n    fn all(of: Vec<String>) -> Vec<Rate> {\n        of.into_iter().map(|country| Rate { country, percent: 19 }).collect()\n    }\n}\n\n\
         bindings::export!(Component with_types_in bindings);\n",
    );
    let shop = of_cargo_component(
        "counter",
        &format!(
            "[package.metadata.component]\npackage = \"shop:counter\"\n\n[package.metadata.component.target]\npath = \"wit\"\nworld = \"counter\"\n\n\
             [package.metadata.component.target.dependencies]\n\"shop:till\" = {{ path = \"till\" }}\n\n\
             [package.metadata.component.dependencies]\n\"shop:tax\" = {{ path = {:?} }}\n\n[package.metadata.component.bindings]\nderives = [\"PartialEq\"]\n",
            tax.directory()
        ),
        "package shop:counter@1.0.0;\n\nworld other {}\n\nworld counter { export shop:till/till@1.0.0; }\n",
        "#[allow(warnings)]\nmod bindings;\n\nuse bindings::exports::shop::till::till::Guest;\nuse bindings::shop::tax::rates;\n\nstruct Component;\n\n\
         impl Guest for Component {\n    fn total(net: u32) -> u32 {\n        let rates = rates::all(&[\"de\".to_owned()]);\n        \
         assert!(rates == rates.clone());\n        net + net * rates[0].percent / 100\n    }\n}\n\nbindings::export!(Component with_types_in bindings);\n",
    );
    shop.write("till/till.wit", "package shop:till@1.0.0;\n\ninterface till { total: func(net: u32) -> u32; }\n");
    shop.run("build -v").ok().says("Binding").says("Plugging");
    let inspected = Program::run(shop.command("inspect --json").arg(shop.component("debug"))).ok().stdout;
    assert!(inspected.contains("shop:till/till@1.0.0") && !inspected.contains("shop:tax/rates"), "{inspected}");

    shop.run("remove tax").code(106).says("mik::deps::elsewhere");
    // What somebody else has made stays, and what is ours follows the WIT.
    assert!(!shop.run("build -v").ok().stderr.contains("Binding"));
    shop.edit("till/till.wit", "net: u32", "price: u32");
    shop.run("build").ok().says("Binding");
    let own = shop.read("src/bindings.rs").lines().skip(1).map(|line| format!("{line}\n")).collect::<String>();
    shop.write("src/bindings.rs", &own);
    shop.edit("till/till.wit", "price: u32", "net: u32");
    shop.run("build").ok();
    assert_eq!(shop.read("src/bindings.rs"), own);
    // And what can't be made is told.
    fs_err::remove_file(shop.directory().join("src/bindings.rs")).unwrap();
    shop.edit("till/till.wit", "total:", "total");
    shop.run("build").code(96).says("mik::project::bindings").says("till.wit:3");
}

#[test]
fn a_world_of_wasis_is_a_target_without_a_registry() {
    let project = of_cargo_component(
        "proxy",
        "[package.metadata.component]\npackage = \"shop:proxy\"\ntarget = \"wasi:http/proxy@0.2.0\"\n",
        "",
        r#"#[allow(warnings)]
mod bindings;

use bindings::exports::wasi::http::incoming_handler::Guest;
use bindings::wasi::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

struct Component;

impl Guest for Component {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let response = OutgoingResponse::new(Fields::new());
        let body = response.body().unwrap();
        ResponseOutparam::set(out, Ok(response));
        let stream = body.write().unwrap();
        let path = request.path_with_query().unwrap_or_default();
        stream.blocking_write_and_flush(format!("asked for {path}").as_bytes()).unwrap();
        drop(stream);
        OutgoingBody::finish(body, None).unwrap();
    }
}

bindings::export!(Component with_types_in bindings);
"#,
    );
    let server = Server::start(&mut project.command("serve"));
    assert_eq!(server.ask_for("/a?b").is(200).text(), "asked for /a?b");
    drop(server);
    // The same of a world of its own, of a later version, which lies alone in `wit/`.
    project.edit("Cargo.toml", "target = \"wasi:http/proxy@0.2.0\"\n", "");
    project.write("wit/world.wit", "package shop:proxy;\n\nworld proxy { include wasi:http/proxy@0.2.1; }\n");
    project.run("build").ok().says("Binding");
    let inspected = Program::run(project.command("inspect --json").arg(project.component("debug"))).ok().stdout;
    assert!(inspected.contains("wasi:http/incoming-handler@0.2.1"), "{inspected}");
    let server = Server::start(project.command("run").arg(project.component("debug")));
    assert_eq!(server.ask_for("/c").is(200).text(), "asked for /c");
    // And in a registry there may be others.
    project.edit("Cargo.toml", "package = \"shop:proxy\"\n", "target = \"shop:proxy/it@1.0.0\"\n");
    project.run("build").code(96).says("mik::project::bindings").says("wkg wit fetch");
}
