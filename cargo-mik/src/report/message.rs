//! The JSON messages of `--message-format json`: one object a line on stdout, each with a `reason`, beside
//! cargo's own lines.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Event, diagnostic};

/// The message for an event, or nothing where the event is for people only.
pub(super) fn of(event: &Event) -> Option<Value> {
    Some(match event {
        Event::Chosen(chosen) => json!({
            "reason": "mik-target",
            "package": chosen.package,
            "target": chosen.target,
            "because": chosen.reasons,
            "fresh": chosen.fresh,
        }),
        Event::Optimized(optimized) => json!({
            "reason": "mik-optimized",
            "name": optimized.name,
            "part": optimized.part,
            "before": optimized.before,
            "after": optimized.after,
            "wasm_opt": optimized.wasm_opt,
            "passes": optimized.passes.iter().map(|pass| (pass.name, pass.saved())).collect::<BTreeMap<_, _>>(),
        }),
        Event::Composed(composed) => json!({
            "reason": "mik-composed",
            "path": composed.path,
            "size": composed.size,
            "plugged": composed.plugged,
            "imports": composed.imports,
        }),
        Event::Artifact(artifact) => json!({
            "reason": "mik-artifact",
            "name": artifact.name,
            "package": artifact.package,
            "path": artifact.path,
            "handler": artifact.handler,
            "debug": artifact.debug,
            "size": artifact.size,
            "fresh": artifact.fresh,
        }),
        Event::Warning(report) => diagnostic_message("warning", report),
        Event::Failure(report) => diagnostic_message("error", report),
        Event::Listening { url } => json!({ "reason": "mik-listening", "url": url }),
        Event::Live { module, build } => json!({ "reason": "mik-live", "module": module, "build": build }),
        Event::Swapped { modules, times } => json!({
            "reason": "mik-swapped",
            "modules": modules.iter().map(|(module, build)| json!({ "module": module, "build": build })).collect::<Vec<_>>(),
            "milliseconds": times.iter().map(|(name, time)| (*name, time.as_secs_f64() * 1e3)).collect::<BTreeMap<_, _>>(),
        }),
        Event::Guest { module, request, stream, line } => json!({
            "reason": "mik-guest-output",
            "module": module,
            "request": request,
            "stream": stream,
            "line": line,
        }),
        Event::Status { .. } | Event::Detail { .. } | Event::Note(_) | Event::Progress(_) | Event::ProgressEnd => {
            return None;
        }
        Event::Cargo(_) => return None,
    })
}

/// The message for a failure that ends the program.
pub(super) fn diagnostic_message(level: &str, report: &miette::Report) -> Value {
    let diagnostic: &dyn miette::Diagnostic = report.as_ref();
    json!({
        "reason": "mik-diagnostic",
        "level": level,
        "code": diagnostic.code().map(|code| code.to_string()),
        "message": report.to_string(),
        "causes": report.chain().skip(1).map(ToString::to_string).collect::<Vec<_>>(),
        "help": diagnostic.help().map(|help| help.to_string()),
        "rendered": diagnostic::render(level, report, false),
    })
}
