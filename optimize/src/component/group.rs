//! Definitions of one kind stand together, in one section: each section costs its head.
//!
//! **Why it is sound.** A definition names others by index, and none but itself is changed by where it stands (component model,
//! `Explainer.md`: indices are the only references, and go backwards). So any order will do in which each stands after what it refers
//! to, but for what can be seen: instances are made one after the other, and imports and exports have an order. Those keep
//! theirs, and so do custom sections and the start function.

use std::collections::BTreeMap;

use wasmparser::{ComponentInstance, Instance};

use super::{Component, Definition, Noted, Pass, Reference, Walker};
use crate::error::PassError;
use crate::options::Options;

pub(crate) struct GroupDefinitions;

/// More definitions than any composition has: the search for the longest run looks at all of them each time.
const MOST: usize = 5_000;

impl Pass for GroupDefinitions {
    fn name(&self) -> &'static str {
        "group-definitions"
    }

    fn run(&self, bytes: &[u8], _: &Options) -> Result<Vec<u8>, PassError> {
        let component = Component::parse(bytes)?;
        let order = order(&component)?;
        if order.len() < component.definitions.len() {
            return Ok(bytes.to_vec());
        }
        component.encode_in(&order, |reference| reference)
    }
}

/// An order in which definitions of one kind stand together, and each after what it refers to. There are fewer in it
/// where there is no such order, or none was looked for.
pub(super) fn order(component: &Component<'_>) -> Result<Vec<usize>, PassError> {
    if component.definitions.len() > MOST {
        return Ok(Vec::new());
    }
    // What stands in front is read by those who look no further than the first module.
    let front = component.definitions.iter().take_while(|it| matches!(it, Definition::Custom(..))).count();
    let order = Schedule::of(component)?.order().into_iter().filter(|place| *place >= front);
    Ok((0..front).chain(order).collect())
}

/// What has to stand before what.
struct Schedule {
    /// For each definition its section, as far as it shares one.
    kinds: Vec<Kind>,
    /// For each definition how many stand before it that are not placed yet.
    waits: Vec<usize>,
    /// For each definition those that wait for it.
    followers: Vec<Vec<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Type,
    CoreType,
    Import,
    Alias,
    Canonical,
    CoreInstance,
    Instance,
    Module,
    Component,
    Export,
    Other,
}

impl Schedule {
    fn of(component: &Component<'_>) -> Result<Self, PassError> {
        let count = component.definitions.len();
        let mut makers: BTreeMap<Reference, usize> = BTreeMap::new();
        let mut schedule = Self { kinds: Vec::new(), waits: vec![0; count], followers: vec![Vec::new(); count] };
        // The last one that was made, imported or exported.
        let (mut effect, mut door) = (None, None);
        for (place, made) in component.indices().into_iter().enumerate() {
            if let Some((sort, first, count)) = made {
                makers.extend((first..first + count).map(|index| (Reference { sort, index }, place)));
            }
        }
        for (place, definition) in component.definitions.iter().enumerate() {
            let mut noted = Noted::default();
            Walker::new(&mut noted).write(definition, &mut wasm_encoder::Component::new())?;
            for reference in noted.0 {
                if let Some(maker) = makers.get(&reference) {
                    schedule.waits_for(place, *maker);
                }
            }
            let chain = match definition {
                Definition::CoreInstance(Instance::Instantiate { .. })
                | Definition::Instance(ComponentInstance::Instantiate { .. }) => Some(&mut effect),
                Definition::Import(_) | Definition::Export(_) => Some(&mut door),
                _ => None,
            };
            if let Some(chain) = chain
                && let Some(before) = chain.replace(place)
            {
                schedule.waits_for(place, before);
            }
            if matches!(definition, Definition::Start(_) | Definition::Custom(_)) {
                for chain in [&mut effect, &mut door] {
                    if let Some(before) = chain.replace(place) {
                        schedule.waits_for(place, before);
                    }
                }
            }
            schedule.kinds.push(Kind::of(definition));
        }
        Ok(schedule)
    }

    fn waits_for(&mut self, place: usize, before: usize) {
        if let (Some(waits), Some(followers)) = (self.waits.get_mut(place), self.followers.get_mut(before)) {
            *waits += 1;
            followers.push(place);
        }
    }

    /// The definitions run by run: first of a kind of which all that is left can be placed, else of that with the longest run.
    fn order(mut self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.kinds.len());
        let mut left: BTreeMap<Kind, usize> = BTreeMap::new();
        for kind in &self.kinds {
            *left.entry(*kind).or_default() += 1;
        }
        let mut is_placed = vec![false; self.kinds.len()];
        while order.len() < self.kinds.len() {
            let runs = left.iter().map(|(kind, left)| (self.run(*kind, &is_placed), *left));
            let longest = runs
                .filter(|(run, _)| !run.is_empty())
                .max_by_key(|(run, left)| (run.len() == *left, run.len(), std::cmp::Reverse(run.first().copied())));
            // In a valid component references go backwards, so there is always one that waits for nothing.
            let Some((run, _)) = longest else { break };
            for place in run {
                is_placed[place] = true;
                if let Some(left) = left.get_mut(&self.kinds[place]) {
                    *left -= 1;
                }
                for follower in &self.followers[place] {
                    self.waits[*follower] -= 1;
                }
                order.push(place);
            }
        }
        order
    }

    /// All of a kind that can be placed one after the other now.
    fn run(&self, kind: Kind, is_placed: &[bool]) -> Vec<usize> {
        let mut run = Vec::new();
        let mut met: BTreeMap<usize, usize> = BTreeMap::new();
        // What a definition waits for stands before it, so one sweep sees everything in its order.
        for (place, other) in self.kinds.iter().enumerate() {
            let met_here = met.get(&place).copied().unwrap_or(0);
            if *other == kind && !is_placed[place] && self.waits[place] == met_here {
                for follower in &self.followers[place] {
                    *met.entry(*follower).or_default() += 1;
                }
                run.push(place);
            }
        }
        run
    }
}

impl Kind {
    fn of(definition: &Definition<'_>) -> Self {
        match definition {
            Definition::Type(_) => Self::Type,
            Definition::CoreType(_) => Self::CoreType,
            Definition::Import(_) => Self::Import,
            Definition::Alias(_) => Self::Alias,
            Definition::Canonical(_) => Self::Canonical,
            Definition::CoreInstance(_) => Self::CoreInstance,
            Definition::Instance(_) => Self::Instance,
            Definition::Module(_) => Self::Module,
            Definition::Component(_) => Self::Component,
            Definition::Export(_) => Self::Export,
            Definition::Start(_) | Definition::Custom(_) => Self::Other,
        }
    }
}
