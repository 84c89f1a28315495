//! Prints what each pass saves on the files that are named: `cargo run -p mik-optimize --example measure -- FILE…`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a tool for those who write passes"
)]

use std::collections::BTreeMap;

use mik_optimize::{Options, Panic, optimize};

fn main() {
    for file in std::env::args().skip(1) {
        let input = std::fs::read(&file).unwrap();
        for panic in [Panic::Message, Panic::Trap] {
            let output = optimize(&input, &Options { panic, ..Options::default() }).unwrap();
            println!("{file}, panic = {panic:?}: {} -> {} bytes", input.len(), output.bytes.len());
            let mut saved: BTreeMap<(&str, &[u32]), usize> = BTreeMap::new();
            for it in &output.statistics {
                *saved.entry((it.pass, &it.path)).or_default() += it.before - it.after;
            }
            for ((pass, path), bytes) in saved {
                println!("{bytes:>8} {pass} {path:?}");
            }
            if let Ok(directory) = std::env::var("MEASURE_OUTPUT") {
                let name = std::path::Path::new(&file).file_name().unwrap().to_str().unwrap();
                std::fs::write(format!("{directory}/{name}.{panic:?}.wasm"), &output.bytes).unwrap();
            }
        }
    }
}
