//! The commands: where they write, what stays as it was, and what they say.

use serde_json::json;

use super::{Shop, component, package};

#[test]
pub(crate) fn what_is_added_is_written_where_the_configuration_is_and_comments_stay() {
    // In Cargo.toml, where nothing is configured yet.
    let shop = Shop::with_cargo("\n# The end.\n");
    shop.write("db.wasm", component(1, 1));
    let before = shop.read("Cargo.toml");
    shop.run("add db --path db.wasm").ok().says("Adding db to Cargo.toml").says("Locking db ");
    let added = shop.read("Cargo.toml");
    let table = "\n[package.metadata.mik.dependencies]\ndb = { path = \"db.wasm\" }\n";
    assert!(added.contains(table) && added.replace(table, "") == before, "{added}");
    let shown = shop.run("config dependencies").ok().stdout;
    assert!(shown.starts_with("dependencies.db") && shown.contains("Cargo.toml:"), "{shown}");
    shop.run("remove db").ok().says("Removed db from Cargo.toml").says("Removing db ");
    assert_eq!(shop.read("Cargo.toml").trim(), before.trim());

    // In mik.toml, where that is what there is; beside what is there.
    let text = "# Ours.\n[dependencies] # all of them\nz = { path = \"db.wasm\" } # last\n\n[server]\nport = 1\n";
    shop.write("mik.toml", text);
    shop.run("add a --path ./db.wasm --instance shop:db/query").ok().says("Adding a to mik.toml");
    let added = shop.read("mik.toml");
    let line = "a = { path = \"db.wasm\", instance = \"shop:db/query\" }\n";
    assert_eq!(added, text.replace("# last\n", &format!("# last\n{line}")), "{added}");
    // The same again changes nothing.
    shop.run("add a --path db.wasm").ok();
    assert_eq!(shop.read("mik.toml"), added);
    shop.run("remove a").ok();
    assert_eq!(shop.read("mik.toml"), text);
}

#[test]
fn nothing_is_written_unless_it_is_found() {
    let shop = Shop::new("[dependencies]\ndb = { path = \"db.wasm\" }\n");
    let before = shop.read("mik.toml");
    for (arguments, code, says) in [
        ("add x --path nothing.wasm", 106, "does not exist"),
        ("add db --path other.wasm", 106, "mik::deps::taken"),
        ("add x --url ftp://example.com/x.wasm", 106, "is not fetched from"),
        ("add x --url http://example.com/x.wasm", 106, "is not encrypted"),
        ("add x", 2, "mik::cli::dependency_name"),
        ("add a/b/.. --path db.wasm", 2, "can't be the name of a dependency"),
        ("add x --path db.wasm --locked", 106, "mik::deps::locked"),
        ("remove x", 106, "there is `db`"),
        ("add x --url https://example.com/x.wasm --offline", 106, "there is no network"),
    ] {
        shop.write("db.wasm", component(1, 1));
        shop.run(arguments).code(code).says(says);
        assert_eq!((shop.read("mik.toml"), shop.has("mik.lock")), (before.clone(), false), "{arguments}");
    }
}

#[test]
fn a_tree_tells_what_is_depended_on_and_what_that_exports() {
    let shop =
        Shop::new("[project]\nname = \"shop\"\n[dependencies]\na = { path = \"a\" }\ndb = { path = \"db.wasm\" }\n");
    let server = mik_tests::FileServer::start();
    server.put("c.wasm", component(3, 1));
    shop.write("db.wasm", component(1, 1));
    shop.write("a/Cargo.toml", package("a"));
    let shown = shop.run("tree").ok().stdout;
    assert_eq!(shown, "shop\n├── a (path+a, not locked)\n└── db (path+db.wasm, not locked)\n");
    shop.run(&format!("add c --url {}", server.url("c.wasm"))).ok();
    shop.run("fetch").ok();
    let shown = shop.run("tree").ok().stdout;
    assert!(
        shown.contains("├── a (path+a)\n├── c ") && shown.contains("│     exports shop:db/query@1.0.3\n"),
        "{shown}"
    );
    let told = shop.json("tree");
    assert_eq!((&told[1]["name"], &told[1]["locked"]["exports"]), (&json!("c"), &json!(["shop:db/query@1.0.3"])));
}

#[test]
fn members_of_a_workspace_share_the_lock_and_keep_what_is_each_others() {
    let shop = Shop::new("");
    fs_err::remove_file(shop.path("mik.toml")).unwrap();
    shop.write("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"3\"\n");
    for member in ["one", "two"] {
        shop.write(&format!("{member}/Cargo.toml"), package(member));
        shop.write(&format!("{member}/src/lib.rs"), "");
    }
    shop.write("db.wasm", component(1, 1));
    shop.run("add db --path db.wasm").code(2).says("mik::cli::which_package").says("-p one");
    shop.run("add db --path db.wasm -p one").ok().says("Adding db to one/Cargo.toml");
    shop.run("add other --path db.wasm -p two").ok();
    assert!(shop.read("one/Cargo.toml").contains("db = { path = \"../db.wasm\" }"));
    let lock = shop.read("mik.lock");
    assert!(lock.contains("name = \"db\"") && lock.contains("name = \"other\""), "{lock}");
    assert!(!shop.has("one/mik.lock"));
    shop.run("fetch -p one --locked").ok();
    shop.run("fetch -p two").ok();
    assert_eq!(shop.read("mik.lock"), lock);
    shop.run("remove other -p two").ok();
    let lock = shop.read("mik.lock");
    assert!(lock.contains("name = \"db\"") && !lock.contains("name = \"other\""), "{lock}");
}

#[test]
fn vendored_components_need_neither_network_nor_cache() {
    let server = mik_tests::FileServer::start();
    server.put("db.wasm", component(1, 1));
    let shop = Shop::new("");
    shop.run(&format!("add db --url {}", server.url("db.wasm"))).ok();
    shop.write("mik-vendor/notes.txt", "ours");
    let told = shop.json("vendor");
    assert_eq!((&told[0]["reason"], &told[0]["entries"]), (&json!("mik-vendored"), &json!(1)));
    shop.forget();
    let fetched = shop.json("fetch --frozen");
    assert!(fetched[0]["path"].as_str().unwrap().contains("mik-vendor"), "{fetched:?}");
    // What is damaged there is not taken.
    let file = fetched[0]["path"].as_str().unwrap().to_owned();
    fs_err::write(&file, component(2, 1)).unwrap();
    shop.run("fetch --offline").code(106).says("mik::deps::offline");
    shop.run("vendor").ok();
    assert_eq!(fs_err::read(&file).unwrap(), component(1, 1));
    shop.run("remove db").ok();
    shop.run("vendor").ok();
    assert!(!std::path::Path::new(&file).exists() && shop.has("mik-vendor/notes.txt"));
}

#[test]
fn the_cache_tells_of_components_and_gives_them_up() {
    let server = mik_tests::FileServer::start();
    server.put("db.wasm", component(1, 1000));
    let shop = Shop::new("");
    shop.run(&format!("add db --url {}", server.url("db.wasm"))).ok();
    let info = shop.json("cache info");
    assert_eq!(info[0]["dependencies"]["components"]["entries"], 1);
    let text = shop.run("cache info").ok().stdout;
    assert!(text.contains("dependencies        1 component, "), "{text}");
    shop.run("cache clean").ok();
    shop.run("cache clear").ok();
    assert_eq!(shop.stored().len(), 1);
    let removed = shop.json("cache clear --all");
    assert_eq!(removed[0]["dependencies"]["entries"], 1);
    assert_eq!(shop.stored().len(), 0);
    shop.run("fetch --locked").ok();
}
