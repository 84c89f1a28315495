//! Static files on their way out. Each is an open file, so there may be so many of them, and one that its client leaves
//! unread is closed: over HTTP/2 a client can ask for a hundred on one connection and take not a byte of any.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::exchange::{Body, Broken};
use super::failure::{Failure, RETRY_AFTER};
use crate::tools::process;

/// The most that are open at once, whatever the system would give.
const MOST: usize = 1024;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a client may leave a file unread. The next part of one is asked for when some hundred kilobytes have been
/// taken, so this is also the least speed.
const UNREAD_LONGEST: Duration = Duration::from_secs(60);

/// How many files may be open: a quarter of what the system gives, so that others are left some.
pub(super) fn open_files_most() -> usize {
    process::descriptors_most().map_or(MOST, |descriptors| (descriptors / 4).clamp(1, MOST))
}

/// The turns of files.
pub(super) struct OpenFiles {
    turns: Arc<Semaphore>,
    most: usize,
}

/// One file's turn.
pub(super) struct FileTurn {
    _permit: OwnedSemaphorePermit,
}

impl OpenFiles {
    pub(super) fn new() -> Self {
        let most = open_files_most();
        Self { turns: Arc::new(Semaphore::new(most)), most }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// None came free in time.
    pub(super) async fn take(&self) -> Result<FileTurn, Failure> {
        match timeout(PATIENCE, self.turns.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(FileTurn { _permit: permit }),
            Ok(Err(_)) | Err(_) => {
                Err(Failure::Overloaded { what: format!("{} static files", self.most), free_in: RETRY_AFTER })
            }
        }
    }
}

/// A file's content.
pub(super) struct OpenFile {
    state: Arc<Mutex<State>>,
    watch: AbortHandle,
}

struct State {
    /// None once it has been sent, or was closed.
    open: Option<(Body, FileTurn)>,
    ended: bool,
    /// When more of it was last asked for.
    asked: Instant,
}

impl OpenFile {
    pub(super) fn new(content: Body, turn: FileTurn) -> Self {
        Self::with_patience(content, turn, UNREAD_LONGEST)
    }

    fn with_patience(content: Body, turn: FileTurn, longest: Duration) -> Self {
        let state = State { open: Some((content, turn)), ended: false, asked: Instant::now() };
        let state = Arc::new(Mutex::new(state));
        let watched = state.clone();
        let watch = tokio::spawn(async move {
            loop {
                let until = lock(&watched).asked + longest;
                if until <= Instant::now() {
                    lock(&watched).open = None;
                    return;
                }
                sleep_until(until).await;
            }
        });
        Self { state, watch: watch.abort_handle() }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl hyper::body::Body for OpenFile {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let mut state = lock(&self.state);
        state.asked = Instant::now();
        let ended = state.ended;
        let frame = match &mut state.open {
            Some((content, _)) => Pin::new(content).poll_frame(cx),
            None if ended => Poll::Ready(None),
            None => Poll::Ready(Some(Err(Broken))),
        };
        if let Poll::Ready(None) = frame {
            (state.open, state.ended) = (None, true);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        let state = lock(&self.state);
        state.open.as_ref().map_or(state.ended, |(content, _)| content.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        lock(&self.state).open.as_ref().map_or_else(SizeHint::new, |(content, _)| content.size_hint())
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        lock(&self.state).open = None;
        self.watch.abort();
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::super::failure::full;
    use super::*;

    #[tokio::test]
    async fn a_file_is_closed_when_it_has_been_sent_and_when_nobody_reads_it() {
        let files = OpenFiles { turns: Arc::new(Semaphore::new(1)), most: 1 };
        let sent = OpenFile::new(full("content"), files.take().await.unwrap());
        assert_eq!(files.turns.available_permits(), 0);
        assert_eq!(sent.collect().await.unwrap().to_bytes(), "content");

        let turn = files.take().await.unwrap();
        let mut unread = OpenFile::with_patience(full("content"), turn, Duration::from_millis(20));
        let turn = files.take().await.unwrap();
        unread.frame().await.unwrap().unwrap_err();
        drop(turn);

        let dropped = OpenFile::new(full("content"), files.take().await.unwrap());
        drop(dropped);
        files.take().await.unwrap();
    }
}
