//! The dashboard: what it tells programs, who may look, and the page in a real browser.

mod browser;
mod data;

use mik_tests::{Body, Reply, Server, Site};
use serde_json::Value;

/// A site with the dashboard.
#[track_caller]
fn serve(site: &Site) -> Server {
    site.serve_with(&["--dashboard"])
}

/// A GET as the developer's browser sends it.
#[track_caller]
fn look(server: &Server, target: &str) -> Reply {
    look_as(server, "GET", target, &[])
}

#[track_caller]
fn look_as(server: &Server, method: &str, target: &str, more: &[(&str, &str)]) -> Reply {
    let host = server.address().to_string();
    let mut headers = vec![("host", host.as_str())];
    headers.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    headers.extend(more);
    server.ask(method, target, &headers, Body::None)
}

/// The requests that it shows, the first one first.
#[track_caller]
fn requests(server: &Server) -> Vec<Value> {
    look(server, "/_mik/requests").is(200).json()["requests"].as_array().unwrap().clone()
}

/// The one request that it shows, once all is known of it.
#[track_caller]
fn only(server: &Server) -> Value {
    // What its instance has taken is known when that is done, a moment after the answer.
    mik_tests::wait_until("the instance is done", || {
        requests(server).iter().all(|request| !request["memory"].is_null() || request["instance"].is_null())
    });
    let mut requests = requests(server);
    assert_eq!(requests.len(), 1, "{requests:#?}");
    requests.remove(0)
}
