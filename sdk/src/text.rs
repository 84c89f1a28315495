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
