//! URLs, redirects and addresses, as the HTTP client reads them, against `url` and `fluent-uri`.
#![no_main]

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;

use fluent_uri::{Uri, UriRef};
use libfuzzer_sys::fuzz_target;
use mik_sdk::http_client::{self, is_private_address};
use mik_sdk::prelude::*;
use mik_sdk::testing::fetch::{self, Answer};
use url::{Host, Url};

fuzz_target!(|text: &str| {
    let (url, location) = text.split_once('\n').unwrap_or((text, "/"));
    check_address(url);
    let sent = send(url, location, false);
    for url in &sent {
        check_sent(url);
    }
    if let [first, second] = sent.as_slice() {
        check_redirect(first, location, second);
    }
    // What is private is not asked, by a redirect neither.
    for url in send(url, location, true) {
        // What is no international name, `url` does not read: it is no address either.
        let Ok(read) = Url::parse(&url) else { continue };
        assert!(!read.host().is_some_and(|host| is_private(&host.to_owned())), "{url}");
    }
});

/// The URLs that were asked for, when the first answer is a redirect.
fn send(url: &str, location: &str, is_private_denied: bool) -> Vec<String> {
    let urls = Rc::new(RefCell::new(Vec::new()));
    let location = location.to_owned();
    let _servers = fetch::stub({
        let urls = Rc::clone(&urls);
        move |sent| {
            let mut urls = urls.borrow_mut();
            urls.push(sent.url().to_owned());
            match urls.len() {
                1 => Answer::from(Response::new(StatusCode::FOUND).with_header("location", location.clone())),
                _ => Answer::from(StatusCode::OK),
            }
        }
    });
    let request = http_client::get(url).redirects(2);
    let request = if is_private_denied { request.deny_private_ips() } else { request };
    if let Err(error) = request.send() {
        assert!(!error.to_string().is_empty());
    }
    urls.take()
}

/// Others read what is sent as we do, and nothing of it ends a line.
fn check_sent(text: &str) {
    assert!(text.bytes().all(|byte| byte > b' ' && byte < 0x7f), "{text:?}");
    // Brackets stay as they are in paths and queries, as browsers leave them; the RFC would have them escaped.
    let (scheme, rest) = text.split_once("://").expect("a scheme");
    let (authority, target) = rest.split_once('/').expect("a path");
    let strict = format!("{scheme}://{authority}/{}", target.replace('[', "%5B").replace(']', "%5D"));
    let uri = Uri::parse(strict.as_str()).expect("what is sent is a URI");
    assert!(matches!(uri.scheme().as_str(), "http" | "https"), "{text}");
    let authority = uri.authority().expect("a host is asked");
    assert!(authority.userinfo().is_none() && uri.fragment().is_none(), "{text}");
    // As browsers read it, it is the same host: in numbers, perhaps, what we leave to the host.
    if let Ok(url) = Url::parse(text) {
        let host = url.host_str().expect("a host is asked");
        let is_same = host == authority.host() || matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
        assert!(is_same, "{text}: {host}");
    }
}

fn check_redirect(from: &str, location: &str, to: &str) {
    // `fluent-uri` takes an escaped dot for a dot, which the RFC leaves to normalization.
    if [from, location].iter().any(|text| text.to_ascii_lowercase().contains("%2e")) {
        return;
    }
    let (Ok(base), Ok(reference)) = (Uri::parse(from), UriRef::parse(location)) else { return };
    // Whether a base with dots is made one without beforehand, RFC 3986 leaves open (5.2.1): `fluent-uri` does, we do not.
    if base.path().as_str().split('/').any(|segment| matches!(segment, "." | "..")) {
        return;
    }
    let Ok(expected) = reference.resolve_against(&base) else { return };
    let Ok(to) = Uri::parse(to) else { return };
    let path = match expected.path().as_str() {
        "" => "/",
        path => path,
    };
    assert_eq!(to.path().as_str(), path, "{from} {location}");
    assert_eq!(to.query(), expected.query(), "{from} {location}");
    let host = |uri: &Uri<&str>| uri.authority().map(|authority| authority.host().to_ascii_lowercase());
    assert_eq!(host(&to), host(&expected.borrow()), "{from} {location}");
}

fn check_address(authority: &str) {
    let is_ours = is_private_address(authority);
    let Ok(url) = Url::parse(&format!("http://{authority}/")) else { return };
    // Only what is nothing but a host, perhaps with its port, is read as one.
    if !url.username().is_empty() || url.password().is_some() || url.path() != "/" || url.query().is_some() {
        return;
    }
    let Some(host) = url.host() else { return };
    if is_private(&host.to_owned()) {
        assert!(is_ours, "{authority}: {host}");
    }
    // A name is not taken for an address because of how it begins.
    if let Host::Domain(name) = host {
        let is_special = ["localhost", "localdomain", "local", "internal", "arpa"];
        let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        let is_plain = !authority.contains("..")
            && authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        if is_plain && last.starts_with(|first: char| first.is_ascii_alphabetic()) && !is_special.contains(&last) {
            assert!(!is_ours, "{authority}: {name}");
        }
    }
}

fn is_private(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name.trim_end_matches('.') == "localhost",
        Host::Ipv4(address) => is_private_ip(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_private_ip(IpAddr::V6(*address)),
    }
}

fn is_private_ip(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_broadcast()
                || address.is_multicast()
                || address.is_documentation()
        }
        IpAddr::V6(address) => {
            let is_hidden = address.to_ipv4_mapped().is_some_and(|inner| is_private_ip(IpAddr::V4(inner)));
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || is_hidden
        }
    }
}
