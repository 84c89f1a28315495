//! What is published of a component: what it says of itself, its document, and what it is compiled from.

use std::collections::BTreeMap;
use std::path::Path;

use auditable_serde::{DependencyKind, Package as Listed, Source, VersionInfo};
use serde_json::{Value, json};
use wasm_metadata::Payload;
use wasmparser::Parser;

use super::openapi::{DocumentError, document};
use super::revision::Revisions;
use super::{Interface, StageError, dependencies};
use crate::deps::registry::{Document, Publication};
use crate::project::{Package, Project};

/// The media type of an OpenAPI document in JSON.
const OPENAPI: &str = "application/vnd.oai.openapi+json";
/// The media type of a CycloneDX document in JSON.
const CYCLONEDX: &str = "application/vnd.cyclonedx+json";

/// What a component says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComponentAbout {
    /// Its version.
    pub version: Option<String>,
    /// The commit that it is built from.
    pub revision: Option<String>,
    authors: Option<String>,
    annotations: BTreeMap<String, String>,
}

/// Reads what a component says of itself: what `Cargo.toml` says, where a build of ours has made it.
///
/// # Errors
/// It is no component.
pub fn about(component: &[u8], path: &Path) -> Result<ComponentAbout, DocumentError> {
    let not_a_component = || DocumentError::NotAComponent { path: path.to_owned(), source: None };
    if !Parser::is_component(component) {
        return Err(not_a_component());
    }
    let payload = Payload::from_binary(component).map_err(|_| not_a_component())?;
    let metadata = payload.metadata();
    let text = |value: Option<String>| value.filter(|value| !value.is_empty());
    let (version, revision) = (metadata.version.as_ref(), metadata.revision.as_ref());
    let version = text(version.map(ToString::to_string));
    let revision = text(revision.map(ToString::to_string));
    let authors = text(metadata.authors.as_ref().map(ToString::to_string));
    let keys = [
        ("title", metadata.name.clone()),
        ("version", version.clone()),
        ("description", metadata.description.as_ref().map(ToString::to_string)),
        ("licenses", metadata.licenses.as_ref().map(ToString::to_string)),
        ("source", metadata.source.as_ref().map(ToString::to_string)),
        ("url", metadata.homepage.as_ref().map(ToString::to_string)),
        ("revision", revision.clone()),
        ("authors", authors.clone()),
    ];
    let annotation = |(key, value)| Some((format!("org.opencontainers.image.{key}"), text(value)?));
    Ok(ComponentAbout { version, revision, authors, annotations: keys.into_iter().filter_map(annotation).collect() })
}

/// A component as it is published; `bill` is what it is compiled from, as [`bill`] tells.
///
/// # Errors
/// It is no component, or its document is none.
pub fn publication(component: Vec<u8>, path: &Path, bill: Option<String>) -> Result<Publication, DocumentError> {
    let ComponentAbout { authors, annotations, .. } = about(&component, path)?;
    let Interface { imports, exports } = Interface::of(&component)
        .map_err(|source| DocumentError::NotAComponent { path: path.to_owned(), source: Some(source) })?;
    let openapi = match document(&component, path) {
        Ok(document) => Some(document),
        Err(DocumentError::None { .. }) => None,
        Err(error) => return Err(error),
    };
    let named = |media_type, name: &str, content: Option<String>| {
        content.map(|content| Document { media_type, name: name.to_owned(), content: content.into_bytes() })
    };
    let documents = [named(OPENAPI, "openapi.json", openapi), named(CYCLONEDX, "sbom.cdx.json", bill)];
    let documents = documents.into_iter().flatten().collect();
    Ok(Publication { component, imports, exports, authors, annotations, documents })
}

/// The commit that a package is part of, with `-dirty` behind it where its repository's files differ from that; nothing, where it is
/// part of none.
pub fn revision(project: &Project, package: &Package) -> Option<String> {
    Revisions::new(&project.target_directory).of(&package.manifest_path)
}

/// What a package is compiled from, as a CycloneDX document. It tells what `build.auditable` does: names, versions, and who needs whom.
///
/// # Errors
/// Cargo does not tell.
pub fn bill(project: &Project, package: &Package) -> Result<String, StageError> {
    Ok(cyclonedx(&dependencies::info(project, package)?).to_string())
}

fn cyclonedx(info: &VersionInfo) -> Value {
    let reference = |place: usize, package: &Listed| format!("{place} {} {}", package.name, package.version);
    let component = |(place, package): (usize, &Listed)| {
        let mut component = json!({
            "type": if package.root { "application" } else { "library" },
            "bom-ref": reference(place, package),
            "name": package.name,
            "version": package.version.to_string(),
        });
        if package.kind == DependencyKind::Build {
            // It is there while it is compiled, and not in the component.
            component["scope"] = json!("excluded");
        }
        if package.source == Source::CratesIo {
            component["purl"] = json!(format!("pkg:cargo/{}@{}", package.name, package.version));
        }
        component
    };
    let packages = || info.packages.iter().enumerate();
    let depends = |(place, package): (usize, &Listed)| {
        let on = package.dependencies.iter().filter_map(|on| Some(reference(*on, info.packages.get(*on)?)));
        json!({ "ref": reference(place, package), "dependsOn": on.collect::<Vec<_>>() })
    };
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": packages().find(|(_, package)| package.root).map(component) },
        "components": packages().filter(|(_, package)| !package.root).map(component).collect::<Vec<_>>(),
        "dependencies": packages().map(depends).collect::<Vec<_>>(),
    })
}
