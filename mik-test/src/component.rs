//! A component, and what the test says of what it finds around it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::engine::{self, Code};
use crate::outbound::{Call, Reply};
use crate::state::Settings;
use crate::{Error, Request};

/// A component that answers requests. Clones share its code.
#[derive(Clone)]
pub struct Component {
    pub(crate) code: Arc<Code>,
    pub(crate) settings: Settings,
}

impl Component {
    /// The one that `cargo mik test` has built, in `MIK_COMPONENT`.
    ///
    /// # Errors
    /// The variable is not set; the file can't be read; it is no component that answers `wasi:http/incoming-handler@0.2`.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variable("MIK_COMPONENT".to_owned())
    }

    /// The one of that name, where `cargo mik test` has built several: in `MIK_COMPONENT_<NAME>`.
    ///
    /// # Errors
    /// As of [`Component::from_env`].
    pub fn named(name: &str) -> Result<Self, Error> {
        let name = name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        Self::from_variable(format!("MIK_COMPONENT_{name}"))
    }

    /// A file. It is read when this is called, and compiled once in a process: one that changes later stays what it was.
    ///
    /// # Errors
    /// It can't be read, or is no component that answers `wasi:http/incoming-handler@0.2`.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self { code: engine::code(path.as_ref())?, settings: Settings::default() })
    }

    fn from_variable(variable: String) -> Result<Self, Error> {
        match std::env::var_os(&variable).filter(|path| !path.is_empty()) {
            Some(path) => Self::from_file(Path::new(&path)),
            None => Err(Error::NoComponent { variable }),
        }
    }

    /// A variable of its environment. It has no others.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.environment.push((name.into(), value.into()));
        self
    }

    /// Answers a request that the component sends there: method and URL have to be these.
    #[must_use]
    pub fn on(self, method: &str, url: &str, reply: Reply) -> Self {
        let (method, url) = (method.to_owned(), url.to_owned());
        self.answer(move |call| (call.method == method && call.url == url).then(|| reply.clone()))
    }

    /// Answers every request that the component sends and that is not answered by what was said before.
    ///
    /// ```no_run
    /// use mik_test::{Component, Reply};
    ///
    /// # fn main() -> Result<(), mik_test::Error> {
    /// let shop = Component::from_env()?.outbound(|call| match call.header("authorization") {
    ///     Some("Bearer 7") => Reply::json("31"),
    ///     _ => Reply::new(401),
    /// });
    /// # drop(shop);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn outbound(self, answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        self.answer(move |call| Some(answer(call)))
    }

    /// Answers some of the requests that the component sends. One that nothing answers fails the test: sending gives
    /// [`Error::Unexpected`], whatever the component made of it.
    #[must_use]
    pub fn answer(mut self, answer: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static) -> Self {
        self.settings.answers.push(Arc::new(answer));
        self
    }

    /// Stops the clocks: the time of day at this, the monotonic clock at its beginning. A time before 1970 is 1970.
    #[must_use]
    pub fn clock(mut self, now: SystemTime) -> Self {
        self.settings.clock = Some(now);
        self
    }

    /// Has every instance get the same random numbers, those of a seed.
    #[must_use]
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// The most that each of its memories may have, in bytes; 128 MiB unless this says otherwise.
    #[must_use]
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.settings.memory = bytes;
        self
    }

    /// How long one request may take; 30 seconds unless this says otherwise.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.settings.time = time;
        self
    }

    /// A request to it: `target` is a path with its query, or a URL.
    pub fn request(&self, method: &str, target: &str) -> Request<'_> {
        Request::new(self, method, target)
    }
}

impl std::fmt::Debug for Component {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Component").finish_non_exhaustive()
    }
}
