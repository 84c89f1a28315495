//! A circuit breaker: a module that has failed again and again is left alone for a while, and then tried with one request
//! at a time. It knows no clock; whoever asks says when it is.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// So many failures in a row open the circuit.
const FAILURES: usize = 5;
/// If they come within this time. What fails once an hour does not need to be left alone.
const WINDOW: Duration = Duration::from_secs(60);
/// How long it stays open at first. With each attempt that fails, twice as long.
const OPEN_FIRST: Duration = Duration::from_secs(5);
/// And never longer than this.
const OPEN_LONGEST: Duration = Duration::from_secs(60);

/// The breaker of one module.
pub(super) struct Breaker {
    state: State,
    /// Counts the changes of state: what was let in before one has no say after it.
    generation: u64,
}

enum State {
    /// Requests are let in. When the last of them failed, as long as none has succeeded since.
    Closed { failures: VecDeque<Instant> },
    /// None is, until then.
    Open { until: Instant, span: Duration, last: &'static str },
    /// One has been let in; it decides.
    Trying { span: Duration, last: &'static str },
}

/// A request that was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Admission {
    generation: u64,
}

/// A request that was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// When the next attempt may be made; nothing where one is being made.
    pub(super) next: Option<Duration>,
    /// The failure that was the last one.
    pub(super) last: &'static str,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The guest has answered, whatever its status.
    Answered,
    /// The guest has failed the host, of this.
    Failed(&'static str),
    /// It says nothing of the guest: the client went away, or the request was refused before.
    Neither,
}

/// What is worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is open from now on, for so long.
    Opened { span: Duration },
    /// It is closed again.
    Closed,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Circuit {
    Closed,
    Open,
    Trying,
}

impl Breaker {
    pub(super) fn new() -> Self {
        Self { state: State::Closed { failures: VecDeque::new() }, generation: 0 }
    }

    /// Whether a request would be let in.
    pub(super) fn check(&self, now: Instant) -> Result<(), Refusal> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until, .. } if until <= now => Ok(()),
            State::Open { until, last, .. } => Err(Refusal { next: Some(until - now), last }),
            State::Trying { last, .. } => Err(Refusal { next: None, last }),
        }
    }

    /// Lets a request in. What becomes of it has to be reported.
    pub(super) fn admit(&mut self, now: Instant) -> Result<Admission, Refusal> {
        self.check(now)?;
        if let State::Open { span, last, .. } = self.state {
            self.enter(State::Trying { span, last });
        }
        Ok(Admission { generation: self.generation })
    }

    /// Takes note of what became of a request.
    pub(super) fn report(&mut self, admission: Admission, verdict: Verdict, now: Instant) -> Option<Change> {
        if admission.generation != self.generation {
            return None;
        }
        match (&mut self.state, verdict) {
            (State::Closed { failures }, Verdict::Answered) => {
                failures.clear();
                None
            }
            (State::Closed { failures }, Verdict::Failed(last)) => {
                failures.push_back(now);
                if failures.len() > FAILURES {
                    failures.pop_front();
                }
                let first = failures.front().filter(|_| failures.len() == FAILURES)?;
                if now.saturating_duration_since(*first) > WINDOW {
                    return None;
                }
                Some(self.open(OPEN_FIRST, last, now))
            }
            (State::Trying { .. }, Verdict::Answered) => {
                self.enter(State::Closed { failures: VecDeque::new() });
                Some(Change::Closed)
            }
            (State::Trying { span, .. }, Verdict::Failed(last)) => {
                let span = span.saturating_mul(2).min(OPEN_LONGEST);
                Some(self.open(span, last, now))
            }
            // Nothing was learnt: the next request is the attempt.
            (State::Trying { span, last }, Verdict::Neither) => {
                let (span, last) = (*span, *last);
                self.enter(State::Open { until: now, span, last });
                None
            }
            (State::Closed { .. }, Verdict::Neither) | (State::Open { .. }, _) => None,
        }
    }

    /// Forgets everything: another version answers from now on.
    pub(super) fn reset(&mut self) {
        self.enter(State::Closed { failures: VecDeque::new() });
    }

    pub(super) fn circuit(&self) -> Circuit {
        match self.state {
            State::Closed { .. } => Circuit::Closed,
            State::Open { .. } => Circuit::Open,
            State::Trying { .. } => Circuit::Trying,
        }
    }

    fn open(&mut self, span: Duration, last: &'static str, now: Instant) -> Change {
        self.enter(State::Open { until: now + span, span, last });
        Change::Opened { span }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.generation = self.generation.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const FAILED: Verdict = Verdict::Failed("trap");

    /// A breaker and a clock.
    struct Bench {
        breaker: Breaker,
        now: Instant,
    }

    impl Bench {
        fn new() -> Self {
            Self { breaker: Breaker::new(), now: Instant::now() }
        }

        #[track_caller]
        fn request(&mut self, verdict: Verdict) -> Option<Change> {
            let admission = self.breaker.admit(self.now).unwrap();
            self.breaker.report(admission, verdict, self.now)
        }

        /// Fails until it is open.
        fn opened() -> Self {
            let mut bench = Self::new();
            for _ in 1..FAILURES {
                assert_eq!(bench.request(FAILED), None);
            }
            assert_eq!(bench.request(FAILED), Some(Change::Opened { span: OPEN_FIRST }));
            bench
        }
    }

    #[test]
    fn failures_in_a_row_open_it_and_it_says_when_the_next_attempt_is() {
        let mut bench = Bench::opened();
        assert_eq!(bench.breaker.admit(bench.now), Err(Refusal { next: Some(OPEN_FIRST), last: "trap" }));
        bench.now += SECOND;
        assert_eq!(bench.breaker.check(bench.now).unwrap_err().next, Some(OPEN_FIRST - SECOND));
    }

    #[test]
    fn an_answer_in_between_or_too_long_a_time_keeps_it_closed() {
        let mut bench = Bench::new();
        for _ in 0..10 {
            for _ in 1..FAILURES {
                assert_eq!(bench.request(FAILED), None);
            }
            assert_eq!(bench.request(Verdict::Answered), None);
        }
        for _ in 0..10 * FAILURES {
            assert_eq!(bench.request(FAILED), None);
            bench.now += WINDOW / (FAILURES as u32 - 1) + SECOND;
        }
    }

    #[test]
    fn what_says_nothing_of_the_guest_neither_opens_nor_closes_it() {
        let mut bench = Bench::new();
        for _ in 1..FAILURES {
            bench.request(FAILED);
            for _ in 0..10 {
                assert_eq!(bench.request(Verdict::Neither), None);
            }
        }
        assert!(matches!(bench.request(FAILED), Some(Change::Opened { .. })));
        bench.now += OPEN_FIRST;
        for _ in 0..3 {
            assert_eq!(bench.request(Verdict::Neither), None);
            assert_eq!(bench.breaker.circuit(), Circuit::Open);
        }
        assert_eq!(bench.request(Verdict::Answered), Some(Change::Closed));
    }

    #[test]
    fn one_attempt_at_a_time_is_made_and_an_answer_closes_it() {
        let mut bench = Bench::opened();
        bench.now += OPEN_FIRST;
        let attempt = bench.breaker.admit(bench.now).unwrap();
        assert_eq!(bench.breaker.admit(bench.now), Err(Refusal { next: None, last: "trap" }));
        assert_eq!(bench.breaker.report(attempt, Verdict::Answered, bench.now), Some(Change::Closed));
        bench.breaker.admit(bench.now).unwrap();
        bench.breaker.admit(bench.now).unwrap();
        // And it takes all the failures again to open it.
        for _ in 1..FAILURES {
            assert_eq!(bench.request(FAILED), None);
        }
    }

    #[test]
    fn with_each_attempt_that_fails_it_stays_open_longer_up_to_a_limit() {
        let mut bench = Bench::opened();
        let mut spans = vec![OPEN_FIRST];
        for _ in 0..6 {
            bench.now += *spans.last().unwrap();
            let Some(Change::Opened { span }) = bench.request(Verdict::Failed("deadline")) else { panic!() };
            spans.push(span);
        }
        assert_eq!(spans.iter().map(Duration::as_secs).collect::<Vec<_>>(), [5, 10, 20, 40, 60, 60, 60]);
        assert_eq!(bench.breaker.check(bench.now).unwrap_err().last, "deadline");
    }

    #[test]
    fn requests_from_before_have_no_say() {
        let mut bench = Bench::new();
        let early: Vec<_> = (0..20).map(|_| bench.breaker.admit(bench.now).unwrap()).collect();
        let changes = early.iter().filter_map(|admission| bench.breaker.report(*admission, FAILED, bench.now));
        assert_eq!(changes.count(), 1);
        let late = Bench::new().breaker.admit(bench.now).unwrap();
        assert_eq!(bench.breaker.report(late, Verdict::Answered, bench.now), None);
        assert_eq!(bench.breaker.circuit(), Circuit::Open);
    }

    #[test]
    fn another_version_begins_anew() {
        let mut bench = Bench::new();
        let old = bench.breaker.admit(bench.now).unwrap();
        for _ in 0..FAILURES {
            bench.request(FAILED);
        }
        bench.breaker.reset();
        assert_eq!(bench.breaker.circuit(), Circuit::Closed);
        for _ in 0..FAILURES {
            assert_eq!(bench.breaker.report(old, FAILED, bench.now), None);
        }
        bench.breaker.admit(bench.now).unwrap();
    }

    /// Thousands of requests in every order, checked against what the breaker promises.
    #[test]
    fn its_promises_hold_whatever_happens() {
        for seed in 1..200_u64 {
            let mut random = seed;
            let mut below = |most: u64| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % most
            };
            let mut bench = Bench::new();
            let mut flying: Vec<(Admission, bool)> = Vec::new();
            let mut closed_since_answer = 0;
            for _ in 0..500 {
                bench.now += Duration::from_millis(below(2000));
                let before = bench.breaker.circuit();
                if below(2) == 0 {
                    match bench.breaker.admit(bench.now) {
                        Ok(admission) => {
                            let attempt = before == Circuit::Open;
                            assert_eq!(attempt, bench.breaker.circuit() == Circuit::Trying);
                            assert!(!attempt || flying.iter().all(|(_, attempt)| !attempt), "two attempts at a time");
                            flying.push((admission, attempt));
                        }
                        Err(refusal) => {
                            assert_ne!(before, Circuit::Closed);
                            assert!(refusal.next.is_none_or(|next| next > Duration::ZERO && next <= OPEN_LONGEST));
                        }
                    }
                } else if !flying.is_empty() {
                    let (admission, attempt) = flying.swap_remove(below(flying.len() as u64) as usize);
                    let verdict = [Verdict::Answered, FAILED, FAILED, Verdict::Neither][below(4) as usize];
                    let current = admission.generation == bench.breaker.generation;
                    let change = bench.breaker.report(admission, verdict, bench.now);
                    match (before, verdict) {
                        (Circuit::Closed, FAILED) if current => closed_since_answer += 1,
                        (Circuit::Closed, Verdict::Answered) if current => closed_since_answer = 0,
                        _ => {}
                    }
                    match change {
                        Some(Change::Opened { .. }) => {
                            assert!(attempt || closed_since_answer >= FAILURES, "opened too early");
                            closed_since_answer = 0;
                        }
                        Some(Change::Closed) => assert!(attempt && verdict == Verdict::Answered),
                        None => assert!(!attempt || verdict == Verdict::Neither),
                    }
                }
            }
        }
    }
}
