//! Directories of modules: what is served of them, by which name, and what is said of the rest.

use mik_tests::guest::PROBE;
use mik_tests::modules::{Modules, handler_version, run, said, says, state, version, wait_until_says};
use mik_tests::{Server, wait_until};

#[test]
pub(crate) fn each_component_of_a_directory_answers_by_its_name_and_sees_the_rest_byte_for_byte() {
    let probe = fs_err::read(PROBE.component()).unwrap();
    let modules = Modules::with([("hello-1.0.wasm", probe), ("other.wasm", version(1))]);
    let server = modules.serve();
    server.says("Modules 2 of ");
    for rest in ["/seen", "/seen/%2F..//a?b=%20&c=/run/other&d=%zz", "/seen?", "/seen//", "/seen/./../?"] {
        let seen = says(&server, &format!("/run/hello-1.0{rest}"));
        assert_eq!(seen.lines().nth(1), Some(&*format!("path {rest}")), "{seen}");
    }
    assert_eq!(says(&server, "/run/other"), said(1));
    let reply = server.ask_for("/run/neither/").is_failure(404, "module-not-found");
    assert!(reply.text().contains("there is hello-1.0, other"), "{}", reply.text());
    // Nothing is at the root, and the server says what is elsewhere.
    server.ask_for("/").is_failure(404, "not-found");
    server.ask_for("/health").is(200);
}

#[test]
fn a_handler_is_composed_as_it_is_loaded() {
    let modules = Modules::with([("one.wasm", handler_version(1))]);
    let server = modules.serve();
    assert_eq!(says(&server, "/run/one/"), said(1));
    modules.put("one.wasm", handler_version(2));
    wait_until_says(&server, "/run/one/", &said(2));
    drop(server);
    // A single file just as well.
    let server = Server::start(&mut run(&modules.path("one.wasm")));
    assert_eq!(says(&server, "/"), said(2));
    assert_eq!(says(&server, "/run/one/"), said(2));
}

#[test]
fn what_is_no_module_by_its_name_is_left_alone() {
    let names = ["good.wasm", "a b.wasm", "\u{e4}.wasm", "%41.wasm", ".hidden.wasm", "x.wasm~", "x.wasm.part", "x.wat"];
    let modules = Modules::with(names.map(|name| (name, version(1))));
    fs_err::create_dir(modules.path("directory.wasm")).unwrap();
    fs_err::create_dir(modules.path("below")).unwrap();
    modules.put("below/deep.wasm", version(1));
    let server = modules.serve();
    server.says("Modules 1 of ");
    assert_eq!(says(&server, "/run/good/"), said(1));
    for name in ["a b", "\u{e4}", "%41"] {
        server.says(&format!("is not served: `{name}` can't be the name of a module"));
    }
    let handlers = server.ask_for("/_mik/handlers").is(200).json();
    assert_eq!(handlers["handlers"].as_array().unwrap().len(), 1, "{handlers}");
    assert_eq!(server.log().matches("warning").count(), 3, "{}", server.log());
}

/// A component whose import no host offers.
pub(super) fn needy() -> Vec<u8> {
    let needy = r#"(component
        (import "acme:db/store@1.0.0" (instance $store (export "get" (func))))
        (core module $code (func (export "handle")))
        (core instance $code (instantiate $code))
        (func $handle (canon lift (core func $code "handle")))
        (instance $handler (export "handle" (func $handle)))
        (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))"#;
    wat::parse_str(needy).unwrap()
}

#[test]
fn a_file_that_can_not_be_served_is_told_and_answers_500_until_it_can() {
    let cut = &version(1)[..version(1).len() / 2];
    let stranger = wat::parse_str(r#"(component (instance $i) (export "wasi:cli/run@0.2.0" (instance $i)))"#).unwrap();
    let modules = Modules::with([
        ("text.wasm", b"hello".as_slice()),
        ("empty.wasm", b""),
        ("core.wasm", b"\0asm\x01\0\0\0"),
        ("cut.wasm", cut),
        ("stranger.wasm", &stranger),
        ("needy.wasm", &needy()),
        ("good.wasm", &version(1)),
    ]);
    let server = modules.serve();
    // What can be told without compilation is told as the server starts.
    let known = ["text", "empty", "core", "cut", "stranger"];
    for name in known {
        assert_eq!(state(&server, name).as_deref(), Some("failed"), "{name}");
        server.says(&format!("module `{name}` can't be served: `"));
    }
    assert_eq!(state(&server, "needy").as_deref(), Some("not-loaded"));
    for _ in 0..2 {
        for name in known.into_iter().chain(["needy"]) {
            let reply = server.ask_for(&format!("/run/{name}/")).is_failure(500, "start");
            assert_eq!(reply.json()["detail"], "the server's log says why");
        }
    }
    assert!(server.says("module `needy` can't be served").contains("imports `acme:db/store@1.0.0`"));
    for code in ["not_wasm", "core_module", "invalid_component", "no_handler", "import"] {
        server.says(&format!("warning[mik::serve::{code}]"));
    }
    assert_eq!(says(&server, "/run/good/"), said(1));

    for name in known.into_iter().chain(["needy"]) {
        modules.put(&format!("{name}.wasm"), version(2));
        wait_until(name, || server.ask_for(&format!("/run/{name}/")).status == 200);
        assert_eq!(says(&server, &format!("/run/{name}/")), said(2));
    }
    // However often it was asked for: once for each file.
    assert_eq!(server.log().matches("can't be served").count(), 6, "{}", server.log());
}

#[test]
fn files_come_and_go_while_they_are_served() {
    let modules = Modules::with([("first.wasm", version(1))]);
    let server = modules.serve();
    server.ask_for("/run/second/").is_failure(404, "module-not-found");
    modules.put("second.wasm", version(2));
    server.says("Live second");
    assert_eq!(says(&server, "/run/second/"), said(2));

    modules.remove("first.wasm");
    server.says("Removed first");
    server.ask_for("/run/first/").is_failure(404, "module-not-found");
    assert_eq!(state(&server, "first"), None);
    modules.put("first.wasm", version(3));
    server.says("Live first");
    assert_eq!(says(&server, "/run/first/"), said(3));
}

#[test]
fn a_directory_that_is_made_later_is_noticed_and_one_that_goes_away_takes_its_modules_along() {
    let modules = Modules::with([("mik.toml", "[project]\nname = \"later\"\n[server]\nmodules = \"in/it\"\n")]);
    fs_err::write(modules.path("mik.toml"), "[server]\nmodules = \"in/it\"\n").unwrap();
    fs_err::create_dir(modules.path("in")).unwrap();
    fs_err::create_dir(modules.path("in/it")).unwrap();
    let server = modules.serve();
    server.ask_for("/run/one/").is_failure(404, "module-not-found");
    modules.put("in/it/one.wasm", version(1));
    server.says("Live one");
    fs_err::remove_dir_all(modules.path("in")).unwrap();
    server.says("Removed one");
    fs_err::create_dir(modules.path("in")).unwrap();
    fs_err::create_dir(modules.path("in/it")).unwrap();
    modules.put("in/it/one.wasm", version(2));
    server.wait_for("Removed one");
    server.wait_for("Live one");
    assert_eq!(says(&server, "/run/one/"), said(2));
}
