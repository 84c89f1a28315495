//! Files that change whenever a build runs: it may be the build that writes them. Then nothing would ever be built to its end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::watch_set::Change;
use crate::report::{Event, Reporter};

/// So many builds in a row have to be changed under by the same file before it no longer cancels one. Nobody saves as often.
const CANCELS_MOST: u32 = 5;
/// So many before the next build waits for a while.
const HURRIES_MOST: u32 = 8;
/// How much longer each waits than the one before, and the longest.
const STEP: Duration = Duration::from_secs(1);
const LONGEST: u32 = 10;

/// What has changed during the last builds.
#[derive(Debug, Default)]
pub(super) struct Restless {
    /// How many builds in a row each file has changed under.
    counts: BTreeMap<PathBuf, u32>,
    is_told: bool,
}

impl Restless {
    /// Notes what has changed while a build ran.
    pub(super) fn built_with(&mut self, changes: &[Change]) {
        self.counts.retain(|path, _| changes.iter().any(|change| change.path() == path));
        for change in changes {
            let count = self.counts.entry(change.path().to_owned()).or_default();
            *count = count.saturating_add(1);
        }
        self.is_told &= !self.counts.is_empty();
    }

    /// Whether each of these has changed so often that a build is not cancelled for it.
    pub(super) fn includes(&self, changes: &[Change]) -> bool {
        changes.iter().all(|change| self.count(change) >= CANCELS_MOST)
    }

    /// Waits before the next build where the last ones have led to each other, and says so.
    pub(super) fn rest(&mut self, reporter: &Reporter) {
        let most = self.counts.iter().max_by_key(|(_, count)| **count);
        let Some((path, count)) = most.filter(|(_, count)| **count >= HURRIES_MOST) else { return };
        if !std::mem::replace(&mut self.is_told, true) {
            let note = "changes with every build: does the build write it? Until it no longer does, builds wait for each other";
            reporter.emit(Event::Note(format!("{} {note}", path.display())));
        }
        thread::sleep(STEP * (count - HURRIES_MOST + 1).min(LONGEST));
    }

    fn count(&self, change: &Change) -> u32 {
        self.counts.get(change.path()).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changes_with_every_build_no_longer_cancels_one_until_it_rests() {
        let changes = [Change::Content("/src/made.rs".into())];
        let other = [Change::Content("/src/lib.rs".into())];
        let mut restless = Restless::default();
        for _ in 0..CANCELS_MOST {
            assert!(!restless.includes(&changes));
            restless.built_with(&changes);
        }
        assert!(restless.includes(&changes));
        assert!(!restless.includes(&other) && !restless.includes(&[changes.clone(), other].concat()));
        restless.built_with(&[]);
        assert!(!restless.includes(&changes));
    }
}
