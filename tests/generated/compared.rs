//! Two modules side by side: called alike, and compared after each call.

use wasmtime::{Engine, Extern, Module, Trap};

use crate::observed::Outcome;
use crate::random::Random;
use crate::world::{Side, Start, kind, start};

/// What was seen, so that nobody takes silence for success.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) returned: usize,
    pub(crate) trapped: usize,
    pub(crate) endless: usize,
    pub(crate) host_calls: usize,
}

/// How closely traps are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traps {
    /// Of the same kind, and what was done before them as well.
    Alike,
    /// Where one traps the other does: code before a trap was cut.
    Any,
}

/// Fuel counts instructions, so what is optimized needs another amount. What ends within the first has to end within the
/// second; and what goes on through the first is not to end within the third.
const FUEL: u64 = 100_000;
const FUEL_AFTER: u64 = 2 * FUEL;
const FUEL_AT_LEAST: u64 = FUEL / 1000;

const CALLS: usize = 16;
const SLOTS: usize = 6;

/// Runs both and says where they differ. Nothing is what can be said of modules that the host can't start.
pub(crate) fn compare(
    engine: &Engine,
    before: &Module,
    after: &Module,
    traps: Traps,
    seed: u64,
) -> Result<Option<Tally>, String> {
    let doors = |module: &Module| -> Vec<_> {
        module.exports().map(|export| (export.name().to_owned(), kind(&export.ty()))).collect()
    };
    if doors(before) != doors(after) {
        return Err(format!("exports: {:?} became {:?}", doors(before), doors(after)));
    }
    let mut pair = Pair { engine, before, after, traps, seed, tally: Tally::default() };
    let Some(mut sides) = pair.start()? else { return Ok(None) };
    let Some(mut running) = sides.take() else { return Ok(Some(pair.tally)) };
    let names: Vec<String> =
        running.0.exports().into_iter().filter(|(_, it)| matches!(it, Extern::Func(_))).map(|(name, _)| name).collect();
    let mut random = Random(seed);
    for call in 0..if names.is_empty() { 0 } else { CALLS } {
        let name = if call < names.len() { &names[call] } else { &names[random.below(names.len())] };
        let seed = random.next();
        let (left, right) = &mut running;
        let functions = (
            left.instance.get_func(&mut left.store, name).unwrap(),
            right.instance.get_func(&mut right.store, name).unwrap(),
        );
        if !pair.step(name, &mut running, functions, seed)? {
            match pair.start()?.flatten() {
                Some(fresh) => running = fresh,
                None => return Ok(Some(pair.tally)),
            }
        }
    }
    let (left, right) = (running.0.slots(), running.1.slots());
    for _ in 0..SLOTS.min(left.len()) {
        let place = random.below(left.len());
        let ((name, one), (_, other)) = (&left[place], &right[place]);
        if !pair.step(name, &mut running, (*one, *other), random.next())? {
            break;
        }
    }
    Ok(Some(pair.tally))
}

struct Pair<'p> {
    engine: &'p Engine,
    before: &'p Module,
    after: &'p Module,
    traps: Traps,
    seed: u64,
    tally: Tally,
}

type Sides = (Side, Side);

impl Pair<'_> {
    /// Both from the beginning; an inner nothing, where that ends both; an outer one, where the host can't.
    fn start(&mut self) -> Result<Option<Option<Sides>>, String> {
        let before = start(self.engine, self.before, self.before, FUEL, self.seed);
        if let Start::Impossible(_) = before {
            return Ok(None);
        }
        match (before, start(self.engine, self.before, self.after, FUEL_AFTER, self.seed)) {
            (Start::Running(mut before), Start::Running(mut after)) => {
                self.same("instantiation", &mut before, &mut after)?;
                Ok(Some(Some((*before, *after))))
            }
            (Start::Ended(before, _), Start::Ended(after, _)) if self.agree(&before, &after) => Ok(Some(None)),
            // It may have come further.
            (Start::Ended(Outcome::Endless(_), _), _) | (_, Start::Ended(Outcome::Endless(Trap::StackOverflow), _)) => {
                Ok(Some(None))
            }
            (before, after) => Err(format!("instantiation: {} became {}", before.said(), after.said())),
        }
    }

    /// One call of each; whether both can go on.
    fn step(
        &mut self,
        name: &str,
        (left, right): &mut Sides,
        functions: (wasmtime::Func, wasmtime::Func),
        seed: u64,
    ) -> Result<bool, String> {
        let Some(before) = left.call(functions.0, FUEL, seed) else { return Ok(true) };
        let Some(after) = right.call(functions.1, FUEL_AFTER, seed) else {
            return Err(format!("{name} takes what it has not taken"));
        };
        match (&before, &after) {
            (Outcome::Endless(trap), other) => {
                self.tally.endless += 1;
                let used = FUEL_AFTER - right.store.get_fuel().unwrap();
                let has_ended = !matches!(other, Outcome::Endless(_));
                if *trap == Trap::OutOfFuel && has_ended && used < FUEL_AT_LEAST && self.traps == Traps::Alike {
                    return Err(format!("{name} goes on and on, and then ends after {used} instructions: {other:?}"));
                }
                return Ok(false);
            }
            (_, Outcome::Endless(Trap::StackOverflow)) => {
                self.tally.endless += 1;
                return Ok(false);
            }
            (Outcome::Trapped(_), Outcome::Trapped(_)) if self.traps == Traps::Any => {
                self.tally.trapped += 1;
                return Ok(false);
            }
            _ if before != after => return Err(format!("{name}: {before:?} became {after:?}")),
            (Outcome::Returned(_), _) => self.tally.returned += 1,
            (Outcome::Trapped(_), _) => self.tally.trapped += 1,
        }
        self.same(name, left, right)?;
        Ok(true)
    }

    /// What the host was asked for, and what can be read, are the same.
    fn same(&mut self, name: &str, left: &mut Side, right: &mut Side) -> Result<(), String> {
        let traces =
            (std::mem::take(&mut left.store.data_mut().trace), std::mem::take(&mut right.store.data_mut().trace));
        self.tally.host_calls += traces.0.len();
        if traces.0 != traces.1 {
            return Err(format!("{name} asks the host for {:?} and then for {:?}", traces.0, traces.1));
        }
        let states = (left.state(), right.state());
        match states.0.iter().zip(&states.1).find(|(before, after)| before != after) {
            Some((before, after)) => Err(format!("after {name}: {before}, and then {after}")),
            None => Ok(()),
        }
    }

    fn agree(&self, before: &Outcome, after: &Outcome) -> bool {
        before == after
            || self.traps == Traps::Any && matches!((before, after), (Outcome::Trapped(_), Outcome::Trapped(_)))
    }
}

impl Start {
    fn said(&self) -> String {
        match self {
            Self::Running(_) => "an instance".to_owned(),
            Self::Ended(outcome, trace) => format!("{outcome:?} after {trace:?}"),
            Self::Impossible(said) => said.clone(),
        }
    }
}
