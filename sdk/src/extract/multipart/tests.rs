//! Bodies as browsers, curl and others send them, and bodies that nobody should take.
#![allow(clippy::unwrap_used, reason = "a test")]

use proptest::prelude::*;

use super::*;
use crate::{Method, StatusCode};

fn request(boundary: &str, body: impl Into<Vec<u8>>) -> Request {
    let content_type = format!("multipart/form-data; boundary={boundary}");
    Request::new(Method::Post, "/").with_header("content-type", content_type).with_body(body.into())
}

/// Name, file name and bytes of every part.
type Read = Vec<(String, Option<String>, Vec<u8>)>;

fn read(body: impl Into<Vec<u8>>) -> Result<Read, Problem> {
    let request = request("b", body);
    let parts = request.multipart()?;
    let read =
        parts.iter().map(|part| (part.name().to_owned(), part.file_name().map(str::to_owned), part.bytes().to_vec()));
    Ok(read.collect())
}

fn of(name: &str, file_name: Option<&str>, bytes: &[u8]) -> (String, Option<String>, Vec<u8>) {
    (name.to_owned(), file_name.map(str::to_owned), bytes.to_vec())
}

/// One part with this `content-disposition`, with `x` in it.
fn named(disposition: &str) -> Result<(String, Option<String>), Problem> {
    let body = format!("--b\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--b--\r\n");
    read(body).map(|mut parts| parts.remove(0)).map(|(name, file_name, _)| (name, file_name))
}

#[test]
fn parts_are_cut_at_the_boundary() {
    let body = "a preamble\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b \t\r\n\
                content-type: text/plain\r\ncontent-disposition: Form-Data; Name=b; FileName=c.txt\r\n\r\n\
                \r\n--bee\r\n-- b\r\n\r\n--b--and an epilogue\r\n--b\r\n";
    // `--bee` begins with the boundary: whoever sends that has chosen it badly.
    assert!(read(body).is_err());
    let body = body.replace("--bee", "--ee");
    let expected = [of("a", None, b""), of("b", Some("c.txt"), b"\r\n--ee\r\n-- b\r\n")];
    assert_eq!(read(body).unwrap(), expected);
    assert_eq!(read("--b--").unwrap(), []);
    // The line break of the empty line may be the one before the boundary (RFC 2046, 5.1.1).
    assert_eq!(read("--b\r\ncontent-disposition: form-data; name=a\r\n\r\n--b--").unwrap(), [of("a", None, b"")]);
}

#[test]
fn names_are_those_that_were_sent() {
    for (disposition, name, file_name) in [
        // Chrome and Firefox, for a file `a"b;c\d%20é.txt`.
        (r#"form-data; name="f"; filename="a%22b;cd%20é.txt""#, "f", Some("a\"b;cd%20é.txt")),
        (r#"form-data; name="a%0D%0Ab""#, "a\r\nb", None),
        // curl before 7.81.
        (r#"form-data; name="a\"b\\c"; filename="x\"y""#, "a\"b\\c", Some("x\"y")),
        // python's requests with urllib3 1.
        ("form-data; name=\"f\"; filename*=utf-8''%C3%A9%20x.txt", "f", Some("é x.txt")),
        // What does not agree: the one that browsers send.
        ("form-data; name=\"f\"; filename=\"a\"; filename*=utf-8''b", "f", Some("a")),
        // Old ones with whole paths, and one whose name ends with a backslash.
        (r#"form-data; name="f"; filename="C:\dir\a.txt""#, "f", Some("a.txt")),
        (r#"form-data; name="f"; filename="../../etc/passwd""#, "f", Some("passwd")),
        (r#"form-data; name="f"; filename="a\""#, "f", Some("")),
        (r#"form-data; name="f"; filename="""#, "f", Some("")),
        ("form-data; name=\"\"", "", None),
    ] {
        let (got, got_file) = named(disposition).unwrap();
        assert_eq!((got.as_str(), got_file.as_deref()), (name, file_name), "{disposition}");
    }
}

#[test]
fn a_part_that_does_not_say_its_name_in_one_way_is_refused() {
    for wrong in [
        "form-data",
        "form-data; filename=\"a\"",
        "attachment; name=\"a\"",
        "form-data; name=\"a\"; name=\"b\"",
        "form-data; name=\"a\"; filename=x; filename=y",
        "form-data; name=\"a",
        "form-data; name=a b",
        "form-data, name=a",
        "form-data; name=\"a\"; filename*=latin1''%E9",
        "form-data; name=\"a\"; filename*=utf-8''%E9",
        "form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
        "form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64",
        "form-data; name=\"a\"\r\n folded: yes",
        "form-data; name=\"a\"\r\nno colon",
        "form-data; name=\"a\0\"",
    ] {
        let problem = named(wrong).unwrap_err();
        assert_eq!(problem.status(), 400, "{wrong}");
        assert!(problem.detail().unwrap().contains("part 1"), "{wrong}: {problem}");
    }
    assert!(named("form-data; name=\"a\"\r\nContent-Transfer-Encoding: binary").is_ok());
    assert_eq!(read("--b\r\ncontent-type: text/plain\r\n\r\nx\r\n--b--").unwrap_err().status(), 400);
    assert_eq!(
        read(b"--b\r\ncontent-disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--b--".as_slice())
            .unwrap_err()
            .status(),
        400
    );
}

#[test]
fn a_body_that_is_cut_short_anywhere_gives_no_part() {
    let (content_type, body) =
        Builder::new().text("a", "1").file("f", "x.bin", "image/png", &(0..=255).collect::<Vec<u8>>()).finish();
    let send = |body: &[u8]| {
        let request =
            Request::new(Method::Post, "/").with_header("content-type", content_type.as_str()).with_body(body);
        request.multipart().map(|parts| parts.len())
    };
    // The last line break is nobody's.
    let whole = body.len() - 2;
    assert_eq!(send(&body).unwrap(), 2);
    assert_eq!(send(&body[..whole]).unwrap(), 2);
    for len in 0..whole {
        let problem = send(&body[..len]).unwrap_err();
        assert_eq!(problem.status(), 400, "{len}");
    }
}

#[test]
fn what_is_too_much_is_a_413() {
    let part = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\n\r\n";
    let ends = |body: String| read(body + "--b--");
    assert_eq!(ends(part.repeat(1000)).unwrap().len(), 1000);
    assert_eq!(ends(part.repeat(1001)).unwrap_err().status(), 413);
    let headers = |more: String| ends(format!("--b\r\ncontent-disposition: form-data; name=a\r\n{more}\r\nx\r\n"));
    assert!(headers("x: y\r\n".repeat(31)).is_ok());
    assert_eq!(headers("x: y\r\n".repeat(32)).unwrap_err().status(), 413);
    assert!(headers(format!("x: {}\r\n", "y".repeat(8000))).is_ok());
    assert_eq!(headers(format!("x: {}\r\n", "y".repeat(9000))).unwrap_err().status(), 413);
}

#[test]
fn names_that_take_long_to_tell_apart_are_a_413() {
    let part = |name: String| format!("--b\r\ncontent-disposition: form-data; name={name}\r\n\r\n\r\n");
    let fields = |count: usize| {
        let body: String = (0..count).map(|number| part(format!("{number:04000}"))).collect();
        let request = request("b", body + "--b--");
        let form = Multipart::from_request(&request).unwrap();
        form.fields::<std::collections::BTreeMap<String, String>>().map(|fields| fields.len())
    };
    assert_eq!(fields(65).unwrap(), 65);
    assert_eq!(fields(66).unwrap_err().status(), 413);
}

#[test]
fn the_content_type_has_to_say_it() {
    let status = |content_type: &str| {
        let request = Request::new(Method::Post, "/").with_header("content-type", content_type).with_body("--b--");
        request.multipart().map(|_| StatusCode::OK).unwrap_or_else(|problem| problem.status()).as_u16()
    };
    for (content_type, expected) in [
        ("multipart/form-data; boundary=b", 200),
        ("Multipart/Form-Data; charset=utf-8; Boundary=\"b\"", 200),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 415),
        ("multipart/form-data; boundary=\"\"", 400),
        ("multipart/form-data; boundary=\"b\\r\"", 400),
        ("multipart/form-data; boundary=\"b@\"", 400),
        ("multipart/form-data; boundary=b; boundary=c", 415),
        ("multipart/mixed; boundary=b", 415),
        ("text/plain", 415),
    ] {
        assert_eq!(status(content_type), expected, "{content_type}");
    }
    let long = |len: usize| status(&format!("multipart/form-data; boundary={}", "b".repeat(len)));
    assert_eq!(long(71), 400);
    assert_eq!(Request::new(Method::Post, "/").multipart().unwrap_err().status(), 415);
}

#[test]
fn one_file_is_one_file() {
    let form = |builder: Builder| {
        let (content_type, body) = builder.finish();
        let request = Request::new(Method::Post, "/").with_header("content-type", content_type).with_body(body);
        request.multipart().unwrap().file("f").map(|file| file.bytes().len())
    };
    assert_eq!(form(Builder::new().file("f", "a", "text/plain", b"abc")).unwrap(), 3);
    // What a browser sends where no file was chosen.
    assert!(form(Builder::new().file("f", "", "application/octet-stream", b"")).is_err());
    assert!(form(Builder::new().text("f", "abc")).is_err());
    assert!(form(Builder::new().file("f", "a", "a/b", b"").file("f", "b", "a/b", b"")).is_err());
}

#[test]
fn a_part_is_a_piece_of_the_body() {
    let request = request("b", "--b\r\ncontent-disposition: form-data; name=a\r\n\r\nabc\r\n--b--");
    let body = request.body().unwrap().as_ptr_range();
    let parts = request.multipart().unwrap();
    assert!(body.contains(&parts.get("a").unwrap().bytes().as_ptr()));
}

proptest! {
    #[test]
    fn bytes_come_back(parts in prop::collection::vec(("[^\\\\]{0,9}", prop::option::of("[^\\\\/]{0,9}"), any::<Vec<u8>>()), 0..5)) {
        let mut builder = Builder::new();
        for (name, file_name, bytes) in &parts {
            builder = match file_name {
                Some(file_name) => builder.file(name, file_name, "application/octet-stream", bytes),
                None => builder.text(name, &String::from_utf8_lossy(bytes)),
            };
        }
        prop_assume!(parts.iter().all(|(name, file, _)| {
            // What a browser could not say, either: a name that looks encoded, a control character.
            [Some(name), file.as_ref()].into_iter().flatten().all(|text| {
                !text.contains('%') && !text.chars().any(|c| c.is_control() && c != '\r' && c != '\n')
            })
        }));
        let (content_type, body) = builder.finish();
        let request = Request::new(Method::Post, "/").with_header("content-type", content_type).with_body(body);
        let read = request.multipart().unwrap();
        prop_assert_eq!(read.len(), parts.len());
        for (part, (name, file_name, bytes)) in read.iter().zip(&parts) {
            prop_assert_eq!(part.name(), name);
            prop_assert_eq!(part.file_name(), file_name.as_deref());
            if file_name.is_some() {
                prop_assert_eq!(part.bytes(), bytes);
            } else {
                prop_assert_eq!(part.text().unwrap(), String::from_utf8_lossy(bytes));
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(prop::sample::select(b"\r\n-b:; =\"\\%acdefimnort\xff\0".to_vec()), 0..200)) {
        let _ = read(body);
    }
}
