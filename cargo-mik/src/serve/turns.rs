//! Turns: how many requests may be in flight at once, who is next, and when it is worth coming back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// How many requests may wait for a turn. What comes on top is sent away at once.
const WAITING_MOST: usize = 1024;
/// How many of the requests in flight are looked at to tell when one is over.
const LOOKED_AT: usize = 1024;
/// What a request's time weighs in the usual time: one part in so many.
const WEIGHT: u32 = 8;
/// How long a request takes as long as none has been seen.
const UNKNOWN: Duration = Duration::from_secs(1);

/// The turns of the server, or of one module. They are given in the order in which they are asked for.
pub(super) struct Turns {
    semaphore: Arc<Semaphore>,
    ledger: Mutex<Ledger>,
}

struct Ledger {
    limit: usize,
    /// Turns that are not given out again when they come back: the limit was lowered while they were taken.
    surplus: usize,
    waiting: usize,
    /// When each request in flight began, and when it has to be over.
    in_flight: BTreeMap<u64, (Instant, Instant)>,
    next: u64,
    /// How long a request takes, lately.
    usual: Option<Duration>,
}

/// There is no turn, and none came free in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy {
    pub(super) limit: usize,
    /// When one is likely to be free.
    pub(super) free_in: Duration,
}

impl Turns {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        let limit = limit.clamp(1, Semaphore::MAX_PERMITS);
        let ledger = Ledger { limit, surplus: 0, waiting: 0, in_flight: BTreeMap::new(), next: 0, usual: None };
        Arc::new(Self { semaphore: Arc::new(Semaphore::new(limit)), ledger: Mutex::new(ledger) })
    }

    /// Waits for a turn, until `patience` is over. Who stops waiting is out of the queue. `deadline` is when the request
    /// that takes it will be over at the latest.
    pub(super) async fn take(self: &Arc<Self>, patience: Instant, deadline: Instant) -> Result<Turn, Busy> {
        let permit = match self.semaphore.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let _waiting = Waiting::new(self)?;
                match timeout_at(patience, self.semaphore.clone().acquire_owned()).await {
                    Ok(Ok(permit)) => permit,
                    Ok(Err(_)) | Err(_) => return Err(self.ledger().busy(Instant::now())),
                }
            }
        };
        let mut ledger = self.ledger();
        let number = ledger.next;
        ledger.next = number.wrapping_add(1);
        ledger.in_flight.insert(number, (Instant::now(), deadline));
        Ok(Turn { turns: self.clone(), number, permit: Some(permit) })
    }

    /// Changes how many there are. Whoever has one keeps it.
    pub(super) fn set_limit(&self, limit: usize) {
        let limit = limit.clamp(1, Semaphore::MAX_PERMITS);
        let mut ledger = self.ledger();
        if limit > ledger.limit {
            let more = limit - ledger.limit;
            let kept = more.min(ledger.surplus);
            ledger.surplus -= kept;
            self.semaphore.add_permits(more - kept);
        } else if limit < ledger.limit {
            let less = ledger.limit - limit;
            ledger.surplus += less - self.semaphore.forget_permits(less);
        }
        ledger.limit = limit;
    }

    /// How many are taken.
    pub(super) fn taken(&self) -> usize {
        self.ledger().in_flight.len()
    }

    /// When a request that is in flight is likely to be over.
    pub(super) fn free_in(&self) -> Duration {
        self.ledger().free_in(Instant::now())
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn busy(&self, now: Instant) -> Busy {
        Busy { limit: self.limit, free_in: self.free_in(now) }
    }

    /// The first of those in flight that is likely to be over, and then those that wait already, in the usual time. A
    /// request that has taken longer than usual is likely to take as long again, and never longer than it may.
    fn free_in(&self, now: Instant) -> Duration {
        let usual = self.usual.unwrap_or(UNKNOWN);
        let left = |(begun, deadline): &(Instant, Instant)| {
            let taken = now.saturating_duration_since(*begun);
            let likely = if taken < usual { usual - taken } else { taken };
            likely.min(deadline.saturating_duration_since(now))
        };
        let first = self.in_flight.values().take(LOOKED_AT).map(left).min().unwrap_or_default();
        let limit = u32::try_from(self.limit).unwrap_or(u32::MAX).max(1);
        let waiting = u32::try_from(self.waiting).unwrap_or(u32::MAX);
        first.saturating_add(usual.saturating_mul(waiting) / limit)
    }
}

/// One request's turn, for as long as it is in flight.
pub(super) struct Turn {
    turns: Arc<Turns>,
    number: u64,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut ledger = self.turns.ledger();
        if let Some((begun, _)) = ledger.in_flight.remove(&self.number) {
            let time = begun.elapsed();
            let usual = |usual| (usual * (WEIGHT - 1) + time) / WEIGHT;
            ledger.usual = Some(ledger.usual.map_or(time, usual));
        }
        let Some(permit) = self.permit.take() else { return };
        if let Some(surplus) = ledger.surplus.checked_sub(1) {
            ledger.surplus = surplus;
            permit.forget();
        }
    }
}

/// A place in the queue.
struct Waiting<'a>(&'a Turns);

impl<'a> Waiting<'a> {
    fn new(turns: &'a Turns) -> Result<Self, Busy> {
        let mut ledger = turns.ledger();
        if ledger.waiting >= WAITING_MOST {
            return Err(ledger.busy(Instant::now()));
        }
        ledger.waiting += 1;
        Ok(Self(turns))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.ledger().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    async fn take(turns: &Arc<Turns>) -> Result<Turn, Busy> {
        let now = Instant::now();
        turns.take(now, now + LONG).await
    }

    #[tokio::test]
    async fn there_are_as_many_as_the_limit_says_and_they_come_back() {
        let turns = Turns::new(2);
        let (one, _two) = (take(&turns).await.ok().unwrap(), take(&turns).await.ok().unwrap());
        assert_eq!(turns.taken(), 2);
        assert_eq!(take(&turns).await.err().unwrap().limit, 2);
        drop(one);
        take(&turns).await.ok().unwrap();
    }

    #[tokio::test]
    async fn the_limit_can_be_changed_while_turns_are_taken() {
        let turns = Turns::new(3);
        let mut taken = Vec::new();
        for _ in 0..3 {
            taken.push(take(&turns).await.ok().unwrap());
        }
        turns.set_limit(1);
        taken.pop();
        taken.pop();
        assert!(take(&turns).await.is_err());
        taken.pop();
        let one = take(&turns).await.ok().unwrap();
        assert!(take(&turns).await.is_err());
        // Lowered and raised again while one is taken: nothing is lost, nothing is too many.
        turns.set_limit(2);
        turns.set_limit(1);
        turns.set_limit(2);
        let two = take(&turns).await.ok().unwrap();
        assert!(take(&turns).await.is_err());
        drop((one, two));
        assert_eq!((turns.taken(), turns.semaphore.available_permits()), (0, 2));
    }

    #[tokio::test]
    async fn turns_are_given_in_the_order_of_asking_and_who_leaves_leaves_the_queue() {
        let turns = Turns::new(1);
        let first = take(&turns).await.ok().unwrap();
        let until = Instant::now() + LONG;
        let mut leaves = Box::pin(turns.take(until, until));
        let mut second = Box::pin(turns.take(until, until));
        let mut third = Box::pin(turns.take(until, until));
        for waiting in [&mut leaves, &mut second, &mut third] {
            assert!(futures_poll(waiting.as_mut()).await.is_none());
        }
        assert_eq!(turns.ledger().waiting, 3);
        drop(leaves);
        assert_eq!(turns.ledger().waiting, 2);
        drop(first);
        assert!(futures_poll(third.as_mut()).await.is_none());
        let second = futures_poll(second.as_mut()).await.unwrap().ok().unwrap();
        drop(second);
        assert!(futures_poll(third.as_mut()).await.is_some());
    }

    /// What a future gives now, if anything.
    async fn futures_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
            std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
            std::task::Poll::Pending => std::task::Poll::Ready(None),
        })
        .await
    }

    #[test]
    fn what_is_said_of_the_next_free_turn_follows_from_what_is_known() {
        let now = Instant::now() + LONG;
        let ago = |seconds| now - Duration::from_secs(seconds);
        let ledger = |usual: Option<u64>, waiting, in_flight: &[(u64, u64)]| Ledger {
            limit: 2,
            surplus: 0,
            waiting,
            in_flight: (0..)
                .zip(in_flight.iter().map(|(taken, left)| (ago(*taken), now + Duration::from_secs(*left))))
                .collect(),
            next: 0,
            usual: usual.map(Duration::from_secs),
        };
        for (usual, waiting, in_flight, expected) in [
            // Nothing is known but that they have just begun.
            (None, 0, &[(0, 30), (0, 30)][..], 1),
            // They take four seconds as a rule, and one has had three.
            (Some(4), 0, &[(1, 30), (3, 30)], 1),
            // Both have had longer than usual, and will have ended in ten and in five.
            (Some(1), 0, &[(20, 10), (25, 5)], 5),
            // One has had a little longer than usual.
            (Some(1), 0, &[(20, 10), (2, 28)], 2),
            // Two wait before, and two are served at once.
            (Some(4), 2, &[(1, 30), (3, 30)], 5),
        ] {
            let free_in = ledger(usual, waiting, in_flight).free_in(now);
            assert_eq!(free_in, Duration::from_secs(expected), "{usual:?} {waiting} {in_flight:?}");
        }
    }
}
