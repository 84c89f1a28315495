//! Text put together from pieces, and what macros make text of.

use std::borrow::Cow;
use std::fmt::Display;

/// The pieces as one text. `concat` and `format!` say the same, and bring along what they panic with and how they format.
#[inline(never)]
pub(crate) fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces {
        text.push_str(piece);
    }
    text
}

/// What stands before the first of these bytes and what stands after it. The byte is ASCII. `split_once` says the same, and
/// brings along a search for long texts that takes more than both together.
#[inline(never)]
pub(crate) fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// What is behind `key=` in a text of such lines. A `match` on texts says the same by a comparison for each, and lists of pairs
/// take eight bytes more for each text than the text.
#[inline(never)]
pub(crate) fn look_up(lines: &'static str, key: &str) -> Option<&'static str> {
    let mut rest = lines;
    while let Some((line, following)) = split_once(rest, b'\n') {
        match split_once(line, b'=') {
            Some((name, value)) if name == key => return Some(value),
            _ => rest = following,
        }
    }
    None
}

/// Whether this byte is one of those. `contains` says the same, and brings along a search for long texts.
#[allow(clippy::manual_contains, reason = "that is the search for long texts")]
pub(crate) fn is_one_of(byte: u8, those: &[u8]) -> bool {
    those.iter().any(|one| *one == byte)
}

/// A decimal number, as `parse` reads it, without what that brings along for all the others.
pub(crate) fn number(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("+").unwrap_or(text);
    if digits.is_empty() {
        return None;
    }
    digits.bytes().try_fold(0_usize, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { number.checked_mul(10)?.checked_add(digit.into()) }
    })
}

/// What shall be text, in the expansion of a macro: it is borrowed where it is text, and shown where it is not. Which of the
/// two is what the methods of the traits decide: the first that fits is that of a reference to this.
#[derive(Debug)]
pub struct Text<'v, T: ?Sized>(pub &'v T);

/// See [`Text`].
pub trait TextByReference {
    /// The text.
    fn text(&self) -> Cow<'_, str>;
}

impl<T: AsRef<str> + ?Sized> TextByReference for &Text<'_, T> {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0.as_ref())
    }
}

/// See [`Text`].
pub trait TextByDisplay {
    /// The text.
    fn text(&self) -> Cow<'_, str>;
}

impl<T: Display + ?Sized> TextByDisplay for Text<'_, T> {
    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_string())
    }
}

/// A number at the end of a text. `to_string` says the same, and brings along how numbers are padded.
#[inline(never)]
pub(crate) fn push_number(text: &mut String, number: u64) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push_str("0123456789".get((number % 10) as usize..).and_then(|digits| digits.get(..1)).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::{number, split_once};

    #[test]
    fn a_text_is_split_at_the_first_byte_of_its_kind() {
        assert_eq!(split_once("a/b/c", b'/'), Some(("a", "b/c")));
        assert_eq!(split_once("/é", b'/'), Some(("", "é")));
        assert_eq!(split_once("é/", b'/'), Some(("é", "")));
        assert_eq!(split_once("é", b'/'), None);
    }

    #[test]
    fn a_number_is_what_parse_reads() {
        let largest = usize::MAX.to_string();
        for text in [
            "0",
            "+7",
            "007",
            "1000000",
            &largest,
            "",
            "+",
            "++1",
            "-1",
            " 1",
            "1 ",
            "1_0",
            "1.0",
            "99999999999999999999999",
        ] {
            assert_eq!(number(text), text.parse().ok(), "{text}");
        }
    }
}
