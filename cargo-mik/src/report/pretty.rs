//! JSON for people to read: the same members in the same order, on lines of their own.

/// Lays JSON out over lines. It has to be JSON already.
pub fn pretty_json(json: &str) -> String {
    let mut pretty = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                pretty.push('"');
                string(&mut characters, &mut pretty);
            }
            '{' | '[' => {
                pretty.push(character);
                while characters.peek().is_some_and(|next| next.is_ascii_whitespace()) {
                    characters.next();
                }
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    pretty.push(end);
                } else {
                    depth += 1;
                    line(&mut pretty, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut pretty, depth);
                pretty.push(character);
            }
            ',' => {
                pretty.push(',');
                line(&mut pretty, depth);
            }
            ':' => pretty.push_str(": "),
            character if character.is_ascii_whitespace() => {}
            character => pretty.push(character),
        }
    }
    pretty
}

/// The rest of a string, with its end.
fn string(characters: &mut impl Iterator<Item = char>, pretty: &mut String) {
    while let Some(character) = characters.next() {
        pretty.push(character);
        match character {
            '\\' => pretty.extend(characters.next()),
            '"' => return,
            _ => {}
        }
    }
}

fn line(pretty: &mut String, depth: usize) {
    pretty.push('\n');
    pretty.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::pretty_json;

    #[test]
    fn members_keep_their_order_and_strings_their_text() {
        let json = r#"{"b":[1,{"a":"x, {\"y\": [z]}\\"}],"a":{},"c": [ ],"d":null}"#;
        let pretty = pretty_json(json);
        let expected = "{\n  \"b\": [\n    1,\n    {\n      \"a\": \"x, {\\\"y\\\": [z]}\\\\\"\n    }\n  ],\n  \"a\": {},\n  \"c\": [],\n  \"d\": null\n}";
        assert_eq!(pretty, expected);
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&pretty), value(json));
        assert_eq!(pretty_json(&pretty), pretty);
    }
}
