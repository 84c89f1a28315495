//! What is wrong with a value that could be read, and where.

use std::borrow::Cow;
use std::fmt;

use super::Key;
use crate::text::{join, push_number};

/// How many violations are told of one request. A body may have millions; what answers it is bounded.
pub(crate) const MOST_VIOLATIONS: usize = 100;
/// After how many bytes of their places no more are told: a key may be as long as the body, with many values below it.
pub(crate) const MOST_PLACE_BYTES: usize = 64 << 10;

/// Something that a value does not keep to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON Pointer (RFC 6901); empty for the whole value.
    pub pointer: String,
    /// What is wrong, for the client to read.
    pub detail: Cow<'static, str>,
}

/// Whether no more are told than these. There may be more, then.
pub(crate) fn is_enough(violations: &[Violation]) -> bool {
    violations.len() >= MOST_VIOLATIONS
        || violations.iter().map(|known| known.pointer.len()).sum::<usize>() >= MOST_PLACE_BYTES
}

/// Takes down what is wrong, and knows where it is.
///
/// The place is a chain of borrowed steps, and becomes text only where something is wrong: what is right costs nothing.
///
/// ```
/// use mik_sdk::prelude::*;
/// use mik_sdk::typed::{Checker, schema::{Kind, Schema}};
/// # use mik_sdk::__private::serde;
///
/// /// A span of time that does not end before it begins.
/// # #[derive(serde::Deserialize)]
/// # #[serde(crate = "serde")]
/// struct Span { from: u32, to: u32, marks: Vec<u32> }
///
/// impl Type for Span {
///     const SCHEMA: &'static Schema = &Schema::new(Kind::Any);
///     type Parts = ();
///
///     fn check(&self, checker: &mut Checker<'_>) {
///         if self.to < self.from {
///             checker.at("to").violation("is before `from`");
///         }
///         for (position, mark) in self.marks.iter().enumerate() {
///             if *mark > self.to {
///                 checker.at("marks").item(position).violation("is after `to`");
///             }
///         }
///     }
/// }
///
/// let problem = json::parse::<Span>(br#"{ "from": 2, "to": 1, "marks": [1, 2] }"#).err().unwrap();
/// assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
/// assert!(problem.to_json().contains(r#"{"pointer":"/to","detail":"is before `from`"}"#));
/// assert!(problem.to_json().contains(r#"{"pointer":"/marks/1","detail":"is after `to`"}"#));
/// ```
pub struct Checker<'c> {
    violations: &'c mut Vec<Violation>,
    /// How many of them were known before: of these values, nothing more can be said.
    unreadable: usize,
    place: Place<'c>,
}

/// Where a value is in the one around it.
#[derive(Clone, Copy)]
struct Place<'p> {
    around: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Whole,
    Key(&'p str),
    KeyOf(&'p dyn Key),
    Item(usize),
}

impl<'c> Checker<'c> {
    pub(crate) fn new(violations: &'c mut Vec<Violation>) -> Self {
        let unreadable = violations.len();
        Self { violations, unreadable, place: Place { around: None, step: Step::Whole } }
    }

    /// Something is wrong here.
    pub fn violation(&mut self, detail: impl Into<Cow<'static, str>>) {
        self.push(detail.into());
    }

    /// What is at a key of this value.
    #[inline]
    pub fn at<'s>(&'s mut self, key: &'s str) -> Checker<'s> {
        self.inside(Step::Key(key))
    }

    /// What is at a key of this value, which is a map.
    #[inline]
    pub(super) fn at_key<'s>(&'s mut self, key: &'s dyn Key) -> Checker<'s> {
        self.inside(Step::KeyOf(key))
    }

    /// What is at a position of this value, which is a list.
    #[inline]
    pub fn item(&mut self, position: usize) -> Checker<'_> {
        self.inside(Step::Item(position))
    }

    #[inline]
    fn inside<'s>(&'s mut self, step: Step<'s>) -> Checker<'s> {
        Checker {
            violations: self.violations,
            unreadable: self.unreadable,
            place: Place { around: Some(&self.place), step },
        }
    }

    /// Two pieces around a limit, as one violation.
    #[inline(never)]
    pub(super) fn limit(&mut self, before: &str, limit: &str, after: &str) {
        self.push(join(&[before, limit, after]).into());
    }

    #[inline(never)]
    fn push(&mut self, detail: Cow<'static, str>) {
        if is_enough(self.violations) {
            return;
        }
        let mut pointer = String::new();
        self.place.write(&mut pointer);
        let mut unreadable = self.violations.iter().take(self.unreadable);
        if unreadable.all(|known| known.pointer != pointer) {
            self.violations.push(Violation { pointer, detail });
        }
    }
}

impl fmt::Debug for Checker<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Checker").field("violations", &self.violations).finish_non_exhaustive()
    }
}

impl Place<'_> {
    fn write(&self, pointer: &mut String) {
        if let Some(around) = self.around {
            around.write(pointer);
        }
        match self.step {
            Step::Whole => {}
            Step::Key(key) => push_key(pointer, key),
            Step::KeyOf(key) => push_key(pointer, &key.to_key()),
            Step::Item(position) => push_item(pointer, position),
        }
    }
}

/// One step further, into an object.
#[inline(never)]
pub(crate) fn push_key(pointer: &mut String, key: &str) {
    pointer.push_str("/");
    let mut rest = key;
    // Both are bytes of their own in UTF-8.
    while let Some(position) = rest.bytes().position(|byte| matches!(byte, b'~' | b'/')) {
        pointer.push_str(rest.get(..position).unwrap_or_default());
        pointer.push_str(if rest.as_bytes().get(position) == Some(&b'~') { "~0" } else { "~1" });
        rest = rest.get(position + 1..).unwrap_or_default();
    }
    pointer.push_str(rest);
}

/// One step further, into a list.
#[inline(never)]
pub(crate) fn push_item(pointer: &mut String, position: usize) {
    pointer.push_str("/");
    push_number(pointer, position as u64);
}
