//! Making it happen: one loop over the plan, one arm a stage.

mod artifact;
mod attempt;
mod bindings;
mod build_id;
mod cargo;
mod choose;
mod compose;
mod dep_info;
mod dependencies;
mod emit;
mod encode;
mod error;
mod facts;
mod inputs;
mod interface;
mod openapi;
mod optimize;
mod optimize_file;
mod overheard;
mod place;
mod provenance;
mod publication;
mod reach;
mod revision;
mod sections;
pub mod setup;
mod test_run;
#[cfg(test)]
mod tests;
mod validate;
mod wasm_opt;

pub use bindings::make_bindings;
pub use build_id::{BuildId, side_car_of};
pub use compose::{ComposeFiles, CompositionError, DeclaredError, Plug, compose_files, with_bridge};
pub use error::StageError;
pub use facts::facts;
pub use inputs::Inputs;
pub use interface::Interface;
pub use openapi::{DOCUMENT_MOST, DocumentError, document};
pub use optimize_file::{OptimizeFile, optimize_file, read_wasm};
pub use publication::{ComponentAbout, about, bill, publication, revision};
pub use test_run::{TestRun, test};

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::plan::{Freshness, Part, Plan, Step, SysrootFact, UnitPlan};
use crate::project::{CargoConfig, Target};
use crate::report::{Artifact, Optimized, Reporter};
use crate::tools::cancel::Cancel;
use crate::tools::{digest, files};
use artifact::Artifacts;
use mik_optimize::Origins;

/// What a component is while it goes through the stages.
#[derive(Debug)]
struct Work {
    /// The digest of what cargo made.
    source: String,
    freshness: Freshness,
    bytes: Vec<u8>,
    /// The handler before composition, where it was composed.
    handler: Option<Vec<u8>>,
    /// Where the code of `bytes` comes from, once passes have run.
    origins: Option<Origins>,
    /// The side-car: the same code with the names and lines that it was made of.
    debug: Option<Vec<u8>>,
    /// What the passes have saved.
    optimized: Vec<Optimized>,
    /// The OpenAPI document, where there is one: kept apart until everything else is done.
    document: Option<Vec<u8>>,
}

/// Carries out a plan and gives what it made, in the plan's order.
///
/// # Errors
/// The first stage that fails ends it. What earlier builds had written stays as it was.
pub fn run(plan: &Plan, reporter: &Reporter) -> Result<Vec<Artifact>, StageError> {
    let cancel = Cancel::default();
    let mut build = Build::new(plan, &cancel, reporter);
    plan.steps.iter().try_for_each(|step| build.step(step))?;
    Ok(build.made)
}

/// What a build has made, for who builds again when something changes.
#[derive(Clone, Debug)]
pub struct Built {
    /// The components, in the plan's order.
    pub artifacts: Vec<Artifact>,
    /// What each was made of, by its name. One of which cargo has left no word is not there.
    pub inputs: BTreeMap<String, Inputs>,
    /// What has taken how long, in the order in which it was first done.
    pub times: Vec<(&'static str, Duration)>,
}

/// The same, for as long as it is wanted, and says what the components were made of.
///
/// # Errors
/// As [`run`]; [`StageError::Cancelled`] where it was no longer wanted.
pub fn run_while_wanted(plan: &Plan, cancel: &Cancel, reporter: &Reporter) -> Result<Built, StageError> {
    let mut build = Build::new(plan, cancel, reporter);
    for step in &plan.steps {
        if cancel.is_cancelled() {
            return Err(StageError::Cancelled);
        }
        build.step(step)?;
    }
    let base = dep_info_base(plan);
    let units = plan.units();
    let inputs = units.into_iter().filter_map(|unit| Some((unit.name.clone(), build.artifacts.inputs(unit, &base)?)));
    Ok(Built { inputs: inputs.collect(), artifacts: build.made, times: build.times })
}

/// What relative paths in cargo's dep-info files are relative to.
fn dep_info_base(plan: &Plan) -> PathBuf {
    CargoConfig::read(plan.first_run().map_or(&[], |run| run.arguments.as_slice())).dep_info_base()
}

/// A plan that is being carried out.
struct Build<'a> {
    plan: &'a Plan,
    cancel: &'a Cancel,
    reporter: &'a Reporter,
    /// What cargo has made so far.
    artifacts: Artifacts,
    /// The standard libraries that were set up.
    sysroots: BTreeMap<Target, SysrootFact>,
    /// What is under way, by the component's name.
    works: BTreeMap<String, Work>,
    /// What is done.
    made: Vec<Artifact>,
    /// What has taken how long.
    times: Vec<(&'static str, Duration)>,
}

impl<'a> Build<'a> {
    fn new(plan: &'a Plan, cancel: &'a Cancel, reporter: &'a Reporter) -> Self {
        Self {
            plan,
            cancel,
            reporter,
            artifacts: Artifacts::default(),
            sysroots: BTreeMap::new(),
            works: BTreeMap::new(),
            made: Vec::new(),
            times: Vec::new(),
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), StageError> {
        let begin = Instant::now();
        self.carry_out(step)?;
        // The steps of a choice count by themselves.
        let Some(name) = step.stage() else { return Ok(()) };
        match self.times.iter_mut().find(|(known, _)| *known == name) {
            Some((_, time)) => *time += begin.elapsed(),
            None => self.times.push((name, begin.elapsed())),
        }
        Ok(())
    }

    fn carry_out(&mut self, step: &Step) -> Result<(), StageError> {
        let Self { plan, cancel, reporter, artifacts, sysroots, works, made, times: _ } = self;
        match step {
            Step::Setup { target, offline } => {
                if !sysroots.contains_key(target) {
                    sysroots.insert(*target, prepare(*target, *offline, plan, reporter)?);
                }
            }
            Step::Cargo(run) => {
                let sysroot = sysroots.get(&run.target).unwrap_or(&run.sysroot);
                artifacts.extend(cargo::run(run, sysroot, cancel, reporter)?);
            }
            Step::Choose(choice) => self.choose(choice)?,
            Step::Encode { unit, target } => {
                let mut work = start(unit, artifacts, reporter)?;
                if work.freshness != Freshness::Fresh {
                    let encoded = encode::encode(std::mem::take(&mut work.bytes), *target, unit, reporter)?;
                    (work.bytes, work.document) = openapi::take(encoded).map_err(|error| damaged(unit, error))?;
                }
                works.insert(unit.name.clone(), work);
            }
            Step::Optimize { unit, part, optimize, panic, wasm_opt } => {
                if let Some(work) = stale(works, unit)
                    && (*part == Part::Handler || work.handler.is_some())
                {
                    let how = optimize::How { optimize: *optimize, panic: *panic, wasm_opt: wasm_opt.as_ref() };
                    optimize::optimize(work, *part, how, unit, reporter)?;
                }
            }
            Step::Compose { unit, composition, plug, components } => {
                let how = compose::How { composition, plug: *plug, components };
                if let Some(work) = stale(works, unit)
                    && let Some(composed) = compose::compose(&work.bytes, how, unit, reporter)?
                {
                    work.handler = Some(std::mem::replace(&mut work.bytes, composed));
                }
            }
            Step::Place { package: _, directory, components } => place::place(directory, components, reporter)?,
            Step::Emit { unit, files, max_size, provenance, deciding } => {
                let Some(mut work) = works.remove(&unit.name) else { return Ok(()) };
                if work.freshness != Freshness::Fresh {
                    let sections = provenance::Sections::new(&unit.name, provenance, reporter);
                    let added = work.add_document().and_then(|()| work.add_provenance(&sections));
                    added.map_err(|error| damaged(unit, error))?;
                    work.identify(unit)?;
                }
                made.push(match work.freshness {
                    Freshness::Fresh => emit::fresh(unit, files, *max_size)?,
                    _ => emit::write(unit, work, files, *max_size)?,
                });
                dep_info::write(files, artifacts.inputs(unit, &dep_info_base(plan)), deciding)?;
            }
        }
        Ok(())
    }
}

impl Work {
    /// Puts the document where servers look for it.
    fn add_document(&mut self) -> Result<(), wasmparser::BinaryReaderError> {
        let document = self.document.take();
        self.bytes = openapi::put(std::mem::take(&mut self.bytes), document.as_deref())?;
        if let Some(handler) = self.handler.take() {
            self.handler = Some(openapi::put(handler, document.as_deref())?);
        }
        Ok(())
    }
}

impl Work {
    /// Gives what the passes have made a side-car, and both the build-id by which they know each other. What they have not
    /// touched has all of it inside.
    fn identify(&mut self, unit: &UnitPlan) -> Result<(), StageError> {
        let Some(origins) = self.origins.take() else { return Ok(()) };
        let bytes = std::mem::take(&mut self.bytes);
        let marked = optimize::identified(bytes, &origins, true);
        (self.bytes, self.debug) = marked.map_err(|source| StageError::Optimize { unit: unit.name.clone(), source })?;
        Ok(())
    }

    /// Says in the component, and in the handler that it was composed of, where it comes from.
    fn add_provenance(&mut self, sections: &provenance::Sections) -> Result<(), wasmparser::BinaryReaderError> {
        self.bytes = sections.put(&self.bytes)?;
        if let Some(handler) = &mut self.handler {
            *handler = sections.put(handler)?;
        }
        Ok(())
    }
}

fn damaged(unit: &UnitPlan, source: wasmparser::BinaryReaderError) -> StageError {
    StageError::Invalid { unit: unit.name.clone(), what: "what was made".to_owned(), source }
}

fn prepare(target: Target, offline: bool, plan: &Plan, reporter: &Reporter) -> Result<SysrootFact, StageError> {
    let options = setup::SetupOptions { offline, force: false };
    // The compiler that cargo will take: what was typed is in every run.
    let config = CargoConfig::read(plan.first_run().map_or(&[], |run| run.arguments.as_slice()));
    Ok(setup::ensure(target, &setup::Toolchain::read(&config)?, &options, reporter)?.into())
}

/// Reads what cargo made of a unit and decides whether the rest has to be done.
fn start(unit: &UnitPlan, artifacts: &Artifacts, reporter: &Reporter) -> Result<Work, StageError> {
    let path = artifacts.of(unit)?;
    let bytes = read(&path)?;
    let source = digest::of(&bytes);
    let freshness = unit.freshness.after_cargo(&source);
    match &freshness {
        Freshness::Fresh => reporter.detail("Fresh", &unit.name),
        stale => reporter.detail("Dirty", format!("{}: {stale}", unit.name)),
    }
    Ok(Work {
        source,
        freshness,
        bytes,
        handler: None,
        origins: None,
        debug: None,
        optimized: Vec::new(),
        document: None,
    })
}

fn stale<'a>(works: &'a mut BTreeMap<String, Work>, unit: &UnitPlan) -> Option<&'a mut Work> {
    works.get_mut(&unit.name).filter(|work| work.freshness != Freshness::Fresh)
}

fn read(path: &PathBuf) -> Result<Vec<u8>, StageError> {
    files::read(path).map_err(|source| StageError::Read { source })
}
