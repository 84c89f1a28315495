//! The development loop: build, serve, watch, build again, swap. A failed build leaves the last good version serving, and
//! a change while a build runs has it begin anew.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::building::Building;
use super::dashboard::{Build as Noted, BuildOutcome, Component};
use super::error::{Detail, ServeError};
use super::host::Host;
use super::keys::{self, Key};
use super::mode::Mode;
use super::module::{Change as Live, Module, Site};
use super::pages::Sources;
use super::reload;
use super::restless::Restless;
use super::run::{
    Signals, changes_at_restart, listen, runtime, say_stock, serve_until_told, tls, url, warn_of_statics,
};
use super::watch::{Waker, Watcher};
use super::watch_set::{Change, WatchSet, describe};
use crate::project::ServerSettings;
use crate::report::{Event, Reporter, rendered};
use crate::tools::browser;
use crate::tools::cancel::Cancel;
use crate::tools::files;

/// Builds the project.
pub type Rebuild = dyn Fn(&Wanted) -> Build + Send + Sync;

/// What is wanted of a build.
pub struct Wanted {
    /// What has changed since the last build that was not cancelled; nothing for the first.
    pub changes: Vec<Change>,
    /// Whether all of it is to be done again, whatever has changed.
    pub everything: bool,
    /// Whether it is still wanted.
    pub cancel: Cancel,
}

/// What a build comes to.
#[derive(Default)]
pub struct Build {
    /// What to serve, and how; nothing where the build failed. Its failure has been reported when it comes here.
    pub served: Option<(Site, ServerSettings)>,
    /// What to watch from now on; nothing where that can't be told, and then what was watched goes on being.
    pub watch: Option<WatchSet>,
    /// What was said of it, with the terminal's colours, where it has failed.
    pub said: String,
    /// The project's directory.
    pub workspace: PathBuf,
    /// The directories of all packages whose sources are the user's: what a failure shows comes from there, and from nowhere else.
    pub sources: Vec<PathBuf>,
    /// What each component is made of, by its name, as far as that is known.
    pub parts: BTreeMap<String, BTreeSet<PathBuf>>,
    /// What has taken how long.
    pub times: Vec<(&'static str, Duration)>,
    /// Why it failed, as it has been reported.
    pub failure: Option<String>,
}

/// How long a build that runs when the server is told to stop may take to end.
const BUILD_ENDS: Duration = Duration::from_secs(2);

/// Builds and serves a project until SIGINT or SIGTERM; builds and swaps whenever one of its files changes.
///
/// The port is taken first, so that a taken one is known before a long build. Until a build succeeds, requests get a
/// 503. `rebuild` is called on a thread of its own, one call at a time. Once something is live the browser is opened, if
/// `opens`. Where somebody sits at the terminal, keys are listened to.
///
/// # Errors
/// The address can't be listened on. Neither a failed build nor anything that a request does ends the server.
pub fn develop(
    settings: &ServerSettings,
    watch: WatchSet,
    rebuild: Arc<Rebuild>,
    opens: bool,
    reporter: &Reporter,
) -> Result<(), ServeError> {
    let host = Arc::new(Host::new(settings, Mode::Development, reporter)?);
    host.show_pages();
    let runtime = runtime()?;
    let building = Arc::new(Building::default());
    let served = runtime.block_on(async {
        let listener = listen(settings)?;
        let tls = tls(settings)?;
        let url = url(&listener, tls.as_deref())?;
        let (reporter, started) = (host.console().reporter(), settings.clone());
        warn_of_statics(settings, &reporter);
        let again = Arc::new(AtomicBool::new(false));
        let project = Project {
            host: host.clone(),
            rebuild,
            url: url.clone(),
            reporter,
            building: building.clone(),
            started,
            again: again.clone(),
            opens,
        };
        // Its contents now are those that the first build reads, or older: then there is one build more.
        let mut watcher = Watcher::new(watch, settings.watch_debounce);
        if host.hold().is_wanted() {
            let host = host.clone();
            watcher.on_stir(move |is_stirring| host.hold().set_stirring(is_stirring));
        }
        let bound = settings.watch_debounce.as_millis();
        project.reporter.detail("Watching", format!("for changes; a save is waited for at most {bound} ms"));
        let signals = Signals::new()?;
        let (quit, waker, reporter) = (signals.quit(), watcher.waker(), project.reporter.clone());
        // The terminal is as it was before when this goes away.
        let _keys = keys::listen(&project.reporter, move |key| match key {
            Key::Rebuild => {
                again.store(true, Ordering::Relaxed);
                waker.wake();
            }
            Key::Open => open(&url, &reporter),
            Key::Clear => reporter.clear(),
            Key::Quit => quit.notify_one(),
            Key::Help => keys::help(&reporter),
        });
        let thread = thread::Builder::new().name("mik-loop".to_owned()).spawn(move || project.keep_up(watcher));
        thread.map_err(|error| ServeError::Start { source: Detail(error.to_string()) })?;
        let (stopped, to_stop) = (host.stopped(), building.clone());
        tokio::spawn(async move {
            stopped.cancelled().await;
            to_stop.stop();
        });
        serve_until_told(listener, &host, tls, signals).await
    });
    building.stop();
    building.wait_for_end(BUILD_ENDS);
    host.close();
    runtime.shutdown_background();
    served
}

/// The project as the server sees it: something that gives a new version now and then.
struct Project {
    host: Arc<Host>,
    rebuild: Arc<Rebuild>,
    url: String,
    reporter: Reporter,
    building: Arc<Building>,
    /// What the server was started with.
    started: ServerSettings,
    /// Whether another build is wanted though nothing has changed.
    again: Arc<AtomicBool>,
    /// Whether the browser is opened once something is live.
    opens: bool,
}

/// What has come of a build: of one that broke off, nothing.
#[derive(Default)]
struct Outcome {
    build: Build,
    /// The modules of which another version answers now, where it came so far.
    live: Option<Result<Vec<Live>, ServeError>>,
    is_cancelled: bool,
}

/// A build that runs.
struct Run {
    outcome: Receiver<Outcome>,
    cancel: Cancel,
}

/// What the loop knows from earlier rounds.
#[derive(Default)]
struct Known {
    /// Whether something is served.
    live: bool,
    /// The settings that wait for a restart, and have been told.
    waiting: Vec<&'static str>,
    parts: BTreeMap<String, BTreeSet<PathBuf>>,
    restless: Restless,
}

impl Project {
    fn keep_up(self, mut watcher: Watcher) {
        let mut known = Known::default();
        let (mut wanted, mut everything) = (Vec::new(), false);
        let mut cause = "start".to_owned();
        // It ends with the server.
        while let Some(run) = self.start(&wanted, everything, watcher.waker()) {
            let since = SystemTime::now();
            let (outcome, mut changes) = attend(run, &mut watcher, &mut known.restless);
            watcher.forgive();
            if !outcome.is_cancelled {
                wanted.clear();
                everything = false;
            }
            self.note(&outcome, std::mem::take(&mut cause));
            let is_good = self.take_up(outcome, &mut watcher, &mut known, since);
            if changes.is_empty() {
                self.host.hold().set_building(false);
                if !is_good {
                    self.say_what_answers(known.live);
                }
                while changes.is_empty() && !everything {
                    changes = watcher.wait();
                    everything = self.again.swap(false, Ordering::Relaxed);
                }
            }
            // Before it is said: a change that was found without the system's help has nobody wait yet.
            self.host.hold().set_building(true);
            cause = if everything { "everything".to_owned() } else { describe(&changes, &known.parts) };
            self.reporter.status("Rebuilding", cause.clone());
            known.restless.rest(&self.reporter);
            wanted.extend(changes);
        }
        self.host.hold().set_building(false);
    }

    /// Has a build begin; gives nothing where none is wanted any more.
    fn start(&self, changes: &[Change], everything: bool, waker: Waker) -> Option<Run> {
        let cancel = self.building.begin()?;
        self.host.hold().set_building(true);
        if let Some(pages) = self.host.pages() {
            pages.build_begun();
        }
        let (sender, outcome) = channel();
        let wanted = Wanted { changes: changes.to_vec(), everything, cancel: cancel.clone() };
        let (host, rebuild, building) = (self.host.clone(), self.rebuild.clone(), self.building.clone());
        let work = move || {
            // However it ends: somebody waits for it.
            let outcome = catch_unwind(AssertUnwindSafe(|| build(&host, &*rebuild, &wanted)));
            // Nobody listens once the server has ended.
            let _ = sender.send(outcome.unwrap_or_default());
            building.end();
            waker.wake();
        };
        match thread::Builder::new().name("mik-build".to_owned()).spawn(work) {
            Ok(_) => Some(Run { outcome, cancel }),
            Err(error) => {
                self.building.end();
                let error = ServeError::Start { source: Detail(error.to_string()) };
                self.reporter.emit(Event::Failure(error.into()));
                None
            }
        }
    }

    /// Has the dashboard know what a build has come to.
    fn note(&self, outcome: &Outcome, cause: String) {
        let Some(dashboard) = self.host.dashboard() else { return };
        let (what, error) = match &outcome.live {
            _ if outcome.is_cancelled => (BuildOutcome::Cancelled, None),
            Some(Ok(live)) if live.is_empty() => (BuildOutcome::Unchanged, None),
            Some(Ok(_)) => (BuildOutcome::Live, None),
            Some(Err(error)) => (BuildOutcome::Failed, Some(error.told())),
            None => (BuildOutcome::Failed, outcome.build.failure.clone()),
        };
        let mut noted = Noted::new(what, cause);
        noted.error = error;
        noted.stages =
            outcome.build.times.iter().map(|(stage, time)| (*stage, time.as_micros() as f64 / 1000.0)).collect();
        let built = outcome.build.served.iter().flat_map(|(site, _)| &site.modules);
        if matches!(what, BuildOutcome::Live | BuildOutcome::Unchanged) {
            noted.components = built.map(|module| self.component(module)).collect();
        }
        dashboard.recorder().built(noted);
    }

    /// A component that answers, as the dashboard shows it.
    fn component(&self, module: &Module) -> Component {
        let table = self.host.table();
        let version = table.and_then(|table| table.modules.get(module.name.as_str())?.version());
        let size = files::metadata(&module.path).ok().map(|metadata| metadata.len());
        Component::new(&module.name, version.as_ref().map(|version| version.build()), size)
    }

    /// Takes up what a build has come to, and says it. Gives whether it is what was wanted.
    fn take_up(&self, outcome: Outcome, watcher: &mut Watcher, known: &mut Known, since: SystemTime) -> bool {
        let Outcome { build, live, is_cancelled } = outcome;
        let Build { served, watch, said, workspace, sources: directories, parts, times, failure: _ } = build;
        if let Some(watch) = watch.filter(|_| !is_cancelled) {
            watcher.replace(watch, since);
        }
        let (Some((site, settings)), Some(live)) = (served, live) else {
            if !is_cancelled {
                self.show(Err(said));
            }
            return is_cancelled;
        };
        if let Some(pages) = self.host.pages() {
            pages.set_sources(Sources { workspace, directories });
        }
        known.parts = parts;
        self.say_what_waits(&settings, &mut known.waiting);
        watcher.set_debounce(settings.watch_debounce);
        match live {
            Ok(live) => {
                if !known.live {
                    self.stock_up(&site);
                }
                let modules = live.into_iter().map(|Live { module, build }| (module.to_string(), build));
                self.reporter.emit(Event::Swapped { modules: modules.collect(), times });
                self.show(Ok(()));
                if !known.live {
                    self.reporter.emit(Event::Listening { url: self.url.clone() });
                    if self.opens {
                        open(&self.url, &self.reporter);
                    }
                }
                known.live = true;
                true
            }
            Err(error) => {
                let report = error.into();
                self.show(Err(rendered(&report)));
                self.reporter.emit(Event::Failure(report));
                false
            }
        }
    }

    /// Has pages that are open show what has come of a build, or what was said of it.
    fn show(&self, outcome: Result<(), String>) {
        if let Some(pages) = self.host.pages() {
            pages.build_ended(outcome.map_err(Into::into));
        }
    }

    fn say_what_answers(&self, live: bool) {
        match live {
            false => self.reporter.status("Waiting", format!("for a change; {} answers 503 until then", self.url)),
            true => self.reporter.status("Waiting", "for a change; the last good version goes on serving"),
        }
    }

    /// Serves the modules beside the project, and goes on doing so as they change.
    fn stock_up(&self, site: &Site) {
        let watcher = reload::watch(&Site { modules: Vec::new(), ..site.clone() }, self.started.watch_debounce);
        site.directories().for_each(|it| say_stock(&self.reporter, it, self.host.stock_up(it)));
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
}

/// Opens the browser. An address that means all of the machine's is none that a browser can go to.
fn open(url: &str, reporter: &Reporter) {
    let url = url.replacen("//0.0.0.0:", "//127.0.0.1:", 1).replacen("//[::]:", "//[::1]:", 1);
    if let Err(error) = browser::open(&url) {
        reporter.emit(Event::Note(format!("no browser could be opened for {url}: {error}")));
    }
}

/// Waits for a build's end, and has it end where something changes meanwhile. Gives what has changed.
fn attend(run: Run, watcher: &mut Watcher, restless: &mut Restless) -> (Outcome, Vec<Change>) {
    let mut changes: Vec<Change> = Vec::new();
    loop {
        let found = watcher.wait();
        changes.extend(found.into_iter().filter(|change| !watcher.is_written(change)));
        match run.outcome.try_recv() {
            Ok(outcome) => {
                restless.built_with(&changes);
                return (outcome, changes);
            }
            Err(TryRecvError::Disconnected) => return (Outcome::default(), changes),
            Err(TryRecvError::Empty) => {}
        }
        if !changes.is_empty() && !restless.includes(&changes) {
            restless.built_with(&changes);
            run.cancel.cancel();
            let outcome = run.outcome.recv().unwrap_or_default();
            return (outcome, changes);
        }
    }
}

/// Builds, and has what was built answer, unless it is no longer wanted.
fn build(host: &Host, rebuild: &Rebuild, wanted: &Wanted) -> Outcome {
    let mut build = rebuild(wanted);
    let begin = Instant::now();
    let served = build.served.as_ref().filter(|_| !wanted.cancel.is_cancelled());
    let live = served.map(|(site, settings)| host.put(site, settings));
    if live.is_some() {
        build.times.push(("compile", begin.elapsed()));
    }
    let is_cancelled = wanted.cancel.is_cancelled() && live.is_none();
    Outcome { build, live, is_cancelled }
}
