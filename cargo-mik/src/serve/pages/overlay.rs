//! The script that shows a failed build over a page of the handler's: added at the end of pages that a browser has gone to.
//!
//! A script is something that the handler has not written, so it is added only where it can't break anything: to what a tab shows
//! as a whole, that is HTML, that nothing has encoded, signed or forbidden scripts in. All before it goes out as it comes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};

use super::super::exchange::{Body, Broken};

/// Where the script is.
pub(super) const SCRIPT_PATH: &str = "/_mik/overlay.js";

const TAG: &str = "<script src=\"/_mik/overlay.js\" async></script>";

/// Headers with which a page is not to be changed.
const KEPT_WITH: &[&str] = &[
    "content-digest",
    "content-encoding",
    "content-range",
    "content-security-policy",
    "digest",
    "repr-digest",
    "signature",
];

/// Whether a request is a tab's that goes to a page. Only browsers say so, and no script can.
pub(in super::super) fn is_navigation(method: &Method, headers: &HeaderMap) -> bool {
    let says = |name: &str, value: &str| headers.get(name).is_some_and(|it| it == value);
    *method == Method::GET && says("sec-fetch-dest", "document") && says("sec-fetch-mode", "navigate")
}

/// Adds the script to a handler's answer, where that can be done.
pub(in super::super) fn add_script(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let has_body =
        !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED);
    if !has_body
        || !essence.eq_ignore_ascii_case("text/html")
        || KEPT_WITH.iter().any(|name| headers.contains_key(*name))
    {
        return response;
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let Some(length) = length.and_then(|length| length.checked_add(TAG.len() as u64)) {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
        .map(|body| WithScript { body, tail: Some(Bytes::from_static(TAG.as_bytes())), trailers: None }.boxed_unsync())
}

/// A body, and the script after it.
struct WithScript {
    body: Body,
    tail: Option<Bytes>,
    /// What comes after all of a body.
    trailers: Option<Frame<Bytes>>,
}

impl hyper::body::Body for WithScript {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = &mut *self;
        if this.tail.is_none() {
            return Poll::Ready(this.trailers.take().map(Ok));
        }
        match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
            Some(Ok(frame)) if frame.is_trailers() => this.trailers = Some(frame),
            // One that breaks off is no page.
            Some(frame) => return Poll::Ready(Some(frame)),
            None => {}
        }
        Poll::Ready(this.tail.take().map(|tail| Ok(Frame::data(tail))))
    }

    fn is_end_stream(&self) -> bool {
        self.tail.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let tail = self.tail.as_ref().map_or(0, Bytes::len) as u64;
        let (mut hint, body) = (SizeHint::new(), self.body.size_hint());
        hint.set_lower(body.lower().saturating_add(tail));
        if let Some(upper) = body.upper().and_then(|upper| upper.checked_add(tail)) {
            hint.set_upper(upper);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use hyper::body::Body as _;

    use super::super::super::failure::full;
    use super::*;

    async fn with(headers: &[(&str, &str)]) -> (HeaderMap, String) {
        let mut response = Response::new(full("<p>page</p>"));
        for (name, value) in headers {
            response
                .headers_mut()
                .insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        let response = add_script(response);
        let exact = response.body().size_hint().exact();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert_eq!(exact, Some(text.len() as u64));
        (parts.headers, text)
    }

    #[tokio::test]
    async fn a_page_gets_the_script_at_its_end_and_says_how_long_it_is() {
        let (headers, text) = with(&[("content-type", "Text/HTML; charset=utf-8"), ("content-length", "11")]).await;
        assert_eq!(text, format!("<p>page</p>{TAG}"));
        assert_eq!(headers[header::CONTENT_LENGTH], text.len().to_string());
        assert!(TAG.contains(SCRIPT_PATH));
    }

    #[tokio::test]
    async fn what_is_no_page_or_is_not_to_be_changed_is_left_as_it_is() {
        let html = ("content-type", "text/html");
        for headers in [
            &[][..],
            &[("content-type", "text/plain")],
            &[("content-type", "text/htmlx")],
            &[html, ("content-encoding", "gzip")],
            &[html, ("content-security-policy", "default-src 'self'")],
            &[html, ("repr-digest", "sha-256=:x:")],
        ] {
            assert_eq!(with(headers).await.1, "<p>page</p>", "{headers:?}");
        }
    }

    #[test]
    fn only_a_tab_that_goes_to_a_page_is_a_navigation() {
        let headers = |dest: &str, mode: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("sec-fetch-dest", dest.parse().unwrap());
            headers.insert("sec-fetch-mode", mode.parse().unwrap());
            headers
        };
        assert!(is_navigation(&Method::GET, &headers("document", "navigate")));
        assert!(!is_navigation(&Method::POST, &headers("document", "navigate")));
        assert!(!is_navigation(&Method::GET, &headers("iframe", "navigate")));
        assert!(!is_navigation(&Method::GET, &headers("empty", "cors")));
        assert!(!is_navigation(&Method::GET, &HeaderMap::new()));
    }
}
