//! What a server is for: who reads its answers, and what it compiles for.

use super::engine::Tuning;

/// Who reads the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Anybody.
    Production,
    /// The developer: problems say all there is to say, and answers which version they are of.
    Development,
}

impl Mode {
    /// What code is compiled for, and what it is compiled for where that can't be done. Winch is complete for x86-64 alone.
    pub(super) fn tunings(self) -> (Tuning, Option<Tuning>) {
        match self {
            Self::Production => (Tuning::Run, None),
            Self::Development if cfg!(target_arch = "x86_64") => (Tuning::Compile, Some(Tuning::CompileAnything)),
            Self::Development => (Tuning::CompileAnything, None),
        }
    }
}
