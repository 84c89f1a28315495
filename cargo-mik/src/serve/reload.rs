//! Files that come, change and go while they are served.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::catalogue::absolute;
use super::error::{Detail, ServeError};
use super::host::Host;
use super::module::Site;
use super::watch::Watcher;
use super::watch_set::WatchSet;

/// Watches the files of a site: the modules of its own, and its directories.
pub(super) fn watch(site: &Site, debounce: Duration) -> Watcher {
    let paths = site.modules.iter().map(|module| absolute(&module.path)).collect();
    let components = site.directories().map(|directory| absolute(&directory.path)).collect();
    Watcher::new(WatchSet { paths, components, ..WatchSet::default() }, debounce)
}

/// Takes up what changes for as long as the program runs, on a thread of its own.
pub(super) fn keep_up(host: Arc<Host>, mut watcher: Watcher) -> Result<(), ServeError> {
    let keep_up = move || {
        while !host.is_stopping() {
            for change in watcher.wait() {
                host.refresh(change.path());
            }
        }
    };
    let thread = thread::Builder::new().name("mik-watch".to_owned()).spawn(keep_up);
    thread.map(drop).map_err(|error| ServeError::Start { source: Detail(error.to_string()) })
}
