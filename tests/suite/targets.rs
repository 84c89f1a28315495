//! Every target gives a component that serves, in the development profile or for release; and a workspace serves all.

use mik_tests::guest::HANDLER;
use mik_tests::{Body, Program, Project, Server, payload};
use serde_json::json;

/// A component that is built for a target answers as any other does.
fn answers(name: &str, flags: &str, profile: &str) {
    let project = HANDLER.configured(name, "");
    project.run(&format!("build {flags}")).ok();
    let server = Server::start(Program::mik().arg("run").arg(project.component(profile)));
    let mut connection = server.open();
    assert_eq!(connection.ask("GET", "/", &[], Body::None).is(200).text(), "home");
    let bytes = payload::bytes(1, 1 << 20);
    for body in Body::both(&bytes) {
        let reply = connection.ask("POST", "/receive?seed=1&name=upload", &[], body).is(200);
        assert_eq!(reply.json(), json!({ "length": bytes.len(), "exact": true }));
        assert!(connection.ask("POST", "/echo", &[], body).is(200).body == bytes);
    }
    // What it has from the host comes in its own way for each target.
    let line = server.says(r#""message":"reached""#);
    assert!(line.contains(r#""name":"upload""#), "{line}");
    let [one, other] = [(); 2].map(|()| server.ask_for("/random").is(200).json());
    assert_ne!(one["uuid"], other["uuid"]);
    assert!(server.ask_for("/time").is(200).json()["seconds"].as_u64().unwrap() > 1_700_000_000);
    assert_eq!(server.ask_for("/environment").is(200).json(), json!([["MIK_MAX_BODY_SIZE", "10485760"]]));
    server.ask_for("/panic").is_failure(500, "trap");
    server.ask_for("/nothing").is_problem(404);
}

#[test]
fn a_release_build_for_wasip2_serves() {
    answers("release", "--release", "release");
}

#[test]
fn a_release_build_for_unknown_unknown_serves() {
    answers("unknown", "--release --target wasm32-unknown-unknown", "release");
}

#[test]
fn a_build_for_wasip1_serves() {
    answers("preview-one", "--target wasm32-wasip1", "debug");
}

#[test]
fn a_workspace_serves_each_of_its_handlers() {
    let workspace = Project::empty("pair");
    let [one, two] = ["one", "two"].map(|name| format!("{}-{name}", workspace.name()));
    workspace.write("Cargo.toml", format!("[workspace]\nmembers = [\"{one}\", \"{two}\"]\nresolver = \"3\"\n"));
    let sdk = Program::workspace().join("sdk");
    for name in [&one, &two] {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
             [dependencies]\nmik-sdk = {{ path = {sdk:?} }}\n"
        );
        workspace.write(&format!("{name}/Cargo.toml"), manifest);
        let source = format!(
            "use mik_sdk::prelude::*;\n\nroutes! {{ GET \"/seen\" => seen }}\n\n\
             fn seen(request: &Request) -> String {{ format!(\"{name} {{}}\", request.path_and_query()) }}\n"
        );
        workspace.write(&format!("{name}/src/lib.rs"), source);
    }

    let server = Server::start(&mut workspace.command("serve"));
    for name in [&one, &two] {
        let reply = server.ask_for(&format!("/run/{name}/seen?a=%2F")).is(200);
        assert_eq!(reply.text(), format!("{name} /seen?a=%2F"));
    }
    // Neither of them is at the root; what is there says where they are.
    let reply = server.ask_for("/").is_failure(404, "not-found");
    assert!(reply.text().contains(&format!("/run/<name>/: {one}, {two}")), "{}", reply.text());
    // An edit of one leaves the other as it is.
    let file = format!("{two}/src/lib.rs");
    workspace.edit(&file, &format!("\"{two} {{}}\""), "\"edited {}\"");
    server.wait_for("Rebuilding");
    let live = server.wait_for("Live ");
    assert!(live.contains(&two) && !live.contains(&one), "{live}");
    assert_eq!(server.ask_for(&format!("/run/{two}/seen")).is(200).text(), "edited /seen");
    assert_eq!(server.ask_for(&format!("/run/{one}/seen")).is(200).text(), format!("{one} /seen"));
    assert_eq!(server.log().matches("Live ").count(), 2, "{}", server.log());
}
