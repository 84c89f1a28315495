//! Functions that are called once, and those that are no longer than their calls, go into their callers.
//!
//! **Why it is sound.** A call takes its arguments from the stack into new locals, sets all other locals to zero, runs the
//! body, and goes on with the results on the stack (core specification, §4.4.10, "invocation"). The same is written at the call: the
//! arguments go into locals that nothing else names, the body follows, `return` becomes a branch to the end of a block around it,
//! and such a branch leaves the stack below that block alone (§4.4.8). Locals are zero when the caller begins; where the call is
//! in a loop and one may be read before it is written, it is set to zero first. An argument that is a constant or a
//! local of the caller needs no local of its own where the body never writes to that parameter: the body can't write
//! to the caller's locals.
//!
//! It is done only for functions that are referred to by calls alone (no export, no element, no `ref.func`), that do not call
//! themselves, and whose locals are numbers; so none is left behind, and depth of recursion stays bounded by the stack as before.
//! What a site costs is counted before; functions that take part in one round as callees are not changed in it.

mod body;

use std::collections::{BTreeMap, BTreeSet};

use self::body::Body;
use super::clean;
use super::{Context, Pass};
use crate::error::PassError;
use crate::module::{Calls, Module, Renumbering, Signatures};
use crate::origins::{Code, Made, Traced};

pub(crate) struct InlineCalls;

/// The longest body, in bytes, that may go to more than one place.
const SHORT: usize = 32;

/// The longest body, in bytes, that a caller may get to: compilers of WebAssembly take more than linear time.
const LONGEST: usize = 64 * 1024;

/// The most locals that a caller may get to. Beyond this their numbers get longer.
const MOST_LOCALS: u32 = 128;

impl Pass for InlineCalls {
    fn name(&self) -> &'static str {
        "inline-calls"
    }

    fn run(&self, bytes: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        let mut module = Module::parse(bytes)?;
        let imported = module.imported_functions();
        let signatures = Signatures::of(&module);
        let chosen = choose(&module, &signatures, &Calls::of(&module)?)?;
        if chosen.is_empty() {
            return Ok(Made::same(bytes));
        }
        let callers: BTreeSet<u32> = chosen.values().flat_map(|choice| choice.callers.iter().copied()).collect();
        let mut inlined = BTreeMap::new();
        for caller in callers {
            let Some(place) = caller.checked_sub(imported) else { continue };
            if let Some(body) = Body::of(&module, &signatures, caller)? {
                inlined.insert(place, body.with(&chosen)?);
            }
        }
        let gone: BTreeSet<u32> = chosen.into_keys().collect();
        let mut traced = BTreeMap::new();
        for (place, (body, code)) in inlined {
            if let Some(function) = module.functions.get_mut(place as usize) {
                function.rewrite(body, Vec::new());
            }
            traced.insert(place, code);
        }
        let mut renumbering = Renumbering::whole(&module);
        renumbering.functions.keep(|index| !gone.contains(&index));
        let made = module.encode(&renumbering)?;
        let Code::Moved(moved) = made.code else { return Ok(made) };
        let code = moved.into_iter().map(|it| match traced.remove(&it.function) {
            Some(code) => code,
            None => Traced { function: Some(it.function), ..Traced::default() },
        });
        Ok(Made { bytes: made.bytes, code: Code::Traced(code.collect()) })
    }
}

/// A function that goes into its callers.
struct Choice<'a> {
    body: Body<'a>,
    callers: BTreeSet<u32>,
}

/// Which functions go into their callers.
fn choose<'a>(
    module: &'a Module<'_>,
    signatures: &Signatures<'_>,
    calls: &Calls,
) -> Result<BTreeMap<u32, Choice<'a>>, PassError> {
    let imported = module.imported_functions();
    let mut chosen: BTreeMap<u32, Choice<'a>> = BTreeMap::new();
    // What each caller gets to; looked into once, however many functions it calls.
    let mut callers: BTreeMap<u32, Option<Growth>> = BTreeMap::new();
    let mut grown: BTreeSet<u32> = BTreeSet::new();
    for (callee, sites) in &calls.sites {
        let Some(place) = callee.checked_sub(imported) else { continue };
        let Some(function) = module.functions.get(place as usize) else { continue };
        let count: usize = sites.values().map(Vec::len).sum();
        let length = function.body().len();
        let is_free = !calls.escaped.contains(callee) && !grown.contains(callee) && !sites.contains_key(callee);
        if !is_free || count > 1 && length > SHORT || sites.keys().any(|caller| chosen.contains_key(caller)) {
            continue;
        }
        let Some(body) = Body::of(module, signatures, *callee)? else { continue };
        // What is gone: the body with its size, and the number of its type.
        let gone = length as i64 + 2;
        if sites.values().flatten().map(|site| body.cost(site.simple)).sum::<i64>() >= gone {
            continue;
        }
        let mut growths = Vec::new();
        for (caller, sites) in sites {
            let growth = match callers.get(caller) {
                Some(growth) => *growth,
                None => {
                    let growth = Body::of(module, signatures, *caller)?;
                    let growth = growth.map(|body| Growth { length: body.length(), locals: body.locals() });
                    callers.insert(*caller, growth);
                    growth
                }
            };
            let Some(growth) = growth.and_then(|growth| growth.with(&body, sites.len())) else { break };
            growths.push((*caller, Some(growth)));
        }
        if growths.len() == sites.len() {
            grown.extend(sites.keys().copied());
            callers.extend(growths);
            chosen.insert(*callee, Choice { body, callers: sites.keys().copied().collect() });
        }
    }
    Ok(chosen)
}

/// What a caller gets to.
#[derive(Clone, Copy)]
struct Growth {
    length: usize,
    locals: u32,
}

impl Growth {
    /// The same with a body in it so many times; nothing, where that is too much.
    fn with(self, body: &Body<'_>, times: usize) -> Option<Self> {
        let length = self.length.checked_add(body.length().checked_mul(times)?)?;
        let locals = self.locals.checked_add(body.locals().checked_mul(u32::try_from(times).ok()?)?)?;
        (length <= LONGEST && locals <= MOST_LOCALS).then_some(Self { length, locals })
    }
}
