//! A component's bytes on their way here: counted, digested, gone on with where they broke off.

use std::future::poll_fn;
use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use futures_core::Stream as _;
use oci_client::RegistryOperation;
use oci_client::client::{BlobResponse, SizedStream};

use super::endpoint::Endpoint;
use super::failure::{Doing, Failure, Remedy};
use super::{Layer, Reference, RegistryError};
use crate::report::{Event, Progress, Reporter};
use crate::tools::digest::Running;
use crate::tools::files::OutputError;

/// How often a download goes on at most, however much came in between.
const PIECES: u32 = 50;
/// So many bytes are news.
const NEWS: u64 = 64 << 10;

/// The first bytes of a component, and of a core module.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A download, from however many connections.
pub(super) struct Download<'a> {
    reference: &'a Reference,
    layer: &'a Layer,
    file: &'a mut dyn Write,
    path: &'a Path,
    reporter: &'a Reporter,
    digest: Running,
    received: u64,
    told: u64,
    head: Vec<u8>,
}

impl<'a> Download<'a> {
    pub(super) fn new(
        reference: &'a Reference,
        layer: &'a Layer,
        file: &'a mut dyn Write,
        path: &'a Path,
        reporter: &'a Reporter,
    ) -> Result<Self, RegistryError> {
        let digest = Running::of_name(&layer.digest).ok_or_else(|| RegistryError::Failed {
            registry: reference.registry().to_owned(),
            what: format!("`{}` is no digest that is understood here", layer.digest),
        })?;
        Ok(Self { reference, layer, file, path, reporter, digest, received: 0, told: 0, head: Vec::new() })
    }

    /// Whether what has come may be a part of what is wanted.
    pub(super) fn is_sound(&self) -> bool {
        self.received < self.layer.size
    }

    /// Gets what is missing from a registry; `at` is the reference there.
    pub(super) async fn from(&mut self, endpoint: &Endpoint, at: &Reference) -> Result<(), RegistryError> {
        let reference = self.reference;
        let doing = endpoint.doing(reference, "pull");
        endpoint.log_in(at, RegistryOperation::Pull, doing).await.map_err(|failure| failure.error)?;
        let (mut tried, mut pieces) = (1, 1);
        let fetched = loop {
            let before = self.received;
            let failure = match self.piece(endpoint, at, doing).await {
                Ok(()) if self.received == self.layer.size => break self.check(),
                Ok(()) => Failure { error: self.truncated(), remedy: Remedy::Again },
                // What is to be said of it is how much has come.
                Err(Failure { remedy: Remedy::Again, .. }) if self.received > 0 => {
                    Failure { error: self.truncated(), remedy: Remedy::Again }
                }
                Err(failure) => failure,
            };
            if self.received > before {
                tried = 1;
            }
            if pieces == PIECES {
                break Err(failure.error);
            }
            if let Err(failure) = endpoint.recover(doing, failure, tried).await {
                break Err(failure.error);
            }
            (tried, pieces) = (tried + 1, pieces + 1);
        };
        self.reporter.emit(Event::ProgressEnd);
        fetched
    }

    /// Gets what comes of one request.
    async fn piece(&mut self, endpoint: &Endpoint, at: &Reference, doing: Doing<'_>) -> Result<(), Failure> {
        let digest = self.layer.digest.as_str();
        let answer = endpoint.client.pull_blob_stream_partial(at.oci(), digest, self.received, None).await;
        let (mut stream, mut known) = match answer.map_err(|error| doing.failure(error))? {
            BlobResponse::Partial(stream) => (stream, 0),
            // It can't begin in the middle: what is here already comes again.
            BlobResponse::Full(stream) => (stream, self.received),
        };
        while self.received < self.layer.size {
            let Some(bytes) = next(&mut stream).await else { break };
            let mut bytes = bytes.map_err(|error| doing.interrupted(error))?;
            let skipped = known.min(bytes.len() as u64);
            drop(bytes.split_to(usize::try_from(skipped).unwrap_or(bytes.len())));
            known -= skipped;
            self.take(&bytes, doing)?;
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8], doing: Doing<'_>) -> Result<(), RegistryError> {
        if bytes.len() as u64 > self.layer.size - self.received {
            return Err(
                doing.failed(&format!("more comes than the {} bytes that its manifest tells of", self.layer.size))
            );
        }
        self.file.write_all(bytes).map_err(|source| OutputError { path: self.path.to_owned(), source })?;
        self.digest.update(bytes);
        self.received += bytes.len() as u64;
        self.head.extend(bytes.iter().take(COMPONENT.len().saturating_sub(self.head.len())));
        if self.received - self.told >= NEWS || self.received == self.layer.size {
            self.told = self.received;
            let position = Some((self.received, self.layer.size));
            self.reporter.emit(Event::Progress(Progress {
                verb: "Downloading",
                message: self.reference.to_string(),
                position,
            }));
        }
        Ok(())
    }

    /// Whether all that came is what was wanted.
    fn check(&mut self) -> Result<(), RegistryError> {
        let reference = self.reference.to_string();
        let actual = self.digest.name();
        if actual != self.layer.digest {
            let expected = self.layer.digest.clone();
            return Err(RegistryError::WrongDigest { reference, expected, actual });
        }
        self.file.flush().map_err(|source| OutputError { path: self.path.to_owned(), source })?;
        match self.head.as_slice() {
            COMPONENT => Ok(()),
            MODULE => Err(RegistryError::CoreModule { reference }),
            _ => {
                let what =
                    format!("it is said to be `{}`, and does not begin as WebAssembly does", self.layer.media_type);
                Err(RegistryError::NotWasm { reference, what })
            }
        }
    }

    fn truncated(&self) -> RegistryError {
        let (reference, received, size) = (self.reference.to_string(), self.received, self.layer.size);
        RegistryError::Truncated { reference, received, size }
    }
}

async fn next(stream: &mut SizedStream) -> Option<std::io::Result<Bytes>> {
    poll_fn(|context| std::pin::Pin::new(&mut *stream).poll_next(context)).await
}
