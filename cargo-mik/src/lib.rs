//! `cargo mik`: builds, shrinks, composes and serves WASI HTTP components.
//!
//! The rooms, in the order that data flows: `cli` (what was typed) → `project` (what the project is) → `deps` (components from
//! elsewhere) → `plan` (what will happen) → `stages` (making it happen) → `serve` (the HTTP host). Every room tells `report` what happens, and
//! `tools` alone touches processes and files. See ARCHITECTURE.md.

mod cli;
pub mod deps;
pub mod inspect;
pub mod plan;
pub mod project;
pub mod recording;
pub mod report;
pub mod scaffold;
pub mod serve;
pub mod stages;
pub mod tools;

pub use cli::main;
