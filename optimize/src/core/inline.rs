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

use wasm_encoder::reencode::Reencode;
use wasmparser::{ExternalKind, Operator};

use self::body::Body;
use super::clean;
use super::{Context, Pass};
use crate::error::PassError;
use crate::module::{Item, Module, Noted, Renumbering, Signatures, Walker};
use crate::origins::{Code, Inlined, Made};

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
        for (place, (body, _)) in &inlined {
            if let Some(function) = module.functions.get_mut(*place as usize) {
                function.rewrite(body.clone(), Vec::new());
            }
        }
        let mut renumbering = Renumbering::whole(&module);
        renumbering.functions.keep(|index| !gone.contains(&index));
        let made = module.encode(&renumbering)?;
        let Code::Moved(moved) = made.code else { return Ok(made) };
        let code = moved.into_iter().map(|it| match inlined.remove(&it.function) {
            Some((_, operators)) => Inlined { function: it.function, operators: Some(operators) },
            None => Inlined { function: it.function, operators: None },
        });
        Ok(Made { bytes: made.bytes, code: Code::Inlined(code.collect()) })
    }
}

/// A function that goes into its callers.
struct Choice<'a> {
    body: Body<'a>,
    callers: BTreeSet<u32>,
}

/// Who calls whom.
#[derive(Default)]
struct Calls {
    /// For each function that is called the calls in each other one: how many of the arguments are one instruction each.
    sites: BTreeMap<u32, BTreeMap<u32, Vec<u32>>>,
    /// What is referred to by something else than a call.
    escaped: BTreeSet<u32>,
}

impl Calls {
    fn of(module: &Module<'_>) -> Result<Self, PassError> {
        let mut calls = Self::default();
        let exported = module.exports.iter();
        let exported = exported.filter(|it| matches!(it.kind, ExternalKind::Func | ExternalKind::FuncExact));
        calls.escaped.extend(exported.map(|export| export.index));
        calls.escaped.extend(module.start);
        let mut noted = Noted::default();
        let mut walker = Walker(&mut noted);
        for element in &module.elements {
            walker.parse_element(&mut wasm_encoder::ElementSection::new(), element.clone())?;
        }
        for global in &module.globals {
            walker.parse_global(&mut wasm_encoder::GlobalSection::new(), global.clone())?;
        }
        for table in &module.tables {
            walker.parse_table(&mut wasm_encoder::TableSection::new(), table.clone())?;
        }
        let referred = noted.0.iter().filter_map(|item| match item {
            Item::Function(index) => Some(*index),
            _ => None,
        });
        calls.escaped.extend(referred);
        for (caller, function) in (module.imported_functions()..).zip(&module.functions) {
            // How many instructions before this one only give a value.
            let mut simple = 0;
            for operator in function.parsed().get_operators_reader()? {
                let operator = operator?;
                let before = simple;
                simple = if body::is_simple(&operator) { simple + 1 } else { 0 };
                match operator {
                    Operator::Call { function_index } => {
                        calls.sites.entry(function_index).or_default().entry(caller).or_default().push(before);
                    }
                    Operator::ReturnCall { function_index } | Operator::RefFunc { function_index } => {
                        calls.escaped.insert(function_index);
                    }
                    _ => {}
                }
            }
        }
        Ok(calls)
    }
}

/// Which functions go into their callers.
fn choose<'a>(
    module: &'a Module<'_>,
    signatures: &Signatures<'_>,
    calls: &Calls,
) -> Result<BTreeMap<u32, Choice<'a>>, PassError> {
    let imported = module.imported_functions();
    let mut chosen: BTreeMap<u32, Choice<'a>> = BTreeMap::new();
    let mut callers: BTreeMap<u32, Growth> = BTreeMap::new();
    for (callee, sites) in &calls.sites {
        let Some(place) = callee.checked_sub(imported) else { continue };
        let Some(function) = module.functions.get(place as usize) else { continue };
        let count: usize = sites.values().map(Vec::len).sum();
        let length = function.body().len();
        let is_free = !calls.escaped.contains(callee) && !callers.contains_key(callee) && !sites.contains_key(callee);
        if !is_free || count > 1 && length > SHORT || sites.keys().any(|caller| chosen.contains_key(caller)) {
            continue;
        }
        let Some(body) = Body::of(module, signatures, *callee)? else { continue };
        // What is gone: the body with its size, and the number of its type.
        let gone = length as i64 + 2;
        if sites.values().flatten().map(|simple| body.cost(*simple)).sum::<i64>() >= gone {
            continue;
        }
        let mut grown = Vec::new();
        for (caller, calls) in sites {
            let count = calls.len();
            let growth = match callers.get(caller) {
                Some(growth) => *growth,
                None => match Body::of(module, signatures, *caller)? {
                    Some(body) => Growth { length: body.length(), locals: body.locals() },
                    None => break,
                },
            };
            let growth = Growth {
                length: growth.length.saturating_add(length.saturating_mul(count)),
                locals: growth.locals.saturating_add(body.locals().saturating_mul(count as u32)),
            };
            if growth.length > LONGEST || growth.locals > MOST_LOCALS {
                break;
            }
            grown.push((*caller, growth));
        }
        if grown.len() == sites.len() {
            callers.extend(grown);
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
