//! Segments of a pattern with text that is not ASCII: a client escapes it, and `%c3%bc` is `%C3%BC` (RFC 3986, 6.2.2.1).

/// Whether a segment is a literal with escapes in it.
#[inline(never)]
pub fn is_escaped(part: &str, literal: &str) -> bool {
    let mut digits_left = 0_u8;
    part.len() == literal.len()
        && part.bytes().zip(literal.bytes()).all(|(received, expected)| {
            let is_digit = digits_left > 0;
            digits_left = if expected == b'%' { 2 } else { digits_left.saturating_sub(1) };
            received == expected || (is_digit && received.eq_ignore_ascii_case(&expected))
        })
}

/// The value of a parameter between two texts, where one of them has escapes; none where it does not fit, or is empty.
#[inline(never)]
pub fn between_escaped<'p>(part: &'p str, prefix: &str, suffix: &str) -> Option<&'p str> {
    let (before, part) = part.split_at_checked(prefix.len())?;
    let (value, after) = part.split_at_checked(part.len().checked_sub(suffix.len())?)?;
    (!value.is_empty() && is_escaped(before, prefix) && is_escaped(after, suffix)).then_some(value)
}
