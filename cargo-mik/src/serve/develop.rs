//! The development loop: build, serve, watch, build again, swap. A failed build leaves the last good version serving.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{Detail, ServeError};
use super::host::{Host, Mode};
use super::module::{Directory, Site};
use super::reload;
use super::run::{Signals, listen, runtime, say_live, say_stock, serve_until_told, tls, url, warn_of_statics};
use super::snapshot::WatchSet;
use super::watch::Watcher;
use crate::project::ServerSettings;
use crate::report::{Event, Reporter};

/// Builds the project.
pub type Rebuild = dyn Fn() -> Build + Send + Sync;

/// What a build comes to.
pub struct Build {
    /// What to serve, and how; nothing where the build failed. Its failure has been reported when it comes here.
    pub served: Option<(Site, ServerSettings)>,
    /// What to watch from now on; nothing where that can't be told, and then what was watched goes on being.
    pub watch: Option<WatchSet>,
}

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
        let tls = tls(settings)?;
        let url = url(&listener, tls.as_deref())?;
        let (host, reporter, building) = (host.clone(), host.console().reporter(), building.clone());
        warn_of_statics(settings, &reporter);
        let started = settings.clone();
        let project = Project { host: host.clone(), rebuild, url, reporter, building, ended, started };
        // Its contents now are those that the first build reads, or older: then there is one build more.
        let watcher = Watcher::new(watch, settings.watch_debounce);
        let bound = settings.watch_debounce.as_millis();
        project.reporter.detail("Watching", format!("for changes; a save is waited for at most {bound} ms"));
        let signals = Signals::new()?;
        let thread = thread::Builder::new().name("mik-build".to_owned()).spawn(move || project.keep_up(watcher));
        thread.map_err(|error| ServeError::Start { source: Detail(error.to_string()) })?;
        serve_until_told(listener, &host, tls, signals).await
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
    /// What the server was started with.
    started: ServerSettings,
}

impl Project {
    fn keep_up(self, mut watcher: Watcher) {
        let mut live = false;
        let mut said = Vec::new();
        loop {
            self.building.store(true, Ordering::Relaxed);
            let Build { served, watch } = self.build();
            watcher.forgive();
            if let Some(watch) = watch {
                watcher.replace(watch);
            }
            let good = served.is_some_and(|(site, settings)| {
                self.say_what_waits(&settings, &mut said);
                watcher.set_debounce(settings.watch_debounce);
                self.swap(&site, &settings, live)
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

    fn build(&self) -> Build {
        let begin = Instant::now();
        let build = (self.rebuild)();
        self.reporter.detail("Built", format!("in {:.0?}", begin.elapsed()));
        build
    }

    /// Serves the modules beside the project, and goes on doing so as they change.
    fn stock_up(&self, directory: &Directory) {
        let modules = Site { directory: Some(directory.clone()), ..Site::default() };
        let watcher = reload::watch(&modules, self.started.watch_debounce);
        say_stock(&self.reporter, directory, self.host.stock_up(directory));
        if let Err(error) = reload::keep_up(self.host.clone(), watcher) {
            self.reporter.emit(Event::Failure(error.into()));
        }
    }

    /// Says which settings have changed that a running server can't take up, if that has not been said.
    fn say_what_waits(&self, settings: &ServerSettings, said: &mut Vec<&'static str>) {
        let changed = changes_at_restart(&self.started, settings);
        if !changed.is_empty() && changed != *said {
            let keys: Vec<_> = changed.iter().map(|key| format!("`server.{key}`")).collect();
            self.reporter.emit(Event::Note(format!("restart to apply {}", keys.join(", "))));
        }
        *said = changed;
    }

    /// Puts what was built in place of what is served; says whether something is.
    fn swap(&self, site: &Site, settings: &ServerSettings, was_live: bool) -> bool {
        let begin = Instant::now();
        match self.host.put(site, settings) {
            Ok(changes) => {
                if let Some(directory) = site.directory.as_ref().filter(|_| !was_live) {
                    self.stock_up(directory);
                }
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

/// The settings that a server takes up when it starts and not while it runs: the socket, and the room for instances.
fn changes_at_restart(started: &ServerSettings, now: &ServerSettings) -> Vec<&'static str> {
    let changed = [
        ("host", started.host != now.host),
        ("port", started.port != now.port),
        ("modules", started.modules != now.modules),
        ("log_file", started.log_file != now.log_file),
        ("log_max_size_mb", started.log_max_size != now.log_max_size),
        ("log_max_files", started.log_max_files != now.log_max_files),
        ("max_concurrent_requests", started.max_concurrent_requests != now.max_concurrent_requests),
    ];
    changed.into_iter().filter(|(_, changed)| *changed).map(|(key, _)| key).collect()
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
