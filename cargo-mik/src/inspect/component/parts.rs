//! What a component is composed of: core modules and components, however deep, with their sizes.

use serde::Serialize;
use wasmparser::{Parser, Payload};

use super::about::name_of;
use super::{ITEMS_MOST, plain};

/// A core module or a component in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    /// Its place: `1.0` is the first part of the second one.
    pub(super) path: String,
    pub(super) is_component: bool,
    pub(super) bytes: u64,
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) licenses: Option<String>,
    /// How many functions a core module has of its own.
    pub(super) functions: u32,
}

/// The parts, each before what is in it.
pub(super) fn of(bytes: &[u8]) -> Result<Vec<Part>, wasmparser::Error> {
    let mut parts: Vec<Part> = Vec::new();
    // For each level: the part around, if it is one that is kept, and how many it has.
    let mut around: Vec<(Option<usize>, u32)> = vec![(None, 0)];
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match &payload {
            Payload::ModuleSection { unchecked_range: range, .. }
            | Payload::ComponentSection { unchecked_range: range, .. } => {
                let mut path = String::new();
                if let Some((parent, count)) = around.last_mut() {
                    let parent = parent.and_then(|place| parts.get(place)).map(|part| format!("{}.", part.path));
                    path = plain(&format!("{}{count}", parent.unwrap_or_default()));
                    *count += 1;
                }
                let is_component = matches!(payload, Payload::ComponentSection { .. });
                let bytes = range.end.saturating_sub(range.start);
                let part = Part { path, is_component, bytes, name: None, version: None, licenses: None, functions: 0 };
                let is_kept = parts.len() < ITEMS_MOST;
                around.push((is_kept.then_some(parts.len()), 0));
                if is_kept {
                    parts.push(part);
                }
            }
            Payload::End(_) => drop(around.pop()),
            _ => {}
        }
        let part = around.last().and_then(|(place, _)| place.and_then(|place| parts.get_mut(place)));
        match (part, payload) {
            (Some(part), Payload::CustomSection(section)) => match section.name() {
                "version" => part.version = Some(plain(&String::from_utf8_lossy(section.data()))),
                "licenses" => part.licenses = Some(plain(&String::from_utf8_lossy(section.data()))),
                _ => part.name = part.name.take().or_else(|| name_of(&section)),
            },
            (Some(part), Payload::FunctionSection(reader)) => part.functions = reader.count(),
            _ => {}
        }
    }
    Ok(parts)
}
