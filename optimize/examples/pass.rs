//! One pass alone on a file, or the names of all: `cargo run -p mik-optimize --example pass -- [PASS IN OUT]`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a tool for those who write passes"
)]

use mik_optimize::{Options, Panic, passes, run_pass};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [pass, input, output] = arguments.as_slice() else {
        passes().for_each(|pass| println!("{pass}"));
        return;
    };
    assert!(passes().any(|known| known == pass), "no pass is called `{pass}`");
    // Else that pass does nothing.
    let panic = if pass == "trap-panics" { Panic::Trap } else { Panic::Message };
    let options = Options { panic, ..Options::default() };
    std::fs::write(output, run_pass(pass, &std::fs::read(input).unwrap(), &options).unwrap().bytes).unwrap();
}
