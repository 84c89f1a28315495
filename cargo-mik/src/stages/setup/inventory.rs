//! The standard libraries in the cache: how many there are, and which of them nobody needs.

use std::path::PathBuf;

use super::cache::{self, Workshop};
use super::{SetupError, Toolchain};
use crate::report::Reporter;
use crate::tools::files::{self, Usage};

/// Every standard library that was built.
#[derive(Debug)]
pub struct StandardLibraries {
    directory: PathBuf,
    built: Vec<Built>,
}

/// What was built for one compiler and one target.
#[derive(Debug)]
struct Built {
    path: PathBuf,
    /// The name of the directory above, which is the compiler's.
    compiler: String,
    bytes: u64,
}

impl StandardLibraries {
    /// What is there. Nothing, where there is no home directory to keep a cache in.
    pub fn find() -> Self {
        let Ok(directory) = cache::directory() else { return Self { directory: PathBuf::new(), built: Vec::new() } };
        let mut built = Vec::new();
        for (compiler, path) in subdirectories(&directory) {
            for (_, path) in subdirectories(&path) {
                let bytes = files::size_of_tree(&path);
                built.push(Built { path, compiler: compiler.clone(), bytes });
            }
        }
        Self { directory, built }
    }

    /// All of them.
    pub fn usage(&self) -> Usage {
        total(&self.built)
    }

    /// Those of other compilers than this one.
    ///
    /// # Errors
    /// The compiler does not answer.
    pub fn of_others(self, toolchain: &Toolchain) -> Result<Self, SetupError> {
        let own = cache::compiler_directory(toolchain.version()?);
        let built = self.built.into_iter().filter(|built| built.compiler != own).collect();
        Ok(Self { built, ..self })
    }

    /// None of them.
    #[must_use]
    pub fn none(self) -> Self {
        Self { built: Vec::new(), ..self }
    }

    /// Removes them, once nobody builds any, and what dead builds have left behind.
    ///
    /// # Errors
    /// The cache can't be written to.
    pub fn remove(self, reporter: &Reporter) -> Result<Usage, SetupError> {
        if files::metadata(&self.directory).is_err() {
            return Ok(Usage::default());
        }
        let unusable = |source| SetupError::Cache { path: self.directory.clone(), source };
        let _workshop = Workshop::open(&self.directory, reporter)?;
        for Built { path, .. } in &self.built {
            match files::remove_dir_all(path) {
                // Another process has done so.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                removed => removed.map_err(unusable)?,
            }
            // Goes with the last target; stays where there is another.
            if let Some(compiler) = path.parent() {
                drop(files::remove_dir(compiler));
            }
        }
        Ok(total(&self.built))
    }
}

fn total(built: &[Built]) -> Usage {
    let mut total = Usage::default();
    for Built { bytes, .. } in built {
        total += Usage::one(*bytes);
    }
    total
}

/// The directories in a directory, but for those that somebody works in.
fn subdirectories(directory: &std::path::Path) -> Vec<(String, PathBuf)> {
    let entries = files::read_dir(directory).into_iter().flatten().flatten();
    let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let named = directories.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()));
    named.filter(|(name, _)| !name.starts_with('.')).collect()
}
