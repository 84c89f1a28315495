//! What an entry of `server.http_allowed` may say, and which destinations it means.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use serde::{Serialize, Serializer};
use url::Host;

use super::destination::{Destination, Scheme, parse_host, parse_port, split_port};

/// One entry of the list: `api.example.com`, `*.example.com`, `https://api.example.com:8443`, `[::1]:8080`, `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    written: String,
    scheme: Option<Scheme>,
    host: Hosts,
    port: Ports,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    Every,
    /// Every name that ends with this, which begins with a dot.
    Below(String),
    Only(Host),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ports {
    Every,
    /// 80 for `http`, 443 for `https`. Who is trusted with a site is not thereby trusted with whatever else listens on
    /// its machine.
    OfScheme,
    Only(u16),
}

/// Why a text is no entry, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoPattern {
    pub(super) message: String,
    pub(super) help: String,
}

impl HostPattern {
    pub(super) fn parse(written: &str) -> Result<Self, NoPattern> {
        let wrong = |what: &str, help: String| {
            let message = format!("`{written}` in `server.http_allowed` {what}");
            NoPattern { message, help }
        };
        let (scheme, authority) = match written.split_once("://") {
            None => (None, written),
            Some((name, rest)) => match Scheme::from_name(name) {
                Some(scheme) => (Some(scheme), rest),
                None => {
                    let help = format!("requests go out by `http` or `https`: write \"https://{rest}\"");
                    return Err(wrong("has a scheme that guests can't use", help));
                }
            },
        };
        let prefix = written.strip_suffix(authority).unwrap_or_default();
        if let Some((_, host)) = authority.rsplit_once('@') {
            return Err(wrong("has a user name", format!("the list is of hosts: write \"{prefix}{host}\"")));
        }
        if authority.parse::<IpNet>().is_ok() {
            let help = "list each address, or set `http_allow_private = true` for all that are not the internet's";
            return Err(wrong("is a range of addresses", help.to_owned()));
        }
        if let Some(end) = authority.find(['/', '?', '#', '\\']) {
            let (host, _) = authority.split_at(end);
            let help = format!("a host is allowed with all its paths: write \"{prefix}{host}\"");
            return Err(wrong("has a path", help));
        }
        if authority.parse::<Ipv6Addr>().is_ok() {
            return Err(wrong("lacks its brackets", format!("write \"{prefix}[{authority}]\"")));
        }
        let no_host = || {
            let help = "write a host such as \"api.example.com\", \"*.example.com\", \"https://api.example.com:8443\", \
                        \"10.0.0.5:5432\", \"[::1]:8080\" or \"*\"";
            wrong("is not a host", help.to_owned())
        };
        let (host, port) = split_port(authority).ok_or_else(no_host)?;
        let ports = match (port, host, scheme) {
            (None, "*", None) | (Some("*"), _, _) => Ports::Every,
            (None, _, _) => Ports::OfScheme,
            (Some(port), _, _) => match parse_port(port) {
                Some(port) => Ports::Only(port),
                None => {
                    let help =
                        format!("write a number from 1 to 65535, or `*` for every port: \"{prefix}{host}:8080\"");
                    return Err(wrong("has a port that is none", help));
                }
            },
        };
        let hosts = match (host, host.strip_prefix("*.")) {
            ("*", _) => Hosts::Every,
            (_, Some(parent)) => match parse_host(parent) {
                Some(Host::Domain(parent)) => Hosts::Below(format!(".{parent}")),
                _ => return Err(no_host()),
            },
            (host, None) if host.contains('*') => {
                let help = "`*.example.com` is every host below example.com, `*` is every host; `*` means nothing else";
                return Err(wrong("has a `*` in another place", help.to_owned()));
            }
            (host, None) => match parse_host(host).ok_or_else(no_host)? {
                // Whoever reads the list should see what it says.
                Host::Ipv4(address) if host.parse() != Ok::<Ipv4Addr, _>(address) => {
                    return Err(wrong(&format!("is the address {address}"), format!("write \"{prefix}{address}\"")));
                }
                host => Hosts::Only(host),
            },
        };
        Ok(Self { written: written.to_owned(), scheme, host: hosts, port: ports })
    }

    /// Whether this is one address.
    pub fn is_address(&self) -> bool {
        matches!(&self.host, Hosts::Only(Host::Ipv4(_) | Host::Ipv6(_)))
    }

    /// Whether requests may go there.
    pub fn matches(&self, destination: &Destination) -> bool {
        let Destination { scheme, host, port } = destination;
        let is_host = match &self.host {
            Hosts::Every => true,
            Hosts::Below(parent) => matches!(host, Host::Domain(name) if name.ends_with(parent) && name != parent),
            Hosts::Only(only) => host == only,
        };
        let is_port = match self.port {
            Ports::Every => true,
            Ports::OfScheme => *port == scheme.default_port(),
            Ports::Only(only) => *port == only,
        };
        is_host && is_port && self.scheme.is_none_or(|only| only == *scheme)
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written.fmt(formatter)
    }
}

impl Serialize for HostPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn matches(pattern: &str, url: &str) -> bool {
        let (scheme, authority) = url.split_once("://").unwrap();
        let destination = Destination::new(Scheme::from_name(scheme).unwrap(), authority).unwrap();
        HostPattern::parse(pattern).unwrap_or_else(|error| panic!("{error:?}")).matches(&destination)
    }

    #[test]
    fn a_host_is_allowed_by_its_name_at_the_schemes_own_port() {
        for url in ["http://api.example.com", "https://api.example.com", "https://API.example.com.:443"] {
            assert!(matches("api.example.com", url), "{url}");
            assert!(matches("Api.Example.COM.", url), "{url}");
        }
        for url in [
            "https://example.com",
            "https://x.api.example.com",
            "https://api.example.com.evil.test",
            "https://api.example.com:8443",
            "http://api.example.com:443",
            "https://xapi.example.com",
        ] {
            assert!(!matches("api.example.com", url), "{url}");
        }
        assert!(matches("b\u{fc}cher.example", "https://xn--bcher-kva.example"));
    }

    #[test]
    fn a_scheme_and_a_port_narrow_and_a_star_widens() {
        assert!(matches("https://a.test", "https://a.test"));
        assert!(!matches("https://a.test", "http://a.test"));
        assert!(!matches("https://a.test", "https://a.test:8443"));
        assert!(matches("a.test:8443", "https://a.test:8443") && matches("a.test:8443", "http://a.test:8443"));
        assert!(!matches("a.test:8443", "https://a.test"));
        assert!(matches("a.test:*", "http://a.test:9") && matches("HTTP://a.test:*", "http://a.test:9"));
        assert!(matches("a.test:443", "https://a.test"));
    }

    #[test]
    fn a_suffix_is_every_depth_below_and_not_the_name_itself() {
        assert!(matches("*.example.com", "https://a.example.com"));
        assert!(matches("*.example.com", "https://b.a.example.com"));
        assert!(matches("http://*.internal:8080", "http://db.internal:8080"));
        for url in ["https://example.com", "https://notexample.com", "https://example.com.evil.test", "https://1.2.3.4"]
        {
            assert!(!matches("*.example.com", url), "{url}");
        }
    }

    #[test]
    fn a_star_alone_is_every_host_and_port_and_with_a_scheme_its_own_port() {
        assert!(matches("*", "http://a.test:9") && matches("*", "https://[2001:db8::1]"));
        assert!(matches("https://*", "https://a.test") && !matches("https://*", "https://a.test:9"));
        assert!(matches("*:9", "http://a.test:9") && !matches("*:9", "http://a.test"));
    }

    #[test]
    fn an_address_is_allowed_by_itself_and_by_no_other_form() {
        assert!(matches("127.0.0.1:8080", "http://127.1:8080"));
        assert!(matches("[::1]:8080", "http://[0:0::1]:8080"));
        assert!(!matches("127.0.0.1", "http://[::ffff:127.0.0.1]"));
        assert!(!matches("localhost", "http://127.0.0.1"));
        assert!(HostPattern::parse("[::1]").unwrap().is_address());
        assert!(!HostPattern::parse("*").unwrap().is_address());
    }

    #[test]
    fn what_is_no_host_is_told_what_to_write() {
        for (written, what, help) in [
            ("ftp://a.test", "scheme", "\"https://a.test\""),
            ("user@a.test", "user name", "write \"a.test\""),
            ("https://u:p@a.test:1", "user name", "write \"https://a.test:1\""),
            ("https://a.test/v1", "path", "write \"https://a.test\""),
            ("a.test/", "path", "write \"a.test\""),
            ("a.test?x", "path", "write \"a.test\""),
            ("10.0.0.0/8", "range", "http_allow_private"),
            ("::1", "brackets", "write \"[::1]\""),
            ("a.test:http", "port", "1 to 65535"),
            ("a.test:0", "port", "1 to 65535"),
            ("a.test:", "port", "1 to 65535"),
            ("a*.test", "`*`", "`*.example.com`"),
            ("a.*.test", "`*`", "`*.example.com`"),
            ("*.a.*.test", "not a host", "api.example.com"),
            ("*.1.2.3.4", "not a host", "api.example.com"),
            ("*.", "not a host", "api.example.com"),
            ("", "not a host", "api.example.com"),
            (" a.test", "not a host", "api.example.com"),
            ("https://", "not a host", "api.example.com"),
            ("127.1", "127.0.0.1", "write \"127.0.0.1\""),
            ("0x7f000001", "127.0.0.1", "write \"127.0.0.1\""),
        ] {
            let error = HostPattern::parse(written).unwrap_err();
            assert!(error.message.contains(what), "{written}: {error:?}");
            assert!(error.help.contains(help), "{written}: {error:?}");
        }
    }
}
