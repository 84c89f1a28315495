//! What a file of requests says, and what is wrong with one that does not.

use std::path::Path;

use super::*;

fn read(text: &str) -> Result<Vec<Written>, RecordingError> {
    parse(Source { path: Path::new("a.http"), text }, &mut Variables::default())
}

fn one(text: &str) -> Written {
    let mut requests = read(text).unwrap();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

/// What is wrong, and the text that is pointed at.
#[track_caller]
fn wrong(text: &str, message: &str, pointed_at: &str) {
    match read(text).unwrap_err() {
        RecordingError::Syntax { message: said, at, .. } => {
            assert!(said.contains(message), "{said}");
            assert_eq!(&text[at.offset()..at.offset() + at.len()], pointed_at);
        }
        other => panic!("{other:?}"),
    }
}

fn text_of(request: &Written) -> &str {
    match request.body.as_slice() {
        [] => "",
        [Part::Text(text)] => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_is_read_as_editors_write_it() {
    let text = "@host = example.com\n\n### Order tea\n# a comment\n// @name order\nPOST http://{{host}}/orders\n    ?count=1\n    \
                &kind={{host}} HTTP/1.1\nContent-Type: application/json\n# another\nX-Empty:\n\n{\n  \"item\": \"tea\"\n}\n\n<> a.response.http\n\n\
                ###\nGET /\n";
    // The version stands at the end of the first line alone.
    let text = text.replace(" HTTP/1.1\nContent", "\nContent").replace("/orders\n", "/orders HTTP/1.1\n");
    let requests = read(&text).unwrap();
    assert_eq!(requests.len(), 2);
    let order = &requests[0];
    assert_eq!(order.name.as_deref(), Some("order"));
    assert_eq!((order.method.as_str(), order.line), ("POST", 6));
    assert_eq!(order.target, "http://example.com/orders?count=1&kind=example.com");
    assert_eq!(order.headers, [("Content-Type".into(), "application/json".into()), ("X-Empty".into(), String::new())]);
    assert_eq!(text_of(order), "{\n  \"item\": \"tea\"\n}");
    assert_eq!(order.answer.as_deref(), Some("a.response.http"));
    assert_eq!((requests[1].method.as_str(), requests[1].target.as_str(), text_of(&requests[1])), ("GET", "/", ""));
}

#[test]
fn a_path_alone_is_a_request() {
    let request = one("/a?b=c");
    assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/a?b=c"));
    assert_eq!(read("").unwrap(), []);
    assert_eq!(read("\n# nothing\n###\n\n### also nothing\n").unwrap(), []);
}

#[test]
fn a_body_may_be_in_files_and_lines_end_as_they_do() {
    let request = one("POST /\r\nA: b\r\n\r\none\r\n< ./two.bin\r\nthree\r\n<@ four.txt\r\n\r\n");
    assert_eq!(request.headers, [("A".into(), "b".into())]);
    let file = |path: &str, expands| (path.to_owned(), expands);
    let parts: Vec<_> = request
        .body
        .iter()
        .map(|part| match part {
            Part::Text(text) => (text.clone(), true),
            Part::File { path, expands, .. } => file(path, *expands),
        })
        .collect();
    assert_eq!(
        parts,
        [file("one\r\n", true), file("./two.bin", false), file("\r\nthree\r\n", true), file("four.txt", true)]
    );
}

#[test]
fn what_is_no_request_is_pointed_at() {
    wrong("GET nowhere", "neither a path nor a URL", "GET nowhere");
    wrong("GET /a b\n", "neither a path nor a URL", "GET /a b");
    wrong("localhost:80/a\n", "neither a path nor a URL", "localhost:80/a");
    wrong("HTTP/1.1 200 OK\n", "neither a path nor a URL", "HTTP/1.1 200 OK");
    wrong("GET /\nwhat\n", "no header", "what");
    wrong("GET /\nä: b\n", "header's name", "ä");
    wrong("GET /\na: b\u{1}\n", "header's value", "b\u{1}");
    wrong("GET /{{ who }}\n", "`who` stands for nothing", "{{ who }}");
    wrong("POST /\n\nä {{who}}", "`who` stands for nothing", "{{who}}");
    wrong("GET /\nauthorization: {{authorization}}\n", "`authorization` stands", "{{authorization}}");
    wrong("@a\nGET /\n", "names no value", "a");
    wrong("GET /\n\n> {% client.test() %}\n", "scripts", "> {% client.test() %}");
    wrong("< {% before() %}\nGET /\n", "scripts", "< {% before() %}");
    wrong("GET /\n\n>> out.json\n", "scripts", ">> out.json");
    wrong(&format!("GET /\n{}", "a: b\n".repeat(101)), "more headers", "a: b");
    read(&"###\nGET /\n".repeat(1001)).unwrap_err();
}

#[test]
fn no_text_is_too_strange_to_read() {
    // Every start of every line of a long file, and each with a letter of more than one byte at every place.
    let text = "@a = b\n### x\n# @name y\nPOST /{{a}} HTTP/1.1\n  ?c\nd: {{a}}\n\n{{a}}\n< ./e\n<@ f\n<> g\n###\n";
    for end in 0..text.len() {
        drop(read(&text[..end]));
        drop(read(&format!("{}ü{}", &text[..end], &text[end..])));
    }
}
