//! `cargo mik size`: what a component is made of, down to the function, and what the passes have taken out of it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use mik_optimize::{ModuleSizes, Sizes, crate_of};
use serde_json::{Value, json};

use super::{grouped, largest_first};
use crate::report::{Artifact, Optimized};
use crate::stages::{StageError, read_wasm};

/// What a component is made of.
#[derive(Clone, Debug)]
pub struct SizeReport {
    /// What it is called: its file.
    name: String,
    sizes: Sizes,
    /// What the passes have saved, where they have just run.
    optimized: Vec<Optimized>,
    /// How many lines a list has at most.
    most: usize,
}

impl SizeReport {
    /// Reads a component or a core module. Where it has no names, those of its side-car count, `<name>.debug.wasm`, if it
    /// has the same code.
    ///
    /// # Errors
    /// The file can't be read, or is no valid WebAssembly.
    pub fn of_file(path: &Path, most: usize) -> Result<Self, StageError> {
        let mut sizes = sizes(path)?;
        if let Ok(named) = self::sizes(&path.with_extension("debug.wasm")) {
            sizes.name_from(&named);
        }
        Ok(Self { name: path.display().to_string(), sizes, optimized: Vec::new(), most })
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
        });
        format!("{value}\n")
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn total(&self) -> u64 {
        self.sizes.total as u64
    }

    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Bytes by crate.
    pub(super) fn crates(&self) -> BTreeMap<String, u64> {
        self.sizes.by_crate().into_iter().map(|(name, bytes)| (name, bytes as u64)).collect()
    }

    /// Bytes by the function's name; what is generic is there once for all that it was made for.
    pub(super) fn functions(&self) -> BTreeMap<String, u64> {
        let mut functions: BTreeMap<String, u64> = BTreeMap::new();
        for module in &self.sizes.modules {
            for function in &module.functions {
                let name = || format!("[{}]", path(&module.path, Some(function.index)));
                *functions.entry(function.name.clone().unwrap_or_else(name)).or_default() += function.bytes as u64;
            }
        }
        functions
    }

    fn has_names(&self) -> bool {
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
            writeln!(formatter, "{:>9}  {:>5.1}  {name}", grouped(*bytes), self.percent(*bytes))?;
        }
        if let Some(rest) = rows.get(self.most..).filter(|rest| !rest.is_empty()) {
            let bytes = rest.iter().map(|(_, bytes)| bytes).sum();
            writeln!(formatter, "{:>9}  {:>5.1}  {} more", grouped(bytes), self.percent(bytes), rest.len())?;
        }
        Ok(())
    }

    fn percent(&self, bytes: u64) -> f64 {
        100.0 * bytes as f64 / self.total().max(1) as f64
    }
}

impl fmt::Display for SizeReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}: {} bytes", self.name, grouped(self.total()))?;
        let mut modules = Vec::new();
        let mut sections: BTreeMap<String, u64> = BTreeMap::new();
        let mut add = |name: &str, bytes: usize| *sections.entry(name.to_owned()).or_default() += bytes as u64;
        for module in &self.sizes.modules {
            let name = module.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
            modules.push((format!("core module {}{name}", path(&module.path, None)), module.total as u64));
            add("code", module.functions.iter().map(|function| function.bytes).sum());
            add("data", module.data.iter().map(|data| data.bytes).sum());
            module.sections.iter().for_each(|(name, bytes)| add(&format!("core {name}"), *bytes));
        }
        self.sizes.sections.iter().for_each(|(name, bytes)| add(&format!("component {name}"), *bytes));
        self.list(formatter, "core module", modules)?;
        self.list(formatter, "section", sections)?;
        self.list(formatter, "crate", self.crates())?;
        if self.has_names() {
            self.list(formatter, "function", self.functions())?;
        } else {
            writeln!(formatter, "\nits functions have no names, so neither they nor their crates are told apart")?;
        }
        for Optimized { part, before, after, passes, .. } in &self.optimized {
            writeln!(formatter, "\n{:>9}  passes on the {part}, {} before", "saved", grouped(*before))?;
            for (pass, saved) in largest_first(passes.iter().map(|(pass, saved)| (*pass, *saved)).collect()) {
                writeln!(formatter, "{:>9}  {pass}", grouped(saved))?;
            }
            writeln!(formatter, "{:>9}  in all, {} after", grouped(before.saturating_sub(*after)), grouped(*after))?;
        }
        Ok(())
    }
}

/// Where something is: `0.1`, and the function's number after a colon.
fn path(path: &[u32], function: Option<u32>) -> String {
    let places: Vec<String> = path.iter().map(u32::to_string).collect();
    let function = function.map(|index| format!(":{index}")).unwrap_or_default();
    format!("{}{function}", places.join("."))
}

fn sizes(path: &Path) -> Result<Sizes, StageError> {
    let bytes = read_wasm(path)?;
    Sizes::of(&bytes).map_err(|source| StageError::InvalidFile { path: path.to_owned(), source: source.into() })
}
