//! A directory of modules with a configuration: what production serves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::guest::Guest;
use crate::{Program, Server};

/// A directory to be served by `mik run`.
#[derive(Debug)]
pub struct Site {
    root: Arc<TempDir>,
}

impl Site {
    /// A directory with the keys of a `mik.toml` and no module.
    pub fn new(configuration: &str) -> Self {
        let site = Self { root: Arc::new(tempfile::tempdir().expect("a temporary directory")) };
        fs_err::create_dir(site.root.path().join("modules")).expect("the directory can be made");
        site.configure(configuration);
        site
    }

    /// Replaces the configuration.
    pub fn configure(&self, configuration: &str) {
        fs_err::write(self.root.path().join("mik.toml"), configuration).expect("the file can be written");
    }

    /// With a guest as a module of this name.
    #[must_use]
    pub fn with(self, name: &str, guest: &Guest) -> Self {
        let component = fs_err::read(guest.component()).expect("the component can be read");
        self.with_component(name, component)
    }

    /// With a component as a module of this name.
    #[must_use]
    pub fn with_component(self, name: &str, component: impl AsRef<[u8]>) -> Self {
        fs_err::write(self.module(name), component).expect("the file can be written");
        self
    }

    /// Puts a component in the place of a module's, whole.
    pub fn replace(&self, name: &str, component: impl AsRef<[u8]>) {
        let fresh = self.root.path().join("fresh");
        fs_err::write(&fresh, component).expect("the file can be written");
        fs_err::rename(fresh, self.module(name)).expect("the file can be put in its place");
    }

    /// The file of a module.
    pub fn module(&self, name: &str) -> PathBuf {
        self.root.path().join("modules").join(format!("{name}.wasm"))
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        self.root.path()
    }

    /// Serves it. The directory is there for as long as the server or this is.
    #[track_caller]
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Serves it with more flags.
    #[track_caller]
    pub fn serve_with(&self, flags: &[&str]) -> Server {
        Server::start(Program::mik().arg("run").arg(self.directory()).args(flags)).keeping(self.root.clone())
    }
}
