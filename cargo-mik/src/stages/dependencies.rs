//! What a package is compiled from, as cargo-auditable tells it: `cargo metadata`, for the target and the features of the
//! build.
//!
//! Format 1 of <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>: names and versions, and of where
//! each comes from no more than the kind of place. In a workspace cargo may name a feature's dependency that only another
//! member turns on: the list is never too short.

use std::collections::BTreeMap;

use auditable_serde::{DependencyKind, Package as Audited, Source, VersionInfo};
use cargo_metadata::{DepKindInfo, Metadata, MetadataCommand, Node, PackageId, TargetKind};
use miette::Diagnostic;
use thiserror::Error;

use super::StageError;
use crate::plan::typed_flags;
use crate::project::{Package, Project};
use crate::tools::process;

/// The format that is written.
const FORMAT: u32 = 1;

/// Cargo did not tell what a package is compiled from. Exit code 102.
#[derive(Debug, Error, Diagnostic)]
pub enum DependenciesError {
    /// Cargo says why.
    #[error("cargo can't tell what `{package}` is compiled from")]
    #[diagnostic(
        code(mik::metadata::dependencies),
        help(
            "`build.auditable` and `cargo mik publish` need `cargo metadata` with the flags of the build; without the key no list is written"
        )
    )]
    Metadata {
        /// The package.
        package: String,
        /// What cargo said.
        source: cargo_metadata::Error,
    },
    /// The answer is not about the package.
    #[error("cargo's answer does not tell what `{package}` is compiled from")]
    #[diagnostic(code(mik::metadata::incomplete), help("which cargo is it? `cargo --version` tells"))]
    Incomplete {
        /// The package.
        package: String,
    },
}

/// The list for a package's components, as JSON.
pub(super) fn of(project: &Project, package: &Package) -> Result<String, StageError> {
    let list = info(project, package)?;
    Ok(serde_json::to_string(&list).map_err(|_| DependenciesError::Incomplete { package: package.name.clone() })?)
}

/// The list for a package's components.
pub(super) fn info(project: &Project, package: &Package) -> Result<VersionInfo, StageError> {
    // Where the target shows only later, what either may be compiled from.
    let targets = package.target.targets().iter();
    let mut options: Vec<String> =
        targets.flat_map(|target| ["--filter-platform".to_owned(), target.name().to_owned()]).collect();
    options.extend(metadata_flags(&typed_flags(project, package)));
    let metadata = MetadataCommand::new()
        .cargo_path(process::cargo().get_program())
        .manifest_path(&package.manifest_path)
        .other_options(options)
        .exec()
        .map_err(|source| DependenciesError::Metadata { package: package.name.clone(), source })?;
    let incomplete = || DependenciesError::Incomplete { package: package.name.clone() };
    Ok(list(&metadata, &package.id).ok_or_else(incomplete)?)
}

/// Of the flags of a build those that `cargo metadata` takes and that change its answer.
fn metadata_flags(typed: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut typed = typed.iter();
    while let Some(flag) = typed.next() {
        match flag.as_str() {
            "--all-features" | "--no-default-features" | "--locked" | "--offline" | "--frozen" => {
                kept.push(flag.clone())
            }
            "--features" | "--config" | "-Z" => kept.extend([flag.clone(), typed.next().cloned().unwrap_or_default()]),
            _ => {}
        }
    }
    kept
}

/// What a package is for another, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Development,
    Build,
    Runtime,
}

fn list(metadata: &Metadata, root: &str) -> Option<VersionInfo> {
    let nodes: BTreeMap<&PackageId, &Node> =
        metadata.resolve.as_ref()?.nodes.iter().map(|node| (&node.id, node)).collect();
    let root = metadata.packages.iter().find(|package| package.id.repr == root).map(|package| &package.id)?;
    let kinds = kinds(metadata, &nodes, root);
    let is_in = |id: &PackageId| kinds.get(id).is_some_and(|kind| *kind != Kind::Development);
    let mut packages: Vec<_> = metadata.packages.iter().filter(|package| is_in(&package.id)).collect();
    packages.sort_by(|a, b| (&a.name, &a.version, &a.id).cmp(&(&b.name, &b.version, &b.id)));
    let places: BTreeMap<&PackageId, usize> =
        packages.iter().enumerate().map(|(place, package)| (&package.id, place)).collect();
    let packages = packages.iter().map(|package| {
        let node = nodes.get(&package.id);
        let needed = node.into_iter().flat_map(|node| &node.deps);
        // What only tests need may need what needs it.
        let needed = needed.filter(|dependency| strongest(&dependency.dep_kinds) != Kind::Development);
        let mut dependencies: Vec<usize> = needed.filter_map(|it| places.get(&it.pkg).copied()).collect();
        dependencies.sort_unstable();
        let is_runtime = kinds.get(&package.id) == Some(&Kind::Runtime);
        Audited {
            name: package.name.to_string(),
            version: package.version.clone(),
            source: package.source.as_ref().map_or(Source::Local, |source| source_kind(&source.repr)),
            kind: if is_runtime { DependencyKind::Runtime } else { DependencyKind::Build },
            dependencies,
            root: package.id == *root,
        }
    });
    Some(VersionInfo { packages: packages.collect(), format: FORMAT })
}

/// What each package is for the root, by way of the others: what a build script needs to run is there for the build.
fn kinds<'a>(
    metadata: &'a Metadata,
    nodes: &BTreeMap<&'a PackageId, &'a Node>,
    root: &'a PackageId,
) -> BTreeMap<&'a PackageId, Kind> {
    let is_macro = |id: &PackageId| {
        let package = metadata.packages.iter().find(|package| package.id == *id);
        package.is_some_and(|package| package.targets.iter().any(|target| target.is_kind(TargetKind::ProcMacro)))
    };
    let mut kinds = BTreeMap::from([(root, Kind::Runtime)]);
    let mut next = vec![root];
    while let Some(id) = next.pop() {
        let Some((node, own)) = nodes.get(id).zip(kinds.get(id).copied()) else { continue };
        for dependency in &node.deps {
            let mut kind = strongest(&dependency.dep_kinds).min(own);
            // Cargo calls them normal dependencies; they run in the compiler.
            if kind == Kind::Runtime && is_macro(&dependency.pkg) {
                kind = Kind::Build;
            }
            if kinds.get(&dependency.pkg).is_none_or(|known| *known < kind) {
                kinds.insert(&dependency.pkg, kind);
                next.push(&dependency.pkg);
            }
        }
    }
    kinds
}

fn strongest(kinds: &[DepKindInfo]) -> Kind {
    let kind = |info: &DepKindInfo| match info.kind {
        cargo_metadata::DependencyKind::Development => Kind::Development,
        cargo_metadata::DependencyKind::Build => Kind::Build,
        _ => Kind::Runtime,
    };
    kinds.iter().map(kind).max().unwrap_or(Kind::Runtime)
}

/// The kind of place that a package is from, and nothing of where that is.
fn source_kind(source: &str) -> Source {
    match source.split_once('+') {
        _ if source == "registry+https://github.com/rust-lang/crates.io-index" => Source::CratesIo,
        Some(("git", _)) => Source::Git,
        Some(("path", _)) => Source::Local,
        _ => Source::Registry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_builds_flags_those_that_change_what_is_compiled_are_handed_on() {
        let typed = ["--features", "a,b", "--jobs", "2", "--bins", "--locked", "--config", "x=1", "--timings"];
        let typed = typed.map(str::to_owned);
        assert_eq!(metadata_flags(&typed), ["--features", "a,b", "--locked", "--config", "x=1"]);
    }

    #[test]
    fn of_where_a_package_is_from_only_the_kind_is_told() {
        for (source, expected) in [
            ("registry+https://github.com/rust-lang/crates.io-index", Source::CratesIo),
            ("registry+https://token@registry.example.com/index", Source::Registry),
            ("sparse+https://registry.example.com/index/", Source::Registry),
            ("git+ssh://git@example.com/secret.git#0123", Source::Git),
        ] {
            assert_eq!(source_kind(source), expected, "{source}");
        }
    }
}
