//! A trap in the words of its source, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{DebugFiles, Found, Mention, SourceFrame, mentions};
use crate::stages::StageError;

/// A line of a text, and the frames that it mentions.
type Line = (String, Vec<(Mention, Option<Found>)>);

/// A text, and what its frames are.
pub struct Symbolicated<'f> {
    files: &'f DebugFiles,
    lines: Vec<Line>,
}

impl<'f> Symbolicated<'f> {
    /// Finds what the frames of a text are.
    ///
    /// # Errors
    /// A core module is damaged.
    pub fn of(files: &'f DebugFiles, text: &str) -> Result<Self, StageError> {
        let symbols = files.symbols()?;
        let found = |mention: Mention| {
            let found = symbols.find(&mention);
            (mention, found)
        };
        let lines = text.lines().map(|line| (line.to_owned(), mentions(line).into_iter().map(found).collect()));
        Ok(Self { files, lines: lines.collect() })
    }

    /// How many frames the text has, and how many of them are in this component.
    pub fn count(&self) -> (usize, usize) {
        let mut all = self.lines.iter().flat_map(|(_, mentions)| mentions);
        (all.clone().count(), all.by_ref().filter(|(_, found)| found.is_some()).count())
    }

    /// One line of JSON.
    pub fn to_json(&self) -> String {
        let frame = |frame: &SourceFrame| {
            let SourceFrame { function, file, line, column, is_inlined, source } = frame;
            json!({ "function": function, "file": file, "line": line, "column": column, "inlined": is_inlined, "source": source })
        };
        let place = |number: usize, mention: &Mention, found: Option<&Found>| {
            json!({
                "line": number + 1,
                "address": mention.address,
                "module": found.map(|found| found.module),
                "function": found.map(|found| found.function).or(mention.function),
                "frames": found.map(|found| found.frames.iter().map(frame).collect::<Vec<Value>>()).unwrap_or_default(),
            })
        };
        let places = self.lines.iter().enumerate().flat_map(|(number, (_, mentions))| {
            mentions.iter().map(move |(mention, found)| place(number, mention, found.as_ref()))
        });
        let value = json!({
            "reason": "mik-symbolicated",
            "component": self.files.component,
            "build_id": self.files.build_id.as_ref().map(ToString::to_string),
            "places": places.collect::<Vec<Value>>(),
        });
        format!("{value}\n")
    }

    /// The text, and below each line with frames what they are.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (line, mentions) in &self.lines {
            text.push_str(line);
            text.push('\n');
            let blank = line.len() - line.trim_start().len();
            let indent = " ".repeat(blank.min(16) + 4);
            for found in mentions.iter().filter_map(|(_, found)| found.as_ref()) {
                for frame in &found.frames {
                    write_frame(&mut text, &indent, found, frame);
                }
            }
        }
        text
    }
}

fn write_frame(text: &mut String, indent: &str, found: &Found, frame: &SourceFrame) {
    let nameless = || format!("function {} of core module {}, of which nothing is known", found.function, found.module);
    let name = frame.function.clone().unwrap_or_else(nameless);
    let inlined = if frame.is_inlined { " (inlined)" } else { "" };
    // Writing to a string does not fail.
    let _ = writeln!(text, "{indent}{name}{inlined}");
    let Some(file) = &frame.file else { return };
    let _ = write!(text, "{indent}  at {file}");
    for number in [frame.line, frame.column].into_iter().flatten() {
        let _ = write!(text, ":{number}");
    }
    text.push('\n');
    if let (Some(source), Some(line)) = (&frame.source, frame.line) {
        let _ = writeln!(text, "{indent}  {line:>4} | {source}");
    }
}
