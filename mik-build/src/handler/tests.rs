//! Bindings of packages in a directory, made from components and from projects.

use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use super::*;

/// A component of a world; its functions only trap.
fn component(items: &str, packages: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("it.wit", &format!("package test:it;\nworld it {{ {items} }}\n{packages}")).unwrap();
    let world = resolve.select_world(&[package], Some("it")).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

const SHOP: &str = "
    package shop:disk@0.1.0 { interface types { resource file { size: func() -> u64; name: func() -> string; } } }
    package shop:db@1.0.0 {
        interface query { use shop:disk/types@0.1.0.{file}; record row { id: u32 } rows: func(disk: borrow<file>) -> list<row>; }
    }
    package shop:log { interface sink { line: func(text: string); } }
    package mik:core@0.1.0 { interface handler { handle: func(); } }";

/// A package with these files, whose `Cargo.toml` declares these dependencies.
struct Shop(TempDir);

impl Shop {
    fn new(dependencies: &str) -> Self {
        let shop = Self(tempfile::tempdir().unwrap());
        let manifest = format!("[package]\nname = \"shop\"\n\n[package.metadata.mik.dependencies]\n{dependencies}");
        shop.with("Cargo.toml", manifest)
    }

    fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    fn bindings(&self) -> Result<(String, Vec<String>), BuildError> {
        let mut watched = Watched::default();
        let bindings = bindings(self.0.path(), Style::sdk(), &mut watched)?;
        let watched = watched.0.iter().map(|path| path.strip_prefix(self.0.path()).unwrap().display().to_string());
        Ok((bindings, watched.collect()))
    }

    #[track_caller]
    fn fails(&self, says: &str) {
        let error = format!("{:?}", self.bindings().unwrap_err());
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn what_dependencies_export_is_imported_and_what_is_served_is_not() {
    let db = component("export shop:db/query@1.0.0; import shop:log/sink; export mik:core/handler@0.1.0;", SHOP);
    let log = component("export shop:log/sink; export count: func() -> u32;", SHOP);
    let shop = Shop::new("db = { path = \"db.wasm\" }\n").with("db.wasm", db).with("log.wasm", log);
    let (text, watched) = shop.bindings().unwrap();
    assert!(
        text.contains("pub fn rows(disk: &File)") && !text.contains("mod log") && !text.contains("mod mik"),
        "{text}"
    );
    // What its functions take is there as well, whoever makes it.
    assert!(text.contains("pub mod disk"), "{text}");
    assert_eq!(watched, ["Cargo.toml", "db.wasm"]);

    let shop =
        shop.with("mik.toml", "[dependencies]\nlog = { path = \"log.wasm\" }\ndb = { path = \"nowhere.wasm\" }\n");
    let (text, watched) = shop.bindings().unwrap();
    assert!(text.contains("pub fn line(text: &str)") && text.contains("pub fn count() -> u32"), "{text}");
    assert_eq!(watched, ["Cargo.toml", "db.wasm", "log.wasm", "mik.toml"]);
    assert_eq!(Shop::new("").bindings().unwrap().0, "// No dependency has anything to call.\n");
}

#[test]
fn projects_are_known_by_their_wit_and_the_packages_own_wit_is_part_of_it() {
    let shop = Shop::new("tax = { path = \"tax\" }\nblog = { path = \"blog\" }\n")
        .with("tax/Cargo.toml", "[package]\nname = \"tax\"\n")
        .with("tax/wit/tax.wit", "package shop:tax@1.0.0;\ninterface rates { on: func(amount: u64) -> u64; }\nworld other {}\nworld tax { export rates; }\n")
        // A handler has no WIT, and is served.
        .with("blog/Cargo.toml", "[package]\nname = \"blog\"\n")
        .with("wit/own.wit", "package shop:mine;\ninterface audit { use shop:tax/rates@1.0.0 as tax; all: func(); }\nworld shop { export audit; }\n");
    shop.fails("");
    let own = "package shop:mine;\ninterface audit { all: func(); }\nworld shop { import shop:tax/rates@1.0.0; export audit; }\n";
    let shop = shop.with("wit/own.wit", own);
    let (text, watched) = shop.bindings().unwrap();
    assert!(text.contains("pub fn on(amount: u64) -> u64") && text.contains("pub trait Guest"), "{text}");
    assert!(text.contains("macro_rules! __export_handler_impl"), "{text}");
    assert_eq!(watched, ["Cargo.toml", "blog/Cargo.toml", "tax/Cargo.toml", "tax/wit", "wit"]);

    let shop = shop.with("tax/Cargo.toml", "[package]\nname = \"taxes\"\n");
    shop.fails("has several worlds: other, tax\n  help: name one like the package");
    let named = "[package]\nname = \"taxes\"\n[package.metadata.component.target]\nworld = \"tax\"\n";
    shop.with("tax/Cargo.toml", named).bindings().unwrap();
}

#[test]
fn projects_may_use_what_their_own_dependencies_export() {
    let rates =
        "package shop:tax@1.0.0 { interface rates { record rate { percent: u32 } all: func() -> list<rate>; } }";
    let prices = "package shop:prices;\ninterface catalog { use shop:tax/rates@1.0.0.{rate}; of: func(name: string) -> rate; }\nworld prices { export catalog; }\n";
    let shop = Shop::new("prices = { path = \"prices\" }\n")
        .with(
            "prices/Cargo.toml",
            "[package]\nname = \"prices\"\n[package.metadata.mik.dependencies]\ntax = { path = \"../tax.wasm\" }\n",
        )
        .with("prices/wit/prices.wit", prices)
        .with("tax.wasm", component("export shop:tax/rates@1.0.0;", rates));
    let (text, watched) = shop.bindings().unwrap();
    assert!(text.contains("pub fn of(name: &str) -> Rate"), "{text}");
    assert_eq!(watched, ["Cargo.toml", "prices/Cargo.toml", "prices/wit", "tax.wasm"]);
}

#[test]
fn of_a_workspace_the_package_is_meant_that_yields_a_component() {
    let member = |name: &str, more: &str| format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n{more}");
    let shop = Shop::new("rates = { path = \"tools\" }\n")
        .with("tools/Cargo.toml", "[workspace]\nmembers = [\"common\", \"tax\"]\n")
        .with("tools/common/Cargo.toml", member("common", ""))
        .with("tools/common/src/lib.rs", "")
        .with("tools/tax/Cargo.toml", member("tax", "[lib]\ncrate-type = [\"cdylib\"]\n"))
        .with("tools/tax/src/lib.rs", "")
        .with(
            "tools/tax/wit/tax.wit",
            "package shop:tax;\ninterface rates { all: func() -> u32; }\nworld tax { export rates; }\n",
        );
    assert!(shop.bindings().unwrap().0.contains("pub fn all() -> u32"));
    let shop = shop.with("tools/common/Cargo.toml", member("common", "[lib]\ncrate-type = [\"cdylib\"]\n"));
    shop.fails("has no package `rates`");
}

#[test]
fn the_lock_is_that_of_the_workspace() {
    let shop = Shop::new("db = { url = \"https://example.com/db.wasm\" }\n")
        .with("mik.lock", "version = 7\n")
        .with("member/Cargo.toml", "[package]\nname = \"member\"\n[package.metadata.mik.dependencies]\ndb = { url = \"https://example.com/db.wasm\" }\n")
        .with("other/Cargo.toml", "[package]\nname = \"other\"\n");
    let manifest = std::fs::read_to_string(shop.0.path().join("Cargo.toml")).unwrap();
    let shop = shop.with("Cargo.toml", format!("{manifest}[workspace]\nexclude = [\"other\"]\n"));
    let root = shop.0.path();
    assert_eq!(manifest::workspace(&root.join("member")), root);
    assert_eq!(manifest::workspace(root), root);
    assert_eq!(manifest::workspace(&root.join("other")), root.join("other"));
    let told = bindings(&root.join("member"), Style::sdk(), &mut Watched::default()).unwrap_err();
    assert!(format!("{told:?}").contains("its version is 7"), "{told:?}");
}

#[test]
fn an_instance_is_one_of_the_exports_or_what_the_own_wit_says() {
    let both = || component("export shop:log/sink; export shop:db/query@1.0.0;", SHOP);
    let shop = Shop::new("log = { path = \"log.wasm\", instance = \"shop:log/sink\" }\n").with("log.wasm", both());
    let (text, _) = shop.bindings().unwrap();
    assert!(text.contains("fn line") && !text.contains("fn rows"), "{text}");
    let shop = Shop::new("log = { path = \"log.wasm\", instance = \"acme:log/sink\" }\n").with("log.wasm", both());
    assert_eq!(shop.bindings().unwrap().0, "// No dependency has anything to call.\n");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    Shop::new("db = { path = \"db.wasm\" }\n").fails("the dependency `db` can't be read");
    Shop::new("db = { path = \"db.wasm\" }\n").with("db.wasm", "text").fails("the dependency `db` is no component");
    Shop::new("db = { pth = \"db.wasm\" }\n").fails("Cargo.toml:5: `dependencies.db`");
    Shop::new("").with("mik.lock", "version = 7\n").bindings().unwrap();
    Shop::new("db = { path = \"db.wasm\" }\n").with("mik.lock", "version = 7\n").fails("mik.lock:1: its version is 7");
    let shop = Shop::new("tax = { path = \"tax\" }\n").with("tax/Cargo.toml", "[package]\nname = \"tax\"\n");
    shop.with("tax/wit/tax.wit", "package shop:tax;\nworld tax { exprt x; }\n").fails("tax.wit:2:13");
    let shop = Shop::new("one = { path = \"1.wasm\" }\ntwo = { path = \"2.wasm\" }\n");
    let package = |result| format!("package shop:db {{ interface query {{ rows: func() -> {result}; }} }}");
    let shop = shop.with("1.wasm", component("export shop:db/query;", &package("u32")));
    shop.with("2.wasm", component("export shop:db/query;", &package("string")))
        .fails("what `two` exports is not what another");
}

#[test]
fn wasi_need_not_lie_beside_what_uses_it() {
    let own = "package shop:mine;\ninterface notes { use wasi:http/types@0.2.3.{method}; of: func(method: method); }\n\
               world shop { import wasi:clocks/wall-clock@0.2.3; export notes; }\n";
    let shop = Shop::new("").with("wit/own.wit", own);
    let (text, _) = shop.bindings().unwrap();
    assert!(text.contains("pub mod wall_clock") && text.contains("fn of(method: Method)"), "{text}");
    assert!(text.contains("wasi:clocks/wall-clock@0.2.3") && !text.contains("@0.2.0"), "{text}");
    // A dependency that uses some of it, as every component of Rust's does, has the same version or another.
    for version in ["0.2.3", "0.2.0"] {
        let wasi = format!(
            "package wasi:clocks@{version} {{ interface wall-clock {{ record datetime {{ seconds: u64, nanoseconds: u32 }} now: func() -> datetime; }} }}"
        );
        let db = format!("import wasi:clocks/wall-clock@{version}; export shop:db/query@1.0.0;");
        let shop = Shop::new("db = { path = \"db.wasm\" }\n").with("db.wasm", component(&db, &format!("{SHOP}{wasi}")));
        let (text, _) = shop.with("wit/own.wit", own).bindings().unwrap();
        assert!(text.contains("fn rows") && text.contains("fn resolution"), "{text}");
    }
    // What is there goes before, and what WASI has not is told.
    let beside = "package wasi:clocks@0.2.3;\ninterface wall-clock { ours: func(); }\n";
    let clock = "package shop:mine;\nworld shop { import wasi:clocks/wall-clock@0.2.3; }\n";
    let shop = Shop::new("").with("wit/own.wit", clock).with("wit/deps/clocks.wit", beside);
    assert!(shop.bindings().unwrap().0.contains("pub fn ours()"));
    let unknown = clock.replace("wall-clock", "cuckoo-clock");
    Shop::new("").with("wit/own.wit", unknown).fails("cuckoo-clock");
    Shop::new("").with("wit/own.wit", clock.replace("0.2.3", "0.3.0")).fails("wasi:clocks@0.3.0");
}

#[test]
fn a_world_of_wasis_may_be_the_target() {
    let manifest = |target: &str| {
        let component = format!("[package.metadata.component]\ntarget = {target}\n");
        Shop::new("").with("Cargo.toml", format!("[package]\nname = \"shop\"\n{component}"))
    };
    for target in ["\"wasi:http/proxy@0.2.0\"", "{ package = \"wasi:http\", version = \"0.2.0\", world = \"proxy\" }"] {
        let (text, _) = manifest(target).bindings().unwrap();
        assert!(text.contains("pub mod incoming_handler") && text.contains("pub mod outgoing_handler"), "{text}");
    }
    manifest("\"wasi:http/praxy@0.2.0\"").fails("`wasi:http@0.2.0` has no world `praxy`: proxy");
    manifest("\"wasi:nothing/proxy@0.2.0\"").fails("WASI has no package `wasi:nothing@0.2.0`");
    for other in ["wasi:http/proxy@0.3.0", "wasi:http/proxy", "shop:db/it@0.2.0"] {
        manifest(&format!("{other:?}")).fails(&format!("`{other}` is WIT in a registry"));
    }
}

/// `SNAPSHOTS=overwrite` writes it.
#[test]
fn wasi_is_that_of_the_repository() {
    let mut resolve = Resolve::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    resolve.push_dir(root.join("../wit")).unwrap();
    let main = resolve.push_str("main.wit", "package mik:wasi;\n").unwrap();
    let nested: Vec<_> =
        resolve.packages.iter().filter(|(_, it)| it.name.namespace == wasi::NAMESPACE).map(|(id, _)| id).collect();
    let mut printer = wit_component::WitPrinter::default();
    printer.emit_docs(false).print(&resolve, main, &nested).unwrap();
    let text = String::from(printer.output);
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        std::fs::write(root.join("src/handler/wasi.wit"), &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(root.join("src/handler/wasi.wit")).unwrap(), text);
}
