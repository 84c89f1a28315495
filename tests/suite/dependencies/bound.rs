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
}
