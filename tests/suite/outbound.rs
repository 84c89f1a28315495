//! Requests that guests send: only to where they may, only to the address that was checked, and never without bounds.

use std::thread;

use mik_tests::guest::{Guest, PROBE, PROBE_P3};
use mik_tests::{Body, DeafListener, Names, Project, Server, Upstream, wait_until};
use snapbox::{assert_data_eq, str};

/// A guest with a configuration of its own, and the server that serves it.
struct Site {
    project: Project,
    server: Server,
}

impl Site {
    #[track_caller]
    fn new(name: &str, configuration: &str) -> Self {
        let project = PROBE.configured(name, configuration);
        Self { server: Server::start(&mut project.command("serve")), project }
    }

    /// The names are the only ones of theirs that resolve.
    #[track_caller]
    fn with_names(name: &str, configuration: &str, names: &Names) -> Self {
        Self::of(&PROBE, name, configuration, names)
    }

    #[track_caller]
    fn of(guest: &Guest, name: &str, configuration: &str, names: &Names) -> Self {
        let project = guest.configured(name, configuration);
        let server = Server::start(names.give(&mut project.command("serve")));
        Self { project, server }
    }

    /// Has the guest send a GET; gives what it says of the outcome.
    #[track_caller]
    fn ask(&self, url: &str) -> String {
        self.ask_with(url, "")
    }

    /// The same with more in the query.
    #[track_caller]
    fn ask_with(&self, url: &str, more: &str) -> String {
        self.server.ask_for(&format!("/outbound?url={url}{more}")).is(200).text().to_owned()
    }

    /// The configuration is another from now on.
    #[track_caller]
    fn configure(&self, configuration: &str) {
        self.project.write("mik.toml", configuration);
        self.server.wait_for("Rebuilding");
        self.server.wait_for("Live ");
    }
}

impl Drop for Site {
    #[expect(clippy::print_stderr, reason = "whoever reads of the failure wants to know what was said")]
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", self.server.log());
        }
    }
}

/// The body that came back well.
#[track_caller]
fn body(outcome: &str) -> &str {
    assert!(outcome.starts_with("status 200\n"), "{outcome}");
    let (_, body) = outcome.split_once("\nlength ").unwrap_or_else(|| panic!("{outcome}"));
    body.split_once('\n').unwrap().1.trim_end_matches('\n')
}

#[track_caller]
fn is_error(outcome: &str, code: &str) {
    assert_eq!(outcome.trim_end().chars().take(300).collect::<String>(), format!("error ErrorCode::{code}"));
}

/// A policy of these hosts and leave for private addresses.
fn private(hosts: &[String]) -> String {
    format!("[server]\nhttp_allow_private = true\nhttp_allowed = {hosts:?}\n")
}

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
fn the_line_to_add_makes_it_work_and_its_removal_ends_even_connections_that_are_open() {
    let upstream = Upstream::http();
    let url = format!("http://{}/ok", upstream.address());
    let allowed = format!("[server]\nhttp_allowed = [\"{}\"]\n", upstream.address());
    let site = Site::new("allowed", &allowed);
    // One connection does for requests of one instance and of the next.
    for _ in 0..3 {
        let outcome = site.ask_with(&url, "&times=3");
        assert_eq!(outcome.matches("status 200").count(), 3, "{outcome}");
    }
    assert_eq!((upstream.connections(), upstream.requests()), (1, 9));

    site.configure("[server]\nhttp_allowed = [\"127.0.0.2:1\"]\n");
    is_error(&site.ask(&url), "HttpRequestDenied");
    site.configure(&allowed);
    assert_eq!(body(&site.ask(&url)), "ok");
    assert_eq!((upstream.connections(), upstream.requests()), (2, 10));
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
fn a_name_that_resolves_to_this_machine_is_refused_and_the_note_names_the_address() {
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
    assert!(!outcome.contains("status") && !outcome.contains("Prohibited"), "{outcome}");
    // What was checked was connected to: nobody asked again.
    names.were_asked("rebind.test", 1);
    is_error(&site.ask_with(&url("rebind"), "&connect=300"), "DestinationIpProhibited");
    names.were_asked("rebind.test", 2);

    let outcome = site.ask_with(&url("mixed"), "&connect=300");
    assert!(!outcome.contains("status") && !outcome.contains("Prohibited"), "{outcome}");
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
fn a_server_is_trusted_over_tls_if_the_file_of_authorities_has_its_own() {
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
fn a_response_over_the_limit_is_cut_short_whether_or_not_it_says_so_before() {
    let upstream = Upstream::http();
    let configuration = private(&[upstream.address().to_string()]) + "http_max_response_mb = 1\n";
    let site = Site::new("large", &configuration);
    let (limit, over) = (1_u64 << 20, (1_u64 << 20) + 1);
    let ask = |path: String, more: &str| site.ask_with(&format!("http://{}{path}", upstream.address()), more);
    for path in [format!("/bytes/{limit}"), format!("/chunked/{limit}")] {
        assert!(ask(path, "").contains(&format!("length {limit}\n")));
    }
    is_error(&ask(format!("/bytes/{over}"), ""), &format!("HttpResponseBodySize(Some({over}))"));
    let outcome = ask(format!("/chunked/{over}"), "");
    assert!(outcome.contains(&format!("response body size exceeds limit: {limit} bytes")), "{outcome}");
    // What is only announced is not sent.
    let outcome = ask(format!("/bytes/{over}"), "&method=HEAD");
    assert!(outcome.starts_with("status 200\n") && outcome.contains("length 0\n"), "{outcome}");
}

#[test]
fn a_server_that_never_answers_costs_the_request_its_time_and_nothing_else() {
    let upstream = Upstream::http();
    let configuration = private(&[upstream.address().to_string()]) + "execution_timeout_secs = 1\n";
    let site = Site::new("patient", &configuration);
    let never = format!("/outbound?url=http://{}/never&parallel=40", upstream.address());
    for _ in 0..3 {
        site.server.ask_for(&never).is_failure(504, "deadline");
    }
    // All turns and connections were given back.
    let outcome = site.ask_with(&format!("http://{}/ok", upstream.address()), "&parallel=40");
    assert_eq!(outcome.matches("status 200").count(), 40, "{outcome}");
}

#[test]
fn a_hundred_requests_at_once_go_out_a_few_at_a_time() {
    let upstream = Upstream::http();
    let site = Site::new("many", &private(&[upstream.address().to_string()]));
    let (url, per_instance, per_module) = (format!("http://{}/hold", upstream.address()), 32, 64);
    thread::scope(|scope| {
        let one = scope.spawn(|| site.ask_with(&url, "&parallel=100"));
        wait_until("one instance has its share", || upstream.held().0 == per_instance);
        let others = [(); 2].map(|()| scope.spawn(|| site.ask_with(&url, "&parallel=40")));
        wait_until("the module has its share", || upstream.held().0 == per_module);
        upstream.release();
        let outcome = one.join().unwrap();
        assert_eq!(outcome.matches("status 200").count(), 100, "{outcome}");
        for other in others {
            let outcome = other.join().unwrap();
            assert_eq!(outcome.matches("status 200").count(), 40, "{outcome}");
        }
    });
    assert_eq!(upstream.held(), (0, per_module));
}

#[test]
fn connections_that_wait_to_be_used_again_make_room_for_others() {
    let upstream = Upstream::http();
    let names: Vec<_> = (0..140).map(|host| format!("h{host}.test 127.0.0.1")).collect();
    let names = Names::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let site = Site::with_names("hosts", &private(&["*.test:*".to_owned()]), &names);
    for host in 0..140 {
        assert_eq!(body(&site.ask(&format!("http://h{host}.test:{}/ok", upstream.port()))), "ok");
    }
    assert_eq!(upstream.connections(), 140);
    assert!(upstream.most_open() <= 128, "{}", upstream.most_open());
}

#[test]
fn large_bodies_stream_through_both_ways_and_wait_for_who_is_slow() {
    let upstream = Upstream::http();
    let size = 192_u64 << 20;
    let configuration = private(&[upstream.address().to_string()]) + "http_max_response_mb = 500\n";
    let site = Site::new("streams", &configuration);
    assert_eq!(body(&site.ask(&format!("http://{}/ok", upstream.address()))), "ok");
    let before = site.server.peak_memory();

    let reply = site.server.ask_for(&format!("/relay?url=http://{}/chunked/{size}", upstream.address())).is(200);
    assert_eq!(reply.body.len() as u64, size);
    thread::scope(|scope| {
        let url = format!("http://{}/hold-body", upstream.address());
        let site = &site;
        let sent = scope.spawn(move || site.ask_with(&url, &format!("&method=POST&body={size}")));
        // The server does not read yet; what it is sent has to stay where it is.
        wait_until("the request is there", || upstream.held().0 == 1);
        upstream.release();
        assert_eq!(body(&sent.join().unwrap()), size.to_string());
    });
    let grown = site.server.peak_memory() - before;
    assert!(grown < size / 2, "{grown} bytes more than before");
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

#[test]
fn secrets_of_the_host_never_reach_a_guest_nor_do_files_or_the_network() {
    for guest in [&PROBE, &PROBE_P3] {
        let mut command = mik_tests::Program::mik();
        command.arg("run").arg(guest.component()).arg("a-secret-argument").env("A_SECRET_OF_THE_HOST", "hidden");
        command.args(["--port", "0"]);
        // Arguments of the host's are refused, not passed on.
        mik_tests::Program::run(&mut command).code(2);
        let mut command = mik_tests::Program::mik();
        command.arg("run").arg(guest.component()).env("A_SECRET_OF_THE_HOST", "hidden");
        let server = Server::start(&mut command);
        let seen = server.ask_for("/env").is(200);
        let environment: Vec<_> = seen.text().lines().filter(|line| line.contains('=')).collect();
        assert_eq!(environment, ["MIK_MAX_BODY_SIZE=10485760"], "{}", seen.text());
        assert!(!seen.text().contains("argument"), "{}", seen.text());
        let tried = match guest.component() == PROBE.component() {
            true => server.ask_for("/file").is(200).text().to_owned(),
            false => seen.text().to_owned(),
        };
        for what in ["read", "list", "connect", "resolve"] {
            let line = tried.lines().find(|line| line.starts_with(what)).unwrap_or_else(|| panic!("{what}: {tried}"));
            assert!(line.contains("Err("), "{tried}");
        }
    }
}

#[test]
fn what_a_guest_prints_has_its_name_before_it_and_an_end() {
    let server = PROBE.serve();
    let id = |id| [("x-request-id", id)];
    server.ask("GET", "/print/2", &id("prints"), Body::None).is(200);
    for line in ["out 0", "out 1", "err 0", "err 1", "no line end"] {
        server.says(&format!("probe prints | {line}"));
    }
    // What never ends is cut, and the request is ended by its time like any other.
    let project = PROBE.configured("floods", "[server]\nexecution_timeout_secs = 1\n");
    let server = Server::start(&mut project.command("serve"));
    server.ask("GET", "/flood", &id("floods"), Body::None).is_failure(504, "deadline");
    let log = server.stop().log;
    assert!(log.len() < 600 << 10, "{} bytes", log.len());
    assert_eq!(log.matches("(the rest of this request's output is cut)").count(), 1);
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
        ("http_allow_private = \"yes\"", "without quotes"),
        ("http_max_response_mb = 0", "may be from 1 to 4096"),
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
