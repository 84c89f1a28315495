//! `build.target = "auto"`: two ways to build a package, and how it is found out which of them it is.
//!
//! What of std is reached can be seen in code that is not optimized: there every function has its own name still, while
//! an optimizer leaves nothing of a function that only says "no". So a build that optimizes is preceded by a *probe*: the same, for
//! the same target, not optimized, in a directory of its own. A build that does not optimize shows it by itself.

use serde::{Deserialize, Serialize};

use super::step::UnitPlan;
use super::{Facts, Step, cargo, unit_steps};
use crate::project::{Optimize, Package, Profile, Project, Target};
use crate::report::TargetReason;

/// Raised when the same code may lead to another decision.
const FORMAT: u32 = 1;

/// A package whose target shows while it is built.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// The package.
    pub package: String,
    /// Its components, for both targets the same but for their freshness.
    #[serde(skip)]
    pub units: Vec<UnitPlan>,
    /// What an earlier build has decided for each of them; it stands while what cargo makes is what it made then.
    pub remembered: Option<Remembered>,
    /// What shows what is reached; nothing, where `smallest` shows it by itself.
    pub probe: Option<Vec<Step>>,
    /// Where the smallest target has all that is reached.
    pub smallest: Way,
    /// Where it has not.
    pub supported: Way,
}

/// One of the two ways.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// For this target.
    pub target: Target,
    /// Set-up and cargo.
    pub compile: Vec<Step>,
    /// From what cargo made to the components.
    pub make: Vec<Step>,
}

/// What an earlier build has decided for a package's components.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remembered {
    /// The target.
    pub target: Target,
    /// Why.
    #[serde(skip)]
    pub reasons: Vec<TargetReason>,
    /// What cargo had made of each component, in their order.
    #[serde(skip)]
    pub marks: Vec<String>,
}

/// What a build leaves for the next one to see for which target a component was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// By which rules it was decided.
    pub rules: String,
    /// For which target.
    pub target: Target,
    /// Why it is not the smallest.
    pub reasons: Vec<TargetReason>,
    /// What cargo had made: see [`Remembered::marks`].
    pub mark: String,
}

impl Decision {
    /// The rules of this program.
    pub fn rules() -> String {
        format!("{FORMAT} {}", env!("CARGO_PKG_VERSION"))
    }

    /// The file's name, beside that of the component's record.
    pub fn file_name(unit: &str) -> String {
        format!("{unit}.target.json")
    }
}

impl Choice {
    /// The way for a target.
    pub fn way(&self, target: Target) -> &Way {
        if target == self.smallest.target { &self.smallest } else { &self.supported }
    }
}

/// Both ways to build a package, and how to find out which.
pub(super) fn choice(project: &Project, package: &Package, facts: &Facts) -> Choice {
    let way = |target| {
        let mut make = Vec::new();
        for unit in &package.units {
            unit_steps(project, package, target, unit, facts, &mut make);
        }
        let sysroot = facts.sysroot(target);
        let mut compile: Vec<Step> = super::set_up(project, target, &sysroot).into_iter().collect();
        compile.push(Step::Cargo(cargo::run(project, target, package.optimize, &[package], sysroot)));
        Way { target, compile, make }
    };
    let (smallest, supported) = (way(Target::Unknown), way(Target::Wasip2));
    let probe = (!shows_by_itself(&project.profile, package.optimize)).then(|| {
        let sysroot = facts.sysroot(Target::Unknown);
        let mut steps: Vec<Step> = super::set_up(project, Target::Unknown, &sysroot).into_iter().collect();
        steps.push(Step::Cargo(cargo::probe(project, package, sysroot)));
        steps
    });
    Choice {
        package: package.name.clone(),
        units: package.units.iter().map(|unit| super::unit_plan(package, Target::Unknown, unit, facts)).collect(),
        remembered: remembered(package, facts),
        probe,
        smallest,
        supported,
    }
}

/// Whether nothing is inlined or left out: the development profile as it comes.
fn shows_by_itself(profile: &Profile, optimize: Optimize) -> bool {
    !profile.is_release && optimize == Optimize::None && profile.is_plain
}

/// One decision for all components of a package, or none.
fn remembered(package: &Package, facts: &Facts) -> Option<Remembered> {
    let decisions: Vec<&Decision> =
        package.units.iter().map(|unit| facts.decisions.get(&unit.name)).collect::<Option<_>>()?;
    let first = *decisions.first()?;
    let holds = |decision: &&Decision| decision.rules == Decision::rules() && decision.target == first.target;
    decisions.iter().all(holds).then(|| Remembered {
        target: first.target,
        reasons: first.reasons.clone(),
        marks: decisions.iter().map(|decision| decision.mark.clone()).collect(),
    })
}
