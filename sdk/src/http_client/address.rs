//! Hosts that are not the internet's, by what they mean and not by how they are spelled.
//!
//! The ranges are those of IANA's registries of special-purpose addresses (RFC 6890); of IPv6 only what IANA gives out as
//! global unicast, 2000::/3, is the internet's, and in it nothing that hides an IPv4 address.

use std::net::{Ipv4Addr, Ipv6Addr};

/// First address and length of each range that is not the internet's.
const IPV4: [(u32, u8); 15] = [
    (0x0000_0000, 8),  // this machine
    (0x0a00_0000, 8),  // private
    (0x6440_0000, 10), // carriers
    (0x7f00_0000, 8),  // loopback
    (0xa9fe_0000, 16), // link-local, and with it the metadata services of clouds
    (0xac10_0000, 12), // private
    (0xc000_0000, 24), // protocols
    (0xc000_0200, 24), // documentation
    (0xc058_6300, 24), // relays of 6to4
    (0xc0a8_0000, 16), // private
    (0xc612_0000, 15), // benchmarks
    (0xc633_6400, 24), // documentation
    (0xcb00_7100, 24), // documentation
    (0xe000_0000, 4),  // multicast
    (0xf000_0000, 4),  // reserved, and broadcast
];

/// Likewise, of 2000::/3: the upper half of the address.
const IPV6: [(u64, u8); 4] = [
    (0x2001_0000_0000_0000, 23), // protocols, Teredo among them
    (0x2001_0db8_0000_0000, 32), // documentation
    (0x2002_0000_0000_0000, 16), // 6to4
    (0x3fff_0000_0000_0000, 20), // documentation
];

/// Names that never mean a host of the internet: RFC 6761, RFC 6762, RFC 8375, and ICANN's `internal`.
const NAMES: [&str; 5] = ["localhost", "localdomain", "local", "internal", "home.arpa"];

/// Whether a host, or a host with its port, is one that the internet does not know: an address that is private, loopback,
/// link-local or otherwise reserved, in whatever spelling (`2130706433`, `0x7f.1`, `[::ffff:127.0.0.1]`, `127.0.0.1.`), or
/// a name like `localhost`.
///
/// What could be read in two ways is private: `010.8.8.8`, `1.2.3.4.5`, `%31`. A name can't be resolved in a handler; see
/// [`deny_private_ips`](super::ClientRequest::deny_private_ips) for what the host does about those.
///
/// ```
/// use mik_sdk::http_client::is_private_address;
///
/// assert!(is_private_address("2130706433"));
/// assert!(is_private_address("[::ffff:127.0.0.1]:8080"));
/// assert!(!is_private_address("fcbarcelona.com"));
/// ```
#[must_use]
pub fn is_private_address(authority: &str) -> bool {
    if let Some(rest) = authority.strip_prefix('[') {
        let address = rest.split(']').next().unwrap_or_default();
        return address.parse().map_or(true, is_private_v6);
    }
    // An IPv6 address without its brackets is told by its colons.
    if authority.matches(':').count() > 1 {
        return authority.parse().map_or(true, is_private_v6);
    }
    let host = authority.split(':').next().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if host.is_empty() || !host.bytes().all(is_name) {
        return true;
    }
    if ends_in_number(&host) {
        return parse_v4(&host).is_none_or(is_private_v4);
    }
    NAMES.iter().any(|name| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// No name of the internet ends in a number: what does is an address, or tries to be.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_hexadecimal = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|it| it.is_ascii_hexdigit()));
    is_hexadecimal || (last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// One to four numbers, the last of which fills what is left, as `inet_aton` reads them. A number that begins with a zero is
/// octal to some and decimal to others: nothing.
fn parse_v4(host: &str) -> Option<Ipv4Addr> {
    let mut address = 0_u64;
    let mut left = 4_u32;
    let mut parts = host.split('.').peekable();
    while let Some(part) = parts.next() {
        let (digits, radix) = match part.strip_prefix("0x") {
            Some(digits) => (digits, 16),
            None => (part, 10),
        };
        if digits.is_empty() || (radix == 10 && digits.len() > 1 && digits.starts_with('0')) {
            return None;
        }
        // So long is no number that fits, but for leading zeros that nobody needs.
        if digits.len() > 12 || left == 0 {
            return None;
        }
        let number = u64::from_str_radix(digits, radix).ok()?;
        let width = if parts.peek().is_some() { 1 } else { left };
        if number >> (8 * width) != 0 {
            return None;
        }
        address = address << (8 * width) | number;
        left -= width;
    }
    if left == 0 { u32::try_from(address).ok().map(Ipv4Addr::from) } else { None }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let address = u32::from(address);
    IPV4.iter().any(|(first, length)| (address ^ first) >> (32 - length) == 0)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let upper = (u128::from(address) >> 64) as u64;
    upper >> 61 != 1 || IPV6.iter().any(|(first, length)| (upper ^ first) >> (64 - length) == 0)
}

#[cfg(test)]
mod tests {
    use super::is_private_address;

    #[test]
    fn an_address_is_private_however_it_is_spelled() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "127.0.0.1.",
            "127.1",
            "127.0.1",
            "2130706433",
            "2130706433.",
            "0x7f000001",
            "0X7F.1",
            "0x7f.0x0.0x0.0x1",
            "0177.0.0.1",
            "017700000001",
            "010.8.8.8",
            "08.8.8.8",
            "0",
            "0.0.0.0",
            "0x",
            "10.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "0xa9fea9fe",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "192.168.257",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "1.2.3.4.5",
            "256.1.1.1",
            "99999999999999999999",
            "a.1",
            "a.0x7f",
            "[::1]",
            "[::]",
            "[::1]:80",
            "::1",
            "[::ffff:127.0.0.1]",
            "[::FFFF:7f00:1]",
            "[::127.0.0.1]",
            "[::ffff:0:127.0.0.1]",
            "[::ffff:8.8.8.8]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[fe80::1]",
            "[fe80::1%25eth0]",
            "[ff02::1]",
            "[0:0:0:0:0:0:0:1]",
            "[127.0.0.1]",
            "[",
            "[]",
            "localhost",
            "LOCALHOST.",
            "localhost:3000",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "router.home.arpa",
            "%31%32%37.0.0.1",
            "127%2e0.0.1",
            "user@example.com",
            "a\\b",
            "",
            ".",
            ":80",
        ] {
            assert!(is_private_address(host), "{host}");
        }
    }

    #[test]
    fn a_host_of_the_internet_is_not() {
        for host in [
            "fcbarcelona.com",
            "fd.io",
            "fe80.example",
            "10.example.com",
            "127.0.0.1.example.com",
            "localhost.example.com",
            "mylocalhost",
            "notlocal",
            "1.1.1.1",
            "8.8.8.8:443",
            "134744072",
            "0x08080808",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "223.255.255.255",
            "[2606:4700::1111]",
            "[2a00:1450:4001:81b::200e]:443",
            "[2001:4860:4860::8888]",
            "example.com.",
            "xn--bcher-kva.example",
            "a-b_c.example",
            "0x.example",
            "dead.beef",
        ] {
            assert!(!is_private_address(host), "{host}");
        }
    }
}
