//! The parts of a body, cut at its boundary (RFC 2046, 5.1): strictly, because what is guessed is what somebody else
//! guesses otherwise. The crate `multer` would cost 75 KiB.

use httparse::Status;

use super::{Part, disposition};
use crate::Problem;
use crate::text::{join, push_number};

/// As many as a form may have fields.
const MOST_PARTS: usize = 1000;
const MOST_HEADERS: usize = 32;
const MOST_HEADER_BYTES: usize = 8 * 1024;

/// What cannot be read, and in which part.
struct Malformed(&'static str);

/// The parts of a body.
pub(super) fn parts<'r>(body: &'r [u8], boundary: &str) -> Result<Vec<Part<'r>>, Problem> {
    if !is_boundary(boundary) {
        return Err(Problem::bad_request("the content type has no `boundary` of 1 to 70 characters"));
    }
    let delimiter = join(&["\r\n--", boundary]);
    let delimiter = delimiter.as_bytes();
    let mut parts = Vec::new();
    // What comes before the first boundary belongs to no part, and may be nothing at all.
    let mut rest = match delimiter.get(2..).and_then(|first| body.strip_prefix(first)) {
        Some(rest) => rest,
        None => match cut(body, delimiter) {
            Some((_, rest)) => rest,
            None => return Err(wrong(0, "the boundary is nowhere in the body")),
        },
    };
    loop {
        // What comes after the last boundary belongs to no part either.
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        if parts.len() == MOST_PARTS {
            return Err(Problem::payload_too_large("a form has at most 1000 parts"));
        }
        match part(rest, delimiter) {
            Ok((part, after)) => {
                parts.push(part);
                rest = after;
            }
            Err(Stop::Malformed(Malformed(says))) => return Err(wrong(parts.len() + 1, says)),
            Err(Stop::TooLarge) => {
                return Err(Problem::payload_too_large("a part has at most 32 header fields, of 8 KiB together"));
            }
        }
    }
}

enum Stop {
    Malformed(Malformed),
    TooLarge,
}

impl From<&'static str> for Stop {
    fn from(says: &'static str) -> Self {
        Self::Malformed(Malformed(says))
    }
}

/// The part that begins after a boundary, and what follows the boundary after it.
fn part<'r>(after_boundary: &'r [u8], delimiter: &[u8]) -> Result<(Part<'r>, &'r [u8]), Stop> {
    let padding = after_boundary.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let head = after_boundary.get(padding..).unwrap_or_default();
    let head = head.strip_prefix(b"\r\n").ok_or("its boundary does not end its line")?;
    let (headers, body) = headers(head)?;
    let disposition = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-disposition"));
    let disposition = disposition::read(disposition.map(|(_, value)| *value))?;
    // A part that says how it was encoded would have to be decoded; nobody sends such a one, and RFC 7578, 4.7, says not to.
    let encoding = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-transfer-encoding"));
    if let Some((_, encoding)) = encoding
        && !["7bit", "8bit", "binary"].iter().any(|plain| encoding.eq_ignore_ascii_case(plain))
    {
        return Err("it is encoded: a form's parts are sent as they are".into());
    }
    let (bytes, rest) = cut(body, delimiter).ok_or("the body ends within it")?;
    // The line break that ends the header; without it, there is nothing in the part.
    let bytes = bytes.strip_prefix(b"\r\n").unwrap_or_default();
    let disposition::Disposition { name, file_name } = disposition;
    Ok((Part { name, file_name, headers, bytes }, rest))
}

/// A part's header fields, and what follows them from the line break of the empty line on: if the part is empty, that line
/// break may be the one before the boundary.
#[allow(clippy::type_complexity, reason = "two of them, in one place")]
fn headers(head: &[u8]) -> Result<(Vec<(&str, &str)>, &[u8]), Stop> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let bounded = head.get(..MOST_HEADER_BYTES).unwrap_or(head);
    let (len, fields) = match httparse::parse_headers(bounded, &mut fields) {
        Ok(Status::Complete(complete)) => complete,
        Ok(Status::Partial) if bounded.len() < head.len() => return Err(Stop::TooLarge),
        Ok(Status::Partial) => return Err("the body ends within its header".into()),
        Err(httparse::Error::TooManyHeaders) => return Err(Stop::TooLarge),
        Err(_) => return Err("a header field is malformed".into()),
    };
    let mut headers = Vec::with_capacity(fields.len());
    for field in fields {
        let value = std::str::from_utf8(field.value).map_err(|_| "a header field is not UTF-8")?;
        headers.push((field.name, value));
    }
    let rest = len.checked_sub(2).and_then(|start| head.get(start..)).unwrap_or_default();
    if !rest.starts_with(b"\r\n") {
        return Err("its header ends without a line break".into());
    }
    Ok((headers, rest))
}

/// What comes before a delimiter and what after it. A carriage return is only at its start, so that what was compared in
/// vain need not be looked at again, whatever the bytes.
fn cut<'r>(bytes: &'r [u8], delimiter: &[u8]) -> Option<(&'r [u8], &'r [u8])> {
    let mut start = 0;
    loop {
        start += bytes.get(start..)?.iter().position(|&byte| byte == b'\r')?;
        let candidate = bytes.get(start..)?;
        let same = candidate.iter().zip(delimiter).take_while(|(one, other)| one == other).count();
        if same == delimiter.len() {
            return Some((bytes.get(..start)?, candidate.get(same..)?));
        }
        start += same;
    }
}

/// RFC 2046, 5.1.1: it cannot end with a space.
fn is_boundary(boundary: &str) -> bool {
    let is_char = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    (1..=70).contains(&boundary.len()) && boundary.bytes().all(is_char) && !boundary.ends_with(' ')
}

#[inline(never)]
fn wrong(part: usize, says: &str) -> Problem {
    let mut detail = String::from("the form cannot be read: ");
    if part > 0 {
        detail.push_str("part ");
        push_number(&mut detail, part as u64);
        detail.push_str(": ");
    }
    detail.push_str(says);
    Problem::bad_request(detail)
}
