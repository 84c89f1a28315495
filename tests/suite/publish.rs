//! `cargo mik publish`: a component in a registry, what is said of it there, and what refers to it.

use std::process::Command;

use mik_tests::registry::digest;
use mik_tests::{Output, Program, Project, Registry};
use serde_json::{Value, json};

use crate::registry::{Place, component};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn a_component_is_published_once_by_its_version_and_the_same_one_again_is_no_other() {
    let (registry, place) = (Registry::start(), Place::new());
    let (one, other) = (component(), wat::parse_str("(component)").unwrap());
    place.write("one.wasm", &one);
    place.write("other.wasm", &other);
    let name = registry.name();
    let publish = |reference: &str, file: &str, flags: &[&str]| {
        let reference = format!("{name}/{reference}");
        let mut command = place.command(&["publish", &reference, "--component", file]);
        Program::run(command.args(flags))
    };
    let first = publish("team/shop:1.0.0", "one.wasm", &[]).ok().says("Published").stdout;
    let manifest = registry.manifest("team/shop", "1.0.0").unwrap();
    assert_eq!(digest(manifest.to_string().as_bytes()), first.trim());
    assert_eq!(manifest["mediaType"], "application/vnd.oci.image.manifest.v1+json");
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.wasm.config.v0+json");
    assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
    assert_eq!(manifest["layers"][0]["digest"], digest(&one));
    let config = registry.get("team/shop", text(&manifest["config"]["digest"]));
    let config: Value = serde_json::from_slice(&config).unwrap();
    assert_eq!((&config["architecture"], &config["os"]), (&"wasm".into(), &"wasip2".into()));
    assert_eq!(config["layerDigests"], json!([digest(&one)]));
    assert_eq!(config["component"]["exports"], json!([]));

    publish("team/shop:1.0.0", "one.wasm", &[]).ok().says("published already");
    let message = publish("team/shop:1.0.0", "one.wasm", &["--json"]).ok().stdout;
    let message: Value = serde_json::from_str(&message).unwrap();
    assert_eq!((&message["reason"], text(&message["digest"])), (&"mik-published".into(), first.trim()));
    let taken = publish("team/shop:1.0.0", "other.wasm", &[]).code(106);
    taken.says("mik::deps::version_exists").says(first.trim()).says("--force");
    assert_eq!(registry.manifest("team/shop", "1.0.0").unwrap(), manifest);
    let forced = publish("team/shop:1.0.0", "other.wasm", &["--force"]).ok().stdout;
    assert_eq!(place.pull(&format!("{name}/team/shop:1.0.0")).ok().stdout, forced);
    assert_eq!(fs_err::read(place.path("out.wasm")).unwrap(), other);
    // The other one is there by its digest, and a tag that is no version moves.
    place.pull(&format!("{name}/team/shop@{}", first.trim())).ok();
    publish("team/shop:latest", "one.wasm", &[]).ok();
    assert_eq!(publish("team/shop:latest", "other.wasm", &[]).ok().stdout, forced);

    publish("team/shop:2.0.0", "one.wasm", &["--dry-run"]).ok().says("is not published");
    assert_eq!(registry.manifest("team/shop", "2.0.0"), None);
    let by_digest = publish(&format!("team/shop@{}", first.trim()), "one.wasm", &[]).code(106);
    by_digest.says("mik::deps::bad_reference").says("leave the digest out");
    place.write("text.wasm", "text");
    publish("team/shop:3.0.0", "text.wasm", &[]).code(96).says("mik::project::not_a_component");
    publish("team/shop:3.0.0", "none.wasm", &[]).code(96).says("mik::project::unreadable");
    place.write("module.wasm", wat::parse_str("(module)").unwrap());
    publish("team/shop:3.0.0", "module.wasm", &[]).code(96).says("mik::project::not_a_component");
}

/// Git in a project's directory, under somebody's name.
fn git(project: &Project, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]);
    Program::run(command.args(arguments).current_dir(project.directory())).ok().stdout.trim().to_owned()
}

#[test]
pub(crate) fn without_a_name_it_is_the_configurations_and_nothing_is_pushed_in_a_dry_run() {
    let (registry, place) = (Registry::start(), Place::new());
    let name = registry.name();
    let project = Project::saying("published", "here");
    project.edit(
        "Cargo.toml",
        "edition = \"2024\"",
        "edition = \"2024\"\nlicense = \"MIT\"\nrepository = \"https://example.com/shop\"\ndescription = \"Sells.\"",
    );
    project.edit("Cargo.toml", "mik-sdk = {", "mik-sdk = { features = [\"openapi\"],");
    let publish = |flags: &str| -> Output {
        let mut command = project.command(&format!("publish {flags}"));
        Program::run(command.env("DOCKER_CONFIG", place.path("docker")).env_remove("MIK_REGISTRY"))
    };
    // Nothing is built before it is known that it may be published.
    publish("--quiet").code(106).says("mik::deps::no_reference").says("[package.metadata.mik.registry]");
    project.write("mik.toml", format!("[registry]\npublish = \"{name}/team/shop\"\n"));
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "--quiet", "-m", "x"]);
    let revision = git(&project, &["rev-parse", "HEAD"]);
    project.append("src/lib.rs", "// Not committed.\n");
    publish("").code(96).says("mik::project::dirty").says("--allow-dirty");
    git(&project, &["checkout", "--quiet", "src"]);

    let dry = publish("--dry-run").ok().says("is not published").stdout;
    assert_eq!(registry.manifest("team/shop", "0.1.0"), None);
    let published = publish("").ok().says("Published").says("openapi.json and sbom.cdx.json").stdout;
    assert_eq!(published, dry);
    let manifest = registry.manifest("team/shop", "0.1.0").unwrap();
    let said = |key: &str| text(&manifest["annotations"][format!("org.opencontainers.image.{key}")]).to_owned();
    assert_eq!((said("title"), said("version")), (project.name().to_owned(), "0.1.0".to_owned()));
    assert_eq!((said("description"), said("licenses")), ("Sells.".to_owned(), "MIT".to_owned()));
    assert_eq!((said("source"), said("revision")), ("https://example.com/shop".to_owned(), revision));
    let config = registry.get("team/shop", text(&manifest["config"]["digest"]));
    let config: Value = serde_json::from_slice(&config).unwrap();
    let exports = config["component"]["exports"].to_string();
    assert!(exports.contains("wasi:http/incoming-handler@0.2."), "{exports}");

    // This registry keeps no list of what refers to a manifest: it is there as an index.
    let index = registry.manifest("team/shop", &published.trim().replace(':', "-")).unwrap();
    let content = |artifact_type: &str| -> Value {
        let entries = index["manifests"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["artifactType"] == artifact_type).unwrap();
        let referrer = registry.manifest("team/shop", text(&entry["digest"])).unwrap();
        assert_eq!(referrer["subject"]["digest"], published.trim());
        let layer = &referrer["layers"][0];
        assert_eq!(layer["mediaType"], artifact_type);
        serde_json::from_slice(&registry.get("team/shop", text(&layer["digest"]))).unwrap()
    };
    let document = content("application/vnd.oai.openapi+json");
    assert_eq!(document["openapi"], "3.1.0");
    let bill = content("application/vnd.cyclonedx+json");
    assert_eq!(
        (&bill["bomFormat"], &bill["metadata"]["component"]["name"]),
        (&"CycloneDX".into(), &project.name().into())
    );
    let names: Vec<&str> = bill["components"].as_array().unwrap().iter().map(|it| text(&it["name"])).collect();
    assert!(names.contains(&"mik-sdk"), "{names:?}");

    let mut pull = place.command(&["pull", &format!("{name}/team/shop:0.1.0"), "-o", "out.wasm"]);
    Program::run(&mut pull).ok();
    assert!(fs_err::read(place.path("out.wasm")).unwrap() == fs_err::read(project.component("release")).unwrap());
}
