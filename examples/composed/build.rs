//! Bindings for the components that this one depends on.

fn main() -> Result<(), mik_build::BuildError> {
    mik_build::handler()
}
