//! Lists and text as the canonical ABI has them in memory: where they begin, and how long they are.
//!
//! What a call of the host or the handler leaves in memory has the shape that the next call reads. So headers, bodies
//! and names go from one to the other as they lie there, and nothing is taken apart, copied or put together again.

use core::fmt;
use core::ops::Deref;
use core::slice;

/// A list that nobody changes any more, in the arena or in the module's data. It stays until the next request begins.
#[repr(C)]
pub(crate) struct List<T: 'static> {
    start: *const T,
    length: usize,
}

/// Text or bytes. What the WIT calls `string` is UTF-8, since the component model sees to that.
pub(crate) type Text = List<u8>;

/// A header, or a variable of the environment: `tuple<string, string>`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// What it is called.
    pub(crate) name: Text,
    /// What it says.
    pub(crate) value: Text,
}

impl<T> List<T> {
    /// A list of nothing.
    pub(crate) const EMPTY: Self = Self::of(&[]);

    /// A list that is never given back.
    pub(crate) const fn of(items: &'static [T]) -> Self {
        Self { start: items.as_ptr(), length: items.len() }
    }

    /// Where it begins and how many there are, as the canonical ABI's flat parameters.
    pub(crate) fn raw(&self) -> (*const T, usize) {
        (self.start, self.length)
    }

    /// The same list with `following` behind it, where that lies there already.
    pub(crate) fn joined(&self, following: &Self) -> Option<Self> {
        let meets = self.start.wrapping_add(self.length) == following.start;
        meets.then_some(Self { start: self.start, length: self.length + following.length })
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `start` and `length` are those of a slice, or of a list that the
        // canonical ABI has put into memory that this module gave it, never null. All are left alone until `arena::clear`.
        unsafe { slice::from_raw_parts(self.start, self.length) }
    }
}

// SAFETY: it is only read.
unsafe impl<T: Sync> Sync for List<T> {}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for List<T> {}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::of(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_meet_are_one() {
        static BYTES: [u8; 4] = *b"abcd";
        let (front, back) = (Text::of(&BYTES[..1]), Text::of(&BYTES[1..3]));
        assert_eq!(front.joined(&back), Some("abc".into()));
        assert_eq!(front.joined(&Text::of(&BYTES[2..])), None);
        assert_eq!(back.joined(&front), None);
    }
}
