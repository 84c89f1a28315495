//! What is said of a build that has failed, as HTML: the colours of the terminal, and a headline.

use ansi_to_html::Converter;
use anstream::adapter::strip_str;

use crate::tools::html::escaped;

/// A build's diagnostics.
pub(super) struct Diagnostics {
    /// The first error, without colours.
    pub(super) headline: String,
    /// Where it is: file, line and column.
    pub(super) place: Option<String>,
    /// All of it.
    pub(super) html: String,
}

impl Diagnostics {
    /// Of what was printed, with the terminal's escapes.
    pub(super) fn of(said: &str) -> Self {
        let lines: Vec<String> = said.lines().map(only_colours).collect();
        let plain: Vec<String> = lines.iter().map(|line| strip_str(line).to_string()).collect();
        let is_error = |line: &String| line.starts_with("error");
        let is_diagnostic = |line: &String| is_error(line) || line.starts_with("warning");
        // What cargo says of its progress is no news.
        let begin = plain.iter().position(is_diagnostic).unwrap_or_default();
        let error = plain.iter().position(is_error);
        let headline = error.and_then(|at| plain.get(at)).cloned();
        let after = plain.iter().skip(error.map_or(plain.len(), |at| at + 1));
        let place =
            after.take_while(|line| !is_diagnostic(line)).find_map(|line| line.trim_start().strip_prefix("--> "));
        let text = lines.get(begin..).unwrap_or_default().join("\n");
        Self {
            headline: headline.unwrap_or_else(|| "The build has failed".to_owned()),
            place: place.map(str::to_owned),
            html: to_html(text.trim_end()),
        }
    }
}

fn to_html(text: &str) -> String {
    // The colours are those of the page, by these names.
    let converter = Converter::new().four_bit_var_prefix(Some("term-".to_owned()));
    converter.convert(text).unwrap_or_else(|_| escaped(&strip_str(text).to_string()))
}

/// A line with colours and no other escapes: no cursor that moves, no title, no link.
fn only_colours(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        kept.push_str(before);
        rest = match after.chars().next() {
            Some('[') => match after.find(|c: char| ('@'..='~').contains(&c) && c != '[') {
                Some(end) => {
                    let (sequence, rest) = after.split_at(end + 1);
                    if sequence.ends_with('m') && sequence.bytes().skip(1).all(|byte| b"0123456789;m".contains(&byte)) {
                        kept.push('\u{1b}');
                        kept.push_str(sequence);
                    }
                    rest
                }
                None => "",
            },
            // Until a bell or `ESC \`.
            Some(']') => match after.find(['\u{7}', '\u{1b}']) {
                Some(end) => {
                    let rest = after.get(end..).unwrap_or_default();
                    rest.strip_prefix("\u{1b}\\").or_else(|| rest.strip_prefix('\u{7}')).unwrap_or(rest)
                }
                None => "",
            },
            Some(other) => after.get(other.len_utf8()..).unwrap_or_default(),
            None => "",
        };
    }
    kept.push_str(rest);
    kept.retain(|c| c == '\u{1b}' || c == '\t' || !c.is_control());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_the_headline_and_progress_is_left_out() {
        let said = "\u{1b}[1m\u{1b}[32m   Compiling\u{1b}[0m hello v0.1.0\n\u{1b}[33mwarning\u{1b}[0m: unused\n --> src/a.rs:1:1\n\
                    \u{1b}[1m\u{1b}[91merror[E0308]\u{1b}[0m: <T> & mismatch\n  \u{1b}[94m--> \u{1b}[0msrc/lib.rs:5:9\n";
        let Diagnostics { headline, place, html } = Diagnostics::of(said);
        assert_eq!(headline, "error[E0308]: <T> & mismatch");
        assert_eq!(place.as_deref(), Some("src/lib.rs:5:9"));
        assert!(html.contains("&lt;T&gt; &amp; mismatch") && !html.contains("Compiling"), "{html}");
        assert!(html.contains("var(--term-bright-red,") && html.contains("warning"), "{html}");
    }

    #[test]
    fn what_is_no_diagnostic_is_shown_as_it_is() {
        let Diagnostics { headline, place, html } = Diagnostics::of("   Compiling x\nkilled\n");
        assert_eq!((headline.as_str(), place), ("The build has failed", None));
        assert_eq!(html, "   Compiling x\nkilled");
    }

    #[test]
    fn of_the_escapes_only_colours_are_left_and_nothing_is_markup() {
        let line = "\u{1b}[2K\u{1b}]8;;file:///x\u{1b}\\link\u{1b}]8;;\u{7}\u{1b}[31m<script>\u{1b}[0m\u{1b}(B\r\u{1b}[?25l\u{1b}";
        assert_eq!(only_colours(line), "link\u{1b}[31m<script>\u{1b}[0mB");
        assert!(!Diagnostics::of("error: <script>alert(1)</script>'\"").html.contains("<script"));
    }
}
