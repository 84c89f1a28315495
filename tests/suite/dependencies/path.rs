//! Dependencies on this machine: a component, or a project that builds one.

use super::{Shop, component, package};

#[test]
fn a_component_is_taken_as_it_is_and_may_change() {
    let shop = Shop::new("[dependencies]\ndb = { path = \"parts/db.wasm\" }\n");
    shop.write("parts/db.wasm", component(1, 1));
    let fetched = shop.json("fetch");
    assert_eq!(fetched[0]["name"], "db");
    assert_eq!(fetched[0]["source"], "path+parts/db.wasm");
    assert_eq!(fetched[0]["path"], shop.path("parts/db.wasm").to_str().unwrap());
    let lock = shop.read("mik.lock");
    assert!(lock.contains("name = \"db\"\nsource = \"path+parts/db.wasm\"\n") && !lock.contains("digest"), "{lock}");
    // Another version of it needs no other lock.
    shop.write("parts/db.wasm", component(2, 1));
    shop.run("fetch --frozen").ok();
    assert_eq!(shop.stored(), [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn a_directory_is_a_project_to_be_built() {
    let shop = Shop::new("[dependencies]\nutils = { path = \"utils\" }\n");
    shop.write("utils/Cargo.toml", package("utils"));
    let fetched = shop.json("fetch");
    assert_eq!(fetched[0]["manifest_path"], shop.path("utils/Cargo.toml").to_str().unwrap());
}

#[test]
fn projects_that_depend_on_themselves_are_told_with_their_way() {
    let shop = Shop::new("");
    fs_err::remove_file(shop.path("mik.toml")).unwrap();
    let on = |path: &str| format!("[dependencies]\nnext = {{ path = \"{path}\" }}\n");
    for (directory, next) in [("a", "../b"), ("b", "../c"), ("c", "../a")] {
        shop.write(&format!("{directory}/Cargo.toml"), package(directory));
        shop.write(&format!("{directory}/src/lib.rs"), "");
        shop.write(&format!("{directory}/mik.toml"), on(next));
    }
    let output = shop.run("fetch --manifest-path a/Cargo.toml").code(106).says("mik::deps::cycle");
    output.says("it depends on itself: a → next → next → a").says("--> a/mik.toml:2:8");
    shop.write("c/mik.toml", "");
    shop.run("fetch --manifest-path a/Cargo.toml").ok();
}

#[test]
fn what_is_no_component_is_refused_and_nothing_is_locked() {
    let shop = Shop::new("# Ours.\n[dependencies]\ndb = { path = \"db.wasm\" }\n");
    let at = "--> mik.toml:3:6";
    shop.run("fetch").code(106).says("mik::deps::not_found").says("db.wasm` does not exist").says(at);
    shop.write("db.wasm", wat::parse_str("(module)").unwrap());
    shop.run("fetch").code(106).says("mik::deps::core_module").says("is a core module, not a component").says(at);
    shop.write("db.wasm", "hello");
    shop.run("fetch").code(106).says("mik::deps::not_wasm").says("begins with `hello`").says(at);
    let whole = component(1, 10);
    shop.write("db.wasm", &whole[..whole.len() - 3]);
    shop.run("fetch").code(106).says("mik::deps::invalid").says(at);
    fs_err::remove_file(shop.path("db.wasm")).unwrap();
    fs_err::create_dir(shop.path("db.wasm")).unwrap();
    shop.run("fetch").code(106).says("a directory without a `Cargo.toml`").says(at);
    assert!(!shop.has("mik.lock"));
}
