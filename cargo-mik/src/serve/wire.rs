//! A connection's bytes below hyper: what was read ahead to tell the protocol, and hyper's own replies to what it can't
//! parse, which are bare heads, held back so that a whole answer takes their place.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

/// A bare reply is shorter than this.
const BARE_MOST: usize = 192;

/// A stream as hyper gets it.
pub(super) struct Wire<S> {
    stream: S,
    ahead: Bytes,
    /// What looks like a reply of hyper's own, not sent yet. More to read or to write shows that it is not: hyper's own
    /// is the last that it does.
    held: Bytes,
    /// Whether anything is held back: HTTP/2 has no such replies.
    holds: bool,
}

impl<S> Wire<S> {
    pub(super) fn http1(stream: S, ahead: Bytes) -> Self {
        Self { stream, ahead, held: Bytes::new(), holds: true }
    }

    pub(super) fn http2(stream: S, ahead: Bytes) -> Self {
        Self { stream, ahead, held: Bytes::new(), holds: false }
    }

    /// The status of the bare reply that is held back.
    pub(super) fn held(&self) -> Option<StatusCode> {
        bare_reply(&self.held).map(|(_, status)| status)
    }

    /// The stream, and nothing of what is held back.
    pub(super) fn into_stream(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Sends what is held back after all, and ends the connection.
    pub(super) async fn close(mut self) -> io::Result<()> {
        self.stream.write_all_buf(&mut self.held).await?;
        self.stream.shutdown().await
    }

    fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.held.has_remaining() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &self.held))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.held.advance(written),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Wire<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Poll::Ready(Err(error)) = this.poll_release(cx) {
            return Poll::Ready(Err(error));
        }
        if this.ahead.has_remaining() {
            let count = this.ahead.len().min(buffer.remaining());
            buffer.put_slice(&this.ahead.split_to(count));
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        ready!(this.poll_release(cx))?;
        match bare_reply(bytes).filter(|_| this.holds) {
            Some((0, _)) => {
                this.held = Bytes::copy_from_slice(bytes);
                Poll::Ready(Ok(bytes.len()))
            }
            // What comes before it first; it comes again.
            Some((at, _)) => Pin::new(&mut this.stream).poll_write(cx, bytes.get(..at).unwrap_or(bytes)),
            None => Pin::new(&mut this.stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut filled = slices.iter().filter(|slice| !slice.is_empty());
        // hyper writes a head by itself before it has a body to write with it.
        if let (Some(only), None) = (filled.next(), filled.next()) {
            return self.poll_write(cx, only);
        }
        ready!(self.poll_release(cx))?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_release(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Where in these bytes a reply of hyper's own begins, if they end with one. Ours have an `x-request-id`, so none of them
/// is taken for one.
fn bare_reply(bytes: &[u8]) -> Option<(usize, StatusCode)> {
    let start = bytes.len().saturating_sub(BARE_MOST);
    let end = bytes.get(start..).filter(|end| end.ends_with(b"\r\n\r\n"))?;
    let at = end.windows(9).rposition(|window| window == b"HTTP/1.1 " || window == b"HTTP/1.0 ")?;
    let head = std::str::from_utf8(end.get(at..)?).ok()?;
    let mut lines = head.strip_suffix("\r\n\r\n")?.split("\r\n");
    let status = lines.next()?.get(9..12)?.parse().ok()?;
    let bare = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        ["connection", "content-length", "date"].iter().any(|bare| name.eq_ignore_ascii_case(bare))
    };
    (matches!(status, StatusCode::BAD_REQUEST | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
        && lines.all(bare))
    .then_some((start + at, status))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, duplex};

    use super::*;

    const BARE: &str = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

    #[test]
    fn only_a_reply_with_nothing_of_ours_is_bare() {
        assert_eq!(bare_reply(BARE.as_bytes()), Some((0, StatusCode::BAD_REQUEST)));
        assert_eq!(bare_reply(format!("...{BARE}").as_bytes()), Some((3, StatusCode::BAD_REQUEST)));
        for other in [
            "",
            "0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\nx-request-id: 1\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\nmore",
        ] {
            assert_eq!(bare_reply(other.as_bytes()), None, "{other}");
        }
    }

    #[tokio::test]
    async fn what_only_looks_like_a_bare_reply_goes_out_before_what_follows() {
        let (mut client, server) = duplex(1024);
        let mut wire = Wire::http1(server, Bytes::new());
        wire.write_all(BARE.as_bytes()).await.unwrap();
        assert_eq!(wire.held(), Some(StatusCode::BAD_REQUEST));
        wire.write_all(b"more").await.unwrap();
        drop(wire);
        let mut seen = String::new();
        client.read_to_string(&mut seen).await.unwrap();
        assert_eq!(seen, format!("{BARE}more"));
    }
}
