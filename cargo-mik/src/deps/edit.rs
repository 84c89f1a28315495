//! Dependencies added to and removed from a configuration file: comments and order stay.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::NamedSource;
use mik_build::{LockedComponent, Lockfile, SchemaError, Written};
use toml_edit::{DocumentMut, InlineTable, Item, Key, Table, TableLike, Value};

use super::cycle;
use super::error::DepsError;
use super::lock::LockFile;
use super::resolve::{Content, declared, lock_guard};
use super::source::Sources;
use crate::project::{Dependency, DependencySource, Dependent, Dependents, GitReference};
use crate::report::Reporter;
use crate::tools::files;

/// What lies around the table of dependencies in `Cargo.toml`.
const IN_CARGO_TOML: [&str; 3] = ["package", "metadata", "mik"];
const TABLE: &str = "dependencies";

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The configuration file.
    pub file: PathBuf,
    /// What the lock says of the dependencies.
    pub locked: Vec<LockedComponent>,
    /// What the dependency that was added is.
    pub content: Option<Content>,
}

/// Adds a dependency to a package, once it has been found.
///
/// # Errors
/// It can't be had; there is another one of its name; a file can't be written. Then nothing has changed.
pub fn add(dependents: &Dependents, dependency: &Dependency, reporter: &Reporter) -> Result<Edited, DepsError> {
    let sources = Sources::new(dependents, reporter)?;
    let _guard = lock_guard(dependents, &sources, reporter)?;
    let dependents = &dependents.again()?;
    let [package] = dependents.packages.as_slice() else { return Err(which_package(dependents)) };
    let lock = LockFile::read(&dependents.root)?;
    let requested = dependency.requested(&dependents.root);
    if let Some(other) = package.dependencies.iter().find(|other| other.name == dependency.name) {
        let is_same = other.key == dependency.key && other.requested(&dependents.root) == requested;
        let place = other.place.as_ref().filter(|_| !is_same && !is_version_of(other, dependency));
        if let Some(place) = place {
            return Err(DepsError::Taken {
                name: other.key.clone(),
                source_code: place.source_code(),
                at: place.span(),
            });
        }
    }
    let found = sources.find(dependency, None)?;
    cycle::check(package, dependency)?;
    let file = file_of(package)?;
    let text = edited(&file, |table| {
        let directory = file.parent().unwrap_or(Path::new(""));
        match table.get_mut(&dependency.key) {
            // What is said of it besides stays, as does the comment behind it.
            Some(old) => replace(old, entry(dependency, directory, old.is_table_like())),
            None => drop(table.insert(&dependency.key, entry(dependency, directory, false))),
        }
        true
    })?;
    let replaced = package.dependencies.iter().filter(|other| other.name == dependency.name);
    let gone: Vec<_> = replaced.map(|other| (other.name.clone(), other.requested(&dependents.root))).collect();
    let mut next =
        still_locked(dependents, &lock, |_, it| !gone.contains(&(it.name.clone(), it.requested(&dependents.root))))?;
    next.push(found.locked.clone());
    write(dependents, &lock, &Lockfile::new(next), &[(&file, text)], reporter)?;
    Ok(Edited { file, locked: vec![found.locked], content: Some(found.content) })
}

/// Removes dependencies of a package, by name or key.
///
/// # Errors
/// There is none of a name; a file can't be written. Then nothing has changed.
pub fn remove(dependents: &Dependents, names: &[String], reporter: &Reporter) -> Result<Edited, DepsError> {
    let sources = Sources::new(dependents, reporter)?;
    let _guard = lock_guard(dependents, &sources, reporter)?;
    let dependents = &dependents.again()?;
    let [package] = dependents.packages.as_slice() else { return Err(which_package(dependents)) };
    let lock = LockFile::read(&dependents.root)?;
    let is = |it: &Dependency, name: &String| it.name == *name || it.key == *name;
    if let Some(name) = names.iter().find(|name| !package.dependencies.iter().any(|it| is(it, name))) {
        return Err(DepsError::Unknown { name: name.clone(), declared: declared(dependents) });
    }
    let gone: Vec<&Dependency> =
        package.dependencies.iter().filter(|it| names.iter().any(|name| is(it, name))).collect();
    let mut texts = Vec::new();
    let mut removed = BTreeSet::new();
    for file in &package.files {
        let mut had_one = false;
        let text = edited(file, |table| {
            for dependency in &gone {
                if table.remove(&dependency.key).is_some() {
                    had_one = true;
                    removed.insert(dependency.key.as_str());
                }
            }
            !table.is_empty()
        })?;
        if had_one {
            texts.push((file.as_path(), text));
        }
    }
    // What is declared elsewhere is not ours to edit.
    if let Some(left) = gone.iter().find(|dependency| !removed.contains(dependency.key.as_str())) {
        return Err(DepsError::Elsewhere { name: left.name.clone(), path: package.file().to_owned() });
    }
    let is_gone = |owner: &str, it: &Dependency| owner == package.name && gone.iter().any(|gone| gone.key == it.key);
    let next = still_locked(dependents, &lock, |owner, it| !is_gone(owner, it))?;
    let file = texts.first().map_or_else(|| package.file().to_owned(), |(file, _)| (*file).to_owned());
    write(dependents, &lock, &Lockfile::new(next), &texts, reporter)?;
    Ok(Edited { file, locked: Vec::new(), content: None })
}

fn which_package(dependents: &Dependents) -> DepsError {
    DepsError::WhichPackage { packages: dependents.packages.iter().map(|package| package.name.clone()).collect() }
}

/// Whether one is the other in another version: that is what adding it again is for.
fn is_version_of(one: &Dependency, other: &Dependency) -> bool {
    use DependencySource::{Git, Package, Registry, Url};
    one.key == other.key
        && match (&one.source, &other.source) {
            (Registry { repository: one, .. }, Registry { repository: other, .. }) => one == other,
            (Package { package: one, .. }, Package { package: other, .. }) => one == other,
            (Git { url: one, .. }, Git { url: other, .. }) => one == other,
            (Url { .. }, Url { .. }) => true,
            _ => false,
        }
}

/// What is locked of the dependencies that stay.
fn still_locked(
    dependents: &Dependents,
    lock: &LockFile,
    stays: impl Fn(&str, &Dependency) -> bool,
) -> Result<Vec<LockedComponent>, DepsError> {
    let others = dependents.of_others()?;
    let own = dependents.dependencies().filter(|(package, it)| stays(&package.name, it)).map(|(_, it)| it);
    let find = |it: &Dependency| lock.lockfile().find(&it.name, &it.requested(&dependents.root)).cloned();
    Ok(own.chain(&others).filter_map(find).collect())
}

/// Writes the configuration and the lock: both or neither.
fn write(
    dependents: &Dependents,
    lock: &LockFile,
    next: &Lockfile,
    texts: &[(&Path, String)],
    reporter: &Reporter,
) -> Result<(), DepsError> {
    let lock_text = lock.text_of(next);
    if let (Some(_), true) = (&lock_text, dependents.locked) {
        let why = "what the project depends on would change".to_owned();
        return Err(DepsError::Locked { path: lock.path().to_owned(), why });
    }
    let mut together: Vec<(&Path, &[u8])> = texts.iter().map(|(file, text)| (*file, text.as_bytes())).collect();
    together.extend(lock_text.as_ref().map(|text| (lock.path(), text.as_bytes())));
    files::write_together(&together)?;
    if lock_text.is_some() {
        lock.say_changes(next, reporter);
    }
    Ok(())
}

/// The file that a package's dependencies are in: where they are, else where the configuration is.
fn file_of(package: &Dependent) -> Result<PathBuf, DepsError> {
    let mut configured = None;
    for file in &package.files {
        let mut document = read(file)?;
        let has_table = table_of(&mut document, file, false).is_some();
        let has_any = if is_cargo_toml(file) {
            IN_CARGO_TOML.iter().try_fold(document.as_item(), |item, key| item.get(key)).is_some()
        } else {
            true
        };
        if has_table {
            return Ok(file.clone());
        }
        if has_any && configured.is_none() {
            configured = Some(file.clone());
        }
    }
    Ok(configured.unwrap_or_else(|| package.file().to_owned()))
}

fn is_cargo_toml(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "Cargo.toml")
}

fn read(file: &Path) -> Result<DocumentMut, DepsError> {
    let failed = |message: String| DepsError::Edit { path: file.to_owned(), message };
    let text = files::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    text.parse().map_err(|error: toml_edit::TomlError| failed(error.message().to_owned()))
}

/// The text of a file once its table of dependencies is another. The table goes where `change` says that it need not stay.
fn edited(file: &Path, change: impl FnOnce(&mut dyn TableLike) -> bool) -> Result<String, DepsError> {
    let failed = |message: String| DepsError::Edit { path: file.to_owned(), message };
    let mut document = read(file)?;
    // Comments in a file of nothing else are its head, not its end.
    let head = document.is_empty().then(|| document.trailing().as_str().unwrap_or_default().to_owned());
    if head.is_some() {
        document.set_trailing("");
    }
    let stays = match table_of(&mut document, file, true) {
        Some(table) => change(table),
        None => return Err(failed(format!("`{TABLE}` is no table"))),
    };
    if !stays {
        let around = if is_cargo_toml(file) { IN_CARGO_TOML.as_slice() } else { &[] };
        let parent = around.iter().try_fold(document.as_item_mut(), |item, key| item.get_mut(key));
        if let Some(parent) = parent.and_then(Item::as_table_like_mut) {
            parent.remove(TABLE);
        }
    }
    let mut text = document.to_string();
    if let Some(head) = head.filter(|head| !head.trim().is_empty()) {
        text = format!("{}\n\n{text}", head.trim_end());
    }
    // What can't be read again is not written.
    let read = if is_cargo_toml(file) { Written::from_cargo_toml(&text) } else { Written::from_mik_toml(&text) };
    match read {
        Ok(_) => Ok(text),
        Err(SchemaError { message, span, .. }) => {
            let Some(span) = span else { return Err(failed(message)) };
            let source_code = NamedSource::new(file.display().to_string(), Arc::new(text));
            Err(crate::project::ProjectError::InvalidValue {
                message,
                help: "nothing has been written".to_owned(),
                source_code,
                at: span.into(),
            }
            .into())
        }
    }
}

/// The table of dependencies, which is made where it is missing.
fn table_of<'a>(document: &'a mut DocumentMut, file: &Path, make: bool) -> Option<&'a mut dyn TableLike> {
    let around = if is_cargo_toml(file) { IN_CARGO_TOML.as_slice() } else { &[] };
    let mut item = document.as_item_mut();
    for key in around {
        let table = item.as_table_like_mut()?;
        if !table.contains_key(key) {
            if !make {
                return None;
            }
            // No header of its own: what is beneath has one.
            let mut between = Table::new();
            between.set_implicit(true);
            table.insert(key, Item::Table(between));
        }
        item = table.get_mut(key)?;
    }
    let table = item.as_table_like_mut()?;
    if !table.contains_key(TABLE) {
        if !make {
            return None;
        }
        table.insert(TABLE, Item::Table(Table::new()));
    }
    table.get_mut(TABLE)?.as_table_like_mut()
}

/// Takes a new value in the place of an old one. Of a table only what says the source is another.
fn replace(old: &mut Item, new: Item) {
    const SOURCE: [&str; 10] =
        ["registry", "package", "version", "git", "branch", "tag", "rev", "path", "url", "sha256"];
    match (old.as_table_like_mut(), new.as_table_like()) {
        (Some(old), Some(new)) => {
            SOURCE.iter().filter(|key| !new.contains_key(key)).for_each(|key| drop(old.remove(key)));
            for (key, value) in new.iter() {
                match old.get_mut(key).and_then(Item::as_value_mut) {
                    Some(there) => {
                        let decor = there.decor().clone();
                        if let Some(value) = value.as_value() {
                            *there = value.clone();
                            *there.decor_mut() = decor;
                        }
                    }
                    None => drop(old.insert(key, value.clone())),
                }
            }
        }
        _ => {
            let decor = old.as_value().map(|value| value.decor().clone());
            *old = new;
            if let (Some(decor), Some(value)) = (decor, old.as_value_mut()) {
                *value.decor_mut() = decor;
            }
        }
    }
}

/// A dependency as it is written: as a version where that says it all, unless it is to be a table.
fn entry(dependency: &Dependency, directory: &Path, as_table: bool) -> Item {
    let is_plain = dependency.instance.is_none() && !as_table;
    let mut table = InlineTable::new();
    let mut set = |key: &str, value: &str| drop(table.insert_formatted(&Key::new(key), Value::from(value)));
    match &dependency.source {
        DependencySource::Registry { repository: key, version }
        | DependencySource::Package { package: key, requirement: version }
            if *key == dependency.key && is_plain =>
        {
            return toml_edit::value(version.as_str());
        }
        DependencySource::Registry { repository, version } => {
            set("registry", repository);
            set("version", version);
        }
        DependencySource::Package { package, requirement } => {
            set("package", package);
            set("version", requirement);
        }
        DependencySource::Git { url, reference } => {
            set("git", url);
            match reference {
                GitReference::Default => {}
                GitReference::Branch(name) => set("branch", name),
                GitReference::Tag(name) => set("tag", name),
                GitReference::Rev(name) => set("rev", name),
            }
        }
        DependencySource::Path { path } => set("path", &crate::project::relative_path(directory, path)),
        DependencySource::Url { url, sha256 } => {
            set("url", url);
            sha256.iter().for_each(|digest| set("sha256", digest));
        }
    }
    if let Some(instance) = &dependency.instance {
        set("instance", instance);
    }
    Item::Value(Value::InlineTable(table))
}
