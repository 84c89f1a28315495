//! The dependencies of a handler's package on this machine, as its configuration and `mik.lock` name them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::{Watched, manifest};
use crate::program::Program;
use crate::schema::{Dependency, Written};
use crate::source::DependencySource;
use crate::{BuildError, Lockfile, SchemaError, lock, store};

/// A dependency that is on this machine.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) name: String,
    /// The import that it is given to by hand.
    pub(super) instance: Option<String>,
    pub(super) content: Content,
}

/// What a dependency is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The bytes of a component.
    Component(Vec<u8>),
    /// The directory of a project.
    Project(PathBuf),
}

/// A dependency as it is declared.
struct Declared {
    name: String,
    source: DependencySource,
    instance: Option<String>,
}

/// Finds every dependency of the package in a directory, in the order of their keys. What is missing is fetched.
pub(super) fn find(directory: &Path, watched: &mut Watched) -> Result<Vec<Found>, BuildError> {
    let declared = declared(directory, watched)?;
    if declared.is_empty() {
        return Ok(Vec::new());
    }
    let places = Places::of(directory)?;
    let content = |declared: &Declared, places: &Places| places.content(&declared.name, &declared.source);
    let mut found = Vec::new();
    let mut is_missing = false;
    for one in &declared {
        let content = content(one, &places)?;
        is_missing |= content.is_none();
        found.push(content);
    }
    if is_missing {
        fetch(directory)?;
        let places = Places::of(directory)?;
        found = declared.iter().map(|one| content(one, &places)).collect::<Result<_, _>>()?;
    }
    watched.note(&manifest::workspace(directory).join(lock::NAME));
    let whole = |(declared, content): (Declared, Option<Content>)| {
        let Declared { name, source, instance } = declared;
        if let DependencySource::Path { path } = &source
            && path.is_file()
        {
            watched.note(path);
        }
        match content {
            Some(content) => Ok(Found { name, instance, content }),
            None => Err(BuildError::new(format!("the dependency `{name}` is not on this machine"))
                .help("run `cargo mik fetch`: it says why")),
        }
    };
    declared.into_iter().zip(found).map(whole).collect()
}

/// How a configuration file is read.
type Parse = fn(&str) -> Result<Written, SchemaError>;

/// What the package's files declare: `Cargo.toml` first, `mik.toml` as the fallback.
fn declared(directory: &Path, watched: &mut Watched) -> Result<Vec<Declared>, BuildError> {
    let mut written: BTreeMap<String, Dependency> = BTreeMap::new();
    let files: [(&str, Parse); 2] = [("mik.toml", Written::from_mik_toml), ("Cargo.toml", Written::from_cargo_toml)];
    for (name, parse) in files {
        let path = directory.join(name);
        watched.note(&path);
        let Some(text) = read_text(&path)? else { continue };
        let schema =
            parse(&text).map_err(|error| wrong_text(&path, &text, error.span.map(|it| it.start), error.message))?;
        let table = schema.schema.dependencies.unwrap_or_default();
        written.extend(table.into_iter().map(|(key, value)| (key, value.into_inner())));
    }
    let declare = |(key, value): (String, Dependency)| {
        let (source, instance) = value.source(&key, directory);
        let name = source.name(&key).map_err(BuildError::new)?;
        Ok(Declared { name, source, instance })
    };
    written.into_iter().map(declare).collect()
}

/// Where components are: below the directory of the lock, and in the cache.
struct Places {
    lock: Option<(PathBuf, Lockfile)>,
    cache: Option<PathBuf>,
}

impl Places {
    /// Those of the package in a directory.
    fn of(directory: &Path) -> Result<Self, BuildError> {
        let root = manifest::workspace(directory);
        let path = root.join(lock::NAME);
        let lock = read_text(&path)?.map(|text| {
            let lockfile = Lockfile::parse(&text).map_err(|error| {
                let help = error.help();
                wrong_text(&path, &text, error.span.as_ref().map(|it| it.start), error.to_string()).help(help)
            })?;
            Ok::<_, BuildError>((root, lockfile))
        });
        Ok(Self { lock: lock.transpose()?, cache: store::cache() })
    }

    /// What a dependency is; nothing, where it is not here yet.
    fn content(&self, name: &str, source: &DependencySource) -> Result<Option<Content>, BuildError> {
        if let DependencySource::Path { path } = source {
            let unreadable = |error| {
                BuildError::new(format!("the dependency `{name}` can't be read: `{}`", path.display())).because(error)
            };
            return match std::fs::metadata(path).map_err(unreadable)? {
                metadata if metadata.is_dir() => Ok(Some(Content::Project(path.clone()))),
                // What is neither, such as a pipe, might never end.
                metadata if metadata.is_file() && metadata.len() <= store::MOST_BYTES => {
                    Ok(Some(Content::Component(std::fs::read(path).map_err(unreadable)?)))
                }
                _ => Err(BuildError::new(format!("the dependency `{name}` is no component: `{}`", path.display()))
                    .help("it is a file of at most 256 MiB, or the directory of a project")),
            };
        }
        let Some((root, lockfile)) = &self.lock else { return Ok(None) };
        let Some(locked) = lockfile.find(name, &source.requested(root)) else { return Ok(None) };
        if let Some(digest) = &locked.digest {
            let name = store::file_name(digest);
            let in_cache = self.cache.iter().map(|cache| store::directory(cache).join(&name));
            let bytes = [root.join(store::VENDOR).join(&name)]
                .into_iter()
                .chain(in_cache)
                .filter_map(|path| std::fs::read(path).ok());
            // What is not what it was is fetched again.
            return Ok(bytes.into_iter().find(|bytes| store::digest(bytes) == *digest).map(Content::Component));
        }
        let (DependencySource::Git { url, .. }, Some(commit)) = (source, locked.precise()) else { return Ok(None) };
        let in_cache =
            self.cache.iter().map(|cache| store::repositories(cache).join(store::repository_name(url)).join(commit));
        let mut trees = [store::vendored_checkout(root, commit)].into_iter().chain(in_cache);
        Ok(trees.find(|tree| tree.join("Cargo.toml").is_file()).map(Content::Project))
    }
}

/// Has `cargo mik` fetch what is missing.
fn fetch(directory: &Path) -> Result<(), BuildError> {
    let program = Program::find()?;
    let mut command = program.command();
    // What a build script prints is for cargo.
    command
        .args(["fetch", "--manifest-path"])
        .arg(directory.join("Cargo.toml"))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let status = command
        .status()
        .map_err(|error| BuildError::new(format!("`{}` can't be started", program.path.display())).because(error))?;
    if status.success() {
        return Ok(());
    }
    Err(BuildError::new("`cargo mik fetch` has failed: its words are above"))
}

/// The text of a file, if there is one.
pub(super) fn read_text(path: &Path) -> Result<Option<String>, BuildError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BuildError::new(format!("`{}` can't be read", path.display())).because(error)),
    }
}

fn wrong_text(path: &Path, text: &str, at: Option<usize>, message: String) -> BuildError {
    let line = text.get(..at.unwrap_or(0)).map_or(1, |before| before.matches('\n').count() + 1);
    BuildError::new(format!("{}:{line}: {message}", path.display()))
}
