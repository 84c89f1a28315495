//! Requests as they go out, responses as they come back, and failures as WASI names them.

use mik_tests::guest::{PROBE, PROBE_P3};
use mik_tests::{DeafListener, Names, Server, Upstream};

use super::{Site, body, is_error, private};

#[test]
pub(crate) fn a_server_is_trusted_over_tls_if_the_file_of_authorities_has_its_own() {
    let newer = Upstream::https(&["secure.test"], &["h2", "http/1.1"]);
    let older = Upstream::https(&["secure.test"], &["http/1.1"]);
    let names = Names::new(&["secure.test 127.0.0.1", "other.test 127.0.0.1"]);
    let hosts = private(&["https://*.test:*".to_owned()]);
    let site = Site::with_names("authorities", &hosts, &names);
    let url = |name: &str, upstream: &Upstream| format!("https://{name}:{}/seen", upstream.port());
    is_error(&site.ask(&url("secure.test", &newer)), "TlsCertificateError");
    site.server.says("server.http_ca_file");

    site.project.write("ca.pem", format!("{}{}", newer.authority_pem(), older.authority_pem()));
    site.configure(&format!("{hosts}http_ca_file = \"ca.pem\"\n"));
    let seen = site.ask(&url("secure.test", &newer));
    assert!(body(&seen).starts_with(&format!("GET https://secure.test:{}/seen HTTP/2.0", newer.port())), "{seen}");
    let seen = site.ask(&url("secure.test", &older));
    assert!(body(&seen).starts_with("GET /seen HTTP/1.1\nhost: secure.test:"), "{seen}");
    // Many requests share one connection of HTTP/2, whichever came first.
    let before = newer.connections();
    let outcome = site.ask_with(&url("secure.test", &newer), "&parallel=20");
    assert_eq!(outcome.matches("status 200").count(), 20, "{outcome}");
    assert_eq!(newer.connections(), before);
    // `SSL_CERT_FILE` stands in for the system's.
    let project = PROBE.configured("system-authorities", &hosts);
    project.write("system.pem", newer.authority_pem());
    let certificates = project.directory().join("system.pem");
    let server = Server::start(names.give(project.command("serve").env("SSL_CERT_FILE", certificates)));
    let ask = |upstream| server.ask_for(&format!("/outbound?url={}", url("secure.test", upstream))).is(200);
    assert!(body(ask(&newer).text()).contains("HTTP/2.0"));
    is_error(ask(&older).text(), "TlsCertificateError");
    // It is the name that is certified.
    is_error(&site.ask(&url("other.test", &newer)), "TlsCertificateError");
}

#[test]
fn what_goes_wrong_has_the_name_that_wasi_gives_it() {
    let upstream = Upstream::http();
    let deaf = DeafListener::new();
    let names = Names::new(&["nobody.test", "slow.test wait", "secure.test 127.0.0.1"]);
    let site = Site::with_names("errors", &private(&["*".to_owned()]), &names);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let at = |path: &str| format!("http://{}{path}", upstream.address());
    for (url, more, code) in [
        (format!("http://{closed}/"), "", "ConnectionRefused"),
        (format!("http://{}/", deaf.address()), "&connect=200", "ConnectionTimeout"),
        ("http://slow.test/".to_owned(), "&connect=200", "DnsTimeout"),
        (format!("https://secure.test:{}/", upstream.port()), "", "TlsProtocolError"),
        (at("/never"), "&first=200", "ConnectionReadTimeout"),
        (at("/header/70000"), "", "HttpResponseHeaderSectionSize("),
        (at("/header/1000000"), "", "HttpResponseHeaderSectionSize("),
        (at("/ok"), "&method=CONNECT", "HttpRequestMethodInvalid"),
    ] {
        let outcome = site.ask_with(&url, more);
        let start = outcome.chars().take(200).collect::<String>();
        assert!(outcome.starts_with(&format!("error ErrorCode::{code}")), "{url}: {start}");
    }
    let outcome = site.ask("http://nobody.test/");
    assert!(outcome.starts_with("error ErrorCode::DnsError("), "{outcome}");
    for (path, more, why) in
        [("/short", "", "incomplete HTTP response"), ("/stall", "&between=200", "connection read timeout")]
    {
        let outcome = site.ask_with(&at(path), more);
        assert!(outcome.contains(&format!("broke off after 10: {why}")), "{outcome}");
    }
    // After all that the next request is none the wiser.
    assert_eq!(body(&site.ask(&at("/ok"))), "ok");
}

#[test]
fn a_request_goes_out_as_it_was_made_with_nothing_added_but_the_host() {
    let upstream = Upstream::http();
    let site = Site::new("as-made", &private(&["127.0.0.1:*".to_owned()]));
    let seen = site.ask_with(&format!("http://{}/seen?a=%2525&b", upstream.address()), "&header=x-own:value");
    let expected = format!("GET /seen?a=%25 HTTP/1.1\nx-own: value\nhost: {}", upstream.address());
    assert_eq!(body(&seen), expected);
    // The host is the one that was checked.
    let outcome = site.ask_with(&format!("http://{}/seen", upstream.address()), "&header=host:example.com");
    assert!(outcome.contains("Forbidden"), "{outcome}");
}

#[test]
fn a_guest_of_wasi_0_3_has_the_same_policy() {
    let upstream = Upstream::http();
    let secure = Upstream::https(&["secure.test"], &["h2"]);
    let names = Names::new(&["secure.test 127.0.0.1", "inside.test 127.0.0.1"]);
    let site = Site::of(&PROBE_P3, "newer", "[server]\nhttp_allowed = [\"inside.test:*\"]\n", &names);
    let at = |path: &str| format!("http://{}{path}", upstream.address());
    is_error(&site.ask(&at("/ok")), "HttpRequestDenied");
    is_error(&site.ask(&format!("http://inside.test:{}/ok", upstream.port())), "DestinationIpProhibited");
    assert_eq!(upstream.connections(), 0);

    site.project.write("ca.pem", secure.authority_pem());
    let hosts = private(&["127.0.0.1:*".to_owned(), "secure.test:*".to_owned()]);
    site.configure(&format!("{hosts}http_ca_file = \"ca.pem\"\nhttp_max_response_mb = 1\n"));
    assert_eq!(body(&site.ask(&at("/ok"))), "ok");
    assert_eq!(body(&site.ask_with(&at("/count"), "&body=5000000")), "5000000");
    let seen = site.ask(&format!("https://secure.test:{}/seen", secure.port()));
    assert!(body(&seen).contains("HTTP/2.0"), "{seen}");
    is_error(&site.ask(&at("/bytes/1048577")), "HttpResponseBodySize(Some(1048577))");
    let outcome = site.ask(&at("/chunked/1048577"));
    assert!(outcome.contains("ErrorCode::HttpResponseBodySize(Some(1048576))"), "{outcome}");
    let outcome = site.ask(&at("/short"));
    assert!(outcome.contains("broke off after 10: ErrorCode::HttpResponseIncomplete"), "{outcome}");
}
