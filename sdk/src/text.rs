//! Text put together from pieces.

/// The pieces as one text. `concat` and `format!` say the same, and bring along what they panic with and how they format.
#[inline(never)]
pub(crate) fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces {
        text.push_str(piece);
    }
    text
}
