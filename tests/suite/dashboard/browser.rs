//! The dashboard's page, driven in a real browser by Playwright.

use mik_tests::guest::{API, HANDLER, PROBE};
use mik_tests::{Body, Program, Project, Server, Site, Upstream, Window, wait_until};
use serde_json::{Value, json};

use super::{requests, serve};

/// Opens the page and waits until it listens. What it remembers shows whether it has been loaded again.
#[track_caller]
fn open(window: &mut Window, server: &Server) {
    let url = server.url("/_mik/");
    window.run(&format!(
        r##"await page.goto("{url}");
        await page.waitForSelector("#connection.live");
        await page.evaluate(() => {{ window.remembered = true; }});"##
    ));
}

/// What a function gives that runs in the page.
#[track_caller]
fn in_page(window: &mut Window, body: &str) -> Value {
    window.run(&format!("return await page.evaluate(() => {{ {body} }});"))
}

#[test]
fn a_request_and_its_log_line_appear_as_they_happen_and_nothing_is_loaded_again() {
    let server = serve(&Site::new("").with("probe", &PROBE));
    let mut window = Window::open(1400, 900);
    open(&mut window, &server);
    server.ask_for("/run/probe/print/3?first").is(200);
    window.run(
        r##"const row = page.locator("#requests tbody tr", { hasText: "/run/probe/print/3?first" });
        await row.locator("td", { hasText: "200" }).waitFor();
        await row.click();
        await page.locator("#detail .lines li", { hasText: "err 2" }).waitFor();
        await page.locator("#detail dd", { hasText: "the most that its instance has had" }).waitFor();"##,
    );
    let seen = in_page(
        &mut window,
        r##"const text = (of) => document.querySelector(of).textContent;
        return { heading: text("#detail h2"), facts: text("#detail dl"), parts: [...document.querySelectorAll(".waterfall .name")].map((one) => one.textContent),
            widths: [...document.querySelectorAll(".waterfall .bar")].map((bar) => bar.getBoundingClientRect().width),
            streams: [...document.querySelectorAll(".lines li")].slice(0, 2).map((line) => line.className),
            latency: text("#latency-words"), remembered: window.remembered };"##,
    );
    assert_eq!(seen["heading"], "GET /run/probe/print/3?first");
    for fact in ["made for it", "CPU", "Memory", "until the head"] {
        assert!(seen["facts"].as_str().unwrap().contains(fact), "{fact}: {seen:#}");
    }
    let parts: Vec<_> = seen["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
    assert!(["instance", "guest", "body"].iter().all(|part| parts.contains(part)), "{seen:#}");
    assert!(seen["widths"].as_array().unwrap().iter().all(|width| width.as_f64() >= Some(2.0)), "{seen:#}");
    assert_eq!(seen["streams"], json!(["stdout", "stderr"]));
    assert!(seen["latency"].as_str().unwrap().starts_with("1 answered: half within "), "{seen:#}");

    // Another one comes before it, and the one that is chosen stays so.
    server.ask_for("/run/probe/trap").is(500);
    window.run(r##"await page.locator("#requests tbody tr:first-child td", { hasText: "500 trap" }).waitFor();"##);
    let seen = in_page(
        &mut window,
        r##"return { chosen: document.querySelector("#requests tr[aria-current=true]").textContent, rows: document.querySelector("#requests tbody").rows.length, remembered: window.remembered };"##,
    );
    assert!(seen["chosen"].as_str().unwrap().contains("print/3"), "{seen:#}");
    assert_eq!((&seen["rows"], &seen["remembered"]), (&json!(2), &json!(true)));
}

#[test]
fn requests_are_filtered_paused_and_reached_by_keys() {
    let server = serve(&Site::new("").with("probe", &PROBE).with("handler", &HANDLER));
    let mut window = Window::open(1400, 900);
    open(&mut window, &server);
    for target in ["/run/probe/print/1", "/run/probe/trap", "/run/handler/", "/run/nobody/"] {
        server.ask_for(target);
    }
    wait_until("they are over", || requests(&server).iter().all(|request| request["state"] != "in-flight"));
    let counts = window.run(
        r##"const rows = page.locator("#requests tbody tr");
        const count = async (wanted) => { await page.waitForFunction((wanted) => document.querySelector("#requests tbody").rows.length === wanted, wanted); return rows.count(); };
        const counts = [await count(4)];
        await page.keyboard.press("/");
        await page.keyboard.type("no line END");
        counts.push(await count(1));
        await page.keyboard.press("Escape");
        counts.push(await count(4));
        await page.selectOption("#filter-status", "failed");
        counts.push(await count(2));
        await page.selectOption("#filter-module", "probe");
        counts.push(await count(1));
        await page.selectOption("#filter-status", "");
        counts.push(await count(2));
        await page.selectOption("#filter-module", "");
        counts.push(await count(4));
        return counts;"##,
    );
    assert_eq!(counts, json!([4, 1, 4, 2, 1, 2, 4]));
    let keys = window.run(
        r##"await page.locator("#requests tbody tr").first().focus();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowDown");
        const first = await page.textContent("#detail h2");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        const second = await page.evaluate(() => [document.activeElement.tagName, document.activeElement.textContent]);
        await page.keyboard.press("Escape");
        const closed = await page.evaluate(() => [document.getElementById("detail").hidden, document.activeElement.tagName]);
        await page.keyboard.press("p");
        return { first, second, closed, pressed: await page.getAttribute("#pause", "aria-pressed") };"##,
    );
    assert_eq!(keys["first"], "GET /run/handler/");
    assert_eq!(keys["second"], json!(["H2", "GET /run/probe/trap"]));
    assert_eq!((&keys["closed"], &keys["pressed"]), (&json!([true, "TR"]), &json!("true")));
    server.ask_for("/run/handler/later").is(404);
    let paused = window.run(
        r##"await page.waitForFunction(() => store.requests.size === 5);
        const during = await page.locator("#requests tbody tr").count();
        await page.click("#pause");
        return [during, await page.locator("#requests tbody tr").count()];"##,
    );
    assert_eq!(paused, json!([4, 5]));
}

#[test]
fn calls_of_a_guest_are_shown_with_their_verdict() {
    let upstream = Upstream::http();
    let site = Site::new(&format!("[server]\nhttp_allowed = [\"127.0.0.1:{}\"]\n", upstream.port()));
    let server = serve(&site.with("probe", &PROBE));
    let mut window = Window::open(1400, 900);
    open(&mut window, &server);
    for (url, words) in [
        ("http://denied.example/".to_owned(), "denied: no entry of server.http_allowed in "),
        (format!("http://{}/ok", upstream.address()), "allowed: by \"127.0.0.1:"),
    ] {
        server.ask_for(&format!("/run/probe/outbound?url={url}")).is(200);
        let seen = window.run(&format!(
            r##"await page.locator("#requests tbody tr:first-child", {{ hasText: "{url}" }}).click();
            await page.locator("#detail .calls tbody tr", {{ hasText: "{url}" }}).waitFor();
            return [await page.textContent("#detail .calls tbody"), await page.locator(".waterfall .bar.call").count()];"##
        ));
        assert!(seen[0].as_str().unwrap().contains(words) && seen[1] == 1, "{seen:#}");
    }
}

#[test]
fn a_route_of_a_document_is_asked_by_its_form() {
    let server = serve(&Site::new("").with("api", &API));
    let mut window = Window::open(1400, 900);
    open(&mut window, &server);
    let seen = window.run(
        r##"await page.click("#tab-routes");
        await page.fill("#filter-routes", "PUT");
        await page.locator("#routes button", { hasText: "/run/api/books/{id}" }).click();
        await page.fill('#form input[data-name="id"]', "42");
        const target = await page.inputValue("#target");
        const body = JSON.parse(await page.inputValue("#body"));
        await page.fill("#body", JSON.stringify({ ...body, title: "Dune's <b>" }));
        await context.grantPermissions(["clipboard-read", "clipboard-write"]);
        await page.click("#form .actions button:not(.main)");
        const curl = await page.evaluate(() => navigator.clipboard.readText());
        await page.click("#form button.main");
        await page.waitForSelector("#answer-status");
        return { target, body, curl, status: await page.textContent("#answer-status"), answer: JSON.parse(await page.textContent("#answer-body")) };"##,
    );
    assert_eq!(seen["target"], "/run/api/books/42");
    assert!(seen["body"]["title"].is_string(), "{seen:#}");
    assert_eq!(seen["status"], "200 OK", "{seen:#}");
    assert_eq!((&seen["answer"]["id"], &seen["answer"]["title"]), (&json!(42), &json!("Dune's <b>")));

    // What was copied is the same request.
    let shell = Program::run(&mut Program::shell(seen["curl"].as_str().unwrap()));
    assert_eq!(serde_json::from_str::<Value>(&shell.ok().stdout).unwrap(), seen["answer"]);

    // It is one of the list's, and from there it can be sent again.
    let seen = window.run(
        r##"await page.click("#tab-requests");
        await page.waitForFunction(() => document.querySelector("#requests tbody").rows.length === 2);
        await page.locator("#requests tbody tr").first().click();
        await page.click("#detail button:has-text('Send again')");
        return [await page.inputValue("#method"), await page.inputValue("#target"), await page.inputValue("#headers")];"##,
    );
    assert_eq!((&seen[0], &seen[1]), (&json!("PUT"), &json!("/run/api/books/42")));
    assert!(seen[2].as_str().unwrap().contains("content-type: application/json"), "{seen:#}");

    // And any request, with no document: a path that begins with two slashes stays here.
    let seen = window.run(
        r##"await page.fill("#target", "//evil.example/run/api/nothing");
        await page.selectOption("#method", "GET");
        await page.click("#form button.main");
        await page.waitForSelector("#answer-status");
        return await page.textContent("#answer-status");"##,
    );
    assert_eq!(seen, "404 Not Found");
}

#[test]
fn six_hundred_requests_leave_five_hundred_rows() {
    let server = serve(&Site::new("").with("handler", &HANDLER));
    let mut window = Window::open(1400, 900);
    open(&mut window, &server);
    let mut connection = server.open();
    for number in 1..=600 {
        connection.ask("GET", &format!("/run/handler/?{number}"), &[], Body::None).is(200);
    }
    let seen = window.run(
        r##"await page.locator("#requests tbody tr", { hasText: "/run/handler/?600" }).waitFor();
        await page.waitForFunction(() => [...store.requests.values()].every((one) => one.total !== null));
        return await page.evaluate(() => {
            const rows = [...document.querySelector("#requests tbody").rows].map((row) => row.cells[1].textContent);
            return { rows: rows.length, first: rows[0], last: rows.at(-1), count: document.getElementById("count").textContent,
                latency: document.getElementById("latency-words").textContent };
        });"##,
    );
    assert_eq!(
        (&seen["rows"], &seen["first"], &seen["last"]),
        (&json!(500), &json!("GET /run/handler/?600"), &json!("GET /run/handler/?101")),
        "{seen:#}"
    );
    // The chart has those as well that the list has no more, unless they went by too fast for the page to be told of them.
    let answered: u64 = seen["latency"].as_str().unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((500..=600).contains(&answered), "{seen:#}");
}

#[test]
fn what_comes_from_outside_is_text_and_never_markup() {
    let markup = "<img src=x onerror=window.hit=1>";
    let project = Project::saying("markup", "unused");
    project.edit(
        "src/lib.rs",
        "fn home() -> &'static str {\n    \"unused\"",
        &format!("fn home() -> &'static str {{\n    println!(\"{markup}\");\n    \"{markup}\""),
    );
    let server = Server::start(&mut project.command("serve"));
    let mut window = Window::open(1400, 900);
    open(&mut window, &server);
    server.ask("GET", "/?%22quoted%22&%3Cimg%20src=x%3E", &[("x-note", markup)], Body::None).is(200);
    let seen = window.run(
        r##"await page.locator("#requests tbody tr", { hasText: "quoted" }).click();
        await page.locator("#detail .lines li").first().waitFor();
        await page.evaluate(() => document.querySelectorAll("#detail details").forEach((part) => { part.open = true; }));
        await page.fill("#filter", "quoted");
        await page.click("#detail button:has-text('Send again')");
        await page.click("#form button.main");
        await page.waitForSelector("#answer-body");
        return await page.evaluate(() => ({ hit: window.hit ?? null, images: document.querySelectorAll("img").length,
            line: document.querySelector(".lines li").lastChild.textContent, headers: document.querySelector("#detail .headers").textContent,
            answer: document.getElementById("answer-body").textContent }));"##,
    );
    assert_eq!((&seen["hit"], &seen["images"]), (&json!(null), &json!(0)));
    assert_eq!((&seen["line"], &seen["answer"]), (&json!(markup), &json!(markup)));
    assert!(seen["headers"].as_str().unwrap().contains(markup), "{seen:#}");
}

#[test]
fn builds_and_modules_are_shown_and_a_server_that_is_there_again_is_found() {
    let project = Project::saying("shown", "one");
    let mut server = Server::start(&mut project.command("serve"));
    let address = server.address();
    let mut window = Window::open(1400, 900);
    open(&mut window, &server);
    window.run(
        r##"await page.click("#tab-builds"); await page.locator(".build strong", { hasText: "Live" }).waitFor();"##,
    );
    project.edit("src/lib.rs", "fn home", "fn hom");
    window.run(r##"await page.locator(".build:first-child strong", { hasText: "Failed" }).waitFor(); await page.locator(".build:first-child pre").waitFor();"##);
    project.edit("src/lib.rs", "fn hom", "fn home");
    project.edit("src/lib.rs", "\"one\"", "\"one and more than before\"");
    let seen = window.run(
        r##"await page.locator(".build:first-child td", { hasText: /^[+]\d+ B$/ }).waitFor();
        const build = await page.textContent(".build:first-child");
        await page.click("#tab-modules");
        const module = await page.locator("#modules tbody tr td", { hasText: /^loaded$/ }).locator("..").textContent();
        return { build, module, remembered: await page.evaluate(() => window.remembered) };"##,
    );
    assert!(seen["build"].as_str().unwrap().contains("lib.rs changed") && seen["remembered"] == true, "{seen:#}");
    assert!(seen["module"].as_str().unwrap().contains(project.name()), "{seen:#}");

    // It ends, and another one takes its place: the page has the new one's requests, and none of the old one's.
    server.ask_for("/old").is(404);
    window.run(r##"await page.click("#tab-requests"); await page.locator("#requests tbody tr", { hasText: "/old" }).waitFor();"##);
    assert_eq!(server.stop().code, Some(0));
    window.run(r##"await page.waitForSelector("#connection.lost");"##);
    server = Server::start_as_is(&mut project.command(&format!("serve --port {}", address.port())));
    server.ask_for("/new").is(404);
    let rows = window.run(
        r##"await page.waitForSelector("#connection.live");
        await page.locator("#requests tbody tr", { hasText: "/new" }).waitFor();
        return [await page.locator("#requests tbody tr").count(), await page.evaluate(() => window.remembered)];"##,
    );
    assert_eq!(rows, json!([1, true]));
}

#[test]
fn the_page_is_light_or_dark_as_the_reader_likes_and_fits_a_narrow_window() {
    let server = serve(&Site::new("").with("probe", &PROBE).with("api", &API));
    for target in
        [format!("/run/probe/ok?{}", "long".repeat(300)), "/run/probe/print/2".to_owned(), "/run/probe/trap".to_owned()]
    {
        server.ask_for(&target);
    }
    let look = r##"const light = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((all, part) => all + Number(part), 0) / 3;
        return { ground: light(getComputedStyle(document.body).backgroundColor), text: light(getComputedStyle(document.body).color),
            over: document.documentElement.scrollWidth - document.documentElement.clientWidth };"##;
    let windows =
        [Window::open(1400, 900), Window::open_dark(1400, 900), Window::open(380, 800), Window::open_dark(380, 800)];
    for (number, mut window) in windows.into_iter().enumerate() {
        open(&mut window, &server);
        window.run(r##"await page.locator("#requests tbody tr", { hasText: "print" }).click();"##);
        for view in ["requests", "routes", "modules", "builds"] {
            window.run(&format!(
                r##"await page.click("#tab-{view}"); await page.waitForSelector("#view-{view}:not([hidden])");"##
            ));
            let seen = in_page(&mut window, look);
            let (ground, text) = (seen["ground"].as_f64().unwrap(), seen["text"].as_f64().unwrap());
            let is_dark = number % 2 == 1;
            assert_eq!((ground < 60.0, text > 190.0), (is_dark, is_dark), "{view}: {seen}");
            assert_eq!((ground > 200.0, text < 90.0), (!is_dark, !is_dark), "{view}: {seen}");
            assert_eq!(seen["over"], 0, "{view}: nothing is wider than the window");
        }
        // For who wants to see with eyes: the pictures stay where the target directory is.
        let picture = Program::cache_directory().with_file_name(format!("dashboard-{number}.png"));
        window.run(&format!(
            r##"await page.click("#tab-requests"); await page.screenshot({{ path: "{}" }});"##,
            picture.display()
        ));
    }
}
