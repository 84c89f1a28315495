//! HTTPS: what is served in the clear is served encrypted, with the certificate that is there now.

use std::process::Command;

use mik_tests::guest::PROBE;
use mik_tests::{Body, Certificate, Connection, Http2, Program, Server, wait_until};
use tempfile::TempDir;

/// A directory with a certificate and its key, and `mik run` with these.
fn encrypted(certificate: &Certificate) -> (TempDir, Command) {
    let directory = tempfile::tempdir().unwrap();
    certificate.write(directory.path());
    let mut command = Program::mik();
    command.arg("run").arg(PROBE.component()).current_dir(directory.path());
    command.args(["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    (directory, command)
}

#[test]
fn both_protocols_are_spoken_and_the_guest_sees_https() {
    let certificate = Certificate::new();
    let (_directory, mut command) = encrypted(&certificate);
    let server = Server::start_encrypted(&mut command);

    let mut connection = Connection::open_encrypted(server.address(), &certificate).unwrap();
    let reply = connection.ask("GET", "/seen", &[], Body::None).is(200);
    assert!(reply.text().contains("Scheme::Https"), "{}", reply.text());
    let body = vec![b'x'; 500_000];
    assert_eq!(connection.ask("POST", "/echo", &[], Body::Length(&body)).is(200).body, body);
    // What is no request has an answer here too.
    connection.send("nonsense\r\n\r\n");
    connection.receive("GET").is_failure(400, "malformed-request");
    assert_eq!(connection.rest(), b"");

    let client = Http2::open_encrypted(server.address(), &certificate);
    let reply = client.ask("GET", "/seen", &[], b"").is(200);
    assert!(reply.text().contains("Scheme::Https"), "{}", reply.text());
    assert_eq!(client.ask("POST", "/echo", &[], &body).is(200).body, body);
}

#[test]
fn who_speaks_plainly_is_told_that_the_port_does_not() {
    let certificate = Certificate::new();
    let (_directory, mut command) = encrypted(&certificate);
    let server = Server::start_encrypted(&mut command);
    let mut connection = server.open();
    let reply = connection.ask("GET", "/ok", &[], Body::None).is_failure(400, "speaks-https");
    assert!(reply.text().contains("https://"), "{}", reply.text());
    assert_eq!(connection.rest(), b"");
    // Neither that nor a client that says nothing keeps others waiting, nor the server from its end.
    let _silent = server.connect();
    Connection::open_encrypted(server.address(), &certificate).unwrap().ask("GET", "/ok", &[], Body::None).is(200);
    assert_eq!(server.stop().code, Some(0));
}

#[test]
fn a_new_certificate_is_taken_up_and_half_of_one_is_not() {
    let [first, second, third] = [Certificate::new(), Certificate::new(), Certificate::new()];
    let (directory, mut command) = encrypted(&first);
    let server = Server::start_encrypted(&mut command);
    let has = |certificate: &Certificate| Connection::open_encrypted(server.address(), certificate).is_ok();
    let mut old = Connection::open_encrypted(server.address(), &first).unwrap();

    // One file after the other: what does not fit is not used.
    fs_err::write(directory.path().join("cert.pem"), &second.certificate).unwrap();
    server.says("the new certificate is not taken up; the old one stays in use");
    assert!(has(&first) && !has(&second));
    fs_err::write(directory.path().join("key.pem"), &second.key).unwrap();
    wait_until("the second is in use", || has(&second));
    assert!(!has(&first));
    // Whoever was connected stays so.
    old.ask("GET", "/ok", &[], Body::None).is(200);

    fs_err::write(directory.path().join("key.pem"), "not a key").unwrap();
    server.says("`key.pem` is not a private key");
    assert!(has(&second));
    third.write(directory.path());
    wait_until("the third is in use", || has(&third));
}

#[test]
fn what_is_wrong_with_the_files_is_said_at_the_start() {
    let (one, other) = (Certificate::new(), Certificate::new());
    let refused = |certificate: Option<&str>, key: Option<&str>| {
        let (directory, mut command) = encrypted(&one);
        for (name, content) in [("cert.pem", certificate), ("key.pem", key)] {
            match content {
                Some(content) => fs_err::write(directory.path().join(name), content).unwrap(),
                None => fs_err::remove_file(directory.path().join(name)).unwrap(),
            }
        }
        Program::run(command.args(["--port", "0"])).code(107)
    };
    let (certificate, key) = (Some(one.certificate.as_str()), Some(one.key.as_str()));
    refused(None, key).says("error[mik::serve::tls_read]: the certificate for TLS").says("`cert.pem`");
    refused(certificate, None).says("error[mik::serve::tls_read]: the key for TLS").says("`key.pem`");
    refused(Some("nothing"), key).says("error[mik::serve::tls_certificate]: `cert.pem`").says("BEGIN CERTIFICATE");
    refused(certificate, certificate).says("error[mik::serve::tls_key]: `key.pem`").says("BEGIN PRIVATE KEY");
    let mismatch = refused(certificate, Some(&other.key));
    mismatch.says("error[mik::serve::tls_mismatch]: `cert.pem` and `key.pem` don't belong together").says("help");
}
