//! What makes one component larger or smaller than another.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::json;

use super::size::Unnamed;
use super::{SizeReport, change, grouped, largest_first, plain, with_sign};

/// What has changed between two components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    before: (String, u64),
    after: (String, u64),
    pub(super) lists: [Changes; 4],
    /// The one whose functions have no names, where the other's have: then they can't be compared.
    nameless: Option<String>,
    most: usize,
}

/// What of one kind is not as large as before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Changes {
    /// What they are: `core module`, `section`, `crate` or `function`.
    pub(super) of: &'static str,
    /// By how many bytes, by name.
    pub(super) bytes: BTreeMap<String, i64>,
}

impl Difference {
    /// Compares two components by core modules, sections, crates and functions of the same name.
    pub fn of(before: &SizeReport, after: &SizeReport) -> Self {
        let mut lists = before.lists(Unnamed::Together).zip_with(after.lists(Unnamed::Together), changes);
        let nameless = match (before.has_names(), after.has_names()) {
            (false, true) => Some(before.name().to_owned()),
            (true, false) => Some(after.name().to_owned()),
            _ => None,
        };
        if nameless.is_some() {
            // A name on one side and a number on the other are never the same function.
            lists[3].bytes.clear();
        }
        Self {
            before: (before.name().to_owned(), before.total()),
            after: (after.name().to_owned(), after.total()),
            lists,
            nameless,
            most: after.most(),
        }
    }

    /// What the other component is called, and its bytes.
    pub(super) fn before(&self) -> (&str, u64) {
        (&self.before.0, self.before.1)
    }

    /// The one whose functions have no names, where the other's have.
    pub(super) fn nameless(&self) -> Option<&str> {
        self.nameless.as_deref()
    }

    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        let side = |(name, bytes): &(String, u64)| json!({ "name": name, "bytes": bytes });
        let [modules, sections, crates, functions] = &self.lists;
        let value = json!({
            "reason": "mik-size-difference",
            "before": side(&self.before),
            "after": side(&self.after),
            "modules": modules.bytes,
            "sections": sections.bytes,
            "crates": crates.bytes,
            "functions": functions.bytes,
            "nameless": self.nameless,
        });
        format!("{value}\n")
    }
}

/// What is not as large as before.
fn changes(of: &'static str, before: BTreeMap<String, u64>, after: BTreeMap<String, u64>) -> Changes {
    let mut bytes: BTreeMap<String, i64> = after.into_iter().map(|(name, bytes)| (name, change(0, bytes))).collect();
    for (name, before) in before {
        *bytes.entry(name).or_default() -= change(0, before);
    }
    bytes.retain(|_, change| *change != 0);
    Changes { of, bytes }
}

impl Changes {
    /// The largest changes first, whichever way.
    pub(super) fn by_size(&self) -> Vec<(&str, i64)> {
        let by_size =
            self.bytes.iter().map(|(name, change)| ((name.as_str(), *change), change.unsigned_abs())).collect();
        largest_first(by_size).into_iter().map(|(change, _)| change).collect()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = (self.before.1, self.after.1);
        writeln!(formatter, "{}: {} bytes", self.before.0, grouped(before))?;
        writeln!(formatter, "{}: {} bytes, {}", self.after.0, grouped(after), with_sign(change(before, after)))?;
        for changes in &self.lists {
            if changes.bytes.is_empty() {
                continue;
            }
            writeln!(formatter, "\n{:>9}  {}", "change", changes.of)?;
            let rows = changes.by_size();
            for (name, change) in rows.iter().take(self.most) {
                writeln!(formatter, "{:>9}  {}", with_sign(*change), plain(name))?;
            }
            if let Some(rest) = rows.get(self.most..).filter(|rest| !rest.is_empty()) {
                let change = rest.iter().map(|(_, change)| change).sum();
                writeln!(formatter, "{:>9}  {} more", with_sign(change), rest.len())?;
            }
        }
        if let Some(nameless) = &self.nameless {
            writeln!(
                formatter,
                "\nthe functions of {nameless} have no names, so neither they nor their crates can be compared"
            )?;
        }
        Ok(())
    }
}
