//! Who may look at the dashboard. It shows what others have asked, so by default it is for this machine alone; and no page of
//! another origin may read it through a browser on this machine.

use std::net::SocketAddr;

use http::HeaderMap;
use http::request::Parts;

use crate::project::DashboardAccess;
use crate::serve::failure::Failure;
use crate::serve::named_host;

/// What proxies say of whom they ask for. A proxy on this machine is not this machine's user.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Refuses a request that is not its developer's.
///
/// # Errors
/// It comes from elsewhere, or names another host (DNS rebinding), or another site's page sends it.
pub(super) fn check(parts: &Parts, access: DashboardAccess) -> Result<(), Failure> {
    let refuse = |why| Err(Failure::Forbidden { why });
    if access == DashboardAccess::Local {
        let client = parts.extensions.get::<SocketAddr>().map(|address| address.ip().to_canonical());
        if !client.is_some_and(|client| client.is_loopback()) {
            return refuse(
                "the dashboard is for this machine: start the server with `--dashboard=remote` to have it for all who reach it",
            );
        }
        if FORWARDED.iter().any(|name| parts.headers.contains_key(*name)) {
            return refuse("the dashboard is not for those for whom a proxy asks");
        }
    }
    let is_named = match access {
        DashboardAccess::Local => named_host::is_here(parts),
        DashboardAccess::Remote => named_host::is_certain(parts),
        DashboardAccess::Off => false,
    };
    if !is_named {
        return refuse("the dashboard answers to an address or to `localhost`, not to any other name");
    }
    if !is_same_origin(&parts.headers) {
        return refuse("the dashboard is not for pages of other origins");
    }
    Ok(())
}

/// Whether a browser says that it is our own page that asks, or the user; other clients say nothing of that. A link from
/// elsewhere that is followed shows the page to the user, and to nobody else.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).map(|value| value.as_bytes());
    let is_followed = says("sec-fetch-mode") == Some(b"navigate") && says("sec-fetch-dest") == Some(b"document");
    match says("sec-fetch-site") {
        None | Some(b"same-origin" | b"none") => true,
        Some(_) => is_followed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_let_in(client: [u8; 4], access: DashboardAccess, headers: &[(&str, &str)]) -> bool {
        let mut request = http::Request::get("/_mik/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(SocketAddr::from((client, 1)));
        check(&parts, access).is_ok()
    }

    #[test]
    fn it_is_for_this_machine() {
        use DashboardAccess::{Local, Remote};
        let here = [127, 0, 0, 1];
        let elsewhere = [10, 0, 0, 2];
        for host in ["localhost:3000", "127.0.0.1:3000", "127.1.2.3", "[::1]:3000", "app.localhost", "LOCALHOST."] {
            assert!(is_let_in(here, Local, &[("host", host)]), "{host}");
            assert!(!is_let_in(elsewhere, Local, &[("host", host)]), "{host}");
        }
        for host in ["evil.example:3000", "localhost.evil.example", "10.0.0.1", "127.0.0.1.evil.example", ""] {
            assert!(!is_let_in(here, Local, &[("host", host)]), "{host}");
        }
        assert!(!is_let_in(here, Local, &[]));
        assert!(!is_let_in(here, Local, &[("host", "localhost"), ("host", "localhost")]));
        assert!(!is_let_in(here, Local, &[("host", "localhost"), ("x-forwarded-for", "10.0.0.2")]));

        assert!(is_let_in(elsewhere, Remote, &[("host", "10.0.0.1:3000")]));
        assert!(is_let_in(here, Remote, &[("host", "localhost:3000")]));
        assert!(!is_let_in(elsewhere, Remote, &[("host", "evil.example:3000")]));
    }

    #[test]
    fn pages_of_other_origins_read_nothing_and_links_lead_here() {
        let with = |site: &str, more: &[(&str, &str)]| {
            let mut headers = vec![("host", "localhost"), ("sec-fetch-site", site)];
            headers.extend(more);
            is_let_in([127, 0, 0, 1], DashboardAccess::Local, &headers)
        };
        assert!(with("same-origin", &[]) && with("none", &[]));
        assert!(!with("cross-site", &[]) && !with("same-site", &[]));
        assert!(!with("same-site", &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "script")]));
        assert!(!with("cross-site", &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")]));
        assert!(with("cross-site", &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]));
    }
}
