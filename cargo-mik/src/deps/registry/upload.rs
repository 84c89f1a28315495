//! A component on its way into a registry: its content, what refers to it, and last of all its name.

use bytes::Bytes;
use http::HeaderValue;
use oci_client::RegistryOperation;
use oci_client::errors::OciDistributionError;
use serde_json::{Value, json};

use super::artifact::MANIFESTS;
use super::endpoint::Endpoint;
use super::failure::{Doing, Failure, Remedy};
use super::publication::{Blob, Pushed};
use super::{Publication, Reference, RegistryError};
use crate::report::{Event, Progress, size};

/// The media type of an index.
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

impl Endpoint {
    /// Pushes a component, and gives its digest.
    pub(super) async fn push(&self, reference: &Reference, publication: &Publication) -> Result<String, RegistryError> {
        let pushed = publication.pushed();
        let done = self.push_all(reference, publication, &pushed).await;
        self.reporter.emit(Event::ProgressEnd);
        done.map_err(|failure| failure.error)?;
        Ok(pushed.manifest.digest)
    }

    async fn push_all(&self, reference: &Reference, publication: &Publication, pushed: &Pushed) -> Result<(), Failure> {
        let doing = self.doing(reference, "push to");
        self.log_in(reference, RegistryOperation::Push, doing).await?;
        self.push_untagged(reference, pushed, doing).await?;
        let mut referrers = Vec::new();
        for document in &publication.documents {
            let referrer = document.pushed(&pushed.manifest);
            self.push_untagged(reference, &referrer, doing).await?;
            referrers.push(referrer);
        }
        if !referrers.is_empty() {
            self.list_referrers(reference, &pushed.manifest, &referrers, doing).await?;
        }
        self.put_manifest(reference, &pushed.manifest, doing).await
    }

    /// Pushes content and a manifest that nobody finds by a name.
    async fn push_untagged(&self, reference: &Reference, pushed: &Pushed, doing: Doing<'_>) -> Result<(), Failure> {
        for blob in &pushed.blobs {
            self.push_blob(reference, blob, doing).await?;
        }
        // As a tag, and meant as a digest: that is how the client says either, and it is not to look for a tag in the answer.
        self.put_manifest(&reference.with_tag(&pushed.manifest.digest), &pushed.manifest, doing).await
    }

    async fn push_blob(&self, reference: &Reference, blob: &Blob, doing: Doing<'_>) -> Result<(), Failure> {
        let is_there = async || self.client.blob_exists(reference.oci(), &blob.digest).await;
        if self.patiently(doing, is_there).await? {
            return Ok(());
        }
        let size = size(blob.content.len() as u64);
        let message = format!("{size} to {}", reference.place());
        self.reporter.emit(Event::Progress(Progress { verb: "Uploading", message, position: None }));
        let content = Bytes::from(blob.content.clone());
        let push = async || self.client.push_blob(reference.oci(), content.clone(), &blob.digest).await.map(drop);
        self.patiently(doing, push).await
    }

    async fn put_manifest(&self, reference: &Reference, manifest: &Blob, doing: Doing<'_>) -> Result<(), Failure> {
        let put = async || {
            let media_type = HeaderValue::from_static(manifest.media_type);
            self.client.push_manifest_raw(reference.oci(), manifest.content.clone(), media_type).await.map(drop)
        };
        self.patiently(doing, put).await
    }

    /// Has a manifest's referrers be found: a registry that does not keep a list of them has it as an image by the manifest's digest
    /// (OCI Distribution, "Referrers Tag Schema").
    async fn list_referrers(
        &self,
        reference: &Reference,
        subject: &Blob,
        referrers: &[Pushed],
        doing: Doing<'_>,
    ) -> Result<(), Failure> {
        let by_digest = reference.with_digest(&subject.digest);
        let get = async || match self.client.pull_referrers(by_digest.oci(), None).await {
            // Some say so where they have none.
            Err(OciDistributionError::RegistryError { .. }) => Ok(None),
            answer => answer.map(Some),
        };
        let known = self.patiently(doing, get).await?;
        let known = known.iter().flat_map(|index| &index.manifests).map(|entry| entry.digest.as_str());
        let known: Vec<String> = known.map(str::to_owned).collect();
        let missing: Vec<Value> =
            referrers.iter().filter(|it| !known.contains(&it.manifest.digest)).map(Pushed::entry).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let fallback = reference.with_tag(&subject.digest.replace(':', "-"));
        let mut manifests = self.listed(&fallback, doing).await?;
        manifests.extend(missing);
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
        let content = index.to_string().into_bytes();
        let index = Blob { media_type: INDEX, digest: String::new(), content };
        self.put_manifest(&fallback, &index, doing).await
    }

    /// What is in the list already, as it is.
    async fn listed(&self, fallback: &Reference, doing: Doing<'_>) -> Result<Vec<Value>, Failure> {
        let get = async || self.client.pull_manifest_raw(fallback.oci(), &self.login.auth, &MANIFESTS).await;
        let index = match self.patiently(doing, get).await {
            Ok((index, _)) => index,
            Err(Failure { remedy: Remedy::Look, .. }) => return Ok(Vec::new()),
            Err(failure) => return Err(failure),
        };
        let index: Value = serde_json::from_slice(&index).unwrap_or_default();
        Ok(index.get("manifests").and_then(Value::as_array).cloned().unwrap_or_default())
    }
}
