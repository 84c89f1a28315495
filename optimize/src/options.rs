//! What the caller wants of the passes.

/// What the caller wants of the passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What becomes of panics.
    pub panic: Panic,
    /// What becomes of the names of functions, locals and components.
    pub names: Names,
}

/// What becomes of panics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panic {
    /// They say what happened, and trap.
    #[default]
    Message,
    /// They trap, and what only formats their messages is cut out.
    Trap,
}

/// What becomes of the names of functions, locals and components.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// They are taken out.
    #[default]
    Strip,
    /// They stay, renumbered with what they name.
    Keep,
}
