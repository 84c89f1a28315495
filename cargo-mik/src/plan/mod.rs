//! What will happen, as a value. Deciding does no I/O: what it needs to know of the machine comes as [`Facts`].

mod cargo;
mod choice;
mod component;
mod facts;
mod freshness;
mod provenance;
mod step;
mod text;

pub use cargo::{CargoRun, typed_flags};
pub use choice::{Choice, Decision, Remembered, Way};
pub use component::Component;
pub use facts::{Facts, Previous, SysrootFact, WasmOptProgram};
pub use freshness::{Freshness, Reason, Record};
pub use provenance::Provenance;
pub use step::{Files, Part, Plan, Step, UnitPlan};

use std::collections::BTreeMap;

use mik_build::dep_info;

use crate::project::{Composition, Optimize, Package, Project, Target, TargetChoice, Unit};

/// Decides how to build a project.
///
/// Packages that are compiled alike (same target, same optimization) share one run of cargo; the steps of every
/// component follow the run that compiles it. A package whose target shows only while it is built has runs of its own.
pub fn plan(project: &Project, facts: &Facts) -> Plan {
    let mut groups: BTreeMap<(Target, Optimize), Vec<&Package>> = BTreeMap::new();
    let mut steps = Vec::new();
    for package in project.packages.iter().filter(|package| !package.units.is_empty()) {
        match package.target {
            TargetChoice::One(target) => groups.entry((target, package.optimize)).or_default().push(package),
            TargetChoice::Auto => {
                steps.push(Step::Choose(Box::new(choice::choice(project, package, facts))));
                steps.extend(place(project, package, facts));
            }
        }
    }
    let mut prepared: Vec<Target> = Vec::new();
    for ((target, optimize), packages) in groups {
        let sysroot = facts.sysroot(target);
        if !prepared.contains(&target) {
            steps.extend(set_up(project, target, &sysroot));
            prepared.push(target);
        }
        steps.push(Step::Cargo(cargo::run(project, target, optimize, &packages, sysroot)));
        for package in packages {
            for unit in &package.units {
                unit_steps(project, package, target, unit, facts, &mut steps);
            }
            steps.extend(place(project, package, facts));
        }
    }
    Plan { steps }
}

/// The step that gets a standard library, where there is none yet.
fn set_up(project: &Project, target: Target, sysroot: &SysrootFact) -> Option<Step> {
    (*sysroot == SysrootFact::Missing).then_some(Step::Setup { target, offline: project.offline })
}

/// The step that puts dependencies beside a package's components, where some are served or were.
fn place(project: &Project, package: &Package, facts: &Facts) -> Option<Step> {
    let components = component::served(package, facts);
    let directory = Component::directory(&project.output_directory, &package.name);
    let is_wanted = !components.is_empty() || facts.placed.contains(&package.name);
    is_wanted.then(|| Step::Place { package: package.name.clone(), directory, components })
}

fn unit_plan(package: &Package, target: Target, unit: &Unit, facts: &Facts) -> UnitPlan {
    let settings = freshness::settings(package, target, facts);
    UnitPlan {
        package: package.name.clone(),
        package_id: package.id.clone(),
        name: unit.name.clone(),
        crate_name: unit.crate_name.clone(),
        kind: unit.kind,
        freshness: freshness::before_cargo(facts.previous(&unit.name), &settings),
        settings,
    }
}

fn unit_steps(project: &Project, package: &Package, target: Target, unit: &Unit, facts: &Facts, steps: &mut Vec<Step>) {
    let output = &project.output_directory;
    let planned = unit_plan(package, target, unit, facts);
    steps.push(Step::Encode { unit: planned.clone(), target });
    let optimize = |part| {
        let Package { optimize, panic, .. } = *package;
        let wasm_opt = facts.wasm_opt(package).cloned();
        (optimize != Optimize::None).then(|| Step::Optimize { unit: planned.clone(), part, optimize, panic, wasm_opt })
    };
    steps.extend(optimize(Part::Handler));
    let components = component::plugged(package, facts);
    if package.composition != Composition::Never || !components.is_empty() {
        let (composition, plug) = (package.composition.clone(), package.plug);
        steps.push(Step::Compose { unit: planned.clone(), composition, plug, components });
        steps.extend(optimize(Part::Composed));
    }
    let component = output.join(format!("{}.wasm", unit.name));
    steps.push(Step::Emit {
        files: Files {
            dep_info: dep_info::beside(&component),
            component,
            handler: output.join(format!("{}.handler.wasm", unit.name)),
            debug: output.join(format!("{}.debug.wasm", unit.name)),
            record: Record::path(output, &unit.name),
        },
        max_size: package.max_size,
        provenance: Box::new(Provenance::of(package, facts)),
        deciding: facts.deciding.clone(),
        unit: planned,
    });
}

#[cfg(test)]
mod tests;
