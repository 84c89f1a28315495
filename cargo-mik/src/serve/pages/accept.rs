//! Who wants HTML: `Accept` (RFC 9110, §12.5.1).

use http::{HeaderMap, header};

/// What is offered besides HTML.
const OTHERS: [(&str, &str); 2] = [("application", "problem+json"), ("application", "json")];

/// Whether a client would rather have HTML than a problem as JSON. One that takes anything, as curl does, has not asked for it.
pub(super) fn wants_html(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range<'_>> = values.flat_map(|value| value.split(',')).filter_map(Range::parse).collect();
    let html = quality(&ranges, ("text", "html"));
    let is_named = ranges.iter().any(|range| range.main == "text" && ["html", "*"].contains(&range.sub));
    let other = OTHERS.map(|other| quality(&ranges, other)).into_iter().max().unwrap_or_default();
    let names_other = ranges.iter().any(|range| OTHERS.contains(&(range.main, range.sub)));
    // Who likes both as much, and names both, gets what every other failure is.
    is_named && html > 0 && if names_other { html > other } else { html >= other }
}

/// How much a media type is liked, in thousandths: the range that says most of it decides.
fn quality(ranges: &[Range<'_>], (main, sub): (&str, &str)) -> u16 {
    let fitting = ranges.iter().filter_map(|range| match (range.main, range.sub) {
        (a, b) if (a, b) == (main, sub) => Some((2, range.quality)),
        (a, "*") if a == main => Some((1, range.quality)),
        ("*", "*") => Some((0, range.quality)),
        _ => None,
    });
    fitting.max().map_or(0, |(_, quality)| quality)
}

struct Range<'a> {
    main: &'a str,
    sub: &'a str,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (main, sub) = parts.next()?.split_once('/')?;
        let mut quality = 1000;
        for parameter in parts {
            let Some((name, value)) = parameter.split_once('=') else { continue };
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => {
                    let liked: f32 = value.trim().parse().ok().filter(|liked| (0.0..=1.0).contains(liked))?;
                    // At most a thousand.
                    quality = (liked * 1000.0).round() as u16;
                }
                "charset" => {}
                // Another kind of HTML than ours.
                _ => return None,
            }
        }
        // Names are compared as they are written by everybody.
        Some(Self { main: main.trim(), sub: sub.trim(), quality })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn wants(accept: &[&str]) -> bool {
        let values = accept.iter().map(|value| (header::ACCEPT, HeaderValue::from_str(value).unwrap()));
        wants_html(&values.collect())
    }

    #[test]
    fn browsers_want_html() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html",
            "text/*",
            "text/html; charset=utf-8 ; q=0.5",
            "text/html, */*",
            "application/json;q=0.4, text/html;q=0.5",
        ] {
            assert!(wants(&[accept]), "{accept}");
        }
        assert!(wants(&["image/png", "text/html"]));
    }

    #[test]
    fn programs_do_not() {
        for accept in [
            "*/*",
            "",
            "application/json",
            "application/json, text/plain, */*",
            "text/html;q=0",
            "text/html;q=0.5, application/json",
            "text/html;q=0.5, */*",
            "text/html, application/problem+json",
            "text/html;q=2",
            "text/html;level=1",
            "text/html;q=0, text/*",
            "image/*",
            "html",
        ] {
            assert!(!wants(&[accept]), "{accept}");
        }
        assert!(!wants(&[]));
    }
}
