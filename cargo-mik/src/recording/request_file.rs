//! A file of requests, read: what each says, with the values in place of the names.

use std::iter::Peekable;

use http::{HeaderName, HeaderValue, Method, Uri};

use super::error::{RecordingError, Source};
use super::expand::Variables;

/// The most requests of a file, and headers of one.
const REQUESTS_MOST: usize = 1000;
const HEADERS_MOST: usize = 100;

/// What begins the next request.
pub(super) const SEPARATOR: &str = "###";
/// What says that a body was not kept whole.
pub(super) const CUT: &str = "# @cut";

/// A request as it is written: its body may be in other files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// What follows `###`, or `# @name`.
    pub(super) name: Option<String>,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<Part>,
    pub(super) is_cut: bool,
    /// The file with its answer, after `<>`.
    pub(super) answer: Option<String>,
    /// Its line, from 1.
    pub(super) line: usize,
}

/// A piece of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// A file's content; after `<@` with values in place of names.
    File {
        path: String,
        expands: bool,
        at: usize,
    },
}

/// Reads a file's requests; `variables` comes to know what the file defines.
///
/// # Errors
/// It says something that is no request.
pub(super) fn parse(source: Source<'_>, variables: &mut Variables) -> Result<Vec<Written>, RecordingError> {
    let lines: Box<dyn Iterator<Item = &str>> = Box::new(source.text.split_inclusive('\n'));
    let mut parser = Parser { source, variables, lines: lines.peekable(), number: 0 };
    let mut requests = Vec::new();
    while parser.lines.peek().is_some() {
        if let Some(request) = parser.request()? {
            if requests.len() == REQUESTS_MOST {
                let help = "put the rest into another file";
                return Err(source.wrong(format!("a file has at most {REQUESTS_MOST} requests"), help, 0, 1));
            }
            requests.push(request);
        }
    }
    Ok(requests)
}

struct Parser<'a, 'v> {
    source: Source<'a>,
    variables: &'v mut Variables,
    lines: Peekable<Box<dyn Iterator<Item = &'a str> + 'a>>,
    /// How many lines have been read.
    number: usize,
}

impl<'a> Parser<'a, '_> {
    /// The next request, from its `###` to the next.
    fn request(&mut self) -> Result<Option<Written>, RecordingError> {
        let (mut name, mut is_cut) = (None, false);
        if let Some(title) = self.line_if(|line| line.starts_with(SEPARATOR)) {
            name = Some(title.trim_start_matches('#').trim()).filter(|title| !title.is_empty());
        }
        let line = loop {
            let Some(line) = self.line_if(|line| !line.starts_with(SEPARATOR)) else { return Ok(None) };
            let text = line.trim();
            if let Some(comment) = comment(text) {
                name = comment.strip_prefix("@name ").map(str::trim).or(name);
                is_cut |= text.starts_with(CUT);
            } else if let Some(definition) = text.strip_prefix('@') {
                self.define(definition)?;
            } else if text.starts_with('<') {
                return Err(self.script(text));
            } else if !text.is_empty() {
                break text;
            }
        };
        let number = self.number;
        let (method, mut target) = self.request_line(line)?;
        while let Some(more) = self.line_if(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty()) {
            target.push_str(&self.expand(more.trim())?);
        }
        self.check_target(line, &target)?;
        let headers = self.headers()?;
        let (body, answer) = self.body()?;
        let name = name.map(str::to_owned);
        Ok(Some(Written { name, method, target, headers, body, is_cut, answer, line: number }))
    }

    /// `name = value`.
    fn define(&mut self, definition: &str) -> Result<(), RecordingError> {
        let Some((name, value)) = definition.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
            let help = "write `@name = value`";
            return Err(self.source.wrong("this names no value", help, self.at(definition), definition.len()));
        };
        self.variables.define(name.trim(), value.trim(), self.at(value.trim()), self.source)
    }

    /// `GET /path HTTP/1.1`, of which the path is enough.
    fn request_line(&self, line: &str) -> Result<(String, String), RecordingError> {
        let (method, rest) = match line.split_once([' ', '\t']) {
            Some((method, rest)) if method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') => {
                (method, rest.trim())
            }
            _ => ("GET", line),
        };
        if method != "GET" && Method::from_bytes(method.as_bytes()).is_err() {
            let help = "write `GET /path`, with any other method in place of `GET`";
            return Err(self.source.wrong("this is no method", help, self.at(line), method.len()));
        }
        let target = match rest.rsplit_once([' ', '\t']) {
            Some((target, version)) if version.starts_with("HTTP/") => target.trim_end(),
            _ => rest,
        };
        Ok((method.to_owned(), self.expand(target)?))
    }

    fn check_target(&self, line: &str, target: &str) -> Result<(), RecordingError> {
        let is_known = target.starts_with('/') || target.starts_with("http://") || target.starts_with("https://");
        if is_known && target.parse::<Uri>().is_ok() {
            return Ok(());
        }
        let help = match is_known {
            true => "a space is written `%20`, and whatever else is no letter of a URL likewise",
            false => {
                "write `GET /path`, or a whole URL with its `http://`; headers come after that line, then an empty line and the body"
            }
        };
        Err(self.source.wrong(format!("`{target}` is neither a path nor a URL"), help, self.at(line), line.len()))
    }

    fn headers(&mut self) -> Result<Vec<(String, String)>, RecordingError> {
        let mut headers = Vec::new();
        while let Some(line) = self.line_if(|line| !line.trim().is_empty() && !line.starts_with(SEPARATOR)) {
            let line = line.trim();
            if comment(line).is_some() {
                continue;
            }
            let wrong = |message: &str, part: &str| {
                let help = "write `Name: value`; an empty line ends the headers, and the body comes after it";
                self.source.wrong(message, help, self.at(part), part.len())
            };
            let (name, value) = line.split_once(':').ok_or_else(|| wrong("this is no header", line))?;
            if HeaderName::from_bytes(name.as_bytes()).is_err() {
                return Err(wrong("this can't be a header's name", name));
            }
            let value = value.trim();
            let expanded = self.expand(value)?;
            if HeaderValue::from_bytes(expanded.as_bytes()).is_err() {
                return Err(wrong("this can't be a header's value", value));
            }
            if headers.len() == HEADERS_MOST {
                return Err(wrong("there are more headers than a server takes", line));
            }
            headers.push((name.to_owned(), expanded));
        }
        Ok(headers)
    }

    /// The body up to the next request, and the file with the answer.
    fn body(&mut self) -> Result<(Vec<Part>, Option<String>), RecordingError> {
        let (mut body, mut text, mut answer) = (Vec::new(), String::new(), None);
        while let Some(line) = self.line_if(|line| !line.starts_with(SEPARATOR)) {
            let trimmed = line.trim_end();
            if let Some(path) = trimmed.strip_prefix("<> ") {
                answer = Some(path.trim().to_owned());
            } else if trimmed.starts_with("< {%") || trimmed.starts_with("> ") || trimmed.starts_with(">>") {
                return Err(self.script(trimmed));
            } else if let Some((path, expands)) = file(trimmed) {
                push(&mut body, std::mem::take(&mut text));
                body.push(Part::File { path: path.to_owned(), expands, at: self.at(path) });
                text.push_str(line.get(trimmed.len()..).unwrap_or_default());
            } else if !(body.is_empty() && text.is_empty() && trimmed.is_empty()) {
                text.push_str(&self.expand(line)?);
            }
        }
        push(&mut body, text.trim_end_matches(['\r', '\n']).to_owned());
        Ok((body, answer))
    }

    fn script(&self, line: &str) -> RecordingError {
        let help =
            "remove it, or, where it is a part of the body, put the body into a file beside this one: `< ./body.txt`";
        self.source.wrong("scripts and redirections of answers are not done here", help, self.at(line), line.len())
    }

    fn expand(&self, text: &str) -> Result<String, RecordingError> {
        self.variables.expand(text, self.at(text), self.source)
    }

    /// The next line with its end, if it is such a one.
    fn line_if(&mut self, is_such: impl FnOnce(&str) -> bool) -> Option<&'a str> {
        let line = self.lines.next_if(|line| is_such(line))?;
        self.number += 1;
        Some(line)
    }

    /// Where a part of the text begins.
    fn at(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.source.text.as_ptr() as usize)
    }
}

fn push(body: &mut Vec<Part>, text: String) {
    if !text.is_empty() {
        body.push(Part::Text(text));
    }
}

/// What a comment says.
fn comment(line: &str) -> Option<&str> {
    line.strip_prefix("//").or_else(|| line.strip_prefix('#')).map(str::trim)
}

/// The file that a line of a body stands for, and whether names in it stand for values. An encoding after `<@` is not kept to: it
/// is UTF-8.
fn file(line: &str) -> Option<(&str, bool)> {
    if let Some(path) = line.strip_prefix("< ") {
        return Some((path.trim(), false));
    }
    let (_, path) = line.strip_prefix("<@")?.split_once(' ')?;
    Some((path.trim(), true))
}

#[cfg(test)]
mod tests;
