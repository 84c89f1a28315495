//! `cargo mik add`.

use std::path::PathBuf;

use clap::Args;
use miette::Diagnostic;
use serde_json::json;
use thiserror::Error;

use super::{ManifestFlags, locked_json, message};
use crate::deps;
use crate::project::{Dependency, DependencySource, GitReference, is_package, typed_path};
use crate::report::Reporter;

/// Add a component that the project depends on
///
/// It is found and fetched first: nothing is written unless it is there. It goes to where the configuration is, `Cargo.toml` or
/// `mik.toml`, and `mik.lock` pins it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik add user/router:1.0.0\n  cargo mik add registry.example.com/org/database:v1.0\n  \
                        cargo mik add shop:cache@1.2     # of the registry that wkg's configuration names\n  \
                        cargo mik add router --git https://example.com/user/repo.git --tag v1.0.0\n  \
                        cargo mik add utils --path ../utils\n  cargo mik add utils --url https://example.com/utils.wasm"
)]
pub(in super::super) struct AddArgs {
    /// Its name; or a component in a registry, such as `user/repo:tag`; or a package, such as `namespace:name@1.0`
    #[arg(value_name = "NAME|REFERENCE")]
    name: String,
    /// Take it from a git repository
    #[arg(long, value_name = "URL", group = "source", help_heading = "Source")]
    git: Option<String>,
    /// A branch of the repository
    #[arg(long, value_name = "BRANCH", requires = "git", group = "reference", help_heading = "Source")]
    branch: Option<String>,
    /// A tag of the repository
    #[arg(long, value_name = "TAG", requires = "git", group = "reference", help_heading = "Source")]
    tag: Option<String>,
    /// A commit of the repository
    #[arg(long, value_name = "REV", requires = "git", group = "reference", help_heading = "Source")]
    rev: Option<String>,
    /// Take a component on this machine, or what a project there builds
    #[arg(long, value_name = "DIR|FILE", group = "source", help_heading = "Source")]
    path: Option<PathBuf>,
    /// Download it
    #[arg(long, value_name = "URL", group = "source", help_heading = "Source")]
    url: Option<String>,
    /// The SHA-256 that the download has to have, in hexadecimal
    #[arg(long, value_name = "DIGEST", requires = "url", value_parser = sha256, help_heading = "Source")]
    sha256: Option<String>,
    /// The import that it is given to, where that does not follow from the names
    #[arg(long, value_name = "IMPORT")]
    instance: Option<String>,
    #[command(flatten)]
    flags: ManifestFlags,
}

fn sha256(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    match digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(digits.to_ascii_lowercase()),
        false => Err("a SHA-256 has 64 hexadecimal digits".to_owned()),
    }
}

/// A name that no dependency can have.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(
    code(mik::cli::dependency_name),
    help(
        "say where it comes from, too: `--path`, `--git` or `--url`; or name a component in a registry, such as `user/repo:1.0.0`, or a package, such as \
         `namespace:name@1.0`"
    )
)]
struct WrongName {
    message: String,
}

impl AddArgs {
    pub(in super::super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let (dependency, is_open, flags) = self.typed()?;
        let dependents = flags.load(reporter)?;
        let dependency = match is_open {
            true => deps::newest(&dependents, dependency, reporter)?,
            false => dependency,
        };
        let added = deps::add(&dependents, &dependency, reporter)?;
        reporter.status("Adding", format!("{} to {}", dependency.key, super::shown(&added.file)));
        for locked in &added.locked {
            let about = json!({ "file": added.file, "dependency": locked_json(locked) });
            message("mik-dependency-added", about, reporter)?;
        }
        Ok(())
    }

    /// The dependency as it was typed, and whether that leaves open which version it is.
    fn typed(self) -> Result<(Dependency, bool, ManifestFlags), WrongName> {
        let Self { name, git, branch, tag, rev, path, url, sha256, instance, flags } = self;
        let reference = match (branch, tag, rev) {
            (Some(branch), ..) => GitReference::Branch(branch),
            (_, Some(tag), _) => GitReference::Tag(tag),
            (_, _, Some(rev)) => GitReference::Rev(rev),
            _ => GitReference::Default,
        };
        let (key, source, is_open) = match (git, path, url) {
            (Some(url), ..) => (name, DependencySource::Git { url, reference }, false),
            (_, Some(path), _) => (name, DependencySource::Path { path: typed_path(&path) }, false),
            (_, _, Some(url)) => (name, DependencySource::Url { url, sha256 }, false),
            _ => published(&name),
        };
        let dependency = Dependency::typed(&key, source).map_err(|message| WrongName { message })?;
        Ok((Dependency { instance, ..dependency }, is_open, flags))
    }
}

/// What has been published, as it is typed: a package, or a reference. Of a package without a version the newest is meant.
fn published(text: &str) -> (String, DependencySource, bool) {
    let (package, requirement) = match text.split_once('@') {
        Some((package, requirement)) => (package, Some(requirement)),
        None => (text, None),
    };
    if !is_package(package) {
        let (key, source) = in_registry(text);
        return (key, source, false);
    }
    let is_open = requirement.is_none();
    let (package, requirement) = (package.to_owned(), requirement.unwrap_or("*").to_owned());
    (package.clone(), DependencySource::Package { package, requirement }, is_open)
}

/// A reference as it is typed: `repository`, `repository:tag` or `repository@digest`.
fn in_registry(reference: &str) -> (String, DependencySource) {
    let (repository, version) = match reference.split_once('@') {
        Some(parts) => parts,
        // A `:` before the last `/` is that of a port.
        None => match reference.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
            Some((repository, tag)) if repository.contains('/') => (repository, tag),
            _ => (reference, "latest"),
        },
    };
    let source = DependencySource::Registry { repository: repository.to_owned(), version: version.to_owned() };
    (repository.to_owned(), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_repository_and_a_version() {
        for (reference, repository, version) in [
            ("user/db", "user/db", "latest"),
            ("user/db:1.0", "user/db", "1.0"),
            ("localhost:5000/user/db", "localhost:5000/user/db", "latest"),
            ("localhost:5000/user/db:1.0", "localhost:5000/user/db", "1.0"),
            ("user/db@sha256:00", "user/db", "sha256:00"),
        ] {
            let source = DependencySource::Registry { repository: repository.to_owned(), version: version.to_owned() };
            assert_eq!(published(reference), (repository.to_owned(), source, false), "{reference}");
        }
    }

    #[test]
    fn a_package_is_a_name_and_a_requirement() {
        for (text, requirement, is_open) in [("shop:db", "*", true), ("shop:db@>=1, <3", ">=1, <3", false)] {
            let (package, requirement) = ("shop:db".to_owned(), requirement.to_owned());
            let source = DependencySource::Package { package, requirement };
            assert_eq!(published(text), ("shop:db".to_owned(), source, is_open), "{text}");
        }
    }
}
