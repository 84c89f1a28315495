//! Whole-program tests: the real program, on real projects, over real sockets.

mod bodies;
mod build;
mod cases;
mod diagnostics;
mod failures;
mod lifecycle;
mod new;
mod program;
mod requests;
mod responses;
mod run;
mod sdk;
mod serve;
mod settings;
mod setup;
mod targets;
