//! Sections at the end of core modules, however deep they are nested; all else byte for byte.

use wasm_encoder::{ComponentSectionId, Encode, RawSection, Section};
use wasmparser::{Chunk, Parser, Payload};

use crate::error::PassError;

/// A component whose core modules each have more sections at their end: those that they are given, as bytes.
pub(super) fn append(
    bytes: &[u8],
    sections: &mut impl FnMut(&[u8]) -> Result<Vec<u8>, PassError>,
) -> Result<Vec<u8>, PassError> {
    if !Parser::is_component(bytes) {
        return Ok([bytes, &sections(bytes)?].concat());
    }
    let mut output = wasm_encoder::Component::HEADER.to_vec();
    let mut parser = Parser::new(0);
    let mut rest = bytes;
    while !rest.is_empty() {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else { break };
        rest = rest.get(consumed..).unwrap_or_default();
        match &payload {
            Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                let length = (unchecked_range.end - unchecked_range.start) as usize;
                let (nested, after) = rest.split_at(length.min(rest.len()));
                rest = after;
                let is_module = Parser::is_core_wasm(nested);
                let id = if is_module { ComponentSectionId::CoreModule } else { ComponentSectionId::Component };
                output.push(id.into());
                append(nested, sections)?.as_slice().encode(&mut output);
            }
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    let data = bytes.get(range.start as usize..range.end as usize).unwrap_or_default();
                    RawSection { id, data }.append_to(&mut output);
                }
            }
        }
    }
    Ok(output)
}
