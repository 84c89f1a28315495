//! What will happen, as a value. Deciding does no I/O: what it needs to know of the machine comes as [`Facts`].

mod cargo;
mod facts;
mod freshness;
mod provenance;
mod step;

pub use cargo::{CargoRun, typed_flags};
pub use facts::{Facts, Previous, SysrootFact};
pub use freshness::{Freshness, Reason, Record};
pub use provenance::Provenance;
pub use step::{Files, Part, Plan, Step, UnitPlan};

use std::collections::BTreeMap;

use crate::project::{Composition, Optimize, Package, Project, Target, Unit};

/// Decides how to build a project.
///
/// Packages that are compiled alike (same target, same optimization) share one run of cargo; the steps of every
/// component follow the run that compiles it.
pub fn plan(project: &Project, facts: &Facts) -> Plan {
    let mut groups: BTreeMap<(Target, Optimize), Vec<&Package>> = BTreeMap::new();
    for package in project.packages.iter().filter(|package| !package.units.is_empty()) {
        groups.entry((package.target, package.optimize)).or_default().push(package);
    }
    let mut steps = Vec::new();
    let mut prepared: Vec<Target> = Vec::new();
    for ((target, optimize), packages) in groups {
        let sysroot = facts.sysroot(target);
        if sysroot == SysrootFact::Missing && !prepared.contains(&target) {
            steps.push(Step::Setup { target, offline: project.offline });
            prepared.push(target);
        }
        steps.push(Step::Cargo(cargo::run(project, target, optimize, &packages, sysroot)));
        for package in packages {
            for unit in &package.units {
                unit_steps(project, package, unit, facts, &mut steps);
            }
        }
    }
    Plan { steps }
}

fn unit_steps(project: &Project, package: &Package, unit: &Unit, facts: &Facts, steps: &mut Vec<Step>) {
    let output = project.output_directory();
    let settings = freshness::settings(package, facts);
    let previous = facts.previous(&unit.name);
    let planned = UnitPlan {
        package: package.name.clone(),
        package_id: package.id.clone(),
        name: unit.name.clone(),
        crate_name: unit.crate_name.clone(),
        kind: unit.kind,
        freshness: freshness::before_cargo(previous, &settings),
        settings,
    };
    steps.push(Step::Encode { unit: planned.clone(), target: package.target });
    let optimize = |part| {
        let Package { optimize, panic, .. } = *package;
        (optimize != Optimize::None).then(|| Step::Optimize { unit: planned.clone(), part, optimize, panic })
    };
    steps.extend(optimize(Part::Handler));
    if package.composition != Composition::Never {
        steps.push(Step::Compose { unit: planned.clone(), composition: package.composition.clone() });
        steps.extend(optimize(Part::Composed));
    }
    steps.push(Step::Emit {
        files: Files {
            component: output.join(format!("{}.wasm", unit.name)),
            handler: output.join(format!("{}.handler.wasm", unit.name)),
            debug: output.join(format!("{}.debug.wasm", unit.name)),
            record: Record::path(&output, &unit.name),
        },
        max_size: package.max_size,
        provenance: Box::new(Provenance::of(package, facts)),
        unit: planned,
    });
}

#[cfg(test)]
mod tests;
