//! `server.static`: the files of a directory at `/static/…`, and nothing else of the machine's.

use mik_tests::guest::HANDLER;
use mik_tests::{Body, Program, Reply, Server, wait_until};

#[test]
pub(crate) fn static_files_are_served_and_nothing_beside_them() {
    let (directory, mut command) = HANDLER.deployed("[server]\nstatic = \"public\"\n");
    for (path, content) in [
        ("public/app.css", "body {}\n"),
        ("public/a b/index.html", "<p>hello\n"),
        ("public/app.css.gz", "not really compressed"),
        ("public/.env", "SECRET=1\n"),
        ("public/empty/.keep", ""),
        ("public-not/x", "secret\n"),
        ("secret.txt", "secret\n"),
    ] {
        let path = directory.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }
    #[cfg(unix)]
    {
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(to, directory.path().join(format!("public/{name}"))).unwrap()
        };
        link("app.css", "within.css");
        link("../secret.txt", "out.txt");
        link("..", "up");
        // What stands for another file, or in its place, has to be within as well.
        fs_err::create_dir(directory.path().join("public/linked")).unwrap();
        link("../../secret.txt", "linked/index.html");
        fs_err::write(directory.path().join("public/plain.css"), "p {}\n").unwrap();
        link("../secret.txt", "plain.css.br");
    }
    let server = Server::start(&mut command);
    let ask = |method: &str, target: &str, headers: &[(&str, &str)]| -> Reply {
        server.ask(method, target, headers, Body::None)
    };

    let reply = ask("GET", "/static/app.css", &[]).is(200);
    assert_eq!(reply.text(), "body {}\n");
    assert_eq!(reply.header("content-type"), Some("text/css"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert!(reply.header("x-request-id").is_some());
    let etag = reply.header("etag").expect("a file can be asked for again").to_owned();
    ask("GET", "/static/app.css", &[("if-none-match", &etag)]).is(304);
    ask("GET", "/static/app.css", &[("if-match", "\"another\"")]).is_failure(412, "precondition-failed");
    let modified = reply.header("last-modified").expect("a file has a date").to_owned();
    ask("GET", "/static/app.css", &[("if-modified-since", &modified)]).is(304);

    let head = ask("HEAD", "/static/app.css", &[]).is(200);
    assert_eq!(head.header("content-length"), Some("8"));
    let part = ask("GET", "/static/app.css", &[("range", "bytes=5-6")]).is(206);
    assert_eq!((part.text(), part.header("content-range")), ("{}", Some("bytes 5-6/8")));
    let beyond = ask("GET", "/static/app.css", &[("range", "bytes=100-")]).is_failure(416, "range-not-satisfiable");
    assert_eq!(beyond.header("content-range"), Some("bytes */8"));
    let gzip = ask("GET", "/static/app.css", &[("accept-encoding", "gzip")]).is(200);
    assert_eq!((gzip.text(), gzip.header("content-encoding")), ("not really compressed", Some("gzip")));

    // A directory is its index.html, and never a list.
    assert_eq!(ask("GET", "/static/a%20b/", &[]).is(200).text(), "<p>hello\n");
    assert_eq!(ask("GET", "/static/a%20b?q", &[]).is(307).header("location"), Some("/static/a%20b/?q"));
    ask("GET", "/static/empty/", &[]).is_failure(404, "not-found");
    ask("GET", "/static/", &[]).is_failure(404, "not-found");

    for target in [
        "/static/nothing",
        "/static/.env",
        "/static/%2eenv",
        "/static/../secret.txt",
        "/static/..%2fsecret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/a%20b/../../secret.txt",
        "/static//etc/passwd",
        "/static/%2fetc/passwd",
        "/static/..%5csecret.txt",
        "/static/app.css%00",
        "/static/../public-not/x",
        "/static/out.txt",
        "/static/up/secret.txt",
        "/static/up",
        "/static/linked/",
        "/static/app.css/",
    ] {
        let reply = ask("GET", target, &[]);
        assert_eq!(reply.status, 404, "{target}: {}", String::from_utf8_lossy(&reply.body));
        reply.is_failure(404, "not-found");
    }
    #[cfg(unix)]
    {
        assert_eq!(ask("GET", "/static/within.css", &[]).is(200).text(), "body {}\n");
        assert_eq!(ask("GET", "/static/plain.css", &[("accept-encoding", "br")]).is(200).text(), "p {}\n");
    }
    let refused = ask("POST", "/static/app.css", &[]).is_failure(405, "method-not-allowed");
    assert_eq!(refused.header("allow"), Some("GET, HEAD"));

    // Everything else is the handler's, and no file takes its place.
    assert_eq!(ask("GET", "/", &[]).is(200).text(), "home");
}

#[test]
fn a_directory_that_is_not_there_is_a_warning_and_its_files_come_when_it_does() {
    let (directory, mut command) = HANDLER.deployed("[server]\nstatic = \"public\"\n");
    let server = Server::start(&mut command);
    server.says("warning[mik::serve::static_directory]");
    server.ask_for("/static/late.txt").is_failure(404, "not-found");
    fs_err::create_dir(directory.path().join("public")).unwrap();
    fs_err::write(directory.path().join("public/late.txt"), "here\n").unwrap();
    assert_eq!(server.ask_for("/static/late.txt").is(200).text(), "here\n");
}

#[cfg(unix)]
#[test]
fn files_that_nobody_reads_leave_descriptors_to_others() {
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(directory.path().join("mik.toml"), "[server]\nstatic = \"public\"\n").unwrap();
    fs_err::create_dir(directory.path().join("public")).unwrap();
    fs_err::File::create(directory.path().join("public/large")).unwrap().set_len(50 << 20).unwrap();
    let mut command = Program::shell("ulimit -n 128 && exec \"$0\" run \"$@\"");
    command.arg(Program::mik().get_program()).arg(HANDLER.component()).current_dir(directory.path());
    let server = Server::start(&mut command);
    let mut unread: Vec<_> = (0..40).map(|_| server.open()).collect();
    for connection in &mut unread {
        connection.send("GET /static/large HTTP/1.1\r\nhost: a\r\n\r\n");
    }
    wait_until("some are too many", || server.ask_for("/_mik/metrics").text().contains("code=\"overloaded\""));
    let refused = server.ask_for("/static/large").is_failure(503, "overloaded");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(server.ask_for("/").is(200).text(), "home");
    drop(unread);
    wait_until("there is room again", || server.ask_for("/static/large").status == 200);
}
