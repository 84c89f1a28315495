//! Takes out what a component does not need to run: names, producers and debug sections, however deep they are nested.

use wasm_encoder::{ComponentSectionId, Encode, RawSection, Section};
use wasmparser::{BinaryReaderError, Encoding, Parser, Payload};

use super::StageError;
use crate::plan::UnitPlan;

/// Strips a component and everything in it. All other sections stay as they are, byte for byte.
pub(super) fn strip(component: &[u8], unit: &UnitPlan) -> Result<Vec<u8>, StageError> {
    without(component, is_unneeded).map_err(|source| StageError::Optimize {
        unit: unit.name.clone(),
        what: "strip",
        source,
    })
}

/// A component without the custom sections of some names, however deep they are nested.
pub(super) fn without(component: &[u8], is_unneeded: impl Fn(&str) -> bool) -> Result<Vec<u8>, BinaryReaderError> {
    let mut output = Vec::with_capacity(component.len());
    // Each nested module or component is collected on its own, then written into the one around it with its new size.
    let mut outer: Vec<Vec<u8>> = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        match &payload {
            Payload::Version { encoding, .. } => output.extend(match encoding {
                Encoding::Component => wasm_encoder::Component::HEADER,
                Encoding::Module => wasm_encoder::Module::HEADER,
            }),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                outer.push(std::mem::take(&mut output));
            }
            Payload::End(_) => {
                if let Some(mut parent) = outer.pop() {
                    let id = if Parser::is_core_wasm(&output) {
                        ComponentSectionId::CoreModule
                    } else {
                        ComponentSectionId::Component
                    };
                    parent.push(id.into());
                    output.encode(&mut parent);
                    output = parent;
                }
            }
            Payload::CustomSection(section) if is_unneeded(section.name()) => {}
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    // The ranges lie within a slice, so they fit.
                    let range = range.start as usize..range.end as usize;
                    let data = component.get(range).unwrap_or_default();
                    RawSection { id, data }.append_to(&mut output);
                }
            }
        }
    }
    Ok(output)
}

/// The custom sections that only tools read. Any other may mean something to a host or to a user, and stays.
fn is_unneeded(name: &str) -> bool {
    matches!(name, "name" | "component-name" | "producers" | "target_features" | "linking" | "sourceMappingURL")
        || name.starts_with(".debug")
        || name.starts_with("reloc.")
        || name.starts_with("component-type")
}
