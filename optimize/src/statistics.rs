//! What each pass has done, as a value for those who report it.

/// What a pass has done to one core module or component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistic {
    /// Where: the place of each nested module or component in the one around it, outermost first; empty for the whole.
    pub path: Vec<u32>,
    /// The pass's name.
    pub pass: &'static str,
    /// Bytes before the pass.
    pub before: usize,
    /// Bytes after it; passes that save nothing leave no statistic.
    pub after: usize,
}
