//! A trap in the words of its source, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{DebugFiles, Found, Mention, SourceFrame, Symbolicator, mentions};
use crate::inspect::plain;
use crate::stages::StageError;

/// A text, line by line, and what its frames are.
pub struct Symbolicated<'f> {
    files: &'f DebugFiles,
    symbols: Symbolicator<'f>,
    lines: usize,
    mentioned: usize,
    found: usize,
}

impl<'f> Symbolicated<'f> {
    /// Reads what is known of a component's code.
    ///
    /// # Errors
    /// A core module is damaged.
    pub fn new(files: &'f DebugFiles) -> Result<Self, StageError> {
        Ok(Self { files, symbols: files.symbols()?, lines: 0, mentioned: 0, found: 0 })
    }

    /// How many frames the lines had so far, and how many of them are in this component.
    pub fn count(&self) -> (usize, usize) {
        (self.mentioned, self.found)
    }

    /// The next line, and below it what its frames are.
    pub fn line(&mut self, line: &str) -> String {
        let mut text = format!("{line}\n");
        let blank = line.len() - line.trim_start().len();
        let indent = " ".repeat(blank.min(16) + 4);
        for found in self.frames(line).iter().filter_map(|(_, found)| found.as_ref()) {
            for frame in &found.frames {
                write_frame(&mut text, &indent, found, frame);
            }
        }
        text
    }

    /// A whole text as one line of JSON.
    pub fn json(&mut self, text: &str) -> String {
        let frame = |frame: &SourceFrame| {
            let SourceFrame { function, file, line, column, is_inlined, source } = frame;
            json!({ "function": function, "file": file, "line": line, "column": column, "inlined": is_inlined, "source": source })
        };
        let mut places: Vec<Value> = Vec::new();
        for line in text.lines() {
            let frames = self.frames(line);
            let number = self.lines;
            places.extend(frames.into_iter().map(|(mention, found)| {
                json!({
                    "line": number,
                    "address": mention.address,
                    "module": found.as_ref().map(|found| found.module),
                    "function": found.as_ref().map(|found| found.function).or(mention.function),
                    "frames": found.map(|found| found.frames.iter().map(frame).collect::<Vec<Value>>()).unwrap_or_default(),
                })
            }));
        }
        let value = json!({
            "reason": "mik-symbolicated",
            "component": self.files.component,
            "build_id": self.files.build_id.as_ref().map(ToString::to_string),
            "places": places,
        });
        format!("{value}\n")
    }

    /// The frames that the next line mentions.
    fn frames(&mut self, line: &str) -> Vec<(Mention, Option<Found>)> {
        let find = |mention: Mention| {
            let found = self.symbols.find(&mention);
            (mention, found)
        };
        let frames: Vec<_> = mentions(line).into_iter().map(find).collect();
        self.lines += 1;
        self.mentioned += frames.len();
        self.found += frames.iter().filter(|(_, found)| found.is_some()).count();
        frames
    }
}

fn write_frame(text: &mut String, indent: &str, found: &Found, frame: &SourceFrame) {
    let nameless = || format!("function {} of core module {}, of which nothing is known", found.function, found.module);
    let name = frame.function.as_deref().map_or_else(nameless, plain);
    let inlined = if frame.is_inlined { " (inlined)" } else { "" };
    // Writing to a string does not fail.
    let _ = writeln!(text, "{indent}{name}{inlined}");
    let Some(file) = &frame.file else { return };
    let _ = write!(text, "{indent}  at {}", plain(file));
    for number in [frame.line, frame.column].into_iter().flatten() {
        let _ = write!(text, ":{number}");
    }
    text.push('\n');
    if let (Some(source), Some(line)) = (&frame.source, frame.line) {
        let _ = writeln!(text, "{indent}  {line:>4} | {}", plain(source));
    }
}
