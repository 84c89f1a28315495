//! What is said: events from every room, turned into lines for people, JSON for programs, and an exit code.

mod chosen;
mod composed;
mod diagnostic;
mod event;
mod exit_code;
mod message;
mod pretty;
mod progress;
mod shell;
mod silent;

pub use chosen::{Chosen, TargetReason};
pub use composed::{Composed, Plugged};
pub use diagnostic::rendered;
pub use event::{Artifact, Event, GuestStream, Level, Optimized, Pass, Progress};
pub use exit_code::ExitCode;
pub use pretty::pretty_json;
pub use shell::{ColorChoice, MessageFormat, Reporter, Shell, Verbosity, size};
