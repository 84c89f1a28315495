//! Declarations and locks that can't be right: told with their place, and nothing is done.

use super::{Shop, component};

#[test]
fn declarations_that_can_not_be_right_are_told_with_their_place() {
    for (line, says) in [
        ("db = 5", "`dependencies.db` is a whole number, and has to be a version, or a table"),
        ("db = {}", "it does not say where it comes from"),
        ("db = { path = \"a\", git = \"b\" }", "`git` and `path` are two sources: keep one"),
        ("db = \"1.0\"", "`db` is no component in a registry"),
        ("\"a b\" = { path = \"a\" }", "can't be the name of a dependency"),
        ("\"../db\" = { path = \"a\" }", "can't be the name of a dependency"),
    ] {
        let shop = Shop::new(&format!("[dependencies]\n{line}\n"));
        shop.run("fetch").code(96).says("mik::project::invalid_value").says("--> mik.toml:2:").says(says);
    }
    let shop = Shop::new("[dependencies]\n\"a/db\" = \"1\"\ndb = { path = \"db.wasm\" }\n");
    shop.run("fetch").code(96).says("`db` and `a/db` are both called `db`");
    // What nothing reads is a warning, as everywhere.
    let shop = Shop::new("[dependencies]\ndb = { path = \"db.wasm\", brunch = \"x\" }\n");
    shop.write("db.wasm", component(1, 1));
    shop.run("fetch").ok().says("unknown key `dependencies.db.brunch`").says("write `branch`");
}

#[test]
fn a_lock_that_is_not_what_was_written_is_left_alone() {
    let shop = Shop::new("[dependencies]\ndb = { path = \"db.wasm\" }\n");
    shop.write("db.wasm", component(1, 1));
    for (text, says) in [
        ("version = 1\n<<<<<<< HEAD\n", "a merge has left both sides in it"),
        ("version = 7\n", "another version of `cargo mik` has written it"),
        ("version = 1\n[[component]]\nname = \"db\"\n", "missing field `source`"),
        ("version = 1\nmore = 1\n", "unknown field `more`"),
        ("hello", "restore it from version control"),
    ] {
        shop.write("mik.lock", text);
        for command in ["fetch", "tree", "update", "add x --path db.wasm", "remove db"] {
            shop.run(command).code(106).says("mik::deps::lock").says("--> mik.lock:").says(says);
        }
        assert_eq!(shop.read("mik.lock"), text);
    }
    shop.write("mik.lock", [0xff]);
    shop.run("fetch").code(106).says("is it UTF-8?");
}

#[test]
fn locked_means_that_the_lock_stays() {
    let shop = Shop::new("[dependencies]\ndb = { path = \"db.wasm\" }\n");
    shop.write("db.wasm", component(1, 1));
    for flag in ["--locked", "--frozen"] {
        shop.run(&format!("fetch {flag}")).code(106).says("mik::deps::locked").says("--> mik.toml:2:6");
    }
    assert!(!shop.has("mik.lock"));
    shop.run("fetch").ok();
    shop.run("fetch --frozen").ok();
    shop.write("mik.toml", "");
    shop.run("fetch --locked").code(106).says("`db` is no longer what a package depends on");
    shop.run("fetch").ok().says("Removing db ");
    shop.run("fetch --locked").ok();
}
