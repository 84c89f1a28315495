//! What is served: modules by name, the version of each that answers now, and what is known of its file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use arc_swap::ArcSwapOption;

use super::component::Code;
use super::failure::Failure;
use super::fault::Fault;
use super::guest::Grant;
use super::host::Host;
use super::instance::Handler;
use super::load::Loading;
use super::openapi::Documented;
use super::traffic::Traffic;
use crate::project::{Built, GuestSettings};

/// The most modules that an answer names.
const NAMED_MOST: usize = 20;

/// One component to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name: a segment of the URL, as it is.
    pub name: String,
    /// The component.
    pub path: PathBuf,
    /// What its guest is trusted with, and no other's guest is.
    pub guest: GuestSettings,
}

/// What is served: each module at `/run/<name>/…`, and one of them at `/…` as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The modules that have to be there: the project's own components, or the file that was named. They are compiled
    /// before anything is served, and stay in memory.
    pub modules: Vec<Module>,
    /// The name of the one that also answers at `/…`, where there is one.
    pub root: Option<String>,
    /// The directory of further modules, where there is one.
    pub directory: Option<Directory>,
    /// The directories of dependencies that are served. What has a name that something else has here is not.
    pub dependencies: Vec<Directory>,
}

impl Site {
    /// What is built, with the dependencies that a build has put beside it, and a directory of modules: all of them trusted with
    /// the same.
    pub fn built(component: Option<Built>, modules: Option<PathBuf>, guest: &GuestSettings) -> Self {
        let directory = |path, holds| Directory { path, guest: guest.clone(), holds };
        Self {
            root: component.as_ref().map(|built| built.name.clone()),
            dependencies: component.iter().map(|it| directory(it.dependencies(), Holds::Dependencies)).collect(),
            directory: modules.map(|path| directory(path, Holds::Modules)),
            modules: component
                .map(|Built { name, path }| Module { name, path, guest: guest.clone() })
                .into_iter()
                .collect(),
        }
    }

    /// The directories, those first that go before others.
    pub(super) fn directories(&self) -> impl Iterator<Item = &Directory> {
        self.directory.iter().chain(&self.dependencies)
    }
}

/// A directory whose `<name>.wasm` are served. They come and go; each is compiled when it is first asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Where it is; it need not be there yet.
    pub path: PathBuf,
    /// What the guest of each is trusted with.
    pub guest: GuestSettings,
    /// Whose they are.
    pub holds: Holds,
}

/// Whose the components in a directory are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The user's.
    Modules,
    /// Those that a build has put there for what a package depends on.
    Dependencies,
}

/// A module's code and what it is granted: everything but an instance.
pub(super) struct Version {
    pub(super) code: Arc<Code>,
    pub(super) grant: Grant,
    /// What makes instances of it and hands them requests.
    pub(super) handler: Handler,
}

impl Version {
    /// What tells this build from others.
    pub(super) fn build(&self) -> &str {
        build(&self.code.digest)
    }
}

/// The first digits of a digest: enough to tell builds apart.
pub(super) fn build(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// A module as it is served. It outlives its versions.
pub(super) struct Served {
    pub(super) name: Arc<str>,
    /// Whether it stays in memory, however seldom it is asked for.
    pub(super) is_kept: bool,
    pub(super) traffic: Arc<Traffic>,
    version: ArcSwapOption<Version>,
    /// When it was last asked for, in requests since the start.
    used: AtomicU64,
    file: Mutex<File>,
    work: Mutex<()>,
    loading: Mutex<Option<Loading>>,
    pub(super) documented: Documented,
}

/// What is known of a module's file.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) grant: Grant,
    /// The digest of the version that answers, or will once it is asked for. None where no good one has been seen.
    pub(super) digest: Option<String>,
    /// Its code, for as long as something runs it.
    pub(super) code: Weak<Code>,
    /// What is wrong with the file as it is now.
    pub(super) fault: Option<Fault>,
}

/// How a module stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is in memory.
    Loaded,
    /// It is being compiled.
    Loading,
    /// It is compiled when it is asked for.
    NotLoaded,
    /// An earlier version answers: the file as it is now can't be served.
    Stale,
    /// The file can't be served.
    Failed,
}

impl Standing {
    /// For the list of modules.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Loading => "loading",
            Self::NotLoaded => "not-loaded",
            Self::Stale => "stale",
            Self::Failed => "failed",
        }
    }
}

impl Served {
    pub(super) fn new(host: &Host, name: Arc<str>, path: PathBuf, grant: Grant, is_kept: bool) -> Arc<Self> {
        let traffic = Traffic::new(&name, host.mode(), host.console());
        let file = File { path, grant, digest: None, code: Weak::new(), fault: None };
        Arc::new(Self {
            name,
            is_kept,
            traffic,
            version: ArcSwapOption::empty(),
            used: AtomicU64::new(0),
            file: Mutex::new(file),
            work: Mutex::new(()),
            loading: Mutex::new(None),
            documented: Documented::default(),
        })
    }

    /// The version that answers now, where it is in memory. Who has it keeps it, whatever is swapped in meanwhile.
    pub(super) fn version(&self) -> Option<Arc<Version>> {
        self.version.load_full()
    }

    /// Puts a version in place of the one that has answered so far.
    pub(super) fn swap(&self, version: Arc<Version>) {
        let is_new = {
            let mut file = self.file();
            let is_new = file.digest.as_ref() != Some(&version.code.digest);
            file.digest = Some(version.code.digest.clone());
            file.code = Arc::downgrade(&version.code);
            file.grant = version.grant.clone();
            file.fault = None;
            is_new
        };
        self.version.store(Some(version));
        // In this order: what was let in before the new version was there has no say on it. One that is merely in memory
        // again is as good as it was.
        if is_new {
            self.traffic.reset();
        }
    }

    /// Puts another version of the same code in place of the one that has answered so far.
    pub(super) fn regrant(&self, version: Arc<Version>) {
        self.file().grant = version.grant.clone();
        self.version.store(Some(version));
        self.traffic.reset();
    }

    /// Lets go of the version. Requests that it is answering go on.
    pub(super) fn unload(&self) {
        self.version.store(None);
    }

    /// What is known of the file. Held for moments only.
    pub(super) fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held by whoever reads and compiles the file: one at a time.
    pub(super) fn work(&self) -> MutexGuard<'_, ()> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What requests wait for while it is compiled for them.
    pub(super) fn loading(&self) -> MutexGuard<'_, Option<Loading>> {
        self.loading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that it is asked for.
    pub(super) fn touch(&self, now: u64) {
        self.used.store(now, Ordering::Relaxed);
    }

    pub(super) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) fn standing(&self) -> Standing {
        let is_loaded = self.version.load().is_some();
        // One lock after the other, never one within the other.
        let is_loading = self.loading().is_some();
        let has_fault = self.file().fault.is_some();
        match (is_loaded, has_fault) {
            (true, false) => Standing::Loaded,
            (true, true) => Standing::Stale,
            (false, _) if is_loading => Standing::Loading,
            (false, true) => Standing::Failed,
            (false, false) => Standing::NotLoaded,
        }
    }
}

/// Every module that is served. Replaced as a whole, so that a request sees one state or the other.
#[derive(Default)]
pub(super) struct Table {
    pub(super) modules: BTreeMap<Arc<str>, Arc<Served>>,
    pub(super) root: Option<Arc<Served>>,
}

impl Table {
    /// The modules' names for people: not more than can be read.
    pub(super) fn known(&self) -> Vec<String> {
        let mut known: Vec<_> = self.modules.keys().take(NAMED_MOST).map(ToString::to_string).collect();
        if self.modules.len() > NAMED_MOST {
            known.push(format!("{} more", self.modules.len() - NAMED_MOST));
        }
        known
    }

    /// There is no module of this name.
    pub(super) fn lacks(&self, asked: &str) -> Failure {
        let mut known = self.known();
        // It may be gone, and nobody has noticed yet.
        known.retain(|known| known != asked);
        Failure::ModuleNotFound { asked: asked.to_owned(), known }
    }
}

/// A module of which a new version answers from now on.
pub(super) struct Change {
    pub(super) module: Arc<str>,
    pub(super) build: String,
}
