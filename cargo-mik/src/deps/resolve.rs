//! From what packages declare to components on this machine, by the lock; and what of it is locked then.

use std::collections::{BTreeMap, BTreeSet};

use mik_build::{LockedComponent, Lockfile};

use super::error::{DependencyError, DepsError};
use super::lock::LockFile;
use super::problem::Problem;
pub use super::source::Content;
use super::source::{FoundDependency, Sources};
use super::{cycle, guard};
use crate::project::{Dependency, DependencySource, Dependents};
use crate::report::Reporter;
use crate::tools::files;

/// What of the lock may become another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update<'a> {
    /// Only what is missing.
    Nothing,
    /// These, by name or key.
    Named(&'a [String]),
    /// All of it.
    All,
}

/// A dependency of a package, found.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The package.
    pub package: String,
    /// Cargo's package ID; empty where there is no cargo.
    pub package_id: String,
    /// What it declares.
    pub dependency: Dependency,
    /// What the lock says of it.
    pub locked: LockedComponent,
    /// What it is.
    pub content: Content,
}

/// What came of resolving.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolution {
    /// Every dependency of every package, in the order of the packages.
    pub dependencies: Vec<Resolved>,
    /// Whether the lock was written.
    pub changed: bool,
}

/// Finds everything that the packages depend on, fetches what is missing, and locks what was not.
///
/// Without anything to fetch or to lock, there is no network, and nothing is written.
///
/// # Errors
/// A dependency can't be had; the lock is damaged, or would change where it must not. Then nothing has changed.
pub fn resolve(dependents: &Dependents, update: Update<'_>, reporter: &Reporter) -> Result<Resolution, DepsError> {
    check_names(dependents, update)?;
    let lock = LockFile::read(&dependents.root)?;
    if dependents.dependencies().next().is_none() && lock.lockfile().components().is_empty() {
        return Ok(Resolution::default());
    }
    let sources = Sources::new(dependents, reporter)?;
    if update == Update::Nothing && is_complete(dependents, &lock)? {
        // Nothing will be written: nobody has to be waited for.
        return Ok(Resolution { dependencies: find_all(dependents, &lock, update, &sources)?.0, changed: false });
    }
    let _guard = lock_guard(dependents, &sources, reporter)?;
    let dependents = &dependents.again()?;
    let lock = LockFile::read(&dependents.root)?;
    let (dependencies, mut locked) = find_all(dependents, &lock, update, &sources)?;
    let others = dependents.of_others()?;
    locked.extend(
        others.iter().filter_map(|it| lock.lockfile().find(&it.name, &it.requested(&dependents.root)).cloned()),
    );
    let changed = write(dependents, &lock, &Lockfile::new(locked), reporter)?;
    Ok(Resolution { dependencies, changed })
}

/// A dependency whose source has something else by now.
#[derive(Clone, Debug, PartialEq)]
pub struct Outdated {
    /// What is locked; nothing, where it is not yet.
    pub locked: Option<LockedComponent>,
    /// What its source has now.
    pub current: LockedComponent,
}

/// Asks every source what it has now, and changes nothing. Beside what is outdated is why some could not be asked: the others are.
///
/// # Errors
/// The lock is damaged, or there is nothing to ask with.
pub fn outdated(dependents: &Dependents, reporter: &Reporter) -> Result<(Vec<Outdated>, Vec<DepsError>), DepsError> {
    let lock = LockFile::read(&dependents.root)?;
    let sources = Sources::new(dependents, reporter)?;
    let (mut outdated, mut failed, mut asked) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (_, dependency) in dependents.dependencies() {
        // A path is what it is.
        if matches!(dependency.source, DependencySource::Path { .. }) {
            continue;
        }
        let requested = dependency.requested(&dependents.root);
        let locked = lock.lockfile().find(&dependency.name, &requested).cloned();
        // Several members may depend on it.
        if !asked.insert((&dependency.name, requested)) {
            continue;
        }
        let current = match sources.find(dependency, None) {
            Ok(found) => found.locked,
            Err(error) => {
                failed.push(error);
                continue;
            }
        };
        if locked.as_ref() != Some(&current) {
            outdated.push(Outdated { locked, current });
        }
    }
    Ok((outdated, failed))
}

/// Has other commands wait that would change the same lock.
pub(super) fn lock_guard(
    dependents: &Dependents,
    sources: &Sources<'_>,
    reporter: &Reporter,
) -> Result<files::Lock, DepsError> {
    let root = files::canonicalize(&dependents.root).unwrap_or_else(|_| dependents.root.clone());
    guard::take(sources.cache(), &root.to_string_lossy(), "the lock on `mik.lock`", reporter)
}

/// Writes a lock in the place of another, where it is another.
pub(super) fn write(
    dependents: &Dependents,
    lock: &LockFile,
    next: &Lockfile,
    reporter: &Reporter,
) -> Result<bool, DepsError> {
    let Some(text) = lock.text_of(next) else { return Ok(false) };
    if dependents.locked {
        let is_gone = |before: &&LockedComponent| !next.components().contains(before);
        let why = match lock.lockfile().components().iter().find(is_gone) {
            Some(gone) => format!("`{}` is no longer what a package depends on", gone.name),
            None => "a dependency is not in it".to_owned(),
        };
        return Err(DepsError::Locked { path: lock.path().to_owned(), why });
    }
    lock.say_changes(next, reporter);
    files::write(lock.path(), text.as_bytes())?;
    Ok(true)
}

/// Whether the lock has all that is declared, and nothing else.
fn is_complete(dependents: &Dependents, lock: &LockFile) -> Result<bool, DepsError> {
    let root = &dependents.root;
    let of_others = dependents.of_others()?;
    let declared: Vec<(&str, String)> = dependents
        .dependencies()
        .map(|(_, it)| it)
        .chain(&of_others)
        .map(|it| (it.name.as_str(), it.requested(root)))
        .collect();
    let has_all = dependents.dependencies().all(|(_, it)| pinned(it, dependents, lock, Update::Nothing).is_some());
    let is_declared = |component: &LockedComponent| {
        declared.iter().any(|(name, requested)| *name == component.name && *requested == component.requested())
    };
    Ok(has_all && lock.lockfile().components().iter().all(is_declared))
}

/// What the lock says of a dependency, where that is to hold.
fn pinned<'a>(
    dependency: &Dependency,
    dependents: &Dependents,
    lock: &'a LockFile,
    update: Update<'_>,
) -> Option<&'a LockedComponent> {
    let is_named = |names: &[String]| names.iter().any(|name| *name == dependency.name || *name == dependency.key);
    let is_updated = match update {
        Update::Nothing => false,
        Update::Named(names) => is_named(names),
        Update::All => true,
    };
    let locked =
        lock.lockfile().find(&dependency.name, &dependency.requested(&dependents.root)).filter(|_| !is_updated)?;
    match (&dependency.source, &locked.digest) {
        // Another digest was written since.
        (DependencySource::Url { sha256: Some(sha256), .. }, digest)
            if digest.as_deref() != Some(&format!("sha256:{sha256}")) =>
        {
            None
        }
        (DependencySource::Url { .. } | DependencySource::Registry { .. } | DependencySource::Package { .. }, None) => {
            None
        }
        (DependencySource::Git { .. } | DependencySource::Package { .. }, _) if locked.precise().is_none() => None,
        _ => Some(locked),
    }
}

fn find_all(
    dependents: &Dependents,
    lock: &LockFile,
    update: Update<'_>,
    sources: &Sources<'_>,
) -> Result<(Vec<Resolved>, Vec<LockedComponent>), DepsError> {
    let mut found: BTreeMap<(String, String), FoundDependency> = BTreeMap::new();
    let mut resolved = Vec::new();
    for (package, dependency) in dependents.dependencies() {
        let key = (dependency.name.clone(), dependency.requested(&dependents.root));
        let one = match found.get(&key) {
            Some(found) => found.clone(),
            None => {
                let pinned = pinned(dependency, dependents, lock, update);
                if pinned.is_none() && dependents.locked {
                    return Err(DependencyError::new(dependency, Problem::Locked).into());
                }
                let one = sources.find(dependency, pinned)?;
                cycle::check(package, dependency)?;
                found.insert(key, one.clone());
                one
            }
        };
        resolved.push(Resolved {
            package: package.name.clone(),
            package_id: package.id.clone(),
            dependency: dependency.clone(),
            locked: one.locked,
            content: one.content,
        });
    }
    Ok((resolved, found.into_values().map(|found| found.locked).collect()))
}

/// Every name that is to be updated is that of a dependency.
fn check_names(dependents: &Dependents, update: Update<'_>) -> Result<(), DepsError> {
    let Update::Named(names) = update else { return Ok(()) };
    let is_there = |name: &String| dependents.dependencies().any(|(_, it)| it.name == *name || it.key == *name);
    match names.iter().find(|name| !is_there(name)) {
        None => Ok(()),
        Some(name) => Err(DepsError::Unknown { name: name.clone(), declared: declared(dependents) }),
    }
}

/// The names of all dependencies, for the eye.
pub(super) fn declared(dependents: &Dependents) -> Vec<String> {
    let mut names: Vec<String> = dependents.dependencies().map(|(_, it)| format!("`{}`", it.key)).collect();
    names.sort();
    names.dedup();
    names
}
