//! What the standard library lacks on wasm32-unknown-unknown, by the functions that are called, and what to write instead.
//!
//! There, they panic (time), fail (files, network, threads), say that there is nothing (environment), write to nowhere (standard
//! streams), or give numbers that everybody can guess (the keys of `HashMap`). What is listed are the functions that one has to call to
//! get there, not methods of what only they give: a `File` that can't be opened is read by nobody.

use super::name::Name;

/// A part of std that the target does without.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Family {
    /// What is lacking.
    pub(super) lacks: &'static str,
    /// What to write instead.
    pub(super) instead: &'static str,
}

const TIME: Family = Family {
    lacks: "time",
    instead: "write `mik_sdk::time::timestamp()` for the date and `mik_sdk::time::monotonic()` to measure",
};
const ENVIRONMENT: Family = Family {
    lacks: "environment",
    instead: "write `mik_sdk::env::get(\"NAME\")`, and name the variable in `server.env`",
};
const FILES: Family = Family {
    lacks: "files",
    instead: "a handler has no files: `include_str!` and `include_bytes!` take one in, `server.static` serves them",
};
const NETWORK: Family = Family {
    lacks: "network",
    instead: "write `mik_sdk::fetch!` or `mik_sdk::http_client`, which the host answers for",
};
const THREADS: Family = Family {
    lacks: "threads",
    instead: "a component has one thread, on wasm32-wasip2 as well: call the function, and send requests side by side with `mik_sdk::http_client`",
};
const SLEEP: Family =
    Family { lacks: "threads", instead: "answer with a status and `retry-after` in place of waiting" };
const PROCESSES: Family = Family {
    lacks: "processes",
    instead: "a component starts and ends no processes: return an error from the handler",
};
const STREAMS: Family =
    Family { lacks: "streams", instead: "write `mik_sdk::log::info!`; what is printed would be lost there" };
const RANDOM: Family = Family {
    lacks: "random",
    instead: "the keys of a `HashMap` or `HashSet` can be guessed there: write `BTreeMap` or `BTreeSet`, or give it a hasher of its own",
};

/// What of std a function is, that the target lacks.
pub(super) fn of(name: &Name) -> Option<&'static Family> {
    let last = name.path.rsplit("::").find(|segment| !segment.starts_with('{')).unwrap_or_default();
    if let Some(of_trait) = &name.of_trait {
        // Names are looked up; an address is what it says.
        let is_name = ["str", "String"].iter().any(|text| name.self_type.contains(text));
        let looks_up = of_trait.starts_with("std::net::") && last == "to_socket_addrs" && is_name;
        let draws_keys = name.self_type.ends_with("RandomState") && of_trait == "core::default::Default";
        return if looks_up {
            Some(&NETWORK)
        } else if draws_keys {
            Some(&RANDOM)
        } else {
            None
        };
    }
    let segments: Vec<&str> = name.path.split("::").collect();
    let is_one_of = |names: &[&str]| names.contains(&last);
    match segments.as_slice() {
        ["std", "time", ..] | ["std", "sys", "time", ..] => is_one_of(&["now", "elapsed"]).then_some(&TIME),
        // What a variable is split into and joined from is text.
        ["std", "env", ..] => (!is_one_of(&["split_paths", "join_paths", "fmt"])).then_some(&ENVIRONMENT),
        ["std", "path", ..] => is_one_of(&ASKED_OF_PATHS).then_some(&FILES),
        ["std", "fs", ..] | ["std", "sys", "fs", ..] => Some(&FILES),
        ["std", "net", "tcp" | "udp" | "hostname", ..] | ["std", "sys", "net", ..] => Some(&NETWORK),
        ["std", "thread", ..] | ["std", "sys", "thread", ..] if is_one_of(&WAITS) => Some(&SLEEP),
        ["std", "thread", ..] | ["std", "sys", "thread", ..] => is_one_of(&STARTS).then_some(&THREADS),
        // A trap is a trap on every target.
        ["std", "process", ..] | ["std", "sys", "process", ..] => {
            (!is_one_of(&["abort", "abort_internal", "report"])).then_some(&PROCESSES)
        }
        ["std", "io", "stdio", ..] => is_one_of(&OPENS_STREAMS).then_some(&STREAMS),
        ["std", "hash", "random", "RandomState", ..] | ["std", "random", ..] => Some(&RANDOM),
        _ => name.path.contains("hashmap_random_keys").then_some(&RANDOM),
    }
}

const ASKED_OF_PATHS: [&str; 11] = [
    "exists",
    "try_exists",
    "is_file",
    "is_dir",
    "is_symlink",
    "metadata",
    "symlink_metadata",
    "canonicalize",
    "read_link",
    "read_dir",
    "absolute",
];
const WAITS: [&str; 5] = ["sleep", "sleep_ms", "sleep_until", "park_timeout", "park_timeout_ms"];
const STARTS: [&str; 6] =
    ["spawn", "spawn_unchecked", "spawn_unchecked_", "spawn_scoped", "available_parallelism", "scope"];
const OPENS_STREAMS: [&str; 6] = ["_print", "_eprint", "stdin", "stdout", "stderr", "read_to_string"];

/// What a function of such a family is called by those who write it.
pub(super) fn public(name: &Name) -> String {
    if of(name) == Some(&RANDOM) {
        return "std::hash::RandomState".to_owned();
    }
    // Modules that only std itself sees, and what macros stand for.
    const PRIVATE: [(&str, &str); 8] = [
        ("std::net::tcp::", "std::net::"),
        ("std::net::udp::", "std::net::"),
        ("std::net::socket_addr::", "std::net::"),
        ("std::thread::functions::", "std::thread::"),
        ("std::thread::builder::", "std::thread::"),
        ("std::io::stdio::_print", "println!"),
        ("std::io::stdio::_eprint", "eprintln!"),
        ("std::io::stdio::", "std::io::"),
    ];
    let words = name.in_words();
    let words = words.strip_suffix("::inner").unwrap_or(&words);
    PRIVATE.iter().fold(words.to_owned(), |words, (private, public)| words.replace(private, public))
}

/// What every program has for the moment in which it fails: it asks the environment how much to say, and there is no other way out.
/// What only this reaches is nothing that the program needs.
pub(super) fn is_machinery(name: &Name) -> bool {
    const MACHINERY: [&str; 12] = [
        "std::panicking::panic_handler",
        "std::panicking::begin_panic_handler",
        "std::panicking::panic_with_hook",
        "std::panicking::rust_panic_with_hook",
        "std::panicking::default_hook",
        "std::panicking::rust_panic",
        "std::panic::get_backtrace_style",
        "std::backtrace",
        "std::backtrace_rs",
        "std::sys::backtrace::_print",
        "std::sys::backtrace::BacktraceLock",
        "std::alloc",
    ];
    let path = if name.of_trait.is_some() { &name.self_type } else { &name.path };
    MACHINERY.iter().any(|of| path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with("::")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks(name: &str) -> Option<&'static str> {
        of(&Name::read(name)).map(|family| family.lacks)
    }

    #[test]
    fn what_the_target_lacks_is_known_by_name_however_it_is_mangled() {
        for (name, expected) in [
            ("<std::time::Instant>::now", "time"),
            ("std::time::SystemTime::now", "time"),
            ("std::env::var::<&str>", "environment"),
            ("std::env::var", "environment"),
            ("std::fs::read_to_string::inner", "files"),
            ("<std::fs::File>::open::<&str>", "files"),
            ("std::path::Path::exists", "files"),
            ("std::net::tcp::TcpStream::connect", "network"),
            ("<(&str, u16) as std::net::socket_addr::ToSocketAddrs>::to_socket_addrs", "network"),
            ("std::thread::functions::spawn", "threads"),
            ("std::thread::sleep", "threads"),
            ("<std::thread::builder::Builder>::spawn::<shop::price::{closure#0}, ()>", "threads"),
            ("std::process::Command::output", "processes"),
            ("std::process::exit", "processes"),
            ("std::io::stdio::_print", "streams"),
            ("std::io::stdio::stdin", "streams"),
            ("std::hash::random::RandomState::new::{{closure}}", "random"),
            ("<std::hash::random::RandomState as core::default::Default>::default", "random"),
            ("std::sys::random::unsupported::hashmap_random_keys", "random"),
        ] {
            assert_eq!(lacks(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_needs_no_system_is_not_lacking() {
        for name in [
            "<std::time::Instant>::checked_add",
            "<std::time::SystemTime>::duration_since",
            "std::path::Path::join",
            "<std::net::socket_addr::SocketAddr as std::net::socket_addr::ToSocketAddrs>::to_socket_addrs",
            "core::net::parser::<impl core::str::traits::FromStr for core::net::ip_addr::Ipv4Addr>::from_str",
            "std::thread::local::LocalKey<T>::with",
            "std::thread::current::current",
            "<std::thread::id::ThreadId>::new",
            "std::process::abort",
            "<std::io::cursor::Cursor<T> as std::io::Read>::read",
            "<std::fs::File as std::io::Read>::read",
            "core::ptr::drop_in_place<std::fs::File>",
            "<std::hash::random::DefaultHasher as core::hash::Hasher>::finish",
            "<std::hash::random::RandomState as core::hash::BuildHasher>::build_hasher",
            "std::collections::hash::map::HashMap<K,V,S,A>::insert",
            "std::sync::poison::mutex::Mutex<T>::lock",
            "std::environment::of_another_crate",
            "shop::std::env::var",
        ] {
            assert_eq!(lacks(name), None, "{name}");
        }
    }

    #[test]
    fn functions_are_called_what_one_writes() {
        for (name, expected) in [
            ("std::net::tcp::TcpStream::connect", "std::net::TcpStream::connect"),
            ("std::thread::functions::sleep", "std::thread::sleep"),
            ("std::io::stdio::_print", "println!"),
            ("std::fs::read_to_string::inner", "std::fs::read_to_string"),
            ("std::hash::random::RandomState::new::KEYS::{{constant}}", "std::hash::RandomState"),
        ] {
            assert_eq!(public(&Name::read(name)), expected);
        }
    }

    #[test]
    fn panics_are_machinery_and_what_only_carries_them_is_not() {
        for name in [
            "std::panicking::panic_handler::{closure#0}",
            "<std::backtrace::Backtrace>::capture",
            "std::alloc::rust_oom",
        ] {
            assert!(is_machinery(&Name::read(name)), "{name}");
        }
        // These call what they are given.
        for name in
            ["std::panicking::catch_unwind::<(), shop::price>", "std::panic::catch_unwind", "std::allocator::take"]
        {
            assert!(!is_machinery(&Name::read(name)), "{name}");
        }
    }
}
