//! The development loop: build, serve, watch, build again, swap. A failed build leaves the last good version serving.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{Detail, ServeError};
use super::host::{Host, Mode};
use super::module::Site;
use super::run::{listen, runtime, say_live, serve_until_told, url};
use super::watch::{WatchSet, Watcher};
use crate::project::ServerSettings;
use crate::report::{Event, Reporter};

/// Builds the project: gives what to serve, and what was read for it. A failure has been reported when it comes here.
pub type Rebuild = dyn Fn() -> miette::Result<(Site, WatchSet)> + Send + Sync;

/// How long a build that runs when the server is told to stop may take to end. The signal that stops the server
/// reaches cargo as well, when it comes from the terminal.
const BUILD_ENDS: Duration = Duration::from_secs(2);

/// Builds and serves a project until SIGINT or SIGTERM; builds and swaps whenever one of its files changes.
///
/// The port is taken first, so that a taken one is known before a long build. Until a build succeeds, requests get a
/// 503. `rebuild` is called on a thread of its own, and may still be running when this returns.
///
/// # Errors
/// The address can't be listened on. Neither a failed build nor anything that a request does ends the server.
pub fn develop(
    settings: &ServerSettings,
    watch: WatchSet,
    rebuild: Arc<Rebuild>,
    reporter: &Reporter,
) -> Result<(), ServeError> {
    let host = Arc::new(Host::new(settings, Mode::Development, reporter)?);
    let runtime = runtime()?;
    let building = Arc::new(AtomicBool::new(false));
    let (ended, has_ended) = channel();
    let served = runtime.block_on(async {
        let listener = listen(settings)?;
        let url = url(&listener)?;
        let (host, reporter, building) = (host.clone(), reporter.clone(), building.clone());
        let project = Project { host: host.clone(), rebuild, url, reporter, building, ended };
        // Its contents now are those that the first build reads, or older: then there is one build more.
        let watcher = Watcher::new(watch, settings.watch_debounce);
        let thread = thread::Builder::new().name("mik-build".to_owned()).spawn(move || project.keep_up(watcher));
        thread.map_err(|error| ServeError::Start { source: Detail(error.to_string()) })?;
        serve_until_told(listener, &host).await
    });
    if host.is_stopping() && building.load(Ordering::Relaxed) {
        // Whichever comes first: the build is over, or it has had its time.
        let _ = has_ended.recv_timeout(BUILD_ENDS);
    }
    host.console().close();
    runtime.shutdown_background();
    served
}

/// The project as the server sees it: something that gives a new version now and then.
struct Project {
    host: Arc<Host>,
    rebuild: Arc<Rebuild>,
    url: String,
    reporter: Reporter,
    building: Arc<AtomicBool>,
    /// Told when a build ends after the server was told to stop.
    ended: Sender<()>,
}

impl Project {
    fn keep_up(self, mut watcher: Watcher) {
        let mut live = false;
        loop {
            self.building.store(true, Ordering::Relaxed);
            let good = self.build().is_some_and(|(site, watch)| {
                watcher.replace(watch);
                self.swap(&site, live)
            });
            live = live || good;
            if self.host.is_stopping() {
                // Nobody listens once the server has ended.
                let _ = self.ended.send(());
                return;
            }
            if !live {
                self.reporter.status("Waiting", format!("for a change; {} answers 503 until then", self.url));
            } else if !good {
                self.reporter.status("Waiting", "for a change; the last good version goes on serving");
            }
            self.building.store(false, Ordering::Relaxed);
            let changes = watcher.wait();
            self.reporter.status("Rebuilding", describe(&changes));
        }
    }

    fn build(&self) -> Option<(Site, WatchSet)> {
        let begin = Instant::now();
        let built = (self.rebuild)();
        self.reporter.detail("Built", format!("in {:.0?}", begin.elapsed()));
        built.ok()
    }

    /// Puts what was built in place of what is served; says whether something is.
    fn swap(&self, site: &Site, was_live: bool) -> bool {
        let begin = Instant::now();
        match self.host.put(site) {
            Ok(changes) => {
                self.reporter.detail("Swapped", format!("in {:.0?}", begin.elapsed()));
                if changes.is_empty() {
                    self.reporter.status("Unchanged", "the same version goes on serving");
                }
                say_live(&self.reporter, &changes);
                if !was_live {
                    self.reporter.emit(Event::Listening { url: self.url.clone() });
                }
                true
            }
            Err(error) => {
                self.reporter.emit(Event::Failure(error.into()));
                false
            }
        }
    }
}

/// What changed, for the status line.
fn describe(changes: &[PathBuf]) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let name = |path: &PathBuf| path.strip_prefix(&here).map_or(path.as_path(), Path::new).display().to_string();
    match changes {
        [] => "something changed".to_owned(),
        [path] => format!("{} changed", name(path)),
        [path, more @ ..] => format!("{} and {} more changed", name(path), more.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_named_as_seen_from_here() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(describe(&[here.join("src/lib.rs")]), "src/lib.rs changed");
        let elsewhere = PathBuf::from("/elsewhere/lib.rs");
        assert_eq!(describe(&[elsewhere, here.join("a"), here.join("b")]), "/elsewhere/lib.rs and 2 more changed");
    }
}
