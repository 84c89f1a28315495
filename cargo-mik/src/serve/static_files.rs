//! Static files: `server.static`, served at `/static/…`. What is in the directory is public, but for what begins with a
//! dot, and nothing outside of it is.

use std::io;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty};
use tower_http::services::ServeDir;

use super::exchange::{Body, Broken};
use super::failure::Failure;
use super::open_file::{OpenFile, OpenFiles};
use crate::tools::files;

/// Below which path they are.
const PREFIX: &str = "/static";
/// The file that stands for its directory.
const INDEX: &str = "index.html";
/// What begins with a dot and is public all the same (RFC 8615).
const WELL_KNOWN: &str = ".well-known";

/// Answers with the file that the path names.
pub(super) async fn serve(parts: &Parts, directory: &Path, open: &OpenFiles) -> Result<Response<Body>, Failure> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Failure::MethodNotAllowed);
    }
    let path = parts.uri.path();
    let below = path.strip_prefix(PREFIX).unwrap_or(path);
    let file = file(below).ok_or(Failure::NotFound)?;
    let directory = directory.to_owned();
    // Links are followed where they lead to within the directory: a file outside of it was never meant.
    let permitted = tokio::task::spawn_blocking(move || permitted(&directory, &file));
    let permitted = permitted.await.map_err(|_| Failure::NotFound)?.map_err(|_| Failure::NotFound)?;
    let Permitted { root, brotli, gzip } = permitted.ok_or(Failure::NotFound)?;

    let mut request = Request::new(Empty::<Bytes>::new());
    *request.method_mut() = parts.method.clone();
    let target = parts.uri.query().map_or_else(|| below.to_owned(), |query| format!("{below}?{query}"));
    *request.uri_mut() = Uri::try_from(target).map_err(|_| Failure::NotFound)?;
    request.headers_mut().clone_from(&parts.headers);
    let mut served = ServeDir::new(root).redirect_path_prefix(PREFIX).ignore_multi_range_requests(true);
    if brotli {
        served = served.precompressed_br();
    }
    if gzip {
        served = served.precompressed_gzip();
    }
    let turn = open.take().await?;
    let response = served.try_call(request).await.map_err(|_| Failure::NotFound)?;
    checked(response.map(|body| OpenFile::new(body.map_err(|_| Broken).boxed_unsync(), turn).boxed_unsync()))
}

/// The file that a path names, relative to the directory. The same reading of the path as `ServeDir` has.
fn file(below: &str) -> Option<PathBuf> {
    let mut file = PathBuf::new();
    for segment in percent_decoded(below)?.split('/') {
        if segment.starts_with('.') && segment != WELL_KNOWN {
            return None;
        }
        let mut components = Path::new(segment).components();
        match (components.next(), components.next()) {
            (None, _) => {}
            (Some(Component::Normal(name)), None) if !segment.contains('\\') => file.push(name),
            _ => return None,
        }
    }
    Some(file)
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok().filter(|path| !path.contains('\0'))
}

/// What may be sent in answer to a path: nothing that lies elsewhere, whichever way it is linked to.
struct Permitted {
    /// The directory as it really is.
    root: PathBuf,
    brotli: bool,
    gzip: bool,
}

/// What may be sent, if the file that a path names is really in the directory.
fn permitted(directory: &Path, file: &Path) -> io::Result<Option<Permitted>> {
    let root = files::canonicalize(directory)?;
    let asked = root.join(file);
    let file = if files::metadata(&asked)?.is_dir() { asked.join(INDEX) } else { asked.clone() };
    let is_inside = |file: &Path| match files::canonicalize(file) {
        // Reading a pipe or a device may never come to an end.
        Ok(real) => real.starts_with(&root) && !is_special(&real),
        // Then it is not sent either.
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    let compressed = |ending: &str| {
        let mut name = file.clone().into_os_string();
        name.push(ending);
        is_inside(Path::new(&name))
    };
    let (brotli, gzip) = (compressed(".br"), compressed(".gz"));
    let inside = is_inside(&asked) && is_inside(&file);
    Ok(inside.then_some(Permitted { root, brotli, gzip }))
}

fn is_special(path: &Path) -> bool {
    files::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// The answer, with a problem in place of an empty one.
fn checked(response: Response<Body>) -> Result<Response<Body>, Failure> {
    match response.status() {
        StatusCode::NOT_FOUND => Err(Failure::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => Err(Failure::MethodNotAllowed),
        StatusCode::PRECONDITION_FAILED => Err(Failure::PreconditionFailed),
        StatusCode::RANGE_NOT_SATISFIABLE => {
            Err(Failure::RangeNotSatisfiable { length: response.headers().get(header::CONTENT_RANGE).cloned() })
        }
        _ => Ok(with_nosniff(response)),
    }
}

/// What a file is, its name says. Browsers are not to guess.
fn with_nosniff(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file_below_and_nothing_hidden() {
        for (below, expected) in [
            ("/a/b.css", Some("a/b.css")),
            ("/", Some("")),
            ("/a%20b", Some("a b")),
            ("//a//b/", Some("a/b")),
            ("/.well-known/x", Some(".well-known/x")),
            ("/.env", None),
            ("/a/.git/config", None),
            ("/%2egit/config", None),
            ("/..", None),
            ("/a/../../b", None),
            ("/%2e%2e/b", None),
            ("/..%2fb", None),
            ("/a%00b", None),
            ("/a%", None),
            ("/a%ff", None),
            ("/a\\..\\b", None),
        ] {
            assert_eq!(file(below), expected.map(PathBuf::from), "{below}");
        }
    }
}
