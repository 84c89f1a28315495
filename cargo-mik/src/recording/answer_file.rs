//! An answer as the text of a file, and read from one.

use std::fmt::Write as _;

use http::{HeaderName, StatusCode};

use super::error::{RecordingError, Source};
use super::message::{Answer, Secrets, as_text};
use super::request_file::CUT;
use super::request_text::OF_CONNECTION;

/// An answer as it is written: its body may be in another file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) answer: Answer,
    /// The file with its body.
    pub(super) body: Option<String>,
}

/// What a line of a body says that is in another file.
const FILE: &str = "< ";

/// The body as text of the file itself; nothing, where it has to be in one of its own.
pub(super) fn inline(body: &[u8]) -> Option<&str> {
    as_text(body).filter(|text| !text.starts_with(FILE))
}

/// An answer as a file has it; `body` is the file with its body, where it is in one of its own.
pub(super) fn text(answer: &Answer, secrets: Secrets, body: Option<&str>) -> String {
    let Answer { status, headers, body: bytes, is_cut } = answer;
    let mut text = String::new();
    // Writing to a string does not fail.
    if *is_cut {
        let _ = writeln!(text, "{CUT} The body goes on, or broke off: it is kept up to {} bytes", bytes.len());
    }
    let reason = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
    let _ = writeln!(text, "{}", format!("HTTP/1.1 {status} {reason}").trim_end());
    for (name, value) in headers {
        if !OF_CONNECTION.contains(&name.to_ascii_lowercase().as_str()) {
            let _ = writeln!(text, "{}", format!("{name}: {}", secrets.kept(name, value)).trim_end());
        }
    }
    text.push('\n');
    match (body, inline(bytes)) {
        (Some(file), _) => drop(writeln!(text, "{FILE}./{file}")),
        (None, body) => text.push_str(body.unwrap_or_default()),
    }
    text
}

/// Reads an answer.
///
/// # Errors
/// It is none.
pub(super) fn parse(source: Source<'_>) -> Result<Written, RecordingError> {
    let (mut at, mut status, mut answer) = (0, None, Answer::default());
    for line in source.text.split_inclusive('\n') {
        let (begin, trimmed) = (at, line.trim_end());
        at += line.len();
        let wrong = |message: &str, help: &str| source.wrong(message, help, begin, trimmed.len());
        match status {
            None if trimmed.starts_with('#') => answer.is_cut |= trimmed.starts_with(CUT),
            None => {
                status = Some(status_of(trimmed).ok_or_else(|| {
                    wrong(
                        "this is no answer",
                        "it begins with a line like `HTTP/1.1 200 OK`; `cargo mik replay --update` writes it anew",
                    )
                })?)
            }
            Some(_) if trimmed.is_empty() => break,
            Some(_) => {
                let named = trimmed.split_once(':').filter(|(name, _)| HeaderName::from_bytes(name.as_bytes()).is_ok());
                let help = "write `Name: value`; an empty line ends the headers, and the body comes after it";
                let (name, value) = named.ok_or_else(|| wrong("this is no header", help))?;
                answer.headers.push((name.to_owned(), value.trim().to_owned()));
            }
        }
    }
    let help = "it begins with a line like `HTTP/1.1 200 OK`; `cargo mik replay --update` writes it anew";
    answer.status = status.ok_or_else(|| source.wrong("there is no answer in this file", help, 0, 1))?;
    let body = source.text.get(at..).unwrap_or_default();
    let file = body.strip_prefix(FILE).filter(|rest| rest.trim_end().lines().count() == 1);
    if file.is_none() {
        answer.body = body.as_bytes().to_vec();
    }
    Ok(Written { answer, body: file.map(|path| path.trim().to_owned()) })
}

/// `HTTP/1.1 200 OK`.
fn status_of(line: &str) -> Option<u16> {
    let mut words = line.split_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    words.next()?.parse().ok().filter(|status| (100..1000).contains(status))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> Result<Written, RecordingError> {
        parse(Source { path: Path::new("a.response.http"), text })
    }

    #[test]
    fn what_was_written_is_read_again() {
        for body in ["", "a", "a\n", "\n\n", "### a\n", "{{a}}", "# @cut", "a\n< b\n", "HTTP/1.1 1"] {
            let headers = vec![("x-a".to_owned(), String::new()), ("x-a".to_owned(), "b: c".to_owned())];
            let answer = Answer { status: 299, headers, body: body.as_bytes().to_vec(), is_cut: body.is_empty() };
            let read = read(&text(&answer, Secrets::Kept, None)).unwrap();
            assert_eq!(read, Written { answer, body: None });
        }
        let answer = Answer { status: 200, body: vec![0xff], ..Answer::default() };
        assert_eq!(read(&text(&answer, Secrets::Kept, Some("b.bin"))).unwrap().body.as_deref(), Some("./b.bin"));
    }

    #[test]
    fn what_is_no_answer_is_pointed_at() {
        for (text, message) in [
            ("", "no answer in this file"),
            ("# a\n", "no answer in this file"),
            ("{}", "this is no answer"),
            ("GET /\n", "this is no answer"),
            ("HTTP/1.1\n", "this is no answer"),
            ("HTTP/1.1 99999\n", "this is no answer"),
            ("HTTP/1.1 200\nwhat\n", "this is no header"),
        ] {
            assert!(read(text).unwrap_err().to_string().contains(message), "{text}");
        }
    }
}
