//! Whether an answer is the one that was kept: status, headers, and the body by what it is.

use std::collections::BTreeSet;

use serde_json::Value;
use similar::TextDiff;

use super::json;
use super::message::{Answer, as_text, is_left_out};
use super::request_text::OF_CONNECTION;
use crate::tools::digest;

/// Headers that are others with every answer, or with every build; those of one connection are left out as well.
const OF_ONE_ANSWER: [&str; 5] = ["age", "date", "server-timing", "x-mik-build", "x-request-id"];
/// The most lines that a difference of texts shows.
const LINES_MOST: usize = 200;
/// The largest text that is compared line by line, in bytes: the time that it takes grows with the square of what differs.
const TEXT_MOST: usize = 1 << 20;

/// The headers that are not compared.
#[derive(Clone, Debug, Default)]
pub struct Ignored(BTreeSet<String>);

impl Ignored {
    /// Those of one connection or one answer, and these.
    pub fn headers(more: impl IntoIterator<Item = String>) -> Self {
        Self(more.into_iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    fn has(&self, name: &str) -> bool {
        OF_CONNECTION.contains(&name) || OF_ONE_ANSWER.contains(&name) || self.0.contains(name)
    }
}

/// Where answers differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In their status.
    Status,
    /// In a header, by its name in lower case.
    Header(String),
    /// In their body; of JSON the path in it, of all else nothing more.
    Body(Option<String>),
}

/// One place where answers differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub place: Place,
    /// What was there and what is: a line, or of a text the lines as `diff -u` has them.
    pub what: String,
}

/// What is different of an answer from the one that was kept; nothing, where they are alike.
pub fn compare(kept: &Answer, now: &Answer, ignored: &Ignored) -> Vec<Difference> {
    let mut found = Vec::new();
    if kept.status != now.status {
        found.push(Difference { place: Place::Status, what: format!("{} → {}", kept.status, now.status) });
    }
    found.extend(headers(kept, now, ignored));
    found.extend(bodies(kept, now));
    found
}

fn headers(kept: &Answer, now: &Answer, ignored: &Ignored) -> Vec<Difference> {
    let names = kept.headers.iter().chain(&now.headers).map(|(name, _)| name.to_ascii_lowercase());
    let names: BTreeSet<String> = names.filter(|name| !ignored.has(name)).collect();
    let difference = |name: String| {
        let (kept, now) = (values(kept, &name), values(now, &name));
        // What stands for a secret stands for any.
        let is_same = |(kept, now): (&&str, &&str)| kept == now || is_left_out(kept) || is_left_out(now);
        if kept.len() == now.len() && kept.iter().zip(&now).all(is_same) {
            return None;
        }
        let what = match (kept.as_slice(), now.as_slice()) {
            ([], now) => format!("{} is new", now.join(", ")),
            (kept, []) => format!("{} is gone", kept.join(", ")),
            (kept, now) => format!("{} → {}", kept.join(", "), now.join(", ")),
        };
        Some(Difference { place: Place::Header(name), what })
    };
    names.into_iter().filter_map(difference).collect()
}

fn values<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let values = answer.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    values.map(|(_, value)| value.as_str()).collect()
}

fn bodies(kept: &Answer, now: &Answer) -> Vec<Difference> {
    let (mut before, mut after) = (without_id(kept), without_id(now));
    // Of what was not kept to its end, the beginning counts.
    if kept.is_cut || now.is_cut {
        let common = before.len().min(after.len());
        before.truncate(common);
        after.truncate(common);
    }
    if before == after {
        return Vec::new();
    }
    let whole = |what: String| vec![Difference { place: Place::Body(None), what }];
    if let (Ok(before), Ok(after)) = (value(&before), value(&after)) {
        let differences = json::differences(&before, &after).into_iter();
        return differences.map(|(path, what)| Difference { place: Place::Body(Some(path)), what }).collect();
    }
    match (as_text(&before), as_text(&after)) {
        (Some(before), Some(after)) if before.len().max(after.len()) <= TEXT_MOST => whole(lines(before, after)),
        _ => whole(format!("{} → {}", described(&before), described(&after))),
    }
}

/// Objects and arrays alone: `1` and `1.0` are two texts.
fn value(body: &[u8]) -> serde_json::Result<Value> {
    let value: Value = serde_json::from_slice(body)?;
    if value.is_object() || value.is_array() { Ok(value) } else { Err(serde::de::Error::custom("a text")) }
}

/// The body with something that is always the same in place of the request's id: problems name it.
fn without_id(answer: &Answer) -> Vec<u8> {
    let id = answer.header("x-request-id").filter(|id| id.len() >= 8);
    match (id, std::str::from_utf8(&answer.body)) {
        (Some(id), Ok(text)) if text.contains(id) => text.replace(id, "{x-request-id}").into_bytes(),
        _ => answer.body.clone(),
    }
}

fn lines(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let text = diff.unified_diff().header("kept", "now").to_string();
    let mut lines: Vec<_> = text.lines().take(LINES_MOST).collect();
    if text.lines().count() > LINES_MOST {
        lines.push("…");
    }
    lines.join("\n")
}

fn described(body: &[u8]) -> String {
    let digest = digest::of(body);
    format!("{} bytes (SHA-256 {}…)", body.len(), digest.get(..12).unwrap_or(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { status: 200, headers, body: body.as_ref().to_vec(), is_cut: false }
    }

    #[track_caller]
    fn differ(kept: &Answer, now: &Answer, expected: &[(Place, &str)]) {
        let found = compare(kept, now, &Ignored::headers(["X-Mine".to_owned()]));
        let found: Vec<_> = found.iter().map(|Difference { place, what }| (place.clone(), what.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn headers_differ_by_name_and_order_of_values_and_not_by_what_each_answer_has_of_its_own() {
        let kept = [("date", "a"), ("content-length", "1"), ("x-mine", "1"), ("A", "1"), ("a", "2"), ("gone", "x")];
        let now = [("x-request-id", "b"), ("x-mine", "2"), ("a", "2"), ("a", "1"), ("new", "y")];
        let header = |name: &str| Place::Header(name.to_owned());
        let expected = [(header("a"), "1, 2 → 2, 1"), (header("gone"), "x is gone"), (header("new"), "y is new")];
        differ(&answer(&kept, ""), &answer(&now, ""), &expected);
        differ(&answer(&[("set-cookie", "{{set-cookie}}")], ""), &answer(&[("set-cookie", "s=1")], ""), &[]);
    }

    #[test]
    fn json_differs_by_value() {
        let (kept, now) = (answer(&[], "{\"a\": 1, \"b\": [2]}"), answer(&[], "{\"b\":[3],\"a\":1}"));
        differ(&kept, &now, &[(Place::Body(Some("$.b[0]".to_owned())), "2 → 3")]);
        differ(&kept, &answer(&[], "{\"b\":[2],\"a\":1}"), &[]);
    }

    #[test]
    fn text_differs_by_line_and_bytes_by_what_they_come_to() {
        let what = "--- kept\n+++ now\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three";
        differ(&answer(&[], "one\ntwo\nthree\n"), &answer(&[], "one\n2\nthree\n"), &[(Place::Body(None), what)]);
        let what = "1 bytes (SHA-256 a8100ae6aa19…) → 0 bytes (SHA-256 e3b0c44298fc…)";
        differ(&answer(&[], [0xff]), &answer(&[], ""), &[(Place::Body(None), what)]);
    }

    #[test]
    fn a_problem_may_name_its_own_request() {
        let problem = |id: &str| answer(&[("x-request-id", id)], format!("{{\"instance\": \"urn:mik:request:{id}\"}}"));
        differ(&problem("0123456789abcdef"), &problem("fedcba9876543210"), &[]);
    }

    #[test]
    fn of_a_body_that_was_not_kept_whole_the_beginning_counts() {
        let kept = Answer { is_cut: true, ..answer(&[], "one\ntw") };
        differ(&kept, &answer(&[], "one\ntwo\n"), &[]);
        assert_eq!(compare(&kept, &answer(&[], "two\n"), &Ignored::default()).len(), 1);
    }
}
