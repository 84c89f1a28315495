//! Addresses that are not the internet's: loopback, private and the like, and every form that hides one of them.
//!
//! From the registries of special-purpose addresses (RFC 6890), <https://www.iana.org/assignments/iana-ipv4-special-registry>
//! and <https://www.iana.org/assignments/iana-ipv6-special-registry>, with multicast (RFC 5771, RFC 4291). Of IPv6 only what
//! IANA gives out as global unicast, 2000::/3, is the internet's; what is outside needs no entry to be refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(start: [u16; 4], length: u8) -> Ipv6Net {
    let [a, b, c, d] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), length)
}

/// What each range is, for people.
const IPV4: &[(Ipv4Net, &str)] = &[
    (v4(0, 0, 0, 0, 8), "an address of this machine"),
    (v4(10, 0, 0, 0, 8), "a private address"),
    (v4(100, 64, 0, 0, 10), "an address of a carrier's network"),
    (v4(127, 0, 0, 0, 8), "a loopback address"),
    (v4(169, 254, 0, 0, 16), "a link-local address"),
    (v4(172, 16, 0, 0, 12), "a private address"),
    (v4(192, 0, 0, 0, 24), "an address for protocols"),
    (v4(192, 0, 2, 0, 24), "an address for documentation"),
    (v4(192, 88, 99, 0, 24), "an address of a 6to4 relay"),
    (v4(192, 168, 0, 0, 16), "a private address"),
    (v4(198, 18, 0, 0, 15), "an address for benchmarks"),
    (v4(198, 51, 100, 0, 24), "an address for documentation"),
    (v4(203, 0, 113, 0, 24), "an address for documentation"),
    (v4(224, 0, 0, 0, 4), "a multicast address"),
    (v4(255, 255, 255, 255, 32), "the broadcast address"),
    (v4(240, 0, 0, 0, 4), "a reserved address"),
];

const IPV6: &[(Ipv6Net, &str)] = &[
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), "an address of this machine"),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "a loopback address"),
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), "an IPv4 address in IPv6 form"),
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 96), "an IPv4 address in IPv6 form"),
    (v6([0x64, 0xff9b, 0, 0], 96), "an IPv4 address behind NAT64"),
    (v6([0x64, 0xff9b, 1, 0], 48), "an IPv4 address behind NAT64"),
    (v6([0x2001, 0, 0, 0], 32), "an IPv4 address behind Teredo"),
    (v6([0x2001, 2, 0, 0], 48), "an address for benchmarks"),
    (v6([0x2001, 0, 0, 0], 23), "an address for protocols"),
    (v6([0x2001, 0xdb8, 0, 0], 32), "an address for documentation"),
    (v6([0x2002, 0, 0, 0], 16), "an IPv4 address behind 6to4"),
    (v6([0x3fff, 0, 0, 0], 20), "an address for documentation"),
    (v6([0xfc00, 0, 0, 0], 7), "a private address"),
    (v6([0xfe80, 0, 0, 0], 10), "a link-local address"),
    (v6([0xfec0, 0, 0, 0], 10), "a private address"),
    (v6([0xff00, 0, 0, 0], 8), "a multicast address"),
];

/// What IANA gives out for use on the internet.
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// What an address is, where it is not the internet's.
pub(super) fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => find(IPV4, |range| range.contains(&address)),
        IpAddr::V6(address) => find(IPV6, |range| range.contains(&address))
            .or_else(|| (!GLOBAL_UNICAST.contains(&address)).then_some("a reserved address")),
    }
}

fn find<N>(ranges: &[(N, &'static str)], contains: impl Fn(&N) -> bool) -> Option<&'static str> {
    ranges.iter().find(|(range, _)| contains(range)).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_of_each_range_is_special_and_their_neighbours_are_the_internets() {
        for (first, last) in [
            ("0.0.0.0", "0.255.255.255"),
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
        ] {
            let (first, last): (Ipv4Addr, Ipv4Addr) = (first.parse().unwrap(), last.parse().unwrap());
            assert!(special(first.into()).is_some() && special(last.into()).is_some(), "{first}");
            for neighbour in [u32::from(first).checked_sub(1), u32::from(last).checked_add(1)].into_iter().flatten() {
                assert_eq!(special(Ipv4Addr::from(neighbour).into()), None, "{first}");
            }
        }
    }

    #[test]
    fn every_form_that_hides_an_address_is_special() {
        for address in [
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::7f00:1",
            "64:ff9b:1:ffff::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "3fff::1",
            "3fff:fff::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "5f00::1",
            "4000::1",
            "1fff::1",
        ] {
            assert!(special(address.parse().unwrap()).is_some(), "{address}");
        }
        for address in ["2606:4700::1111", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2001:200::1", "3ffe::1"]
        {
            assert_eq!(special(address.parse().unwrap()), None, "{address}");
        }
    }

    #[test]
    fn people_are_told_what_an_address_is() {
        assert_eq!(special(IpAddr::from([127, 0, 0, 1])), Some("a loopback address"));
        assert_eq!(special(IpAddr::from([255, 255, 255, 255])), Some("the broadcast address"));
        assert_eq!(special("::ffff:10.0.0.1".parse().unwrap()), Some("an IPv4 address in IPv6 form"));
        assert_eq!(special("2001::1".parse().unwrap()), Some("an IPv4 address behind Teredo"));
    }
}
