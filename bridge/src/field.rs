//! What header names mean to the bridge. Names are compared without regard to case (RFC 9110 §5.1).

/// The length of the body.
pub(crate) const CONTENT_LENGTH: &str = "content-length";

/// Whom the client wanted to reach.
pub(crate) const HOST: &str = "host";

/// Fields that speak of one connection, not of the response (RFC 9110 §7.6.1). The connection belongs to the host.
const HOP_BY_HOP: [&str; 6] = ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

/// Whether a header has this name.
pub(crate) fn is(name: &[u8], expected: &str) -> bool {
    name.eq_ignore_ascii_case(expected.as_bytes())
}

/// Whether a handler must not set this header.
pub(crate) fn is_hop_by_hop(name: &[u8]) -> bool {
    HOP_BY_HOP.iter().any(|hop| is(name, hop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_case() {
        assert!(is(b"Content-Length", CONTENT_LENGTH));
        assert!(!is(b"content-lengt", CONTENT_LENGTH));
        assert!(is_hop_by_hop(b"Transfer-Encoding"));
        assert!(is_hop_by_hop(b"CONNECTION"));
        assert!(!is_hop_by_hop(b"content-type"));
    }
}
