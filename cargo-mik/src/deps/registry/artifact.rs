//! Manifests: which of what they name is the component, in the forms in which tools push components.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The media types of manifests: of one image, and of several.
pub(super) const MANIFESTS: [&str; 4] = [
    IMAGE,
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];

/// The manifest of one image.
pub(super) const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";

/// The configuration of what the CNCF calls a Wasm OCI artifact.
pub(super) const CONFIG: &str = "application/vnd.wasm.config.v0+json";

/// A component in such an artifact.
pub(super) const WASM: &str = "application/wasm";

/// Layers that are WebAssembly: the CNCF's, and what older versions of wkg, wash, spin and cosmonic's tools write.
const LAYERS: [&str; 4] = [
    WASM,
    "application/vnd.wasm.content.layer.v1+wasm",
    "application/vnd.bytecodealliance.wasm.component.layer.v0+wasm",
    "application/vnd.module.wasm.content.layer.v1+wasm",
];

/// The name that oras gives what it has pushed.
const TITLE: &str = "org.opencontainers.image.title";

/// What docker says of an image that is none, but tells of another.
const DOCKER_REFERENCE: &str = "vnd.docker.reference.type";

/// A manifest, as far as is needed. All of it is from outside.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) schema_version: Option<u32>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
}

/// Something that a manifest names.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    #[serde(default)]
    pub(super) media_type: String,
    pub(super) digest: String,
    pub(super) size: u64,
    platform: Option<Platform>,
    artifact_type: Option<String>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Platform {
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
}

/// What a manifest leads to.
#[derive(Debug)]
pub(super) enum Content {
    /// The component.
    Layer(Descriptor),
    /// Another manifest.
    Manifest(Descriptor),
}

impl Manifest {
    /// The component, or the manifest that has it.
    ///
    /// # Errors
    /// What there is instead.
    pub(super) fn content(self) -> Result<Content, String> {
        match (self.manifests, self.layers) {
            (Some(manifests), _) => of_index(manifests).map(Content::Manifest),
            (None, Some(layers)) => of_image(layers, self.config.as_ref()).map(Content::Layer),
            (None, None) => Err("its manifest names no content".to_owned()),
        }
    }
}

/// Of several images the component: the one that says so, or the only one.
fn of_index(manifests: Vec<Descriptor>) -> Result<Descriptor, String> {
    let is_image = |it: &Descriptor| !it.annotations.as_ref().is_some_and(|all| all.contains_key(DOCKER_REFERENCE));
    let images: Vec<Descriptor> = manifests.into_iter().filter(is_image).collect();
    if let Some(wasm) = images.iter().filter(|it| it.is_wasm()).max_by_key(|it| it.is_component()) {
        return Ok(wasm.clone());
    }
    match <[Descriptor; 1]>::try_from(images) {
        Ok([only]) if only.platform.is_none() => Ok(only),
        Ok([only]) => Err(format!("it is an image for {}", only.platform_in_words())),
        Err(images) if images.is_empty() => Err("its index is empty".to_owned()),
        Err(images) => {
            let platforms: Vec<_> = images.iter().take(8).map(Descriptor::platform_in_words).collect();
            Err(format!("it is an index of images for {}", platforms.join(", ")))
        }
    }
}

fn of_image(layers: Vec<Descriptor>, config: Option<&Descriptor>) -> Result<Descriptor, String> {
    let mut wasm: Vec<&Descriptor> = layers.iter().filter(|it| LAYERS.contains(&it.media_type.as_str())).collect();
    if wasm.is_empty() {
        // As `oras push` does where it is not told what a file is.
        let is_named = |it: &&Descriptor| {
            let title = it.annotations.as_ref().and_then(|all| all.get(TITLE));
            title.is_some_and(|title| title.ends_with(".wasm"))
        };
        wasm = layers.iter().filter(is_named).collect();
    }
    match wasm.as_slice() {
        [only] => Ok((*only).clone()),
        [] => {
            let types: Vec<_> = layers.iter().take(4).map(|it| it.media_type.as_str()).collect();
            let config = config.map_or("", |config| config.media_type.as_str());
            Err(format!("its layers are `{}`, its configuration is `{config}`", types.join("`, `")))
        }
        several => Err(format!("it has {} layers of WebAssembly, and a component is one", several.len())),
    }
}

impl Descriptor {
    fn is_wasm(&self) -> bool {
        let is_platform =
            |it: &Platform| it.architecture == "wasm" || it.architecture == "wasm32" || it.os.starts_with("wasi");
        self.platform.as_ref().is_some_and(is_platform)
            || self.artifact_type.as_deref().is_some_and(|it| it.contains("wasm"))
    }

    /// Preview 1 is for core modules.
    fn is_component(&self) -> bool {
        !self.platform.as_ref().is_some_and(|it| it.os == "wasip1" || it.os == "wasi")
    }

    fn platform_in_words(&self) -> String {
        let platform = self.platform.as_ref().map(|it| format!("{}/{}", it.os, it.architecture));
        platform.unwrap_or_else(|| "any platform".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn content(manifest: Value) -> Result<String, String> {
        let manifest: Manifest = serde_json::from_value(manifest).unwrap();
        manifest.content().map(|content| match content {
            Content::Layer(found) | Content::Manifest(found) => found.digest,
        })
    }

    fn layer(media_type: &str) -> Value {
        json!({ "mediaType": media_type, "digest": media_type, "size": 1 })
    }

    #[test]
    fn a_component_is_found_as_each_tool_has_pushed_it() {
        for media_type in LAYERS {
            let other = layer("application/vnd.oci.image.layer.v1.tar+gzip");
            assert_eq!(content(json!({ "layers": [other, layer(media_type)] })).unwrap(), media_type);
        }
        let mut oras = layer("application/vnd.oci.image.layer.v1.tar");
        oras["annotations"] = json!({ TITLE: "a.wasm" });
        assert!(content(json!({ "layers": [oras] })).is_ok());
    }

    #[test]
    fn what_is_no_component_says_what_it_is() {
        let docker =
            json!({ "layers": [layer("tar")], "config": layer("application/vnd.docker.container.image.v1+json") });
        let error = content(docker).unwrap_err();
        assert!(error.contains("`tar`") && error.contains("docker.container"), "{error}");
        assert!(content(json!({ "layers": [layer(WASM), layer(WASM)] })).unwrap_err().contains("2 layers"));
        assert!(content(json!({ "schemaVersion": 2 })).unwrap_err().contains("no content"));
        let entry = |os: &str, architecture: &str| json!({ "mediaType": IMAGE, "digest": os, "size": 1, "platform": { "os": os, "architecture": architecture } });
        let error = content(json!({ "manifests": [entry("linux", "amd64"), entry("linux", "arm64")] })).unwrap_err();
        assert!(error.contains("linux/amd64, linux/arm64"), "{error}");
        assert!(content(json!({ "manifests": [] })).unwrap_err().contains("empty"));
    }

    #[test]
    fn of_an_index_the_component_is_taken() {
        let entry = |os: &str, architecture: &str| json!({ "mediaType": IMAGE, "digest": os, "size": 1, "platform": { "os": os, "architecture": architecture } });
        let index = json!({ "manifests": [entry("linux", "amd64"), entry("wasip1", "wasm"), entry("wasip2", "wasm")] });
        assert_eq!(content(index).unwrap(), "wasip2");
        let mut told = entry("unknown", "unknown");
        told["annotations"] = json!({ DOCKER_REFERENCE: "attestation-manifest" });
        assert_eq!(content(json!({ "manifests": [entry("wasip2", "wasm"), told] })).unwrap(), "wasip2");
        assert_eq!(content(json!({ "manifests": [layer("any")] })).unwrap(), "any");
    }
}
