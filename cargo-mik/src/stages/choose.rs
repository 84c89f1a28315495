//! `build.target = "auto"`: builds a package for the smallest target, or for the one that has a system where it needs one.
//!
//! What an earlier build has decided is taken up first: cargo is run for that target, and where it makes what it made then,
//! nothing is decided anew. So a build in which nothing has changed runs cargo once, as any other.

use std::time::UNIX_EPOCH;

use super::artifact::Artifacts;
use super::attempt::{self, Attempt};
use super::{Build, StageError, reach};
use crate::plan::{Choice, Decision, Step, SysrootFact, UnitPlan, Way};
use crate::project::Target;
use crate::report::{Chosen, Event, TargetReason};
use crate::tools::files;

/// What the smallest target lacks of what a package needs, and what cargo made to show it.
struct Verdict {
    reasons: Vec<TargetReason>,
    /// What was made for the smallest target, where that was not only a probe.
    made: Option<Artifacts>,
}

impl Build<'_> {
    /// Decides, builds, and remembers.
    pub(super) fn choose(&mut self, choice: &Choice) -> Result<(), StageError> {
        let (small, large) = (choice.smallest.target, choice.supported.target);
        let remembered = choice.remembered.as_ref();
        // The larger one is known to compile; of the smaller one it shows each time anew.
        let mut of_large = None;
        if remembered.is_some_and(|remembered| remembered.target == large) {
            of_large = Some(self.compile(&choice.supported)?);
        }
        let mut of_small = None;
        if remembered.is_some_and(|remembered| remembered.target == small) {
            of_small = Some(self.attempt(&choice.smallest.compile, Attempt::Shown)?);
        }
        if let Some(remembered) = remembered
            && let Some(artifacts) = of_large.as_ref().or(of_small.as_ref().and_then(|made| made.as_ref().ok()))
            && marks(choice, artifacts)? == remembered.marks
        {
            let artifacts = of_large.or(of_small.and_then(Result::ok)).unwrap_or_default();
            return self.make(choice, choice.way(remembered.target), artifacts, remembered.reasons.clone(), true);
        }

        let verdict = self.judge(choice, of_small)?;
        if verdict.reasons.is_empty() {
            let artifacts = match verdict.made {
                Some(made) => made,
                None => self.compile(&choice.smallest)?,
            };
            return self.make(choice, &choice.smallest, artifacts, Vec::new(), false);
        }
        let artifacts = match of_large {
            Some(made) => made,
            None => self.compile(&choice.supported)?,
        };
        self.make(choice, &choice.supported, artifacts, verdict.reasons, false)
    }

    /// Finds out what the smallest target lacks. `made` is what was already made for it, or why that was not possible.
    fn judge(
        &mut self,
        choice: &Choice,
        made: Option<Result<Artifacts, Vec<TargetReason>>>,
    ) -> Result<Verdict, StageError> {
        let small = match made {
            Some(Err(reasons)) => return Ok(Verdict { reasons, made: None }),
            Some(Ok(made)) => Some(made),
            None => None,
        };
        let (shown, made) = match (&choice.probe, small) {
            (None, Some(made)) => (made.clone(), Some(made)),
            (None, None) => match self.attempt(&choice.smallest.compile, Attempt::Shown)? {
                Ok(made) => (made.clone(), Some(made)),
                Err(reasons) => return Ok(Verdict { reasons, made: None }),
            },
            (Some(probe), made) => {
                self.reporter.status("Probing", format!("{}: what it needs of a system", choice.package));
                match self.attempt(probe, Attempt::Hidden)? {
                    Ok(shown) => (shown, made),
                    Err(reasons) => return Ok(Verdict { reasons, made: None }),
                }
            }
        };
        let mut reasons: Vec<TargetReason> = Vec::new();
        for unit in &choice.units {
            let bytes = super::read(&shown.of(unit)?)?;
            for reason in reach::lacking(&bytes, unit, shown.local()) {
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
        Ok(Verdict { reasons, made })
    }

    /// Sets up and runs cargo; that it fails ends the build.
    fn compile(&mut self, way: &Way) -> Result<Artifacts, StageError> {
        let before = std::mem::take(&mut self.artifacts);
        let done = way.compile.iter().try_for_each(|step| self.step(step));
        let made = std::mem::replace(&mut self.artifacts, before);
        done.map(|()| made)
    }

    /// The same for the smallest target: what is to be said against that target is no error.
    fn attempt(&mut self, steps: &[Step], how: Attempt) -> Result<Result<Artifacts, Vec<TargetReason>>, StageError> {
        let mut made = Artifacts::default();
        for step in steps {
            match step {
                Step::Cargo(run) => {
                    let sysroot: &SysrootFact = self.sysroots.get(&run.target).unwrap_or(&run.sysroot);
                    match attempt::run(run, sysroot, how, self.cancel, self.reporter)? {
                        Ok(artifacts) => made.extend(artifacts),
                        Err(reason) => return Ok(Err(vec![reason])),
                    }
                }
                step => match self.step(step) {
                    Err(StageError::Setup(error)) => {
                        let what = format!("its standard library can't be set up: {error}");
                        return Ok(Err(vec![TargetReason {
                            lacks: "build".to_owned(),
                            what,
                            ..TargetReason::default()
                        }]));
                    }
                    done => done?,
                },
            }
        }
        Ok(Ok(made))
    }

    /// Says what was decided, makes the components, and leaves word for the next build.
    fn make(
        &mut self,
        choice: &Choice,
        way: &Way,
        artifacts: Artifacts,
        reasons: Vec<TargetReason>,
        fresh: bool,
    ) -> Result<(), StageError> {
        let marks = marks(choice, &artifacts)?;
        self.artifacts.extend(artifacts);
        let package = choice.package.clone();
        let chosen = Chosen { package, target: way.target.name(), reasons, fresh };
        self.reporter.emit(Event::Chosen(chosen.clone()));
        way.make.iter().try_for_each(|step| self.step(step))?;
        if fresh {
            return Ok(());
        }
        for step in &way.make {
            let Step::Emit { unit, files, .. } = step else { continue };
            let at = choice.units.iter().position(|other| other.name == unit.name);
            let Some(mark) = at.and_then(|at| marks.get(at)) else { continue };
            remember(unit, &files.record, way.target, &chosen.reasons, mark)?;
        }
        Ok(())
    }
}

/// What tells that cargo has made something again, component by component: where, when, and how much. The bytes may be the same
/// although the source is not, since an optimizer leaves nothing of a function that only says "no".
fn marks(choice: &Choice, artifacts: &Artifacts) -> Result<Vec<String>, StageError> {
    let mark = |unit: &UnitPlan| {
        let path = artifacts.of(unit)?;
        let metadata = files::metadata(&path).map_err(|source| StageError::Read { source })?;
        let modified = metadata.modified().map_err(|source| StageError::Read { source })?;
        let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(format!("{}.{:09} {}", since.as_secs(), since.subsec_nanos(), metadata.len()))
    };
    choice.units.iter().map(mark).collect()
}

fn remember(
    unit: &UnitPlan,
    record: &std::path::Path,
    target: Target,
    reasons: &[TargetReason],
    mark: &str,
) -> Result<(), StageError> {
    let decision = Decision { rules: Decision::rules(), target, reasons: reasons.to_vec(), mark: mark.to_owned() };
    let content = serde_json::to_vec_pretty(&decision).map_err(|source| StageError::Record { source })?;
    files::write(&record.with_file_name(Decision::file_name(&unit.name)), &content)?;
    Ok(())
}
