//! Between the interface of a component and the types of a handler.

use crate::Bytes;

use crate::bindings::exports::mik::core::handler as wit;
use crate::{Headers, Method, Request, Response, trace};

/// Answers what the host hands in. What `routes!` exports calls this.
pub fn answer(request: wit::RequestData, handle: fn(Request) -> Response) -> wit::Response {
    let request = Request::from(request);
    trace::begin(&request);
    let (status, headers, body) = handle(request).into_parts();
    wit::Response { status: status.as_u16(), headers: headers.into_vec(), body: (!body.is_empty()).then_some(body) }
}

impl From<wit::RequestData> for Request {
    fn from(request: wit::RequestData) -> Self {
        let wit::RequestData { method, path, headers, body } = request;
        Self::from_parts(method.into(), path, Headers::from(headers), body.map(Bytes::from))
    }
}

impl From<wit::Method> for Method {
    fn from(method: wit::Method) -> Self {
        match method {
            wit::Method::Get => Self::Get,
            wit::Method::Post => Self::Post,
            wit::Method::Put => Self::Put,
            wit::Method::Patch => Self::Patch,
            wit::Method::Delete => Self::Delete,
            wit::Method::Head => Self::Head,
            wit::Method::Options => Self::Options,
        }
    }
}
