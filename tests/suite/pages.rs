//! What a browser shows while somebody develops: a build that has failed, and a handler that has. In a real browser.

use std::process::Command;

use mik_tests::{Body, Browser, Project, Reply, Server, Tab};
use serde_json::json;

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
/// As a tab that goes to a page.
const NAVIGATES: [(&str, &str); 3] = [HTML, ("sec-fetch-dest", "document"), ("sec-fetch-mode", "navigate")];

/// A handler that answers with a page.
const PAGE: &str = r#"//! Answers with a page.

use mik_sdk::prelude::*;

routes! {
    GET "/" => home,
}

fn home() -> Html<&'static str> {
    Html("<!doctype html><h1>version 1</h1>")
}
"#;

/// A handler that fails after it has printed something.
const TRAPS: &str = r#"//! Fails.

use mik_sdk::prelude::*;

routes! {
    GET "/" => home,
    GET "/orders/{id}" => order,
    POST "/orders" => take,
}

fn home() -> &'static str {
    "home"
}

fn order(Path(id): Path<String>) -> String {
    println!("looking for order {id}");
    find(&id)
}

#[inline(never)]
fn find(id: &str) -> String {
    let orders: [&str; 0] = [];
    // Nobody has ordered anything.
    assert!(!orders.is_empty(), "<script>document.title = 'owned'</script> no order {id}");
    id.to_owned()
}

fn take() -> &'static str {
    println!("taking");
    find("new");
    "taken"
}
"#;

fn serve(project: &Project) -> Command {
    project.command("serve")
}

fn ask(server: &Server, target: &str, headers: &[(&str, &str)]) -> Reply {
    let headers: Vec<_> = headers.iter().copied().chain([("host", "localhost")]).collect();
    server.ask("GET", target, &headers, Body::None)
}

/// Expects a page, and what every page keeps to.
#[track_caller]
fn is_page(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("vary"), Some("accept"));
    assert!(reply.header("x-request-id").is_some());
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';") && policy.contains("script-src 'sha256-"), "{policy}");
}

#[test]
fn a_browser_sees_why_the_first_build_fails_and_the_answer_once_it_is_mended() {
    let project = Project::saying("first-page", "mended");
    project.edit("src/lib.rs", "    \"mended\"", "    7 // <b>");
    let server = Server::start_unready(&mut serve(&project)).at("answers 503");
    let line = project.read("src/lib.rs").lines().position(|line| line.contains("7 // <b>")).unwrap() + 1;

    is_page(&ask(&server, "/", &[HTML]), 503);
    ask(&server, "/", &[("accept", "*/*")]).is_failure(503, "not-built");
    ask(&server, "/", &[("accept", "text/html;q=0.1, application/json")]).is_failure(503, "not-built");

    let tab = Browser::new(1200, 900).go_to(&server.url("/"));
    tab.waits_for("document.getElementById('diagnostics')?.textContent.includes('mismatched types') === true");
    assert_eq!(tab.look("document.querySelector('h1').textContent"), "error[E0308]: mismatched types");
    assert_eq!(tab.look("document.querySelector('.place').textContent"), format!("src/lib.rs:{line}:5"));
    assert_eq!(tab.look("document.querySelector('#diagnostics b').textContent.length > 0"), true, "colours are kept");
    assert_eq!(tab.look("document.getElementById('diagnostics').textContent.includes('7 // <b>')"), true);

    // Another error is another page, and a good build is the answer.
    project.edit("src/lib.rs", "    7 // <b>", "    nothing()");
    tab.waits_for("document.querySelector('h1')?.textContent.includes('nothing') === true");
    project.edit("src/lib.rs", "    nothing()", "    \"mended\"");
    tab.waits_for("document.body?.textContent === 'mended'");
}

#[test]
fn a_build_that_fails_is_shown_over_the_page_that_is_open_and_goes_away_with_the_next_good_one() {
    let project = Project::with_source("overlay", PAGE);
    let server = Server::start(&mut serve(&project));
    let tab = Browser::new(1200, 900).go_to(&server.url("/"));
    tab.waits_for("document.querySelector('h1')?.textContent === 'version 1' && document.scripts.length === 1");

    project.edit("src/lib.rs", "version 1</h1>\")", "version 2</h1>\"");
    let within = "document.querySelector('iframe')?.contentDocument";
    tab.waits_for(&format!("{within}?.getElementById('diagnostics')?.textContent.includes('src/lib.rs:') === true"));
    assert_eq!(tab.look("document.querySelector('h1').textContent"), "version 1", "the page is as it was");
    // To programs, and to what a page asks for itself, the answer is what the last good version makes of it.
    let answer = ask(&server, "/", &[HTML]).is(200);
    assert_eq!(answer.text(), "<!doctype html><h1>version 1</h1>");

    // Who has seen it can put it aside, until another build fails.
    tab.look(&format!("{within}.getElementById('hide').click()"));
    tab.waits_for("document.querySelector('iframe') === null");
    project.edit("src/lib.rs", "version 2</h1>\"", "version 2</h1>\" +");
    tab.waits_for(&format!("{within}?.getElementById('diagnostics') != null"));

    project.edit("src/lib.rs", "version 2</h1>\" +", "version 3</h1>\")");
    tab.waits_for("document.querySelector('h1')?.textContent === 'version 3' && !document.querySelector('iframe')");
}

#[test]
fn only_pages_that_a_browser_goes_to_get_a_script_and_none_without_the_overlay() {
    let project = Project::with_source("no-overlay", PAGE);
    let server = Server::start(&mut serve(&project));
    let page = "<!doctype html><h1>version 1</h1>";
    let changed = ask(&server, "/", &NAVIGATES).is(200);
    assert_eq!(changed.text(), format!("{page}<script src=\"/_mik/overlay.js\" async></script>"));
    assert_eq!(changed.header("content-length"), Some(&*changed.body.len().to_string()));
    assert_eq!(ask(&server, "/", &[HTML]).text(), page);
    assert_eq!(
        ask(&server, "/_mik/overlay.js", &[]).is(200).header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    is_build_page(&ask(&server, "/_mik/build", &[]));
    server.ask("POST", "/_mik/build", &[], Body::None).is_failure(405, "method-not-allowed");
    // By a name that its owner may have made to mean this machine, for its pages to read what is here.
    let by_name: Vec<_> = NAVIGATES.into_iter().chain([("host", "evil.example")]).collect();
    let by_name = |target: &str| server.ask("GET", target, &by_name, Body::None);
    assert_eq!(by_name("/").is(200).text(), page);
    for target in ["/_mik/build", "/_mik/build/events", "/_mik/overlay.js"] {
        by_name(target).is_failure(403, "forbidden");
    }
    // A page that listens does not keep the server from ending.
    let tab = Browser::new(800, 600).go_to(&server.url("/"));
    tab.waits_for("document.scripts.length === 1");
    assert_eq!(server.stop().code, Some(0));

    let server = Server::start(serve(&project).arg("--no-overlay"));
    assert_eq!(ask(&server, "/", &NAVIGATES).text(), page);
}

#[track_caller]
fn is_build_page(reply: &Reply) {
    assert_eq!(reply.status, 200);
    assert!(reply.text().contains("The last build was good"), "{}", reply.text());
}

#[test]
fn what_is_served_to_anybody_has_no_pages() {
    let project = Project::with_source("run-no-pages", TRAPS);
    project.run("build").ok();
    let server = Server::start(project.command("run").arg(project.component("debug")));
    for path in ["/_mik/build", "/_mik/build/events", "/_mik/overlay.js"] {
        ask(&server, path, &[HTML]).is_failure(404, "not-found");
    }
    let problem = ask(&server, "/orders/7", &NAVIGATES).is_failure(500, "trap");
    assert!(!problem.text().contains("no order"), "{}", problem.text());
}

#[test]
fn a_trap_shows_the_handlers_own_lines_what_it_printed_and_the_request() {
    let project = Project::with_source("trap-page", TRAPS);
    let server = Server::start(&mut serve(&project));
    let line = |text: &str| project.read("src/lib.rs").lines().position(|line| line.contains(text)).unwrap() + 1;

    ask(&server, "/orders/7", &[]).is_failure(500, "trap");
    let secret = [HTML, ("authorization", "Bearer hunter2"), ("cookie", "id=hunter2"), ("x-shown", "<b>as it is")];
    let page = ask(&server, "/orders/7?a='b'&c", &secret);
    is_page(&page, 500);
    assert!(
        !page.text().contains("hunter2")
            && page.text().contains("&lt;b&gt;as it is")
            && page.text().contains("?a=&#39;b&#39;&amp;c<"),
        "{}",
        page.text()
    );

    let tab = Browser::new(1200, 900).go_to(&server.url("/orders/7"));
    tab.waits_for("document.querySelector('.frames') !== null");
    let seen = tab.look(
        "({ title: document.title, what: document.querySelector('.what').textContent,
            headline: document.querySelector('h1').textContent, place: document.querySelector('.place').textContent,
            marks: [...document.querySelectorAll('.frames > li')].filter((frame) => frame.querySelector('mark')).map((frame) => [
                frame.querySelector('code').textContent, frame.querySelector('.at').textContent,
                frame.querySelector('mark').textContent.trim()]),
            folded: document.querySelectorAll('.frames details:not([open])').length,
            printed: document.getElementById('printed').textContent,
            request: document.querySelector('table').textContent })",
    );
    assert_eq!(seen["headline"], "<script>document.title = 'owned'</script> no order 7", "{seen:#}");
    assert!(seen["title"].as_str().unwrap().ends_with("trapped"), "{seen:#}");
    assert!(seen["place"].as_str().unwrap().starts_with(&format!("src/lib.rs:{}:5", line("assert!"))), "{seen:#}");
    let crate_name = project.name().replace('-', "_");
    let own = |function: &str, at: usize| json!([format!("{crate_name}::{function}"), format!("src/lib.rs:{at}")]);
    let marks = seen["marks"].as_array().unwrap();
    let starts: Vec<_> = marks.iter().map(|mark| json!([mark[0], mark[1]])).collect();
    assert!(starts.len() >= 2, "{seen:#}");
    assert_eq!(starts[..2], [own("find", line("assert!")), own("order", line("    find(&id)"))], "{seen:#}");
    assert!(marks[0][2].as_str().unwrap().starts_with("assert!(!orders.is_empty()"), "{seen:#}");
    assert_eq!(marks[1][2], "find(&id)", "{seen:#}");
    assert!(seen["folded"].as_u64() > Some(0), "{seen:#}");
    assert!(seen["printed"].as_str().unwrap().contains("looking for order 7"), "{seen:#}");
    assert!(seen["request"].as_str().unwrap().contains("GET/orders/7"), "{seen:#}");

    // A page is there until there is something better.
    project.edit("src/lib.rs", "    assert!(", "    let _ = (");
    tab.waits_for("document.body?.textContent === '7'");
}

#[test]
fn a_request_that_was_posted_is_not_sent_again_by_its_page() {
    let project = Project::with_source("posted", TRAPS);
    let server = Server::start(&mut serve(&project));
    is_page(&server.ask("POST", "/orders", &[HTML, ("host", "localhost")], Body::Length(b"order")), 500);
    let tab = Browser::new(900, 700).go_to(&server.url("/"));
    tab.waits_for("document.body?.textContent === 'home'");
    tab.look(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '/orders';
         document.body.append(form); setTimeout(() => form.submit())",
    );
    tab.waits_for("document.querySelector('.frames') !== null");
    project.edit("src/lib.rs", "    assert!(", "    let _ = (");
    tab.waits_for("document.getElementById('now').textContent.includes('send the request again')");
    assert_eq!(server.log().matches("| taking").count(), 2, "{}", server.log());
}

#[test]
fn pages_are_light_or_dark_as_the_reader_likes_and_fit_a_narrow_window() {
    let project = Project::with_source("page-look", TRAPS);
    let server = Server::start(&mut serve(&project));
    let look = "(() => {
        const light = (colour) => colour.match(/\\d+/g).slice(0, 3).reduce((all, part) => all + Number(part), 0) / 3;
        const style = getComputedStyle(document.body);
        const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        return { ground: light(style.backgroundColor), text: light(style.color), over };
    })()";
    let seen = |browser: Browser| {
        let tab: Tab = browser.go_to(&server.url(&format!("/orders/{}", "very-long-without-a-break".repeat(8))));
        tab.waits_for("document.querySelector('.frames') !== null");
        tab.look(look)
    };
    let light = seen(Browser::new(1200, 900));
    assert!(light["ground"].as_f64() > Some(200.0) && light["text"].as_f64() < Some(90.0), "{light}");
    let dark = seen(Browser::new(500, 900).dark());
    assert!(dark["ground"].as_f64() < Some(60.0) && dark["text"].as_f64() > Some(190.0), "{dark}");
    assert_eq!((&light["over"], &dark["over"]), (&json!(0), &json!(0)), "nothing is wider than the window");
}
