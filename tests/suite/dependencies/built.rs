//! What is done with dependencies once they are there: builds plug them, servers serve them, and the development loop watches them.

use mik_tests::{Program, Project, Server, wait_until};

use crate::compose::components::{COUNTER, TWICE, counter, twice};

/// A handler that answers with what `twice` says and then what the counter does.
fn shop(dependencies: &str) -> Project {
    let shop = Project::saying("shop", "");
    shop.write("counter.wasm", counter());
    shop.write("twice.wasm", twice());
    let manifest = shop.read("Cargo.toml");
    let bindgen =
        "wit-bindgen = { version = \"0.61\", default-features = false, features = [\"macros\", \"realloc\"] }";
    shop.write("Cargo.toml", format!("{manifest}{bindgen}\n\n[package.metadata.mik.dependencies]\n{dependencies}"));
    let wit = format!(
        "package shop:it;\nworld it {{ import {COUNTER}; import {TWICE}; }}\n\
         package acme:count@1.0.3 {{ interface counter {{ next: func() -> u32; }} interface twice {{ next: func() -> u32; }} }}\n"
    );
    shop.write("wit/it.wit", wit);
    let source = "//! Counts.\n\nuse mik_sdk::prelude::*;\n\nwit_bindgen::generate!({ path: \"wit\", world: \"it\", generate_all });\n\n\
        use acme::count::{counter, twice};\n\nroutes! {\n    GET \"/\" => count,\n}\n\n\
        fn count() -> String {\n    format!(\"{} {}\", twice::next(), counter::next())\n}\n";
    shop.write("src/lib.rs", source);
    shop
}

const FILES: &str = "counter = { path = \"counter.wasm\" }\ntwice = { path = \"twice.wasm\" }\n";

#[test]
fn dependencies_are_plugged_and_served_and_what_they_are_made_of_is_watched() {
    let other = Project::saying("other", "one");
    let shop = shop(&format!("{FILES}other = {{ path = {:?} }}\n", other.directory()));
    shop.run("build -v").ok().says("Plugging").says("Placing");
    // A second build has nothing to do, and a plan says so without building anything.
    let again = shop.run("build -v").ok().says("Fresh").stderr;
    assert!(!again.contains("Plugging") && !again.contains("Placing"), "{again}");
    shop.run("build --frozen").ok();
    let plan = shop.run("plan").ok().stdout;
    assert!(plan.contains("counter") && plan.contains("twice") && plan.contains("other"), "{plan}");

    // What a build writes itself, as here the lock, leads to no other.
    fs_err::remove_file(shop.directory().join("mik.lock")).unwrap();
    let server = Server::start(&mut shop.command("serve"));
    // One counter, which both ask.
    assert_eq!(server.ask_for("/").is(200).text(), "2 3");
    assert!(!server.log().contains("Rebuilding"), "{}", server.log());
    assert_eq!(server.ask_for("/run/other/").is(200).text(), "one");
    other.say("two");
    server.wait_for("Rebuilding");
    server.wait_for("Live ");
    wait_until("the other version", || server.ask_for("/run/other/").text() == "two");
    assert_eq!(server.ask_for("/").is(200).text(), "2 3");
    // One that does not compile leaves what there is.
    other.edit("src/lib.rs", "\"two\"", "not_there()");
    server.wait_for("Rebuilding");
    server.wait_for("the last good version goes on serving");
    assert_eq!(server.ask_for("/run/other/").is(200).text(), "two");
    other.say("three");
    server.wait_for("Live ");
    wait_until("the mended one", || server.ask_for("/run/other/").text() == "three");
    drop(server);

    // What is built is served as well, with no cargo.
    let mut run = Program::mik();
    let server = Server::start(run.arg("run").arg(shop.component("debug")));
    assert_eq!(server.ask_for("/").is(200).text(), "2 3");
    assert_eq!(server.ask_for("/run/other/").is(200).text(), "three");
    drop(server);

    // What nobody offers is named, with who has something near; the component is as it was.
    let before = fs_err::read(shop.component("debug")).unwrap();
    shop.edit("Cargo.toml", "counter = { path = \"counter.wasm\" }\n", "");
    shop.run("build").code(105).says("mik::compose::not_offered").says(COUNTER);
    // Of two that export the same, each is shown where it is declared.
    let two = "one = { path = \"counter.wasm\" }\nother-one = { path = \"counter.wasm\" }\ntwice =";
    shop.edit("Cargo.toml", "twice =", two);
    let told = shop.run("build").code(105).says("mik::compose::ambiguous").says("--> Cargo.toml:").stderr;
    assert!(told.contains("`one` is declared here") && told.contains("`other-one` is declared here"), "{told}");
    assert!(fs_err::read(shop.component("debug")).unwrap() == before);
}

#[test]
fn projects_that_need_each_other_are_told_so() {
    let (one, other) = (Project::saying("egg", "egg"), Project::saying("hen", "hen"));
    for (project, needs) in [(&one, &other), (&other, &one)] {
        let path = needs.directory();
        project
            .append("Cargo.toml", &format!("\n[package.metadata.mik.dependencies]\nneeded = {{ path = {path:?} }}\n"));
    }
    one.run("build").code(106).says("mik::deps::cycle").says("→").says("Cargo.toml");
}
