//! The host that a request names. A name may be made to mean this machine by whoever owns it (DNS rebinding), and a browser then lets
//! its pages read what is answered here: what is for the developer alone is not answered to such a name.

use std::net::IpAddr;

use http::header;
use http::request::Parts;
use http::uri::{Authority, Scheme};

/// Whether it is this machine by any reading (RFC 6761, §6.3, for names below `localhost`).
pub(super) fn is_here(parts: &Parts) -> bool {
    host(parts).is_some_and(|host| is_local(&host))
}

/// Whether nobody can have made it mean another machine than it says: it is this one, or an address, or there is a certificate for it
/// here.
pub(super) fn is_certain(parts: &Parts) -> bool {
    let is_encrypted = parts.extensions.get::<Scheme>() == Some(&Scheme::HTTPS);
    is_encrypted || host(parts).is_some_and(|host| is_local(&host) || address(&host).is_some())
}

/// The host, without its port.
fn host(parts: &Parts) -> Option<String> {
    let named = match parts.uri.authority() {
        Some(authority) => authority.clone(),
        None => {
            let mut hosts = parts.headers.get_all(header::HOST).iter();
            let (Some(host), None) = (hosts.next(), hosts.next()) else { return None };
            Authority::try_from(host.as_bytes()).ok()?
        }
    };
    Some(named.host().trim_end_matches('.').to_ascii_lowercase())
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || address(host).is_some_and(|address| address.is_loopback())
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}
