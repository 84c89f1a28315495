//! `mik …`: the same program where cargo is not, or need not be.

fn main() -> std::process::ExitCode {
    cargo_mik::main(std::env::args_os())
}
