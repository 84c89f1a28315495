//! A plan as people read it: a line a step.

use std::fmt;

use super::{Choice, Component, Part, Plan, Step};
use crate::project::{Bridge, Composition, Panic, Target};

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(formatter, "{step}"))
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { package, units: _, remembered, probe, smallest, supported } = self;
        write!(
            formatter,
            "choose    {package}: {}, or {} where it lacks what is reached",
            smallest.target, supported.target
        )?;
        if let Some(remembered) = remembered {
            write!(formatter, " ({} the last time, and again unless cargo makes something new)", remembered.target)?;
        }
        if let Some(probe) = probe {
            write!(formatter, "\n  to see what is reached:")?;
            probe.iter().try_for_each(|step| write!(formatter, "\n    {step}"))?;
        }
        for way in [smallest, supported] {
            write!(formatter, "\n  for {}:", way.target)?;
            way.compile.iter().chain(&way.make).try_for_each(|step| write!(formatter, "\n    {step}"))?;
        }
        Ok(())
    }
}

/// A dependency for people: `db`, or `db as store`, the import that it is given to.
fn in_words(component: &Component) -> String {
    let Component { name, instance, .. } = component;
    instance.as_ref().map_or_else(|| name.clone(), |instance| format!("{name} as {instance}"))
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup { target, .. } => {
                write!(formatter, "setup     {target}: the toolchain has no standard library for it")
            }
            Self::Cargo(run) => write!(formatter, "cargo     {}", run.arguments.join(" ")),
            Self::Choose(choice) => write!(formatter, "{choice}"),
            Self::Encode { unit, target: Target::Wasip2 } => {
                write!(formatter, "encode    {}: the linker makes the component ({})", unit.name, unit.freshness)
            }
            Self::Encode { unit, target } => {
                write!(formatter, "encode    {} from {target} ({})", unit.name, unit.freshness)
            }
            Self::Optimize { unit, part, optimize, panic, wasm_opt } => {
                let part = if *part == Part::Composed { ", where composed," } else { "" };
                let panic = if *panic == Panic::Trap { ", panics trap" } else { "" };
                let with = wasm_opt.as_ref().map_or_else(String::new, |program| format!(" with {program}"));
                let (name, goal, freshness) = (&unit.name, optimize.name(), &unit.freshness);
                write!(formatter, "optimize  {name}{part} for {goal}{panic}{with} ({freshness})")
            }
            Self::Compose { unit, composition, plug: _, components } => {
                let bridge = |bridge: &Bridge| match bridge {
                    Bridge::Embedded => "the embedded bridge".to_owned(),
                    Bridge::File(path) => path.display().to_string(),
                };
                let bridge = match composition {
                    Composition::WhereExported { bridge: with } | Composition::IfExported { bridge: with } => {
                        Some(format!("{}, if it exports mik:core/handler", bridge(with)))
                    }
                    Composition::Always { bridge: with } => Some(bridge(with)),
                    Composition::Never => None,
                };
                let with: Vec<_> = components.iter().map(in_words).chain(bridge).collect();
                write!(formatter, "compose   {} with {} ({})", unit.name, with.join(", "), unit.freshness)
            }
            Self::Place { package, directory, components } => {
                let names: Vec<_> = components.iter().map(|component| component.name.as_str()).collect();
                let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
                write!(formatter, "place     {names} beside {package}, in {}", directory.display())
            }
            Self::Emit { unit, files, .. } => {
                write!(formatter, "emit      {} ({})", files.component.display(), unit.freshness)
            }
        }
    }
}
