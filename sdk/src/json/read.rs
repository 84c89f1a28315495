//! Reads JSON (RFC 8259), and knows where it stands. What the pieces mean to `serde` is in `deserialize`.

use std::borrow::Cow;

use super::place::{self, Search};
use crate::mismatch::{Mismatch, Reason};
use crate::problem::Problem;
use crate::text::is_one_of;
use crate::typed::{MOST_VIOLATIONS, Violation, refusal};

/// How deep lists and objects may be nested. A level costs stack, and the stack of a component is small.
const MOST_LEVELS: u8 = 128;

/// A JSON text that is being read.
pub(crate) struct Reader<'de> {
    /// The text, which is known to be UTF-8.
    text: &'de str,
    pub(super) offset: usize,
    /// Where the last value begins: what is wrong is said to be there.
    value: usize,
    levels: u8,
    /// Numbers that their types do not hold: where they begin, and what they must be.
    offsets: Vec<usize>,
    out_of_range: Vec<Violation>,
}

impl<'de> Reader<'de> {
    /// # Errors
    ///
    /// 400, where the bytes are not UTF-8.
    #[inline(never)]
    pub(crate) fn new(bytes: &'de [u8]) -> Result<Self, Problem> {
        let (text, rest) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let (text, _) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(text).unwrap_or_default(), Some("it is not UTF-8"))
            }
        };
        let reader = Self::of_text(text);
        match rest {
            None => Ok(reader),
            Some(message) => Err(reader.problem(Mismatch::new(message.to_owned()).seen_at(text.len()))),
        }
    }

    pub(super) const fn of_text(text: &'de str) -> Self {
        Self { text, offset: 0, value: 0, levels: 0, offsets: Vec::new(), out_of_range: Vec::new() }
    }

    /// The numbers that were out of range, once the value is read.
    ///
    /// # Errors
    ///
    /// 400, where something comes after the value.
    #[inline(never)]
    pub(crate) fn finish(mut self) -> Result<Vec<Violation>, Problem> {
        match self.peek() {
            None => Ok(self.violations()),
            Some(_) => {
                let mismatch = self.wrong("it goes on after its end");
                Err(self.problem(mismatch))
            }
        }
    }

    /// What is answered to a text that is not the JSON that was asked for.
    #[inline(never)]
    pub(crate) fn problem(mut self, mismatch: Mismatch) -> Problem {
        let Reason { message, offset, is_out_of_range, .. } = *mismatch.0;
        let offset = offset.unwrap_or(self.value);
        if is_out_of_range {
            self.value = offset;
            self.out_of_range(message);
            return refusal::of_body(&self.violations());
        }
        place::problem(self.text, offset, &message)
    }

    /// A number is none that the type holds: it is noted, and the nearest that it holds is read in its place.
    #[inline(never)]
    pub(super) fn out_of_range(&mut self, detail: String) {
        if self.out_of_range.len() < MOST_VIOLATIONS {
            self.offsets.push(self.value);
            self.out_of_range.push(Violation { pointer: String::new(), detail: detail.into() });
        }
    }

    fn violations(mut self) -> Vec<Violation> {
        if !self.offsets.is_empty() {
            let told = place::locate(self.text, &self.offsets, &mut self.out_of_range);
            self.out_of_range.truncate(told);
        }
        self.out_of_range
    }

    /// An item or a field has been read: what is wrong from here on is wrong with what is around it.
    pub(super) fn back_to(&mut self, value: usize) {
        self.value = value;
    }

    /// Where the last value begins.
    pub(super) fn value_start(&self) -> usize {
        self.value
    }

    fn bytes(&self) -> &'de [u8] {
        self.text.as_bytes()
    }

    /// What is wrong here.
    #[inline(never)]
    pub(super) fn wrong(&self, message: &str) -> Mismatch {
        let message = match self.bytes().get(self.offset) {
            Some(_) => message,
            None => "it ends too early",
        };
        Mismatch::new(message.to_owned()).seen_at(self.offset)
    }

    /// The next byte that is not space.
    #[inline(never)]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes().get(self.offset)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.offset += 1;
        }
    }

    /// The first byte of a value; the value begins here.
    #[inline(never)]
    pub(super) fn begin(&mut self) -> u8 {
        let byte = self.peek().unwrap_or_default();
        self.value = self.offset;
        byte
    }

    pub(super) fn take(&mut self, expected: u8) -> bool {
        let is_there = self.peek() == Some(expected);
        self.offset += usize::from(is_there);
        is_there
    }

    #[inline(never)]
    pub(super) fn word(&mut self, word: &str) -> Result<(), Mismatch> {
        for byte in word.bytes() {
            if self.bytes().get(self.offset) != Some(&byte) {
                return Err(self.wrong("a value was expected"));
            }
            self.offset += 1;
        }
        Ok(())
    }

    /// A string, borrowed where nothing in it is escaped.
    #[inline(never)]
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Mismatch> {
        if !self.take(b'"') {
            return Err(self.wrong("a string was expected"));
        }
        let mut unescaped: Option<String> = None;
        let mut start = self.offset;
        loop {
            let byte = self.bytes().get(self.offset).copied();
            // Quotes, backslashes and controls are bytes of their own in UTF-8, so a piece between two is text.
            let piece = self.text.get(start..self.offset).unwrap_or_default();
            match byte {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(piece),
                        Some(mut text) => {
                            text.push_str(piece);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(piece);
                    self.offset += 1;
                    let character = self.escape()?;
                    text.push(character);
                    start = self.offset;
                }
                Some(0x20..) => self.offset += 1,
                _ => return Err(self.wrong("a control character in a string has to be escaped")),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, Mismatch> {
        let Some(byte) = self.bytes().get(self.offset) else {
            return Err(self.wrong(""));
        };
        let character = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.offset += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.wrong("there is no such escape")),
        };
        self.offset += 1;
        Ok(character)
    }

    /// Four digits, or two times four where a character needs them (a surrogate pair).
    fn unicode_escape(&mut self) -> Result<char, Mismatch> {
        let first = self.four_digits()?;
        let code = if let 0xd800..0xdc00 = first {
            let has_second = self.bytes().get(self.offset..self.offset + 2) == Some(b"\\u");
            if !has_second {
                return Err(self.wrong("half a surrogate pair"));
            }
            self.offset += 2;
            let second = self.four_digits()?;
            if !matches!(second, 0xdc00..0xe000) {
                return Err(self.wrong("half a surrogate pair"));
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.wrong("half a surrogate pair"))
    }

    fn four_digits(&mut self) -> Result<u32, Mismatch> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = match self.bytes().get(self.offset) {
                Some(byte) => char::from(*byte).to_digit(16),
                None => None,
            };
            let Some(digit) = digit else {
                return Err(self.wrong("four hexadecimal digits were expected"));
            };
            code = code * 16 + digit;
            self.offset += 1;
        }
        Ok(code)
    }

    /// The text of a number, and whether it has neither a fraction nor an exponent.
    #[inline(never)]
    pub(super) fn number(&mut self) -> Result<(&'de str, bool), Mismatch> {
        let start = self.offset;
        let mut is_integer = true;
        self.skip(b"-");
        if !self.skip(b"0") {
            self.digits()?;
        } else if matches!(self.bytes().get(self.offset), Some(b'0'..=b'9')) {
            return Err(self.wrong("a number does not begin with a zero"));
        }
        if self.skip(b".") {
            is_integer = false;
            self.digits()?;
        }
        if self.skip(b"eE") {
            is_integer = false;
            self.skip(b"+-");
            self.digits()?;
        }
        Ok((self.text.get(start..self.offset).unwrap_or_default(), is_integer))
    }

    /// Whether a key is an integer as JSON writes one: what Rust reads besides, `+1` and `01`, would be the key `1` again.
    #[inline(never)]
    pub(super) fn is_integer(key: &str) -> bool {
        let mut reader = Reader::of_text(key);
        matches!(reader.number(), Ok((number, true)) if number.len() == key.len())
    }

    fn skip(&mut self, any_of: &[u8]) -> bool {
        let is_there = match self.bytes().get(self.offset) {
            Some(byte) => is_one_of(*byte, any_of),
            None => false,
        };
        self.offset += usize::from(is_there);
        is_there
    }

    #[inline(never)]
    fn digits(&mut self) -> Result<(), Mismatch> {
        let start = self.offset;
        while self.skip(b"0123456789") {}
        if self.offset == start {
            return Err(self.wrong("a digit was expected"));
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn enter(&mut self) -> Result<(), Mismatch> {
        if self.levels == MOST_LEVELS {
            return Err(self.wrong("it is nested too deep"));
        }
        self.levels += 1;
        self.offset += 1;
        Ok(())
    }

    #[inline(never)]
    pub(super) fn leave(&mut self, end: u8) -> Result<(), Mismatch> {
        if !self.take(end) {
            return Err(self.wrong("a comma or the end was expected"));
        }
        self.levels -= 1;
        Ok(())
    }

    /// Passes over a value, perhaps in search of something in it.
    #[inline(never)]
    pub(super) fn pass(&mut self, mut search: Option<&mut Search<'_>>) -> Result<(), Mismatch> {
        let first = self.begin();
        if let Some(search) = &mut search {
            // Once all is found, there is nothing more to read.
            if search.look(self.offset) {
                return Err(Mismatch::default());
            }
        }
        match first {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number().map(drop),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'[' | b'{' => {
                self.enter()?;
                // In ASCII, both ends are two after their beginnings.
                let end = first + 2;
                let len = search.as_ref().map_or(0, |search| search.pointer.len());
                let mut position = 0;
                while self.has_next(end, position == 0)? {
                    let mut key = None;
                    if end == b'}' {
                        if let Some(search) = &mut search {
                            search.look(self.offset);
                        }
                        key = Some(self.string()?);
                    }
                    if let Some(search) = &mut search {
                        search.enter(key.as_deref(), position);
                    }
                    if key.is_some() {
                        self.colon()?;
                    }
                    self.pass(search.as_deref_mut())?;
                    if let Some(search) = &mut search {
                        search.pointer.truncate(len);
                    }
                    position += 1;
                }
                self.leave(end)
            }
            _ => Err(self.wrong("a value was expected")),
        }
    }

    /// Whether a list or an object goes on; its comma is taken.
    #[inline(never)]
    pub(super) fn has_next(&mut self, end: u8, is_first: bool) -> Result<bool, Mismatch> {
        if self.peek() == Some(end) {
            return Ok(false);
        }
        if is_first {
            return Ok(true);
        }
        if !self.take(b',') {
            return Err(self.wrong("a comma or the end was expected"));
        }
        if self.peek() == Some(end) {
            return Err(self.wrong("there is nothing after the last comma"));
        }
        Ok(true)
    }

    pub(super) fn colon(&mut self) -> Result<(), Mismatch> {
        if !self.take(b':') {
            return Err(self.wrong("a colon was expected"));
        }
        Ok(())
    }
}
