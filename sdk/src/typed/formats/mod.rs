//! The formats that `#[field(format = "…")]` checks, one function each: a component has those that it names.
//!
//! What they take is what JSON Schema 2020-12 says of the format of that name (§7.3), and `byte` and `url` as OpenAPI and
//! people use them.

mod moment;
mod network;
#[cfg(test)]
mod tests;

pub use moment::{date, date_time, duration, time};
pub use network::{email, hostname, ipv4, ipv6, uri, uri_reference, url};

/// A UUID with its hyphens (RFC 9562): `67e55044-10b1-426f-9247-bb680e5fe0c8`.
#[inline(never)]
pub fn uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A JSON Pointer (RFC 6901): `/users/0/name`.
#[inline(never)]
pub fn json_pointer(text: &str) -> bool {
    let mut bytes = text.bytes();
    if !matches!(bytes.next(), None | Some(b'/')) {
        return false;
    }
    while let Some(byte) = bytes.next() {
        if byte == b'~' && !matches!(bytes.next(), Some(b'0' | b'1')) {
            return false;
        }
    }
    true
}

/// Base64 with its padding (RFC 4648 §4): `aGVsbG8=`.
#[inline(never)]
pub fn byte(text: &str) -> bool {
    let digits = text.strip_suffix('=').unwrap_or(text);
    let digits = digits.strip_suffix('=').unwrap_or(digits);
    text.len() % 4 == 0 && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}
