//! `cargo mik`: builds, shrinks, composes and serves WASI HTTP components.
//!
//! The rooms, in the order that data flows: `cli` (what was typed) → `project` (what the project is) → `deps`
//! (what it depends on) → `plan` (what will happen) → `stages` (making it happen) → `serve` (the HTTP host). Every room tells `report` what happens, and
//! `tools` alone touches processes and files. See ARCHITECTURE.md.

/// Compilers allocate all the time: what a save has to wait for takes a quarter less with this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
