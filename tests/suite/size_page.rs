//! `cargo mik size --html`: the page, driven in a real browser.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mik_tests::{Browser, Program, Project};
use serde_json::{Value, json};

/// Writes the page of a component.
fn page_of(component: &Path, page: &Path, flags: &[&str]) {
    let mut command = Program::cargo_mik();
    command.arg("size").arg(component).arg(format!("--html={}", page.display())).args(flags);
    let output = Program::run(&mut command).ok().says("Wrote");
    assert_eq!(output.stdout, "");
}

fn write(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    fs_err::write(&path, wat::parse_str(text).unwrap()).unwrap();
    path
}

const HELPERS: &str = r#"
    const tiles = () => [...document.querySelectorAll(".tile")];
    const tile = (start) => {
        const found = tiles().find((one) => one.getAttribute("aria-label").startsWith(start));
        if (!found) throw new Error(`no tile "${start}" among ${tiles().map((one) => one.getAttribute("aria-label")).slice(0, 50).join("; ")}`);
        return found;
    };
    const text = (id) => document.getElementById(id).textContent;
    const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    const type = (value) => {
        const search = document.getElementById("search");
        search.value = value;
        search.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const box = (one) => one.getBoundingClientRect();
"#;

fn run(browser: &Browser, page: &Path, body: &str) -> Value {
    browser.run(page, &format!("{HELPERS}{body}"))
}

#[test]
fn the_page_of_a_build_shows_modules_crates_functions_and_passes_and_goes_into_them() {
    let project = Project::saying("page", "here");
    project.run("size --html").ok().says("size.html");
    let component = project.component("release");
    let page = component.with_extension("size.html");
    let browser = Browser::new(1400, 1000);
    let total = fs_err::metadata(&component).unwrap().len();

    // Areas are bytes: the module of the handler and the rest of the component, as parts of the map.
    let areas = run(
        &browser,
        &page,
        r#"const map = box(document.getElementById("map"));
        const data = JSON.parse(text("data")).root;
        return data.c.slice(0, 3).map((part) => {
            const { width, height } = box(tile(part.n));
            return [part.b / data.b, (width * height) / (map.width * map.height)];
        });"#,
    );
    for area in areas.as_array().unwrap() {
        let (bytes, pixels) = (area[0].as_f64().unwrap(), area[1].as_f64().unwrap());
        assert!((bytes - pixels).abs() < 0.03, "{areas}");
    }

    // By click, by search and by the keyboard alone.
    let seen = run(
        &browser,
        &page,
        r#"const seen = { total: document.querySelector(".total strong").textContent };
        seen.stops = tiles().filter((one) => one.tabIndex === 0).length;
        tile("mik_sdk:").click();
        seen.inside = text("trail");
        seen.functions = tiles().length;
        press("Escape");
        seen.outside = text("trail");
        const first = document.activeElement;
        press("ArrowDown");
        seen.down = document.activeElement !== first && document.activeElement.classList.contains("tile");
        seen.details = text("details");
        seen.told = document.activeElement.getAttribute("aria-label");
        type("MIK_SDK");
        seen.found = text("found");
        seen.dim = tiles().filter((one) => one.classList.contains("dim")).length;
        seen.clear = tile("mik_sdk:").classList.contains("dim");
        seen.rows = [...document.querySelectorAll("tbody tr")].filter((row) => !row.hidden && !row.dataset.keep)
            .every((row) => row.textContent.toLowerCase().includes("mik_sdk"));
        return seen;"#,
    );
    let bytes = |text: &Value| text.as_str().unwrap().chars().filter(char::is_ascii_digit).collect::<String>();
    assert_eq!(bytes(&seen["total"]), total.to_string());
    assert_eq!(seen["stops"], 1, "one stop of the tab key; the arrows do the rest");
    assert!(seen["inside"].as_str().unwrap().contains("mik_sdk"), "{seen:#}");
    assert!(!seen["outside"].as_str().unwrap().contains("mik_sdk"), "{seen:#}");
    assert!(seen["functions"].as_u64() > Some(10), "{seen:#}");
    assert_eq!(seen["down"], true, "{seen:#}");
    assert!(seen["told"].as_str().unwrap().contains(" bytes, "), "{seen:#}");
    assert!(seen["found"].as_str().unwrap().contains(" found, "), "{seen:#}");
    assert!(seen["dim"].as_u64() > Some(10) && seen["clear"] == false && seen["rows"] == true, "{seen:#}");

    // Without scripts the tables are there all the same, each pass among them.
    let html = fs_err::read_to_string(&page).unwrap();
    assert!(html.contains("<section id=\"treemap\" aria-labelledby=\"treemap-title\" hidden>"));
    for text in ["Before and after each pass", "<td>strip</td>", "composed with the bridge", ">mik_sdk</td>"] {
        assert!(html.contains(text), "{text}");
    }
    for outside in ["http://", "https://", " src=", " href=", "@import", "url("] {
        assert!(!html.contains(outside), "nothing is fetched: {outside}");
    }
}

#[test]
fn names_are_text_and_never_markup() {
    let directory = tempfile::tempdir().unwrap();
    let name = "</script><img src=x onerror=failures.push(1)>&amp;'\\22";
    let component = write(
        directory.path(),
        "<b>&.wasm",
        &format!("(module (func $\"{name}\" (export \"{name}\") nop nop) (@custom \"<i>{name}\" \"1\"))"),
    );
    let page = directory.path().join("page.html");
    page_of(&component, &page, &[]);
    let seen = run(
        &Browser::new(900, 700),
        &page,
        r#"const label = tiles().map((one) => one.getAttribute("aria-label")).find((label) => label.startsWith("<" + "/script>"));
        return { label, markup: document.querySelectorAll("img, i, b").length, title: document.querySelector("h1").textContent,
            row: [...document.querySelectorAll("td.name")].some((cell) => cell.textContent.includes("<img src=x")) };"#,
    );
    assert!(
        seen["label"].as_str().unwrap().starts_with("</script><img src=x onerror=failures.push(1)>&amp;'\""),
        "{seen:#}"
    );
    assert_eq!((&seen["markup"], &seen["title"], &seen["row"]), (&json!(0), &json!("<b>&.wasm"), &json!(true)));
}

#[test]
fn what_has_changed_is_shown_in_tables_and_colours() {
    let directory = tempfile::tempdir().unwrap();
    let text = |grown: &str| {
        format!("(module (func $a::grown (export \"a\") {grown}) (func $b::same (export \"b\") nop nop nop nop))")
    };
    let before = write(directory.path(), "before.wasm", &text("nop"));
    let after = write(directory.path(), "after.wasm", &text(&"nop ".repeat(40)));
    let page = directory.path().join("page.html");
    page_of(&after, &page, &["--diff", before.to_str().unwrap()]);
    let seen = run(
        &Browser::new(900, 700),
        &page,
        r#"const colour = document.getElementById("colour");
        const paint = (start) => getComputedStyle(tile(start)).backgroundColor;
        const [grown, same] = [paint("a::grown"), paint("b::same")];
        colour.value = "change";
        colour.dispatchEvent(new Event("change"));
        return { change: tile("a::grown").getAttribute("aria-label"), changed: grown !== paint("a::grown"),
            grey: paint("b::same").match(/\d+/g).slice(0, 3), choice: !document.getElementById("colour-choice").hidden,
            heading: document.getElementById("changes").textContent, total: document.querySelector(".total").textContent };"#,
    );
    assert!(seen["change"].as_str().unwrap().contains("+39 bytes since the other"), "{seen:#}");
    assert!(seen["heading"].as_str().unwrap().contains("before.wasm"), "{seen:#}");
    assert!(seen["total"].as_str().unwrap().contains("+39"), "{seen:#}");
    let grey = seen["grey"].as_array().unwrap();
    assert!(grey.iter().all(|part| part == &grey[0]) && seen["changed"] == true && seen["choice"] == true, "{seen:#}");
}

#[test]
fn the_page_is_light_or_dark_as_the_reader_likes_and_fits_a_narrow_window() {
    let directory = tempfile::tempdir().unwrap();
    let long = format!("(module (func $a::{} (export \"a\") nop))", "very_long_name_without_a_break".repeat(20));
    let component = write(directory.path(), "long.wasm", &long);
    let page = directory.path().join("page.html");
    page_of(&component, &page, &[]);
    let look = r#"const light = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((all, part) => all + Number(part), 0) / 3;
        return { ground: light(getComputedStyle(document.body).backgroundColor), text: light(getComputedStyle(document.body).color),
            over: document.documentElement.scrollWidth - document.documentElement.clientWidth };"#;
    let light = run(&Browser::new(1200, 900), &page, look);
    assert!(light["ground"].as_f64() > Some(200.0) && light["text"].as_f64() < Some(90.0), "{light}");
    let dark = run(&Browser::new(500, 900).dark(), &page, look);
    assert!(dark["ground"].as_f64() < Some(60.0) && dark["text"].as_f64() > Some(190.0), "{dark}");
    assert_eq!((&light["over"], &dark["over"]), (&json!(0), &json!(0)), "nothing is wider than the window");
}

#[test]
fn a_page_of_a_hundred_thousand_functions_stays_small() {
    let directory = tempfile::tempdir().unwrap();
    let mut text = String::from("(module");
    for number in 0..100_000 {
        write!(text, "(func $crate{}::f{number} (export \"{number}\") nop)", number % 1000).unwrap();
    }
    let body = "nop ".repeat(30_000);
    write!(text, "(func $large::f (export \"large\") {body}))").unwrap();
    let component = write(directory.path(), "many.wasm", &text);
    let page = directory.path().join("page.html");
    page_of(&component, &page, &[]);
    let bytes = fs_err::metadata(&page).unwrap().len();
    assert!(bytes < 2_000_000, "{bytes}");
    let look = r#"const seen = { tiles: tiles().length };
        tile("large: crate").click();
        return { ...seen, large: tile("large::f: function, 30,00") !== null };"#;
    let seen = run(&Browser::new(1200, 900), &page, look);
    assert!(
        seen["tiles"].as_u64().is_some_and(|tiles| (1000..20_000).contains(&tiles)) && seen["large"] == true,
        "{seen}"
    );
}

#[test]
fn a_page_can_be_written_for_each_of_several_and_not_for_several_at_once() {
    let project = Project::saying("pages", "here");
    for name in ["one", "two"] {
        project.write(&format!("{name}/Cargo.toml"), project.read("Cargo.toml").replace("[workspace]\n\n", ""));
        project.edit(&format!("{name}/Cargo.toml"), project.name(), &format!("{}-{name}", project.name()));
        project.write(&format!("{name}/src/lib.rs"), project.read("src/lib.rs"));
    }
    project.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"one\", \"two\"]\n");
    project.run("size --workspace --html=all.html").code(2).says("mik::cli::one_page").says("choose one with `-p`");
    assert!(!project.directory().join("all.html").exists());
    project.run("size --workspace --html").ok().says("-one.size.html").says("-two.size.html");
    project.run("size --html=nowhere/page.html -p").code(2);
    fs_err::write(project.directory().join("file"), "").unwrap();
    project.run(&format!("size -p {}-one --html=file/page.html", project.name())).code(110);
}
