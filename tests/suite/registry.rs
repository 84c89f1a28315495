//! Components in registries: Debian's registry, and what other tools leave there.

mod tokens;

use std::path::{Path, PathBuf};
use std::process::Command;

use mik_tests::registry::{IMAGE, INDEX, USER, digest, skopeo};
use mik_tests::{Fault, Faulty, Names, Output, Program, Registry};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The configuration of what the CNCF calls a Wasm OCI artifact.
const CONFIG: &str = "application/vnd.wasm.config.v0+json";

/// A component, larger than what goes over a connection at once.
pub(crate) fn component() -> Vec<u8> {
    let filler = "x".repeat(300_000);
    wat::parse_str(format!("(component (core module (@custom \"filler\" \"{filler}\")))")).unwrap()
}

/// A directory of a user's who has no logins.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, content).unwrap();
        path
    }

    /// `cargo mik …` here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Program::cargo_mik();
        command.args(arguments).current_dir(self.0.path()).env("DOCKER_CONFIG", self.path("docker"));
        command.env("XDG_CONFIG_HOME", self.path("config"));
        command.env("REGISTRY_AUTH_FILE", self.path("podman.json"));
        for name in ["USERNAME", "PASSWORD", "TOKEN", "INSECURE", "MIRRORS"] {
            command.env_remove(format!("MIK_REGISTRY_{name}"));
        }
        for name in
            ["MIK_REGISTRY", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"]
        {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn pull(&self, reference: &str) -> Output {
        Program::run(&mut self.command(&["pull", reference, "-o", "out.wasm"]))
    }

    fn pulled(&self) -> Vec<u8> {
        fs_err::read(self.path("out.wasm")).unwrap()
    }
}

fn with_login(command: &mut Command) -> &mut Command {
    command.env("MIK_REGISTRY_USERNAME", USER.0).env("MIK_REGISTRY_PASSWORD", USER.1)
}

#[test]
fn a_component_is_pulled_however_it_was_pushed() {
    let (registry, place, component) = (Registry::start(), Place::new(), component());
    let name = registry.name();
    let mut pushed = Vec::new();
    for (tag, config, layer) in [
        ("wkg", CONFIG, "application/wasm"),
        ("oras", "application/vnd.oci.empty.v1+json", "application/wasm"),
        ("wash", "application/vnd.wasmcloud.component", "application/vnd.wasm.content.layer.v1+wasm"),
        ("old", "application/vnd.wasm.config.v1+json", "application/vnd.bytecodealliance.wasm.component.layer.v0+wasm"),
    ] {
        pushed.push((tag, registry.image(&format!("team/shop:{tag}"), config, (layer, &component))));
    }
    // `oras push REF shop.wasm`, which does not know what that is.
    let config = registry.put("team/shop", "application/vnd.oci.empty.v1+json", b"{}");
    let mut layer = registry.put("team/shop", "application/vnd.oci.image.layer.v1.tar", &component);
    layer["annotations"] = json!({ "org.opencontainers.image.title": "shop.wasm" });
    let manifest = json!({ "schemaVersion": 2, "mediaType": IMAGE, "config": config, "layers": [layer] });
    let untyped = registry.tag("team/shop", "untyped", &manifest);
    pushed.push(("untyped", untyped.clone()));
    // An index, with an image for containers beside.
    let linux = registry.image("team/shop:linux", "application/vnd.oci.image.config.v1+json", ("tar", b"tar"));
    let size = |tag: &str| registry.manifest("team/shop", tag).unwrap().to_string().len();
    let entry = |digest: &str, size: usize, os: &str, architecture: &str| {
        let platform = json!({ "os": os, "architecture": architecture });
        json!({ "mediaType": IMAGE, "digest": digest, "size": size, "platform": platform })
    };
    let entries = [entry(&linux, size("linux"), "linux", "amd64"), entry(&untyped, size("untyped"), "wasip2", "wasm")];
    registry.tag("team/shop", "index", &json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries }));
    pushed.push(("index", untyped));

    for (tag, digest) in pushed {
        let output = place.pull(&format!("{name}/team/shop:{tag}")).ok();
        assert_eq!(output.stdout.trim(), digest, "{tag}");
        assert!(place.pulled() == component, "{tag}");
        fs_err::remove_file(place.path("out.wasm")).unwrap();
    }
    // By digest; and where no file is named, by its own name.
    let wkg = place.pull(&format!("{name}/team/shop:wkg")).ok().stdout;
    Program::run(&mut place.command(&["pull", &format!("{name}/team/shop@{}", wkg.trim())])).ok();
    assert!(fs_err::read(place.path("shop.wasm")).unwrap() == component);
    let linux = place.pull(&format!("{name}/team/shop:linux")).code(106);
    linux.says("mik::deps::not_wasm").says("its layers are `tar`").says("cargo mik publish");
}

#[test]
fn what_is_missing_is_told_apart() {
    let (registry, place) = (Registry::start(), Place::new());
    let name = registry.name();
    for tag in ["1.0.0", "1.1.0", "2.0.0"] {
        registry.image(&format!("shop:{tag}"), CONFIG, ("application/wasm", &component()));
    }
    place.pull(&format!("{name}/shap:1.0.0")).code(106).says("mik::deps::unknown_repository").says("`shap`");
    let output = place.pull(&format!("{name}/shop:1.2.0")).code(106);
    output.says("mik::deps::unknown_tag").says("no `1.2.0`").says("it has `1.1.0`, `1.0.0`, `2.0.0`");
    let unknown = format!("sha256:{}", "0".repeat(64));
    place.pull(&format!("{name}/shop@{unknown}")).code(106).says("mik::deps::unknown_tag").says(&unknown);
    place.pull("Shop").code(106).says("mik::deps::bad_reference").says("`shop`");
    let module = wat::parse_str("(module)").unwrap();
    registry.image("shop:module", CONFIG, ("application/wasm", &module));
    place.pull(&format!("{name}/shop:module")).code(106).says("mik::deps::core_module");
    registry.image("shop:text", CONFIG, ("application/wasm", b"hello, world"));
    place.pull(&format!("{name}/shop:text")).code(106).says("mik::deps::not_wasm").says("does not begin");
    drop(registry);
    place.pull(&format!("{name}/shop:1.0.0")).code(106).says("mik::deps::registry_down").says(&name);
    assert!(!place.path("out.wasm").exists());
    assert_eq!(fs_err::read_dir(place.path("")).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn what_is_not_what_was_asked_for_leaves_the_file_as_it_was() {
    let (registry, place, component) = (Registry::start(), Place::new(), component());
    let reference = format!("{}/shop:1", registry.name());
    registry.image("shop:1", CONFIG, ("application/wasm", &component));
    place.write("out.wasm", "old");
    let file = registry.content(&digest(&component));
    let mut changed = component.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs_err::write(&file, &changed).unwrap();
    let output = place.pull(&reference).code(106);
    output.says("mik::deps::wrong_digest").says(&digest(&component)).says(&digest(&changed));
    fs_err::write(&file, &component[..100_000]).unwrap();
    place.pull(&reference).code(106).says("mik::deps::truncated").says("100000 of");
    assert_eq!(place.pulled(), b"old");
    assert_eq!(fs_err::read_dir(place.path("")).unwrap().count(), 1, "nothing is left behind");
    fs_err::write(&file, &component).unwrap();
    place.pull(&reference).ok();
    assert!(place.pulled() == component);
    // The directory can't be made where a file is.
    let output = Program::run(&mut place.command(&["pull", &reference, "-o", "out.wasm/x.wasm"]));
    output.code(110).says("mik::output::write");
    // The disk is full.
    let output = Program::run(&mut place.command(&["pull", &reference, "-o", "/dev/full"]));
    output.code(110).says("mik::output::write").says("No space left");
}

#[test]
fn what_can_heal_is_tried_again_and_nothing_else() {
    let (registry, place, component) = (Registry::start(), Place::new(), component());
    registry.image("shop:1", CONFIG, ("application/wasm", &component));
    let way = Faulty::before(registry.address());
    let reference = format!("{}/shop:1", way.name());
    way.fail("/manifests/", [Fault::Answer(503, ""), Fault::Cut(0), Fault::Answer(429, "retry-after: 1\r\n")]);
    way.fail("HEAD ", [Fault::Answer(429, "retry-after: 1\r\n")]);
    // Each time it goes on where it was.
    way.fail("/blobs/", [Fault::Answer(500, ""), Fault::Cut(50_000), Fault::Cut(100_000)]);
    place.pull(&reference).ok();
    assert!(place.pulled() == component);
    let ranges: Vec<String> = way
        .seen("/blobs/")
        .iter()
        .flat_map(|head| {
            head.lines().filter_map(|line| line.strip_prefix("range: bytes=")).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(ranges.len(), 4, "{ranges:?}");
    assert_eq!(ranges[..2], ["0-", "0-"]);
    assert!(ranges[2] != "0-" && ranges[3] != ranges[2], "{ranges:?}");

    let tried = || way.seen("/manifests/").len();
    let before = tried();
    way.fail("/manifests/", vec![Fault::Answer(503, ""); 4]);
    place.pull(&reference).code(106).says("mik::deps::registry_failed").says("503");
    assert_eq!(tried() - before, 4);
    for (status, code) in [(400, "registry_failed"), (403, "login_wanted")] {
        let before = tried();
        way.fail("/manifests/", [Fault::Answer(status, "")]);
        place.pull(&reference).code(106).says(code);
        assert_eq!(tried() - before, 1, "{status}");
    }
    way.fail("GET /v2/shop/manifests/", [Fault::Answer(429, "")]);
    way.fail("HEAD ", [Fault::Answer(429, "retry-after: 3600\r\n")]);
    place.pull(&reference).code(106).says("mik::deps::registry_busy").says("3600 seconds");
}

#[test]
fn a_login_is_taken_from_where_it_is_and_what_is_wrong_with_it_is_told() {
    let registry = Registry::with_login(&["registry.test"]);
    let names = Names::new(&["registry.test 127.0.0.1"]);
    let (place, component) = (Place::new(), component());
    let host = format!("registry.test:{}", registry.address().port());
    let file = place.write("in.wasm", &component);
    let run = |change: &dyn Fn(&mut Command), arguments: &[&str]| {
        let mut command = place.command(arguments);
        names.give(&mut command).env("SSL_CERT_FILE", registry.certificate());
        change(&mut command);
        Program::run(&mut command)
    };
    let reference = format!("{host}/team/shop:1");
    let publish = ["publish", &reference, "--component", file.to_str().unwrap()];
    let published = run(
        &|command| {
            with_login(command);
        },
        &publish,
    )
    .ok()
    .stdout;

    let pull = ["pull", reference.as_str(), "-o", "out.wasm"];
    run(&|_| (), &pull).code(106).says("mik::deps::login_wanted").says(&format!("docker login {host}"));
    let untrusted = run(
        &|command| {
            with_login(command).env_remove("SSL_CERT_FILE");
        },
        &pull,
    )
    .code(106);
    untrusted.says("mik::deps::tls").says("SSL_CERT_FILE");
    let wrong = run(
        &|command| {
            with_login(command).env("MIK_REGISTRY_PASSWORD", "wrong");
        },
        &pull,
    )
    .code(106);
    wrong.says("mik::deps::wrong_credentials").says("MIK_REGISTRY_PASSWORD");
    // `{"exp":1000000000}`
    let token = "e30.eyJleHAiOjEwMDAwMDAwMDB9.x";
    let expired = run(
        &|command| {
            command.env("MIK_REGISTRY_TOKEN", token);
        },
        &pull,
    )
    .code(106);
    expired.says("mik::deps::expired_token").says("it expired").says("MIK_REGISTRY_TOKEN");

    let is_pulled = |change: &dyn Fn(&mut Command)| {
        assert_eq!(run(change, &pull).ok().stdout, published);
        assert!(place.pulled() == component);
    };
    is_pulled(&|command| {
        with_login(command);
    });
    // `docker login`: base64 of `tester:secret`.
    place.write("docker/config.json", json!({ "auths": { &host: { "auth": "dGVzdGVyOnNlY3JldA==" } } }).to_string());
    is_pulled(&|_| ());
    fs_err::rename(place.path("docker/config.json"), place.path("podman.json")).unwrap();
    is_pulled(&|_| ());
    fs_err::remove_file(place.path("podman.json")).unwrap();
    // A credential helper.
    place.write("docker/config.json", json!({ "credHelpers": { &host: "tests" } }).to_string());
    let path = |command: &mut Command| {
        let before = std::env::var_os("PATH").unwrap();
        let paths = [place.path("bin")].into_iter().chain(std::env::split_paths(&before));
        command.env("PATH", std::env::join_paths(paths).unwrap());
    };
    helper(&place, "echo '{\"Username\": \"tester\", \"Secret\": \"secret\"}'");
    is_pulled(&path);
    helper(&place, "echo 'the keyring is locked' >&2; exit 1");
    let locked = run(&path, &pull).code(106);
    locked.says("warning[mik::deps::credentials]").says("the keyring is locked").says("mik::deps::login_wanted");
}

fn helper(place: &Place, line: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = place.write("bin/docker-credential-tests", format!("#!/bin/sh\ncat > /dev/null\n{line}\n"));
    fs_err::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn tls_on_loopback_is_found_out() {
    let (registry, place) = (Registry::with_login(&["localhost"]), Place::new());
    let reference = format!("localhost:{}/shop:1", registry.address().port());
    let mut command = place.command(&["pull", &reference]);
    command.env("SSL_CERT_FILE", registry.certificate());
    Program::run(&mut command).code(106).says("mik::deps::login_wanted");
    Program::run(command.env_remove("SSL_CERT_FILE")).code(106).says("mik::deps::tls");
}

#[test]
pub(crate) fn the_default_and_mirrors_and_plain_http_are_the_configurations() {
    let (registry, mirror, place, component) = (Registry::start(), Registry::start(), Place::new(), component());
    let digest = registry.image("team/shop:1", CONFIG, ("application/wasm", &component));
    let names = Names::new(&["registry.test 127.0.0.1"]);
    let host = format!("registry.test:{}", registry.address().port());
    let pull = |reference: &str, variables: &[(&str, &str)]| {
        let mut command = place.command(&["pull", "-v", reference, "-o", "out.wasm"]);
        Program::run(names.give(&mut command).envs(variables.iter().copied()))
    };
    // It is not loopback by its name: nothing goes there in the clear.
    place.write("mik.toml", format!("[registry]\ndefault = \"{host}\"\n"));
    pull("team/shop:1", &[]).code(106).says("mik::deps::tls").says("registry.insecure");
    let configuration = format!("[registry]\ndefault = \"{host}\"\ninsecure = [\"{host}\"]\n");
    place.write("mik.toml", &configuration);
    assert_eq!(pull("team/shop:1", &[]).ok().stdout.trim(), digest);
    place.write("mik.toml", "");
    let variables = [("MIK_REGISTRY", host.as_str()), ("MIK_REGISTRY_INSECURE", &host)];
    assert_eq!(pull("team/shop:1", &variables).ok().stdout.trim(), digest);

    // The mirror goes first, and what it lacks comes from the registry.
    let mirrored = format!("{configuration}mirrors = {{ \"{host}\" = \"{}/kept\" }}\n", mirror.name());
    place.write("mik.toml", &mirrored);
    let output = pull("team/shop:1", &[]).ok().says("Passing");
    assert_eq!(output.stdout.trim(), digest);
    let other = mirror.image("kept/team/shop:1", "application/vnd.oci.empty.v1+json", ("application/wasm", &component));
    assert_eq!(pull("team/shop:1", &[]).ok().stdout.trim(), other);
    let off = [("MIK_REGISTRY_MIRRORS", "other.example.com=mirror.example.com")];
    assert_eq!(pull("team/shop:1", &off).ok().stdout.trim(), digest);

    for (wrong, says) in [
        ("default = \"https://a\"", "`https://a` is no registry"),
        ("insecure = [\"a b\"]", "`a b` is no registry"),
        ("mirrors = { \"ghcr.io\" = \"/x\" }", "can't be the mirror of `ghcr.io`"),
    ] {
        place.write("mik.toml", format!("[registry]\n{wrong}\n"));
        pull("team/shop:1", &[]).code(96).says(says).says("mik.toml:2");
    }
}

#[test]
fn skopeo_copies_what_we_push_and_we_pull_what_it_copies() {
    let (registry, other, place, component) = (Registry::start(), Registry::start(), Place::new(), component());
    let file = place.write("in.wasm", &component);
    let from = format!("{}/team/shop:1.0.0", registry.name());
    let output = Program::run(&mut place.command(&["publish", &from, "--component", file.to_str().unwrap()])).ok();
    let copy = |from: &str, to: &str| {
        let flags = ["copy", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"];
        let mut command = skopeo();
        command.arg("--tmpdir").arg(place.path("")).args(flags).args([from, to]).env("HOME", place.path(""));
        Program::run(&mut command).ok();
    };
    let to = format!("{}/copied:1", other.name());
    let layout = format!("oci:{}:1", place.path("layout").display());
    copy(&format!("docker://{from}"), &layout);
    copy(&layout, &format!("docker://{to}"));
    assert_eq!(place.pull(&to).ok().stdout, output.stdout);
    assert!(place.pulled() == component);
    let manifest: Value = other.manifest("copied", "1").unwrap();
    assert_eq!(manifest["config"]["mediaType"], CONFIG);
    assert!(Path::new(&place.path("layout/oci-layout")).is_file());
}
