//! Which packages are meant: cargo's own rules for `-p`, `--workspace`, `--exclude` and the current directory.

use std::path::Path;

use cargo_metadata::{CrateType, Metadata, Package};

use super::{BuildArguments, ProjectError};

/// The packages that the arguments select and that yield a component.
pub(super) fn select<'a>(
    metadata: &'a Metadata,
    manifest_path: &Path,
    arguments: &BuildArguments,
) -> Result<Vec<&'a Package>, ProjectError> {
    let members = metadata.workspace_packages();
    let selected = if !arguments.packages.is_empty() {
        named(&members, &arguments.packages)?
    } else if arguments.workspace {
        let excluded = if arguments.exclude.is_empty() { Vec::new() } else { named(&members, &arguments.exclude)? };
        members.iter().copied().filter(|member| !excluded.iter().any(|other| other.id == member.id)).collect()
    } else {
        default(metadata, &members, manifest_path)
    };
    let components: Vec<_> = selected.iter().copied().filter(|package| yields_component(package)).collect();
    match (components.is_empty(), selected.as_slice()) {
        (false, _) => Ok(components),
        (true, []) => Err(ProjectError::NoPackage { manifest_path: manifest_path.to_owned() }),
        (true, [package, ..]) => Err(ProjectError::NotAComponent {
            package: package.name.to_string(),
            has: kinds(package),
            manifest_path: package.manifest_path.clone().into_std_path_buf(),
            others: other_components(&members),
        }),
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
    if url.is_some_and(|url| package.id.repr.split('#').next() != Some(url)) {
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
    (name.is_empty() || glob(name, package.name.as_str())) && version_matches
}

/// Shell patterns over names, which have no separators: `*` and `?`.
fn glob(pattern: &str, name: &str) -> bool {
    let (mut pattern_chars, mut name_chars) = (pattern.chars(), name.chars());
    loop {
        match (pattern_chars.next(), name_chars.clone().next()) {
            (None, rest) => return rest.is_none(),
            (Some('*'), _) => {
                let rest = pattern_chars.as_str();
                return (0..=name_chars.as_str().len())
                    .filter_map(|at| name_chars.as_str().get(at..))
                    .any(|tail| glob(rest, tail));
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => return false,
        }
        name_chars.next();
    }
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

fn yields_component(package: &Package) -> bool {
    package.targets.iter().any(|target| target.crate_types.contains(&CrateType::CDyLib))
}

fn kinds(package: &Package) -> String {
    let mut kinds: Vec<String> =
        package.targets.iter().flat_map(|target| target.crate_types.iter().map(ToString::to_string)).collect();
    kinds.sort();
    kinds.dedup();
    kinds.join(", ")
}

fn other_components(members: &[&Package]) -> Vec<String> {
    members.iter().filter(|member| yields_component(member)).map(|member| member.name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, expected) in [
            ("hello", "hello", true),
            ("hello", "hello2", false),
            ("hel*", "hello", true),
            ("*o", "hello", true),
            ("h?llo", "hello", true),
            ("*", "", true),
            ("h*x*", "hello", false),
            ("?", "", false),
        ] {
            assert_eq!(glob(pattern, name), expected, "{pattern} {name}");
        }
    }
}
