//! An inspection for people.

use std::collections::BTreeMap;
use std::fmt;

use super::capability::{Capability, Grant};
use super::features::host_has;
use super::items::Item;
use super::kind::{Kind, World};
use super::parts::Part;
use super::{Inspection, about::About};
use crate::inspect::grouped;

/// How many lines a list has at most; JSON has all of it.
const LINES_MOST: usize = 40;

/// How wide the words before the text are.
const LABEL: usize = 12;

impl fmt::Display for Inspection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}: {} bytes", self.file, grouped(self.bytes))?;
        self.about(formatter)?;
        writeln!(formatter)?;
        for (place, line) in self.is().into_iter().enumerate() {
            label(formatter, if place == 0 { "is" } else { "" }, &line)?;
        }
        list(formatter, "runs in", self.runs_in.iter().cloned())?;
        if self.runs_in.is_empty() && self.worlds.iter().any(|world| !matches!(world, World::Nothing)) {
            label(formatter, "runs in", "nothing as it is")?;
        }
        let features = self.features.iter().map(|name| match host_has(name) {
            true => (*name).to_owned(),
            false => format!("{name}, which mik's host and wasmtime's defaults do not have"),
        });
        list(formatter, "needs", features)?;
        list(formatter, "imports", self.items.imports.iter().map(item))?;
        list(formatter, "exports", self.items.exports.iter().map(item))?;
        self.capabilities(formatter)?;
        self.consists_of(formatter)?;
        if let Some(routes) = &self.routes {
            let width = routes.routes.iter().map(|it| it.path.chars().count()).max().unwrap_or_default().min(40);
            let line = |it: &super::routes::Route| {
                let summary = it.summary.as_deref().unwrap_or_default();
                format!("{:<7} {:<width$}  {summary}", it.method, it.path).trim_end().to_owned()
            };
            list(formatter, "answers", routes.routes.iter().map(line))?;
        }
        if let Some(list) = &self.dependencies {
            let at_run_time = list.packages.iter().filter(|package| package.kind == "runtime" && !package.root);
            let names = at_run_time.map(|package| format!("{} {}, {}", package.name, package.version, package.source));
            let others = list.packages.iter().filter(|package| package.kind == "build").count();
            self::list(formatter, "built from", names)?;
            label(formatter, "", &format!("and {others} that ran only while it was built"))?;
        }
        if let (Kind::Component, Some(reason)) = (self.kind, &self.no_wit) {
            label(formatter, "no WIT", reason)?;
        }
        Ok(())
    }
}

impl Inspection {
    fn about(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let About { name, version, description, licenses, source, homepage, revision, authors, build_id, producers } =
            &self.about;
        let name = name.iter().chain(version).cloned().collect::<Vec<_>>().join(" ");
        let name = (!name.is_empty()).then_some(name);
        for (word, text) in [
            ("name", &name),
            ("description", description),
            ("licence", licenses),
            ("authors", authors),
            ("source", source),
            ("revision", revision),
            ("homepage", homepage),
            ("build-id", build_id),
            ("debug", &self.debug),
        ] {
            text.iter().try_for_each(|text| label(formatter, word, text))?;
        }
        let tools = producers.values().flatten().collect::<BTreeMap<_, _>>();
        list(
            formatter,
            "made with",
            tools.into_iter().map(|(name, version)| format!("{name} {version}").trim_end().to_owned()),
        )
    }

    /// What it is, a sentence a line.
    fn is(&self) -> Vec<String> {
        // Those that have code: linkers wrap exports in components that have none.
        let has_code = |component: &Part| {
            let within = format!("{}.", component.path);
            self.parts.iter().any(|part| !part.is_component && part.path.starts_with(&within))
        };
        let is_outer = |part: &&Part| part.is_component && !part.path.contains('.');
        let nested = self.parts.iter().filter(is_outer).filter(|part| has_code(part)).count();
        let modules = self.parts.iter().filter(|part| !part.is_component).count();
        let mut lines: Vec<String> = match self.kind {
            Kind::WitPackage => vec!["a WIT package in the form of a component: types, and nothing to run".to_owned()],
            Kind::Object => vec!["an object file: what a compiler gives to a linker".to_owned()],
            Kind::SharedLibrary => {
                vec!["a shared library: it is linked when a module is made of it and others".to_owned()]
            }
            Kind::Component | Kind::Module => self.worlds.iter().map(|world| sentence(*world).to_owned()).collect(),
        };
        match (self.kind, nested) {
            (Kind::Component, 0) => lines.push(format!("not composed: {modules} core {}", plural(modules, "module"))),
            (Kind::Component, _) => lines.push(format!(
                "composed of {nested} {}, with {modules} core {}",
                plural(nested, "component"),
                plural(modules, "module")
            )),
            _ => {}
        }
        lines
    }

    fn capabilities(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.capabilities.iter().map(|it| it.it.len()).max().unwrap_or_default();
        let line = |Capability { it, mik, imports, grant, .. }: &Capability| match grant {
            Grant::NotOffered => format!("{it}: {}", shortened(imports)),
            _ => format!("{it:<width$}  {mik}"),
        };
        list(formatter, "can", self.capabilities.iter().map(line))
    }

    fn consists_of(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(
            formatter,
            "consists of",
            self.parts.iter().map(|part| {
                let Part { path, is_component, bytes, name, version, licenses, functions } = part;
                let indent = "  ".repeat(path.matches('.').count().min(20));
                let what = if *is_component { "component" } else { "core module" };
                let said =
                    name.iter().chain(version).chain(licenses).map(|text| format!(" {text}")).collect::<String>();
                let functions = match (is_component, functions) {
                    (true, _) => String::new(),
                    (false, count) => format!(", {count} {}", plural(*count as usize, "function")),
                };
                format!("{:>9}  {indent}{what} {path}{said}{functions}", grouped(*bytes))
            }),
        )
    }
}

fn sentence(world: World) -> &'static str {
    match world {
        World::Handler => {
            "a handler (mik:core/handler): to be composed with the bridge, which `mik run` does by itself"
        }
        World::Bridge => "a bridge: it is composed with a handler, and then answers HTTP",
        World::Http => "a WASI HTTP component (wasi:http/incoming-handler, WASI 0.2)",
        World::HttpP3 => "a WASI HTTP component (wasi:http/handler, WASI 0.3)",
        World::Command => "a program (wasi:cli/run)",
        World::Library => "a library: its exports are for other components to import",
        World::Nothing => "a component that exports nothing",
        World::Preview1 => {
            "a core module for WASI preview 1: `wasm-tools component new --adapt` makes a component of it"
        }
        World::Browser => "a core module for browsers: it needs the JavaScript that was made with it",
        World::Unencoded => "a core module with the types of a component: `wasm-tools component new` makes one of it",
        World::Core => "a core module",
    }
}

fn item(item: &Item) -> String {
    match item.sort {
        "instance" => item.name.clone(),
        sort => format!("{} ({sort})", item.name),
    }
}

fn label(formatter: &mut fmt::Formatter<'_>, word: &str, text: &str) -> fmt::Result {
    writeln!(formatter, "{word:<LABEL$} {text}")
}

/// A list below a word, as far as it is shown.
fn list(formatter: &mut fmt::Formatter<'_>, word: &str, lines: impl Iterator<Item = String>) -> fmt::Result {
    let mut rest = 0_usize;
    for (place, line) in lines.enumerate() {
        if place < LINES_MOST {
            label(formatter, if place == 0 { word } else { "" }, &line)?;
        } else {
            rest += 1;
        }
    }
    if rest > 0 { label(formatter, "", &format!("{rest} more, which `--json` has")) } else { Ok(()) }
}

fn shortened(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    let more = names.len().saturating_sub(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
