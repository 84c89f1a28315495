//! `cargo mik size`: what a component is made of, down to the function, and what the passes have taken out of it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use mik_optimize::{FunctionSize, ModuleSizes, Sizes, crate_of};
use serde_json::{Value, json};

use super::calls::{Calls, calls};
use super::steps::{BuildStep, steps};
use super::{grouped, largest_first, plain, with_sign};
use crate::report::{Artifact, Optimized};
use crate::stages::{StageError, read_wasm, side_car_of};

/// What a component is made of.
#[derive(Clone, Debug)]
pub struct SizeReport {
    /// What it is called: its file.
    name: String,
    /// The file's content.
    bytes: Vec<u8>,
    sizes: Sizes,
    /// What the passes have saved, where they have just run.
    optimized: Vec<Optimized>,
    /// How many lines a list has at most.
    most: usize,
}

/// Bytes by name, of each kind of thing: core modules, sections, crates, functions. Each of the first three counts every byte once.
pub(super) struct Lists([(&'static str, BTreeMap<String, u64>); 4]);

/// Whether functions without a name are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unnamed {
    /// By their numbers.
    Apart,
    /// They are not.
    Together,
}

impl Lists {
    /// Each list with what it lists.
    pub(super) fn into_iter(self) -> impl Iterator<Item = (&'static str, BTreeMap<String, u64>)> {
        self.0.into_iter()
    }

    /// One list of each pair.
    pub(super) fn zip_with<T>(
        self,
        other: Self,
        with: impl Fn(&'static str, BTreeMap<String, u64>, BTreeMap<String, u64>) -> T,
    ) -> [T; 4] {
        let mut others = other.0.into_iter();
        self.0.map(|(of, one)| with(of, one, others.next().map(|(_, other)| other).unwrap_or_default()))
    }
}

impl SizeReport {
    /// Reads a component or a core module. Where it has no names, those of its side-car count, `<name>.debug.wasm`, if it
    /// has the same code.
    ///
    /// # Errors
    /// The file can't be read, or is no valid WebAssembly.
    pub fn of_file(path: &Path, most: usize) -> Result<Self, StageError> {
        let (bytes, mut sizes) = sizes(path)?;
        if let Ok((_, named)) = self::sizes(&side_car_of(path)) {
            sizes.name_from(&named);
        }
        // As people type it: a build knows its files by absolute paths.
        let directory = std::env::current_dir().unwrap_or_default();
        let name = path.strip_prefix(directory).unwrap_or(path).display().to_string();
        Ok(Self { name, bytes, sizes, optimized: Vec::new(), most })
    }

    /// Reads what a build has made.
    ///
    /// # Errors
    /// As of a file.
    pub fn of_artifact(artifact: Artifact, most: usize) -> Result<Self, StageError> {
        let report = Self::of_file(&artifact.path, most)?;
        Ok(Self { optimized: artifact.optimized, ..report })
    }

    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        let module = |module: &ModuleSizes| {
            let functions = module.functions.iter().map(|function| {
                let name = function.name.as_deref();
                json!({ "index": function.index, "name": name, "crate": name.map(crate_of), "bytes": function.bytes })
            });
            json!({
                "path": module.path,
                "name": module.name,
                "bytes": module.total,
                "functions": functions.collect::<Vec<Value>>(),
                "data": module.data.iter().map(|data| json!({ "name": data.name, "bytes": data.bytes })).collect::<Vec<_>>(),
                "sections": module.sections,
            })
        };
        let value = json!({
            "reason": "mik-size",
            "name": self.name,
            "bytes": self.sizes.total,
            "modules": self.sizes.modules.iter().map(module).collect::<Vec<Value>>(),
            "sections": self.sizes.sections,
            "crates": self.sizes.by_crate(),
            "optimized": self.optimized,
            "steps": self.steps(),
        });
        format!("{value}\n")
    }

    /// What it is called: its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn total(&self) -> u64 {
        self.sizes.total as u64
    }

    pub(super) fn most(&self) -> usize {
        self.most
    }

    pub(super) fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    /// Who calls whom, by core module; nothing where the code can't be read.
    pub(super) fn calls(&self) -> Vec<Calls> {
        calls(&self.bytes, &self.sizes).unwrap_or_default()
    }

    /// What made it as large as it is, step by step, where it has just been built.
    pub(super) fn steps(&self) -> Vec<BuildStep> {
        let customs = self.sizes.sections.keys().filter_map(|section| section.strip_prefix("custom "));
        let customs: Vec<String> = customs.map(str::to_owned).collect();
        steps(&self.optimized, self.total(), &customs)
    }

    /// What it is made of, as lists of names and bytes. A function without a name is called by its place, which says nothing in
    /// another component: where two are compared, such functions of a module count as one.
    pub(super) fn lists(&self, unnamed: Unnamed) -> Lists {
        let crates = self.sizes.by_crate().into_iter().map(|(name, bytes)| (name, bytes as u64)).collect();
        Lists([
            ("core module", self.modules()),
            ("section", self.sections()),
            ("crate", crates),
            ("function", self.functions(unnamed)),
        ])
    }

    fn modules(&self) -> BTreeMap<String, u64> {
        let mut modules: BTreeMap<String, u64> =
            self.sizes.modules.iter().map(|module| (module_name(module), module.total as u64)).collect();
        modules.insert("[component]".to_owned(), self.sizes.sections.values().map(|bytes| *bytes as u64).sum());
        modules
    }

    fn sections(&self) -> BTreeMap<String, u64> {
        let mut sections: BTreeMap<String, u64> = BTreeMap::new();
        let mut add = |name: &str, bytes: usize| *sections.entry(name.to_owned()).or_default() += bytes as u64;
        for module in &self.sizes.modules {
            add("code", module.functions.iter().map(|function| function.bytes).sum());
            add("data", module.data.iter().map(|data| data.bytes).sum());
            module.sections.iter().for_each(|(name, bytes)| add(&format!("core {name}"), *bytes));
        }
        self.sizes.sections.iter().for_each(|(name, bytes)| add(&format!("component {name}"), *bytes));
        sections
    }

    /// Bytes by the function's name; functions that are called the same count together.
    fn functions(&self, unnamed: Unnamed) -> BTreeMap<String, u64> {
        let mut functions: BTreeMap<String, u64> = BTreeMap::new();
        for module in &self.sizes.modules {
            for function in &module.functions {
                let name = || match unnamed {
                    Unnamed::Apart => function_name(module, function),
                    Unnamed::Together => format!("[unnamed in {}]", module_name(module)),
                };
                *functions.entry(function.name.clone().unwrap_or_else(name)).or_default() += function.bytes as u64;
            }
        }
        functions
    }

    pub(super) fn has_names(&self) -> bool {
        self.sizes.modules.iter().flat_map(|module| &module.functions).any(|function| function.name.is_some())
    }

    fn list(
        &self,
        formatter: &mut fmt::Formatter<'_>,
        title: &str,
        rows: impl IntoIterator<Item = (String, u64)>,
    ) -> fmt::Result {
        let rows = largest_first(rows.into_iter().filter(|(_, bytes)| *bytes > 0).collect());
        writeln!(formatter, "\n{:>9}  {:>5}  {title}", "bytes", "%")?;
        for (name, bytes) in rows.iter().take(self.most) {
            writeln!(formatter, "{:>9}  {:>5.1}  {}", grouped(*bytes), self.percent(*bytes), plain(name))?;
        }
        if let Some(rest) = rows.get(self.most..).filter(|rest| !rest.is_empty()) {
            let bytes = rest.iter().map(|(_, bytes)| bytes).sum();
            writeln!(formatter, "{:>9}  {:>5.1}  {} more", grouped(bytes), self.percent(bytes), rest.len())?;
        }
        Ok(())
    }

    pub(super) fn percent(&self, bytes: u64) -> f64 {
        100.0 * bytes as f64 / self.total().max(1) as f64
    }
}

impl fmt::Display for SizeReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}: {} bytes", self.name, grouped(self.total()))?;
        for (of, list) in self.lists(Unnamed::Apart).into_iter() {
            let has_none = list.is_empty();
            if of != "function" || has_none || self.has_names() {
                self.list(formatter, of, list)?;
            } else {
                writeln!(formatter, "\nits functions have no names, so neither they nor their crates are told apart")?;
            }
        }
        let steps = self.steps();
        if !steps.is_empty() {
            writeln!(formatter, "\n{:>9}  {:>9}  {:>9}  step", "before", "after", "change")?;
        }
        for step in steps {
            let before = if step.before > 0 { grouped(step.before) } else { String::new() };
            let change = if step.before > 0 { with_sign(step.change()) } else { String::new() };
            writeln!(formatter, "{before:>9}  {:>9}  {change:>9}  {}", grouped(step.after), step.what)?;
        }
        Ok(())
    }
}

/// A core module as it is listed.
pub(super) fn module_name(module: &ModuleSizes) -> String {
    let name = module.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    match path(&module.path, None).as_str() {
        "" => format!("core module{name}"),
        path => format!("core module {path}{name}"),
    }
}

/// A function as it is listed: by its name, or by its place.
pub(super) fn function_name(module: &ModuleSizes, function: &FunctionSize) -> String {
    let place = || format!("[{}]", path(&module.path, Some(function.index)));
    function.name.clone().unwrap_or_else(place)
}

/// Where something is: `0.1`, and the function's number after a colon.
fn path(path: &[u32], function: Option<u32>) -> String {
    let places: Vec<String> = path.iter().map(u32::to_string).collect();
    let function = function.map(|index| format!(":{index}")).unwrap_or_default();
    format!("{}{function}", places.join("."))
}

fn sizes(path: &Path) -> Result<(Vec<u8>, Sizes), StageError> {
    let bytes = read_wasm(path)?;
    let sizes =
        Sizes::of(&bytes).map_err(|source| StageError::InvalidFile { path: path.to_owned(), source: source.into() })?;
    Ok((bytes, sizes))
}
