//! Which packages are meant: cargo's own rules for `-p`, `--workspace`, `--exclude` and the current directory.

use std::collections::BTreeMap;
use std::path::Path;

use cargo_metadata::{CrateType, Metadata, Package, TargetKind};

use super::{BuildArguments, ProjectError, Unit, unit};

/// The packages that the arguments select and that yield a component, each with what it yields.
pub(super) fn select<'a>(
    metadata: &'a Metadata,
    manifest_path: &Path,
    arguments: &BuildArguments,
) -> Result<Vec<(&'a Package, Vec<Unit>)>, ProjectError> {
    let members = metadata.workspace_packages();
    let selected = if !arguments.packages.is_empty() {
        named(&members, &arguments.packages)?
    } else if arguments.workspace {
        // As to cargo, excluding what is not there is no error.
        let is_excluded = |member: &Package| arguments.exclude.iter().any(|spec| matches(spec, member));
        members.iter().copied().filter(|member| !is_excluded(member)).collect()
    } else {
        default(metadata, &members, manifest_path)
    };
    check_examples(&selected, arguments)?;
    let is_named = |package: &Package| arguments.packages.iter().any(|spec| *spec == **package.name);
    let mut components = Vec::new();
    for package in &selected {
        let units = unit::of_package(package, arguments);
        if units.is_empty() && is_named(package) {
            return Err(not_a_component(package, &members, arguments));
        }
        if !units.is_empty() {
            components.push((*package, units));
        }
    }
    match (components.is_empty(), selected.as_slice()) {
        (false, _) => check_names(&components).map(|()| components),
        (true, []) => Err(ProjectError::NoPackage { manifest_path: manifest_path.to_owned() }),
        (true, [package, ..]) => Err(not_a_component(package, &members, arguments)),
    }
}

/// Every example that was asked for is there, and is of a kind that becomes a component.
fn check_examples(selected: &[&Package], arguments: &BuildArguments) -> Result<(), ProjectError> {
    let targets = || selected.iter().flat_map(|package| &package.targets);
    let components: Vec<&str> = targets()
        .filter(|target| target.is_kind(TargetKind::Example) && target.crate_types.contains(&CrateType::CDyLib))
        .map(|target| target.name.as_str())
        .collect();
    match arguments.examples.iter().find(|name| !components.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(ProjectError::NoExample {
            name: name.clone(),
            is_there: targets().any(|target| target.is_kind(TargetKind::Example) && target.name == **name),
            others: components.into_iter().map(str::to_owned).collect(),
        }),
    }
}

/// Components are written side by side: no two of them may have one name.
fn check_names(components: &[(&Package, Vec<Unit>)]) -> Result<(), ProjectError> {
    let mut owners: BTreeMap<&str, &Package> = BTreeMap::new();
    for (package, units) in components {
        for unit in units {
            if let Some(other) = owners.insert(&unit.name, package) {
                let packages = [other.name.to_string(), package.name.to_string()];
                return Err(ProjectError::SameName { name: unit.name.clone(), packages });
            }
        }
    }
    Ok(())
}

fn not_a_component(package: &Package, members: &[&Package], arguments: &BuildArguments) -> ProjectError {
    let yields = |member: &&&Package| !unit::of_package(member, arguments).is_empty();
    ProjectError::NotAComponent {
        package: package.name.to_string(),
        has: kinds(package),
        manifest_path: package.manifest_path.clone().into_std_path_buf(),
        others: members.iter().filter(yields).map(|member| member.name.to_string()).collect(),
    }
}

fn named<'a>(members: &[&'a Package], specs: &[String]) -> Result<Vec<&'a Package>, ProjectError> {
    let mut selected: Vec<&Package> = Vec::new();
    for spec in specs {
        let mut found = members.iter().copied().filter(|member| matches(spec, member)).peekable();
        if found.peek().is_none() {
            let names = members.iter().map(|member| member.name.to_string()).collect();
            return Err(ProjectError::UnknownPackage { spec: spec.clone(), names });
        }
        for package in found {
            if !selected.iter().any(|other| other.id == package.id) {
                selected.push(package);
            }
        }
    }
    Ok(selected)
}

/// Whether a package ID specification, or a pattern of names as `-p` takes, means a package.
///
/// <https://doc.rust-lang.org/cargo/reference/pkgid-spec.html>
fn matches(spec: &str, package: &Package) -> bool {
    if spec == package.id.repr {
        return true;
    }
    let (url, fragment) = match spec.split_once('#') {
        Some((url, fragment)) => (Some(url), fragment),
        None if spec.contains("://") => (Some(spec), ""),
        None => (None, spec),
    };
    let own_url = package.id.repr.split('#').next().unwrap_or_default();
    if url.is_some_and(|url| own_url != url && own_url.strip_prefix("path+") != Some(url)) {
        return false;
    }
    let (name, version) = match fragment.split_once(['@', ':']) {
        Some((name, version)) => (name, Some(version)),
        None if fragment.starts_with(|first: char| first.is_ascii_digit()) => ("", Some(fragment)),
        None => (fragment, None),
    };
    let version_matches = version.is_none_or(|version| {
        let own = package.version.to_string();
        own == version || own.strip_prefix(version).is_some_and(|rest| rest.starts_with('.'))
    });
    (name.is_empty() || is_like(name, package.name.as_str())) && version_matches
}

/// Shell patterns over names, as cargo takes them. What is no valid pattern is a name.
fn is_like(pattern: &str, name: &str) -> bool {
    pattern == name || glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(name))
}

/// Without a flag: the package of the manifest, or the workspace's default members where the manifest is its root.
fn default<'a>(metadata: &'a Metadata, members: &[&'a Package], manifest_path: &Path) -> Vec<&'a Package> {
    let is_root = same_file(metadata.workspace_root.join("Cargo.toml").as_std_path(), manifest_path);
    let own = members.iter().copied().find(|member| same_file(member.manifest_path.as_std_path(), manifest_path));
    match own {
        Some(package) if !is_root => vec![package],
        _ => metadata.workspace_default_packages(),
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn kinds(package: &Package) -> String {
    let mut kinds: Vec<String> =
        package.targets.iter().flat_map(|target| target.crate_types.iter().map(ToString::to_string)).collect();
    kinds.sort();
    kinds.dedup();
    kinds.join(", ")
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, expected) in [
            ("hello", "hello", true),
            ("hello", "hello2", false),
            ("hel*", "hello", true),
            ("h[ae]llo", "hello", true),
            ("h?llo", "hello", true),
            ("h*x*", "hello", false),
            ("[", "hello", false),
        ] {
            assert_eq!(is_like(pattern, name), expected, "{pattern} {name}");
        }
    }
}
