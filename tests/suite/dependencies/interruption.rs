//! Commands that are killed, and commands at the same time: store, lock and manifest are good at every moment.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use mik_tests::FileServer;

use super::{Shop, component};

/// Store, lock and manifest are whole, whatever they hold.
fn is_good(shop: &Shop, manifest: &str, locks: &[&str]) {
    assert_eq!(shop.read("mik.toml"), manifest);
    let lock = shop.has("mik.lock").then(|| shop.read("mik.lock"));
    assert!(lock.as_ref().is_none_or(|lock| locks.contains(&lock.as_str())), "{lock:?}");
    for path in shop.stored() {
        use sha2::Digest;
        let digest = hex::encode(sha2::Sha256::digest(fs_err::read(&path).unwrap()));
        assert!(path.to_str().unwrap().ends_with(&format!("sha256-{digest}.wasm")), "{}", path.display());
    }
}

#[test]
fn fetch_may_be_killed_at_any_point() {
    let server = FileServer::start();
    let length = component(1, 300_000).len();
    server.put("a.wasm", component(1, 300_000));
    server.put("b.wasm", component(2, 300_000));
    let manifest = format!(
        "[dependencies]\na = {{ url = \"{}\" }}\nb = {{ url = \"{}\" }}\n",
        server.url("a.wasm"),
        server.url("b.wasm")
    );
    // What a run that nobody kills makes.
    let whole = Shop::new(&manifest);
    whole.run("fetch").ok();
    let lock = whole.read("mik.lock");

    let shop = Shop::new(&manifest);
    let start = || {
        let mut command = shop.command("fetch");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    for point in 0..16 {
        // Within the first download, and once that is there, within the second.
        server.hold(length * (point % 8) / 8);
        let mut fetch = start();
        server.wait_for_hold();
        fetch.kill().unwrap();
        fetch.wait().unwrap();
        server.release();
        is_good(&shop, &manifest, &[]);
        if point == 7 {
            server.put("b.wasm", "no component");
            shop.run("fetch").code(106);
            assert_eq!(shop.stored().len(), 1);
            server.put("b.wasm", component(2, 300_000));
        }
    }
    // After each thing that it says.
    for said in ["Fetched a", "Fetched b", "Locking a", "Finished"] {
        shop.forget();
        drop(fs_err::remove_file(shop.path("mik.lock")));
        let mut fetch = start();
        let stderr = BufReader::new(fetch.stderr.take().unwrap());
        assert!(stderr.lines().any(|line| line.unwrap().contains(said)), "{said}");
        drop(fetch.kill());
        fetch.wait().unwrap();
        is_good(&shop, &manifest, &[&lock]);
    }
    shop.run("fetch").ok();
    assert_eq!(shop.read("mik.lock"), lock);
    assert_eq!(shop.stored().len(), 2);
    shop.run("fetch --frozen").ok();
}

#[test]
fn commands_at_the_same_time_lose_nothing() {
    let server = FileServer::start();
    let shop = Shop::new("# Ours.\n");
    let names: Vec<String> = (0..6).map(|number| format!("part-{number}")).collect();
    for (number, name) in names.iter().enumerate() {
        server.put(&format!("{name}.wasm"), component(u32::try_from(number).unwrap(), 50_000));
    }
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            let url = server.url(&format!("{name}.wasm"));
            let mut command = shop.command(&format!("add {name} --url {url}"));
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let (manifest, lock) = (shop.read("mik.toml"), shop.read("mik.lock"));
    assert!(manifest.starts_with("# Ours.\n"), "{manifest}");
    for name in &names {
        assert!(
            manifest.contains(&format!("{name} = ")) && lock.contains(&format!("name = \"{name}\"")),
            "{manifest}{lock}"
        );
    }

    // A cache that many fill at once is filled once.
    shop.forget();
    let before = server.requests().len();
    let fetch =
        || shop.command("fetch --locked").stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::null()).spawn();
    let children: Vec<_> = (0..4).map(|_| fetch().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!((shop.stored().len(), server.requests().len() - before), (6, 6));
    assert_eq!(shop.read("mik.lock"), lock);
}
