//! Writes JSON from left to right. What `serde` asks of it is in `serialize`.

use http::StatusCode;
use serde::Serialize;

use crate::mismatch::Mismatch;
use crate::problem::Problem;
use crate::text::join;
use crate::{IntoResponse, Response};

/// A JSON text that is being written. [`ok!`](crate::ok) expands to calls of it: what is known when the handler is compiled
/// is one string, and no tree is built for the rest.
#[doc(hidden)]
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
    error: Option<String>,
}

impl Writer {
    pub const fn new() -> Self {
        Self { out: Vec::new(), error: None }
    }

    /// What is JSON already.
    #[inline(never)]
    pub fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Takes back what was written after so many bytes.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.out.truncate(len);
    }

    pub(crate) fn raw_bytes(&mut self, json: &[u8]) {
        self.out.extend_from_slice(json);
    }

    /// A string, quoted and escaped.
    #[inline(never)]
    pub fn string(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        self.out.push(b'"');
        for byte in text.bytes() {
            let escape = match byte {
                b'"' | b'\\' => byte,
                0x08 => b'b',
                b'\t' => b't',
                b'\n' => b'n',
                0x0c => b'f',
                b'\r' => b'r',
                0..0x20 => {
                    self.raw("\\u00");
                    self.out.push(HEX[usize::from(byte >> 4)]);
                    self.out.push(HEX[usize::from(byte & 15)]);
                    continue;
                }
                _ => {
                    self.out.push(byte);
                    continue;
                }
            };
            self.out.extend_from_slice(&[b'\\', escape]);
        }
        self.out.push(b'"');
    }

    /// Any value. One that has no JSON is `null` here, and an error in the end.
    pub fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        let start = self.out.len();
        if let Err(error) = value.serialize(&mut *self) {
            self.failed(start, error);
        }
    }

    #[inline(never)]
    fn failed(&mut self, start: usize, error: Mismatch) {
        // What was written of it is no JSON; a log line goes out all the same, and must be whole.
        self.out.truncate(start);
        self.raw("null");
        self.error.get_or_insert(error.0.message);
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub fn finish(self) -> Result<Vec<u8>, Problem> {
        match self.error {
            None => Ok(self.out),
            // Told to the client and not to the log: this line is in every handler, and a log is not.
            Some(error) => Err(Problem::internal(join(&["the answer cannot be written as JSON: ", &error]))),
        }
    }

    #[inline(never)]
    pub fn into_response(self, status: StatusCode) -> Response {
        match self.finish() {
            Ok(body) => Response::new(status).with_header("content-type", "application/json").with_body(body),
            Err(problem) => problem.into_response(),
        }
    }

    #[inline(never)]
    pub(crate) fn integer(&mut self, is_negative: bool, mut magnitude: u64) {
        // 2^64 has twenty digits.
        let mut digits = [b'0'; 20];
        let mut len = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (magnitude % 10) as u8;
            magnitude /= 10;
            len += 1;
            if magnitude == 0 {
                break;
            }
        }
        if is_negative {
            self.out.push(b'-');
        }
        // Nothing is cut off by an index: the message of a wrong one would be in every component.
        self.out.extend(digits.iter().skip(digits.len() - len));
    }

    pub(super) fn signed(&mut self, number: i64) -> Result<(), Mismatch> {
        self.integer(number < 0, number.unsigned_abs());
        Ok(())
    }

    pub(super) fn unsigned(&mut self, number: u64) -> Result<(), Mismatch> {
        self.integer(false, number);
        Ok(())
    }

    /// `{"variant":`, which is closed by whoever writes the value.
    pub(super) fn variant(&mut self, variant: &str) {
        self.raw("{");
        self.string(variant);
        self.raw(":");
    }
}
