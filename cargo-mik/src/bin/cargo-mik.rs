//! `cargo mik …`: what cargo starts.

fn main() -> std::process::ExitCode {
    cargo_mik::main(std::env::args_os())
}
