//! Whole-program tests: the real program, on real projects, over real sockets.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that can't go on fails"
)]

mod bodies;
mod bridge;
mod build;
mod cache;
mod cargo_flags;
mod cases;
mod configuration;
mod connections;
mod corpus;
mod diagnostics;
mod failure_table;
mod failures;
mod inspect;
mod keys;
mod lifecycle;
mod limits;
mod module_memory;
mod modules;
mod new;
mod openapi;
mod optimize;
mod outbound;
mod program;
mod provenance;
mod replacement;
mod reproducible;
mod requests;
mod responses;
mod reuse;
mod run;
mod sdk;
mod sdk_bodies;
mod sdk_client;
mod sdk_data;
mod sdk_routes;
mod sdk_types;
mod serve;
mod settings;
mod setup;
mod size_page;
mod size_profile;
mod sizes;
mod static_files;
mod symbolicate;
mod target_auto;
mod targets;
mod telemetry;
mod tls;
mod wasm_opt;
