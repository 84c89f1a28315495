//! `cargo mik size --why`: the shortest way from an export to a function, who calls it, and what would go with it.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt;

use mik_optimize::{FunctionSize, ModuleSizes};
use serde::Serialize;
use serde_json::json;

use super::calls::{Calls, Reach, Reached};
use super::size::{function_name, module_name};
use super::{SizeReport, grouped, plain};

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
    /// The largest first, as many as are shown.
    functions: Vec<Reason>,
    /// How many there are.
    all: usize,
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
    /// Why the functions are there that have a text in their name, or have it as their name, where one has: the largest of them, as
    /// many as a list has lines. A way is as long as calls are deep, so those of all functions may be more than memory holds.
    ///
    /// # Errors
    /// There is none.
    pub fn why(&self, wanted: &str) -> Result<Why, UnknownFunction> {
        let calls = self.calls();
        let modules: Vec<Module<'_>> =
            self.sizes().modules.iter().zip(&calls).map(|(sizes, calls)| Module::of(sizes, calls)).collect();
        let is_exact = modules.iter().any(|module| module.names.0.values().any(|name| name == wanted));
        let is_wanted = |name: &str| if is_exact { name == wanted } else { name.contains(wanted) };
        let mut functions: Vec<(&Module<'_>, &FunctionSize, String)> = Vec::new();
        for module in &modules {
            let named = module.sizes.functions.iter().map(|it| (module, it, module.names.function(it.index)));
            functions.extend(named.filter(|(_, _, name)| is_wanted(name)));
        }
        if functions.is_empty() {
            let help = if self.has_names() {
                "a part of the name is enough; `cargo mik size --top 1000` lists all that there are"
            } else {
                "its functions have no names: ask by a number, such as `0.0:77`, or keep `<name>.debug.wasm` beside the component"
            };
            return Err(UnknownFunction { component: self.name().to_owned(), wanted: wanted.to_owned(), help });
        }
        functions
            .sort_by(|(_, one, name), (_, other, others)| other.bytes.cmp(&one.bytes).then_with(|| name.cmp(others)));
        let all = functions.len();
        let functions: Vec<Reason> =
            functions.into_iter().take(self.most()).map(|(module, function, _)| module.reason(function)).collect();
        Ok(Why { component: self.name().to_owned(), functions, all })
    }
}

/// A core module, and who calls whom in it.
struct Module<'a> {
    sizes: &'a ModuleSizes,
    names: Names,
    calls: &'a Calls,
    /// Found out when the first of its functions is asked for.
    reach: OnceCell<Reach>,
}

impl<'a> Module<'a> {
    fn of(sizes: &'a ModuleSizes, calls: &'a Calls) -> Self {
        Self { sizes, names: Names::of(sizes), calls, reach: OnceCell::new() }
    }

    fn reason(&self, function: &FunctionSize) -> Reason {
        let Self { sizes, names, calls, reach } = self;
        let reach = reach.get_or_init(|| calls.reach());
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
                    Some(Reached::Start) => Some(Step { by: "start", name: module_name(sizes) }),
                    Some(Reached::Reference) => Some(Step { by: "reference", name: module_name(sizes) }),
                    Some(Reached::Table) => Some(Step { by: "table", name: module_name(sizes) }),
                    _ => None,
                });
            }
            at = from;
        }
        way.reverse();
        Reason {
            module: module_name(sizes),
            index: function.index,
            name: names.function(function.index),
            bytes: function.bytes as u64,
            retained: reach.retained.get(&function.index).copied(),
            way,
            callers: calls.callers(function.index).into_iter().map(|caller| names.function(caller)).collect(),
        }
    }
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
            Reached::Reference => "referred to by a global or a table".to_owned(),
            Reached::Table => "in a table that others call by".to_owned(),
            Reached::Call(from) => format!("called by {}", self.function(*from)),
            Reached::Indirect(from) => format!("called by a table, by {} for one", self.function(*from)),
        }
    }
}

impl Why {
    /// How many functions there are that are not shown.
    fn more(&self) -> usize {
        self.all.saturating_sub(self.functions.len())
    }

    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        let value = json!({ "reason": "mik-size-why", "name": self.component, "functions": self.functions, "more": self.more() });
        format!("{value}\n")
    }
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, reason) in self.functions.iter().enumerate() {
            if place > 0 {
                writeln!(formatter)?;
            }
            writeln!(formatter, "{}", plain(&reason.name))?;
            write!(formatter, "  {} bytes", grouped(reason.bytes))?;
            match reason.retained {
                Some(retained) => write!(formatter, ", {} with what only it keeps", grouped(retained))?,
                None => write!(formatter, ", and nothing reaches it")?,
            }
            writeln!(formatter, "; function {} of {}", reason.index, plain(&reason.module))?;
            for Step { by, name } in &reason.way {
                let name = plain(name);
                match *by {
                    "export" => writeln!(formatter, "  exported as `{name}`")?,
                    "start" => writeln!(formatter, "  run when {name} is instantiated")?,
                    "reference" => writeln!(formatter, "  referred to by a global or a table")?,
                    "table" => writeln!(formatter, "  in a table that others call by")?,
                    "indirect" => writeln!(formatter, "    ⇢ {name} (by a table)")?,
                    _ => writeln!(formatter, "    → {name}")?,
                }
            }
            if !reason.callers.is_empty() {
                let named: Vec<String> = reason.callers.iter().take(MOST_CALLERS).map(|name| plain(name)).collect();
                let more = reason.callers.len().saturating_sub(MOST_CALLERS);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                writeln!(formatter, "  called by {}{more}", named.join(", "))?;
            }
        }
        if self.more() > 0 {
            writeln!(
                formatter,
                "\n{} more functions have this in their names: `--top {}` shows them",
                self.more(),
                self.all
            )?;
        }
        Ok(())
    }
}
