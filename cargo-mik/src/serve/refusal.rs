//! Answers to what never became a request: hyper can't parse it, it does not come to its end, or there is no room for its
//! connection. Written by hand, because nothing else is there to write them.

use std::io;
use std::time::{Duration, SystemTime};

use http::header;
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::access::Refused;
use super::failure::Failure;
use super::host::Host;
use super::peer::Peer;

/// What a client may go on sending, and for how long, after it was refused: a connection that is closed with bytes
/// unread is reset, and the answer may go with it.
const UNREAD_MOST: u64 = 1 << 20;
const UNREAD_LONGEST: Duration = Duration::from_secs(2);

impl Host {
    /// Answers with a failure and ends the connection.
    pub(super) async fn refuse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut stream: S,
        peer: &Peer,
        failure: &Failure,
    ) -> io::Result<()> {
        let id = self.new_request_id();
        let (head, body) = failure.response(&id, false).into_parts();
        // It is in memory as a whole and can't fail.
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        self.record_refused(&Refused { id: &id, peer, status: head.status, failure, bytes: body.len() });

        let reason = head.status.canonical_reason().unwrap_or_default();
        let mut answer = format!("HTTP/1.1 {} {reason}\r\n", head.status.as_u16()).into_bytes();
        for (name, value) in &head.headers {
            answer.extend_from_slice(name.as_str().as_bytes());
            answer.extend_from_slice(b": ");
            answer.extend_from_slice(value.as_bytes());
            answer.extend_from_slice(b"\r\n");
        }
        let (connection, length) = (header::CONNECTION, header::CONTENT_LENGTH);
        let date = httpdate::fmt_http_date(SystemTime::now());
        let rest = format!("date: {date}\r\n{connection}: close\r\n{length}: {}\r\n\r\n", body.len());
        answer.extend_from_slice(rest.as_bytes());
        answer.extend_from_slice(&body);
        stream.write_all(&answer).await?;
        stream.shutdown().await?;

        let mut unread = stream.take(UNREAD_MOST);
        // Whatever comes of it: the answer is out.
        drop(timeout(UNREAD_LONGEST, tokio::io::copy(&mut unread, &mut tokio::io::sink())).await);
        Ok(())
    }
}
