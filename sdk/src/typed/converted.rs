//! Fields whose JSON `serde` is told how to read or write (`with` and its kin): checked where their type has rules.
//!
//! Whether it has is not known to the derive, and the compiler decides it: a method that takes less referencing goes first, so
//! [`Checked`] is taken where it applies, and [`Unchecked`] elsewhere.

use super::{Checker, Type};

/// The value of such a field.
#[derive(Debug)]
pub struct Converted<'v, T: ?Sized>(pub &'v T);

/// Where the type is a [`Type`].
pub trait Checked {
    fn check_converted(&self, checker: &mut Checker<'_>);
}

/// Where it may be anything.
pub trait Unchecked {
    fn check_converted(&self, checker: &mut Checker<'_>);
}

impl<T: Type + ?Sized> Checked for Converted<'_, T> {
    #[inline]
    fn check_converted(&self, checker: &mut Checker<'_>) {
        self.0.check(checker);
    }
}

impl<T: ?Sized> Unchecked for &Converted<'_, T> {
    #[inline]
    fn check_converted(&self, _: &mut Checker<'_>) {}
}
