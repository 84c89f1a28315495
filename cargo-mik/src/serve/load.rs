//! Modules in memory: one is compiled when it is first asked for, once, however many requests wait for it; and those
//! that have not been asked for longest make room for others.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;
use tokio::time::{Instant as TokioInstant, timeout_at};

use super::cache::Keep;
use super::component::{Binary, Code};
use super::error::ServeError;
use super::failure::{Bounds, Failure};
use super::fault::{Fault, Unserved};
use super::host::Host;
use super::module::{Served, Version};
use super::ticket::Ticket;
use super::turns::Busy;
use crate::report::Event;
use crate::tools::files;

/// A file that was written to such a moment ago may not be finished. It is given the time to be, up to a limit.
const FRESH: Duration = Duration::from_secs(1);
const FINISH_LONGEST: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

type Loaded = Result<Arc<Version>, Arc<ServeError>>;

/// What comes of a compilation, for all who wait for it.
pub(super) type Loading = watch::Receiver<Option<Loaded>>;

impl Host {
    /// The version of a module that is to answer a request: in memory, or as soon as it is.
    pub(super) async fn ready(
        self: &Arc<Self>,
        served: &Arc<Served>,
        ticket: &Ticket,
        bounds: Bounds,
    ) -> Result<Arc<Version>, Failure> {
        served.touch(self.stock().now());
        if let Some(version) = served.version() {
            return Ok(version);
        }
        // It has no turn yet: who waits for one module may not keep all others from answering. But it counts.
        let waiting = self.stock().waiting();
        waiting.set_limit(self.settings().max_concurrent_requests);
        let turn = waiting.take(TokioInstant::now(), ticket.deadline).await;
        let _turn = turn.map_err(|Busy { limit, free_in }| Failure::Overloaded {
            what: format!("{limit} requests that wait for modules to be compiled"),
            free_in,
        })?;
        let mut loading = self.load(served);
        let loaded = match timeout_at(ticket.deadline, loading.wait_for(Option::is_some)).await {
            Err(_) => return Err(Failure::NotCompiled { limit: bounds.time }),
            // It broke off.
            Ok(Err(_)) => None,
            Ok(Ok(loaded)) => loaded.clone(),
        };
        let loaded = loaded.unwrap_or_else(|| Err(Arc::new(ServeError::BrokeOff)));
        loaded.map_err(|error| match error.is_gone() {
            // Removed, and nobody has noticed yet.
            true => self.table().unwrap_or_default().lacks(&served.name),
            false => Failure::Unusable { error },
        })
    }

    /// What to wait for. Nobody who waits can end it: it is done for all of them, and for those who come after.
    fn load(self: &Arc<Self>, served: &Arc<Served>) -> Loading {
        let mut loading = served.loading();
        if let Some(loading) = &*loading {
            return loading.clone();
        }
        let stands = || served.file().fault.clone().filter(Fault::stands).map(|fault| Err(fault.error));
        if let Some(known) = served.version().map(Ok).or_else(stands) {
            return watch::channel(Some(known)).1;
        }
        let (sender, receiver) = watch::channel(None);
        *loading = Some(receiver.clone());
        let (host, task) = (self.clone(), Task { served: served.clone(), sender });
        tokio::spawn(async move {
            // Compilation takes memory and every core there is: a few at a time.
            let _turn = host.stock().compilations().acquire_owned().await;
            // How it ended is told by the task itself, and by its absence.
            drop(tokio::task::spawn_blocking(move || task.run(&host)).await);
        });
        receiver
    }

    /// Compiles a module's file, unless something still runs what it would come to.
    fn load_now(&self, served: &Served) -> Loaded {
        let _work = served.work();
        if let Some(version) = served.version() {
            return Ok(version);
        }
        let (path, living) = {
            let file = served.file();
            let is_current = |code: &Arc<Code>| file.fault.is_none() && file.digest.as_ref() == Some(&code.digest);
            (file.path.clone(), file.code.upgrade().filter(is_current))
        };
        let begin = Instant::now();
        let is_living = living.is_some();
        let code = match living {
            Some(code) => code,
            None => match settled(&path) {
                Err(error) => return Err(self.spoil(served, Fault::new(error, None))),
                Ok(binary) => self.try_compile(served, binary).map_err(|fault| self.spoil(served, fault))?,
            },
        };
        let size = code.size;
        let version = self.go_live(served, code);
        let (name, time) = (&served.name, begin.elapsed());
        match is_living {
            true => self.console().detail("Kept", format!("{name}: a request still runs it")),
            false => self.console().detail("Ready", format!("{name} in {time:.1?}: {} KiB of code", size >> 10)),
        }
        self.shed();
        Ok(version)
    }

    /// Has code answer from now on, with what it is granted now: that may be something else than when its compilation
    /// began. Who grants it something else holds the catalogue.
    fn go_live(&self, served: &Served, code: Arc<Code>) -> Arc<Version> {
        let _granting = self.stock().catalogue();
        let grant = served.file().grant.clone();
        let version = self.version(&served.name, code, grant);
        served.swap(version.clone());
        version
    }

    /// Compiles, unless these very bytes are known not to.
    fn try_compile(&self, served: &Served, binary: Binary) -> Result<Arc<Code>, Fault> {
        let known = served.file().fault.clone().filter(|fault| fault.digest.as_ref() == Some(&binary.digest));
        if let Some(fault) = known {
            return Err(fault);
        }
        let digest = binary.digest.clone();
        self.compile(&served.name, binary, Keep::ForNextTime).map_err(|error| Fault::new(error, Some(digest)))
    }

    /// Has a module's file looked at: what is new in it answers from now on, or says what is wrong with it.
    ///
    /// A module in memory is compiled again beside the version that answers, which goes on until then, and after if the
    /// file can't be served. Gives the build that is new.
    pub(super) fn renew(&self, served: &Served) -> Option<String> {
        let _work = served.work();
        let path = served.file().path.clone();
        let binary = match settled(&path) {
            Ok(binary) => binary,
            Err(error) => {
                self.spoil(served, Fault::new(error, None));
                return None;
            }
        };
        let digest = binary.digest.clone();
        {
            let mut file = served.file();
            if file.digest.as_ref() == Some(&digest) {
                // As it was, or as it was before it was spoiled.
                file.fault = file.fault.take().filter(|fault| fault.digest.as_ref() == Some(&digest));
                return None;
            }
        }
        if served.version().is_none() {
            let mut file = served.file();
            file.fault = file.fault.take().filter(|fault| fault.digest.as_ref() == Some(&digest));
            file.digest = Some(digest.clone());
            served.traffic.reset();
            return file.fault.is_none().then_some(digest);
        }
        match self.try_compile(served, binary) {
            Ok(code) => {
                self.go_live(served, code);
                self.shed();
                Some(digest)
            }
            Err(fault) => {
                self.spoil(served, fault);
                None
            }
        }
    }

    /// Notes what is wrong with a module's file, and says it if that is new.
    fn spoil(&self, served: &Served, fault: Fault) -> Arc<ServeError> {
        let mut file = served.file();
        if let Some(error) = fault.same_as(file.fault.as_ref()) {
            file.fault = Some(Fault { error: error.clone(), ..fault });
            return error;
        }
        let error = fault.error.clone();
        file.fault = Some(fault);
        let serves_on = served.version().is_some();
        drop(file);
        // A file that is not there is not broken, unless it has to be.
        if !error.is_gone() || served.is_kept {
            let unserved = Unserved { module: served.name.clone(), error: error.clone(), serves_on };
            self.console().emit(Event::Warning(unserved.into()));
        }
        error
    }

    /// Drops the modules that have not been asked for longest, as many as there are too many. The last one stays, even
    /// where it is too large by itself: it has just been asked for.
    pub(super) fn shed(&self) {
        let Some(table) = self.table() else { return };
        let settings = self.settings();
        let _one_at_a_time = self.stock().catalogue();
        let in_memory = |served: &Arc<Served>| {
            let version = served.version().filter(|_| !served.is_kept)?;
            Some((served.used(), version.code.size, served.clone()))
        };
        let mut loaded: Vec<_> = table.modules.values().filter_map(in_memory).collect();
        loaded.sort_unstable_by_key(|(used, ..)| *used);
        let (mut count, mut bytes) = (loaded.len(), loaded.iter().map(|(_, size, _)| size).sum::<u64>());
        loaded.pop();
        for (_, size, served) in loaded {
            if count <= settings.cache_size && bytes <= settings.max_cache {
                return;
            }
            // What can't be had from the file again is not let go.
            if served.file().fault.is_some() {
                continue;
            }
            served.unload();
            count -= 1;
            bytes -= size;
            self.console().detail("Dropped", format!("{}: {count} modules with {} KiB stay", served.name, bytes >> 10));
        }
    }
}

/// A compilation that requests wait for.
struct Task {
    served: Arc<Served>,
    sender: watch::Sender<Option<Loaded>>,
}

impl Task {
    fn run(self, host: &Host) {
        let loaded = host.load_now(&self.served);
        // Nobody may be waiting any more.
        self.sender.send_replace(Some(loaded));
    }
}

impl Drop for Task {
    /// However it ended: who comes now begins anew, or finds the version there.
    fn drop(&mut self) {
        *self.served.loading() = None;
    }
}

/// Reads a component that may be being written. One that can't be served is looked at again until it has been left alone
/// for a while.
fn settled(path: &std::path::Path) -> Result<Binary, ServeError> {
    let begin = Instant::now();
    loop {
        let read = Binary::read(path);
        let is_fresh = || {
            let modified = files::metadata(path).and_then(|metadata| metadata.modified()).ok();
            let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
            age.is_some_and(|age| age < FRESH)
        };
        if read.is_ok() || !is_fresh() || begin.elapsed() > FINISH_LONGEST {
            return read;
        }
        thread::sleep(LOOK_AGAIN);
    }
}
