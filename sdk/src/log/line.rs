//! A line: what is in it, and how long it may be.

use std::fmt;

use super::{Field, Level, enabled};
use crate::json::Writer;
use crate::{platform, time, trace};

/// The longest line, its end included: what hosts take in one piece, so that lines are neither cut in two nor mixed.
const LONGEST: usize = 4096;
/// As much of a text as there is room for in any case, were all of it escaped to six times its length.
const BEGINNING: usize = 500;
/// What a value may not take: it is for saying that something is missing.
const END: &str = ",\"cut\":true}\n";

/// What the macros expand to.
#[doc(hidden)]
pub fn write(level: Level, target: &str, message: fmt::Arguments<'_>, fields: &[(&str, &dyn Field)]) {
    if enabled(level, target) {
        platform::write_stderr(&line(level, target, message, fields));
    }
}

fn line(level: Level, target: &str, message: fmt::Arguments<'_>, fields: &[(&str, &dyn Field)]) -> Vec<u8> {
    let mut line = Line { writer: Writer::new(), is_cut: false };
    line.text("{\"time\":", &time::now_iso());
    line.text(",\"level\":", level.as_str());
    line.text(",\"target\":", target);
    if let Some(trace) = trace::current() {
        line.writer.raw(",\"trace_id\":\"");
        line.writer.raw_bytes(&trace.id);
        line.writer.raw("\"");
    }
    line.text(",\"message\":", &crate::__private::text(message));
    for (name, value) in fields {
        line.field(name, *value);
    }
    line.end()
}

struct Line {
    writer: Writer,
    is_cut: bool,
}

impl Line {
    /// Text, the beginning of it where there is no room for all.
    #[inline(never)]
    fn text(&mut self, name: &str, text: &str) {
        self.writer.raw(name);
        let before = self.writer.len();
        self.writer.string(text);
        if self.is_full() {
            self.writer.truncate(before);
            self.writer.string(text.get(..text.floor_char_boundary(BEGINNING)).unwrap_or_default());
            self.is_cut = true;
        }
    }

    /// A value, if there is room for all of it: half of one would be another.
    #[inline(never)]
    fn field(&mut self, name: &str, value: &dyn Field) {
        let before = self.writer.len();
        self.writer.raw(",");
        self.writer.string(name);
        self.writer.raw(":");
        value.write(&mut self.writer);
        if self.is_full() {
            self.writer.truncate(before);
            self.is_cut = true;
        }
    }

    fn is_full(&self) -> bool {
        self.writer.len() + END.len() > LONGEST
    }

    fn end(mut self) -> Vec<u8> {
        self.writer.raw(if self.is_cut { END } else { "}\n" });
        self.writer.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Value;

    fn parse(line: &[u8]) -> Value {
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert_eq!(line.last(), Some(&b'\n'));
        assert!(line.len() <= LONGEST, "{}", line.len());
        serde_json::from_slice(line).unwrap()
    }

    struct Json<T>(T);

    impl<T: serde::Serialize> Field for Json<T> {
        fn write(&self, writer: &mut Writer) {
            writer.value(&self.0);
        }
    }

    #[test]
    fn a_line_is_one_json_object_and_values_keep_their_types() {
        let line = line(
            Level::Warn,
            "shop",
            format_args!("two\nlines, {}", "\"quoted\""),
            &[("count", &Json(3)), ("ok", &Json(true)), ("name", &Json("Jürgen"))],
        );
        let value = parse(&line);
        assert_eq!(value["level"], "warn");
        assert_eq!(value["message"], "two\nlines, \"quoted\"");
        assert_eq!(value["count"], 3);
        assert_eq!(value["ok"], true);
        assert_eq!(value["name"], "Jürgen");
        assert!(value.get("trace_id").is_none() && value.get("cut").is_none(), "{value}");
    }

    #[test]
    fn a_value_that_has_no_json_is_null_and_the_line_stays_whole() {
        let odd = std::collections::BTreeMap::from([((1, 2), 3)]);
        let value = parse(&line(Level::Info, "shop", format_args!("odd"), &[("odd", &Json(odd))]));
        assert!(value["odd"].is_null());
    }

    #[test]
    fn a_line_that_would_be_too_long_is_cut_and_says_so() {
        for text in ["x", "é", "🧀", "\"", "\n", "\u{1}", "a\u{0}🧀"] {
            let long = text.repeat(100_000);
            let value = parse(&line(Level::Info, "shop", format_args!("{long}"), &[("after", &Json(1))]));
            let message = value["message"].as_str().unwrap();
            assert!(long.starts_with(message) && message.len() > 495, "{text:?}: {}", message.len());
            assert_eq!(value["cut"], true);

            let fields: [(&str, &dyn Field); 3] = [("a", &Json(1)), ("long", &Json(&long)), ("b", &Json(2))];
            let value = parse(&line(Level::Info, "shop", format_args!("short"), &fields));
            assert_eq!(value["message"], "short");
            assert_eq!((&value["a"], &value["b"], value.get("long")), (&1.into(), &2.into(), None));
            assert_eq!(value["cut"], true);
        }
        for len in 3900..4100 {
            let message = "x".repeat(len);
            let value = parse(&line(Level::Info, "shop", format_args!("{message}"), &[]));
            assert_eq!(value.get("cut").is_some(), value["message"].as_str().unwrap().len() < len);
        }
    }
}
