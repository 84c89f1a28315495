//! `cargo mik size --why`: the shortest way from an export to a function, who calls it, and what would go with it.

use std::collections::BTreeMap;
use std::fmt;

use mik_optimize::ModuleSizes;
use serde::Serialize;
use serde_json::json;

use super::calls::{Calls, Reached};
use super::size::{function_name, module_name};
use super::{SizeReport, grouped};

/// How many callers are named in a line for people.
const MOST_CALLERS: usize = 5;

/// No function is called so. Exit code 2.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("no function of `{component}` has `{wanted}` in its name")]
#[diagnostic(code(mik::cli::unknown_function), help("{help}"))]
pub struct UnknownFunction {
    component: String,
    wanted: String,
    help: &'static str,
}

/// Why functions are in a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    component: String,
    /// The largest first.
    functions: Vec<Reason>,
    most: usize,
}

/// Why a function is in a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Reason {
    module: String,
    index: u32,
    name: String,
    bytes: u64,
    /// Bytes of it and of all that is reached by way of it alone; nothing where nothing reaches it.
    retained: Option<u64>,
    /// From outside to the function, itself included.
    way: Vec<Step>,
    /// Who calls it, by name.
    callers: Vec<String>,
}

/// A step on the way to a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Step {
    /// `export`, `start`, `table`, `call` or `indirect`.
    by: &'static str,
    /// The export or the function that is reached by it.
    name: String,
}

impl SizeReport {
    /// Why the functions are there that have a text in their name, or have it as their name, where one has.
    ///
    /// # Errors
    /// There is none.
    pub fn why(&self, wanted: &str) -> Result<Why, UnknownFunction> {
        let calls = self.calls();
        let all = || self.sizes().modules.iter().zip(&calls);
        let is_exact = all().any(|(module, _)| Names::of(module).0.values().any(|name| name == wanted));
        let is_wanted = |name: &str| if is_exact { name == wanted } else { name.contains(wanted) };
        let mut functions: Vec<Reason> = all().flat_map(|(module, calls)| reasons(module, calls, is_wanted)).collect();
        if functions.is_empty() {
            let help = if self.has_names() {
                "a part of the name is enough; `cargo mik size --top 1000` lists all that there are"
            } else {
                "its functions have no names: ask by a number, such as `0.0:77`, or keep `<name>.debug.wasm` beside the component"
            };
            return Err(UnknownFunction { component: self.name().to_owned(), wanted: wanted.to_owned(), help });
        }
        functions.sort_by(|one, other| other.bytes.cmp(&one.bytes).then_with(|| one.name.cmp(&other.name)));
        Ok(Why { component: self.name().to_owned(), functions, most: self.most() })
    }
}

fn reasons(module: &ModuleSizes, calls: &Calls, is_wanted: impl Fn(&str) -> bool) -> Vec<Reason> {
    let names = Names::of(module);
    let wanted: Vec<_> =
        module.functions.iter().filter(|function| is_wanted(&names.function(function.index))).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let reach = calls.reach();
    let reason = |function: &mik_optimize::FunctionSize| {
        let mut way = Vec::new();
        let mut at = Some(function.index);
        while let Some(index) = at {
            let reached = reach.by.get(&index);
            let (by, from) = match reached {
                Some(Reached::Call(from)) => ("call", Some(*from)),
                Some(Reached::Indirect(from)) => ("indirect", Some(*from)),
                Some(_) => ("call", None),
                None => break,
            };
            way.push(Step { by, name: names.function(index) });
            if from.is_none() {
                way.extend(match reached {
                    Some(Reached::Export(name)) => Some(Step { by: "export", name: name.clone() }),
                    Some(Reached::Start) => Some(Step { by: "start", name: module_name(module) }),
                    Some(Reached::Table) => Some(Step { by: "table", name: module_name(module) }),
                    _ => None,
                });
            }
            at = from;
        }
        way.reverse();
        Reason {
            module: module_name(module),
            index: function.index,
            name: names.function(function.index),
            bytes: function.bytes as u64,
            retained: reach.retained.get(&function.index).copied(),
            way,
            callers: calls.callers(function.index).into_iter().map(|caller| names.function(caller)).collect(),
        }
    };
    wanted.into_iter().map(reason).collect()
}

/// What the functions of a module are called.
pub(super) struct Names(BTreeMap<u32, String>);

impl Names {
    pub(super) fn of(module: &ModuleSizes) -> Self {
        Self(module.functions.iter().map(|function| (function.index, function_name(module, function))).collect())
    }

    fn function(&self, index: u32) -> String {
        // What is imported has no size, and so no name here.
        self.0.get(&index).cloned().unwrap_or_else(|| format!("import {index}"))
    }

    /// The last step to a function, in words.
    pub(super) fn reached(&self, reached: &Reached) -> String {
        match reached {
            Reached::Export(name) => format!("exported as {name}"),
            Reached::Start => "run at the start".to_owned(),
            Reached::Table => "in a table that others call by".to_owned(),
            Reached::Call(from) => format!("called by {}", self.function(*from)),
            Reached::Indirect(from) => format!("called by a table, by {} for one", self.function(*from)),
        }
    }
}

impl Why {
    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        let value = json!({ "reason": "mik-size-why", "name": self.component, "functions": self.functions });
        format!("{value}\n")
    }
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, reason) in self.functions.iter().take(self.most).enumerate() {
            if place > 0 {
                writeln!(formatter)?;
            }
            writeln!(formatter, "{}", reason.name)?;
            write!(formatter, "  {} bytes", grouped(reason.bytes))?;
            match reason.retained {
                Some(retained) => write!(formatter, ", {} with what only it keeps", grouped(retained))?,
                None => write!(formatter, ", and nothing reaches it")?,
            }
            writeln!(formatter, "; function {} of {}", reason.index, reason.module)?;
            for Step { by, name } in &reason.way {
                match *by {
                    "export" => writeln!(formatter, "  exported as `{name}`")?,
                    "start" => writeln!(formatter, "  run when {name} is instantiated")?,
                    "table" => writeln!(formatter, "  in a table that others call by")?,
                    "indirect" => writeln!(formatter, "    ⇢ {name} (by a table)")?,
                    _ => writeln!(formatter, "    → {name}")?,
                }
            }
            if !reason.callers.is_empty() {
                let named: Vec<&str> = reason.callers.iter().take(MOST_CALLERS).map(String::as_str).collect();
                let more = reason.callers.len().saturating_sub(MOST_CALLERS);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                writeln!(formatter, "  called by {}{more}", named.join(", "))?;
            }
        }
        if let Some(more) = self.functions.len().checked_sub(self.most).filter(|more| *more > 0) {
            writeln!(
                formatter,
                "\n{more} more functions have this in their names: `--top {}` shows them",
                self.functions.len()
            )?;
        }
        Ok(())
    }
}
