//! What a component can do of the world's things, in words, told from its imports; and what of it `mik` grants.
//!
//! What is not imported can't be done. What is imported may still never be done: the code is not looked at.

use std::collections::BTreeMap;

use serde::Serialize;

use super::items::Items;

/// Something that a component can do if its host lets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Capability {
    /// In words: it …
    pub(super) it: &'static str,
    /// What `mik` has for it.
    pub(super) mik: &'static str,
    pub(super) grant: Grant,
    /// The key that changes it.
    pub(super) key: Option<&'static str>,
    /// The imports that it was told from.
    pub(super) imports: Vec<String>,
}

/// Whether `mik` grants something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Grant {
    /// Without being asked.
    Granted,
    /// Where a key says so.
    ByKey,
    /// The interface is there, and there is nothing behind it.
    Nothing,
    /// The interface is not there: `mik` does not run the component.
    NotOffered,
}

/// One line of the table: which imports, what they are for, and what `mik` has.
struct Known {
    /// What the import's name begins with.
    prefixes: &'static [&'static str],
    it: &'static str,
    mik: &'static str,
    grant: Grant,
    key: Option<&'static str>,
}

const KNOWN: &[Known] = &[
    Known {
        prefixes: &["wasi:http/outgoing-handler@", "wasi:http/client@"],
        it: "sends HTTP requests to other hosts",
        mik: "no host is allowed until `server.http_allowed` names it",
        grant: Grant::ByKey,
        key: Some("server.http_allowed"),
    },
    Known {
        prefixes: &["wasi:clocks/wall-clock@", "wasi:clocks/system-clock@"],
        it: "reads the clock",
        mik: "granted",
        grant: Grant::Granted,
        key: None,
    },
    Known {
        prefixes: &["wasi:clocks/monotonic-clock@"],
        it: "measures time and waits",
        mik: "granted, for as long as `server.execution_timeout_secs` says",
        grant: Grant::Granted,
        key: Some("server.execution_timeout_secs"),
    },
    Known { prefixes: &["wasi:random/"], it: "takes random numbers", mik: "granted", grant: Grant::Granted, key: None },
    Known {
        prefixes: &["wasi:cli/environment@"],
        it: "reads its environment and arguments",
        mik: "it sees what `server.env` has, nothing of the host's, and no arguments",
        grant: Grant::ByKey,
        key: Some("server.env"),
    },
    Known {
        prefixes: &["wasi:cli/stdout@", "wasi:cli/stderr@"],
        it: "writes to its output",
        mik: "granted: the server's log, each line with the module's name",
        grant: Grant::Granted,
        key: None,
    },
    Known {
        prefixes: &["wasi:cli/stdin@"],
        it: "reads its input",
        mik: "there is none: it is at its end",
        grant: Grant::Nothing,
        key: None,
    },
    Known {
        prefixes: &["wasi:cli/terminal-"],
        it: "asks whether it has a terminal",
        mik: "it has none",
        grant: Grant::Nothing,
        key: None,
    },
    Known {
        prefixes: &["wasi:cli/exit@"],
        it: "ends itself",
        mik: "granted: the request is a 500",
        grant: Grant::Granted,
        key: None,
    },
    Known {
        prefixes: &["wasi:filesystem/"],
        it: "opens files",
        mik: "there are none: every path is refused",
        grant: Grant::Nothing,
        key: None,
    },
    Known {
        prefixes: &["wasi:sockets/"],
        it: "opens connections and looks up names",
        mik: "every address and name is refused",
        grant: Grant::Nothing,
        key: None,
    },
    Known {
        prefixes: &["mik:core/handler@"],
        it: "hands requests to a handler",
        mik: "`composition.bridge` composes it with one",
        grant: Grant::ByKey,
        key: Some("composition.bridge"),
    },
];

/// What the interfaces of WASI have in common: types, and how to wait for them. Nothing of the world's comes by them alone.
const PLUMBING: &[&str] = &["wasi:io/", "wasi:http/types@", "wasi:clocks/types@", "wasi:cli/types@"];

/// The versions of WASI that `mik` offers.
const VERSIONS: &[&str] = &["@0.2.", "@0.3."];

/// Everything that a component can do, by what it imports.
pub(super) fn of(items: &Items, is_component: bool) -> Vec<Capability> {
    let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut foreign = Vec::new();
    let imports = items.imports.iter().filter(|import| is_component && import.sort == "instance");
    for import in imports.map(|import| &import.name) {
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| import.starts_with(prefix));
        let known = KNOWN.iter().position(|known| starts(known.prefixes));
        match known.filter(|_| is_offered(import) || import.starts_with("mik:core/handler@")) {
            Some(place) => found.entry(place).or_default().push(import.clone()),
            None if is_offered(import) => {}
            None => foreign.push(import.clone()),
        }
    }
    // Types are equal to others, and ask nobody for anything.
    let others = items.imports.iter().filter(|import| is_component && !matches!(import.sort, "instance" | "type"));
    foreign.extend(others.map(|import| import.name.clone()));
    let mut capabilities: Vec<Capability> = found
        .into_iter()
        .filter_map(|(place, imports)| {
            let Known { it, mik, grant, key, .. } = KNOWN.get(place)?;
            Some(Capability { it, mik, grant: *grant, key: *key, imports })
        })
        .collect();
    if !foreign.is_empty() {
        capabilities.push(Capability {
            it: "calls what another component or host has to export",
            mik: "not offered: it has to be composed with a component that exports it",
            grant: Grant::NotOffered,
            key: None,
            imports: foreign,
        });
    }
    capabilities
}

/// Whether `mik`'s host has an interface for this import.
pub(super) fn is_offered(import: &str) -> bool {
    let mut known = KNOWN.iter().flat_map(|known| known.prefixes).chain(PLUMBING);
    let is_known = known.any(|prefix| import.starts_with(prefix) && prefix.starts_with("wasi:"));
    is_known && VERSIONS.iter().any(|version| import.contains(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_offered_in_the_versions_that_the_host_has() {
        for (import, offered) in [
            ("wasi:io/streams@0.2.0", true),
            ("wasi:http/types@0.2.6", true),
            ("wasi:http/client@0.3.0", true),
            ("wasi:http/handler@0.3.0", false),
            ("wasi:http/types@0.1.0", false),
            ("wasi:keyvalue/store@0.2.0-draft", false),
            ("mik:core/handler@0.1.0", false),
            ("shop:cart/items", false),
        ] {
            assert_eq!(is_offered(import), offered, "{import}");
        }
    }
}
