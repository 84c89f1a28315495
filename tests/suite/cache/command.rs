//! `cargo mik cache`: what it says of the cache, and what it removes.

use mik_tests::Program;
use serde_json::json;

use super::{COMPILED, Cache, answering};

#[test]
fn info_says_where_and_how_much() {
    let cache = Cache::new();
    let shown = Program::run(&mut cache.cache("info")).ok().stdout;
    let directory = cache.0.path().display();
    assert_eq!(
        shown,
        format!(
            "directory           {directory}\n\
             compiled code       0 entries, 0 B; 1.0 GiB at most\n\
             standard libraries  0 entries, 0 B\n\
             dependencies        0 components, 0 B; 0 repositories, 0 B\n"
        )
    );

    drop(cache.serve());
    let size = fs_err::metadata(cache.entry()).unwrap().len();
    cache.put("0123456789abcdef-00.code", 1000, 1);
    cache.put(".new-dead", 24, 2);
    cache.put_standard_library("v1-1.0.0-old/wasm32-wasip2");
    assert_eq!(
        cache.json("info"),
        json!({
            "reason": "mik-cache",
            "directory": cache.0.path(),
            "code_limit": 1 << 30,
            "code": { "entries": 3, "size": size + 1024, "stale": { "entries": 2, "size": 1024 } },
            "standard_libraries": { "entries": 1, "size": 1000, "stale": { "entries": 1, "size": 1000 } },
            "dependencies": {
                "components": { "entries": 0, "size": 0 },
                "repositories": { "entries": 0, "size": 0 },
                "stale": { "entries": 0, "size": 0 },
            },
        })
    );
    let shown = Program::run(cache.cache("info").env("MIK_CACHE_MAX_MB", "64")).ok().stdout;
    assert!(shown.contains("3 entries") && shown.contains("(2 stale, 1.0 KiB); 64.0 MiB at most"), "{shown}");
    assert!(shown.contains("standard libraries  1 entry, 1000 B (1 stale, 1000 B)"), "{shown}");
}

#[test]
fn clean_removes_what_nobody_misses() {
    let cache = Cache::new();
    let server = cache.serve();
    let probes = cache.entry();
    cache.put("0123456789abcdef-00.code", 1000, 0);
    cache.put(".new-dead", 24, 2);
    cache.put(".new-alive", 24, 0);
    cache.put("notes.txt", 24, 2);
    cache.put_standard_library("v1-1.0.0-old/wasm32-wasip2");
    let removed = json!({
        "reason": "mik-cache-removed",
        "code": { "entries": 2, "size": 1024 },
        "standard_libraries": { "entries": 1, "size": 1000 },
        "dependencies": { "entries": 0, "size": 0 },
    });
    assert_eq!(cache.json("clean"), removed);
    assert_eq!(cache.names(), [".new-alive", probes.file_name().unwrap().to_str().unwrap(), "notes.txt"]);
    assert!(!cache.0.path().join("sysroots/v1-1.0.0-old").exists());

    Program::run(&mut cache.cache("clean")).ok().says("Removed nothing: there is nothing to remove");
    // What is beyond a bound that was lowered goes as well.
    Program::run(cache.cache("clean").env("MIK_CACHE_MAX_MB", "0")).ok().says("Removed 1 entry of compiled code, ");
    answering(server);
}

#[test]
fn clear_removes_all_compiled_code_even_under_a_server() {
    let cache = Cache::new();
    let server = cache.serve();
    cache.put("0123456789abcdef-00.code", 1000, 0);
    cache.put_standard_library("v1-1.0.0-old/wasm32-wasip2");
    Program::run(&mut cache.cache("clear")).ok().says("Removed 2 entries of compiled code, ");
    assert_eq!(cache.names(), [""; 0]);
    answering(server);
    cache.serve().says(COMPILED);

    let libraries = cache.0.path().join("sysroots/v1-1.0.0-old");
    assert!(libraries.exists());
    Program::run(&mut cache.cache("clear --all"))
        .ok()
        .says("Removed 1 entry of compiled code and 1 standard library, ");
    assert!(!libraries.exists());
    Program::run(&mut cache.cache("clear --all")).ok().says("Removed nothing");
}
