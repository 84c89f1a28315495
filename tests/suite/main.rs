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
mod component_tests;
mod compose;
mod configuration;
mod connections;
mod corpus;
mod dashboard;
mod dependencies;
mod diagnostics;
mod dotenv;
mod embedding;
mod failure_table;
mod failures;
mod inspect;
mod invoke;
mod keys;
mod lifecycle;
mod limits;
mod module_memory;
mod modules;
mod new;
mod openapi;
mod optimize;
mod outbound;
mod pages;
mod program;
mod provenance;
mod publish;
mod registry;
mod replacement;
mod replay;
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
mod soak;
mod static_files;
mod swap;
mod symbolicate;
mod target_auto;
mod targets;
mod telemetry;
mod terminal;
mod tls;
mod wasm_opt;
mod watch;
