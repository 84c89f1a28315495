//! Prints what each pass saves on the files that are named, how long the passes take and how much memory:
//! `cargo run --release -p mik-optimize --example measure -- FILE…`. `MEASURE_OUTPUT=DIRECTORY` keeps what they make.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a tool for those who write passes"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use mik_optimize::{Options, Panic, optimize};

fn main() {
    for file in std::env::args().skip(1) {
        let input = std::fs::read(&file).unwrap();
        for panic in [Panic::Message, Panic::Trap] {
            let start = Instant::now();
            let output = optimize(&input, &Options { panic, ..Options::default() }).unwrap();
            println!(
                "{file}, panic = {panic:?}: {} -> {} bytes in {:.2} s, {}",
                input.len(),
                output.bytes.len(),
                start.elapsed().as_secs_f64(),
                memory()
            );
            let mut saved: BTreeMap<(&str, &[u32]), (usize, usize)> = BTreeMap::new();
            for it in &output.statistics {
                let (bytes, times) = saved.entry((it.pass, &it.path)).or_default();
                *bytes += it.before - it.after;
                *times += 1;
            }
            for ((pass, path), (bytes, times)) in saved {
                println!("{bytes:>8} {pass} {path:?} in {times} runs");
            }
            if let Ok(directory) = std::env::var("MEASURE_OUTPUT") {
                let name = std::path::Path::new(&file).file_name().unwrap().to_str().unwrap();
                std::fs::write(format!("{directory}/{name}.{panic:?}.wasm"), &output.bytes).unwrap();
            }
        }
    }
}

/// The most memory that this process has had so far, where the system says so.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "memory unknown".to_owned(), |peak| format!("{} at most", peak.trim()))
}
