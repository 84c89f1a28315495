//! The build-id: which build a component is of, and a side-car belongs to.
//!
//! A custom section `build_id` of the outermost component or module, as LLVM's `wasm-ld --build-id` writes it: a length in
//! LEB128, and that many bytes. Ours are the first 16 of the SHA-256 of all that is before the section.

use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::{BinaryReader, Chunk, Parser, Payload};

/// The name of the section.
const SECTION: &str = "build_id";

/// How many bytes of the digest it has: nobody can tell two builds apart that have these in common, and nobody meets them.
const LENGTH: usize = 16;

/// Which build a component is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildId(Vec<u8>);

impl BuildId {
    /// Reads it; nothing, where there is none that can be read.
    pub fn read(component: &[u8]) -> Option<Self> {
        let mut found = None;
        own_sections(component, |section, _| {
            if let Some(data) = section {
                let mut reader = BinaryReader::new(data, 0);
                let length = reader.read_var_u32().ok();
                found = length.and_then(|length| Some(Self(reader.read_bytes(length as usize).ok()?.to_vec())));
            }
        });
        found
    }

    /// Takes out any that there is, and gives the one of what is left.
    pub(super) fn of(component: Vec<u8>) -> (Vec<u8>, Self) {
        let component = without(component);
        let id = Sha256::digest(&component).iter().take(LENGTH).copied().collect();
        (component, Self(id))
    }

    /// Puts it at the end of a component that has none.
    pub(super) fn append_to(&self, component: &mut Vec<u8>) {
        let mut data = Vec::with_capacity(LENGTH + 1);
        self.0.as_slice().encode(&mut data);
        let section = CustomSection { name: SECTION.into(), data: data.into() };
        component.push(section.id());
        section.encode(component);
    }
}

impl fmt::Display for BuildId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(&self.0))
    }
}

/// Where the side-car of a component is: `app.debug.wasm` beside `app.wasm`, and beside a file that is called something else, its
/// name with `.debug.wasm` behind it.
pub fn side_car_of(component: &Path) -> PathBuf {
    if component.extension().is_some_and(|extension| extension == "wasm") {
        return component.with_extension("debug.wasm");
    }
    let mut name = component.file_name().unwrap_or_default().to_owned();
    name.push(".debug.wasm");
    component.with_file_name(name)
}

/// A component without the section.
pub(super) fn without(component: Vec<u8>) -> Vec<u8> {
    let mut output = Vec::with_capacity(component.len());
    let is_whole = own_sections(&component, |section, bytes| {
        if section.is_none() {
            output.extend_from_slice(bytes);
        }
    });
    if is_whole && output.len() < component.len() { output } else { component }
}

/// Goes through the sections of the outermost component: each with its header, and where it is the one, its data. Tells whether
/// that went to the end.
fn own_sections<'a>(component: &'a [u8], mut each: impl FnMut(Option<&'a [u8]>, &'a [u8])) -> bool {
    let mut parser = Parser::new(0);
    let mut rest = component;
    while !rest.is_empty() {
        let Ok(Chunk::Parsed { consumed, payload }) = parser.parse(rest, true) else { return false };
        let mut length = consumed;
        let mut data = None;
        match payload {
            Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                length = length.saturating_add((unchecked_range.end - unchecked_range.start) as usize);
            }
            Payload::CodeSectionStart { size, .. } => {
                parser.skip_section();
                length = length.saturating_add(size as usize);
            }
            Payload::CustomSection(section) if section.name() == SECTION => data = Some(section.data()),
            _ => {}
        }
        let (section, after) = rest.split_at(length.min(rest.len()));
        each(data, section);
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_written_and_is_of_all_the_rest() {
        for text in ["(component (core module (func nop)) (component))", "(module (func nop) (data \"x\"))"] {
            let bytes = wat::parse_str(text).unwrap();
            assert_eq!(BuildId::read(&bytes), None);
            let (mut component, id) = BuildId::of(bytes.clone());
            assert_eq!(component, bytes);
            id.append_to(&mut component);
            assert_eq!(component.len(), bytes.len() + 28, "what it costs");
            assert_eq!(BuildId::read(&component), Some(id.clone()));
            assert_eq!(id.to_string().len(), 32);
            wasmparser::Validator::new().validate_all(&component).unwrap();
            assert_eq!(BuildId::of(component), (bytes, id), "it is no part of itself");
        }
    }

    #[test]
    fn a_damaged_one_is_none() {
        let mut component = wasm_encoder::Component::new().finish();
        let section = CustomSection { name: SECTION.into(), data: [200_u8, 1, 2][..].into() };
        component.push(section.id());
        section.encode(&mut component);
        assert_eq!(BuildId::read(&component), None);
        assert_eq!(without(component).len(), 8);
        assert_eq!(BuildId::read(b"nothing of the kind"), None);
    }
}
