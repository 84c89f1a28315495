//! Where a request goes: scheme, host and port, each in its one true spelling, whatever the guest wrote.

use std::fmt;
use std::net::IpAddr;

use url::Host;

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The scheme of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Http, Self::Https].into_iter().find(|scheme| scheme.name().eq_ignore_ascii_case(name))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port where none is given.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    /// How.
    pub scheme: Scheme,
    /// To whom.
    pub host: Host,
    /// At which door.
    pub port: u16,
}

impl Destination {
    /// What a URL's authority means. Nothing where it has more in it than a host and a port, or where one of them is
    /// not what it should be: what can be read in two ways is not read at all.
    pub fn new(scheme: Scheme, authority: &str) -> Option<Self> {
        if authority.contains(['@', '%', '\\', '/']) {
            return None;
        }
        let (host, port) = split_port(authority)?;
        let port = port.map_or(Some(scheme.default_port()), parse_port)?;
        Some(Self { scheme, host: parse_host(host)?, port })
    }

    /// The same by address.
    pub fn at(&self, address: IpAddr) -> Self {
        let host = match address {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        };
        Self { host, ..*self }
    }

    /// The address, where it is one that is written in the URL itself.
    pub fn address(&self) -> Option<IpAddr> {
        match self.host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// Host and port, the port only where it is not the scheme's own.
    pub fn authority(&self) -> String {
        let Self { scheme, host, port } = self;
        if *port == scheme.default_port() { host.to_string() } else { format!("{host}:{port}") }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme.name(), self.authority())
    }
}

/// A host by the rules of URLs: case and Unicode folded; `127.1`, `0x7f000001` and `2130706433` are the address that
/// they stand for. A name's last dot says only that it is whole.
pub(super) fn parse_host(text: &str) -> Option<Host> {
    match Host::parse(text).ok()? {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(&name);
            // URLs may have a `*` there, of all things. In a list it means something.
            (!name.is_empty() && !name.contains('*')).then(|| Host::Domain(name.to_owned()))
        }
        address => Some(address),
    }
}

/// The host and what follows its colon. An IPv6 address has brackets, which stay.
pub(super) fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let end = match authority.strip_prefix('[') {
        Some(address) => address.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at_checked(end)?;
    match rest.strip_prefix(':') {
        Some(port) => Some((host, Some(port))),
        None => rest.is_empty().then_some((host, None)),
    }
}

/// A port that can be connected to.
pub(super) fn parse_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(authority: &str) -> Option<String> {
        Destination::new(Scheme::Http, authority).map(|destination| destination.to_string())
    }

    #[test]
    fn every_spelling_of_a_host_is_one() {
        for spelling in ["api.example.com", "API.Example.COM", "api.example.com.", "api.example.com:80"] {
            assert_eq!(read(spelling).as_deref(), Some("http://api.example.com"), "{spelling}");
        }
        assert_eq!(read("xn--bcher-kva.example:8080").as_deref(), Some("http://xn--bcher-kva.example:8080"));
        assert_eq!(read("b\u{fc}cher.example").as_deref(), Some("http://xn--bcher-kva.example"));
    }

    #[test]
    fn every_spelling_of_an_address_is_that_address() {
        for spelling in
            ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7F000001", "0177.0.0.1", "017700000001", "127.0.0.1."]
        {
            assert_eq!(read(spelling).as_deref(), Some("http://127.0.0.1"), "{spelling}");
        }
        assert_eq!(read("[::FFFF:127.0.0.1]:81").as_deref(), Some("http://[::ffff:7f00:1]:81"));
        assert_eq!(read("[0:0::0]").as_deref(), Some("http://[::]"));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_read() {
        for authority in [
            "",
            ":80",
            "a:",
            "a:0",
            "a:65536",
            "a:+80",
            "a:8o",
            "a:80:81",
            "user@a",
            "user:pass@a:80",
            "a%2eb",
            "%31",
            "[::1",
            "::1",
            "[::1]80",
            "[fe80::1%25eth0]",
            "1.2.3.4.5",
            "256.1.1.1",
            "a b",
            "a/b",
            "a\\b",
            ".",
            "*",
            "a?b",
            "a#b",
            "[]",
            "[127.0.0.1]",
        ] {
            assert_eq!(read(authority), None, "{authority}");
        }
    }
}
