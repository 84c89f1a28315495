//! Dependencies from registries: Debian's registry, with what others have pushed there.

use std::process::Command;

use mik_tests::{Program, Registry};

use super::{Shop, component};

/// What the CNCF calls a Wasm OCI artifact.
const CONFIG: &str = "application/vnd.wasm.config.v0+json";

#[test]
fn a_tag_is_pinned_by_digest_and_one_that_has_moved_is_told_of_and_not_taken() {
    let registry = Registry::start();
    let push = |number| registry.image("team/db:1.0", CONFIG, ("application/wasm", &component(number, 1000)));
    let first = push(1);
    let name = registry.name();
    let shop = Shop::new("");
    shop.run(&format!("add {name}/team/db:1.0")).ok().says("Locking db ").says("Adding ");
    assert!(shop.read("mik.toml").contains(&format!("\"{name}/team/db\" = \"1.0\"")), "{}", shop.read("mik.toml"));
    let lock = shop.read("mik.lock");
    assert!(lock.contains(&format!("registry+{name}/team/db:1.0#{first}")), "{lock}");
    assert!(lock.contains("shop:db/query@1.0.1"), "{lock}");
    shop.run("fetch --frozen").ok();

    let second = push(2);
    shop.run("fetch").ok();
    assert_eq!(shop.read("mik.lock"), lock);
    let outdated = shop.run("outdated").ok().stdout;
    assert!(outdated.starts_with("db ") || outdated.contains("db "), "{outdated}");
    // What is pinned is still there, by its digest.
    shop.forget();
    shop.run("fetch --locked").ok().says("Fetched db");
    let [stored] = shop.stored().try_into().unwrap();
    assert_eq!(fs_err::read(stored).unwrap(), component(1, 1000));

    shop.run("update db").ok().says("Updating db ");
    assert!(shop.read("mik.lock").contains(&second), "{}", shop.read("mik.lock"));
    assert_eq!(shop.stored().len(), 2);
    // Without the registry, what is here is enough, and what is not is told.
    drop(registry);
    shop.run("fetch").ok();
    shop.forget();
    shop.run("fetch").code(106).says("dependency `db`").says("--> mik.toml:").says(&name);
}

#[test]
fn what_a_registry_does_not_have_is_told_where_it_is_declared_and_changes_nothing() {
    let registry = Registry::start();
    registry.image("team/db:1.0", CONFIG, ("application/wasm", &component(1, 1)));
    registry.image("team/module:1.0", CONFIG, ("application/wasm", &wat::parse_str("(module)").unwrap()));
    let name = registry.name();
    let shop = Shop::new("# The shop's.\n");
    for (reference, code) in [
        (format!("{name}/team/db:2.0"), "mik::deps::unknown_tag"),
        (format!("{name}/team/cache:1.0"), "mik::deps::unknown_repository"),
        (format!("{name}/team/module:1.0"), "mik::deps::core_module"),
    ] {
        shop.run(&format!("add {reference}")).code(106).says(code);
        assert_eq!(shop.read("mik.toml"), "# The shop's.\n");
        assert!(!shop.has("mik.lock"));
    }
    // The default registry, and where it is declared.
    shop.write("mik.toml", format!("registry.default = \"{name}\"\n[dependencies]\n\"team/db\" = \"3.0\"\n"));
    shop.run("fetch").code(106).says("mik::deps::unknown_tag").says("--> mik.toml:3:").says("1.0");
    shop.write("mik.toml", format!("registry.default = \"{name}\"\n[dependencies]\n\"team/db\" = \"1.0\"\n"));
    shop.run("fetch").ok().says("Locking db ");
}

#[test]
fn a_disk_that_fills_up_leaves_all_as_it_was() {
    let registry = Registry::start();
    registry.image("team/db:1.0", CONFIG, ("application/wasm", &component(1, 100_000)));
    let shop = Shop::new("# The shop's.\n");
    let add = format!("add {}/team/db:1.0", registry.name());
    let unlimited = shop.command(&add);
    let mut limited = Command::new("sh");
    // No file may grow beyond 32 KiB, and trying fails as on a full disk instead of ending the program.
    limited.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"]).arg(unlimited.get_program());
    limited.args(unlimited.get_args()).current_dir(shop.path(""));
    limited.envs(unlimited.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Program::run(&mut limited).code(106).says("is the disk full");
    assert_eq!((shop.read("mik.toml").as_str(), shop.has("mik.lock")), ("# The shop's.\n", false));
    assert!(shop.stored().is_empty());
    shop.run(&add).ok();
    assert_eq!(shop.stored().len(), 1);
}
