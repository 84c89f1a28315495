//! Where guests may send requests to, by name and by address, and what a refusal says.

use mik_tests::guest::PROBE;
use mik_tests::{Names, Project, Server, Upstream, wait_until};
use snapbox::{assert_data_eq, str};

use super::{Site, body, is_error, private};

#[test]
fn nothing_is_allowed_until_it_is_said_and_the_note_names_the_line_to_add_once() {
    let upstream = Upstream::http();
    let server = PROBE.serve();
    let url = format!("http://{}/ok", upstream.address());
    for _ in 0..3 {
        let outcome = server.ask_for(&format!("/outbound?url={url}")).is(200);
        is_error(outcome.text(), "HttpRequestDenied");
    }
    is_error(server.ask_for("/outbound?url=https://API.Example.com/x").is(200).text(), "HttpRequestDenied");
    let expected = format!(
        "note: `probe` may not send requests to `http://{0}`: add \"{0}\" to server.http_allowed in mik.toml",
        upstream.address()
    );
    server.says(&expected);
    server.says("to `https://api.example.com`: add \"api.example.com\" to server.http_allowed in mik.toml");
    assert_eq!(upstream.connections(), 0);

    // A guest that tries every host there is does not fill the log.
    for host in 0..40 {
        server.ask_for(&format!("/outbound?url=http://h{host}.test/")).is(200);
    }
    let log = server.stop().log;
    assert_eq!(log.matches(&expected).count(), 1, "{log}");
    assert!(log.matches("may not send requests").count() <= 20, "{log}");
    assert_eq!(log.matches("`probe` is refused more hosts").count(), 1, "{log}");
}

#[test]
pub(crate) fn the_line_to_add_makes_it_work_and_its_removal_ends_even_connections_that_are_open() {
    let upstream = Upstream::http();
    let url = format!("http://{}/ok", upstream.address());
    let allowed = format!("[server]\nhttp_allowed = [\"{}\"]\n", upstream.address());
    let site = Site::new("allowed", &allowed);
    // A connection does for many requests, those of other instances as well. One that comes while the last one's is
    // being put back opens another.
    for _ in 0..10 {
        let outcome = site.ask_with(&url, "&times=3");
        assert_eq!(outcome.matches("status 200").count(), 3, "{outcome}");
    }
    let before = upstream.connections();
    assert!(before < upstream.requests() / 2, "{before} connections for {} requests", upstream.requests());

    site.configure("[server]\nhttp_allowed = [\"127.0.0.2:1\"]\n");
    is_error(&site.ask(&url), "HttpRequestDenied");
    wait_until("what the old list allowed is closed", || upstream.open() == 0);
    site.configure(&allowed);
    assert_eq!(body(&site.ask(&url)), "ok");
    assert_eq!((upstream.connections(), upstream.requests()), (before + 1, 31));
}

#[test]
fn every_spelling_of_this_machine_is_refused_where_every_host_is_allowed() {
    let upstream = Upstream::http();
    let port = upstream.port();
    let site = Site::new("spellings", "[server]\nhttp_allowed = [\"*\"]\n");
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0X7F.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "127.255.255.254",
        "localhost",
        "LocalHost",
        "localhost.",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::FFFF:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[ff02::1]",
        "[::ffff:0:127.0.0.1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
    ] {
        is_error(&site.ask(&format!("http://{host}:{port}/ok")), "DestinationIpProhibited");
    }
    for authority in ["user@127.0.0.1", "example.com@127.0.0.1", "example.com:80@127.0.0.1", "a:b@localhost"] {
        is_error(&site.ask(&format!("http://{authority}:{port}/ok")), "HttpRequestUriInvalid");
    }
    // What is no authority at all does not even leave the guest's own library.
    for authority in ["%25127.0.0.1", "127.0.0.1%2525eth0", "[::1", "[fe80::1%2525lo]", "127.0.0.1:", "256.0.0.1"] {
        let outcome = site.ask(&format!("http://{authority}:{port}/ok"));
        assert!(outcome.starts_with("error "), "{authority}: {outcome}");
    }
    assert_eq!(upstream.connections(), 0);
    site.server.says("it is a loopback address; add \"127.0.0.1:");
}

#[test]
pub(crate) fn a_name_that_resolves_to_this_machine_is_refused_and_the_note_names_the_address() {
    let upstream = Upstream::http();
    let port = upstream.port();
    let names = Names::new(&["inside.test 127.0.0.1", "hidden.test ::ffff:127.0.0.1", "two.test 127.0.0.1,10.0.0.1"]);
    let configuration = "[server]\nhttp_allowed = [\"*.test:*\"]\n";
    let site = Site::with_names("inside", configuration, &names);
    for name in ["inside.test", "hidden.test", "two.test"] {
        is_error(&site.ask(&format!("http://{name}:{port}/ok")), "DestinationIpProhibited");
        names.were_asked(name, 1);
    }
    site.server.says(&format!(
        "to `http://inside.test:{port}`: it resolves to 127.0.0.1, a loopback address; add \"127.0.0.1:{port}\" to \
         server.http_allowed in mik.toml, or set server.http_allow_private = true"
    ));
    assert_eq!(upstream.connections(), 0);

    // An address that is itself on the list, at that port, is fine however it was come by.
    site.configure(&format!("[server]\nhttp_allowed = [\"*.test:*\", \"127.0.0.1:{port}\"]\n"));
    assert_eq!(body(&site.ask(&format!("http://inside.test:{port}/ok"))), "ok");
    assert_eq!(body(&site.ask(&format!("http://127.0.0.1:{port}/ok"))), "ok");
    is_error(&site.ask(&format!("http://inside.test:{}/ok", port ^ 1)), "DestinationIpProhibited");
    is_error(&site.ask(&format!("http://hidden.test:{port}/ok")), "DestinationIpProhibited");

    // And so is any address where private ones are, for names that are allowed.
    site.configure(&private(&["inside.test:*".to_owned()]));
    assert_eq!(body(&site.ask(&format!("http://inside.test:{port}/ok"))), "ok");
    is_error(&site.ask(&format!("http://two.test:{port}/ok")), "HttpRequestDenied");
}

#[test]
fn a_name_that_changes_its_mind_never_leads_to_this_machine() {
    let upstream = Upstream::http();
    // Nobody routes 192.0.1.0/24, and it is in no registry of special addresses.
    let names = Names::new(&["rebind.test 192.0.1.1 127.0.0.1", "mixed.test 127.0.0.1,192.0.1.1"]);
    let site = Site::with_names("rebinding", "[server]\nhttp_allowed = [\"*.test:*\"]\n", &names);
    let url = |name: &str| format!("http://{name}.test:{}/ok", upstream.port());
    let outcome = site.ask_with(&url("rebind"), "&connect=300");
    assert!(!outcome.contains("Prohibited"), "{outcome}");
    // What was checked was connected to, if anybody there answers: nobody asked again.
    names.were_asked("rebind.test", 1);
    is_error(&site.ask_with(&url("rebind"), "&connect=300"), "DestinationIpProhibited");
    names.were_asked("rebind.test", 2);

    let outcome = site.ask_with(&url("mixed"), "&connect=300");
    assert!(!outcome.contains("Prohibited"), "{outcome}");
    names.were_asked("mixed.test", 1);
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn a_redirect_is_followed_only_to_where_requests_may_go() {
    let (first, second) = (Upstream::http(), Upstream::http());
    let url = format!("http://{}/to?http://{}/ok", first.address(), second.address());
    let site = Site::new("redirected", &format!("[server]\nhttp_allowed = [\"{}\"]\n", first.address()));
    is_error(&site.ask_with(&url, "&redirects=1"), "HttpRequestDenied");
    assert_eq!((first.requests(), second.connections()), (1, 0));

    let both = [first.address().to_string(), second.address().to_string()];
    site.configure(&format!("[server]\nhttp_allowed = {both:?}\n"));
    assert_eq!(body(&site.ask_with(&url, "&redirects=1")), "ok");
    assert_eq!((first.requests(), second.requests()), (2, 1));
}

#[test]
fn suffixes_schemes_and_ports_mean_what_the_page_says() {
    let upstream = Upstream::http();
    let port = upstream.port();
    let names = Names::new(&[
        "example.test 127.0.0.1",
        "a.example.test 127.0.0.1",
        "b.a.example.test 127.0.0.1",
        "notexample.test 127.0.0.1",
    ]);
    let site = Site::with_names("patterns", &private(&[format!("*.Example.TEST:{port}")]), &names);
    let url = |name: &str| format!("http://{name}:{port}/ok");
    for name in ["a.example.test", "b.a.example.test", "B.A.EXAMPLE.test."] {
        assert_eq!(body(&site.ask(&url(name))), "ok", "{name}");
    }
    for name in ["example.test", "notexample.test", "a.example.test.evil.test"] {
        is_error(&site.ask(&url(name)), "HttpRequestDenied");
    }

    site.configure(&private(&[format!("https://a.example.test:{port}"), format!("http://b.a.example.test:{port}")]));
    is_error(&site.ask(&url("a.example.test")), "HttpRequestDenied");
    assert_eq!(body(&site.ask(&url("b.a.example.test"))), "ok");

    // Without a port it is the scheme's own.
    site.configure(&private(&["a.example.test".to_owned()]));
    is_error(&site.ask(&url("a.example.test")), "HttpRequestDenied");
    site.configure(&private(&["a.example.test:*".to_owned()]));
    assert_eq!(body(&site.ask(&url("a.example.test"))), "ok");
}

#[test]
fn each_handlers_list_is_its_own() {
    let upstream = Upstream::http();
    let url = format!("/outbound?url=http://{}/ok", upstream.address());
    let workspace = Project::empty("two-lists");
    workspace.write("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"3\"\n");
    for (member, list) in [("one", format!("\"{}\"", upstream.address())), ("two", String::new())] {
        let guest = PROBE.configured("two-lists", "");
        let manifest = guest.read("Cargo.toml").replace("[workspace]\n", "");
        let manifest = manifest.replace(guest.name(), &format!("{}-{member}", workspace.name()));
        let manifest = manifest.split("[profile").next().unwrap();
        workspace.write(&format!("{member}/Cargo.toml"), manifest);
        for source in ["lib.rs", "misbehaviour.rs", "outbound.rs", "wire.rs"] {
            workspace.write(&format!("{member}/src/{source}"), guest.read(&format!("src/{source}")));
        }
        workspace.write(&format!("{member}/mik.toml"), format!("[server]\nhttp_allowed = [{list}]\n"));
    }
    let server = Server::start(&mut workspace.command("serve --workspace"));
    let ask = |member: &str| server.ask_for(&format!("/run/{}-{member}{url}", workspace.name())).is(200);
    assert_eq!(body(ask("one").text()), "ok");
    is_error(ask("two").text(), "HttpRequestDenied");
}

#[test]
fn an_entry_that_is_no_host_is_pointed_at_with_what_to_write() {
    let project = Project::saying("no-host", "unused");
    project.write("mik.toml", "[server]\nhttp_allowed = [\"api.example.com\", \"https://example.com/v1\"]\n");
    assert_data_eq!(
        project.run("serve --port 0").code(96).stderr,
        str![[r#"
error[mik::project::invalid_value]: `https://example.com/v1` in `server.http_allowed` has a path
 --> mik.toml:2:36
  |
2 | http_allowed = ["api.example.com", "https://example.com/v1"]
  |                                    ^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: a host is allowed with all its paths: write "https://example.com"

"#]]
    );
    for (configuration, says) in [
        ("http_allowed = [\"10.0.0.0/8\"]", "range of addresses"),
        ("http_allowed = \"api.example.com\"", "api.example.com"),
        ("http_allow_private = \"yes\"", "has to be a boolean"),
        ("http_max_response_mb = 0", "a whole number from 1 to 4096"),
        ("http_ca_file = \"missing.pem\"", "missing.pem` of `server.http_ca_file` can't be read"),
        ("http_ca_file = \"src\"", "src` of `server.http_ca_file` are no file"),
        ("http_ca_file = \"Cargo.toml\"", "Cargo.toml` of `server.http_ca_file` have no certificate in them"),
        ("http_ca_file = \"bad.pem\"", "one that can't be used, number 1"),
    ] {
        project.write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        project.write("mik.toml", format!("[server]\n{configuration}\n"));
        project.run("serve --port 0").code(96).says(says).says("mik.toml:2:").says("help");
    }
}
