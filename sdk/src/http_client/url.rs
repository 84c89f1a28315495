//! URLs that requests go to (RFC 3986): taken apart once, and resolved where a redirect names another.
//!
//! `url` would cost a component 205 KiB, most of it for international names; `iri-string` 35, `fluent-uri` 24 and
//! `http::Uri`, which resolves nothing, 21. What an HTTP client needs of them is here.

use std::net::Ipv6Addr;

use super::Error;
use crate::text::join as joined;

/// How a request is sent.
///
/// ```
/// assert_eq!(mik_sdk::http_client::Scheme::Https.to_string(), "https");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl std::fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A URL of `http` or `https`, without what no server is told: no fragment, no user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    pub(crate) scheme: Scheme,
    /// In lower case; an IPv6 address with its brackets.
    pub(crate) host: String,
    port: u16,
    /// Path and query, each byte of them one that may stand in a request line.
    pub(crate) target: String,
}

impl Url {
    /// Where a request goes that is not sent.
    pub(crate) const fn nowhere() -> Self {
        Self { scheme: Scheme::Http, host: String::new(), port: 0, target: String::new() }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        match Self::read(text) {
            Ok(url) => Ok(url),
            Err(why) => Err(Error::InvalidUrl(joined(&[why, ": `", text, "`"]))),
        }
    }

    #[inline(never)]
    fn read(text: &str) -> Result<Self, &'static str> {
        let (name, rest) = cut(text, b":");
        let scheme = [Scheme::Http, Scheme::Https].into_iter().find(|it| name.eq_ignore_ascii_case(it.as_str()));
        let (Some(scheme), Some(rest)) = (scheme, rest.strip_prefix("://")) else {
            return Err("it begins with neither `http://` nor `https://`");
        };
        let (authority, target) = cut(rest, b"/?#");
        let is_address = authority.starts_with('[');
        let (host, port) = if is_address {
            let (address, end) = cut(authority, b"]");
            (authority.get(..=address.len()).unwrap_or(authority), end.get(1..).unwrap_or_default())
        } else {
            cut(authority, b":")
        };
        check_host(host, is_address)?;
        let port = match port.strip_prefix(':') {
            None if !port.is_empty() => return Err(NO_HOST),
            None | Some("") => scheme.default_port(),
            Some(digits) => parse_port(digits).ok_or("its port is not one")?,
        };
        Ok(Self { scheme, host: host.to_ascii_lowercase(), port, target: encoded(cut(target, b"#").0)? })
    }

    /// What a reference means that was found here (RFC 3986, 5.2).
    #[inline(never)]
    pub(crate) fn join(&self, reference: &str) -> Result<Self, Error> {
        let (path, query) = cut(&self.target, b"?");
        let (_, first) = cut(reference, b":/?#");
        let scheme = self.scheme.as_str();
        let authority = self.authority();
        let text = match first.as_bytes() {
            // What is before a colon is a scheme, ours or another.
            [b':', ..] => reference.to_owned(),
            [b'/', b'/', ..] if reference.starts_with('/') => joined(&[scheme, ":", reference]),
            [b'/', ..] if reference.starts_with('/') => joined(&[scheme, "://", &authority, reference]),
            [b'?', ..] if reference.starts_with('?') => joined(&[scheme, "://", &authority, path, reference]),
            _ if reference.is_empty() || reference.starts_with('#') => {
                joined(&[scheme, "://", &authority, path, query])
            }
            _ => {
                let name = path.bytes().rev().take_while(|byte| *byte != b'/').count();
                let directory = path.get(..path.len() - name).unwrap_or("/");
                joined(&[scheme, "://", &authority, directory, reference])
            }
        };
        let url = Self::parse(&text)?;
        Ok(Self { target: without_dots(&url.target), ..url })
    }

    /// Host and port, the port only where it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            return self.host.clone();
        }
        let mut text = joined(&[&self.host, ":"]);
        push_number(&mut text, self.port.into());
        text
    }

    /// Whether both are one origin (RFC 6454): scheme, host and port.
    pub(crate) fn has_origin_of(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.host == other.host && self.port == other.port
    }

    #[inline(never)]
    pub(crate) fn to_text(&self) -> String {
        joined(&[self.scheme.as_str(), "://", &self.authority(), &self.target])
    }
}

/// In decimal digits.
pub(crate) fn push_number(text: &mut String, number: u64) {
    if number > 9 {
        push_number(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

const NO_HOST: &str = "its host is not one";

/// What comes before the first of these ASCII characters, and what begins with it. A search for text, as `str` has it,
/// costs a component five times as much as this.
#[inline(never)]
fn cut<'t>(text: &'t str, any_of: &[u8]) -> (&'t str, &'t str) {
    let at = text.bytes().position(|byte| any_of.contains(&byte)).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// What can be read in two ways is not read at all.
fn check_host(host: &str, is_address: bool) -> Result<(), &'static str> {
    if is_address {
        let address = host.get(1..).and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
        return address.parse::<Ipv6Addr>().map(drop).map_err(|_| "what is in brackets is not an IPv6 address");
    }
    let mut last = b'.';
    for byte in host.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {}
            b'.' if last != b'.' => {}
            b'@' => return Err("a user name does not belong in a URL (send the header `authorization`)"),
            0x80.. => return Err("its host is not ASCII (write the `xn--` form)"),
            _ => return Err(NO_HOST),
        }
        last = byte;
    }
    if host.is_empty() { Err(NO_HOST) } else { Ok(()) }
}

fn parse_port(digits: &str) -> Option<u16> {
    let mut port = 0_u16;
    for byte in digits.bytes() {
        let digit = byte.wrapping_sub(b'0');
        port = port.checked_mul(10)?.checked_add(digit.into()).filter(|_| digit < 10)?;
    }
    (port != 0).then_some(port)
}

/// What goes into the request line: what may not stand there is percent-encoded, what is encoded stays as it is.
fn encoded(text: &str) -> Result<String, &'static str> {
    let hex = |digit: u8| if digit < 10 { b'0' + digit } else { b'A' - 10 + digit };
    let mut target = Vec::with_capacity(text.len() + 1);
    if !text.starts_with('/') {
        target.push(b'/');
    }
    // How many digits an escape still needs.
    let mut digits = 0;
    for byte in text.bytes() {
        if digits > 0 && !byte.is_ascii_hexdigit() {
            break;
        }
        digits = if byte == b'%' { 2 } else { u8::saturating_sub(digits, 1) };
        match byte {
            0..b' ' | 0x7f => return Err("there is a control character in it"),
            b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80.. => {
                target.extend([b'%', hex(byte >> 4), hex(byte & 15)]);
            }
            _ => target.push(byte),
        }
    }
    if digits > 0 {
        return Err("there is a `%` in it without two hexadecimal digits (a `%` itself is `%25`)");
    }
    Ok(String::from_utf8(target).unwrap_or_default())
}

/// A path without its `.` and `..` (RFC 3986, 5.2.4). The query stays.
fn without_dots(target: &str) -> String {
    let (path, query) = cut(target, b"?");
    let mut kept = Vec::with_capacity(target.len());
    let mut rest = path;
    while let Some(after) = rest.strip_prefix('/') {
        let segment;
        (segment, rest) = cut(after, b"/");
        if segment == ".." {
            while kept.pop().is_some_and(|byte| byte != b'/') {}
        }
        if !matches!(segment, "." | "..") {
            kept.push(b'/');
            kept.extend_from_slice(segment.as_bytes());
        } else if rest.is_empty() {
            kept.push(b'/');
        }
    }
    kept.extend_from_slice(query.as_bytes());
    String::from_utf8(kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Url::parse(text).ok().map(|url| url.to_text())
    }

    #[test]
    fn a_url_is_taken_apart() {
        for (text, url) in [
            ("http://example.com", "http://example.com/"),
            ("HTTPS://Example.COM:443?a=b", "https://example.com/?a=b"),
            ("http://example.com:8080/a/b?c=d&e[]=f#g", "http://example.com:8080/a/b?c=d&e[]=f"),
            ("http://example.com:/", "http://example.com/"),
            ("http://example.com./", "http://example.com./"),
            ("http://[::1]:81/", "http://[::1]:81/"),
            ("http://[::FFFF:127.0.0.1]", "http://[::ffff:127.0.0.1]/"),
            ("http://a_b-c.d/x#y?z", "http://a_b-c.d/x"),
            (
                "http://a/J\u{fc}rgen und {ich}?q=\"ja\"&r=%2F",
                "http://a/J%C3%BCrgen%20und%20%7Bich%7D?q=%22ja%22&r=%2F",
            ),
            ("http://a/b//c/../d", "http://a/b//c/../d"),
            ("http://a/b:c@d", "http://a/b:c@d"),
        ] {
            assert_eq!(read(text).as_deref(), Some(url), "{text}");
        }
    }

    #[test]
    fn what_is_no_url_of_ours_is_refused() {
        for text in [
            "",
            "example.com",
            "//example.com/",
            "/a",
            "ftp://example.com/",
            "http:/example.com/",
            "http://",
            "http:///a",
            "http://:80/",
            "http://user@example.com/",
            "http://user:pass@example.com/",
            "http://example.com@evil.example/",
            "http://a:0/",
            "http://a:65536/",
            "http://a:+80/",
            "http://a:80:81/",
            "http://a:8o/",
            "http://a b/",
            "http://a\\b/",
            "http://b\u{fc}cher.example/",
            "http://%31%32%37.0.0.1/",
            "http://a%2eb/",
            "http://[:0:1]/",
            "http://[]/",
            "http://[v1.a]/",
            "http://[::1/",
            "http://[::1]80/",
            "http://[fe80::1%25eth0]/",
            "http://.a/",
            "http://a..b/",
            " http://a/",
            "http://a/\r\nhost: b",
            "http://a/\t",
            "http://a/%",
            "http://a/%2",
            "http://a/%zz",
            "http://a/%\u{fc}",
        ] {
            assert!(matches!(Url::parse(text), Err(Error::InvalidUrl(_))), "{text}: {:?}", Url::parse(text));
        }
    }

    /// The examples of RFC 3986, 5.4, without those of other schemes.
    #[test]
    fn a_reference_means_what_the_rfc_says() {
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        for (reference, url) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"),
            ("g?y#s", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"),
            ("g..", "http://a/b/c/g.."),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/../x", "http://a/b/c/g"),
            ("https://b:81/c/../d?e#f", "https://b:81/d?e"),
        ] {
            assert_eq!(base.join(reference).map(|url| url.to_text()).as_deref(), Ok(url), "{reference}");
        }
        for reference in ["mailto:a", "javascript:alert(1)", "ftp://a/", "//", "http://", "http://u@a/", "a:b", "/%"] {
            assert!(base.join(reference).is_err(), "{reference}");
        }
    }
}
