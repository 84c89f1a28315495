//! OCI registries: from a component's name to its bytes, and from its bytes to a name.
//!
//! What is asked of `oci-client` is the protocol and its tokens. What a failure means, whether it may heal, which content of a manifest
//! is the component, and that what comes is what was asked for, is decided here. All of it runs in the thread that asks.

mod artifact;
mod download;
mod endpoint;
mod error;
mod failure;
mod login;
mod publication;
mod reference;
mod resolution;
mod token;
mod upload;

pub use error::{Cause, RegistryError};
pub use login::Access;
pub use publication::{Document, Publication};
pub use reference::Reference;
pub(super) use reference::is_loopback;
pub use resolution::{Layer, Resolved};

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};

use self::endpoint::Endpoint;
use self::failure::Doing;
use self::login::Login;
use crate::project::RegistrySettings;
use crate::report::Reporter;

/// The largest component, in bytes: no host loads a larger one.
pub const COMPONENT_MOST: u64 = 512 << 20;

/// The registries as one project sees them: its default, its mirrors, and the user's logins.
pub struct Registries {
    settings: RegistrySettings,
    /// Those that the variables' login is for.
    named: BTreeSet<String>,
    /// What else is known of some: how to speak to them.
    accesses: BTreeMap<String, Access>,
    reporter: Reporter,
    runtime: Runtime,
    endpoints: Mutex<BTreeMap<String, Arc<Endpoint>>>,
}

impl Registries {
    /// Nobody is asked for anything yet.
    ///
    /// # Errors
    /// The system gives no means of waiting.
    pub fn new(settings: RegistrySettings, reporter: &Reporter) -> Result<Self, RegistryError> {
        // The one that the host uses as well. Where somebody has already said which, that holds.
        drop(rustls::crypto::ring::default_provider().install_default());
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| RegistryError::Client { source: Box::new(source) })?;
        let named = BTreeSet::from([settings.default.clone()]);
        let accesses = BTreeMap::new();
        Ok(Self { settings, named, accesses, reporter: reporter.clone(), runtime, endpoints: Mutex::default() })
    }

    /// Reads a reference by these settings.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(&self, text: &str) -> Result<Reference, RegistryError> {
        Reference::parse(text, &self.settings)
    }

    /// The same, of one that stands on the command line: the login of `MIK_REGISTRY_USERNAME` and so on is for its registry, too.
    ///
    /// # Errors
    /// It is none.
    pub fn parse_named(&mut self, text: &str) -> Result<Reference, RegistryError> {
        let reference = self.parse(text)?;
        self.named.insert(reference.registry().to_owned());
        Ok(reference)
    }

    /// Has a registry be spoken to as the user has said elsewhere: what the project and the environment say goes before it.
    pub fn grant(&mut self, registry: &str, access: Access) {
        self.accesses.insert(registry.to_owned(), access);
    }

    /// Finds out what a reference stands for now.
    ///
    /// # Errors
    /// There is no such component, or it can't be asked for.
    pub fn resolve(&self, reference: &Reference) -> Result<Resolved, RegistryError> {
        self.run(self.each_place(reference, async |endpoint, at| endpoint.resolve(reference, &at).await))
    }

    /// The tags of a reference's repository, sorted.
    ///
    /// # Errors
    /// There is no such repository, or it can't be asked for.
    pub fn tags(&self, reference: &Reference) -> Result<Vec<String>, RegistryError> {
        self.run(self.each_place(reference, async |endpoint, at| endpoint.tags(reference, &at).await))
    }

    /// Writes a component, as [`Registries::resolve`] has found it, to a file. A download that breaks off goes on where it was. What has
    /// been written is the component only where this succeeds. `path` is what the file is called in messages.
    ///
    /// # Errors
    /// It did not come, or not as it should be; the file can't be written.
    pub fn fetch(
        &self,
        reference: &Reference,
        layer: &Layer,
        file: &mut dyn Write,
        path: &Path,
    ) -> Result<(), RegistryError> {
        let mut download = download::Download::new(reference, layer, file, path, &self.reporter)?;
        self.run(async {
            for (registry, at) in self.places(reference) {
                let fetched = match self.endpoint(&registry).await {
                    Ok(endpoint) => download.from(&endpoint, &at).await,
                    Err(error) => Err(error),
                };
                match fetched {
                    Err(error) if registry != reference.registry() && download.is_sound() => {
                        self.passed_over(&registry, &error)
                    }
                    fetched => return fetched,
                }
            }
            Ok(())
        })
    }

    /// The digest of what a reference stands for now; nothing, where it stands for nothing. No mirror is asked.
    ///
    /// # Errors
    /// It can't be asked for.
    pub fn published(&self, reference: &Reference) -> Result<Option<String>, RegistryError> {
        self.run(async { self.endpoint(reference.registry()).await?.published(reference).await })
    }

    /// Puts a component into a registry, and gives its digest. Its name comes last: it is there whole, or not at all.
    ///
    /// # Errors
    /// The registry does not take it.
    pub fn push(&self, reference: &Reference, publication: &Publication) -> Result<String, RegistryError> {
        self.run(async { self.endpoint(reference.registry()).await?.push(reference, publication).await })
    }

    fn run<T>(&self, work: impl Future<Output = Result<T, RegistryError>>) -> Result<T, RegistryError> {
        self.runtime.block_on(work)
    }

    /// Does something at the mirror, if there is one, and where that fails at the registry itself.
    async fn each_place<T>(
        &self,
        reference: &Reference,
        act: impl AsyncFn(Arc<Endpoint>, Reference) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        if let Some(mirror) = self.mirror(reference) {
            let done = match self.endpoint(mirror.registry()).await {
                Ok(endpoint) => act(endpoint, mirror.clone()).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(done) => return Ok(done),
                Err(error) => self.passed_over(mirror.registry(), &error),
            }
        }
        act(self.endpoint(reference.registry()).await?, reference.clone()).await
    }

    /// Where a reference may be, the best first.
    fn places(&self, reference: &Reference) -> Vec<(String, Reference)> {
        let mirror = self.mirror(reference);
        let places = mirror.into_iter().chain([reference.clone()]);
        places.map(|place| (place.registry().to_owned(), place)).collect()
    }

    fn mirror(&self, reference: &Reference) -> Option<Reference> {
        Some(reference.below(self.settings.mirrors.get(reference.registry())?))
    }

    fn passed_over(&self, mirror: &str, error: &RegistryError) {
        self.reporter.detail("Passing", format!("over the mirror `{mirror}`: {error}"));
    }

    async fn endpoint(&self, registry: &str) -> Result<Arc<Endpoint>, RegistryError> {
        let known = || self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(endpoint) = known().get(registry) {
            return Ok(Arc::clone(endpoint));
        }
        let access = self.accesses.get(registry);
        let login = Login::find(registry, self.named.contains(registry), access, &self.reporter);
        let is_insecure = self.settings.insecure.iter().any(|insecure| insecure == registry)
            || access.is_some_and(|access| access.may_be_plain);
        let endpoint = Arc::new(Endpoint::open(registry, is_insecure, login, &self.reporter).await?);
        known().insert(registry.to_owned(), Arc::clone(&endpoint));
        Ok(endpoint)
    }
}

impl Endpoint {
    /// What is being done, for messages.
    fn doing<'a>(&'a self, reference: &'a Reference, what: &'static str) -> Doing<'a> {
        Doing { reference, registry: &self.registry, login: &self.login, has_token: &self.has_token, what }
    }
}
