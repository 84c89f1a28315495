//! A component's OpenAPI document: the custom section `mik:openapi`, where it lies, and how it is told apart.
//!
//! The SDK puts it into the core module, where the linker leaves it. A build moves it out, to the component itself, where a
//! server finds it without looking into anything; and what is composed with the handler does not bring another.

use std::borrow::Cow;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;
use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::{BinaryReaderError, Parser, Payload};

use super::sections;

/// The section's name.
const SECTION: &str = "mik:openapi";

/// The largest document that is read, in bytes.
pub const DOCUMENT_MOST: usize = 4 << 20;

/// A component that does not say what it answers. Exit code 96.
#[derive(Debug, Error, Diagnostic)]
pub enum DocumentError {
    /// There is no document.
    #[error("`{}` has no OpenAPI document", path.display())]
    #[diagnostic(
        code(mik::project::no_openapi),
        help(
            "turn it on where the handler is built, in its Cargo.toml:\n\n    mik-sdk = {{ version = \"…\", features = [\"openapi\"] }}\n\nthen build again"
        )
    )]
    None {
        /// The component.
        path: PathBuf,
    },
    /// It is no component, or a damaged one.
    #[error("`{}` is not a WebAssembly component", path.display())]
    #[diagnostic(
        code(mik::project::not_a_component),
        help("give it what `cargo mik build` writes: `target/mik/<profile>/<name>.wasm`")
    )]
    NotAComponent {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Option<BinaryReaderError>,
    },
    /// The document is more than anybody would write.
    #[error("the OpenAPI document in `{}` is larger than {} MiB", path.display(), DOCUMENT_MOST >> 20)]
    #[diagnostic(code(mik::project::openapi_too_large), help("was the component made by `cargo mik build`?"))]
    TooLarge {
        /// The component.
        path: PathBuf,
    },
    /// The document is no JSON.
    #[error("the OpenAPI document in `{}` is not JSON", path.display())]
    #[diagnostic(
        code(mik::project::openapi_not_json),
        help(
            "the section `mik:openapi` is damaged, or two handlers have written it: build the component again, with `routes!` in it once"
        )
    )]
    NotJson {
        /// The component.
        path: PathBuf,
        /// Where it goes wrong.
        source: serde_json::Error,
    },
    /// More than one component was built.
    #[error("this selects {} components, and one document is printed: {}", names.len(), names.join(", "))]
    #[diagnostic(code(mik::project::many_components), help("choose one with `-p`"))]
    Many {
        /// The components.
        names: Vec<String>,
    },
    /// The file could not be read.
    #[error("`{}` can't be read", path.display())]
    #[diagnostic(code(mik::project::unreadable))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The document in a component's bytes: the component's own, else that of its core modules, where other tools leave it. Those
/// of the components that it is composed of may be anybody's.
///
/// # Errors
/// It is no component, or what it has is no document.
pub fn document(component: &[u8], path: &std::path::Path) -> Result<String, DocumentError> {
    let path = || path.to_owned();
    if !Parser::is_component(component) {
        return Err(DocumentError::NotAComponent { path: path(), source: None });
    }
    let found = sections_of(component)
        .map(|documents| documents.own)
        .map_err(|source| DocumentError::NotAComponent { path: path(), source: Some(source) })?
        .ok_or_else(|| DocumentError::None { path: path() })?;
    if found.len() > DOCUMENT_MOST {
        return Err(DocumentError::TooLarge { path: path() });
    }
    let checked: Result<serde::de::IgnoredAny, _> = serde_json::from_slice(found);
    checked.map_err(|source| DocumentError::NotJson { path: path(), source })?;
    Ok(String::from_utf8_lossy(found).into_owned())
}

/// Takes the document out of a component, and those of what it is composed of.
pub(super) fn take(component: Vec<u8>) -> Result<(Vec<u8>, Option<Vec<u8>>), BinaryReaderError> {
    let Documents { own, others } = sections_of(&component)?;
    let own = own.map(<[u8]>::to_vec);
    if own.is_none() && !others {
        return Ok((component, None));
    }
    Ok((sections::without(&component, |name| name == SECTION)?, own))
}

/// Puts the document into a component as its own, in place of any that is in it.
pub(super) fn put(component: Vec<u8>, document: Option<&[u8]>) -> Result<Vec<u8>, BinaryReaderError> {
    let (mut component, _) = take(component)?;
    if let Some(document) = document {
        let section = CustomSection { name: Cow::Borrowed(SECTION), data: Cow::Borrowed(document) };
        section.append_to_component(&mut component);
    }
    Ok(component)
}

/// The documents in a component.
struct Documents<'a> {
    /// What it says of itself.
    own: Option<&'a [u8]>,
    /// Whether components in it have any.
    others: bool,
}

fn sections_of(component: &[u8]) -> Result<Documents<'_>, BinaryReaderError> {
    let mut documents = Documents { own: None, others: false };
    let mut of_module = None;
    // What encloses the payload: a component, or else a module.
    let mut around: Vec<bool> = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } => around.push(false),
            Payload::ComponentSection { .. } => around.push(true),
            Payload::End(_) => {
                around.pop();
            }
            Payload::CustomSection(section) if section.name() == SECTION => match around.as_slice() {
                [] => documents.own = documents.own.or(Some(section.data())),
                [false] => of_module = of_module.or(Some(section.data())),
                _ => documents.others = true,
            },
            _ => {}
        }
    }
    documents.own = documents.own.or(of_module);
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn component(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    fn read(bytes: &[u8]) -> Result<String, DocumentError> {
        document(bytes, Path::new("x.wasm"))
    }

    #[test]
    fn a_document_is_moved_from_the_core_module_to_the_component() {
        let before = component(r#"(component (core module (@custom "mik:openapi" "{}") (@custom "kept" "x")))"#);
        let (without, taken) = take(before.clone()).unwrap();
        assert_eq!(taken.as_deref(), Some(&b"{}"[..]));
        assert!(matches!(read(&without), Err(DocumentError::None { .. })));
        let after = put(without, taken.as_deref()).unwrap();
        assert_eq!(read(&after).unwrap(), "{}");
        assert_eq!(read(&before).unwrap(), "{}");
        let text = wasmprinter::print_bytes(&after).unwrap();
        // Two spaces: in the component itself.
        assert!(text.contains("\n  (@custom \"mik:openapi\""), "{text}");
        assert!(text.contains("kept"));
        assert_eq!(text.matches("mik:openapi").count(), 1, "{text}");
    }

    #[test]
    fn what_is_composed_with_a_handler_brings_no_document_of_its_own() {
        let composed = component(
            r#"(component (component (@custom "mik:openapi" "[1]")) (component (core module (@custom "mik:openapi" "[2]"))))"#,
        );
        let after = put(composed, Some(b"{}")).unwrap();
        assert_eq!(read(&after).unwrap(), "{}");
        assert_eq!(wasmprinter::print_bytes(&after).unwrap().matches("mik:openapi").count(), 1);
    }

    #[test]
    fn the_document_of_a_part_is_not_shown_as_that_of_the_whole() {
        let part =
            r#"(component (component (@custom "mik:openapi" "[1]") (core module (@custom "mik:openapi" "[2]"))))"#;
        let composed = component(part);
        assert!(matches!(read(&composed), Err(DocumentError::None { .. })));
        let after = put(composed, None).unwrap();
        assert!(!wasmprinter::print_bytes(&after).unwrap().contains("mik:openapi"));
    }

    #[test]
    fn a_components_own_document_goes_before_those_of_its_parts() {
        let both = component(r#"(component (component (@custom "mik:openapi" "[1]")) (@custom "mik:openapi" "[2]"))"#);
        assert_eq!(read(&both).unwrap(), "[2]");
    }

    #[test]
    fn what_has_no_document_says_why() {
        assert!(matches!(read(b"hello"), Err(DocumentError::NotAComponent { source: None, .. })));
        assert!(matches!(read(&component("(module)")), Err(DocumentError::NotAComponent { source: None, .. })));
        let whole = component("(component (core module))");
        let cut = &whole[..whole.len() - 1];
        assert!(matches!(read(cut), Err(DocumentError::NotAComponent { source: Some(_), .. })));
        assert!(matches!(read(&whole), Err(DocumentError::None { .. })));
        let broken = component(r#"(component (@custom "mik:openapi" "{}{}"))"#);
        assert!(matches!(read(&broken), Err(DocumentError::NotJson { .. })));
        let large = put(whole, Some(&vec![b' '; DOCUMENT_MOST + 1])).unwrap();
        assert!(matches!(read(&large), Err(DocumentError::TooLarge { .. })));
    }
}
