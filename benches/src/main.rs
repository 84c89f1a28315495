//! The benchmark program: measures what the design promises against `wasmtime serve` of the same version, in one run on
//! one machine, and what components weigh; prints a table with a row for each budget.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the table is the product, and there is no report room")]
#![allow(clippy::disallowed_methods, reason = "the bans keep `cargo-mik`'s rooms apart; a benchmark has no rooms")]

mod budgets;
mod dev_loop;
mod host;
mod load;
mod machine;
mod programs;
mod server;
mod size;
mod table;

use std::process::ExitCode;

use clap::{Args, Parser};

/// What a measurement ends with: its result, or why there is none.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Measures cargo mik
#[derive(Debug, Parser)]
enum Benchmark {
    /// The host: throughput, first response, memory of an idle module
    Host(HostArgs),
    /// The sizes of components, in bytes
    Size,
    /// The development loop: from a save to the first answer of the new version, stage by stage
    DevLoop(DevLoopArgs),
}

/// Measures against `wasmtime serve` as well where `WASMTIME` names one or PATH has it.
#[derive(Debug, Args)]
struct DevLoopArgs {
    /// How often the source is saved, of which the median counts
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    edits: u32,
}

/// Needs wasmtime 48, which `WASMTIME` names or PATH has. Takes about two minutes.
#[derive(Debug, Args)]
struct HostArgs {
    /// How long each server is under load in each round
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How often each measurement is taken, the two servers by turns; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Connections that send one request after another
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,
    /// Starts until the first response, of which the median counts
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    starts: u32,
    /// Modules beside the first, for the memory of each
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=90))]
    modules: u32,
}

fn main() -> ExitCode {
    let measured = match Benchmark::parse() {
        Benchmark::Host(arguments) => host::measure(&arguments),
        Benchmark::Size => size::measure(),
        Benchmark::DevLoop(arguments) => dev_loop::measure(&arguments),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
