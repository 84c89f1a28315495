//! From a reference to a digest: which manifest it stands for now, and which content of that is the component.

use std::collections::BTreeSet;

use bytes::Bytes;
use oci_client::RegistryOperation;
use oci_client::client::TagResponse;
use oci_client::errors::OciDistributionError;
use serde::Serialize;

use super::artifact::{Content, Descriptor, MANIFESTS, Manifest};
use super::endpoint::Endpoint;
use super::failure::{Doing, Failure, Remedy, version};
use super::{COMPONENT_MOST, Reference, RegistryError};

/// How many indexes may lead to another.
const DEPTH: usize = 3;
/// How many tags are asked for at once.
const PAGE: usize = 1000;
/// How many tags there may be.
const TAGS_MOST: usize = 100_000;
/// How many are named where one is not there.
const NAMED: usize = 8;

/// What a reference stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resolved {
    /// The digest of its manifest: of the image's own, where the reference leads to an index.
    pub digest: String,
    /// The component.
    pub layer: Layer,
}

/// A component's bytes, by what they have to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// The digest of the bytes.
    pub digest: String,
    /// How many there are.
    pub size: u64,
    /// What its publisher calls it.
    pub media_type: String,
}

impl Endpoint {
    /// Finds out what a reference stands for; `at` is the same here.
    pub(super) async fn resolve(&self, reference: &Reference, at: &Reference) -> Result<Resolved, RegistryError> {
        let doing = self.doing(reference, "pull");
        self.log_in(at, RegistryOperation::Pull, doing).await.map_err(|failure| failure.error)?;
        let mut at = at.clone();
        for _ in 0..DEPTH {
            let (body, digest) = match self.manifest(&at, doing).await {
                Ok(found) => found,
                Err(failure) => return Err(self.missing(failure, reference, &at).await),
            };
            let not_wasm = |what| RegistryError::NotWasm { reference: reference.to_string(), what };
            let manifest: Manifest = serde_json::from_slice(&body)
                .map_err(|error| doing.failed(&format!("its manifest makes no sense: {error}")))?;
            if manifest.schema_version == Some(1) {
                return Err(not_wasm("its manifest is of version 1, which knows images of containers only".to_owned()));
            }
            match manifest.content().map_err(not_wasm)? {
                Content::Manifest(Descriptor { digest, .. }) => at = at.with_digest(&digest),
                Content::Layer(Descriptor { digest: of_layer, size, media_type, .. }) => {
                    if size > COMPONENT_MOST {
                        let reference = reference.to_string();
                        return Err(RegistryError::TooLarge { reference, size, most: COMPONENT_MOST });
                    }
                    return Ok(Resolved { digest, layer: Layer { digest: of_layer, size, media_type } });
                }
            }
        }
        Err(doing.failed("its indexes lead to indexes and no further"))
    }

    /// The digest of what a reference stands for; nothing, where there is nothing.
    pub(super) async fn published(&self, reference: &Reference) -> Result<Option<String>, RegistryError> {
        let doing = self.doing(reference, "pull");
        self.log_in(reference, RegistryOperation::Pull, doing).await.map_err(|failure| failure.error)?;
        match self.manifest(reference, doing).await {
            Ok((_, digest)) => Ok(Some(digest)),
            Err(Failure { remedy: Remedy::Look, .. }) => Ok(None),
            Err(failure) => Err(failure.error),
        }
    }

    /// A manifest, which has the digest that it is said to have.
    pub(super) async fn manifest(&self, at: &Reference, doing: Doing<'_>) -> Result<(Bytes, String), Failure> {
        let get = async || self.client.pull_manifest_raw(at.oci(), &self.login.auth, &MANIFESTS).await;
        self.patiently(doing, get).await
    }

    /// The tags of a repository.
    pub(super) async fn tags(&self, reference: &Reference, at: &Reference) -> Result<Vec<String>, RegistryError> {
        let doing = self.doing(reference, "pull");
        self.log_in(at, RegistryOperation::Pull, doing).await.map_err(|failure| failure.error)?;
        match self.list(at, doing).await {
            Ok(tags) => Ok(tags),
            Err(Failure { remedy: Remedy::Look, .. }) => Err(self.unknown_repository(reference)),
            Err(failure) => Err(failure.error),
        }
    }

    async fn list(&self, at: &Reference, doing: Doing<'_>) -> Result<Vec<String>, Failure> {
        let mut tags = BTreeSet::new();
        let mut last: Option<String> = None;
        while tags.len() < TAGS_MOST {
            let get =
                async || match self.client.list_tags(at.oci(), &self.login.auth, Some(PAGE), last.as_deref()).await {
                    // `null`: all of them have been taken away.
                    Err(OciDistributionError::JsonError(_)) => {
                        Ok(TagResponse { name: String::new(), tags: Vec::new() })
                    }
                    answer => answer,
                };
            let page = match self.patiently(doing, get).await {
                Ok(page) => page.tags,
                Err(failure) => return Err(failure),
            };
            let (count, before) = (page.len(), tags.len());
            last = page.last().cloned();
            tags.extend(page);
            // Some give all of them at once, and again when they are asked for more.
            if count < PAGE || tags.len() == before {
                break;
            }
        }
        Ok(tags.into_iter().collect())
    }

    /// What is missing, where something is: the repository, or the tag alone.
    async fn missing(&self, failure: Failure, reference: &Reference, at: &Reference) -> RegistryError {
        let Failure { error, remedy: Remedy::Look } = failure else { return failure.error };
        // Once: it is only for the message.
        let tags = match self.client.list_tags(at.oci(), &self.login.auth, Some(PAGE), None).await {
            Ok(page) => page.tags,
            // All of them have been taken away.
            Err(OciDistributionError::JsonError(_)) => Vec::new(),
            Err(unlisted) => match self.doing(reference, "pull").failure(unlisted) {
                Failure { remedy: Remedy::Look, .. } => return self.unknown_repository(reference),
                // Many do not let everybody see the list.
                _ => return error,
            },
        };
        let wanted = version(reference);
        let help = match nearest(&tags, &wanted) {
            names if names.is_empty() => "it has none at all".to_owned(),
            names => format!("it has {}", names.join(", ")),
        };
        RegistryError::UnknownTag { place: reference.place(), version: wanted, help }
    }

    fn unknown_repository(&self, reference: &Reference) -> RegistryError {
        let (registry, repository) = (self.registry.clone(), reference.repository().to_owned());
        RegistryError::UnknownRepository { registry, repository }
    }
}

/// The tags that most resemble another, as many as fit into a line.
fn nearest(tags: &[String], wanted: &str) -> Vec<String> {
    let is_for_people = |tag: &&String| !tag.starts_with("sha256-");
    let mut tags: Vec<&String> = tags.iter().filter(is_for_people).collect();
    let likeness = |tag: &str| tag.bytes().zip(wanted.bytes()).take_while(|(one, other)| one == other).count();
    tags.sort_by(|one, other| likeness(other).cmp(&likeness(one)).then_with(|| other.cmp(one)));
    tags.into_iter().take(NAMED).map(|tag| format!("`{tag}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_tags_those_that_are_like_it_are_named() {
        let tags: Vec<String> = (0..20).map(|minor| format!("1.{minor}")).chain(["latest".to_owned()]).collect();
        let named = nearest(&tags, "1.30");
        assert_eq!(named.len(), NAMED);
        assert_eq!(named.first().map(String::as_str), Some("`1.3`"));
        assert_eq!(nearest(&["sha256-0".to_owned()], "1"), Vec::<String>::new());
    }
}
