//! What is published: a component as a Wasm OCI artifact, and the documents that refer to it.
//!
//! <https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>. The same component gives the same digest: nothing in it tells
//! when or where it was made.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::artifact::{CONFIG, IMAGE, WASM};
use crate::tools::digest;

/// The configuration of what has none, and its bytes (OCI Image Manifest, "Guidance for an Empty Descriptor").
const EMPTY: (&str, &[u8]) = ("application/vnd.oci.empty.v1+json", b"{}");

/// The moment that the configuration has to name, and that nobody wants in a digest.
const EPOCH: &str = "1970-01-01T00:00:00Z";

/// A component to be published.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// The component.
    pub component: Vec<u8>,
    /// What it imports, by name.
    pub imports: Vec<String>,
    /// What it exports, by name.
    pub exports: Vec<String>,
    /// Who has written it.
    pub authors: Option<String>,
    /// What is said of it, by the OCI's keys.
    pub annotations: BTreeMap<String, String>,
    /// What refers to it.
    pub documents: Vec<Document>,
}

/// A document that refers to a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is: its media type.
    pub media_type: &'static str,
    /// What it is called as a file.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// A piece of content, and how manifests name it.
#[derive(Clone, Debug)]
pub(super) struct Blob {
    pub(super) media_type: &'static str,
    pub(super) digest: String,
    pub(super) content: Vec<u8>,
}

/// A manifest, and what has to be there before it.
#[derive(Clone, Debug)]
pub(super) struct Pushed {
    pub(super) blobs: Vec<Blob>,
    pub(super) manifest: Blob,
    /// How an index names it.
    pub(super) artifact_type: &'static str,
}

impl Blob {
    fn new(media_type: &'static str, content: Vec<u8>) -> Self {
        Self { media_type, digest: format!("sha256:{}", digest::of(&content)), content }
    }

    fn of_json(media_type: &'static str, value: &Value) -> Self {
        Self::new(media_type, value.to_string().into_bytes())
    }

    /// How a manifest names it.
    pub(super) fn descriptor(&self) -> Value {
        json!({ "mediaType": self.media_type, "digest": self.digest, "size": self.content.len() })
    }
}

impl Publication {
    /// The digest by which it will be known.
    pub fn digest(&self) -> String {
        self.pushed().manifest.digest
    }

    pub(super) fn pushed(&self) -> Pushed {
        let layer = Blob::new(WASM, self.component.clone());
        let config = json!({
            "created": EPOCH,
            "author": self.authors,
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [layer.digest],
            "component": { "exports": self.exports, "imports": self.imports, "target": null },
        });
        let config = Blob::of_json(CONFIG, &config);
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": IMAGE,
            "config": config.descriptor(),
            "layers": [layer.descriptor()],
        });
        if !self.annotations.is_empty() {
            manifest["annotations"] = json!(self.annotations);
        }
        let manifest = Blob::of_json(IMAGE, &manifest);
        Pushed { blobs: vec![layer, config], manifest, artifact_type: CONFIG }
    }
}

impl Document {
    /// It as something that refers to a manifest.
    pub(super) fn pushed(&self, subject: &Blob) -> Pushed {
        let config = Blob::new(EMPTY.0, EMPTY.1.to_vec());
        let content = Blob::new(self.media_type, self.content.clone());
        let mut layer = content.descriptor();
        layer["annotations"] = json!({ "org.opencontainers.image.title": self.name });
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": IMAGE,
            "artifactType": self.media_type,
            "config": config.descriptor(),
            "layers": [layer],
            "subject": subject.descriptor(),
        });
        let manifest = Blob::of_json(IMAGE, &manifest);
        Pushed { blobs: vec![content, config], manifest, artifact_type: self.media_type }
    }
}

impl Pushed {
    /// How an index names it among what refers to a manifest.
    pub(super) fn entry(&self) -> Value {
        let mut entry = self.manifest.descriptor();
        entry["artifactType"] = json!(self.artifact_type);
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_component_has_the_same_digest() {
        let publication = Publication {
            component: b"\0asm\x0d\0\x01\0".to_vec(),
            imports: vec!["wasi:cli/environment@0.2.0".to_owned()],
            exports: vec!["wasi:http/incoming-handler@0.2.0".to_owned()],
            authors: None,
            annotations: BTreeMap::from([("org.opencontainers.image.version".to_owned(), "1.0.0".to_owned())]),
            documents: Vec::new(),
        };
        assert_eq!(publication.digest(), publication.clone().digest());
        let other = Publication { annotations: BTreeMap::new(), ..publication.clone() };
        assert_ne!(publication.digest(), other.digest());
        let manifest: Value = serde_json::from_slice(&publication.pushed().manifest.content).unwrap();
        assert_eq!(manifest["config"]["mediaType"], "application/vnd.wasm.config.v0+json");
        assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
        assert_eq!(manifest["layers"][0]["size"], 8);
    }
}
