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

/// Appends a number in decimal, without the formatting that `to_string` brings along.
#[inline(never)]
pub(crate) fn push_number(text: &mut String, number: u64) {
    let mut unit = 1;
    while number / unit >= 10 {
        unit *= 10;
    }
    while unit > 0 {
        text.push(char::from(b'0' + (number / unit % 10) as u8));
        unit /= 10;
    }
}
