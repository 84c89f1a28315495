//! The last requests and the last builds: so many of each, and no more than so many bytes of them together.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::sync::watch;

use super::build::{Build, ERROR_MOST};
use super::mask::cut;
use super::record::{Record, milliseconds};

/// How many requests are kept.
pub(super) const REQUESTS_MOST: usize = 500;
/// How much they may take of memory, in bytes; where that is not enough for all, the first go.
const BYTES_MOST: usize = 16 << 20;
/// How many builds are kept.
const BUILDS_MOST: usize = 100;
/// How many components of a build are kept.
const COMPONENTS_MOST: usize = 100;
/// The longest cause of a build, in bytes.
const CAUSE_MOST: usize = 1 << 10;

/// What is kept, and who waits for it to be another.
pub(in crate::serve) struct Recorder {
    state: Mutex<State>,
    revision: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    /// What was last new.
    revision: u64,
    /// How many requests there have been.
    requests_begun: u64,
    requests: VecDeque<Arc<Record>>,
    bytes: usize,
    builds_ended: u64,
    builds: VecDeque<Build>,
    /// The size that each component had last.
    sizes: BTreeMap<String, u64>,
}

/// What has become new since a revision.
pub(super) struct News {
    /// As new as this is.
    pub(super) revision: u64,
    /// The first request that is kept, by its sequence; the next one's, where none is.
    pub(super) first: u64,
    /// In the order in which they became so.
    pub(super) requests: Vec<Arc<Record>>,
    pub(super) builds: Vec<Build>,
}

impl Recorder {
    pub(super) fn new() -> Self {
        Self { state: Mutex::default(), revision: watch::Sender::new(0) }
    }

    /// A request has arrived. `record` is given its sequence.
    pub(super) fn begin(&self, record: impl FnOnce(u64) -> Record) -> u64 {
        self.change(|state, revision| {
            state.requests_begun += 1;
            let sequence = state.requests_begun;
            let record = Record { revision, ..record(sequence) };
            state.bytes += record.bytes();
            state.requests.push_back(Arc::new(record));
            state.shed();
            Some(sequence)
        })
        .unwrap_or_default()
    }

    /// More is known of a request; nothing happens where it is no longer kept.
    pub(super) fn update(&self, sequence: u64, more: impl FnOnce(&mut Record)) {
        self.change(|state, revision| {
            let index = sequence.checked_sub(state.first())?;
            let record = state.requests.get_mut(usize::try_from(index).ok()?)?;
            // Its own copy, where a page is just being told of it.
            let record = Arc::make_mut(record);
            let before = record.bytes();
            more(record);
            record.revision = revision;
            let after = record.bytes();
            state.bytes = state.bytes.saturating_sub(before) + after;
            state.shed();
            Some(())
        });
    }

    /// A build is over.
    pub(in crate::serve) fn built(&self, mut build: Build) {
        build.at = now();
        build.error = build.error.map(|error| cut(&error, ERROR_MOST));
        build.cause = cut(&build.cause, CAUSE_MOST);
        build.components.truncate(COMPONENTS_MOST);
        self.change(|state, revision| {
            state.builds_ended += 1;
            build.number = state.builds_ended;
            build.revision = revision;
            for component in &mut build.components {
                component.before = match component.size {
                    Some(size) if state.sizes.len() < COMPONENTS_MOST || state.sizes.contains_key(&component.name) => {
                        state.sizes.insert(component.name.clone(), size)
                    }
                    _ => None,
                };
            }
            state.builds.push_back(build);
            while state.builds.len() > BUILDS_MOST {
                state.builds.pop_front();
            }
            Some(())
        });
    }

    /// What is newer than a revision; all there is, for 0.
    pub(super) fn since(&self, revision: u64) -> News {
        let state = self.state();
        let mut requests: Vec<_> = state.requests.iter().filter(|record| record.revision > revision).cloned().collect();
        requests.sort_unstable_by_key(|record| record.revision);
        let builds = state.builds.iter().filter(|build| build.revision > revision).cloned().collect();
        News { revision: state.revision, first: state.first(), requests, builds }
    }

    /// Tells whenever there is something new.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Changes something, if there is something to be changed, and has it known.
    fn change<T>(&self, change: impl FnOnce(&mut State, u64) -> Option<T>) -> Option<T> {
        let mut state = self.state();
        let revision = state.revision + 1;
        let changed = change(&mut state, revision)?;
        state.revision = revision;
        // Within the lock: revisions are told in their order.
        self.revision.send_replace(revision);
        Some(changed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The sequence of the first request that is kept.
    fn first(&self) -> u64 {
        self.requests_begun + 1 - self.requests.len() as u64
    }

    /// Lets the first go, until what is left is little enough.
    fn shed(&mut self) {
        while self.requests.len() > REQUESTS_MOST || (self.bytes > BYTES_MOST && self.requests.len() > 1) {
            let Some(first) = self.requests.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(first.bytes());
        }
    }
}

/// Milliseconds since 1970.
pub(super) fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, milliseconds)
}

#[cfg(test)]
mod tests {
    use super::super::build::{BuildOutcome, Component};
    use super::super::trace::tests::record;
    use super::*;
    use crate::report::GuestStream;

    #[test]
    fn the_last_requests_are_kept_in_their_order_and_in_bounds() {
        let recorder = Recorder::new();
        for _ in 0..600 {
            recorder.begin(record);
        }
        let news = recorder.since(0);
        assert_eq!((news.first, news.requests.len(), news.revision), (101, REQUESTS_MOST, 600));
        let sequences: Vec<_> = news.requests.iter().map(|record| record.sequence).collect();
        assert_eq!(sequences, (101..=600).collect::<Vec<_>>());

        // What is large has others go, and itself only when something comes.
        recorder.update(600, |record| record.path = "p".repeat(BYTES_MOST));
        let news = recorder.since(600);
        assert_eq!((news.first, news.requests.len()), (600, 1));
        recorder.begin(record);
        assert_eq!(recorder.since(0).first, 601);
        assert!(recorder.state().bytes < 4096);
        // It is gone, and nothing is new.
        recorder.update(600, |record| record.path = String::new());
        assert_eq!(recorder.since(0).revision, 602);
    }

    #[test]
    fn many_large_ones_stay_within_the_bytes_that_there_are() {
        let recorder = Recorder::new();
        for _ in 0..5000 {
            let sequence = recorder.begin(record);
            recorder.update(sequence, |record| {
                record.request_headers = vec![("x".repeat(64), "y".repeat(50 << 10))];
                record.printed.push(GuestStream::Stdout, &"z".repeat(10 << 10));
                record.printed_bytes = record.printed.bytes();
            });
            assert!(recorder.state().bytes <= BYTES_MOST);
        }
        let state = recorder.state();
        assert!(state.requests.len() > 200);
        assert_eq!(state.bytes, state.requests.iter().map(|record| record.bytes()).sum::<usize>());
    }

    #[test]
    fn only_what_is_newer_is_news() {
        let recorder = Recorder::new();
        let (one, other) = (recorder.begin(record), recorder.begin(record));
        let seen = recorder.since(0).revision;
        assert!(recorder.since(seen).requests.is_empty());
        recorder.update(other, |record| record.status = Some(200));
        recorder.update(one, |record| record.status = Some(404));
        recorder.update(other, |record| record.sent = 1);
        let news: Vec<_> = recorder.since(seen).requests.iter().map(|record| record.sequence).collect();
        assert_eq!(news, [one, other]);
    }

    #[test]
    fn a_build_is_compared_with_the_one_before() {
        let recorder = Recorder::new();
        for size in [Some(100), None, Some(150)] {
            let mut build = Build::new(BuildOutcome::Live, "start".to_owned());
            build.components.push(Component::new("a", Some("1"), size));
            build.error = Some("e".repeat(ERROR_MOST + 1));
            recorder.built(build);
        }
        let builds = recorder.since(0).builds;
        let before: Vec<_> = builds.iter().map(|build| build.components[0].before).collect();
        assert_eq!(before, [None, None, Some(100)]);
        assert!(builds[0].error.as_ref().unwrap().len() < ERROR_MOST + 8);
        for _ in 0..BUILDS_MOST {
            recorder.built(Build::new(BuildOutcome::Failed, String::new()));
        }
        assert_eq!(recorder.since(0).builds.len(), BUILDS_MOST);
    }
}
