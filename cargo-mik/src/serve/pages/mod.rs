//! What a browser shows of what goes wrong while somebody develops: a build that has failed, and a guest that has.
//!
//! Pages are whole in themselves, run no script but their own, and go away by themselves: they listen for the next good build.

mod accept;
mod builds;
mod diagnostics;
mod excerpt;
mod guest;
mod overlay;

use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwap;
use http::request::Parts;
use http::{HeaderValue, Method, Response, header};
use tokio::task::spawn_blocking;

pub(super) use excerpt::Sources;
pub(super) use guest::Asked;
pub(super) use overlay::{add_script, is_navigation};

use self::builds::{Builds, Standing};
use self::diagnostics::Diagnostics;
use self::guest::Told;
use super::exchange::Body;
use super::failure::{Failure, full, without_body};
use super::host::Host;
use super::mode::Mode;
use super::named_host;
use super::ticket::Ticket;
use crate::tools::digest;
use crate::tools::html::{escaped, fill};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = concat!(include_str!("../../tools/look.css"), include_str!("page.css"));
const LISTEN: &str = include_str!("listen.js");

/// The script of all pages.
static SCRIPT: LazyLock<String> = LazyLock::new(|| format!("\n\"use strict\";\n{LISTEN}{}", include_str!("page.js")));
/// The script that is added to pages of handlers: what it names is its own.
static OVERLAY: LazyLock<String> =
    LazyLock::new(|| format!("(() => {{\n\"use strict\";\n{LISTEN}{}}})();\n", include_str!("overlay.js")));

/// What pages may do: show themselves, run their script, and ask this server how the build stands. Pages of the same server may
/// show them.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src '{}'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'self'",
        digest::of_page_part(&SCRIPT)
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
});

/// The pages of a server for a developer.
pub(super) struct Pages {
    builds: Arc<Builds>,
    sources: ArcSwap<Sources>,
}

/// One page.
struct Page<'a> {
    /// What has it go away: a good build (`build`, `failure`), or its reader (`failure-once`).
    kind: &'a str,
    title: &'a str,
    content: &'a str,
    is_calm: bool,
}

impl Pages {
    pub(super) fn new() -> Self {
        Self { builds: Arc::new(Builds::new()), sources: ArcSwap::default() }
    }

    /// Notes that a build has begun.
    pub(super) fn build_begun(&self) {
        self.builds.begun();
    }

    /// Notes what has come of a build: a version that answers now, or what was said of it, with the terminal's colours.
    pub(super) fn build_ended(&self, outcome: Result<(), Arc<str>>) {
        self.builds.ended(outcome);
    }

    /// Notes where the project's sources are.
    pub(super) fn set_sources(&self, sources: Sources) {
        self.sources.store(Arc::new(sources));
    }

    /// What is kept of a request that wants a page where there is no answer.
    pub(super) fn asked(&self, parts: &Parts) -> Option<Asked> {
        (accept::wants_html(&parts.headers) && named_host::is_certain(parts)).then(|| Asked::of(parts))
    }

    /// Answers a request to one of our own URLs.
    pub(super) fn answer(&self, path: &str, parts: &Parts, host: &Host) -> Result<Response<Body>, Failure> {
        if parts.method != Method::GET && parts.method != Method::HEAD {
            return Err(Failure::MethodNotAllowed);
        }
        if !named_host::is_certain(parts) {
            return Err(Failure::Forbidden {
                why: "how the build stands is told to an address or to `localhost`, not to any other name",
            });
        }
        let is_head = parts.method == Method::HEAD;
        let (body, content_type) = match path {
            "/_mik/build/events" if is_head => (full(""), "text/event-stream"),
            "/_mik/build/events" => {
                let events = self.builds.events(host.stopped()).ok_or(Failure::NoRoom)?;
                (events, "text/event-stream")
            }
            overlay::SCRIPT_PATH => (full(OVERLAY.as_bytes()), "text/javascript; charset=utf-8"),
            _ => {
                let mut response = Response::new(full(""));
                put(&mut response, self.of_build());
                return Ok(if is_head { without_body(response) } else { response });
            }
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(if is_head { without_body(response) } else { response })
    }

    /// The page of how the build stands.
    fn of_build(&self) -> String {
        let standing = self.builds.standing();
        let Some((_, said)) = self.builds.broken(&standing) else {
            let (what, headline) = match standing.is_building {
                true => ("Building", "The project is being built"),
                false => ("Nothing is wrong", "The last build was good"),
            };
            let content = format!(
                "<p class=\"what\">{what}</p>\n<h1>{headline}</h1>\n<p class=\"place\">What it answers is shown here as soon as it is there.</p>"
            );
            return self.html(&Page { kind: "build", title: headline, content: &content, is_calm: true }, &standing);
        };
        let Diagnostics { headline, place, html } = Diagnostics::of(&said);
        let content = format!(
            "<p class=\"what\">The build has failed</p>\n<h1>{}</h1>\n<p class=\"place\">{}</p>\n\
             <pre tabindex=\"0\" id=\"diagnostics\">{html}</pre>\n\
             <footer>As in the terminal. This goes away with the next good build.</footer>",
            escaped(&headline),
            escaped(&place.unwrap_or_default()),
        );
        self.html(&Page { kind: "build", title: &headline, content: &content, is_calm: false }, &standing)
    }

    fn html(&self, Page { kind, title, content, is_calm }: &Page<'_>, standing: &Standing) -> String {
        let broken = self.builds.broken(standing).map_or_else(String::new, |(name, _)| name);
        fill(
            TEMPLATE,
            &[
                ("class", if *is_calm { "calm" } else { "alarm" }),
                ("kind", kind),
                ("good", &self.builds.good(standing)),
                ("broken", &broken),
                ("title", &escaped(title)),
                ("style", STYLE.trim_end()),
                ("now", if standing.is_building { "Building…" } else { "" }),
                ("content", content),
                ("script", &SCRIPT),
            ],
        )
    }
}

impl Host {
    /// A failure as the answer to a request: as a page, where there is one and the client wants it.
    pub(super) async fn told(&self, failure: &Failure, asked: Option<Asked>, ticket: &Arc<Ticket>) -> Response<Body> {
        let mut response = failure.response(&ticket.id, self.mode() == Mode::Development);
        let Some(pages) = self.pages() else { return response };
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
        let Some(asked) = asked else { return response };
        if matches!(failure, Failure::NotBuilt) {
            put(&mut response, pages.of_build());
            return response;
        }
        // Before files are read: what is built meanwhile is another version than the one that has failed.
        let standing = pages.builds.standing();
        let kind = if [Method::GET, Method::HEAD].contains(&asked.method) { "failure" } else { "failure-once" };
        let (failure, ticket, sources) = (failure.clone(), ticket.clone(), pages.sources.load_full());
        // It reads files.
        let told = spawn_blocking(move || guest::tell(&failure, &asked, &ticket, &sources)).await;
        if let Ok(Some(Told { title, content })) = told {
            put(&mut response, pages.html(&Page { kind, title: &title, content: &content, is_calm: false }, &standing));
        }
        response
    }
}

/// Has a page be the answer.
fn put(response: &mut Response<Body>, html: String) {
    *response.body_mut() = full(html);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What is told of a request is no other site's business.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_needs_nothing_from_elsewhere_and_all_that_the_template_asks_for_is_there() {
        for key in ["class", "kind", "good", "broken", "title", "style", "now", "content", "script"] {
            assert_eq!(TEMPLATE.matches(&format!("{{{{{key}}}}}")).count(), 1, "{key}");
        }
        assert_eq!(TEMPLATE.matches("{{").count(), 9);
        let html = Pages::new().of_build();
        for outside in ["http://", "https://", " src=", " href=", "@import", "url("] {
            assert!(!html.contains(outside), "nothing is fetched: {outside}");
        }
        assert!(html.contains("<title>The project is being built</title>"));
        assert!(POLICY.to_str().unwrap().contains("script-src 'sha256-"));
    }

    #[test]
    fn what_is_said_of_a_build_is_text() {
        let pages = Pages::new();
        pages.build_ended(Err("error: </pre><script>alert(1)</script>\n --> src/<b>.rs:1:1\n".into()));
        let html = pages.of_build();
        assert_eq!(html.matches("<script").count(), 1, "only the page's own");
        assert!(
            html.contains("<h1>error: &lt;/pre&gt;&lt;script&gt;") && html.contains("src/&lt;b&gt;.rs:1:1</p>"),
            "{html}"
        );
    }
}
