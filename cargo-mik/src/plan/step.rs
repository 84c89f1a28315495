//! The steps of a plan.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use super::cargo::CargoRun;
use super::{Choice, Component, Freshness, Provenance, Reason, WasmOptProgram};
use crate::project::{Composition, Optimize, Panic, Target, UnitKind};

/// Everything that a build does, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// Get a standard library for a target that the toolchain lacks.
    Setup {
        /// The target.
        target: Target,
        /// Whether that has to do without the network.
        offline: bool,
    },
    /// Run cargo.
    Cargo(CargoRun),
    /// Find out for which target to build, and do it.
    Choose(Box<Choice>),
    /// Make a component of what cargo made, where its linker has not done so.
    Encode {
        /// Of which unit.
        unit: UnitPlan,
        /// The target that decides how.
        target: Target,
    },
    /// Make the component smaller or faster.
    Optimize {
        /// Of which unit.
        unit: UnitPlan,
        /// Before composition or after it.
        part: Part,
        /// To what end.
        optimize: Optimize,
        /// What becomes of panics.
        panic: Panic,
        /// Binaryen's optimizer, where there is one.
        wasm_opt: Option<WasmOptProgram>,
    },
    /// Plug dependencies into the component, and compose it with a bridge.
    Compose {
        /// Of which unit.
        unit: UnitPlan,
        /// When with a bridge, and with which.
        composition: Composition,
        /// Whether dependencies are given to what they fit, where the manifest does not say to what.
        plug: bool,
        /// The dependencies that may be plugged: whether the component imports something of each shows in its bytes.
        components: Vec<Component>,
    },
    /// Put dependencies that are served beside the components, and take away those that no longer are.
    Place {
        /// Of which package.
        package: String,
        /// Where they are, and nothing else is.
        directory: PathBuf,
        /// The dependencies.
        components: Vec<Component>,
    },
    /// Validate, and write what was made.
    Emit {
        /// Of which unit.
        unit: UnitPlan,
        /// Where to.
        #[serde(flatten)]
        files: Files,
        /// How many bytes the component may have.
        max_size: Option<u64>,
        /// What is written into it besides its code.
        #[serde(skip)]
        provenance: Box<Provenance>,
        /// The files that decide what is made, besides those that cargo reads.
        #[serde(skip)]
        deciding: BTreeSet<PathBuf>,
    },
}

/// The files that a unit becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Files {
    /// The component.
    pub component: PathBuf,
    /// The handler before composition, where there was one.
    pub handler: PathBuf,
    /// The component with the names of its functions, where the passes have taken them out.
    pub debug: PathBuf,
    /// Of which files the component was made.
    pub dep_info: PathBuf,
    /// What the next build reads to see that nothing has changed.
    pub record: PathBuf,
}

/// What of a component is optimized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The handler, or all there is where nothing is composed: its code, and what holds it together.
    Handler,
    /// Handler and bridge as one: what the two have in common, and what neither needs any more.
    Composed,
}

/// The component that a step is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitPlan {
    /// Its package.
    pub package: String,
    /// Its package as cargo's messages spell it.
    #[serde(skip)]
    pub package_id: String,
    /// Its name.
    pub name: String,
    /// The name of cargo's build target.
    #[serde(skip)]
    pub crate_name: String,
    /// The kind of cargo's build target.
    #[serde(skip)]
    pub kind: UnitKind,
    /// Whether it has to be made again, as far as can be told before cargo has run.
    pub freshness: Freshness,
    /// The digest of everything but the source that decides its bytes.
    #[serde(skip)]
    pub settings: String,
}

impl Plan {
    /// The same, with every component made again of what cargo makes, whatever an earlier build has left.
    #[must_use]
    pub fn from_scratch(mut self) -> Self {
        make_stale(&mut self.steps);
        self
    }

    /// The same without the runs of cargo that compile none of these components, and without what follows them.
    #[must_use]
    pub fn for_units(self, names: &BTreeSet<String>) -> Self {
        let is_start = |step: &Step| matches!(step, Step::Setup { .. } | Step::Cargo(_) | Step::Choose(_));
        let mut parts: Vec<Vec<Step>> = Vec::new();
        for step in self.steps {
            match parts.last_mut() {
                // What a run needs is set up right before it.
                Some(part) if !is_start(&step) || part.iter().all(|step| matches!(step, Step::Setup { .. })) => {
                    part.push(step);
                }
                _ => parts.push(vec![step]),
            }
        }
        let is_wanted = |part: &Vec<Step>| part.iter().flat_map(Step::makes).any(|unit| names.contains(&unit.name));
        Self { steps: parts.into_iter().filter(is_wanted).flatten().collect() }
    }

    /// The first run of cargo that it may come to.
    pub fn first_run(&self) -> Option<&CargoRun> {
        self.steps.iter().find_map(|step| match step {
            Step::Cargo(run) => Some(run),
            Step::Choose(choice) => choice.smallest.compile.iter().find_map(|step| match step {
                Step::Cargo(run) => Some(run),
                _ => None,
            }),
            _ => None,
        })
    }

    /// The components that it makes, in order; one that is made in one way or another, once.
    pub fn units(&self) -> Vec<&UnitPlan> {
        self.steps.iter().flat_map(Step::makes).collect()
    }

    /// The plan as one line of JSON: `{"steps":[{"step":"cargo",…},…]}`.
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists: there is nothing in a plan that JSON can't say.
        serde_json::to_string(self).map(|json| json + "\n").unwrap_or_default()
    }
}

fn make_stale(steps: &mut [Step]) {
    for step in steps {
        match step {
            Step::Encode { unit, .. }
            | Step::Optimize { unit, .. }
            | Step::Compose { unit, .. }
            | Step::Emit { unit, .. } => unit.freshness = Freshness::Stale(Reason::Wanted),
            Step::Choose(choice) => {
                [&mut choice.smallest, &mut choice.supported].into_iter().for_each(|way| make_stale(&mut way.make))
            }
            Step::Setup { .. } | Step::Cargo(_) | Step::Place { .. } => {}
        }
    }
}

impl Step {
    /// The components that are there once it is done.
    fn makes(&self) -> Vec<&UnitPlan> {
        match self {
            Self::Choose(choice) => choice.units.iter().collect(),
            Self::Emit { unit, .. } => vec![unit],
            _ => Vec::new(),
        }
    }

    /// The stage that it is, for who is told what takes how long; none, where it is made of others.
    pub fn stage(&self) -> Option<&'static str> {
        match self {
            Self::Setup { .. } => Some("setup"),
            Self::Cargo(_) => Some("cargo"),
            Self::Choose(_) => None,
            Self::Encode { .. } => Some("encode"),
            Self::Optimize { .. } => Some("optimize"),
            Self::Compose { .. } => Some("compose"),
            Self::Place { .. } => Some("place"),
            Self::Emit { .. } => Some("write"),
        }
    }
}
