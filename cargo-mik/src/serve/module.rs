//! What is served: modules by name, the version of each that answers now, and how a new one takes its place.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::component::Linked;
use super::error::ServeError;
use super::failure::Bounds;
use super::guest::Grant;
use super::host::Host;
use super::instance::Handler;
use super::traffic::Traffic;
use crate::project::{GuestSettings, ServerSettings};

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
    /// The modules.
    pub modules: Vec<Module>,
    /// The name of the one that also answers at `/…`, where there is one.
    pub root: Option<String>,
}

/// A module's component, compiled and linked, and what it is granted: everything but an instance.
pub(super) struct Version {
    /// The SHA-256 of the component's bytes.
    pub(super) digest: String,
    pub(super) linked: Linked,
    pub(super) grant: Grant,
    /// What makes instances of it and hands them requests.
    pub(super) handler: Handler,
}

impl Version {
    /// The first digits of the digest: enough to tell builds apart.
    pub(super) fn build(&self) -> &str {
        self.digest.get(..12).unwrap_or(&self.digest)
    }
}

/// A module as it is served. It outlives its versions.
pub(super) struct Served {
    pub(super) name: Arc<str>,
    version: ArcSwap<Version>,
    pub(super) traffic: Arc<Traffic>,
}

impl Served {
    pub(super) fn new(host: &Host, name: &str, version: Arc<Version>) -> Self {
        let name: Arc<str> = name.into();
        let traffic = Traffic::new(&name, host.mode(), host.console());
        Self { name, version: ArcSwap::new(version), traffic }
    }

    /// Has another version answer from now on.
    pub(super) fn replace(&self, version: Arc<Version>) {
        self.version.store(version);
        // In this order: what was let in before the new version was there has no say on it.
        self.traffic.reset();
    }

    /// The version that answers now. Who has it keeps it, whatever is swapped in meanwhile.
    pub(super) fn version(&self) -> Arc<Version> {
        self.version.load_full()
    }
}

/// Every module that is served. Replaced as a whole, so that a request sees one state or the other.
#[derive(Default)]
pub(super) struct Table {
    pub(super) modules: BTreeMap<Arc<str>, Arc<Served>>,
    pub(super) root: Option<Arc<Served>>,
}

/// A module of which a new version answers from now on.
pub(super) struct Change {
    pub(super) module: Arc<str>,
    pub(super) build: String,
}

impl Host {
    /// Compiles what is new in a site, then puts the site and its settings in place of those served so far.
    ///
    /// Nothing changes unless all of it compiles. A version whose bytes are those that already answer stays, if what
    /// it is granted stays as well.
    ///
    /// # Errors
    /// A component can't be read, compiled or linked.
    pub(super) fn put(&self, site: &Site, settings: &ServerSettings) -> Result<Vec<Change>, ServeError> {
        let before = self.table();
        let mut fresh = Vec::new();
        let mut modules = BTreeMap::new();
        for Module { name, path, guest } in &site.modules {
            check_name(name)?;
            let served = before.as_ref().and_then(|table| table.modules.get(name.as_str()));
            let component = self.read(path)?;
            let grant = Grant { guest: guest.clone(), bounds: Bounds::of(settings) };
            let served = match served {
                Some(served) => {
                    let version = served.version();
                    if version.digest != component.digest {
                        fresh.push((served.clone(), self.compile(name, component, grant)?));
                    } else if version.grant != grant {
                        fresh.push((served.clone(), self.grant(name, &version, grant)));
                    }
                    served.clone()
                }
                None => {
                    let version = self.compile(name, component, grant)?;
                    let served = Arc::new(Served::new(self, name, version.clone()));
                    fresh.push((served.clone(), version));
                    served
                }
            };
            modules.insert(served.name.clone(), served);
        }
        let root = site.root.as_deref().and_then(|name| modules.get(name).cloned());

        let mut changes = Vec::new();
        for (served, version) in fresh {
            let build = version.build().to_owned();
            served.replace(version);
            changes.push(Change { module: served.name.clone(), build });
        }
        self.set_settings(settings);
        self.set_table(Table { modules, root });
        Ok(changes)
    }
}

/// A name goes into URLs as it is, so it may have nothing in it that has to be escaped there.
fn check_name(name: &str) -> Result<(), ServeError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if name.is_empty() || name == "." || name == ".." || !name.bytes().all(plain) {
        return Err(ServeError::ModuleName { name: name.to_owned() });
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
}
