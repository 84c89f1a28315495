//! What makes one component larger or smaller than another.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::json;

use super::{SizeReport, grouped, largest_first};

/// What has changed between two components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    before: (String, u64),
    after: (String, u64),
    crates: BTreeMap<String, i64>,
    functions: BTreeMap<String, i64>,
    most: usize,
}

impl Difference {
    /// Compares two components by crates and by functions of the same name.
    pub fn of(before: &SizeReport, after: &SizeReport) -> Self {
        Self {
            before: (before.name().to_owned(), before.total()),
            after: (after.name().to_owned(), after.total()),
            crates: changes(before.crates(), after.crates()),
            functions: changes(before.functions(), after.functions()),
            most: after.most(),
        }
    }

    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        let side = |(name, bytes): &(String, u64)| json!({ "name": name, "bytes": bytes });
        let value = json!({
            "reason": "mik-size-difference",
            "before": side(&self.before),
            "after": side(&self.after),
            "crates": self.crates,
            "functions": self.functions,
        });
        format!("{value}\n")
    }
}

/// What is not as large as before.
fn changes(before: BTreeMap<String, u64>, after: BTreeMap<String, u64>) -> BTreeMap<String, i64> {
    let mut changes: BTreeMap<String, i64> = BTreeMap::new();
    let signed = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    for (name, bytes) in after {
        changes.insert(name, signed(bytes));
    }
    for (name, bytes) in before {
        *changes.entry(name).or_default() -= signed(bytes);
    }
    changes.retain(|_, change| *change != 0);
    changes
}

fn with_sign(change: i64) -> String {
    let sign = if change < 0 { '-' } else { '+' };
    format!("{sign}{}", grouped(change.unsigned_abs()))
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = (self.before.1, self.after.1);
        let change = i64::try_from(after).unwrap_or(i64::MAX) - i64::try_from(before).unwrap_or(i64::MAX);
        writeln!(formatter, "{}: {} bytes", self.before.0, grouped(before))?;
        writeln!(formatter, "{}: {} bytes, {}", self.after.0, grouped(after), with_sign(change))?;
        for (title, changes) in [("crate", &self.crates), ("function", &self.functions)] {
            writeln!(formatter, "\n{:>9}  {title}", "change")?;
            // By how much they have changed, whichever way.
            let by_much = changes.iter().map(|(name, change)| (name, change.unsigned_abs())).collect();
            for (name, _) in largest_first(by_much).into_iter().take(self.most) {
                let change = changes.get(name).copied().unwrap_or_default();
                writeln!(formatter, "{:>9}  {name}", with_sign(change))?;
            }
            if let Some(more) = changes.len().checked_sub(self.most).filter(|more| *more > 0) {
                writeln!(formatter, "{:>9}  {more} more", "")?;
            }
        }
        Ok(())
    }
}
