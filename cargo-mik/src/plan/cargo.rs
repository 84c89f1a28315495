//! How cargo is run: which flags, and the profile settings for small components.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::SysrootFact;
use crate::project::{Optimize, Package, Project, SourcePath, Target, UnitKind};

/// One run of cargo.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CargoRun {
    /// What is compiled for.
    pub target: Target,
    /// Its whole command line, `build` first; message format, colour and verbosity are added when it is run.
    pub arguments: Vec<String>,
    /// Where the target's standard library is, as far as is known before set-up.
    #[serde(skip)]
    pub sysroot: SysrootFact,
    /// More flags for rustc, after all others.
    pub rustflags: Vec<String>,
    /// The directories of the workspace's members.
    #[serde(skip)]
    pub members: Vec<PathBuf>,
    /// Whether paths of this machine are kept out of the code.
    pub reproducible: bool,
    /// Those paths; the last one that fits wins.
    #[serde(skip)]
    pub source_paths: Vec<SourcePath>,
}

/// The run that compiles some packages.
pub(super) fn run(
    project: &Project,
    target: Target,
    optimize: Optimize,
    packages: &[&Package],
    sysroot: SysrootFact,
) -> CargoRun {
    let directory = project.target_directory.display().to_string();
    let arguments = arguments(project, target, &directory, optimize, packages);
    let reproducible = project.profile.is_release;
    let source_paths = project.source_paths.clone();
    let members = members(project);
    CargoRun { target, arguments, sysroot, rustflags: Vec::new(), members, reproducible, source_paths }
}

fn members(project: &Project) -> Vec<PathBuf> {
    project.dependents.members().into_values().map(Path::to_owned).collect()
}

fn arguments(
    project: &Project,
    target: Target,
    target_directory: &str,
    optimize: Optimize,
    packages: &[&Package],
) -> Vec<String> {
    let mut arguments = vec!["build".to_owned()];
    arguments.extend(["--manifest-path".to_owned(), project.manifest_path.display().to_string()]);
    arguments.extend(["--target".to_owned(), target.name().to_owned()]);
    arguments.extend(["--target-dir".to_owned(), target_directory.to_owned()]);
    arguments.extend(["--profile".to_owned(), project.profile.name.clone()]);
    for package in packages {
        // A dependency may have this name, and this version as well.
        arguments.extend(["--package".to_owned(), package.id.clone()]);
    }
    let units = || packages.iter().flat_map(|package| &package.units);
    if units().any(|unit| unit.kind == UnitKind::Lib) {
        arguments.push("--lib".to_owned());
    }
    for unit in units().filter(|unit| unit.kind == UnitKind::Example) {
        arguments.extend(["--example".to_owned(), unit.name.clone()]);
    }
    for setting in profile_settings(project, optimize) {
        arguments.extend(["--config".to_owned(), setting]);
    }
    // Last, so that a `--config` of the user's wins over ours.
    arguments.extend(typed(project, packages));
    arguments
}

/// The run that shows what of std a package reaches: as [`run`] for the smallest target, but not optimized.
///
/// The profile stays the same, so that the same code is compiled. What rustc is given last wins, over what the profile says of
/// single packages, too. The directory is another one, since cargo keeps one `cdylib` of a name.
pub(super) fn probe(project: &Project, package: &Package, sysroot: SysrootFact) -> CargoRun {
    let target = Target::Unknown;
    let directory = project.target_directory.join("mik").join(".probe").display().to_string();
    let mut arguments = arguments(project, target, &directory, Optimize::None, &[package]);
    for setting in ["lto=\"off\"", "strip=\"none\"", "debug=\"line-tables-only\""] {
        arguments.extend(["--config".to_owned(), format!("profile.{}.{setting}", project.profile.name)]);
    }
    let rustflags = ["-Copt-level=0", "-Cdebuginfo=line-tables-only", "-Cstrip=none"].map(str::to_owned).into();
    let members = members(project);
    CargoRun { target, arguments, sysroot, rustflags, members, reproducible: false, source_paths: Vec::new() }
}

/// What was typed, as far as it is about one package.
pub fn typed_flags(project: &Project, package: &Package) -> Vec<String> {
    typed(project, &[package])
}

/// What was typed, without that which names something of other packages only: cargo would refuse it.
fn typed(project: &Project, packages: &[&Package]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut typed = project.cargo_arguments.iter();
    while let Some(flag) = typed.next() {
        match flag.as_str() {
            "--features" => {
                let Some(value) = typed.next() else { break };
                let names = value.split([',', ' ']).filter(|name| !name.is_empty());
                let own: Vec<&str> = names.filter(|name| concerns(project, packages, |it| has(it, name))).collect();
                if !own.is_empty() {
                    kept.extend([flag.clone(), own.join(",")]);
                }
            }
            "--bin" => {
                let Some(name) = typed.next() else { break };
                if concerns(project, packages, |package| package.declared.binaries.contains(name)) {
                    kept.extend([flag.clone(), name.clone()]);
                }
            }
            _ => kept.push(flag.clone()),
        }
    }
    kept
}

/// Whether a run is told of something: one of its packages has it, or nobody has, which is cargo's to say.
fn concerns(project: &Project, packages: &[&Package], has: impl Fn(&Package) -> bool) -> bool {
    packages.iter().any(|package| has(package)) || !project.packages.iter().any(has)
}

/// Whether `--features` may name this of a package: `feature`, `package/feature` or `dependency/feature`.
fn has(package: &Package, name: &str) -> bool {
    match name.split_once('/') {
        None => package.declared.features.contains(name),
        Some((of, _)) => package.name == of || package.declared.dependencies.contains(of.trim_end_matches('?')),
    }
}

/// What the profile is given for small (or fast) components, or for a short way from a save to an answer, save what the user has set.
fn profile_settings(project: &Project, optimize: Optimize) -> Vec<String> {
    let profile = &project.profile;
    if !profile.is_release {
        let is_set = |key: &str| profile.set_by_user.contains(key);
        let mut settings = Vec::new();
        // Backtraces need no more than lines, and all that there is of it is linked, encoded, composed and compiled with every save.
        if !is_set("debug") {
            settings.push("debug=\"line-tables-only\"".to_owned());
        }
        // What others have written is compiled once, and is a third as much code then. `package."*"` would say that shorter, and of what
        // runs at compile time as well: macros and build scripts, which are slower to optimize than they ever are.
        if !is_set("opt-level") && !is_set("package") {
            settings.push("opt-level=1".to_owned());
            let own = project.dependents.members().into_keys();
            settings.extend(own.map(|name| format!("package.\"{name}\".opt-level=0")));
        }
        return settings.into_iter().map(|setting| format!("profile.{}.{setting}", profile.name)).collect();
    }
    if optimize == Optimize::None {
        return Vec::new();
    }
    let opt_level = if optimize == Optimize::Speed { "3" } else { "\"z\"" };
    // Names and lines stay: the passes find panics by the ones, the side-car is made of both, and neither is in the component
    // at the end. Who strips them would not have them.
    let is_stripped = profile.set_by_user.contains("strip");
    let settings = [
        ("opt-level", opt_level),
        ("lto", "\"fat\""),
        ("codegen-units", "1"),
        ("panic", "\"abort\""),
        ("debug", "\"line-tables-only\""),
        ("strip", "\"none\""),
    ];
    settings
        .into_iter()
        .filter(|(key, _)| !profile.set_by_user.contains(*key) && (*key != "debug" || !is_stripped))
        .map(|(key, value)| format!("profile.{}.{key}={value}", profile.name))
        .collect()
}
