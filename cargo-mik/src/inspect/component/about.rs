//! What a component says of itself in custom sections: name, version, licence, source, revision; who made it; its build-id.

use std::collections::BTreeMap;

use serde::Serialize;
use wasmparser::{
    BinaryReader, ComponentName, ComponentNameSectionReader, CustomSectionReader, KnownCustom, Name, NameSectionReader,
    Parser, Payload, ProducersSectionReader,
};

use super::{ITEMS_MOST, own_sections, plain};

/// What a component says of itself. Anybody can write anything there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct About {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) licenses: Option<String>,
    pub(super) source: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) revision: Option<String>,
    pub(super) authors: Option<String>,
    /// In hexadecimal digits.
    pub(super) build_id: Option<String>,
    /// By `language`, `processed-by` and `sdk`: names and versions, of everything that is in it.
    pub(super) producers: BTreeMap<String, BTreeMap<String, String>>,
}

impl About {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, wasmparser::Error> {
        let mut about = Self::default();
        for section in own_sections(bytes) {
            about.take(&section);
        }
        for payload in Parser::new(0).parse_all(bytes) {
            if let Payload::CustomSection(section) = payload?
                && let KnownCustom::Producers(reader) = section.as_known()
            {
                about.take_producers(reader);
            }
        }
        Ok(about)
    }

    fn take(&mut self, section: &CustomSectionReader<'_>) {
        let field = match section.name() {
            "version" => &mut self.version,
            "description" => &mut self.description,
            "licenses" => &mut self.licenses,
            "source" => &mut self.source,
            "homepage" => &mut self.homepage,
            "revision" => &mut self.revision,
            "authors" => &mut self.authors,
            "build_id" => {
                self.build_id = self.build_id.take().or_else(|| build_id(section));
                return;
            }
            _ => {
                self.name = self.name.take().or_else(|| name_of(section));
                return;
            }
        };
        if field.is_none() {
            *field = Some(plain(&String::from_utf8_lossy(section.data())));
        }
    }

    fn take_producers(&mut self, reader: ProducersSectionReader<'_>) {
        for field in reader.into_iter().flatten() {
            let names = self.producers.entry(plain(field.name)).or_default();
            for value in field.values.into_iter().flatten() {
                if names.len() < ITEMS_MOST {
                    names.insert(plain(value.name), plain(value.version));
                }
            }
        }
    }
}

/// The name of a component, or of a module, where this section is that of names.
pub(super) fn name_of(section: &CustomSectionReader<'_>) -> Option<String> {
    let reader = || BinaryReader::new(section.data(), section.data_offset());
    match section.name() {
        "component-name" => ComponentNameSectionReader::new(reader()).flatten().find_map(|name| match name {
            ComponentName::Component { name, .. } => Some(plain(name)),
            _ => None,
        }),
        "name" => NameSectionReader::new(reader()).flatten().find_map(|name| match name {
            Name::Module { name, .. } => Some(plain(name)),
            _ => None,
        }),
        _ => None,
    }
}

/// The bytes of a build-id, after their number.
/// <https://github.com/WebAssembly/tool-conventions/blob/main/BuildId.md>
fn build_id(section: &CustomSectionReader<'_>) -> Option<String> {
    let mut reader = BinaryReader::new(section.data(), section.data_offset());
    let length = reader.read_var_u32().ok()? as usize;
    let bytes = reader.read_bytes(length.min(64)).ok()?;
    Some(hex::encode(bytes))
}
