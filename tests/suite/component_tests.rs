//! `cargo mik test`, and the crate mik-test, with which tests ask the component in their own process.

use std::time::{Duration, SystemTime};

use mik_test::{Component, Error, Reply};
use mik_tests::guest::{FETCH, HANDLER};
use mik_tests::{Program, Project};

/// Tests of a project's own that need nothing but std.
const TESTS: &str = r#"//! Asks what was built.

use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn the_component_is_there_and_served() {
    let component = std::env::var("MIK_COMPONENT").unwrap();
    assert!(std::path::Path::new(&component).is_absolute());
    assert!(std::fs::read(&component).unwrap().starts_with(b"\0asm"));
    let url = std::env::var("MIK_URL").unwrap();
    let address = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("EXPECTED"), "{answer}");
}

#[test]
fn another() {}
"#;

#[test]
fn a_projects_tests_find_the_component_built_and_served() {
    let project = Project::with_source(
        "tested",
        "//! Says one thing.\n\nuse mik_sdk::prelude::*;\n\nroutes! {\n    GET \"/\" => home,\n}\n\n\
         fn home() -> &'static str {\n    log!(info, \"somebody is here\");\n    \"built for tests\"\n}\n",
    );
    project.write("tests/served.rs", TESTS.replace("EXPECTED", "built for tests"));
    let output = project.run("test --test served").ok();
    assert!(output.stdout.contains("2 passed"), "{}", output.stdout);
    // What went well is not told of.
    assert!(!output.stderr.contains("somebody is here"), "{}", output.stderr);
    let verbose = project.run("test --test served -v the_component").ok().says("somebody is here");
    assert!(verbose.stdout.contains("1 passed"), "{}", verbose.stdout);
    let listed = project.run("test --test served another -- --list").ok();
    assert!(listed.stdout.contains("another: test") && !listed.stdout.contains("the_component"), "{}", listed.stdout);

    // A failure is passed on, with what the component has said.
    project.write("tests/served.rs", TESTS.replace("EXPECTED", "something else"));
    let failed = project.run("test --test served").code(101).says("Logged by the component").says("somebody is here");
    assert!(failed.stdout.contains("1 failed"), "{}", failed.stdout);
    // And a build that fails comes before.
    project.append("src/lib.rs", "nonsense");
    let broken = project.run("test --test served").code(101);
    assert!(!broken.stdout.contains("running"), "{}", broken.stdout);
}

#[test]
fn a_test_asks_the_component_in_its_own_process() {
    let component = Component::from_file(HANDLER.component()).unwrap();
    let response =
        component.request("POST", "/echo").header("content-type", "text/plain").body("hello").send().unwrap();
    assert_eq!((response.status(), response.text().unwrap()), (200, "hello"));
    let item = component.request("POST", "/items").json("{\"name\": \"tea\", \"count\": 2}").send().unwrap();
    assert_eq!(item.json().unwrap()["count"], 2);
    assert!(item.header("content-type").unwrap().starts_with("application/json"));
    assert!(matches!(response.json().unwrap_err(), Error::Body { .. }));
    let log = component.request("POST", "/log").body("from a test").send().unwrap();
    assert!(log.logs().iter().any(|line| line.contains("from a test")), "{:?}", log.logs());
    // A large body goes both ways, and many at once.
    std::thread::scope(|scope| {
        for size in [0, 1, 100_000, 3_000_000] {
            let component = &component;
            scope.spawn(move || {
                let response = component.request("GET", &format!("/give/{size}")).send().unwrap();
                assert_eq!(response.body().len(), size);
            });
        }
    });
    let seen = component.clone().env("SHOP", "tea").request("GET", "/environment").send().unwrap();
    assert_eq!(seen.json().unwrap(), serde_json::json!([["SHOP", "tea"]]));
}

#[test]
fn clock_and_chance_are_what_the_test_says() {
    let component = Component::from_file(HANDLER.component()).unwrap();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let still = component.clone().clock(at).random_seed(7);
    let text =
        |component: &Component, path: &str| component.request("GET", path).send().unwrap().text().unwrap().to_owned();
    assert_eq!(text(&still, "/time"), text(&still, "/time"));
    assert!(text(&still, "/time").contains("2001-09-09T01:46:40"), "{}", text(&still, "/time"));
    assert_eq!(text(&still, "/random"), text(&still, "/random"));
    assert_ne!(text(&still, "/random"), text(&component.clone().random_seed(8), "/random"));
    assert_ne!(text(&component, "/random"), text(&component, "/random"));
}

#[test]
fn other_servers_are_what_the_test_says_and_nobody_else_is_asked() {
    let tea = "https://tea.example.com/price";
    let coffee = "https://coffee.example.com/price";
    let shops = Component::from_file(FETCH.component()).unwrap().env("SHOPS", format!("{tea} {coffee}"));
    let shop = shops.clone().on("GET", &format!("{tea}?item=tea"), Reply::json("31"));
    let response = shop.request("GET", "/price/0/tea").send().unwrap();
    assert_eq!((response.status(), response.json().unwrap()), (200, serde_json::json!(31)));
    assert_eq!(response.calls()[0].url(), format!("{tea}?item=tea"));

    let cheapest = shop.clone().outbound(|call| match call.url().contains("coffee") {
        true => Reply::json("7"),
        false => Reply::new(500),
    });
    let response = cheapest.request("GET", "/cheapest/tea").send().unwrap();
    assert_eq!(response.json().unwrap()["price"], 7);
    assert_eq!(response.calls().len(), 2);

    // The handler copes with it; the test fails all the same, and says what was asked.
    let error = shop.request("GET", "/cheapest/tea").send().unwrap_err();
    assert!(matches!(&error, Error::Unexpected { url, .. } if url == &format!("{coffee}?item=tea")), "{error}");
    let refused = shops.clone().outbound(|_| Reply::refused()).request("GET", "/price/0/tea").send().unwrap();
    assert_eq!(refused.status(), 502);
    let late = shops.outbound(|_| Reply::timeout()).request("GET", "/price/0/tea").send().unwrap();
    assert_eq!(late.status(), 504);

    let order = shop.on("POST", tea, Reply::text("thank you"));
    let response = order.request("POST", "/orders").json("{\"item\": \"tea\", \"count\": 2}").send().unwrap();
    assert_eq!(response.status(), 201);
    assert!(
        response.calls()[0].text().contains("\"count\":2") && response.calls()[0].header("idempotency-key").is_some()
    );
}

#[test]
fn what_goes_wrong_is_told_with_what_was_printed() {
    let component = Component::from_file(HANDLER.component()).unwrap();
    let error = component.request("GET", "/panic").send().unwrap_err().to_string();
    assert!(error.contains("asked to panic") && error.contains("panic_on_purpose"), "{error}");
    let slow = component.clone().timeout(Duration::from_millis(200)).request("GET", "/loop").send().unwrap_err();
    assert!(matches!(slow, Error::TooSlow { .. }), "{slow}");
    let large = component.clone().memory_limit(16 << 20).request("GET", "/memory").send().unwrap_err();
    assert!(matches!(large, Error::Trap { .. }), "{large}");
    let wrong = component.request("GET", "no path").send().unwrap_err();
    assert!(matches!(wrong, Error::Invalid { .. }), "{wrong}");

    let none = Component::named("no-such-name").unwrap_err().to_string();
    assert!(none.contains("MIK_COMPONENT_NO_SUCH_NAME") && none.contains("`cargo mik test`"), "{none}");
    assert!(matches!(Component::from_file("/no/such.wasm").unwrap_err(), Error::Read { .. }));
    let file = Program::workspace().join("README.md");
    assert!(matches!(Component::from_file(file).unwrap_err(), Error::Unusable { .. }));
}
