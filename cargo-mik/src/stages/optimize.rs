//! Makes a component smaller, with `mik-optimize`: its passes know components, so nothing that a host sees changes.

use mik_optimize::{Names, Options, Origins, Outside};
use wasmparser::{Parser, Payload};

use super::error::NamesGone;
use super::wasm_opt::WasmOpt;
use super::{BuildId, StageError, Work};
use crate::plan::{Part, UnitPlan, WasmOptProgram};
use crate::project::{Optimize, Panic};
use crate::report::{Event, Optimized, Reporter};

/// Optimizes what a unit is at the moment, and says what that has saved.
pub(super) fn optimize(
    work: &mut Work,
    part: Part,
    how: How<'_>,
    unit: &UnitPlan,
    reporter: &Reporter,
) -> Result<(), StageError> {
    let How { optimize, panic, wasm_opt } = how;
    // The handler's names are gone by the time it is composed; the bridge's own panics are traps already.
    if panic == Panic::Trap && part == Part::Handler && !has_names(&work.bytes) {
        reporter.warn(NamesGone {
            name: unit.name.clone(),
            help: "take `strip` out of the profile, or write `strip = \"debuginfo\"`: names are taken out at the end all the same",
        });
    }
    let options = Options { panic: panic.into(), names: Names::Strip };
    let origins = work.origins.take().unwrap_or_default();
    let wasm_opt = wasm_opt.map(|program| WasmOpt::new(program, optimize, work.handler.as_deref()));
    let outside = wasm_opt.as_ref().map(|it| it as &dyn Outside);
    let mut output = mik_optimize::optimize_with(&work.bytes, &options, &origins, outside)
        .map_err(|source| StageError::Optimize { unit: unit.name.clone(), source })?;
    work.origins = Some(std::mem::take(&mut output.origins));
    if let Some(wasm_opt) = wasm_opt {
        let is_as_planned = wasm_opt.tell(&unit.name, std::mem::take(&mut output.refused), reporter)?;
        if !is_as_planned {
            // The next build is to try again, and to say so again: its record is of nothing that cargo could make.
            work.source.clear();
        }
    }
    let part = match part {
        Part::Handler => "handler",
        Part::Composed => "composed",
    };
    let optimized = saved(&unit.name, part, work.bytes.len(), &output, how.wasm_opt);
    work.bytes = output.bytes;
    work.optimized.push(optimized.clone());
    reporter.emit(Event::Optimized(optimized));
    Ok(())
}

/// To what end, and with what help.
#[derive(Clone, Copy, Debug)]
pub(super) struct How<'p> {
    pub(super) optimize: Optimize,
    pub(super) panic: Panic,
    pub(super) wasm_opt: Option<&'p WasmOptProgram>,
}

/// What passes have made, with its build-id, and the side-car of it, where names or lines of its code are known. Where they are
/// not, the build-id has nothing to lead to, and is there only if it always is.
pub(super) fn identified(
    component: Vec<u8>,
    origins: &Origins,
    always: bool,
) -> Result<(Vec<u8>, Option<Vec<u8>>), mik_optimize::Error> {
    let (mut component, build_id) = BuildId::of(component);
    let mut side_car = mik_optimize::side_car(&component, origins)?;
    if let Some(side_car) = &mut side_car {
        build_id.append_to(side_car);
    }
    if always || side_car.is_some() {
        build_id.append_to(&mut component);
    }
    Ok((component, side_car))
}

/// What the passes have saved, in all and one by one.
pub(super) fn saved(
    name: &str,
    part: &'static str,
    before: usize,
    output: &mik_optimize::Optimized,
    wasm_opt: Option<&WasmOptProgram>,
) -> Optimized {
    let (before, after) = (before as u64, output.bytes.len() as u64);
    let mut savings: Vec<(&'static str, u64)> = Vec::new();
    for statistic in &output.statistics {
        let saved = statistic.before.saturating_sub(statistic.after) as u64;
        match savings.iter_mut().find(|(pass, _)| *pass == statistic.pass) {
            Some((_, all)) => *all += saved,
            None => savings.push((statistic.pass, saved)),
        }
    }
    // What it has given and what was not taken is no part of it.
    let has_taken_part = savings.iter().any(|(pass, _)| *pass == "wasm-opt");
    let wasm_opt = wasm_opt.filter(|_| has_taken_part).map(ToString::to_string);
    Optimized { wasm_opt, ..Optimized::of_savings(name, part, before, after, savings) }
}

/// Whether the names of functions are still there: in the largest core module, which is the code that cargo compiled.
pub(super) fn has_names(component: &[u8]) -> bool {
    let (mut largest, mut has_names) = (0, false);
    let mut modules: Vec<(u64, bool)> = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload {
            Ok(Payload::Version { range, .. }) => modules.push((range.start, false)),
            Ok(Payload::CustomSection(section)) if section.name() == "name" => {
                if let Some((_, named)) = modules.last_mut() {
                    *named = true;
                }
            }
            Ok(Payload::End(end)) => {
                if let Some((start, named)) = modules.pop()
                    && let Some(module) = component.get(start as usize..end as usize)
                    && Parser::is_core_wasm(module)
                    && module.len() > largest
                {
                    (largest, has_names) = (module.len(), named);
                }
            }
            _ => {}
        }
    }
    has_names
}

impl From<Panic> for mik_optimize::Panic {
    fn from(panic: Panic) -> Self {
        match panic {
            Panic::Message => Self::Message,
            Panic::Trap => Self::Trap,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_largest_module_are_seen_and_no_others() {
        let parse = |text: &str| wat::parse_str(text).unwrap();
        assert!(has_names(&parse(
            "(component (core module (func $f unreachable unreachable unreachable)) (core module (func)))"
        )));
        assert!(!has_names(&parse(
            "(component (core module (func unreachable unreachable unreachable unreachable \
                                   unreachable unreachable unreachable unreachable unreachable unreachable unreachable \
                                   unreachable unreachable unreachable unreachable unreachable)) (core module (func $f)))"
        )));
        assert!(!has_names(b"nothing of the kind"));
    }
}
