//! Dependencies that are downloaded, from a real server over a real socket.

use mik_tests::FileServer;

use super::{Shop, component};

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// A project that depends on `db.wasm` of a server.
fn shop(server: &FileServer) -> Shop {
    Shop::new(&format!("[dependencies]\ndb = {{ url = \"{}\" }}\n", server.url("db.wasm")))
}

#[test]
fn what_was_fetched_once_needs_no_network_and_is_looked_through_each_time() {
    let server = FileServer::start();
    server.put("db.wasm", component(1, 100));
    let shop = shop(&server);
    let fetched = shop.json("fetch");
    assert_eq!(fetched[0]["digest"], format!("sha256:{}", digest(&component(1, 100))));
    assert_eq!(fetched[0]["exports"], serde_json::json!(["shop:db/query@1.0.1"]));
    let lock = shop.read("mik.lock");
    shop.run("fetch --frozen").ok();
    assert_eq!(server.requests().len(), 1, "{:?}", server.requests());

    // Damage is found, and mended where there is a network.
    let [stored] = shop.stored().try_into().unwrap();
    fs_err::write(&stored, component(2, 100)).unwrap();
    shop.run("fetch --offline").code(106).says("mik::deps::offline").says("--> mik.toml:2:6");
    shop.run("fetch --locked").ok().says("Fetched db");
    assert_eq!(fs_err::read(&stored).unwrap(), component(1, 100));
    assert_eq!(shop.read("mik.lock"), lock);
}

#[test]
fn other_bytes_are_never_taken_in_silence() {
    let server = FileServer::start();
    server.put("db.wasm", component(1, 1));
    let shop = shop(&server);
    shop.run("fetch").ok().says("Locking db ");
    let lock = shop.read("mik.lock");
    server.put("db.wasm", component(2, 1));
    shop.run("fetch").ok();
    assert_eq!(shop.read("mik.lock"), lock);
    let outdated = shop.run("outdated").ok().stdout;
    let short = |bytes: &[u8]| digest(bytes)[..12].to_owned();
    assert!(outdated.contains(&format!("{} -> {}", short(&component(1, 1)), short(&component(2, 1)))), "{outdated}");
    assert_eq!(shop.read("mik.lock"), lock);

    shop.forget();
    shop.run("fetch").code(106).says("mik::deps::changed").says("cargo mik update db");
    assert_eq!((shop.read("mik.lock"), shop.stored().len()), (lock.clone(), 0));
    shop.run("update --locked").code(106).says("mik::deps::locked");
    shop.run("update nothing").code(106).says("mik::deps::unknown").says("there is `db`");
    shop.run("update db").ok().says("Updating db ");
    assert_ne!(shop.read("mik.lock"), lock);
    assert_eq!(shop.run("outdated").ok().says("Unchanged").stdout, "");
    // Those that are gone do not hide what the others have.
    let gone = |name: &str| format!("{name} = {{ url = \"{}\" }}\n", server.url(&format!("{name}.wasm")));
    shop.write("mik.toml", shop.read("mik.toml") + &gone("a") + &gone("b"));
    server.put("db.wasm", component(3, 1));
    let outdated = shop.run("outdated").code(106);
    assert!(outdated.stdout.starts_with("db  ") && outdated.stdout.lines().count() == 1, "{}", outdated.stdout);
    outdated.says("`a`").says("`b`").says("404");
}

#[test]
fn what_can_heal_is_tried_again_and_what_broke_off_goes_on() {
    let server = FileServer::start();
    let bytes = component(1, 200_000);
    server.put("db.wasm", bytes.clone());
    let shop = shop(&server);
    server.refuse(2, 503);
    shop.run("fetch").ok();
    assert_eq!(server.requests().len(), 3);

    shop.forget();
    server.cut(&[150_000, 20_000]);
    shop.run("fetch").ok();
    let requests = server.requests();
    assert_eq!(requests.len(), 6, "{requests:?}");
    assert!(!requests[3].to_lowercase().contains("range:"), "{}", requests[3]);
    assert!(requests[4].to_lowercase().contains("range: bytes=150000-"), "{}", requests[4]);
    assert!(requests[5].to_lowercase().contains("range: bytes=170000-"), "{}", requests[5]);
    let [stored] = shop.stored().try_into().unwrap();
    assert_eq!(fs_err::read(stored).unwrap(), bytes);
}

#[test]
fn what_a_server_says_no_to_is_told_and_leaves_nothing_behind() {
    let server = FileServer::start();
    let shop = shop(&server);
    let wrong = |says: &str| {
        shop.run("fetch").code(106).says(says).says("--> mik.toml:2:6");
        assert!(!shop.has("mik.lock") && shop.stored().is_empty());
    };
    wrong("answers 404");
    assert_eq!(server.requests().len(), 1, "what heals nothing is not done");
    server.refuse(1, 401);
    wrong("needs a login");
    server.refuse(9, 500);
    wrong("answers 500, 4 times");
    server.refuse(0, 0);
    server.put("db.wasm", "<html>");
    wrong("begins with `<html>`");
    server.put("db.wasm", wat::parse_str("(module)").unwrap());
    wrong("is a core module");
    server.put("db.wasm", component(1, 10));
    server.cut(&[1, 0, 0, 0]);
    wrong("mik::deps::download");
    server.redirect("db.wasm", "http://192.0.2.1/db.wasm");
    wrong("is not encrypted");
    server.redirect("db.wasm", &server.url("db.wasm"));
    wrong("redirects without end");
    server.redirect("db.wasm", &server.url("other.wasm"));
    server.put("other.wasm", component(1, 10));
    shop.run("fetch").ok();
    drop(server);
    shop.forget();
    shop.run("fetch").code(106).says("can't be downloaded").says("4 tries");
}

#[test]
fn a_digest_that_is_declared_has_to_be_that_of_the_bytes() {
    let server = FileServer::start();
    server.put("db.wasm", component(1, 1));
    let shop = Shop::new("");
    let other = digest(&component(2, 1));
    let url = server.url("db.wasm");
    shop.run(&format!("add db --url {url} --sha256 {other}")).code(106).says("mik::deps::digest");
    assert_eq!((shop.read("mik.toml").as_str(), shop.has("mik.lock")), ("", false));
    shop.run(&format!("add db --url {url} --sha256 {}", digest(&component(1, 1)))).ok();
    // Once it is written that it is another, the one that is locked does not hold any more.
    let written = shop.read("mik.toml").replace(&digest(&component(1, 1)), &other);
    shop.write("mik.toml", written);
    shop.run("fetch --locked").code(106).says("mik::deps::locked");
    server.put("db.wasm", component(2, 1));
    shop.run("fetch").ok().says("Updating db ");
}
