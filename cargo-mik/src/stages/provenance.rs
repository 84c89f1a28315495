//! Where a component comes from, written into it: custom sections as `wasm-metadata` knows them, which `wasm-tools metadata
//! show` and registries read, and the list of what it was compiled from, as cargo-auditable writes it.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use miette::Diagnostic;
use thiserror::Error;
use wasm_encoder::{ComponentSection, ComponentSectionId, CustomSection, RawSection};
use wasm_metadata::{Authors, ComponentNames, Description, Homepage, Licenses, Revision, Source, Version};
use wasmparser::{BinaryReader, BinaryReaderError};

use crate::plan::Provenance;
use crate::project::About;
use crate::report::Reporter;

/// The section of the list of dependencies.
/// <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>
const DEPENDENCIES: &str = ".dep-v0";

/// The section with the component's name, and those of what is in it.
const NAMES: &str = "component-name";

/// The sections that are written here. Of what is in a component already, ours takes the place.
const SECTIONS: [&str; 9] =
    ["authors", "description", "licenses", "source", "homepage", "revision", "version", NAMES, DEPENDENCIES];

/// The bytes before a component's first section.
const HEADER: usize = wasm_encoder::Component::HEADER.len();

/// What a package says that its component can't carry.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` does not carry `{key} = {value:?}` of its manifest: {reason}")]
#[diagnostic(code(mik::project::not_carried), help("{help}"))]
struct NotCarried {
    name: String,
    key: &'static str,
    value: String,
    reason: &'static str,
    help: &'static str,
}

/// Provenance as it is written: made once for all files of a component.
pub(super) struct Sections {
    name: String,
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Sections {
    /// Says a warning for what the format of a section does not allow; the rest is written.
    pub(super) fn new(name: &str, provenance: &Provenance, reporter: &Reporter) -> Self {
        let Provenance { version, about, revision, dependencies } = provenance;
        let About { description, license, repository, homepage, authors } = about;
        let refused = |key, value: &str, reason, help| {
            let (name, value) = (name.to_owned(), value.to_owned());
            reporter.warn(NotCarried { name, key, value, reason, help });
        };
        let mut after = Vec::new();
        Version::new(version.clone()).append_to_component(&mut after);
        if let Some(description) = description {
            Description::new(description.clone()).append_to_component(&mut after);
        }
        if let Some(license) = license {
            // As cargo once wanted it, and still takes it.
            match Licenses::new(license).or_else(|_| Licenses::new(&license.replace('/', " OR "))) {
                Ok(licenses) => licenses.append_to_component(&mut after),
                Err(_) => refused(
                    "license",
                    license,
                    "it is no SPDX expression",
                    "write one, such as `MIT OR Apache-2.0`; a licence of your own is `LicenseRef-` and a name",
                ),
            }
        }
        let help = "write it as in `https://example.com/shop`";
        if let Some(repository) = repository {
            match Source::new(repository) {
                Ok(source) => source.append_to_component(&mut after),
                Err(_) => refused("repository", repository, "it is no URL", help),
            }
        }
        if let Some(homepage) = homepage {
            match Homepage::new(homepage) {
                Ok(homepage) => homepage.append_to_component(&mut after),
                Err(_) => refused("homepage", homepage, "it is no URL", help),
            }
        }
        if let Some(revision) = revision {
            Revision::new(revision.clone()).append_to_component(&mut after);
        }
        if !authors.is_empty() {
            Authors::new(authors.join(", ")).append_to_component(&mut after);
        }
        let mut before = Vec::new();
        // First: what reads this list looks no further than the end of the first module.
        if let Some(data) = dependencies.as_deref().and_then(|json| compressed(json.as_bytes()).ok()) {
            CustomSection { name: DEPENDENCIES.into(), data: data.into() }.append_to_component(&mut before);
        }
        Self { name: name.to_owned(), before, after }
    }

    /// A component with these sections as its own. What is nested in it keeps its own.
    ///
    /// # Errors
    /// It is damaged.
    pub(super) fn put(&self, component: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
        let (header, sections) = component.split_at(HEADER.min(component.len()));
        let mut output = Vec::with_capacity(component.len() + self.before.len() + self.after.len() + 64);
        output.extend_from_slice(header);
        output.extend_from_slice(&self.before);
        let mut names = None;
        let mut reader = BinaryReader::new(sections, HEADER as u64);
        while !reader.eof() {
            let id = reader.read_u8()?;
            let length = reader.read_var_u32()? as usize;
            let (place, data) = (reader.original_position(), reader.read_bytes(length)?);
            if id == u8::from(ComponentSectionId::CoreCustom) {
                let mut custom = BinaryReader::new(data, place);
                let name = custom.read_string()?;
                if name == NAMES {
                    let place = custom.original_position();
                    names = Some((custom.read_bytes(custom.bytes_remaining())?, place));
                }
                if SECTIONS.contains(&name) {
                    continue;
                }
            }
            ComponentSection::append_to_component(&RawSection { id, data }, &mut output);
        }
        // Names that can't be read are left out, as the passes leave all of them out.
        let names = names.and_then(|(data, place)| ComponentNames::from_bytes(data, place).ok());
        let mut names = names.unwrap_or_else(ComponentNames::empty);
        names.set_name(&self.name);
        if let Ok(data) = names.raw_custom_section() {
            output.push(ComponentSectionId::CoreCustom.into());
            output.extend_from_slice(&data);
        }
        output.extend_from_slice(&self.after);
        Ok(output)
    }
}

fn compressed(json: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(json)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use wasm_metadata::Payload;

    use super::*;
    use crate::report::{ColorChoice, MessageFormat, Shell, Verbosity};

    fn quiet() -> Reporter {
        Reporter::new(Shell::new(Verbosity::Quiet, MessageFormat::Human, ColorChoice::Never))
    }

    fn provenance() -> Provenance {
        Provenance {
            version: "1.2.3".to_owned(),
            about: About {
                description: Some("Sells.".to_owned()),
                license: Some("MIT/Apache-2.0".to_owned()),
                repository: Some("https://example.com/shop.git".to_owned()),
                homepage: Some("not a url".to_owned()),
                authors: vec!["A".to_owned(), "B <b@example.com>".to_owned()],
            },
            revision: Some("de978e17a80c1118f606fce919ba9b7d5a04a5ad-dirty".to_owned()),
            dependencies: Some(r#"{"packages":[]}"#.to_owned()),
        }
    }

    #[test]
    fn wasm_metadata_reads_what_was_written_and_what_can_not_be_carried_is_left_out() {
        let component = wat::parse_str(r#"(component $old (core module (@custom "version" "9")))"#).unwrap();
        let sections = Sections::new("shop", &provenance(), &quiet());
        let bytes = sections.put(&component).unwrap();
        wasmparser::Validator::new().validate_all(&bytes).unwrap();
        let payload = Payload::from_binary(&bytes).unwrap();
        let metadata = payload.metadata();
        assert_eq!(metadata.name.as_deref(), Some("shop"));
        let text = |it: Option<String>| it.unwrap_or_default();
        assert_eq!(text(metadata.version.as_ref().map(ToString::to_string)), "1.2.3");
        assert_eq!(text(metadata.licenses.as_ref().map(ToString::to_string)), "MIT OR Apache-2.0");
        assert_eq!(text(metadata.source.as_ref().map(ToString::to_string)), "https://example.com/shop.git");
        assert_eq!(text(metadata.authors.as_ref().map(ToString::to_string)), "A, B <b@example.com>");
        assert!(metadata.homepage.is_none() && metadata.description.is_some() && metadata.dependencies.is_some());
        assert!(text(metadata.revision.as_ref().map(ToString::to_string)).ends_with("-dirty"));
        let again = sections.put(&bytes).unwrap();
        assert!(again == bytes, "what is there already is not there twice");
    }

    #[test]
    fn what_is_damaged_is_an_error() {
        let component = wat::parse_str("(component (core module))").unwrap();
        let sections = Sections::new("shop", &provenance(), &quiet());
        assert!(sections.put(&component[..component.len() - 1]).is_err());
    }
}
