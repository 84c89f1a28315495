//! Dependencies that are packages: Debian's registry, found by wkg's configuration and by what a registry tells of itself.

use std::process::Command;

use mik_tests::registry::USER;
use mik_tests::{FileServer, Names, Output, Program, Registry};
use serde_json::json;

use super::{Shop, component};
use crate::registry::Place;

/// What the CNCF calls a Wasm OCI artifact.
const CONFIG: &str = "application/vnd.wasm.config.v0+json";

/// Where wkg's configuration is, in a project of these tests.
const FILE: &str = ".config/wasm-pkg/config.toml";

/// Where a registry tells of itself.
const METADATA: &str = ".well-known/wasm-pkg/registry.json";

fn push(registry: &Registry, reference: &str, number: u32) -> String {
    registry.image(reference, CONFIG, ("application/wasm", &component(number, 1000)))
}

/// A host and its port.
fn host(server: &FileServer) -> String {
    server.url("").trim_start_matches("http://").trim_end_matches('/').to_owned()
}

#[test]
fn the_highest_version_that_fits_is_pinned_and_a_higher_one_is_told_of_and_not_taken() {
    let (registry, told, shop) = (Registry::start(), FileServer::start(), Shop::new(""));
    let oci = json!({ "registry": registry.name(), "namespacePrefix": "team/" });
    told.put(METADATA, json!({ "preferredProtocol": "oci", "oci": oci, "warg": {} }).to_string());
    shop.write(FILE, format!("[namespace_registries]\nshop = \"{}\"\n", host(&told)));
    for (tag, number) in [("1.0.0", 0), ("1.2.0", 2), ("2.0.0-rc.1", 9), ("latest", 9), ("v3.0.0", 9)] {
        push(&registry, &format!("team/shop/db:{tag}"), number);
    }
    shop.run("add shop:db").ok().says("Locking db 1.2.0 (").says("Adding shop:db to mik.toml");
    assert_eq!(shop.read("mik.toml"), "[dependencies]\n\"shop:db\" = \"1.2.0\"\n");
    shop.run("add shop:db@1").ok();
    assert_eq!(shop.read("mik.toml"), "[dependencies]\n\"shop:db\" = \"1\"\n");
    let lock = shop.read("mik.lock");
    let digest =
        registry.manifest("team/shop/db", "1.2.0").map(|it| mik_tests::registry::digest(it.to_string().as_bytes()));
    assert!(lock.contains(&format!("package+shop:db@1#1.2.0@{}", digest.unwrap())), "{lock}");
    assert!(lock.contains("name = \"db\"") && lock.contains("shop:db/query@1.0.2"), "{lock}");
    let tree = shop.run("tree").ok().stdout;
    assert!(tree.contains("└── db 1.2.0 (") && tree.contains("(package+shop:db@1)\n"), "{tree}");
    // Nobody is asked again.
    let asked = told.requests().len();
    shop.run("fetch --frozen").ok();
    assert_eq!(told.requests().len(), asked);

    push(&registry, "team/shop/db:1.3.0", 3);
    // The version that is pinned is moved: what is pinned is the manifest.
    push(&registry, "team/shop/db:1.2.0", 7);
    shop.run("fetch").ok();
    assert_eq!(shop.read("mik.lock"), lock);
    let outdated = shop.run("outdated").ok().stdout;
    assert!(outdated.starts_with("db  1.2.0 (") && outdated.contains(" -> 1.3.0 ("), "{outdated}");
    shop.forget();
    shop.run("fetch --locked").ok().says("Fetched db");
    let [stored] = shop.stored().try_into().unwrap();
    assert_eq!(fs_err::read(stored).unwrap(), component(2, 1000));

    shop.run("update shop:db").ok().says("Updating db 1.2.0 (").says("-> 1.3.0 (");
    assert!(shop.read("mik.lock").contains("#1.3.0@sha256:"), "{}", shop.read("mik.lock"));
    // A pre-release is taken where it is asked for, and another requirement takes the place of the one before.
    shop.run("add shop:db@2.0.0-rc.1").ok().says("Locking db 2.0.0-rc.1 (");
    assert_eq!(shop.read("mik.toml"), "[dependencies]\n\"shop:db\" = \"2.0.0-rc.1\"\n");
    shop.run("vendor").ok();
    shop.forget();
    drop((registry, told));
    shop.run("fetch --frozen").ok();
    shop.run("remove shop:db").ok().says("Removing db 2.0.0-rc.1");
    assert!(!shop.read("mik.lock").contains("shop:db"));
}

#[test]
fn a_registry_that_tells_nothing_is_asked_itself_and_a_package_may_have_another_name() {
    let (registry, shop) = (Registry::start(), Shop::new(""));
    push(&registry, "shop/db:1.0.0", 1);
    push(&registry, "other/db:1.0.0_build.5", 2);
    shop.write(FILE, format!("default_registry = \"{}\"\n", registry.name()));
    let table = "[dependencies]\nold = { package = \"shop:db\", version = \"^1\", instance = \"a:b/c\" } # ours\n\"other:db\" = \"1\"\n";
    shop.write("mik.toml", table);
    let fetched = shop.json("fetch");
    let names: Vec<_> = fetched.iter().filter(|it| it["reason"] == "mik-dependency").map(|it| &it["name"]).collect();
    assert_eq!(names, ["old", "db"]);
    let lock = shop.read("mik.lock");
    // No tag has a `+`.
    assert!(lock.contains("package+other:db@1#1.0.0+build.5@") && lock.contains("package+shop:db@^1#1.0.0@"), "{lock}");
    shop.run("add shop:db").code(106).says("mik::deps::taken");
    shop.run("remove db").ok();
    // What is said of it besides stays.
    shop.run("add shop:db --instance x:y/z").ok();
    let added = shop.read("mik.toml");
    let line = "\"shop:db\" = { package = \"shop:db\", version = \"1.0.0\", instance = \"x:y/z\" }";
    assert!(added.contains("# ours") && added.contains(line), "{added}");
    shop.run("add shop:db@1").ok();
    assert_eq!(shop.read("mik.toml"), added.replace("\"1.0.0\"", "\"1\""));
    shop.write("mik.toml", "[dependencies]\n\"shop:db\" = \"1\"\n\"other:db\" = \"1\"\n");
    shop.run("fetch").code(96).says("are both called `db`").says("`package`");
}

#[test]
fn what_is_missing_or_wrong_is_told_with_its_place_and_changes_nothing() {
    let (registry, told) = (Registry::start(), FileServer::start());
    push(&registry, "shop/db:1.0.0", 1);
    push(&registry, "shop/db:1.1.0", 1);
    push(&registry, "shop/next:1.0.0-rc.1", 1);
    push(&registry, "shop/plain:latest", 1);
    // As wkg publishes WIT.
    let wit = wat::parse_str("(component (type (component)) (export \"types\" (type 0)))").unwrap();
    registry.image("shop/types:1.0.0", CONFIG, ("application/wasm", &wit));
    let (name, other) = (registry.name(), host(&told));
    let mapped = format!("[namespace_registries]\nshop = \"{name}\"\n");
    let elsewhere = format!("[namespace_registries]\nshop = \"{other}\"\n");
    let deep = "[".repeat(100_000);
    let nobody = "[namespace_registries]\nshop = \"127.0.0.1:1\"\n".to_owned();
    let shop = Shop::new("");
    // The configuration, what the registry tells, the dependency, and what is said.
    for (configuration, metadata, dependency, says) in [
        ("", "", "\"shop:db\" = \"1\"", "mik::deps::no_package_registry"),
        (&mapped, "", "\"shop:db\" = \"2\"", "no version of `shop:db` fits `^2`: it has `1.1.0`, `1.0.0`"),
        (
            &mapped,
            "",
            "\"shop:next\" = \"1\"",
            "pre-releases alone, which have to be asked for, such as with `1.0.0-rc.1`",
        ),
        (&mapped, "", "\"shop:plain\" = \"*\"", "it has no version, only `latest`"),
        (&mapped, "", "\"shop:types\" = \"1\"", "mik::deps::wit_package"),
        (&mapped, "", "\"shop:cache\" = \"1\"", "mik::deps::unknown_package"),
        (&mapped, "", "\"shop:db\" = \"one\"", "mik::deps::bad_requirement"),
        (&mapped, "", "db = { package = \"Shop\", version = \"1\" }", "mik::deps::bad_package"),
        (&elsewhere, "{\"preferredProtocol\": \"warg\"}", "\"shop:db\" = \"1\"", "is spoken to by `warg`"),
        (&elsewhere, "{\"preferredProtocol\": \"local\"}", "\"shop:db\" = \"1\"", "mik::deps::package_protocol"),
        (&elsewhere, "<html>", "\"shop:db\" = \"1\"", "makes no sense"),
        (&elsewhere, &deep, "\"shop:db\" = \"1\"", "is larger than 64.0 KiB"),
        (
            &elsewhere,
            "{\"oci\": {\"registry\": \"https://a/b\"}}",
            "\"shop:db\" = \"1\"",
            "which is no name in a registry",
        ),
        (&nobody, "", "\"shop:db\" = \"1\"", "namespacePrefix"),
    ] {
        let (configuration, metadata): (&str, &str) = (configuration, metadata);
        told.put(METADATA, metadata);
        shop.write(FILE, configuration);
        let text = format!("[dependencies]\n{dependency}\n");
        shop.write("mik.toml", &text);
        shop.run("fetch").code(106).says("dependency `").says("--> mik.toml:2:").says(says);
        assert_eq!((shop.read("mik.toml"), shop.has("mik.lock")), (text, false), "{dependency}");
    }
}

#[test]
fn a_configuration_that_makes_no_sense_is_told_with_its_place() {
    let shop = Shop::new("[dependencies]\n\"shop:db\" = \"1\"\n");
    shop.run("fetch").code(106).says("config.toml`, which is not there yet").says("[namespace_registries]");
    for (text, place, says) in [
        ("default_registry = \n", "config.toml:1:", "mik::deps::package_configuration"),
        ("\ndefault_registry = \"https://a.example\"\n", "config.toml:2:", "`https://a.example` is no registry"),
        ("[namespace_registries]\nshop = 5\n", "config.toml:2:", "wanted a registry, or a table"),
        ("default_registry = \"a\"\n[registry.a]\ntype = \"warg\"\n", "config.toml:3:", "does not speak"),
        ("default_registry = \"a\"\n[registry.a.oci]\nauth = \"?\"\n", "config.toml:2:", "in base64"),
    ] {
        shop.write(FILE, text);
        shop.run("fetch").code(106).says(place).says(says);
    }
    shop.write(FILE, [0xff]);
    shop.run("fetch").code(106).says("it is not UTF-8");
    // One that is named is there.
    let named = Program::run(shop.command("fetch").env("WKG_CONFIG_FILE", shop.path("other.toml")));
    named.code(106).says("mik::deps::package_configuration").says("other.toml");
    // What other programs write there is theirs.
    shop.write(FILE, "default_registry = \"127.0.0.1:1\"\n[cache]\nsize = 5\n");
    shop.run("fetch --offline").code(106).says("mik::deps::offline").says("`shop:db@1`");
    assert!(!shop.has("mik.lock"));
}

#[test]
fn a_directory_of_packages_needs_no_network() {
    let shop = Shop::new("");
    let root = shop.path("packages");
    shop.write(
        FILE,
        format!("default_registry = \"own\"\n[registry.own.local]\nroot = {:?}\n", root.to_str().unwrap()),
    );
    shop.write("packages/shop/db/1.0.0.wasm", component(1, 1));
    shop.write("packages/shop/db/1.1.0.wasm", component(2, 1));
    shop.write("packages/shop/db/notes.txt", "");
    shop.run("add shop:db@1 --offline").ok().says("Locking db 1.1.0 (");
    assert!(shop.read("mik.lock").contains("source = \"package+shop:db@1#1.1.0\""), "{}", shop.read("mik.lock"));
    shop.write("packages/shop/db/1.2.0.wasm", component(3, 1));
    assert!(shop.run("outdated").ok().stdout.contains("-> 1.2.0 ("));
    shop.forget();
    shop.run("fetch --frozen").ok();
    // What is pinned is these bytes.
    shop.forget();
    shop.write("packages/shop/db/1.1.0.wasm", component(4, 1));
    shop.run("fetch").code(106).says("mik::deps::changed").says("1.1.0.wasm");
    shop.run("add shop:cache").code(106).says("mik::deps::unknown_package").says("packages");
}

#[test]
fn logins_and_plain_http_are_those_of_wkgs_configuration() {
    let (registry, plain) = (Registry::with_login(&["registry.test"]), Registry::start());
    let names = Names::new(&["registry.test 127.0.0.1"]);
    let (place, port) = (Place::new(), |registry: &Registry| registry.address().port());
    place.write("in.wasm", component(1, 1000));
    let configure = |port: u16, more: &str| {
        let oci = format!("{{ registry = \"registry.test:{port}\", namespacePrefix = \"team/\" }}");
        let mapping = format!("shop = {{ registry = \"own\", metadata = {{ oci = {oci} }} }}");
        place.write(
            "config/wasm-pkg/config.toml",
            format!("[namespace_registries]\n{mapping}\n[registry.own.oci]\n{more}\n"),
        );
    };
    let run = |arguments: &[&str], change: &dyn Fn(&mut Command)| -> Output {
        let mut command = place.command(arguments);
        names.give(&mut command).env("SSL_CERT_FILE", registry.certificate());
        change(&mut command);
        Program::run(&mut command)
    };
    let pull = ["pull", "shop:db@1", "-o", "out.wasm"];
    let publish = ["publish", "shop:db@1.0.0", "--component", "in.wasm"];
    configure(port(&registry), "");
    run(&pull, &|_| ()).code(106).says("mik::deps::login_wanted");
    configure(port(&registry), "auth = { username = \"tester\", password = \"wrong\" }");
    run(&pull, &|_| ()).code(106).says("mik::deps::wrong_credentials").says("wkg's configuration");
    configure(port(&registry), &format!("auth = {{ username = {:?}, password = {:?} }}", USER.0, USER.1));
    let digest = run(&publish, &|_| ()).ok().stdout;
    assert_eq!(run(&pull, &|_| ()).ok().stdout, digest);
    // In base64: `tester:secret`.
    configure(port(&registry), "auth = \"dGVzdGVyOnNlY3JldA\"\naccept_invalid_certificates = true");
    run(&pull, &|_| ()).ok().says("`accept_invalid_certificates` of `[registry.\"own\".oci]`");
    // What the environment says goes before it, for the default registry.
    let wrong = |command: &mut Command| {
        let host = format!("registry.test:{}", port(&registry));
        command.env("MIK_REGISTRY", host).env("MIK_REGISTRY_USERNAME", "a").env("MIK_REGISTRY_PASSWORD", "b");
    };
    run(&pull, &wrong).code(106).says("mik::deps::wrong_credentials").says("MIK_REGISTRY_PASSWORD");

    configure(port(&plain), "");
    run(&publish, &|_| ()).code(106);
    configure(port(&plain), "protocol = \"http\"");
    run(&publish, &|_| ()).ok();
    assert!(plain.manifest("team/shop/db", "1.0.0").is_some());
}

#[test]
fn a_package_is_published_and_pulled_by_its_version() {
    let (registry, place) = (Registry::start(), Place::new());
    let run = |arguments: &str| Program::run(&mut place.command(&arguments.split(' ').collect::<Vec<_>>()));
    place.write("one.wasm", component(1, 1000));
    place.write("two.wasm", component(2, 1000));
    place.write("config/wasm-pkg/config.toml", format!("default_registry = \"{}\"\n", registry.name()));
    let one = run("publish shop:db@1.0.0 --component one.wasm").ok().stdout;
    let two = run("publish shop:db@1.1.0 --component two.wasm").ok().stdout;
    assert!(registry.manifest("shop/db", "1.0.0").is_some());
    run("publish shop:db@1.0.0 --component two.wasm").code(106).says("mik::deps::version_exists");
    run("publish shop:db@1 --component one.wasm").code(106).says("a version in full").says("shop:db@1.0.0");
    for (reference, digest) in [
        ("shop:db", &two),
        ("shop:db@1", &two),
        ("shop:db@1.0.0", &one),
        ("shop:db@~1.0", &one),
        ("shop:db@<1.1", &one),
    ] {
        assert_eq!(run(&format!("pull {reference} -o out.wasm")).ok().stdout, *digest, "{reference}");
    }
    run("pull shop:db").ok();
    assert_eq!(fs_err::read(place.path("db.wasm")).unwrap(), component(2, 1000));
    run("pull shop:db@1.0.5").code(106).says("mik::deps::no_version").says("`1.1.0`, `1.0.0`");
    run("pull shop:cache").code(106).says("mik::deps::unknown_package");
    // With a default registry of one's own it is a repository and its tag.
    let mut command = place.command(&["pull", "shop:db"]);
    Program::run(command.env("MIK_REGISTRY", registry.name())).code(106).says("mik::deps::unknown_repository");
}
