//! The answer as it is written: body to stdout, the rest to stderr; or all of it as one JSON object.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use http::StatusCode;
use miette::Diagnostic;
use serde_json::{Value, json};
use thiserror::Error;

use super::Said;
use crate::recording::Request;
use crate::report::Reporter;
use crate::serve::{Answered, Head, Piece};
use crate::tools::files;

/// The largest body that is kept in memory, in bytes: for a file, or for JSON.
const KEPT_MOST: usize = 512 << 20;

/// Where an answer is to go.
pub(super) struct Form {
    /// Whether its head goes to stdout.
    pub(super) include: bool,
    /// The file for its body.
    pub(super) file: Option<PathBuf>,
    /// Whether the body of an answer that says of a failure is left out.
    pub(super) leaves_out: bool,
    pub(super) is_json: bool,
}

/// An answer that goes there.
pub(super) struct Output {
    form: Form,
    reporter: Reporter,
    head: Option<Head>,
    body: Vec<u8>,
    size: u64,
    is_too_large: bool,
    is_broken: bool,
    /// Whether the body would have disturbed a terminal.
    is_withheld: bool,
    ends_line: bool,
}

/// An answer that is not what was wanted.
#[derive(Debug, Error, Diagnostic)]
pub(super) enum AnswerError {
    #[error("`{method} {target}` was answered with {status}")]
    #[diagnostic(code(mik::answer::status))]
    Status { method: String, target: String, status: String },
    #[error("the answer's body broke off")]
    #[diagnostic(code(mik::answer::broken))]
    Broken,
    #[error("the body is larger than {} MiB", KEPT_MOST >> 20)]
    #[diagnostic(
        code(mik::answer::too_large),
        help("leave `--output` and JSON out: what goes to stdout may be of any length")
    )]
    TooLarge,
}

impl Output {
    pub(super) fn new(form: Form, reporter: &Reporter) -> Self {
        Self {
            form,
            reporter: reporter.clone(),
            head: None,
            body: Vec::new(),
            size: 0,
            is_too_large: false,
            is_broken: false,
            is_withheld: false,
            ends_line: true,
        }
    }

    /// Takes the next piece of the answer.
    ///
    /// # Errors
    /// Stdout can't be written to. That nobody reads any more is none: then no more is wanted.
    pub(super) fn take(&mut self, piece: Piece<'_>) -> io::Result<ControlFlow<()>> {
        match piece {
            Piece::Head(head) => {
                let lines = lines(&head);
                let is_left_out = self.form.leaves_out && head.status >= 400;
                self.form.leaves_out = is_left_out;
                self.head = Some(head);
                if self.form.is_json {
                    return Ok(ControlFlow::Continue(()));
                }
                if self.form.include {
                    return self.write(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes());
                }
                lines.iter().for_each(|line| self.reporter.show_line(line));
                Ok(ControlFlow::Continue(()))
            }
            Piece::Body(data) => {
                self.size += data.len() as u64;
                if self.form.leaves_out && !self.form.is_json {
                    return Ok(ControlFlow::Continue(()));
                }
                if self.form.is_json || self.form.file.is_some() {
                    self.is_too_large |= self.body.len().saturating_add(data.len()) > KEPT_MOST;
                    if self.is_too_large {
                        return Ok(ControlFlow::Break(()));
                    }
                    self.body.extend_from_slice(data);
                    return Ok(ControlFlow::Continue(()));
                }
                // As curl does it: control characters can leave a terminal unusable.
                self.is_withheld |= data.contains(&0) && io::stdout().is_terminal();
                if self.is_withheld {
                    return Ok(ControlFlow::Continue(()));
                }
                self.ends_line = data.last() == Some(&b'\n');
                self.write(data)
            }
        }
    }

    fn write(&self, data: &[u8]) -> io::Result<ControlFlow<()>> {
        match self.reporter.data(data) {
            Ok(()) => Ok(ControlFlow::Continue(())),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            Err(error) => Err(error),
        }
    }

    /// The answer is over: writes what was kept, and says what it took.
    ///
    /// # Errors
    /// The body is too large to be kept, or can't be written.
    pub(super) fn end(&mut self, answered: Answered, compile: Duration, said: &[Said]) -> miette::Result<()> {
        self.is_broken = answered.is_broken;
        if self.is_too_large {
            return Err(AnswerError::TooLarge.into());
        }
        if self.form.is_json {
            let object = format!("{}\n", self.object(&answered, compile, said));
            return super::super::write_data(&self.reporter, &object);
        }
        if let Some(file) = self.form.file.as_ref().filter(|_| !self.form.leaves_out && !answered.is_broken) {
            files::write(file, &self.body)?;
        }
        // What follows on a terminal begins a line.
        if !self.ends_line && io::stdout().is_terminal() {
            drop(self.reporter.data(b"\n"));
        }
        if self.is_withheld {
            self.reporter.emit(crate::report::Event::Note(
                "the body is binary, and not for a terminal: write it to a file with `-o FILE`".to_owned(),
            ));
        }
        let status = self.head.as_ref().map_or(0, |head| head.status);
        let size = crate::report::size(self.size);
        let mut times = vec![format!("compile {}", milliseconds(compile))];
        times.extend(answered.instantiation.map(|time| format!("instantiate {}", milliseconds(time))));
        times.extend(answered.guest.map(|time| format!("guest {}", milliseconds(time))));
        let time = milliseconds(answered.time);
        self.reporter.status("Answered", format!("{status} with {size} in {time} ms: {} ms", times.join(", ")));
        Ok(())
    }

    fn object(&self, answered: &Answered, compile: Duration, said: &[Said]) -> Value {
        let head = self.head.clone().unwrap_or(Head { status: 0, headers: Vec::new() });
        let in_ms = |time: Duration| time.as_secs_f64() * 1e3;
        let (mut logs, mut failures) = (Vec::new(), Vec::new());
        for said in said {
            match said {
                Said::Line(stream, line) => logs.push(json!({ "stream": stream, "line": line })),
                Said::Failure(code, message) => failures.push(json!({ "code": code, "message": message })),
            }
        }
        let text = std::str::from_utf8(&self.body).ok();
        json!({
            "reason": "mik-answer",
            "status": head.status,
            "headers": head.headers,
            "build": head.build(),
            "body": text,
            // What is no text, byte by byte.
            "body_hex": text.is_none().then(|| hex::encode(&self.body)),
            "broken": answered.is_broken,
            "milliseconds": {
                "total": in_ms(answered.time),
                "compile": in_ms(compile),
                "instantiate": answered.instantiation.map(in_ms),
                "guest": answered.guest.map(in_ms),
            },
            "logs": logs,
            "failures": failures,
        })
    }

    /// Whether the answer is what was wanted.
    ///
    /// # Errors
    /// It is not.
    pub(super) fn verdict(&self, request: &Request, fails: bool) -> miette::Result<()> {
        let status = self.head.as_ref().map_or(0, |head| head.status);
        if self.is_broken {
            return Err(AnswerError::Broken.into());
        }
        if fails && status >= 400 {
            let (method, target) = (request.method.clone(), request.target.clone());
            let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
            let status = format!("{status} {}", reason.unwrap_or_default()).trim_end().to_owned();
            return Err(AnswerError::Status { method, target, status }.into());
        }
        Ok(())
    }
}

/// A head, line by line.
fn lines(head: &Head) -> Vec<String> {
    let reason = StatusCode::from_u16(head.status).ok().and_then(|status| status.canonical_reason());
    let status = format!("HTTP/1.1 {} {}", head.status, reason.unwrap_or_default()).trim_end().to_owned();
    let headers = head.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    std::iter::once(status).chain(headers).collect()
}

/// A time in milliseconds, as precise as it matters.
pub(in crate::cli) fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 10.0 { format!("{milliseconds:.1}") } else { format!("{milliseconds:.0}") }
}
