//! A request as the text of a file.

use std::fmt::Write as _;

use super::message::{Request, Secrets, as_text};
use super::request_file::{CUT, SEPARATOR};

/// What at the beginning of a line is no body's text.
const NO_TEXT: [&str; 6] = [SEPARATOR, "< ", "<@", "<>", "> ", ">>"];
/// What headers say of one connection alone.
pub(super) const OF_CONNECTION: [&str; 8] =
    ["connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/// What stands for two braces that stand for nothing.
const OPEN: &str = "open";

/// The body as text of the file itself; nothing, where it has to be in one of its own.
pub(super) fn inline(body: &[u8]) -> Option<&str> {
    let text = as_text(body)?;
    let is_text = |line: &str| !NO_TEXT.iter().any(|start| line.starts_with(start));
    let is_whole = text.trim() == text && !text.contains("{{");
    (is_whole && text.lines().all(is_text)).then_some(text)
}

/// A request as a file has it. `body` is the file with its body, where it is in one of its own; `answer` that with its
/// answer.
pub(super) fn text(request: &Request, secrets: Secrets, body: Option<&str>, answer: &str) -> String {
    let Request { method, target, headers, body: bytes, is_cut } = request;
    let mut text = String::new();
    let escaped = |value: &str| value.replace("{{", &format!("{{{{{OPEN}}}}}"));
    let kept: Vec<_> = headers
        .iter()
        .filter(|(name, _)| !OF_CONNECTION.contains(&name.to_ascii_lowercase().as_str()))
        .map(|(name, value)| match secrets.kept(name, value) {
            kept if kept == *value => (name, escaped(value)),
            left_out => (name, left_out),
        })
        .collect();
    // Writing to a string does not fail.
    if target.contains("{{") || headers.iter().any(|(_, value)| value.contains("{{")) {
        let _ = writeln!(text, "@{OPEN} = {{{{\n");
    }
    let title: String = target.chars().take(100).collect();
    let _ = writeln!(text, "{SEPARATOR} {method} {title}");
    if *is_cut {
        let _ = writeln!(text, "{CUT} The body goes on: it is kept up to {} bytes", bytes.len());
    }
    let _ = writeln!(text, "{method} {}", escaped(target));
    for (name, value) in kept {
        let _ = writeln!(text, "{}", format!("{name}: {value}").trim_end());
    }
    match (body, inline(bytes)) {
        (Some(file), _) => drop(writeln!(text, "\n< ./{file}")),
        (None, Some(body)) if !body.is_empty() => drop(writeln!(text, "\n{body}")),
        (None, _) => {}
    }
    let _ = writeln!(text, "\n<> ./{answer}");
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arbitrary::Unstructured;

    use super::super::error::Source;
    use super::super::expand::Variables;
    use super::super::request_file::{Part, parse};
    use super::*;

    /// What is read of what was written.
    fn again(request: &Request) -> (Request, Option<String>) {
        let written =
            text(request, Secrets::Kept, inline(&request.body).is_none().then_some("body.bin"), "a.response.http");
        let source = Source { path: Path::new("a.http"), text: &written };
        let mut read = parse(source, &mut Variables::default()).unwrap_or_else(|error| panic!("{error:?}\n{written}"));
        assert_eq!(read.len(), 1, "{written}");
        let read = read.remove(0);
        assert_eq!(read.answer.as_deref(), Some("./a.response.http"), "{written}");
        let (body, file) = match read.body.as_slice() {
            [] => (Vec::new(), None),
            [Part::Text(text)] => (text.clone().into_bytes(), None),
            [Part::File { path, expands: false, .. }] => (request.body.clone(), Some(path.clone())),
            other => panic!("{other:?}\n{written}"),
        };
        let (method, target, headers, is_cut) = (read.method, read.target, read.headers, read.is_cut);
        (Request { method, target, headers, body, is_cut }, file)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let pieces = [
            "a", "{{", "}}", "###", "# ", "\n", "\r\n", "< ", "<>", "> ", ">>", "<@", "//", " ", ":", "ü", "{",
            "\u{7f}", "@x = y",
        ];
        for seed in 0..2000_u64 {
            // Not random: the same pieces every time.
            let bytes: Vec<u8> =
                (0..64).map(|n| (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(n) >> 11) as u8).collect();
            let mut bytes = Unstructured::new(&bytes);
            let mut some = |most: usize| -> String {
                let count = bytes.int_in_range(0..=most).unwrap();
                (0..count).map(|_| *bytes.choose(&pieces).unwrap()).collect()
            };
            let body = some(12).into_bytes();
            let value = some(6).replace(['\n', '\r', '\u{7f}'], "").trim().to_owned();
            let target: String = some(4).chars().filter(|c| c.is_ascii_graphic() && !"#<>".contains(*c)).collect();
            let request = Request {
                method: "POST".to_owned(),
                target: format!("/{target}"),
                headers: vec![("x-some".to_owned(), value)],
                body,
                is_cut: seed % 2 == 0,
            };
            if request.target.parse::<http::Uri>().is_err() {
                continue;
            }
            assert_eq!(again(&request).0, request, "{seed}");
        }
    }

    #[test]
    fn bodies_that_are_no_text_have_a_file_of_their_own() {
        for body in ["a", "{\"a\": 1}", "one\n\ntwo", "# a", "a ###", "tä"] {
            assert_eq!(inline(body.as_bytes()), Some(body));
        }
        for body in ["a\n", " a", "\n", "a\r\nb", "### a", "a\n###", "< a", "<> a", "> a", "{{a}}", "\0", "a\u{1b}"] {
            assert_eq!(inline(body.as_bytes()), None, "{body:?}");
        }
        assert_eq!(inline(&[0xff]), None);
    }

    #[test]
    fn secrets_are_left_out_unless_they_are_wanted() {
        let headers = [("Authorization", "Bearer abc"), ("cookie", "a=b"), ("content-length", "3"), ("x-a", "b")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let request = Request { method: "GET".to_owned(), target: "/".to_owned(), headers, ..Request::default() };
        let left_out = text(&request, Secrets::LeftOut, None, "r");
        assert_eq!(
            left_out,
            "### GET /\nGET /\nAuthorization: {{authorization}}\ncookie: {{cookie}}\nx-a: b\n\n<> ./r\n"
        );
        assert!(text(&request, Secrets::Kept, None, "r").contains("Authorization: Bearer abc\ncookie: a=b\n"));
    }
}
