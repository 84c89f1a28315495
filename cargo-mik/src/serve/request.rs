//! The request's head: whether it can be taken, and how it is told of. And the request as the guest gets it: the path that it is
//! to see, the authority where WASI looks for it, and the headers that are its business.

use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, Request, Uri, Version, header};
use wasmtime_wasi_http::DEFAULT_FORBIDDEN_HEADERS;

use super::connection::{HEAD_MOST, HEADERS_MOST};
use super::failure::Failure;

/// The longest path with query that is passed on, in bytes.
pub(super) const URI_MOST: usize = 8 << 10;

/// Makes the guest's request from the client's.
///
/// # Errors
/// It names no host, or more than one, or one that can't be.
pub(super) fn guest_request<B>(parts: Parts, seen: PathAndQuery, body: B) -> Result<Request<B>, Failure> {
    let Parts { method, uri, version, headers, extensions, .. } = parts;
    let scheme = extensions.get().cloned().unwrap_or(Scheme::HTTP);
    let mut hosts = headers.get_all(header::HOST).iter();
    let authority = match (uri.authority(), hosts.next(), hosts.next()) {
        (_, _, Some(_)) => return Err(Failure::Malformed("there is more than one `host`")),
        // RFC 9112 §3.2.2: an authority in the request line is the one that counts.
        (Some(authority), _, None) => authority.clone(),
        (None, Some(host), None) if host.is_empty() => return Err(Failure::Malformed("`host` is empty")),
        (None, Some(host), None) => {
            Authority::try_from(host.as_bytes()).map_err(|_| Failure::Malformed("`host` is not a host and a port"))?
        }
        (None, None, None) if version < Version::HTTP_11 => Authority::from_static("localhost"),
        (None, None, None) => return Err(Failure::Malformed("there is no `host`")),
    };
    let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query(seen).build();
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri.map_err(|_| Failure::Malformed("the address is not valid"))?;
    *request.version_mut() = version;
    *request.headers_mut() = guest_headers(headers);
    Ok(request)
}

/// What is left of the headers without those that concern the connection, in the order in which they came.
///
/// wasmtime-wasi-http removes them too, but `HeaderMap::remove` puts the last header in the removed one's place.
fn guest_headers(headers: HeaderMap) -> HeaderMap {
    let mut seen = HeaderMap::with_capacity(headers.keys_len());
    let mut last = None;
    for (name, value) in headers {
        // A repeated header has its name only once.
        last = name.or(last);
        if let Some(name) = &last
            && !is_the_connections(name)
        {
            seen.append(name.clone(), value);
        }
    }
    seen
}

fn is_the_connections(name: &HeaderName) -> bool {
    // What `expect` asks for, the server has done.
    name == header::EXPECT || DEFAULT_FORBIDDEN_HEADERS.contains(name)
}

/// Method and path, as the log and the terminal are told of them: no longer than a path may be, and with nothing in it
/// that moves a terminal's cursor. A path may have control characters in it, those from U+0080 on.
pub(super) fn request_line(parts: &Parts) -> String {
    use std::fmt::Write as _;
    let mut line = String::new();
    for c in parts.method.as_str().chars().chain([' ']).chain(parts.uri.path().chars()) {
        if line.len() >= URI_MOST {
            line.push('…');
            break;
        }
        match c {
            c if c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string does not fail.
                    let _ = write!(line, "%{byte:02X}");
                }
            }
            c => line.push(c),
        }
    }
    line
}

/// Heads that are too large. In HTTP/1.1 most of them end before they are here.
pub(super) fn check_head(parts: &Parts) -> Result<(), Failure> {
    let bytes: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > HEAD_MOST || parts.headers.len() > HEADERS_MOST {
        return Err(Failure::HeadTooLarge { bytes: HEAD_MOST, headers: HEADERS_MOST });
    }
    Ok(())
}

/// The length that a message announces for its body.
pub(super) fn announced(parts: &Parts) -> Option<u64> {
    parts.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_keep_their_order_without_those_of_the_connection() {
        let request = Request::get("/")
            .header("host", "a")
            .header("x-b", "1")
            .header("connection", "close")
            .header("x-a", "2")
            .header("x-b", "3")
            .header("expect", "100-continue")
            .header("x-c", "4");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let request = guest_request(parts, PathAndQuery::from_static("/seen"), ()).unwrap();
        let headers: Vec<_> =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(headers, [("x-b", "1"), ("x-b", "3"), ("x-a", "2"), ("x-c", "4")]);
        assert_eq!(request.uri(), "http://a/seen");
    }
}
