//! Where two JSON values differ, by path.

use serde_json::Value;

/// The most places that are named.
const NAMED_MOST: usize = 50;
/// The most of a value that is shown, in characters.
const SHOWN_MOST: usize = 120;

/// The places where two values differ, each with what was there and what is: `$.items[0].price`.
pub(super) fn differences(before: &Value, now: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect("$", before, now, &mut found);
    found
}

/// No deeper than the values are, which were read with a limit.
fn collect(path: &str, before: &Value, now: &Value, found: &mut Vec<(String, String)>) {
    if found.len() >= NAMED_MOST {
        return;
    }
    let mut say = |path: String, what: String| found.push((path, what));
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            for (name, value) in before {
                let path = member(path, name);
                match now.get(name) {
                    Some(now) => collect(&path, value, now, found),
                    None => found.push((path, format!("{} is gone", shown(value)))),
                }
            }
            for (name, value) in now.iter().filter(|(name, _)| !before.contains_key(*name)) {
                found.push((member(path, name), format!("{} is new", shown(value))));
            }
        }
        (Value::Array(before), Value::Array(now)) => {
            for (index, (before, now)) in before.iter().zip(now).enumerate() {
                collect(&format!("{path}[{index}]"), before, now, found);
            }
            for (index, value) in before.iter().enumerate().skip(now.len()) {
                found.push((format!("{path}[{index}]"), format!("{} is gone", shown(value))));
            }
            for (index, value) in now.iter().enumerate().skip(before.len()) {
                found.push((format!("{path}[{index}]"), format!("{} is new", shown(value))));
            }
        }
        (before, now) if before == now => {}
        (before, now) => say(path.to_owned(), format!("{} → {}", shown(before), shown(now))),
    }
    found.truncate(NAMED_MOST);
}

fn member(path: &str, name: &str) -> String {
    let is_plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain { format!("{path}.{name}") } else { format!("{path}[{}]", Value::from(name)) }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_place_is_named_with_what_was_there_and_what_is() {
        let before = json!({ "a": 1, "b": [1, { "c": "x" }, 3], "gone": null, "an odd name": true, "same": [[]] });
        let now = json!({ "a": 2, "b": [1, { "c": "y" }], "new": {}, "an odd name": false, "same": [[]] });
        let found: Vec<_> =
            differences(&before, &now).into_iter().map(|(path, what)| format!("{path}: {what}")).collect();
        assert_eq!(
            found,
            [
                "$.a: 1 → 2",
                "$[\"an odd name\"]: true → false",
                "$.b[1].c: \"x\" → \"y\"",
                "$.b[2]: 3 is gone",
                "$.gone: null is gone",
                "$.new: {} is new",
            ]
        );
        assert!(differences(&before, &before).is_empty());
    }

    #[test]
    fn what_is_shown_is_bounded() {
        let (before, now) = (json!(vec![0; 1000]), json!(vec![1; 1000]));
        assert_eq!(differences(&before, &now).len(), NAMED_MOST);
        let (_, what) = differences(&json!("ä".repeat(500)), &json!(1)).remove(0);
        assert!(what.chars().count() < 2 * SHOWN_MOST, "{what}");
    }
}
