//! The request as it was typed, by the rules of curl.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use miette::Diagnostic;
use thiserror::Error;

use crate::recording::Request;
use crate::tools::files;

/// The largest body that is sent, in bytes: more than any server takes.
const BODY_MOST: u64 = 4 << 30;

/// What curl's options of the same names say of a request.
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(super) struct DataFlags {
    /// The method [default: GET, or POST with a body]
    #[arg(short = 'X', long = "request", value_name = "METHOD")]
    method: Option<String>,
    /// A header, `Name: value`; `Name:` leaves out one that would be sent, `Name;` sends it empty
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// The body, as a form; @FILE reads it without its line ends, @- from stdin. Several are joined with `&`
    #[arg(short = 'd', long = "data", value_name = "DATA", allow_hyphen_values = true)]
    data: Vec<String>,
    /// The same, with @ as any other character
    #[arg(long, value_name = "DATA", conflicts_with = "data", allow_hyphen_values = true)]
    data_raw: Vec<String>,
    /// The body as it is; @FILE reads a file, @- stdin
    #[arg(long, value_name = "DATA", conflicts_with_all = ["data", "data_raw"], allow_hyphen_values = true)]
    data_binary: Option<String>,
    /// The body as it is, of type `application/json`: curl's --json, which here is the form of the output
    #[arg(long, value_name = "DATA", conflicts_with_all = ["data", "data_raw", "data_binary"], allow_hyphen_values = true)]
    data_json: Option<String>,
    /// Ask for the head alone: the method is HEAD
    #[arg(short = 'I', long, conflicts_with_all = ["method", "data", "data_raw", "data_binary", "data_json"])]
    head: bool,
}

/// Why no request comes of what was typed.
#[derive(Debug, Error, Diagnostic)]
pub(super) enum DataError {
    #[error("`{header}` is no header")]
    #[diagnostic(code(mik::cli::no_header), help("write `-H 'Name: value'`"))]
    NoHeader { header: String },
    #[error("the body can't be read from {from}")]
    #[diagnostic(
        code(mik::cli::no_body),
        help("`-d @FILE` reads a file; a body that begins with `@` is written with `--data-raw`")
    )]
    NoBody { from: String, source: std::io::Error },
    #[error("the body is larger than 4 GiB")]
    #[diagnostic(code(mik::cli::large_body), help("no server takes as much"))]
    TooLarge,
}

impl DataFlags {
    /// The request.
    pub(super) fn request(self, target: String) -> Result<Request, DataError> {
        let Self { method, headers, data, data_raw, data_binary, data_json, head } = self;
        let mut defaults = vec![("accept", "*/*")];
        let form = ("content-type", "application/x-www-form-urlencoded");
        let body = match (data_binary, data_json) {
            (Some(binary), _) => {
                defaults.push(form);
                Some(read(&binary)?)
            }
            (None, Some(json)) => {
                defaults = vec![("accept", "application/json"), ("content-type", "application/json")];
                Some(read(&json)?)
            }
            (None, None) if !data.is_empty() => {
                defaults.push(form);
                let pieces = data.iter().map(|piece| read_line(piece)).collect::<Result<Vec<_>, _>>()?;
                Some(pieces.join(&b'&'))
            }
            (None, None) if !data_raw.is_empty() => {
                defaults.push(form);
                Some(data_raw.join("&").into_bytes())
            }
            (None, None) => None,
        };
        let method = match (method, head, &body) {
            (Some(method), _, _) => method,
            (None, true, _) => "HEAD".to_owned(),
            (None, false, Some(_)) => "POST".to_owned(),
            (None, false, None) => "GET".to_owned(),
        };
        let headers = merge(defaults, &headers)?;
        Ok(Request { method, target, headers, body: body.unwrap_or_default(), is_cut: false })
    }
}

/// What was typed, and of what would be sent anyway whatever was not typed.
fn merge(defaults: Vec<(&str, &str)>, typed: &[String]) -> Result<Vec<(String, String)>, DataError> {
    let mut headers: Vec<(String, String)> =
        defaults.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut own = Vec::new();
    for header in typed {
        let no_header = || DataError::NoHeader { header: header.clone() };
        let (name, value) = match (header.split_once(':'), header.strip_suffix(';')) {
            (Some((name, value)), _) => (name, Some(value.trim()).filter(|value| !value.is_empty())),
            (None, Some(name)) => (name, Some("")),
            (None, None) => return Err(no_header()),
        };
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            return Err(no_header());
        }
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        own.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
    headers.extend(own);
    Ok(headers)
}

/// `@FILE`, `@-`, or what was typed itself.
fn read(data: &str) -> Result<Vec<u8>, DataError> {
    let Some(from) = data.strip_prefix('@') else { return Ok(data.as_bytes().to_vec()) };
    if from == "-" {
        let mut bytes = Vec::new();
        let stdin = std::io::stdin().lock().take(BODY_MOST + 1).read_to_end(&mut bytes);
        stdin.map_err(|source| DataError::NoBody { from: "stdin".to_owned(), source })?;
        return if bytes.len() as u64 > BODY_MOST { Err(DataError::TooLarge) } else { Ok(bytes) };
    }
    let read = files::read_at_most(&PathBuf::from(from), BODY_MOST);
    read.map_err(|source| DataError::NoBody { from: format!("`{from}`"), source })?.ok_or(DataError::TooLarge)
}

/// The same, without the line ends of a file.
fn read_line(data: &str) -> Result<Vec<u8>, DataError> {
    let mut bytes = read(data)?;
    if data.starts_with('@') {
        bytes.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        data: DataFlags,
    }

    fn request(words: &[&str]) -> Request {
        Typed::parse_from(["x"].iter().chain(words)).data.request("/".to_owned()).unwrap()
    }

    fn headers(request: &Request) -> String {
        request.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
    }

    #[test]
    fn what_is_typed_comes_to_what_curl_sends() {
        let get = request(&[]);
        assert_eq!((get.method.as_str(), headers(&get).as_str(), get.body.len()), ("GET", "accept: */*\n", 0));
        let form = request(&["-d", "a=b", "-d", "c=@d"]);
        let form_headers = "accept: */*\ncontent-type: application/x-www-form-urlencoded\n";
        assert_eq!((form.method.as_str(), headers(&form).as_str()), ("POST", form_headers));
        assert_eq!(form.body, b"a=b&c=@d");
        let json = request(&["--data-json", "{}", "-X", "PUT", "-H", "Accept: text/plain"]);
        assert_eq!(headers(&json), "content-type: application/json\nAccept: text/plain\n");
        assert_eq!((json.method.as_str(), json.body.as_slice()), ("PUT", &b"{}"[..]));
        let raw = request(&["--data-raw", "@a", "-H", "content-type:", "-H", "X-Empty;"]);
        assert_eq!((headers(&raw).as_str(), raw.body.as_slice()), ("accept: */*\nX-Empty: \n", &b"@a"[..]));
        assert_eq!(request(&["-I"]).method, "HEAD");
    }

    #[test]
    fn files_are_read_without_their_line_ends_or_as_they_are() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("body");
        files::write(&path, b"a\r\nb\n").unwrap();
        let at = format!("@{}", path.display());
        assert_eq!(request(&["-d", &at]).body, b"ab");
        assert_eq!(request(&["--data-binary", &at]).body, b"a\r\nb\n");
        let missing = Typed::parse_from(["x", "-d", "@/no/such/file"]).data.request("/".to_owned());
        assert!(matches!(missing, Err(DataError::NoBody { .. })));
        for header in ["nothing", "a b: c", ": d"] {
            let typed = Typed::parse_from(["x", "-H", header]).data.request("/".to_owned());
            assert!(matches!(typed, Err(DataError::NoHeader { .. })), "{header}");
        }
    }
}
