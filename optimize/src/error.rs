//! Why bytes could not be optimized.

/// Why bytes could not be optimized. In every case the caller still has its input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input is neither a component nor a core module that the host would accept.
    #[error("the input is no valid WebAssembly")]
    InvalidInput(#[source] wasmparser::Error),
    /// Components are nested deeper than is followed.
    #[error("components are nested more than {levels} levels deep")]
    TooDeep {
        /// How deep they may be.
        levels: usize,
    },
    /// A pass can't read or write what it was given.
    #[error("pass `{pass}` could not be run")]
    Pass {
        /// The pass's name.
        pass: &'static str,
        /// What went wrong.
        #[source]
        source: PassError,
    },
    /// A pass has made something that the host would refuse: a bug in the pass.
    #[error("pass `{pass}` made invalid WebAssembly: this is a bug, please report it")]
    InvalidOutput {
        /// The pass's name.
        pass: &'static str,
        /// What is invalid.
        #[source]
        source: wasmparser::Error,
    },
}

/// What stops a pass.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassError {
    /// The input can't be parsed.
    #[error(transparent)]
    Parse(#[from] wasmparser::Error),
    /// The input can't be written anew.
    #[error("{0}")]
    Encode(String),
    /// Something that stays refers to something that was taken out: a bug in the pass.
    #[error("{0} is used and was taken out: this is a bug, please report it")]
    Dangling(Dangling),
}

/// A reference to something that was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{space} {index}")]
pub struct Dangling {
    /// The kind of thing.
    pub space: &'static str,
    /// Its index before it was taken out.
    pub index: u32,
}

impl From<wasm_encoder::reencode::Error<Dangling>> for PassError {
    fn from(error: wasm_encoder::reencode::Error<Dangling>) -> Self {
        match error {
            wasm_encoder::reencode::Error::ParseError(error) => Self::Parse(error),
            wasm_encoder::reencode::Error::UserError(dangling) => Self::Dangling(dangling),
            other => Self::Encode(other.to_string()),
        }
    }
}
