//! A response as it came, and what tests say about responses.

/// A response, its headers in the order of the wire.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, as they are spelled.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    pub(crate) fn parse(head: &[u8]) -> Self {
        let mut headers = [httparse::EMPTY_HEADER; 100];
        let mut response = httparse::Response::new(&mut headers);
        let status = response.parse(head).expect("the head is HTTP");
        assert!(status.is_complete(), "{}", String::from_utf8_lossy(head));
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).expect("header values are text");
        Self {
            status: response.code.expect("a response has a status"),
            headers: response.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect(),
            body: Vec::new(),
        }
    }

    /// The value of a header that is there at most once.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let values = self.headers_named(name);
        assert!(values.len() < 2, "`{name}` is there more than once: {values:?}");
        values.first().copied()
    }

    /// Every value of a header, in order.
    pub fn headers_named(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Expects a status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// Expects a problem (RFC 9457) of this status that names the request.
    #[track_caller]
    pub fn is_problem(self, status: u16) -> Self {
        let reply = self.is(status);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.json()["status"], status);
        assert!(reply.header("x-request-id").is_some_and(|id| !id.is_empty()), "{:?}", reply.headers);
        reply
    }

    /// Expects a problem of the server's or the bridge's own, which has a name: `urn:mik:error:<name>`.
    #[track_caller]
    pub fn is_failure(self, status: u16, name: &str) -> Self {
        let reply = self.is_problem(status);
        assert_eq!(reply.json()["type"], format!("urn:mik:error:{name}"), "{}", reply.text());
        reply
    }
}
