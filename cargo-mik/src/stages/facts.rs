//! Finds out what a plan has to know: standard libraries, earlier outputs, bridges.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::revision::Revisions;
use super::{Interface, StageError, dependencies, place, setup, wasm_opt};
use crate::plan::{Component, Decision, Facts, Previous, Record, SysrootFact};
use crate::project::{Bridge, Optimize, Project, TargetChoice};
use crate::report::Reporter;
use crate::tools::{digest, files};

/// What is there already for building a project, with the components that its packages depend on, by package ID.
///
/// # Errors
/// The compiler can't be asked, a bridge can't be read, or the `wasm-opt` that is asked for can't be used.
pub fn facts(
    project: &Project,
    toolchain: &setup::Toolchain,
    components: BTreeMap<String, Vec<Component>>,
    reporter: &Reporter,
) -> Result<Facts, StageError> {
    let embedded_bridge = mik_bridge_provider::SHA256.to_owned();
    let deciding = project.build_files();
    let mut facts = Facts { embedded_bridge, components, deciding, ..Facts::default() };
    let output = &project.output_directory;
    let mut revisions = Revisions::new(&project.target_directory);
    for (package, unit) in project.units() {
        for target in package.target.targets() {
            if let Entry::Vacant(vacant) = facts.sysroots.entry(*target) {
                let sysroot = setup::find(*target, toolchain)?;
                vacant.insert(sysroot.map_or(SysrootFact::Missing, SysrootFact::from));
            }
        }
        if package.target == TargetChoice::Auto
            && let Some(decision) = decision(output, &unit.name)
        {
            facts.decisions.insert(unit.name.clone(), decision);
        }
        if let Some(Bridge::File(path)) = package.composition.bridge() {
            let bytes = files::read(path).map_err(|source| StageError::Read { source })?;
            facts.bridges.insert(path.clone(), digest::of(&bytes));
        }
        if package.optimize != Optimize::None
            && let Some(revision) = revisions.of(&package.manifest_path)
        {
            facts.revisions.insert(package.id.clone(), revision);
        }
        if package.auditable {
            facts.dependencies.insert(package.id.clone(), dependencies::of(project, package)?);
        }
        if package.optimize != Optimize::None && !facts.wasm_opt.contains_key(&package.wasm_opt) {
            let kept = project.target_directory.join("mik").join(".wasm_opt_info.json");
            let program = wasm_opt::find(&package.wasm_opt, Some(&kept), reporter)?;
            facts.wasm_opt.extend(program.map(|program| (package.wasm_opt.clone(), program)));
        }
        facts.previous.insert(unit.name.clone(), previous(output, &unit.name));
        if Component::directory(output, &package.name).is_dir() {
            facts.placed.insert(package.name.clone());
        }
    }
    facts.served = served(facts.components.values().flatten())?;
    Ok(facts)
}

/// The digests of the components that answer HTTP by themselves. What can't be read is told of where it is composed.
fn served<'c>(components: impl Iterator<Item = &'c Component>) -> Result<BTreeSet<String>, StageError> {
    let mut served = BTreeSet::new();
    for component in components {
        let interface = Interface::of(&place::read(component)?).unwrap_or_default();
        if interface.exports_handler() || interface.exports_http() {
            served.insert(component.digest.clone());
        }
    }
    Ok(served)
}

/// What an earlier build left of a unit. A record that can't be read is one that was never written.
fn previous(output: &Path, unit: &str) -> Previous {
    let record = files::read(Record::path(output, unit)).ok();
    let Some(record) = record.and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok()) else {
        return Previous::Nothing;
    };
    let holds =
        |path: String, expected: &str| files::read(output.join(path)).is_ok_and(|bytes| digest::of(&bytes) == expected);
    let files = [
        (format!("{unit}.wasm"), Some(&record.component)),
        (format!("{unit}.handler.wasm"), record.handler.as_ref()),
        (format!("{unit}.debug.wasm"), record.debug.as_ref()),
    ];
    let all_hold = files.into_iter().all(|(file, expected)| expected.is_none_or(|expected| holds(file, expected)));
    if all_hold { Previous::Intact(record) } else { Previous::OutputChanged }
}

/// For which target an earlier build has built a unit. What can't be read was never decided.
fn decision(output: &Path, unit: &str) -> Option<Decision> {
    let path = Record::path(output, unit).with_file_name(Decision::file_name(unit));
    serde_json::from_slice(&files::read(path).ok()?).ok()
}

impl From<setup::Sysroot> for SysrootFact {
    fn from(sysroot: setup::Sysroot) -> Self {
        match sysroot {
            setup::Sysroot::Toolchain => Self::Toolchain,
            setup::Sysroot::Cached(path) => Self::Cached(path),
        }
    }
}
