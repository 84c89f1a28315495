//! What there is to serve: the modules that have to be there, and those that a directory has at the moment.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::Semaphore;

use super::cache::Keep;
use super::component::Binary;
use super::dashboard::{Build, BuildOutcome, Component};
use super::error::ServeError;
use super::failure::Bounds;
use super::guest::Grant;
use super::host::Host;
use super::mode::Mode;
use super::module::{Change, Directory, Holds, Module, Served, Site, Table, build};
use super::turns::Turns;
use crate::project::ServerSettings;
use crate::report::Event;
use crate::tools::files;

/// The ending of a component's file.
const EXTENSION: &str = ".wasm";
/// The endings of what a build leaves beside a component: the same code with its names, and the handler without the bridge.
const BESIDE: [&str; 2] = [".debug.wasm", ".handler.wasm"];

/// What the host keeps of its modules.
pub(super) struct Stock {
    catalogue: Mutex<Catalogue>,
    compilations: Arc<Semaphore>,
    /// How many requests may wait for a compilation.
    waiting: Arc<Turns>,
    /// Counts requests: what was asked for last has the highest number.
    clock: AtomicU64,
}

impl Stock {
    pub(super) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            catalogue: Mutex::default(),
            compilations: Arc::new(Semaphore::new(cores)),
            waiting: Turns::new(1),
            clock: AtomicU64::new(0),
        }
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn compilations(&self) -> Arc<Semaphore> {
        self.compilations.clone()
    }

    pub(super) fn waiting(&self) -> &Arc<Turns> {
        &self.waiting
    }

    /// Held by whoever changes what is served. For moments only: nothing is compiled meanwhile.
    pub(super) fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.catalogue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Modules by where they come from.
#[derive(Default)]
pub(super) struct Catalogue {
    /// The ones of the site's own. None until they are there: until then nothing is served.
    own: Option<BTreeMap<Arc<str>, Arc<Served>>>,
    root: Option<Arc<Served>>,
    /// The directories, those first that go before others.
    shelves: Vec<Shelf>,
    /// The files that somebody has been told are not served.
    refused: BTreeSet<PathBuf>,
}

/// A directory and what it has.
struct Shelf {
    directory: Directory,
    found: BTreeMap<Arc<str>, Arc<Served>>,
}

impl Catalogue {
    fn shelf(&mut self, path: &Path) -> Option<&mut Shelf> {
        self.shelves.iter_mut().find(|shelf| shelf.directory.path == path)
    }
}

impl Host {
    /// Compiles what is new in a site, then puts the site and its settings in place of those served so far. What its
    /// directories have is left as it is: see [`Host::stock_up`].
    ///
    /// Nothing changes unless all of it compiles. A version whose bytes are those that already answer stays, if what
    /// it is granted stays as well.
    ///
    /// # Errors
    /// A component can't be read, compiled or linked.
    pub(super) fn put(&self, site: &Site, settings: &ServerSettings) -> Result<Vec<Change>, ServeError> {
        let before = self.stock().catalogue().own.clone().unwrap_or_default();
        let bounds = Bounds::of(settings);
        let mut fresh = Vec::new();
        let mut own = BTreeMap::new();
        for Module { name, path, guest } in &site.modules {
            check_name(name).map_err(|name| ServeError::ModuleName { name })?;
            let binary = Binary::read(path)?;
            let grant = Grant { guest: guest.clone(), bounds };
            let served = before.get(name.as_str()).cloned();
            let served =
                served.unwrap_or_else(|| Served::new(self, name.as_str().into(), path.clone(), grant.clone(), true));
            served.file().path.clone_from(path);
            match served.version() {
                Some(version) if version.code.digest == binary.digest => {
                    if version.grant != grant {
                        fresh.push((served.clone(), self.version(name, version.code.clone(), grant)));
                    }
                }
                version => {
                    let keep = self.keeps_code(version.is_some());
                    fresh.push((served.clone(), self.version(name, self.compile(name, binary, keep)?, grant)));
                }
            }
            own.insert(served.name.clone(), served);
        }

        let mut changes = Vec::new();
        for (served, version) in fresh {
            let build = version.build().to_owned();
            served.swap(version);
            changes.push(Change { module: served.name.clone(), build });
        }
        self.set_settings(settings);
        let mut catalogue = self.stock().catalogue();
        catalogue.root = site.root.as_deref().and_then(|name| own.get(name).cloned());
        catalogue.own = Some(own);
        for directory in site.directories() {
            if let Some(shelf) = catalogue.shelf(&directory.path) {
                shelf.directory.guest = directory.guest.clone();
                self.grant_again(shelf, &Grant { guest: directory.guest.clone(), bounds });
            }
        }
        self.publish(&mut catalogue);
        Ok(changes)
    }

    /// Whether the code of a module of the site's own is kept for the next start, where it takes the place of another or does not.
    /// While something is developed, the next save makes other code: what has ended with every save would fill the cache.
    fn keeps_code(&self, takes_place: bool) -> Keep {
        if takes_place && self.mode() == Mode::Development { Keep::Never } else { Keep::ForNextTime }
    }

    /// Gives a directory's modules what they are granted from now on. Nothing of them is compiled again.
    fn grant_again(&self, shelf: &Shelf, grant: &Grant) {
        for served in shelf.found.values() {
            match served.version() {
                Some(version) if version.grant != *grant => {
                    served.regrant(self.version(&served.name, version.code.clone(), grant.clone()));
                }
                _ => served.file().grant = grant.clone(),
            }
        }
    }

    /// Looks at all that a directory has, and gives how many modules that are. What was looked at before goes before it.
    pub(super) fn stock_up(&self, directory: &Directory) -> usize {
        {
            let mut catalogue = self.stock().catalogue();
            match catalogue.shelf(&directory.path) {
                Some(shelf) => shelf.directory = directory.clone(),
                None => catalogue.shelves.push(Shelf { directory: directory.clone(), found: BTreeMap::new() }),
            }
        }
        match list(&directory.path) {
            Ok(paths) => {
                for path in paths {
                    self.look_at(directory, &path);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => self.console().emit(Event::Warning(ServeError::Directory { source }.into())),
        }
        self.stock().catalogue().shelf(&directory.path).map_or(0, |shelf| shelf.found.len())
    }

    /// Has a file looked at that is another now, or gone. `path` is absolute.
    pub(super) fn refresh(&self, path: &Path) {
        let (own, directories) = {
            let catalogue = self.stock().catalogue();
            let own = catalogue.own.iter().flat_map(BTreeMap::values);
            let own: Vec<_> = own.filter(|served| absolute(&served.file().path) == path).cloned().collect();
            let directories = catalogue.shelves.iter().map(|shelf| shelf.directory.clone());
            (own, directories.collect::<Vec<_>>())
        };
        for served in own {
            if let Some(digest) = self.renew(&served) {
                self.say_live(&served.name, &digest);
            }
        }
        let around = directories.iter().filter(|directory| path.parent() == Some(&absolute(&directory.path)));
        for directory in around.filter(|_| is_component(path)) {
            if let Some(name) = path.file_name()
                && let Some((served, digest)) = self.look_at(directory, &directory.path.join(name))
            {
                self.say_live(&served.name, &digest);
            }
        }
    }

    /// Looks at one file of a directory. Gives the module and its build if that is new.
    fn look_at(&self, directory: &Directory, path: &Path) -> Option<(Arc<Served>, String)> {
        let name: Arc<str> = module_name(path).into();
        let known = self.stock().catalogue().shelf(&directory.path).and_then(|shelf| shelf.found.get(&name).cloned());
        if is_absent(path) {
            self.stock().catalogue().refused.remove(path);
            known.inspect(|served| self.remove(directory, served));
            return None;
        }
        if let Err(name) = check_name(&name) {
            if self.stock().catalogue().refused.insert(path.to_owned()) {
                let unserved = ServeError::FileName { path: path.to_owned(), name };
                self.console().emit(Event::Warning(unserved.into()));
            }
            return None;
        }
        let served = match &known {
            Some(served) => served.clone(),
            None => {
                let grant = Grant { guest: directory.guest.clone(), bounds: Bounds::of(&self.settings()) };
                Served::new(self, name, path.to_owned(), grant, false)
            }
        };
        let digest = self.renew(&served);
        if known.is_none() {
            let mut catalogue = self.stock().catalogue();
            if let Some(Shelf { directory, found }) = catalogue.shelf(&directory.path) {
                // It may be another by now, and was not known when all others were told.
                served.file().grant = Grant { guest: directory.guest.clone(), bounds: Bounds::of(&self.settings()) };
                found.insert(served.name.clone(), served.clone());
            }
            self.publish(&mut catalogue);
        }
        digest.map(|digest| (served, digest))
    }

    /// Takes a module out of service. Requests that it is answering go on.
    fn remove(&self, directory: &Directory, served: &Served) {
        let mut catalogue = self.stock().catalogue();
        if let Some(shelf) = catalogue.shelf(&directory.path) {
            shelf.found.remove(&served.name);
        }
        self.publish(&mut catalogue);
        self.console().status("Removed", &*served.name);
    }

    /// Serves what the catalogue has. The site's own modules go before the user's others, and these before dependencies.
    fn publish(&self, catalogue: &mut Catalogue) {
        let Catalogue { own: Some(own), root, shelves, refused } = catalogue else { return };
        let mut modules: BTreeMap<Arc<str>, (Holds, Arc<Served>)> = BTreeMap::new();
        let found = shelves.iter().rev().map(|Shelf { directory, found }| (directory.holds, found));
        // Its own are nobody's dependencies.
        for (holds, found) in found.chain([(Holds::Modules, &*own)]) {
            for (name, served) in found {
                let Some((held, shadowed)) = modules.insert(name.clone(), (holds, served.clone())) else { continue };
                let (path, other) = (shadowed.file().path.clone(), served.file().path.clone());
                // The file that was named may lie in a directory as well.
                if absolute(&path) == absolute(&other) || !refused.insert(path.clone()) {
                    continue;
                }
                self.console().emit(match held {
                    Holds::Modules => Event::Warning(ServeError::Shadowed { path, name: name.to_string() }.into()),
                    Holds::Dependencies => Event::Note(format!(
                        "/run/{name}/ is `{}`, and not the dependency `{name}`, which is not served",
                        other.display()
                    )),
                });
            }
        }
        let modules = modules.into_iter().map(|(name, (_, served))| (name, served)).collect();
        self.set_table(Table { modules, root: root.clone() });
    }

    fn say_live(&self, module: &str, digest: &str) {
        if let Some(dashboard) = self.dashboard() {
            let mut noted = Build::new(BuildOutcome::Live, format!("the file of {module} changed"));
            let served = self.table().and_then(|table| table.modules.get(module).cloned());
            let path = served.map(|served| served.file().path.clone());
            let size = path.and_then(|path| files::metadata(&path).ok()).map(|metadata| metadata.len());
            noted.components.push(Component::new(module, Some(build(digest)), size));
            dashboard.recorder().built(noted);
        }
        self.console().emit(Event::Live { module: module.to_owned(), build: build(digest).to_owned() });
    }
}

/// The components in a directory, by name.
fn list(directory: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let paths = files::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path()));
    paths.filter(|path| path.as_ref().map_or(true, |path| is_component(path))).collect()
}

/// Whether a file in a directory of modules is one, by its name. What begins with a dot is hidden, and the temporary
/// name of what is being copied; what a build leaves beside a component is not for anybody to ask.
pub(super) fn is_component(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let is_beside = BESIDE.iter().any(|ending| name.ends_with(ending.as_bytes()));
    !name.starts_with(b".") && name.len() > EXTENSION.len() && name.ends_with(EXTENSION.as_bytes()) && !is_beside
}

/// Whether nothing is there that could be served. A link that leads nowhere, and a file that can't be read, are faults
/// of what is there.
fn is_absent(path: &Path) -> bool {
    let is_gone = files::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    is_gone || files::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

/// The name under which a file is served.
fn module_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(EXTENSION).unwrap_or(&name).to_owned()
}

pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A name goes into URLs as it is, so it may have nothing in it that has to be escaped there.
fn check_name(name: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if name.is_empty() || name == "." || name == ".." || !name.bytes().all(plain) {
        return Err(name.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_url_segments() {
        for name in ["hello", "a-b_c.d~1"] {
            check_name(name).unwrap();
        }
        for name in ["", ".", "..", "a/b", "a b", "ä", "a%20"] {
            check_name(name).unwrap_err();
        }
    }

    #[test]
    fn components_are_told_by_their_names() {
        for name in ["a.wasm", "m/a.b.wasm", "ä b.wasm", "debug.wasm", "handler.wasm"] {
            assert!(is_component(Path::new(name)), "{name}");
        }
        for name in [".wasm", ".a.wasm", "a.wasm~", "a.wasm.part", "a.wat", "#a.wasm#", ".a.wasm.swp", "wasm"] {
            assert!(!is_component(Path::new(name)), "{name}");
        }
        for name in ["m/a.debug.wasm", "m/a.handler.wasm", "a.b.debug.wasm"] {
            assert!(!is_component(Path::new(name)), "{name}");
        }
        assert_eq!(module_name(Path::new("m/a.b.wasm")), "a.b");
    }
}
