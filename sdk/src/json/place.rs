//! Where something is in a JSON text: line and column, and the JSON Pointer (RFC 6901). It is found by reading the text once
//! more, so that a text that is right pays nothing for it.

use std::borrow::Cow;

use super::read::Reader;
use crate::problem::Problem;
use crate::typed::{MOST_PLACE_BYTES, Violation, push_item, push_key};

/// What is said about a text that is not the JSON that was asked for.
#[inline(never)]
pub(super) fn problem(text: &str, offset: usize, message: &str) -> Problem {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    let line_start = match before.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => newline + 1,
        None => 0,
    };
    // Of a character, only the first byte counts.
    let is_first = |byte: &&u8| **byte & 0xc0 != 0x80;
    let column = before.iter().skip(line_start).filter(is_first).count() as u64 + 1;
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let mut place = [Violation { pointer: String::new(), detail: Cow::Borrowed("") }];
    locate(text, &[offset], &mut place);
    let [Violation { pointer, .. }] = place;
    let mut detail = String::from("the body is not the JSON expected here: ");
    if !pointer.is_empty() {
        detail.push_str("`");
        detail.push_str(&pointer);
        detail.push_str("`: ");
    }
    detail.push_str(message);
    let problem = Problem::bad_request(detail).with("line", line).with("column", column);
    if pointer.is_empty() { problem } else { problem.with("pointer", pointer.as_str()) }
}

/// Says where violations are that were noted at these offsets, which go up. What begins at an offset is meant; of a key,
/// the object that it is in. Gives how many of them are told: no more where their places have become long.
#[inline(never)]
pub(super) fn locate(text: &str, offsets: &[usize], violations: &mut [Violation]) -> usize {
    let mut search = Search { offsets, violations, pointer: String::new(), told: 0, place_bytes: 0 };
    // Where the text is wrong, the search ends in the same place as the reader did.
    let _ = Reader::of_text(text).pass(Some(&mut search));
    search.look(usize::MAX);
    search.told
}

/// A reading of the text that looks for offsets.
pub(super) struct Search<'t> {
    offsets: &'t [usize],
    violations: &'t mut [Violation],
    /// Where the reading is.
    pub(super) pointer: String,
    told: usize,
    place_bytes: usize,
}

impl Search<'_> {
    /// Something begins here. Whether everything has been found.
    #[inline(never)]
    pub(super) fn look(&mut self, here: usize) -> bool {
        while let [offset, offsets @ ..] = self.offsets
            && *offset <= here
        {
            self.offsets = offsets;
            // As many as there are offsets.
            if let [violation, violations @ ..] = std::mem::take(&mut self.violations) {
                if self.place_bytes < MOST_PLACE_BYTES {
                    violation.pointer.push_str(&self.pointer);
                    self.place_bytes += self.pointer.len();
                    self.told += 1;
                }
                self.violations = violations;
            }
        }
        self.offsets.is_empty()
    }

    /// Into an item, or a field with this key.
    #[inline(never)]
    pub(super) fn enter(&mut self, key: Option<&str>, position: usize) {
        match key {
            Some(key) => push_key(&mut self.pointer, key),
            None => push_item(&mut self.pointer, position),
        }
    }
}
