//! What is to be said of a guest that failed: the message, where in the source, what it had printed, and the request.

use std::fmt::Write as _;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, Method, header};

use super::super::backtrace::{self, Place};
use super::super::failure::Failure;
use super::super::printed::Line;
use super::super::ticket::Ticket;
use super::excerpt::{Excerpt, Sources};
use crate::report::GuestStream;
use crate::tools::html::escaped;
use crate::tools::secrets::has_secret;

/// The most frames that are told, and the most of them with their source.
const FRAMES_MOST: usize = 100;
const EXCERPTS_MOST: usize = 3;
/// The longest value of a header that is shown, in characters.
const VALUE_MOST: usize = 1000;
/// What is shown of a value that is a secret.
const HIDDEN: &str = "••••••";

/// What is kept of a request for the page that may come of it.
pub(in super::super) struct Asked {
    pub(super) method: Method,
    target: String,
    headers: HeaderMap,
}

impl Asked {
    pub(in super::super) fn of(parts: &Parts) -> Self {
        let target = parts.uri.path_and_query().map_or_else(|| parts.uri.to_string(), ToString::to_string);
        Self { method: parts.method.clone(), target, headers: parts.headers.clone() }
    }
}

/// The content of a page.
pub(super) struct Told {
    pub(super) title: String,
    pub(super) content: String,
}

/// Says it; gives nothing where the guest is not at fault. Reads files.
pub(super) fn tell(failure: &Failure, asked: &Asked, ticket: &Ticket, sources: &Sources) -> Option<Told> {
    let (what, why) = failure.blame()?;
    let module = ticket.module().map_or_else(|| Arc::from("handler"), Arc::clone);
    let what = format!("{module} {what}");
    let lines = ticket.printed.lines();
    let (cause, places) = match failure {
        Failure::Trap { error } | Failure::Start { error } => (Some(backtrace::cause(error)), backtrace::places(error)),
        _ => (why, Vec::new()),
    };
    // A panic ends in a trap that says nothing of it: it has been printed before.
    let panic = Panic::among(&lines).filter(|_| matches!(failure, Failure::Trap { .. } | Failure::Start { .. }));
    let headline = panic.as_ref().map(|panic| panic.message.clone()).or_else(|| cause.clone());
    let place = panic.map(|panic| panic.place).filter(|place| !place.is_empty());

    let mut content = format!("<p class=\"what\">{}</p>\n", escaped(&what));
    // Writing to a string does not fail.
    let _ = writeln!(content, "<h1>{}</h1>", escaped(headline.as_deref().unwrap_or(failure.code())));
    let below: Vec<String> = place.into_iter().chain(cause.filter(|cause| Some(cause) != headline.as_ref())).collect();
    let _ = writeln!(content, "<p class=\"place\">{}</p>", escaped(&below.join(" · ")));
    if !places.is_empty() {
        content += &frames(&places, sources);
    }
    content += &printed(&lines);
    content += &request(asked, ticket);
    let build = ticket.build().and_then(|build| build.to_str().ok()).unwrap_or("none");
    let _ = writeln!(
        content,
        "<footer>Request <code>{}</code>, version <code>{}</code>. Programs get this answer as <code>application/problem+json</code>.</footer>",
        escaped(&ticket.id),
        escaped(build)
    );
    Some(Told { title: what, content })
}

/// A panic, as the standard library prints it.
struct Panic {
    message: String,
    place: String,
}

impl Panic {
    /// The last one.
    fn among(lines: &[Line]) -> Option<Self> {
        let at = lines.iter().rposition(|line| line.text.contains("panicked at "))?;
        let (_, place) = lines.get(at)?.text.split_once("panicked at ")?;
        let message = lines.iter().skip(at + 1).map(|line| line.text.as_str());
        let message: Vec<&str> = message.take_while(|line| !line.starts_with("note: run with")).collect();
        let message = message.join("\n").trim_end().to_owned();
        Some(Self { message, place: place.trim_end_matches(':').to_owned() }).filter(|panic| !panic.message.is_empty())
    }
}

fn frames(places: &[Place], sources: &Sources) -> String {
    let mut html = String::from("<h2>Where</h2>\n<ol class=\"frames\">\n");
    let is_own = |place: &Place| match &place.file {
        Some(file) => sources.is_own(file),
        None => !place.is_machinery(),
    };
    let mut excerpts = 0;
    let told = places.get(..FRAMES_MOST.min(places.len())).unwrap_or_default();
    for group in told.chunk_by(|one, other| is_own(one) == is_own(other)) {
        if group.first().is_some_and(is_own) {
            for place in group {
                let excerpt = place.file.as_ref().zip(place.line).filter(|_| excerpts < EXCERPTS_MOST);
                let excerpt = excerpt.and_then(|(file, line)| sources.excerpt(file, line));
                excerpts += usize::from(excerpt.is_some());
                let source = excerpt.as_ref().map(lines_of).unwrap_or_default();
                let _ = writeln!(html, "<li><span class=\"frame\">{}</span>{source}</li>", frame(place, sources));
            }
        } else {
            let count = match group.len() {
                1 => "1 frame".to_owned(),
                count => format!("{count} frames"),
            };
            let _ = writeln!(
                html,
                "<li><details><summary>{count} of the standard library or of dependencies</summary><ul>"
            );
            for place in group {
                let _ = writeln!(html, "<li>{}</li>", frame(place, sources));
            }
            html += "</ul></details></li>\n";
        }
    }
    if places.len() > FRAMES_MOST {
        let _ = writeln!(html, "<li><span class=\"frame\">{} more</span></li>", places.len() - FRAMES_MOST);
    }
    html + "</ol>\n"
}

fn frame(place: &Place, sources: &Sources) -> String {
    let name = format!("<code>{}</code>", escaped(&place.name));
    let Some(file) = &place.file else { return name };
    let line = place.line.map_or_else(String::new, |line| format!(":{line}"));
    format!("{name} <span class=\"at\">{}{line}</span>", escaped(sources.shown(file)))
}

fn lines_of(Excerpt { first, lines, marked }: &Excerpt) -> String {
    let mut html = String::from("<pre tabindex=\"0\">");
    for (number, line) in (*first..).zip(lines) {
        let text = escaped(line);
        let text = if number == *marked { format!("<mark>{text}</mark>") } else { text };
        let _ = write!(html, "<span class=\"line\"><i>{number}</i>{text}</span>");
    }
    html + "</pre>"
}

fn printed(lines: &[Line]) -> String {
    if lines.is_empty() {
        return "<h2>What it printed</h2>\n<p class=\"from\">Nothing, for this request.</p>\n".to_owned();
    }
    let mut html = String::from("<h2>What it printed</h2>\n<pre tabindex=\"0\" id=\"printed\">");
    for Line { stream, text } in lines {
        let stream = match stream {
            GuestStream::Stdout => "out",
            GuestStream::Stderr => "err",
        };
        let _ = writeln!(html, "<span class=\"from\">{stream} </span>{}", escaped(text));
    }
    html + "</pre>\n"
}

fn request(asked: &Asked, ticket: &Ticket) -> String {
    let mut html = String::from("<h2>The request</h2>\n<table>\n");
    let mut row = |name: &str, value: &str| {
        let cut = match value.char_indices().nth(VALUE_MOST) {
            Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
            None => value.to_owned(),
        };
        let _ = writeln!(html, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), escaped(&cut));
    };
    row(asked.method.as_str(), &asked.target);
    for (name, value) in &asked.headers {
        match has_secret(name.as_str()) {
            true => row(name.as_str(), HIDDEN),
            false => row(name.as_str(), &String::from_utf8_lossy(value.as_bytes())),
        }
    }
    let length = asked.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let body = match length {
        Some("1") => "1 byte".to_owned(),
        Some(length) => format!("{length} bytes"),
        None if asked.headers.contains_key(header::TRANSFER_ENCODING) => "of unknown length".to_owned(),
        None => "none".to_owned(),
    };
    row("body", &body);
    row("id", &ticket.id);
    html + "</table>\n"
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Request;

    use super::super::super::mode::Mode;
    use super::*;

    fn page(failure: &Failure, printed: &[&str]) -> String {
        let request = Request::post("/%3Cscript%3E?a='b'&c=d")
            .header("authorization", "Bearer secret")
            .header("cookie", "session=secret")
            .header("x-api-key", "secret")
            .header("x-name", "<b>&")
            .header("content-length", "12");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let ticket = Ticket::new("r1".to_owned(), "POST /".to_owned(), Duration::MAX, Mode::Development);
        printed.iter().for_each(|line| ticket.printed.push(GuestStream::Stderr, line));
        tell(failure, &Asked::of(&parts), &ticket, &Sources::default()).unwrap().content
    }

    fn trap() -> Failure {
        Failure::Trap { error: Arc::new(wasmtime::format_err!("unreachable <i>")) }
    }

    #[test]
    fn a_panics_message_is_the_headline_and_nothing_in_it_is_markup() {
        let html = page(
            &trap(),
            &["start", "thread 'x' (1) panicked at src/a.rs:1:2:", "<script>1</script>", "two", "note: run with"],
        );
        assert!(html.contains("<h1>&lt;script&gt;1&lt;/script&gt;\ntwo</h1>"), "{html}");
        assert!(html.contains("src/a.rs:1:2 · unreachable &lt;i&gt;"), "{html}");
        assert!(
            !html.contains("<script") && html.contains("a=&#39;b&#39;&amp;c=d") && html.contains("&lt;b&gt;&amp;"),
            "{html}"
        );
        assert!(html.contains("<span class=\"from\">err </span>start"), "{html}");
    }

    #[test]
    fn what_lets_somebody_in_is_not_shown() {
        let html = page(&trap(), &[]);
        assert!(!html.contains("secret"), "{html}");
        assert_eq!(html.matches(HIDDEN).count(), 3, "{html}");
        assert!(html.contains("12 bytes") && html.contains("<h1>unreachable &lt;i&gt;</h1>"), "{html}");
    }

    #[test]
    fn failures_without_a_trap_are_told_as_well() {
        let html =
            page(&Failure::InvalidResponse { why: "its status is below 200".to_owned() }, &["x panicked at y:", "z"]);
        assert!(html.contains("handler gave a response that can&#39;t be sent</p>"), "{html}");
        assert!(html.contains("<h1>its status is below 200</h1>"), "{html}");
    }
}
