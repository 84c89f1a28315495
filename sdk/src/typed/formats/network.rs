//! Addresses and names: mail, hosts, URIs.

use std::net::{Ipv4Addr, Ipv6Addr};

/// An email address as browsers take it (the HTML standard, "valid email address"), within the lengths of RFC 5321: a
/// dot-string of at most 64 characters, `@`, a host name.
#[inline(never)]
pub fn email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let is_atom = |atom: &[u8]| {
        !atom.is_empty()
            && atom.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(byte))
    };
    text.len() <= 254
        && local.len() <= 64
        && local.as_bytes().split(|byte| *byte == b'.').all(is_atom)
        && hostname(host)
}

/// A host name (RFC 1123): labels of letters, digits and hyphens.
#[inline(never)]
pub fn hostname(text: &str) -> bool {
    let is_label = |label: &[u8]| {
        matches!(label.len(), 1..=63)
            && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && label.first() != Some(&b'-')
            && label.last() != Some(&b'-')
    };
    text.len() <= 253 && text.as_bytes().split(|byte| *byte == b'.').all(is_label)
}

/// An IPv4 address: `192.0.2.1`. Nothing shortened, no leading zeros.
#[inline(never)]
pub fn ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// An IPv6 address (RFC 4291 §2.2): `2001:db8::1`. No zone.
#[inline(never)]
pub fn ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

/// A URI (RFC 3986): with its scheme.
#[inline(never)]
pub fn uri(text: &str) -> bool {
    scheme(text.as_bytes()).is_some_and(is_relative_part)
}

/// A URI, or a reference relative to one (RFC 3986 §4.1): `../a?b#c`.
#[inline(never)]
pub fn uri_reference(text: &str) -> bool {
    let text = text.as_bytes();
    let first_segment = text.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or_default();
    if first_segment.contains(&b':') { scheme(text).is_some_and(is_relative_part) } else { is_relative_part(text) }
}

/// A URI whose scheme is `http` or `https`, and which has a host.
#[inline(never)]
pub fn url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let is_http = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let authority = rest.as_bytes().split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or_default();
    let host = authority.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    let has_host = !matches!(host.first(), None | Some(b':'));
    is_http && has_host && uri(text)
}

/// What follows the scheme and its colon.
fn scheme(text: &[u8]) -> Option<&[u8]> {
    let colon = text.iter().position(|byte| *byte == b':')?;
    let (scheme, rest) = text.split_at_checked(colon)?;
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    if is_scheme { rest.get(1..) } else { None }
}

/// Authority, path, query and fragment, as far as they are there.
#[inline(never)]
fn is_relative_part(text: &[u8]) -> bool {
    let (text, fragment) = cut(text, b"#");
    let (text, query) = cut(text, b"?");
    let path = match text.strip_prefix(b"//") {
        None => text,
        Some(rest) => {
            let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at_checked(end).unwrap_or_default();
            if !is_authority(authority) {
                return false;
            }
            path
        }
    };
    consists_of(path, b":@/") && consists_of(query, b":@/?") && consists_of(fragment, b":@/?")
}

fn is_authority(authority: &[u8]) -> bool {
    let (user, host) = match authority.iter().rposition(|byte| *byte == b'@') {
        Some(at) => (authority.get(..at).unwrap_or_default(), authority.get(at + 1..).unwrap_or_default()),
        None => (&b""[..], authority),
    };
    let (host_is_right, port) = match host.strip_prefix(b"[") {
        Some(literal) => {
            let Some(end) = literal.iter().position(|byte| *byte == b']') else {
                return false;
            };
            let address = std::str::from_utf8(literal.get(..end).unwrap_or_default()).unwrap_or_default();
            (ipv6(address), literal.get(end + 1..).unwrap_or_default())
        }
        None => {
            let colon = host.iter().position(|byte| *byte == b':').unwrap_or(host.len());
            let (name, port) = host.split_at_checked(colon).unwrap_or_default();
            (consists_of(name, b""), port)
        }
    };
    let port_is_right = match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    host_is_right && port_is_right && consists_of(user, b":")
}

/// What comes before a byte, and what comes after it.
fn cut<'t>(text: &'t [u8], at: &[u8; 1]) -> (&'t [u8], &'t [u8]) {
    match text.iter().position(|byte| byte == &at[0]) {
        Some(position) => (text.get(..position).unwrap_or_default(), text.get(position + 1..).unwrap_or_default()),
        None => (text, b""),
    }
}

/// Whether all of it is unreserved, a sub-delimiter, escaped, or one of these.
#[inline(never)]
fn consists_of(text: &[u8], others: &[u8]) -> bool {
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        let is_right = match byte {
            b'%' => [bytes.next(), bytes.next()].iter().all(|digit| digit.is_some_and(u8::is_ascii_hexdigit)),
            byte => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(byte) || others.contains(byte),
        };
        if !is_right {
            return false;
        }
    }
    true
}
