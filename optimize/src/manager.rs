//! The pass manager: takes components apart, runs each pass where it belongs, checks what it made, and goes on until
//! nothing gets smaller.
//!
//! What a pass makes is taken only where it is smaller, or where it is the one order of the same things. So the passes can't
//! go in circles, and the whole is idempotent: what comes out is what no pass can make smaller, and a second run finds that again. An outside
//! optimizer has each module once, after dead code is gone and before the passes that repeat: it would undo what some of them do,
//! and they find more after it.

use std::collections::BTreeSet;

use wasmparser::Parser;

use crate::component::{self, Component, Definition, direct, used_exports};
use crate::core;
use crate::error::{Error, PassError};
use crate::module::Module;
use crate::options::Options;
use crate::origins::{Made, ModuleOrigins, Origins};
use crate::outside::{self, Outside, Refused};
use crate::statistics::Statistic;
use crate::validate::validate;

/// How often the passes are repeated at most. Compilers' output takes three or four rounds; what takes more was made to.
const MOST_ROUNDS: usize = 50;

/// Runs the passes.
pub(crate) struct Manager<'o> {
    pub(crate) options: &'o Options,
    pub(crate) statistics: Vec<Statistic>,
    /// The one pass that runs, where not all of them do.
    pub(crate) only: Option<&'o str>,
    /// Why what the outside optimizer has made was not taken.
    pub(crate) refused: Vec<Refused>,
    outside: Option<&'o dyn Outside>,
    path: Vec<u32>,
    /// What needs names, and takes them away, runs in the first round only.
    is_first_round: bool,
    /// Modules that no pass makes smaller, with the exports that were used: they need not be looked at again.
    settled: BTreeSet<(Vec<u8>, Option<BTreeSet<String>>)>,
    /// Where the code of the input comes from, as far as that is known.
    earlier: &'o Origins,
    /// The same of every module that passes have made: found by its code, it finds its way through what becomes of components.
    origins: Origins,
}

impl<'o> Manager<'o> {
    pub(crate) fn new(options: &'o Options, earlier: &'o Origins, outside: Option<&'o dyn Outside>) -> Self {
        Self {
            options,
            statistics: Vec::new(),
            only: None,
            refused: Vec::new(),
            outside,
            path: Vec::new(),
            is_first_round: true,
            settled: BTreeSet::new(),
            earlier,
            origins: Origins::default(),
        }
    }

    /// Where the code of what was made comes from.
    pub(crate) fn origins(&self, made: &[u8]) -> Result<Origins, Error> {
        Origins::of(made, |module| self.known(module)).map_err(|source| Error::Pass { pass: "walk", source })
    }

    fn known(&self, module: &[u8]) -> Option<ModuleOrigins> {
        self.origins.find(module).or_else(|| self.earlier.find(module)).cloned()
    }

    /// Makes a valid module or component as small as the passes can.
    pub(crate) fn run(&mut self, input: &[u8]) -> Result<Vec<u8>, Error> {
        let mut best = input.to_vec();
        for _ in 0..MOST_ROUNDS {
            let before = best.len();
            best = if Parser::is_component(&best) { self.component(best)? } else { self.module(best, false, None)? };
            self.is_first_round = false;
            // What is around a module may have changed with what is in it, and the other way round.
            if best.len() == before {
                break;
            }
        }
        Ok(best)
    }

    fn module(
        &mut self,
        bytes: Vec<u8>,
        is_enclosed: bool,
        exports: Option<&BTreeSet<String>>,
    ) -> Result<Vec<u8>, Error> {
        let mut best = bytes;
        let is_object = Module::parse(&best).map_err(|source| Error::Pass { pass: "parse", source })?.is_object();
        if is_object && !is_enclosed {
            return Ok(best);
        }
        if !self.is_first_round && self.settled.contains(&(best.clone(), exports.cloned())) {
            return Ok(best);
        }
        let context = core::Context { options: self.options, is_enclosed, exports };
        let as_it_is = || ModuleOrigins::as_it_is(&best).map_err(|source| Error::Pass { pass: "walk", source });
        let mut origins = self.known(&best).map_or_else(as_it_is, Ok)?;
        if self.is_first_round {
            let outside = self.outside.filter(|outside| outside.wants(&best));
            for pass in core::ONCE {
                best = self.traced(*pass, best, &context, &mut origins)?;
            }
            if let Some(outside) = outside {
                // Without what nobody uses it sees more; what it makes of that, passes make smaller still.
                best = self.traced(&core::DeadCode, best, &context, &mut origins)?;
                best = self.outside(outside, best, &mut origins)?;
            }
        }
        let mut idle = 0;
        for pass in core::REPEATED.iter().cycle().take(MOST_ROUNDS * core::REPEATED.len()) {
            let before = best.len();
            best = self.traced(*pass, best, &context, &mut origins)?;
            idle = if best.len() < before { 0 } else { idle + 1 };
            if idle == core::REPEATED.len() {
                break;
            }
        }
        self.settled.insert((best.clone(), exports.cloned()));
        self.origins.add(origins);
        Ok(best)
    }

    /// A pass over a core module, and where the code that it makes comes from.
    fn traced(
        &mut self,
        pass: &dyn core::Pass,
        bytes: Vec<u8>,
        context: &core::Context<'_>,
        origins: &mut ModuleOrigins,
    ) -> Result<Vec<u8>, Error> {
        if self.only.is_some_and(|only| only != pass.name()) {
            return Ok(bytes);
        }
        let made = pass.run(&bytes, context).map_err(|source| Error::Pass { pass: pass.name(), source })?;
        let is_canonical = pass.is_canonical() && made.bytes.len() == bytes.len() && made.bytes != bytes;
        if made.bytes.len() >= bytes.len() && !is_canonical {
            return Ok(bytes);
        }
        self.taken(pass.name(), &bytes, &made.bytes)?;
        origins.after(&made.bytes, made.code);
        Ok(made.bytes)
    }

    /// What the outside optimizer makes of a core module, where that may be taken. It need not be smaller.
    fn outside(
        &mut self,
        outside: &dyn Outside,
        bytes: Vec<u8>,
        origins: &mut ModuleOrigins,
    ) -> Result<Vec<u8>, Error> {
        let pass = outside.name();
        match outside::run(outside, &bytes).map_err(|source| Error::Pass { pass, source })? {
            Ok(None) => Ok(bytes),
            Ok(Some(Made { bytes: output, code })) => {
                origins.after(&output, code);
                self.statistics.push(Statistic {
                    path: self.path.clone(),
                    pass,
                    before: bytes.len(),
                    after: output.len(),
                });
                Ok(output)
            }
            Err(refused) => {
                self.refused.push(refused);
                Ok(bytes)
            }
        }
    }

    fn component(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
        let mut best = self.nested(bytes)?;
        let options = self.options;
        if self.is_first_round {
            for pass in component::once(self.path.is_empty()) {
                best = self.step(pass.name(), best, |bytes| pass.run(bytes, options))?;
            }
        }
        best = self.direct_imports(best)?;
        for pass in component::REPEATED {
            best = self.step(pass.name(), best, |bytes| pass.run(bytes, options))?;
        }
        Ok(best)
    }

    /// The one pass over a component that makes modules of others.
    fn direct_imports(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
        let options = self.options;
        let mut modules = Vec::new();
        let direct = self.step(direct::NAME, bytes, |bytes| match direct::run(bytes, options)? {
            Some(direct) => {
                modules = direct.modules;
                Ok(direct.component)
            }
            None => Ok(bytes.to_vec()),
        })?;
        for (whole, made) in modules {
            let as_it_is = || ModuleOrigins::as_it_is(&whole).map_err(|source| Error::Pass { pass: "walk", source });
            let mut origins = self.known(&whole).map_or_else(as_it_is, Ok)?;
            for Made { bytes, code } in made {
                origins.after(&bytes, code);
            }
            self.origins.add(origins);
        }
        Ok(direct)
    }

    /// Runs the passes on what is nested in a component, and puts it back.
    fn nested(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
        let failed = |source| Error::Pass { pass: "walk", source };
        let mut component = Component::parse(&bytes).map_err(failed)?;
        let used = used_exports(&component).map_err(failed)?;
        let indices = component.indices();
        let mut replaced: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut number = 0;
        for (place, definition) in component.definitions.iter().enumerate() {
            let (Definition::Module(nested) | Definition::Component(nested)) = definition else { continue };
            let nested = *nested;
            self.path.push(number);
            number += 1;
            let smaller = if let Definition::Module(_) = definition {
                let exports = indices.get(place).copied().flatten().and_then(|(_, index, _)| used.get(&index));
                // A module that nobody instantiates goes as a whole.
                self.module(nested.to_vec(), true, exports.and_then(Option::as_ref))?
            } else {
                self.component(nested.to_vec())?
            };
            self.path.pop();
            if smaller != nested {
                replaced.push((place, smaller));
            }
        }
        for (place, smaller) in &replaced {
            if let Some(definition) = component.definitions.get_mut(*place) {
                *definition = match definition {
                    Definition::Module(_) => Definition::Module(smaller),
                    _ => Definition::Component(smaller),
                };
            }
        }
        let output = component.encode(|_| true, |reference| reference).map_err(failed)?;
        self.check("walk", &bytes, &output)?;
        // What is optimized for speed may have become larger.
        Ok(if output.len() < bytes.len() || !replaced.is_empty() { output } else { bytes.clone() })
    }

    /// One pass: what it makes is taken where it is smaller.
    fn step(
        &mut self,
        pass: &'static str,
        bytes: Vec<u8>,
        run: impl FnOnce(&[u8]) -> Result<Vec<u8>, PassError>,
    ) -> Result<Vec<u8>, Error> {
        if self.only.is_some_and(|only| only != pass) {
            return Ok(bytes);
        }
        let output = run(&bytes).map_err(|source| Error::Pass { pass, source })?;
        if output.len() >= bytes.len() {
            return Ok(bytes);
        }
        self.taken(pass, &bytes, &output)?;
        Ok(output)
    }

    /// Checks what a pass made, and notes what that saves.
    fn taken(&mut self, pass: &'static str, before: &[u8], after: &[u8]) -> Result<(), Error> {
        self.check(pass, before, after)?;
        if after.len() < before.len() {
            let (before, after) = (before.len(), after.len());
            self.statistics.push(Statistic { path: self.path.clone(), pass, before, after });
        }
        Ok(())
    }

    /// Whether what a pass made is valid. A nested component that takes from the one around it is valid only there: it is
    /// checked with the whole.
    fn check(&self, pass: &'static str, before: &[u8], after: &[u8]) -> Result<(), Error> {
        match validate(after) {
            Err(_) if !self.path.is_empty() && Parser::is_component(before) && validate(before).is_err() => Ok(()),
            checked => checked.map_err(|source| Error::InvalidOutput { pass, source }),
        }
    }
}
