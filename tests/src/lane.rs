//! Where a test's projects are compiled. Cargo lets one build at a time into a target directory, and a release build keeps one
//! core busy for most of its time: so there are as many target directories as tests that run at once, and a test keeps to one.

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::available_parallelism;

/// The most there are: each has the standard dependencies once more.
const MOST: usize = 4;

/// How many tests each has now.
static TAKEN: LazyLock<Mutex<Vec<usize>>> = LazyLock::new(|| {
    let lanes = available_parallelism().map_or(1, usize::from).min(MOST);
    Mutex::new(vec![0; lanes])
});

thread_local! {
    /// That of the test that this thread runs.
    static LANE: Lane = Lane::take();
}

struct Lane(usize);

impl Lane {
    /// One that has as few tests as any.
    fn take() -> Self {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let number = (0..taken.len()).min_by_key(|number| taken[*number]).unwrap_or_default();
        taken[number] += 1;
        Self(number)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        TAKEN.lock().unwrap_or_else(PoisonError::into_inner)[self.0] -= 1;
    }
}

/// The target directory of the test that this thread runs.
pub(crate) fn directory(parent: &Path) -> PathBuf {
    // The first is where a machine with one core compiles everything.
    match LANE.try_with(|lane| lane.0).unwrap_or_default() {
        0 => parent.join("target"),
        number => parent.join(format!("target-{number}")),
    }
}
