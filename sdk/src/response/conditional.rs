//! Answers to a client that has something already: 304, 206, 416.

use crate::header::{FromHeader, IfModifiedSince, IfNoneMatch, Range};
use crate::response::IntoResponse as _;
use crate::text::{join, push_number};
use crate::{Headers, Method, Problem, Request, Response, StatusCode, http_date};

impl Response {
    /// This response with an `ETag`: a name for this version of what it shows, of printable characters without quotes and
    /// spaces. Equal names mean equal bytes. With [`conditional`](Self::conditional), who has it is not sent it again.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// routes! { GET "/" => page }
    ///
    /// fn page(request: &Request) -> Response {
    ///     ok!({ "version": 7 }).with_etag("v7").conditional(request)
    /// }
    ///
    /// let response = testing::get("/").send(handle);
    /// assert_eq!(response.header("etag"), Some("\"v7\""));
    /// let response = testing::get("/").header("if-none-match", "\"v7\"").send(handle);
    /// assert_eq!((response.status(), response.body()), (StatusCode::NOT_MODIFIED, &b""[..]));
    /// ```
    #[must_use]
    pub fn with_etag(self, version: impl AsRef<str>) -> Self {
        self.tagged("\"", version.as_ref())
    }

    /// This response with a weak `ETag`: equal names mean that it says the same, not that it is the same bytes.
    #[must_use]
    pub fn with_weak_etag(self, version: impl AsRef<str>) -> Self {
        self.tagged("W/\"", version.as_ref())
    }

    #[inline(never)]
    fn tagged(mut self, before: &str, version: &str) -> Self {
        let is_tag = version.bytes().all(|byte| byte > b' ' && byte != b'"' && byte != 0x7f);
        // What cannot be a tag is no field that can be sent, either: the response becomes a 500.
        let tag = if is_tag { join(&[before, version, "\""]) } else { "\n".to_owned() };
        self.headers.insert("etag", tag);
        self
    }

    /// This response with a `Last-Modified`, in seconds since 1970. An [`ETag`](Self::with_etag) says more: it knows of
    /// changes within a second.
    #[must_use]
    pub fn with_last_modified(mut self, seconds: u64) -> Self {
        self.headers.insert("last-modified", http_date::format(seconds));
        self
    }

    /// This response, or a 304 without a body where the client has it already: where `If-None-Match` names its `ETag`, or,
    /// without one, `If-Modified-Since` is no earlier than its `Last-Modified` (RFC 9110, 13.2.2). For `GET` and `HEAD`, and
    /// for answers with success; every other response stays what it is.
    #[must_use]
    #[inline(never)]
    pub fn conditional(mut self, request: &Request) -> Self {
        let is_read = matches!(request.method(), Method::Get | Method::Head);
        if !is_read || !self.status.is_success() || !self.is_known_to(request.headers()) {
            return self;
        }
        self.status = StatusCode::NOT_MODIFIED;
        self.body = Vec::new();
        for name in ["content-type", "content-length", "content-encoding", "content-disposition", "content-range"] {
            self.headers.remove(name);
        }
        self
    }

    fn is_known_to(&self, asked: &Headers) -> bool {
        if asked.contains(IfNoneMatch::NAME) {
            let known = IfNoneMatch::from_headers(asked).ok().flatten();
            // `*` is whatever there is, with a tag or without; an empty text is no tag.
            return known.is_some_and(|known| known.includes(self.header("etag").unwrap_or_default()));
        }
        let since = IfModifiedSince::from_headers(asked).ok().flatten();
        let modified = self.header("last-modified").and_then(http_date::parse);
        since.zip(modified).is_some_and(|(IfModifiedSince(since), modified)| modified <= since)
    }

    /// This response, or the part of it that the client asks for: a 206 with that part, a 416 where there is no such part
    /// (RFC 9110, 14). It says that it can (`Accept-Ranges`). One range is answered; who asks for several gets the whole, as
    /// does who asks with an `If-Range` that is not this version. For `GET` and a 200; every other response stays what it is.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// routes! { GET "/file" => file }
    ///
    /// fn file(request: &Request) -> Response {
    ///     Bytes::from("0123456789").into_response().ranged(request)
    /// }
    ///
    /// let response = testing::get("/file").header("range", "bytes=2-4").send(handle);
    /// assert_eq!((response.status(), response.text()), (StatusCode::PARTIAL_CONTENT, Some("234")));
    /// assert_eq!(response.header("content-range"), Some("bytes 2-4/10"));
    ///
    /// let response = testing::get("/file").header("range", "bytes=10-").send(handle);
    /// assert_eq!(response.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    /// assert_eq!(response.header("content-range"), Some("bytes */10"));
    /// ```
    #[must_use]
    #[inline(never)]
    pub fn ranged(mut self, request: &Request) -> Self {
        if self.status != StatusCode::OK {
            return self;
        }
        self.headers.insert("accept-ranges", "bytes");
        if request.method() != Method::Get || !self.is_what_the_range_is_of(request.headers()) {
            return self;
        }
        // What makes no sense is passed over (14.2).
        let Ok(Some(range)) = Range::from_headers(request.headers()) else {
            return self;
        };
        let len = self.body.len();
        let mut said = String::from("bytes ");
        let Some(range) = range.within(len) else {
            said.push_str("*/");
            push_number(&mut said, len as u64);
            let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE).with_detail("there are no such bytes");
            return problem.with_header("content-range", said).into_response();
        };
        push_number(&mut said, range.start as u64);
        said.push('-');
        push_number(&mut said, range.end as u64 - 1);
        said.push('/');
        push_number(&mut said, len as u64);
        self.body.truncate(range.end);
        self.body.drain(..range.start);
        self.status = StatusCode::PARTIAL_CONTENT;
        self.headers.insert("content-range", said);
        self
    }

    /// `If-Range` (13.1.5): the same tag, both strong; or the same date, to the letter.
    fn is_what_the_range_is_of(&self, asked: &Headers) -> bool {
        match asked.get("if-range") {
            None => true,
            Some(version) if version.ends_with('"') => {
                !version.starts_with("W/") && self.header("etag") == Some(version)
            }
            Some(date) => self.header("last-modified") == Some(date),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn get(fields: &[(&str, &str)]) -> Request {
        fields.iter().fold(Request::new(Method::Get, "/"), |request, (name, value)| request.with_header(*name, *value))
    }

    fn page() -> Response {
        Response::new(StatusCode::OK)
            .with_body("0123456789")
            .with_content_type("text/plain")
            .with_etag("v1")
            .with_last_modified(784_111_777)
    }

    #[test]
    fn who_has_it_gets_a_304() {
        for (fields, status) in [
            (&[("if-none-match", "\"v1\"")][..], 304),
            (&[("if-none-match", "\"v0\", W/\"v1\"")], 304),
            (&[("if-none-match", "*")], 304),
            (&[("if-none-match", "\"v2\"")], 200),
            (&[("if-none-match", "v1")], 200),
            (&[("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT")], 304),
            (&[("if-modified-since", "Sun, 06 Nov 1994 08:49:36 GMT")], 200),
            (&[("if-modified-since", "yesterday")], 200),
            // The tag decides where there is one (13.2.2).
            (&[("if-none-match", "\"v2\""), ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT")], 200),
            (&[], 200),
        ] {
            let response = page().conditional(&get(fields));
            assert_eq!(response.status(), status, "{fields:?}");
            assert_eq!(response.body().is_empty(), status == 304);
            assert_eq!(response.header("content-type").is_none(), status == 304);
            assert_eq!(response.header("etag"), Some("\"v1\""));
        }
        let untagged = || Response::new(StatusCode::OK).with_body("0");
        assert_eq!(untagged().conditional(&get(&[("if-none-match", "*")])).status(), 304);
        assert_eq!(untagged().conditional(&get(&[("if-none-match", "\"\", W/\"\"")])).status(), 200);
        let post = Request::new(Method::Post, "/").with_header("if-none-match", "*");
        assert_eq!(page().conditional(&post).status(), 200);
        let missing = Response::new(StatusCode::NOT_FOUND).conditional(&get(&[("if-none-match", "*")]));
        assert_eq!(missing.status(), 404);
    }

    #[test]
    fn parts_are_cut_out() {
        for (fields, status, body) in [
            (&[("range", "bytes=0-0")][..], 206, "0"),
            (&[("range", "bytes=-3")], 206, "789"),
            (&[("range", "bytes=5-100")], 206, "56789"),
            (&[("range", "bytes=0-1,3-4")], 200, "0123456789"),
            (&[("range", "nonsense")], 200, "0123456789"),
            (&[("range", "bytes=1-2"), ("if-range", "\"v1\"")], 206, "12"),
            (&[("range", "bytes=1-2"), ("if-range", "\"v0\"")], 200, "0123456789"),
            (&[("range", "bytes=1-2"), ("if-range", "W/\"v1\"")], 200, "0123456789"),
            (&[("range", "bytes=1-2"), ("if-range", "Sun, 06 Nov 1994 08:49:37 GMT")], 206, "12"),
        ] {
            let response = page().ranged(&get(fields));
            assert_eq!((response.status().as_u16(), response.text().unwrap()), (status, body), "{fields:?}");
            assert_eq!(response.header("accept-ranges"), Some("bytes"));
        }
        let response = page().ranged(&get(&[("range", "bytes=99-")]));
        assert_eq!((response.status().as_u16(), response.header("content-range")), (416, Some("bytes */10")));
    }

    #[test]
    fn what_is_no_tag_is_not_sent() {
        for wrong in ["a\"b", "a b", "a\r\nb", "\u{7f}"] {
            assert_eq!(page().with_etag(wrong).headers().first_invalid(), Some("etag"), "{wrong:?}");
        }
        assert_eq!(page().with_weak_etag("ü").header("etag"), Some("W/\"ü\""));
    }
}
