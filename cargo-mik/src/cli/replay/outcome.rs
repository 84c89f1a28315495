//! What has become of each request, and of all: for people and as JSON.

use serde_json::{Value, json};

use super::ReplayError;
use super::leaks::Leak;
use crate::cli::invoke::milliseconds;
use crate::recording::{Answer, Difference, Entry, Place};
use crate::report::Reporter;
use crate::serve::Answered;

/// What has become of one request.
pub(super) enum Outcome {
    /// The answer is the one that was kept.
    Same { answered: Answered },
    /// It is another.
    Differs { answer: Answer, answered: Answered, differences: Vec<Difference> },
    /// None was kept.
    New { answer: Answer, answered: Answered },
    /// It was not sent: its body was not recorded whole.
    Skipped,
}

impl Outcome {
    /// The answer, where it is not the one that was kept.
    pub(super) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Differs { answer, .. } | Self::New { answer, .. } => Some(answer),
            Self::Same { .. } | Self::Skipped => None,
        }
    }
}

/// What has become of all of them.
pub(super) struct Summary {
    /// Where what differs goes.
    data: Reporter,
    people: Reporter,
    is_json: bool,
    all: usize,
    same: usize,
    differ: usize,
    new: usize,
    skipped: usize,
    leaks: usize,
}

impl Summary {
    pub(super) fn new(data: &Reporter, people: &Reporter, is_json: bool) -> Self {
        let (data, people) = (data.clone(), people.clone());
        Self { data, people, is_json, all: 0, same: 0, differ: 0, new: 0, skipped: 0, leaks: 0 }
    }

    /// Counts and says what has become of a request.
    pub(super) fn add(&mut self, entry: &Entry, outcome: &Outcome, is_kept: bool) -> miette::Result<()> {
        self.all += 1;
        let name = &entry.name;
        let (word, status, answered) = match outcome {
            Outcome::Same { answered } => {
                self.same += 1;
                let time = milliseconds(answered.time);
                self.people.detail("Same", format!("{name} in {time} ms"));
                ("same", entry.answer.as_ref().map(|answer| answer.status), Some(answered))
            }
            Outcome::Differs { answer, answered, .. } => {
                self.differ += 1;
                self.people.status(if is_kept { "Updated" } else { "Differs" }, name);
                ("differs", Some(answer.status), Some(answered))
            }
            Outcome::New { answer, answered } => {
                self.new += 1;
                let hint = if is_kept { "kept" } else { "there is no answer to compare with" };
                self.people.status("New", format!("{name}: {}, {hint}", answer.status));
                ("new", Some(answer.status), Some(answered))
            }
            Outcome::Skipped => {
                self.skipped += 1;
                self.people.status("Skipped", format!("{name}: its body was not recorded whole"));
                ("skipped", None, None)
            }
        };
        let differences = match outcome {
            Outcome::Differs { differences, .. } => differences.as_slice(),
            _ => &[],
        };
        if self.is_json {
            return self.object(&json!({
                "reason": "mik-replayed",
                "request": name,
                "outcome": word,
                "status": status,
                "milliseconds": answered.map(|answered| answered.time.as_secs_f64() * 1e3),
                "differences": differences.iter().map(as_json).collect::<Vec<_>>(),
            }));
        }
        match differences {
            [] => Ok(()),
            differences => {
                let request = &entry.request;
                self.write(&format!("{name}: {} {}\n{}", request.method, request.target, text(differences)))
            }
        }
    }

    /// Says which state leaks.
    pub(super) fn leaks(&mut self, leaks: &[Leak<'_>], is_looked_for: bool) -> miette::Result<()> {
        self.leaks = leaks.len();
        if leaks.is_empty() && is_looked_for {
            self.people.status("Reused", "an instance that has been used answers like a fresh one");
        }
        leaks.iter().try_for_each(|Leak { entry, after, differences }| {
            let name = &entry.name;
            if self.is_json {
                return self.object(&json!({
                    "reason": "mik-leak",
                    "request": name,
                    "after": after.map(|after| &after.name),
                    "differences": differences.iter().map(as_json).collect::<Vec<_>>(),
                }));
            }
            let after = match after {
                Some(after) if after.name == **name => "after itself".to_owned(),
                Some(after) => format!("after {}", after.name),
                None => "after those before it together".to_owned(),
            };
            self.people.status("Leaks", format!("{name}, {after}"));
            let request = &entry.request;
            self.write(&format!("{name}: {} {}, {after}\n{}", request.method, request.target, text(differences)))
        })
    }

    /// Says how it went in all.
    ///
    /// # Errors
    /// An answer is not the one that was kept, and is not to be kept; state leaks.
    pub(super) fn end(self, is_kept: bool) -> miette::Result<()> {
        let Self { all, same, differ, new, skipped, leaks, .. } = self;
        let counts =
            [(same, "as before"), (differ, "not"), (new, "without one to compare with"), (skipped, "not sent")];
        let counts: Vec<_> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let requests = if all == 1 { "request" } else { "requests" };
        self.people.status("Replayed", format!("{all} {requests}: {}", counts.join(", ")));
        if self.is_json {
            self.object(&json!({
                "reason": "mik-replay-finished",
                "requests": all, "same": same, "differ": differ, "new": new, "skipped": skipped, "leaks": leaks,
            }))?;
        }
        match (leaks, differ) {
            (0, 0) => Ok(()),
            (0, _) if is_kept => Ok(()),
            (0, differ) => Err(ReplayError::Differs { differ, all }.into()),
            (leaks, _) => Err(ReplayError::Leaks { leaks, all }.into()),
        }
    }

    fn object(&self, object: &Value) -> miette::Result<()> {
        self.write(&format!("{object}\n"))
    }

    fn write(&self, text: &str) -> miette::Result<()> {
        super::super::write_data(&self.data, text)
    }
}

/// Differences for people: a line each, and of texts the lines.
fn text(differences: &[Difference]) -> String {
    let line = |Difference { place, what }: &Difference| match (place, what.contains('\n')) {
        (Place::Status, _) => format!("  status: {what}\n"),
        (Place::Header(name), _) => format!("  {name}: {what}\n"),
        (Place::Body(Some(path)), _) => format!("  body {path}: {what}\n"),
        (Place::Body(None), false) => format!("  body: {what}\n"),
        (Place::Body(None), true) => {
            what.lines().fold("  body:\n".to_owned(), |text, line| format!("{text}    {line}\n"))
        }
    };
    differences.iter().map(line).collect()
}

fn as_json(Difference { place, what }: &Difference) -> Value {
    match place {
        Place::Status => json!({ "in": "status", "what": what }),
        Place::Header(name) => json!({ "in": "header", "name": name, "what": what }),
        Place::Body(path) => json!({ "in": "body", "path": path, "what": what }),
    }
}
