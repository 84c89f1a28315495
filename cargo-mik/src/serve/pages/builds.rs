//! How the project's build stands, and who is told when that changes: pages that are open, by server-sent events.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Frame;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::super::exchange::{Body, Broken};

/// How many pages are told at once.
const LISTENERS_MOST: usize = 64;
/// How often a page is told that there is nothing to tell: so that one that has gone away is noticed.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// How the build stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) is_building: bool,
    /// How many builds have come to their end.
    ended: u64,
    /// Which of them was the last good one.
    good: Option<u64>,
    /// The last one, where it has failed: which it was, and what was said of it.
    broken: Option<(u64, Arc<str>)>,
}

/// How the project's build stands.
pub(super) struct Builds {
    /// What tells this server's builds from those of the one before it.
    server: String,
    standing: watch::Sender<Standing>,
    room: Arc<Semaphore>,
}

impl Builds {
    pub(super) fn new() -> Self {
        let server = format!("{:08x}", RandomState::new().hash_one(std::process::id()) as u32);
        // What is served before the first build begins has a build to wait for.
        let standing = watch::Sender::new(Standing { is_building: true, ..Standing::default() });
        Self { server, standing, room: Arc::new(Semaphore::new(LISTENERS_MOST)) }
    }

    pub(super) fn begun(&self) {
        self.standing.send_modify(|standing| standing.is_building = true);
    }

    /// A build has come to its end: with a version that answers now, or with what is to be said.
    pub(super) fn ended(&self, outcome: Result<(), Arc<str>>) {
        self.standing.send_modify(|standing| {
            standing.is_building = false;
            standing.ended += 1;
            match outcome {
                Ok(()) => (standing.good, standing.broken) = (Some(standing.ended), None),
                Err(said) => standing.broken = Some((standing.ended, said)),
            }
        });
    }

    pub(super) fn standing(&self) -> Standing {
        self.standing.borrow().clone()
    }

    /// What the last good build is called; nothing where there was none.
    pub(super) fn good(&self, standing: &Standing) -> String {
        standing.good.map_or_else(String::new, |number| self.name(number))
    }

    /// What the last build is called, where it has failed, and what was said of it.
    pub(super) fn broken(&self, standing: &Standing) -> Option<(String, Arc<str>)> {
        standing.broken.as_ref().map(|(number, said)| (self.name(*number), said.clone()))
    }

    fn name(&self, number: u64) -> String {
        format!("{}-{number}", self.server)
    }

    /// What a page is told.
    fn event(&self, standing: &Standing) -> Bytes {
        let told = json!({
            "building": standing.is_building,
            "good": self.good(standing),
            "broken": self.broken(standing).map_or_else(String::new, |(name, _)| name),
        });
        format!("data: {told}\n\n").into()
    }

    /// Tells how the build stands, now and whenever that changes, until the server stops; gives nothing where there are too many
    /// who listen.
    pub(super) fn events(self: &Arc<Self>, stopped: CancellationToken) -> Option<Body> {
        let permit = self.room.clone().try_acquire_owned().ok()?;
        let mut standing = self.standing.subscribe();
        standing.mark_changed();
        let next: Next = Box::pin(next(self.clone(), standing, stopped.clone()));
        Some(Events { builds: self.clone(), stopped, next: Some(next), _permit: permit }.boxed_unsync())
    }
}

type Listener = watch::Receiver<Standing>;
type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Listener)>> + Send>>;

/// Waits for something to tell: nothing once the server has been told to stop.
async fn next(builds: Arc<Builds>, mut listener: Listener, stopped: CancellationToken) -> Option<(Bytes, Listener)> {
    let event = tokio::select! {
        biased;
        () = stopped.cancelled() => return None,
        changed = listener.changed() => {
            changed.ok()?;
            let standing = listener.borrow_and_update().clone();
            builds.event(&standing)
        }
        () = sleep(SIGN_OF_LIFE) => Bytes::from_static(b":\n\n"),
    };
    Some((event, listener))
}

/// A body that goes on until the server stops, or its reader goes away.
struct Events {
    builds: Arc<Builds>,
    stopped: CancellationToken,
    next: Option<Next>,
    _permit: OwnedSemaphorePermit,
}

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let Some(waiting) = &mut self.next else { return Poll::Ready(None) };
        let told = ready!(waiting.as_mut().poll(cx));
        let (event, rest) = told.unzip();
        let rest = rest.map(|listener| -> Next { Box::pin(next(self.builds.clone(), listener, self.stopped.clone())) });
        self.next = rest;
        Poll::Ready(event.map(|event| Ok(Frame::data(event))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn event(body: &mut Body) -> serde_json::Value {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = std::str::from_utf8(&frame).unwrap();
        serde_json::from_str(text.strip_prefix("data: ").unwrap().strip_suffix("\n\n").unwrap()).unwrap()
    }

    #[tokio::test]
    async fn who_listens_is_told_how_the_build_stands_and_what_comes_of_it() {
        let (builds, stopped) = (Arc::new(Builds::new()), CancellationToken::new());
        let mut body = builds.events(stopped.clone()).unwrap();
        assert_eq!(event(&mut body).await, json!({ "building": true, "good": "", "broken": "" }));
        builds.ended(Err("no".into()));
        let (name, said) = builds.broken(&builds.standing()).unwrap();
        assert_eq!(&*said, "no");
        assert_eq!(event(&mut body).await, json!({ "building": false, "good": "", "broken": name }));
        builds.begun();
        assert_eq!(event(&mut body).await["building"], true);
        builds.ended(Ok(()));
        let told = event(&mut body).await;
        assert_eq!((&told["broken"], told["good"] != ""), (&json!(""), true));
        stopped.cancel();
        assert!(body.frame().await.is_none() && body.frame().await.is_none());
    }

    #[tokio::test]
    async fn there_are_only_so_many_who_listen_and_one_that_goes_makes_room() {
        let (builds, stopped) = (Arc::new(Builds::new()), CancellationToken::new());
        let mut bodies: Vec<_> = (0..LISTENERS_MOST).map(|_| builds.events(stopped.clone()).unwrap()).collect();
        assert!(builds.events(stopped.clone()).is_none());
        bodies.pop();
        assert!(builds.events(stopped).is_some());
    }
}
