//! Set-up: finds the target's standard library, or makes it.
//!
//! In this order: the toolchain has it; the cache has it; `rustup target add`; the standard library is built from
//! source. What a toolchain brings is never built again, and what is built is built once per compiler.
//!
//! ```text
//! toolchain ─▶ cache ─▶ rustup ─▶ source (MIK_RUST_SRC, the toolchain's rust-src, Debian's package)
//!                                   │  + libc (WASI_SDK_PATH, the system, Debian's package)
//!                                   ▼
//!                        standard_library: cargo build ─▶ cache: renamed into place as a whole
//! ```

mod apt;
mod cache;
mod debian;
mod environment;
mod error;
mod inventory;
mod libc;
mod rustflags;
mod rustup;
mod source;
mod standard_library;
mod toolchain;

use std::path::PathBuf;
use std::time::Instant;

use self::cache::Workshop;
pub use self::error::{Attempt, SetupError};
pub use self::inventory::StandardLibraries;
pub use self::rustflags::{Rustflags, rustflags};
use self::source::Source;
pub use self::toolchain::{Toolchain, Version};
use crate::project::Target;
use crate::report::{Event, Progress, Reporter, Verbosity};

/// Where rustc finds the target's standard library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sysroot {
    /// In the toolchain: nothing has to be said to rustc.
    Toolchain,
    /// Here: rustc takes `--sysroot` with this path, see [`rustflags`].
    Cached(PathBuf),
}

/// What a set-up may do.
#[derive(Clone, Copy, Debug)]
pub struct SetupOptions {
    /// Nothing is downloaded.
    pub offline: bool,
    /// What the cache holds is built again.
    pub force: bool,
}

/// Finds the standard library for a target without doing anything that takes long.
///
/// # Errors
/// The user has no home directory to keep a cache in.
pub fn find(target: Target, toolchain: &Toolchain) -> Result<Option<Sysroot>, SetupError> {
    if toolchain.has(target) {
        return Ok(Some(Sysroot::Toolchain));
    }
    let place = cache::place(&cache::directory()?, toolchain.version()?, target);
    Ok(toolchain::has_standard_library(&place, target).then_some(Sysroot::Cached(place)))
}

/// Finds the standard library for a target or makes it.
///
/// # Errors
/// See [`ensure_all`].
pub fn ensure(
    target: Target,
    toolchain: &Toolchain,
    options: &SetupOptions,
    reporter: &Reporter,
) -> Result<Sysroot, SetupError> {
    Setup::new(toolchain, options, reporter).ensure(target)
}

/// Finds the standard libraries for several targets or makes them, from one copy of the source.
///
/// # Errors
/// There is no way to one of them; the error lists what was tried. Or the cache can't be written to.
pub fn ensure_all(
    targets: &[Target],
    toolchain: &Toolchain,
    options: &SetupOptions,
    reporter: &Reporter,
) -> Result<Vec<Sysroot>, SetupError> {
    let mut setup = Setup::new(toolchain, options, reporter);
    targets.iter().map(|target| setup.ensure(*target)).collect()
}

/// One run: what targets built in a row share.
struct Setup<'a> {
    toolchain: &'a Toolchain,
    options: &'a SetupOptions,
    reporter: &'a Reporter,
    /// Held from the first thing that has to be made to the end of the run.
    workshop: Option<Workshop>,
    /// The distribution's packages, or why they can't be had, once they were asked for.
    packages: Option<Result<debian::Packages, String>>,
}

impl<'a> Setup<'a> {
    fn new(toolchain: &'a Toolchain, options: &'a SetupOptions, reporter: &'a Reporter) -> Self {
        Self { toolchain, options, reporter, workshop: None, packages: None }
    }

    fn ensure(&mut self, target: Target) -> Result<Sysroot, SetupError> {
        if let Some(sysroot) = self.find_unless_forced(target)? {
            return Ok(sysroot);
        }
        // Without a cache that can be written to there is still rustup.
        let unusable = match &self.workshop {
            Some(_) => None,
            None => match Workshop::open(&cache::directory()?, self.reporter) {
                Ok(workshop) => {
                    self.workshop = Some(workshop);
                    None
                }
                Err(error) => Some(error),
            },
        };
        // The one whose end we may have waited for may have made it.
        if let Some(sysroot) = self.find_unless_forced(target)? {
            return Ok(sysroot);
        }
        let started = Instant::now();
        let what = format!("{target} for rustc {}", self.toolchain.version()?.release);
        self.reporter.status("Setting up", what.as_str());

        let reporter = self.reporter;
        let finish = |how| {
            let seconds = started.elapsed().as_secs_f32();
            reporter.status("Set up", format!("{what} {how} in {seconds:.1}s"));
        };
        let mut tried = Vec::new();
        match self.add_by_rustup(target) {
            Ok(true) => {
                finish("by rustup");
                return Ok(Sysroot::Toolchain);
            }
            Ok(false) => {}
            Err(attempt) => tried.push(attempt),
        }
        if let Some(error) = unusable {
            return Err(error);
        }
        let sysroot = self.build(target, &mut tried)?;
        finish("from source");
        Ok(sysroot)
    }

    fn find_unless_forced(&self, target: Target) -> Result<Option<Sysroot>, SetupError> {
        Ok(match find(target, self.toolchain)? {
            Some(Sysroot::Cached(_)) if self.options.force => None,
            found => found,
        })
    }

    fn add_by_rustup(&self, target: Target) -> Result<bool, Attempt> {
        let Some(rustup) = rustup::Rustup::of(self.toolchain) else { return Ok(false) };
        let name = format!("`rustup target add {target}`");
        if self.options.offline {
            return Err(Attempt::new(name, "not run: offline"));
        }
        let added = self.during(Progress { verb: "Running", message: name.clone(), position: None }, || {
            rustup.add(target, |line| self.reporter.detail("rustup", line))
        });
        match added {
            Ok(()) if self.toolchain.has(target) => Ok(true),
            Ok(()) => Err(Attempt::new(name, "it ended well, but the toolchain still lacks the target")),
            Err(reason) => Err(Attempt::new(name, reason)),
        }
    }

    /// Builds the standard library from the first source that there is, trying the next where one fails.
    fn build(&mut self, target: Target, tried: &mut Vec<Attempt>) -> Result<Sysroot, SetupError> {
        let version = self.toolchain.version()?;
        // What the user named is taken, or is an error: nothing else is used behind their back.
        if let Some(source) = source::given(version)? {
            return match self.build_from(target, &source)? {
                Ok(sysroot) => Ok(sysroot),
                Err(attempt) => Err(SetupError::unavailable(target, version, vec![attempt])),
            };
        }
        match source::in_toolchain(self.toolchain) {
            Some(source) => match self.build_from(target, &source)? {
                Ok(sysroot) => return Ok(sysroot),
                Err(attempt) => tried.push(attempt),
            },
            None => tried.push(Attempt::new("the toolchain's `rust-src`", "not installed")),
        }
        match self.packages()?.and_then(|packages| packages.source()) {
            Ok(source) => match self.build_from(target, &source)? {
                Ok(sysroot) => return Ok(sysroot),
                Err(attempt) => tried.push(attempt),
            },
            Err(reason) => {
                let attempt = Attempt::new("the distribution's `rust-src`", reason);
                self.check_room(&attempt)?;
                tried.push(attempt);
            }
        }
        Err(SetupError::unavailable(target, version, std::mem::take(tried)))
    }

    /// The inner error is a way that did not work; the outer one ends the run.
    fn build_from(&mut self, target: Target, source: &Source) -> Result<Result<Sysroot, Attempt>, SetupError> {
        let libc = match libc::find(target) {
            _ if !target.needs_wasi_libc() => None,
            Some(libc) => Some(libc),
            None => match self.packages()?.and_then(|packages| packages.libc(target)) {
                Ok(libc) => Some(libc),
                Err(reason) => {
                    let reason = format!("no wasi-libc to go with it: {reason}");
                    return Ok(Err(Attempt::new(&source.name, reason)));
                }
            },
        };
        let Some(workshop) = &self.workshop else { return Err(SetupError::NoHome) };
        let recipe = standard_library::Recipe {
            target,
            toolchain: self.toolchain,
            version: self.toolchain.version()?,
            source,
            libc: libc.as_deref(),
            offline: self.options.offline,
        };
        self.reporter.status("Building", format!("the standard library for {target} from {}", source.name));
        let built = recipe.build(workshop.directory(), self.reporter);
        self.reporter.emit(Event::ProgressEnd);
        match built {
            Ok(staged) => {
                let place = cache::place(&cache::directory()?, self.toolchain.version()?, target);
                workshop.install(&staged, &place)?;
                Ok(Ok(Sysroot::Cached(place)))
            }
            Err(reason) => {
                let attempt = Attempt::new(&source.name, reason);
                self.check_room(&attempt)?;
                Ok(Err(attempt))
            }
        }
    }

    /// No other way helps against a full disk.
    fn check_room(&self, attempt: &Attempt) -> Result<(), SetupError> {
        match &self.workshop {
            Some(workshop) if attempt.why.contains(error::DISK_FULL) => Err(SetupError::Cache {
                path: workshop.directory().to_owned(),
                source: std::io::ErrorKind::StorageFull.into(),
            }),
            _ => Ok(()),
        }
    }

    /// The distribution's packages, fetched once for all targets.
    fn packages(&mut self) -> Result<Result<&debian::Packages, String>, SetupError> {
        let Some(workshop) = &self.workshop else { return Err(SetupError::NoHome) };
        let (toolchain, options, reporter) = (self.toolchain, self.options, self.reporter);
        let release = &toolchain.version()?.release;
        let packages = self.packages.get_or_insert_with(|| {
            if options.offline {
                return Err("not asked for: offline".to_owned());
            }
            let fetched = debian::Packages::fetch(release, workshop.directory(), reporter);
            reporter.emit(Event::ProgressEnd);
            fetched
        });
        Ok(packages.as_ref().map_err(Clone::clone))
    }

    fn during<T>(&self, progress: Progress, work: impl FnOnce() -> T) -> T {
        if self.reporter.verbosity() < Verbosity::Verbose {
            self.reporter.emit(Event::Progress(progress));
        }
        let result = work();
        self.reporter.emit(Event::ProgressEnd);
        result
    }
}
