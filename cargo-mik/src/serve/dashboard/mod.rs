//! The dashboard at `/_mik/`: what the last requests were and what they took, for whoever develops what is served.
//!
//! `trace` is one request as it is noted on its way; `record` what is known of it, bounded; `recorder` the last of them
//! and the last builds; `feed` tells pages what is new; `guard` who may look; `page` what they look at.

mod answer;
mod build;
mod feed;
mod guard;
mod mask;
mod page;
mod record;
mod recorder;
mod stopwatch;
mod trace;

pub(super) use self::answer::Dashboard;
pub(super) use self::build::{Build, BuildOutcome, Component};
pub(super) use self::page::View;
pub(super) use self::stopwatch::Stopwatch;
pub(super) use self::trace::{CallTrace, Stage, Trace};
