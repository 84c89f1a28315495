//! A connection of the test's own that speaks HTTP/2, in the clear or encrypted.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::SendRequest;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use crate::{Certificate, PATIENCE, Reply};

/// A connection that speaks HTTP/2.
pub struct Http2 {
    runtime: Runtime,
    sender: SendRequest<Full<Bytes>>,
    scheme: &'static str,
}

/// A request that has been sent.
pub struct Sent(JoinHandle<hyper::Result<Reply>>);

impl Http2 {
    /// Opens a connection in the clear: the client knows what the server speaks.
    pub fn open(address: SocketAddr) -> Self {
        let runtime = runtime();
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(address).await.expect("it listens");
            begin(stream).await
        });
        Self { runtime, sender, scheme: "http" }
    }

    /// Opens an encrypted connection, to a server that has this certificate.
    pub fn open_encrypted(address: SocketAddr, certificate: &Certificate) -> Self {
        let runtime = runtime();
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(address).await.expect("it listens");
            let connector = TlsConnector::from(certificate.client("h2"));
            let stream = connector.connect(crate::tls::name(), stream).await.expect("it has the certificate");
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
            begin(stream).await
        });
        Self { runtime, sender, scheme: "https" }
    }

    /// Sends a request and leaves its response for later.
    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Sent {
        let mut request = Request::builder().method(method).uri(format!("{}://example.test{target}", self.scheme));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body))).expect("a request");
        let mut sender = self.sender.clone();
        Sent(self.runtime.spawn(async move {
            sender.ready().await?;
            reply(sender.send_request(request).await?).await
        }))
    }

    /// Waits for a response.
    ///
    /// # Errors
    /// The stream or the connection was ended before it was whole.
    pub fn receive(&self, Sent(sent): Sent) -> hyper::Result<Reply> {
        let received = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, sent).await });
        received.expect("the server answers").expect("the client does not panic")
    }

    /// Sends a request and reads the response.
    #[track_caller]
    pub fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let sent = self.send(method, target, headers, body);
        self.receive(sent).expect("the response is whole")
    }

    /// Sends a request and takes it back at once.
    pub fn reset(&self, target: &str) {
        let Sent(sent) = self.send("GET", target, &[], b"");
        self.runtime.block_on(tokio::task::yield_now());
        sent.abort();
    }

    /// Whether the server has ended the connection, or begun to.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

async fn begin(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> SendRequest<Full<Bytes>> {
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, connection) = handshake.await.expect("it speaks HTTP/2");
    tokio::spawn(connection);
    sender
}

async fn reply(response: Response<hyper::body::Incoming>) -> hyper::Result<Reply> {
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).expect("header values are text");
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
    Ok(Reply { status: head.status.as_u16(), headers, body })
}
