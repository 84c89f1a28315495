//! What is new, as server-sent events (HTML, §9.2). What is told is how things stand, not what has happened to them: a page that
//! lags is told less often, and nothing is kept for it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::recorder::{News, Recorder};
use crate::serve::exchange::Broken;

/// How long news are gathered before they are told.
const GATHERED: Duration = Duration::from_millis(40);
/// How long there may be silence: what lies between may take a silent connection for a dead one.
const SILENCE_LONGEST: Duration = Duration::from_secs(15);
/// How soon a page asks again when its connection breaks, in milliseconds.
const RETRY: u32 = 1000;
/// About how long one event may be, in bytes.
const EVENT_MOST: usize = 128 << 10;

/// What a page has been told last: `<run>.<revision>.<sequence>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// Which server that was.
    run: String,
    revision: u64,
    /// The last request of which it knows.
    sequence: u64,
}

impl Position {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (run, revision, sequence) = (parts.next()?, parts.next()?, parts.next()?);
        let is_whole = parts.next().is_none();
        is_whole.then_some(Self {
            run: run.to_owned(),
            revision: revision.parse().ok()?,
            sequence: sequence.parse().ok()?,
        })
    }

    fn id(&self) -> String {
        format!("{}.{}.{}", self.run, self.revision, self.sequence)
    }
}

/// One page that listens. It holds its place among those who may.
struct Listener {
    recorder: Arc<Recorder>,
    changed: watch::Receiver<u64>,
    stopped: CancellationToken,
    silence: Duration,
    told: Position,
    waiting: VecDeque<Bytes>,
    _place: OwnedSemaphorePermit,
}

/// The body of the answer to a page that listens. It ends when the server stops.
pub(super) struct Feed(Option<Next>);

type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Listener)>> + Send>>;

impl Feed {
    /// Goes on after what a page has been told last, where it was by this very server, `run`.
    pub(super) fn new(
        recorder: &Arc<Recorder>,
        run: &str,
        last: Option<&str>,
        place: OwnedSemaphorePermit,
        stopped: CancellationToken,
    ) -> Self {
        Listener::new(recorder, run, last, place, stopped).into_feed()
    }
}

impl Listener {
    fn new(
        recorder: &Arc<Recorder>,
        run: &str,
        last: Option<&str>,
        place: OwnedSemaphorePermit,
        stopped: CancellationToken,
    ) -> Self {
        let last = last.and_then(Position::parse).filter(|last| last.run == run);
        // It can't have been told of what has not been.
        let last = last.filter(|last| last.revision <= recorder.since(u64::MAX).revision);
        let is_new = last.is_none();
        let told = last.unwrap_or(Position { run: run.to_owned(), revision: 0, sequence: 0 });
        let mut listener = Self {
            recorder: recorder.clone(),
            changed: recorder.watch(),
            stopped,
            silence: SILENCE_LONGEST,
            told,
            waiting: VecDeque::new(),
            _place: place,
        };
        let retry = format!("retry: {RETRY}\n\n");
        listener.waiting.push_back(Bytes::from(retry));
        // A page that has another server's requests lets them go.
        let hello = event("hello", None, &json!({ "run": run, "anew": is_new }));
        listener.waiting.push_back(hello);
        listener
    }

    fn into_feed(self) -> Feed {
        Feed(Some(Box::pin(self.next())))
    }
}

impl hyper::body::Body for Feed {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let Some(next) = &mut self.0 else { return Poll::Ready(None) };
        match ready!(next.as_mut().poll(cx)) {
            Some((bytes, listener)) => {
                self.0 = Some(Box::pin(listener.next()));
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            None => {
                self.0 = None;
                Poll::Ready(None)
            }
        }
    }
}

impl Listener {
    /// What it is told next; nothing, once the server stops.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        loop {
            if self.stopped.is_cancelled() {
                return None;
            }
            if let Some(event) = self.waiting.pop_front() {
                return Some((event, self));
            }
            self.changed.mark_unchanged();
            let news = self.recorder.since(self.told.revision);
            if news.revision > self.told.revision {
                self.put(&news);
                continue;
            }
            tokio::select! {
                changed = self.changed.changed() => changed.ok()?,
                () = sleep(self.silence) => return Some((Bytes::from_static(b":\n\n"), self)),
                () = self.stopped.cancelled() => return None,
            }
            tokio::select! {
                () = sleep(GATHERED) => {}
                () = self.stopped.cancelled() => return None,
            }
        }
    }

    /// Puts news into events, so that each has a position from which a page can go on.
    fn put(&mut self, news: &News) {
        let missed = match self.told.sequence {
            0 => 0,
            sequence => news.first.saturating_sub(sequence + 1),
        };
        if !news.builds.is_empty() {
            self.waiting.push_back(event("builds", None, &json!(news.builds)));
        }
        let mut requests: Vec<Value> = Vec::new();
        let mut bytes = 0;
        let mut tell = |told: &Position, requests: &mut Vec<Value>| {
            let requests = std::mem::take(requests);
            let data = json!({ "first": news.first, "missed": missed, "requests": requests });
            self.waiting.push_back(event("requests", Some(&told.id()), &data));
        };
        for record in &news.requests {
            self.told.revision = record.revision;
            self.told.sequence = self.told.sequence.max(record.sequence);
            bytes += record.bytes();
            requests.push(json!(**record));
            if bytes >= EVENT_MOST {
                bytes = 0;
                tell(&self.told, &mut requests);
            }
        }
        self.told.revision = news.revision;
        tell(&self.told, &mut requests);
    }
}

fn event(name: &str, id: Option<&str>, data: &Value) -> Bytes {
    let id = id.map_or_else(String::new, |id| format!("id: {id}\n"));
    // JSON on one line: a line end within it is written as an escape.
    Bytes::from(format!("event: {name}\n{id}data: {data}\n\n"))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tokio::sync::Semaphore;

    use super::super::build::{Build, BuildOutcome};
    use super::super::trace::tests::record;
    use super::*;

    struct Room {
        recorder: Arc<Recorder>,
        places: Arc<Semaphore>,
        stopped: CancellationToken,
    }

    impl Room {
        fn new() -> Self {
            let places = Arc::new(Semaphore::new(2));
            Self { recorder: Arc::new(Recorder::new()), places, stopped: CancellationToken::new() }
        }

        fn listen(&self, last: Option<&str>) -> Feed {
            let place = self.places.clone().try_acquire_owned().unwrap();
            Feed::new(&self.recorder, "run", last, place, self.stopped.clone())
        }
    }

    async fn next(feed: &mut Feed) -> String {
        let bytes = feed.frame().await.unwrap().unwrap().into_data().unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The next event of requests: its position, its data.
    async fn requests(feed: &mut Feed) -> (String, Value) {
        loop {
            let event = next(feed).await;
            if let Some(rest) = event.strip_prefix("event: requests\nid: ") {
                let (id, data) = rest.split_once("\ndata: ").unwrap();
                return (id.to_owned(), serde_json::from_str(data.trim_end()).unwrap());
            }
        }
    }

    fn sequences(data: &Value) -> Vec<u64> {
        data["requests"].as_array().unwrap().iter().map(|record| record["sequence"].as_u64().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_page_goes_on_where_it_was() {
        let room = Room::new();
        room.recorder.begin(record);
        room.recorder.begin(record);
        let mut feed = room.listen(None);
        assert_eq!(next(&mut feed).await, "retry: 1000\n\n");
        assert!(next(&mut feed).await.contains("\"anew\":true"));
        let (id, data) = requests(&mut feed).await;
        assert_eq!((&*id, sequences(&data)), ("run.2.2", vec![1, 2]));
        drop(feed);

        room.recorder.update(1, |record| record.status = Some(200));
        room.recorder.begin(record);
        let mut feed = room.listen(Some(&id));
        next(&mut feed).await;
        assert!(next(&mut feed).await.contains("\"anew\":false"));
        let (id, data) = requests(&mut feed).await;
        assert_eq!((sequences(&data), data["missed"].as_u64()), (vec![1, 3], Some(0)));

        for _ in 0..600 {
            room.recorder.begin(record);
        }
        let (_, data) = requests(&mut room.listen(Some(&id))).await;
        assert_eq!((data["missed"].as_u64(), data["first"].as_u64()), (Some(100), Some(104)), "it is told");

        // Another server's, one from the future, and none at all: from the beginning.
        for last in ["other.2.2", "run.9999.2", "run.x.2", "run.1", ""] {
            let mut feed = room.listen(Some(last));
            next(&mut feed).await;
            assert!(next(&mut feed).await.contains("\"anew\":true"), "{last}");
        }
    }

    #[tokio::test]
    async fn silence_is_broken_and_the_end_of_the_server_is_the_end() {
        let room = Room::new();
        let place = room.places.clone().try_acquire_owned().unwrap();
        let mut listener = Listener::new(&room.recorder, "run", None, place, room.stopped.clone());
        listener.silence = Duration::from_millis(1);
        let mut feed = listener.into_feed();
        next(&mut feed).await;
        next(&mut feed).await;
        assert_eq!(next(&mut feed).await, ":\n\n");
        room.recorder.built(Build::new(BuildOutcome::Failed, "a\nb".to_owned()));
        let mut builds = next(&mut feed).await;
        while builds == ":\n\n" {
            builds = next(&mut feed).await;
        }
        assert!(builds.starts_with("event: builds\ndata: [") && builds.lines().count() == 3, "{builds}");
        room.stopped.cancel();
        assert!(feed.frame().await.is_none() && feed.frame().await.is_none());
        drop(feed);
        assert_eq!(room.places.available_permits(), 2);
    }

    #[tokio::test]
    async fn much_is_told_in_several_events() {
        let room = Room::new();
        for _ in 0..10 {
            let sequence = room.recorder.begin(record);
            room.recorder.update(sequence, |record| record.path = "p".repeat(EVENT_MOST / 2));
        }
        let mut feed = room.listen(None);
        let mut all = Vec::new();
        let mut events = 0;
        while all.len() < 10 {
            all.extend(sequences(&requests(&mut feed).await.1));
            events += 1;
        }
        assert_eq!((all, events), ((1..=10).collect(), 5));
    }
}
