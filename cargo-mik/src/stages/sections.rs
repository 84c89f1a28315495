//! A component without some of its custom sections.

use wasm_encoder::{ComponentSectionId, Encode, RawSection, Section};
use wasmparser::{BinaryReaderError, Encoding, Parser, Payload};

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
