//! What `#[field(…)]` says of a value, as code. The derive writes calls of these; which types can keep to which rule is
//! said by traits, so that a rule that makes no sense is an error where it is written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::Checker;

/// A value that is small or large: `min` and `max`. Numbers are compared in the widest type of their sort, texts by how
/// many characters they have, lists and maps by how many items. `written` is the limit as it is told.
#[diagnostic::on_unimplemented(
    message = "`min` and `max` cannot be said of `{Self}`",
    label = "`{Self}` has no such limit",
    note = "whole numbers are said of integers, of text (its characters), and of lists and maps (their items); numbers with a fraction of `f32` and `f64`"
)]
pub trait Limited<Number> {
    fn at_least(&self, limit: Number, written: &'static str, checker: &mut Checker<'_>);
    fn at_most(&self, limit: Number, written: &'static str, checker: &mut Checker<'_>);
}

/// A value that is text: `min_length`, `max_length`, `format`, `pattern`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    label = "`format`, `pattern`, `min_length` and `max_length` are said of text",
    note = "of a list, say it of the items: put them into a type of their own, as in `struct Tag(#[field(max = 20)] String);`"
)]
pub trait Textual {
    /// The text, where there is one.
    fn text(&self) -> Option<&str>;
}

/// A value that has items: `min_items` and `max_items`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a list nor a map",
    label = "`min_items` and `max_items` are said of lists and maps"
)]
pub trait Listed {
    /// How many, where there is a list.
    fn items(&self) -> Option<usize>;
}

/// A list whose items can be compared: `unique`.
#[diagnostic::on_unimplemented(
    message = "`unique` cannot be said of `{Self}`",
    label = "not a list whose items are `Ord`",
    note = "put `#[derive(PartialEq, Eq, PartialOrd, Ord)]` before the type of the items"
)]
pub trait Distinct {
    /// Whether no two items are equal.
    fn is_distinct(&self) -> bool;
}

macro_rules! numbers {
    ($($number:ident: $($type:ty)*;)*) => {$($(
        impl Limited<$number> for $type {
            #[inline]
            fn at_least(&self, limit: $number, written: &'static str, checker: &mut Checker<'_>) {
                if (*self as $number) < limit {
                    too_small(written, checker);
                }
            }

            #[inline]
            fn at_most(&self, limit: $number, written: &'static str, checker: &mut Checker<'_>) {
                if (*self as $number) > limit {
                    too_large(written, checker);
                }
            }
        }
    )*)*};
}

numbers! {
    i128: u8 u16 u32 u64 usize i8 i16 i32 i64 i128 isize;
    f64: f64;
    f32: f32;
}

macro_rules! by_another_number {
    ($($limit:ident for $type:ty, as $with:expr;)*) => {$(
        impl Limited<$limit> for $type {
            #[inline]
            fn at_least(&self, limit: $limit, written: &'static str, checker: &mut Checker<'_>) {
                let (value, limit) = $with(*self, limit);
                value.at_least(limit, written, checker);
            }

            #[inline]
            fn at_most(&self, limit: $limit, written: &'static str, checker: &mut Checker<'_>) {
                let (value, limit) = $with(*self, limit);
                value.at_most(limit, written, checker);
            }
        }
    )*};
}

by_another_number! {
    // A limit is a literal: one that no `f64` is, is as near as the number that it is compared with.
    i128 for f32, as |value: f32, limit: i128| (value, limit as f32);
    // `0.1_f32` is above `0.1_f64`: a value that is written as its limit is would be beyond it.
    f64 for f32, as |value: f32, limit: f64| (value, limit as f32);
    i128 for f64, as |value: f64, limit: i128| (value, limit as f64);
    // No limit is above `i128::MAX`.
    i128 for u128, as |value: u128, limit: i128| (i128::try_from(value).unwrap_or(i128::MAX), limit);
}

macro_rules! texts {
    ($($type:ty),*) => {$(
        impl Limited<i128> for $type {
            #[inline]
            fn at_least(&self, limit: i128, written: &'static str, checker: &mut Checker<'_>) {
                min_length(Some(self), limit as usize, written, checker);
            }

            #[inline]
            fn at_most(&self, limit: i128, written: &'static str, checker: &mut Checker<'_>) {
                max_length(Some(self), limit as usize, written, checker);
            }
        }

        impl Textual for $type {
            #[inline]
            fn text(&self) -> Option<&str> {
                Some(self)
            }
        }
    )*};
}

texts!(str, String, Box<str>, Cow<'_, str>);

macro_rules! lists {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Limited<i128> for $type {
            #[inline]
            fn at_least(&self, limit: i128, written: &'static str, checker: &mut Checker<'_>) {
                min_items(Some(self.len()), limit as usize, written, checker);
            }

            #[inline]
            fn at_most(&self, limit: i128, written: &'static str, checker: &mut Checker<'_>) {
                max_items(Some(self.len()), limit as usize, written, checker);
            }
        }

        impl<$($generics)*> Listed for $type {
            #[inline]
            fn items(&self) -> Option<usize> {
                Some(self.len())
            }
        }
    )*};
}

lists! {
    [T] Vec<T>;
    [T] [T];
    [T] Box<[T]>;
    [T] VecDeque<T>;
    [T] BTreeSet<T>;
    [T, S] HashSet<T, S>;
    [T, const N: usize] [T; N];
    [K, V] BTreeMap<K, V>;
    [K, V, S] HashMap<K, V, S>;
}

macro_rules! distinct {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Distinct for $type {
            fn is_distinct(&self) -> bool {
                // A list may be long: comparing each with each is the client's to misuse.
                let mut seen = BTreeSet::new();
                self.iter().all(|item| seen.insert(item))
            }
        }
    )*};
}

distinct! {
    [T: Ord] Vec<T>;
    [T: Ord] [T];
    [T: Ord] Box<[T]>;
    [T: Ord] VecDeque<T>;
    [T: Ord, const N: usize] [T; N];
}

impl<Number, T: Limited<Number>> Limited<Number> for Option<T> {
    #[inline]
    fn at_least(&self, limit: Number, written: &'static str, checker: &mut Checker<'_>) {
        if let Some(value) = self {
            value.at_least(limit, written, checker);
        }
    }

    #[inline]
    fn at_most(&self, limit: Number, written: &'static str, checker: &mut Checker<'_>) {
        if let Some(value) = self {
            value.at_most(limit, written, checker);
        }
    }
}

impl<T: Textual> Textual for Option<T> {
    #[inline]
    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(Textual::text)
    }
}

impl<T: Listed> Listed for Option<T> {
    #[inline]
    fn items(&self) -> Option<usize> {
        self.as_ref().and_then(Listed::items)
    }
}

impl<T: Distinct> Distinct for Option<T> {
    fn is_distinct(&self) -> bool {
        self.as_ref().is_none_or(Distinct::is_distinct)
    }
}

impl<Number, T: Limited<Number> + ?Sized> Limited<Number> for &T {
    #[inline]
    fn at_least(&self, limit: Number, written: &'static str, checker: &mut Checker<'_>) {
        (**self).at_least(limit, written, checker);
    }

    #[inline]
    fn at_most(&self, limit: Number, written: &'static str, checker: &mut Checker<'_>) {
        (**self).at_most(limit, written, checker);
    }
}

impl<T: Textual + ?Sized> Textual for &T {
    #[inline]
    fn text(&self) -> Option<&str> {
        (**self).text()
    }
}

#[inline(never)]
fn too_small(written: &'static str, checker: &mut Checker<'_>) {
    checker.limit("must be at least ", written, "");
}

#[inline(never)]
fn too_large(written: &'static str, checker: &mut Checker<'_>) {
    checker.limit("must be at most ", written, "");
}

/// How many characters: Unicode scalar values, as JSON Schema counts them. Of each, one byte continues nothing.
#[inline(never)]
fn characters(text: &str) -> usize {
    text.bytes().filter(|byte| byte & 0xc0 != 0x80).count()
}

#[inline(never)]
pub fn min_length(text: Option<&str>, limit: usize, written: &'static str, checker: &mut Checker<'_>) {
    if let Some(text) = text
        && characters(text) < limit
    {
        checker.limit("must have at least ", written, if limit == 1 { " character" } else { " characters" });
    }
}

#[inline(never)]
pub fn max_length(text: Option<&str>, limit: usize, written: &'static str, checker: &mut Checker<'_>) {
    if let Some(text) = text
        && characters(text) > limit
    {
        checker.limit("must have at most ", written, if limit == 1 { " character" } else { " characters" });
    }
}

#[inline(never)]
pub fn min_items(items: Option<usize>, limit: usize, written: &'static str, checker: &mut Checker<'_>) {
    if let Some(items) = items
        && items < limit
    {
        checker.limit("must have at least ", written, if limit == 1 { " item" } else { " items" });
    }
}

#[inline(never)]
pub fn max_items(items: Option<usize>, limit: usize, written: &'static str, checker: &mut Checker<'_>) {
    if let Some(items) = items
        && items > limit
    {
        checker.limit("must have at most ", written, if limit == 1 { " item" } else { " items" });
    }
}

pub fn unique(is_distinct: bool, checker: &mut Checker<'_>) {
    if !is_distinct {
        checker.violation("must not have two equal items");
    }
}

#[inline(never)]
pub fn format(text: Option<&str>, is: fn(&str) -> bool, what: &'static str, checker: &mut Checker<'_>) {
    if let Some(text) = text
        && !is(text)
    {
        checker.limit("must be ", what, "");
    }
}

/// A regular expression as `derive(Type)` compiles it: an automaton over bytes. State 0 fits, whatever follows; state 1
/// never will; a text begins in state 2.
#[derive(Debug)]
pub struct Table {
    /// The column of each byte.
    pub classes: &'static [u8; 256],
    /// From state 2 on, a row a state: the next state by column.
    pub transitions: &'static [u16],
    /// Whether a text that ends there fits, from state 2 on.
    pub ends: &'static [bool],
    /// How many columns.
    pub width: usize,
}

impl Table {
    /// Whether the expression fits somewhere in the text. Time grows with the text and with nothing else.
    #[inline(never)]
    fn fits(&self, text: &str) -> bool {
        // The first state, unless everything or nothing fits.
        let mut row = 0;
        for byte in text.bytes() {
            let column = usize::from(self.classes[usize::from(byte)]);
            match self.transitions.get(row * self.width + column) {
                Some(0) => return true,
                Some(next @ 2..) => row = usize::from(*next) - 2,
                _ => return false,
            }
        }
        self.ends.get(row) == Some(&true)
    }
}

#[inline(never)]
pub fn pattern(text: Option<&str>, table: &Table, written: &'static str, checker: &mut Checker<'_>) {
    if let Some(text) = text
        && !table.fits(text)
    {
        checker.limit("must match `", written, "`");
    }
}
