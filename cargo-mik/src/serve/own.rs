//! The server's own answers: how it is, what it serves, and numbers.

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderValue, Method, Response, header};
use serde_json::json;

use super::exchange::Body;
use super::failure::{Failure, full, without_body};
use super::metrics::{self, Metrics};
use super::module::{Table, build};

pub(super) fn health(parts: &Parts, status: &str) -> Result<Response<Body>, Failure> {
    own_answer(parts, &json!({ "status": status }))
}

pub(super) fn handlers(parts: &Parts, table: Option<&Table>) -> Result<Response<Body>, Failure> {
    let root = table.and_then(|table| table.root.as_ref());
    let modules = table.into_iter().flat_map(|table| table.modules.values());
    let handlers: Vec<_> = modules
        .map(|served| {
            json!({
                "name": *served.name,
                "url": format!("/run/{}/", served.name),
                "root": root.is_some_and(|root| Arc::ptr_eq(root, served)),
                "build": served.file().digest.as_deref().map(build),
                "state": served.standing().name(),
                "code_size": served.version().map(|version| version.code.size),
                "traffic": served.traffic.state(),
            })
        })
        .collect();
    own_answer(parts, &json!({ "handlers": handlers }))
}

pub(super) fn metrics_answer(
    parts: &Parts,
    metrics: &Metrics,
    table: Option<&Table>,
) -> Result<Response<Body>, Failure> {
    text_answer(parts, metrics.text(table.map_or(0, |table| table.modules.len())), metrics::CONTENT_TYPE)
}

pub(super) fn own_answer(parts: &Parts, content: &serde_json::Value) -> Result<Response<Body>, Failure> {
    text_answer(parts, content.to_string(), "application/json")
}

pub(super) fn text_answer(parts: &Parts, text: String, content_type: &'static str) -> Result<Response<Body>, Failure> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Failure::MethodNotAllowed);
    }
    let mut response = Response::new(full(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(if parts.method == Method::HEAD { without_body(response) } else { response })
}
