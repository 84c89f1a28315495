//! What is wrong with a value that could be read, and where.

use std::borrow::Cow;

/// Something that a value does not keep to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON Pointer (RFC 6901); empty for the whole value.
    pub pointer: String,
    /// What is wrong, for the client to read.
    pub detail: Cow<'static, str>,
}

/// Takes down what is wrong, and knows where it is.
#[derive(Debug)]
pub struct Checker<'v> {
    violations: &'v mut Vec<Violation>,
    pointer: String,
}

impl<'v> Checker<'v> {
    pub(crate) fn new(violations: &'v mut Vec<Violation>) -> Self {
        Self { violations, pointer: String::new() }
    }

    /// Something is wrong here.
    #[inline(never)]
    pub fn violation(&mut self, detail: impl Into<Cow<'static, str>>) {
        self.violations.push(Violation { pointer: self.pointer.clone(), detail: detail.into() });
    }

    /// Checks what is at a key of this value.
    #[inline(never)]
    pub fn at(&mut self, key: &str, check: &mut dyn FnMut(&mut Checker<'_>)) {
        let len = self.pointer.len();
        self.pointer.push('/');
        for character in key.chars() {
            match character {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                character => self.pointer.push(character),
            }
        }
        check(self);
        self.pointer.truncate(len);
    }
}
