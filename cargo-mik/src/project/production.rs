//! What `mik run` serves: found from what was typed and what is there, with no cargo to ask.

use std::path::{Path, PathBuf};

use toml::Table;

use super::{Deployment, GuestSettings, ProjectError, RunArguments, ServeArguments, ServerSettings};
use crate::report::Reporter;
use crate::tools::files;

/// What cargo itself is told of its target directory, in the order in which it looks.
const TARGET_VARIABLES: [&str; 2] = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"];

/// What is served in production, decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Production {
    /// The component at `/`, where there is one: the file that was named, or the project's own.
    pub component: Option<Built>,
    /// How to serve; `modules` is the directory of all others, where there is one.
    pub server: ServerSettings,
    /// What the component's guest is trusted with, and that of every module in the directory.
    pub guest: GuestSettings,
}

/// A component that is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Built {
    /// Where a build has put the dependencies that are served beside it, if it has any.
    pub fn dependencies(&self) -> PathBuf {
        self.path.with_extension("dependencies")
    }
}

impl Production {
    /// Finds what is to be served: a file, a directory of components, or what a project's configuration says. With a
    /// file or a mere directory the configuration of the current directory holds as well.
    ///
    /// # Errors
    /// There is nothing to serve; a configuration file can't be read; a value in it or in the environment is wrong.
    pub fn find(
        RunArguments { path, modules, address }: &RunArguments,
        reporter: &Reporter,
    ) -> Result<Self, ProjectError> {
        let here = Path::new("");
        let (project, component, directory) = match path {
            None => (here, None, None),
            Some(path) if path.is_dir() && is_project(path) => (path.as_path(), None, None),
            Some(path) if path.is_dir() => (here, None, Some(path.clone())),
            Some(file) => (here, Some(Built { name: stem(file), path: file.clone() }), None),
        };
        if let Some(typed) = modules.as_ref().filter(|typed| !typed.is_dir()) {
            return Err(ProjectError::NoModules { path: typed.clone() });
        }
        let Deployment { name, mut server, guest, files, manifest: _ } = deployment(project, address, reporter)?;
        // A `modules` somewhere is nobody's business unless a configuration makes it so.
        let configured = server.modules.take().filter(|_| !files.is_empty());
        server.modules = modules.clone().or_else(|| directory.clone()).or(configured);

        let is_project = component.is_none() && directory.is_none();
        let own = || name.and_then(|name| built(project, name)).filter(|_| is_project);
        let component = component.or_else(own);
        if component.is_none() && !server.modules.as_ref().is_some_and(|modules| modules.is_dir()) {
            let directory = std::path::absolute(project.join(".")).unwrap_or_else(|_| project.to_owned());
            return Err(ProjectError::NothingToServe { directory });
        }
        Ok(Self { component, server, guest })
    }
}

fn deployment(project: &Path, address: &ServeArguments, reporter: &Reporter) -> Result<Deployment, ProjectError> {
    let deployment = Deployment::read(project, address, reporter)?;
    let files: Vec<_> = deployment.files.iter().map(|file| file.display().to_string()).collect();
    match files.as_slice() {
        [] => reporter.detail("Configured", "by the defaults: there is neither Cargo.toml nor mik.toml here"),
        files => reporter.detail("Configured", format!("by {}", files.join(", then "))),
    }
    Ok(deployment)
}

fn is_project(directory: &Path) -> bool {
    ["mik.toml", "Cargo.toml"].iter().any(|name| directory.join(name).is_file())
}

fn stem(file: &Path) -> String {
    file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// The component that `cargo mik build --release` has written, if it has. Of cargo's ways to move the target directory
/// those are known that need no cargo: its environment variables, and the workspace around the package.
fn built(project: &Path, name: String) -> Option<Built> {
    let file = |target: &Path| target.join("mik/release").join(format!("{name}.wasm"));
    let named = TARGET_VARIABLES.iter().find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()));
    let candidates = match named {
        Some(target) => vec![file(Path::new(&target))],
        None => {
            let own = [project.join("target")];
            own.into_iter().chain(workspace_target(project)).map(|target| file(&target)).collect()
        }
    };
    let path = candidates.into_iter().find(|path| path.is_file())?;
    Some(Built { name, path })
}

/// The target directory of the workspace that a package is in.
fn workspace_target(project: &Path) -> Option<PathBuf> {
    let project = std::path::absolute(project.join(".")).ok()?;
    let is_workspace = |directory: &&Path| {
        let manifest = files::read_to_string(directory.join("Cargo.toml")).ok();
        manifest.and_then(|text| text.parse::<Table>().ok()).is_some_and(|table| table.contains_key("workspace"))
    };
    project.ancestors().find(is_workspace).map(|root| root.join("target"))
}
