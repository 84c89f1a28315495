//! Makes WebAssembly components smaller, by passes that know components. From bytes to bytes: no I/O, no engine, and the same
//! output for the same input.
#![forbid(unsafe_code)]

mod component;
mod core;
mod error;
mod manager;
mod module;
mod options;
mod statistics;
mod validate;

pub use self::error::{Dangling, Error, PassError};
pub use self::options::{Names, Options, Panic};
pub use self::statistics::Statistic;

/// What the passes made.
#[derive(Clone, Debug)]
pub struct Optimized {
    /// The module or component.
    pub bytes: Vec<u8>,
    /// What each pass has saved, in the order in which they ran.
    pub statistics: Vec<Statistic>,
}

/// Makes a component, or a core module, as small as the passes can.
///
/// # Errors
///
/// Where the input is not valid, and where a pass fails, which is a bug in it: the caller can go on with its input.
pub fn optimize(input: &[u8], options: &Options) -> Result<Optimized, Error> {
    validate::validate(input).map_err(Error::InvalidInput)?;
    let mut manager = manager::Manager::new(options);
    let bytes = manager.run(input)?;
    validate::validate(&bytes).map_err(|source| Error::InvalidOutput { pass: "all", source })?;
    Ok(Optimized { bytes, statistics: manager.statistics })
}
