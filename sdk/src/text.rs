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

/// A number at the end of a text. `to_string` says the same, and brings along how numbers are padded.
#[inline(never)]
pub(crate) fn push_number(text: &mut String, number: u64) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push_str("0123456789".get((number % 10) as usize..).and_then(|digits| digits.get(..1)).unwrap_or_default());
}
