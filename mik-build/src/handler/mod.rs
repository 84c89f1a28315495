//! Bindings for what a handler calls: the interfaces of the components that it depends on, and those of its own `wit/`.

mod dependencies;
mod interfaces;
mod manifest;
mod style;
mod wasi;
mod wit;
mod world;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::style::Style;
use crate::{BuildError, program};

/// The file in `OUT_DIR` that `mik_sdk::bindings!` includes.
const FILE: &str = "mik_bindings.rs";

/// Makes bindings for the components that a package depends on, in its build script:
///
/// ```no_run
/// fn main() -> Result<(), mik_build::BuildError> {
///     mik_build::handler()
/// }
/// ```
///
/// and in its `src/lib.rs`, where `mik_sdk::bindings!();` makes a module `bindings` of them. It has a function for each one that a
/// dependency exports: `shop:db/query` of a component is `bindings::shop::db::query`. Interfaces that the package's own `wit/`
/// imports and exports are there as well; of several worlds the one of the package's name counts, or `target.world` of
/// `[package.metadata.component]`. WASI 0.2 may be used there without a copy in `wit/deps/`.
///
/// What the dependencies are is read from the package's configuration and `mik.lock`. Only where one is not on this machine yet,
/// `cargo mik fetch` is asked for it. A dependency that is a project is not built: what its own `wit/` exports counts.
///
/// # Errors
/// The configuration or the lock is wrong; a dependency can't be had, or is no component; two of them disagree on an interface;
/// this is no build script.
pub fn handler() -> Result<(), BuildError> {
    let package = Package::of_build_script()?;
    let mut watched = Watched::default();
    let bindings = bindings(&package.directory, Style::sdk(), &mut watched);
    // Also when it went wrong: what is mended is tried again.
    watched.tell();
    write(&package.out_directory.join(FILE), &bindings?)
}

/// The text of `src/bindings.rs` in a project of cargo-component's: its world as `[package.metadata.component]` says it, and what its
/// dependencies export. Nothing, where it has neither.
///
/// Beside it are the files and directories that they depend on.
///
/// # Errors
/// As of [`handler`]; the package depends on neither `wit-bindgen-rt` nor `wit-bindgen`.
pub fn component_bindings(directory: &Path) -> Result<(String, BTreeSet<PathBuf>), BuildError> {
    let style = Style::cargo_component(&manifest::Manifest::read(directory)?)?;
    let mut watched = Watched::default();
    let bindings = bindings(directory, style, &mut watched)?;
    Ok((bindings, watched.0))
}

/// The text of the bindings of the package in a directory.
fn bindings(directory: &Path, style: Style, watched: &mut Watched) -> Result<String, BuildError> {
    let offers = interfaces::of_dependencies(directory, watched, &mut interfaces::Way::default())?;
    let own = wit::Source::of(directory, watched)?;
    world::bindings(offers, own, style)
}

/// The package whose build script this is.
struct Package {
    directory: PathBuf,
    out_directory: PathBuf,
}

impl Package {
    fn of_build_script() -> Result<Self, BuildError> {
        let variable = |name: &str| {
            std::env::var_os(name).map(PathBuf::from).ok_or_else(|| {
                BuildError::new(format!("`{name}` is not set")).help("call it in a build script: cargo sets it there")
            })
        };
        Ok(Self { directory: variable("CARGO_MANIFEST_DIR")?, out_directory: variable("OUT_DIR")? })
    }
}

/// The files and directories that the bindings depend on.
#[derive(Debug, Default)]
struct Watched(BTreeSet<PathBuf>);

impl Watched {
    /// Notes a path, if something is there: of what is not, cargo thinks that it changes all the time.
    fn note(&mut self, path: &Path) {
        if path.exists() {
            self.0.insert(path.to_owned());
        }
    }

    #[allow(clippy::print_stdout, reason = "that is how a build script speaks to cargo")]
    fn tell(&self) {
        for path in &self.0 {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        println!("cargo::rerun-if-env-changed={}", program::HAS);
    }
}

/// Writes a file, unless it has that text: what includes it is compiled again otherwise.
fn write(path: &Path, text: &str) -> Result<(), BuildError> {
    if std::fs::read(path).is_ok_and(|before| before == text.as_bytes()) {
        return Ok(());
    }
    let failed = |error| BuildError::new(format!("`{}` can't be written", path.display())).because(error);
    std::fs::write(path, text).map_err(failed)
}

#[cfg(test)]
mod tests;
