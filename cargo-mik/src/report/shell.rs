//! The one door to the terminal: stderr for people, stdout for programs; quiet, verbose and colour decided once.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anstyle::{AnsiColor, Style};

use super::event::{self, Event};
use super::progress::Bar;
use super::{Level, diagnostic, message};

const VERB: Style = AnsiColor::Green.on_default().bold();
const DETAIL: Style = AnsiColor::Cyan.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// `-q`: errors only.
    Quiet,
    /// Status lines and warnings.
    #[default]
    Normal,
    /// `-v`: what is fresh, and what is run.
    Verbose,
    /// `-vv`: the same, and all that cargo can tell.
    VeryVerbose,
}

/// Whether to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` or `CARGO_TERM_COLOR` say otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Who reads: people or programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageFormat {
    /// Lines on stderr.
    #[default]
    Human,
    /// One JSON object a line on stdout, and diagnostics there too.
    Json,
}

/// A handle on the [`Shell`] that rooms and threads share.
#[derive(Clone)]
pub struct Reporter {
    shell: Arc<Mutex<Shell>>,
    /// What matters less is not said.
    level: Option<Level>,
    /// Who else is told.
    also: Option<Arc<Listener>>,
}

type Listener = dyn Fn(&Event) + Send + Sync;

impl Reporter {
    /// Shares a shell.
    pub fn new(shell: Shell) -> Self {
        Self { shell: Arc::new(Mutex::new(shell)), level: None, also: None }
    }

    /// The same shell for what matters so much. Flags (`-q`, `-v`) go before it.
    #[must_use]
    pub fn at_level(&self, level: Option<Level>) -> Self {
        let mut shell = self.shell();
        let is_typed = shell.verbosity != Verbosity::Normal;
        if level >= Some(Level::Debug) && !is_typed {
            shell.verbosity = Verbosity::Verbose;
        }
        drop(shell);
        Self { level, ..self.clone() }
    }

    /// The same shell, with somebody else who is told everything, shown or not.
    #[must_use]
    pub fn also(&self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self { also: Some(Arc::new(listener)), ..self.clone() }
    }

    /// Says that something happened.
    pub fn emit(&self, event: Event) {
        self.tell(&event);
        let mut shell = self.shell();
        let is_wanted = self.level.is_none_or(|level| event.level() <= level);
        // Where to find the server is what it is asked for.
        if is_wanted || shell.verbosity > Verbosity::Normal || matches!(event, Event::Listening { .. }) {
            shell.show(&event);
        }
    }

    /// What matters less is not said, where that was decided.
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// A status line: a verb of at most 12 columns and what it is about.
    pub fn status(&self, verb: &'static str, message: impl Into<String>) {
        self.emit(Event::Status { verb, message: message.into() });
    }

    /// A status line that only `-v` shows.
    pub fn detail(&self, verb: &'static str, message: impl Into<String>) {
        self.emit(Event::Detail { verb, message: message.into() });
    }

    /// Something that works today and should be changed.
    pub fn warn(&self, warning: impl Into<miette::Report>) {
        self.emit(Event::Warning(warning.into()));
    }

    /// The failure that ends the program.
    pub fn fail(&self, report: &miette::Report) {
        self.shell().show_failure(report);
    }

    /// A line for people, as it is; where only errors are said, it is not.
    pub fn show_line(&self, line: &str) {
        let mut shell = self.shell();
        if shell.verbosity >= Verbosity::Normal {
            shell.line_err(line);
        }
    }

    /// One for people, whoever reads this: nothing that is said to it goes to stdout.
    #[must_use]
    pub fn for_people(&self) -> Self {
        let Shell { verbosity, message_format, color, .. } = *self.shell();
        if message_format == MessageFormat::Human {
            return self.clone();
        }
        let color = if color { ColorChoice::Always } else { ColorChoice::Never };
        Self { shell: Arc::new(Mutex::new(Shell::new(verbosity, MessageFormat::Human, color))), ..self.clone() }
    }

    /// A line of cargo's, as it is, for people.
    pub fn pass_on(&self, line: &str) {
        self.tell(&Event::Cargo(line.to_owned()));
        self.shell().line_err(line);
    }

    /// Bytes of cargo's, as they are, for people: maybe half a line.
    pub fn pass_through(&self, bytes: &[u8]) {
        let mut shell = self.shell();
        drop(shell.stderr.write_all(bytes).and_then(|()| shell.stderr.flush()));
    }

    /// Whether somebody else is told as well.
    pub fn is_overheard(&self) -> bool {
        self.also.is_some()
    }

    /// Tells whoever listens, and shows nothing.
    pub fn tell(&self, event: &Event) {
        if let Some(also) = &self.also {
            also(event);
        }
    }

    /// Clears the terminal, with what has been scrolled out of it.
    pub fn clear(&self) {
        self.pass_through(b"\x1b[H\x1b[2J\x1b[3J");
    }

    /// Writes what was asked for to stdout, as it is.
    ///
    /// # Errors
    /// The reader has gone away, or the disk is full.
    pub fn data(&self, data: &[u8]) -> std::io::Result<()> {
        let mut shell = self.shell();
        shell.stdout.write_all(data)?;
        shell.stdout.flush()
    }

    /// How much is said.
    pub fn verbosity(&self) -> Verbosity {
        self.shell().verbosity
    }

    /// Who reads.
    pub fn message_format(&self) -> MessageFormat {
        self.shell().message_format
    }

    /// Whether stderr gets colours.
    pub fn color(&self) -> bool {
        self.shell().color
    }

    fn shell(&self) -> MutexGuard<'_, Shell> {
        // A thread that panicked while writing leaves half a line at worst.
        self.shell.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where lines go and how they look.
pub struct Shell {
    stdout: Box<dyn Write + Send>,
    stderr: Box<dyn Write + Send>,
    verbosity: Verbosity,
    message_format: MessageFormat,
    color: bool,
    bar: Option<Bar>,
}

impl Shell {
    /// The process's own streams.
    pub fn new(verbosity: Verbosity, message_format: MessageFormat, color_choice: ColorChoice) -> Self {
        let color = match color_choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never,
        };
        let draws = verbosity > Verbosity::Quiet && std::io::stderr().is_terminal();
        Self {
            stdout: Box::new(std::io::stdout()),
            stderr: Box::new(std::io::stderr()),
            verbosity,
            message_format,
            color,
            bar: draws.then(Bar::default),
        }
    }

    /// Buffers instead of the terminal, for tests.
    pub fn from_write(stdout: Box<dyn Write + Send>, stderr: Box<dyn Write + Send>) -> Self {
        Self {
            stdout,
            stderr,
            verbosity: Verbosity::Normal,
            message_format: MessageFormat::Human,
            color: false,
            bar: None,
        }
    }

    fn show(&mut self, event: &Event) {
        if self.message_format == MessageFormat::Json
            && let Some(message) = message::of(event)
        {
            return self.line_out(&message.to_string());
        }
        let normal = self.verbosity >= Verbosity::Normal;
        match event {
            Event::Status { verb, message } if normal => self.verb(VERB, verb, message),
            Event::Detail { verb, message } if self.verbosity >= Verbosity::Verbose => {
                self.verb(DETAIL, verb, message);
            }
            Event::Note(note) if normal => {
                let label = self.paint(NOTE, "note");
                self.line_err(&format!("{label}: {note}"));
            }
            Event::Warning(report) if normal => {
                let text = diagnostic::render("warning", report, self.color);
                self.line_err(&text);
            }
            Event::Failure(report) => self.show_failure(report),
            Event::Chosen(chosen) if normal && !chosen.fresh => {
                self.verb(VERB, "Chosen", &chosen.heading());
                let label = self.paint(NOTE, "note");
                chosen.notes().for_each(|note| self.line_err(&format!("{label}: {note}")));
            }
            Event::Chosen(chosen) if self.verbosity >= Verbosity::Verbose => {
                self.verb(DETAIL, "Chosen", &chosen.heading());
            }
            Event::Optimized(optimized) if normal && optimized.part != "composed" => {
                self.verb(VERB, "Optimized", &optimized.in_words());
            }
            Event::Optimized(optimized) if self.verbosity >= Verbosity::Verbose => {
                self.verb(DETAIL, "Optimized", &optimized.in_words());
            }
            Event::Composed(composed) if normal => self.verb(VERB, "Composed", &composed.in_words()),
            Event::Artifact(artifact) if normal => {
                let verb = match (artifact.fresh, &artifact.handler) {
                    (true, _) => "Fresh",
                    (false, Some(_)) => "Composed",
                    (false, None) => "Built",
                };
                self.verb(VERB, verb, &format!("{} ({})", shown(&artifact.path), size(artifact.size)));
            }
            Event::Listening { url } => self.verb(VERB, "Serving", url),
            Event::Live { module, build } if normal => self.verb(VERB, "Live", &format!("{module} ({build})")),
            Event::Swapped { modules, times } if normal => {
                let (verb, message) = event::swap_in_words(modules, times);
                self.verb(VERB, verb, &message);
            }
            Event::Guest { module, request, stream: _, line } => {
                let request = request.as_deref().unwrap_or("start");
                let prefix = self.paint(DIM, &format!("{module} {request} |"));
                self.line_err(&format!("{prefix} {line}"));
            }
            Event::Progress(progress) => {
                if let Some(bar) = &mut self.bar {
                    bar.update(progress);
                }
            }
            Event::ProgressEnd => {
                if let Some(bar) = &mut self.bar {
                    bar.end();
                }
            }
            Event::Status { .. } | Event::Detail { .. } | Event::Note(_) | Event::Warning(_) | Event::Cargo(_) => {}
            Event::Chosen(_) | Event::Optimized(_) | Event::Composed(_) | Event::Artifact(_) => {}
            Event::Live { .. } | Event::Swapped { .. } => {}
        }
    }

    fn show_failure(&mut self, report: &miette::Report) {
        if let Some(bar) = &mut self.bar {
            bar.end();
        }
        if self.message_format == MessageFormat::Json {
            let message = message::diagnostic_message("error", report);
            return self.line_out(&message.to_string());
        }
        let text = diagnostic::render("error", report, self.color);
        self.line_err(&text);
    }

    fn verb(&mut self, style: Style, verb: &str, message: &str) {
        let verb = self.paint(style, &format!("{verb:>12}"));
        self.line_err(&format!("{verb} {message}"));
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    // A closed terminal is no reason to end a build: these lines are for whoever still reads.
    fn line_err(&mut self, line: &str) {
        let Self { stderr, bar, .. } = self;
        let mut write = || drop(writeln!(stderr, "{line}").and_then(|()| stderr.flush()));
        match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn line_out(&mut self, line: &str) {
        drop(writeln!(self.stdout, "{line}").and_then(|()| self.stdout.flush()));
    }
}

/// A path as people type it: relative where it lies beneath the current directory.
fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(cwd).unwrap_or(path).display().to_string()
}

/// A size as people read it.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_status_line_looks_like_cargos() {
        let stderr = Buffer::default();
        let reporter = Reporter::new(Shell::from_write(Box::new(std::io::sink()), Box::new(stderr.clone())));
        reporter.status("Composing", "hello");
        assert_eq!(String::from_utf8(stderr.0.lock().unwrap().clone()).unwrap(), "   Composing hello\n");
    }

    #[test]
    fn sizes_are_readable() {
        assert_eq!(size(812), "812 B");
        assert_eq!(size(63_488), "62.0 KiB");
        assert_eq!(size(1 << 30), "1.0 GiB");
    }
}
