//! Text from outside as it can be shown: on one line, within bounds, and without anything that a terminal would obey.

/// Adds text to a line until the line has so many bytes; what is cut off becomes `…`.
pub fn push(line: &mut String, text: &str, most: usize) {
    for c in text.chars() {
        if line.len() > most {
            line.push('…');
            return;
        }
        match c {
            '\n' => line.push_str("\\n"),
            '\t' => line.push('\t'),
            // Those that look like a line's end to some readers, or turn the text around, are no control characters.
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                line.extend(c.escape_unicode());
            }
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::push;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        let plain = |text: &str| {
            let mut line = String::new();
            push(&mut line, text, 100);
            line
        };
        assert_eq!(plain("a\tb\nc\r\x1b[2J\u{9b}1m\u{2028}ü"), "a\tb\\nc\\u{d}\\u{1b}[2J\\u{9b}1m\\u{2028}ü");
        assert!(plain(&"x".repeat(1000)).len() < 108);
    }
}
