//! Where something is in a JSON text: line and column, and the JSON Pointer (RFC 6901). It is found by reading the text once
//! more, so that a text that is right pays nothing for it.

use super::read::Reader;
use crate::mismatch::Mismatch;
use crate::problem::Problem;
use crate::typed::{Violation, push_item, push_key};

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
    let pointer = pointers(text, &[offset]).pop().unwrap_or_default();
    let mut detail = String::from("the body is not the JSON expected here: ");
    if !pointer.is_empty() {
        detail.push('`');
        detail.push_str(&pointer);
        detail.push_str("`: ");
    }
    detail.push_str(message);
    let problem = Problem::bad_request(detail).with("line", line).with("column", column);
    if pointer.is_empty() { problem } else { problem.with("pointer", pointer.as_str()) }
}

/// What was noted at these offsets, which go up, with the places instead.
#[inline(never)]
pub(super) fn violations(text: &str, noted: Vec<(usize, String)>) -> Vec<Violation> {
    if noted.is_empty() {
        return Vec::new();
    }
    let offsets: Vec<usize> = noted.iter().map(|(offset, _)| *offset).collect();
    let places = pointers(text, &offsets).into_iter().zip(noted);
    places.map(|(pointer, (_, detail))| Violation { pointer, detail: detail.into() }).collect()
}

/// The pointers of offsets, which go up. What begins at an offset is meant; of a key, the object that it is in.
fn pointers(text: &str, offsets: &[usize]) -> Vec<String> {
    let mut search = Search { reader: Reader::of_text(text), offsets, pointer: String::new(), found: Vec::new() };
    // Where the text is wrong, the search ends in the same place as the reader did.
    let _ = search.value();
    while search.found.len() < offsets.len() {
        search.found.push(search.pointer.clone());
    }
    search.found
}

struct Search<'t> {
    reader: Reader<'t>,
    offsets: &'t [usize],
    /// Where the search is.
    pointer: String,
    found: Vec<String>,
}

impl Search<'_> {
    /// Something begins here.
    fn look(&mut self) {
        while let Some(offset) = self.offsets.get(self.found.len())
            && *offset <= self.reader.offset
        {
            self.found.push(self.pointer.clone());
        }
    }

    fn value(&mut self) -> Result<(), Mismatch> {
        let first = self.reader.begin();
        self.look();
        if self.found.len() == self.offsets.len() {
            return Ok(());
        }
        let is_list = match first {
            b'[' => true,
            b'{' => false,
            _ => return self.reader.ignore(),
        };
        // In ASCII, both ends are two after their beginnings.
        let end = first + 2;
        let len = self.pointer.len();
        let mut position = 0;
        self.reader.enter()?;
        while self.reader.has_next(end, position == 0)? {
            if is_list {
                push_item(&mut self.pointer, position);
            } else {
                self.reader.begin();
                self.look();
                let key = self.reader.string()?;
                push_key(&mut self.pointer, &key);
                self.reader.colon()?;
            }
            self.value()?;
            if self.found.len() == self.offsets.len() {
                return Ok(());
            }
            self.pointer.truncate(len);
            position += 1;
        }
        self.reader.leave(end)
    }
}
