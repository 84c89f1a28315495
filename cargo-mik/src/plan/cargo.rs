//! How cargo is run: which flags, and the profile settings for small components.

use serde::Serialize;

use super::SysrootFact;
use crate::project::{Optimize, Package, Project, Target, UnitKind};

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
    /// Whether paths of this machine are kept out of the code.
    pub reproducible: bool,
}

/// The run that compiles some packages.
pub(super) fn run(
    project: &Project,
    target: Target,
    optimize: Optimize,
    packages: &[&Package],
    sysroot: SysrootFact,
) -> CargoRun {
    let mut arguments = vec!["build".to_owned()];
    arguments.extend(["--manifest-path".to_owned(), project.manifest_path.display().to_string()]);
    arguments.extend(["--target".to_owned(), target.name().to_owned()]);
    arguments.extend(["--target-dir".to_owned(), project.target_directory.display().to_string()]);
    arguments.extend(["--profile".to_owned(), project.profile.name.clone()]);
    for package in packages {
        arguments.extend(["--package".to_owned(), format!("{}@{}", package.name, package.version)]);
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
    arguments.extend(project.cargo_arguments.iter().cloned());
    CargoRun { target, arguments, sysroot, reproducible: project.profile.is_release }
}

/// What the profile is given for small (or fast) components, save what the user has set.
fn profile_settings(project: &Project, optimize: Optimize) -> Vec<String> {
    let profile = &project.profile;
    if !profile.is_release || optimize == Optimize::None {
        return Vec::new();
    }
    let opt_level = if optimize == Optimize::Speed { "3" } else { "\"s\"" };
    [("opt-level", opt_level), ("lto", "\"fat\""), ("codegen-units", "1"), ("panic", "\"abort\""), ("strip", "true")]
        .into_iter()
        .filter(|(key, _)| !profile.set_by_user.contains(*key))
        .map(|(key, value)| format!("profile.{}.{key}={value}", profile.name))
        .collect()
}
