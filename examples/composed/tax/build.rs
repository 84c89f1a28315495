//! Bindings for the world in `wit/`.

fn main() -> Result<(), mik_build::BuildError> {
    mik_build::handler()
}
