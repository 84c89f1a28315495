//! What a room can say. How it looks is `shell`'s business, so a room never formats for a terminal.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::{Chosen, Composed};

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something should be changed.
    Warn,
    /// Something happened.
    Info,
    /// How it happened.
    Debug,
    /// All there is.
    Trace,
}

impl Level {
    /// What it is called, in `RUST_LOG` and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Something that happened, told by the room it happened in.
#[derive(Debug)]
pub enum Event {
    /// A line of progress in cargo's look: a verb of at most 12 columns and what it is about.
    Status {
        /// `Composing`, `Finished`, …
        verb: &'static str,
        /// What the verb is about.
        message: String,
    },
    /// A [`Event::Status`] that only `-v` shows.
    Detail {
        /// `Running`, `Fresh`, …
        verb: &'static str,
        /// What the verb is about.
        message: String,
    },
    /// A fact the user should know but need not act on.
    Note(String),
    /// Something that works today and should be changed.
    Warning(miette::Report),
    /// An error that does not end the program: a failed rebuild while serving.
    Failure(miette::Report),
    /// It is decided for which target a package is built.
    Chosen(Chosen),
    /// A component, or the handler in it, has become smaller.
    Optimized(Optimized),
    /// Components have become one.
    Composed(Composed),
    /// A component is in its place.
    Artifact(Artifact),
    /// The server listens; the address is the real one where port 0 was asked for.
    Listening {
        /// Where it answers, such as `http://127.0.0.1:3000/`.
        url: String,
    },
    /// A new version of a module answers from now on.
    Live {
        /// The module's name.
        module: String,
        /// The first digits of the component's digest.
        build: String,
    },
    /// What was built answers from now on.
    Swapped {
        /// The modules of which another version answers, with the first digits of each component's digest. None, where what was
        /// built is what had been served.
        modules: Vec<(String, String)>,
        /// What has taken how long.
        times: Vec<(&'static str, Duration)>,
    },
    /// A line that cargo has printed, with its colours: for whoever listens. The terminal has it already.
    Cargo(String),
    /// One line that a guest wrote.
    Guest {
        /// The module that wrote it.
        module: String,
        /// The request that it was answering, where there was one.
        request: Option<String>,
        /// Which of its streams.
        stream: GuestStream,
        /// The line, without its end.
        line: String,
    },
    /// How far a long task is. Drawn on a terminal only.
    Progress(Progress),
    /// The task of the last [`Event::Progress`] is over; its bar goes away.
    ProgressEnd,
}

impl Event {
    /// How much it matters.
    pub fn level(&self) -> Level {
        match self {
            Self::Failure(_) => Level::Error,
            Self::Warning(_) => Level::Warn,
            Self::Detail { .. } => Level::Debug,
            Self::Chosen(chosen) if chosen.fresh => Level::Debug,
            Self::Chosen(_) => Level::Info,
            Self::Progress(_) | Self::ProgressEnd | Self::Cargo(_) => Level::Trace,
            Self::Status { .. } | Self::Note(_) | Self::Optimized(_) | Self::Artifact(_) | Self::Composed(_) => {
                Level::Info
            }
            Self::Listening { .. } | Self::Live { .. } | Self::Swapped { .. } | Self::Guest { .. } => Level::Info,
        }
    }

    /// It as text for a log; nothing, where it is for the eye only.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Self::Status { verb, message } | Self::Detail { verb, message } => format!("{verb} {message}"),
            Self::Note(note) => note.clone(),
            Self::Warning(report) | Self::Failure(report) => text_of(report),
            Self::Chosen(chosen) => chosen.lines().join("; "),
            Self::Optimized(optimized) => format!("Optimized {}", optimized.in_words()),
            Self::Composed(composed) => format!("Composed {}", composed.in_words()),
            Self::Artifact(artifact) => format!("Built {}", artifact.path.display()),
            Self::Listening { url } => format!("Serving {url}"),
            Self::Live { module, build } => format!("Live {module} ({build})"),
            Self::Swapped { modules, times } => {
                let (verb, message) = swap_in_words(modules, times);
                format!("{verb} {message}")
            }
            Self::Guest { module, request, stream, line } => {
                let stream = match stream {
                    GuestStream::Stdout => "stdout",
                    GuestStream::Stderr => "stderr",
                };
                let request = request.as_deref().unwrap_or("start");
                format!("guest module={module} id={request} stream={stream} {line}")
            }
            Self::Progress(_) | Self::ProgressEnd | Self::Cargo(_) => return None,
        })
    }
}

/// A diagnostic with its causes and what to do about it.
fn text_of(report: &miette::Report) -> String {
    let mut text = String::new();
    if let Some(code) = report.code() {
        text.push_str(&format!("{code}: "));
    }
    let causes: Vec<_> = report.chain().map(ToString::to_string).collect();
    text.push_str(&causes.join(": "));
    if let Some(help) = report.help() {
        text.push_str(&format!(" (help: {help})"));
    }
    text
}

/// A swap for the eye: a verb, and `hello (0123456789ab): cargo 420 ms, encode 3, compose 2, compile 31`. What has taken less
/// than a millisecond is left out.
pub(super) fn swap_in_words(modules: &[(String, String)], times: &[(&str, Duration)]) -> (&'static str, String) {
    let modules: Vec<_> = modules.iter().map(|(module, build)| format!("{module} ({build})")).collect();
    let mut unit = " ms";
    let times = times.iter().filter(|(_, time)| time.as_millis() > 0);
    let times: Vec<_> =
        times.map(|(name, time)| format!("{name} {}{}", time.as_millis(), std::mem::take(&mut unit))).collect();
    let (verb, what) = match modules.is_empty() {
        true => ("Unchanged", "the same version goes on serving".to_owned()),
        false => ("Live", modules.join(", ")),
    };
    (verb, if times.is_empty() { what } else { format!("{what}: {}", times.join(", ")) })
}

/// How far a long task is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// `Downloading`, `Building`, …
    pub verb: &'static str,
    /// What is being worked on at the moment.
    pub message: String,
    /// Units done and units in all, where they are known.
    pub position: Option<(u64, u64)>,
}

/// A stream of the guest's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GuestStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// What the passes have saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Optimized {
    /// The component's name.
    pub name: String,
    /// `handler`; `composed`, with the bridge; or `file`, where it is one that was named.
    pub part: &'static str,
    /// Bytes before.
    pub before: u64,
    /// Bytes after.
    pub after: u64,
    /// Binaryen's optimizer and its version, where it has taken part.
    pub wasm_opt: Option<String>,
    /// The passes that have saved something, in the order in which they first did.
    pub passes: Vec<Pass>,
}

/// What a pass has saved in all its rounds, and how large the whole is when that is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pass {
    /// Its name.
    pub name: &'static str,
    /// Bytes of the whole before; those of the first pass are the whole's own, those of each other what the one before it has left.
    pub before: u64,
    /// Bytes of the whole after; those of the last pass are what was made.
    pub after: u64,
}

impl Pass {
    /// Bytes that it has saved.
    pub fn saved(&self) -> u64 {
        self.before.saturating_sub(self.after)
    }
}

impl Optimized {
    /// From what each pass has saved, by name, in their order.
    pub fn of_savings(
        name: &str,
        part: &'static str,
        before: u64,
        after: u64,
        mut savings: Vec<(&'static str, u64)>,
    ) -> Self {
        // What is nested has its size written before it, which gets shorter as well.
        let rest = before.saturating_sub(after).saturating_sub(savings.iter().map(|(_, saved)| saved).sum());
        savings.extend((rest > 0).then_some(("nesting", rest)));
        let passes = savings.into_iter().scan(before, |whole, (name, saved)| {
            let before = std::mem::replace(whole, whole.saturating_sub(saved));
            Some(Pass { name, before, after: *whole })
        });
        Self { name: name.to_owned(), part, before, after, wasm_opt: None, passes: passes.collect() }
    }

    /// For the eye: `hello (105.9 KiB → 69.3 KiB)`.
    pub fn in_words(&self) -> String {
        let part = if self.part == "composed" { ", composed" } else { "" };
        let with = self.wasm_opt.as_ref().map_or_else(String::new, |program| format!(" with {program}"));
        format!("{}{part}{with} ({} → {})", self.name, super::size(self.before), super::size(self.after))
    }
}

/// A component that a build has put in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Artifact {
    /// The component's name.
    pub name: String,
    /// The package it is built from.
    pub package: String,
    /// The component: what a WASI HTTP host is given.
    pub path: PathBuf,
    /// The handler before composition, where the component is a composed one.
    pub handler: Option<PathBuf>,
    /// The component with the names of its functions, where the passes have taken them out.
    pub debug: Option<PathBuf>,
    /// The component's size in bytes.
    pub size: u64,
    /// What the passes have saved, where this build has made it.
    pub optimized: Vec<Optimized>,
    /// Whether an earlier build had already made it.
    pub fresh: bool,
}
