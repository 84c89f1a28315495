//! What is said while a request is answered: handed on to people, or kept for whoever reads JSON; and whether the guest
//! failed.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::report::{Event, GuestStream, Reporter, Shell};

/// The most lines that are kept.
const LINES_MOST: usize = 10_000;

/// One line of a guest's, or one failure.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Said {
    /// A line that a guest wrote.
    Line(GuestStream, String),
    /// What failed, with the code of its diagnostic.
    Failure(String, String),
}

/// Listens to a host.
pub(in crate::cli) struct Witness {
    reporter: Reporter,
    said: Arc<Mutex<Vec<Said>>>,
}

impl Witness {
    /// One that hands on what it hears, or in silence keeps it to itself.
    pub(in crate::cli) fn new(reporter: &Reporter, is_silent: bool) -> Self {
        let said = Arc::<Mutex<Vec<Said>>>::default();
        let kept = said.clone();
        let hears = move |event: &Event| {
            let heard = match event {
                Event::Guest { stream, line, .. } => Said::Line(*stream, line.clone()),
                Event::Failure(report) => {
                    let code = report.code().map_or_else(String::new, |code| code.to_string());
                    let causes: Vec<_> = report.chain().map(ToString::to_string).collect();
                    Said::Failure(code, causes.join(": "))
                }
                _ => return,
            };
            let mut kept = lock(&kept);
            // A failure is never left out.
            if kept.len() < LINES_MOST || matches!(heard, Said::Failure(..)) {
                kept.push(heard);
            }
        };
        let nobody = || Reporter::new(Shell::from_write(Box::new(io::sink()), Box::new(io::sink())));
        let reporter = if is_silent { nobody() } else { reporter.clone() };
        Self { reporter: reporter.also(hears), said }
    }

    /// What the host is given.
    pub(in crate::cli) fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    /// What has been said so far.
    pub(in crate::cli) fn said(&self) -> Vec<Said> {
        lock(&self.said).clone()
    }

    /// Whether a guest has failed.
    pub(in crate::cli) fn has_failed(&self) -> bool {
        lock(&self.said).iter().any(|said| matches!(said, Said::Failure(..)))
    }
}

fn lock(said: &Mutex<Vec<Said>>) -> MutexGuard<'_, Vec<Said>> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}
