//! The log file: one line for each thing that is said and each request that is answered, written by a thread of its own.
//! A disk that is slow or full loses lines, and never holds up a request.

use std::io;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};

use super::access::Access;
use super::error::{Detail, ServeError};
use super::farewell;
use super::metrics::Metrics;
use crate::project::ServerSettings;
use crate::report::{Event, Level, Reporter};
use crate::tools::plain;
use crate::tools::rotating_file::RotatingFile;

/// RFC 3339 (and ISO 8601) in UTC to the microsecond: as wide for every line, so that lines sort and line up.
const TIME: Iso8601<{ PRECISION }> = Iso8601;
const PRECISION: EncodedConfig =
    Config::DEFAULT.set_time_precision(TimePrecision::Second { decimal_digits: NonZero::new(6) }).encode();
/// How many lines may wait for the disk. What comes on top is lost, and counted.
const WAITING: usize = 16_384;
/// The longest line, in bytes. The rest of it is cut.
const LINE_MOST: usize = 16 << 10;
/// How much is written at once, at most.
const BATCH: usize = 64 << 10;
/// How often the file is looked after: whether it is still there, and whether it can be written again.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The log file, to be written to.
#[derive(Clone)]
pub(super) struct Journal {
    sender: SyncSender<Entry>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
    metrics: Arc<Metrics>,
    level: Level,
}

enum Entry {
    Line(String),
    End,
}

impl Journal {
    /// Opens the log file, where the settings name one.
    ///
    /// # Errors
    /// It can't be written to.
    pub(super) fn open(
        settings: &ServerSettings,
        metrics: &Arc<Metrics>,
        reporter: &Reporter,
    ) -> Result<Option<Self>, ServeError> {
        let Some(path) = &settings.log_file else { return Ok(None) };
        let file = RotatingFile::open(path, settings.log_max_size, settings.log_max_files);
        let file = file.map_err(|source| ServeError::LogFile { path: path.clone(), source })?;
        let (sender, receiver) = sync_channel(WAITING);
        let level = reporter.level().unwrap_or(Level::Info);
        let writer = Writer {
            file,
            path: path.clone(),
            reporter: reporter.clone(),
            metrics: metrics.clone(),
            failing: false,
            lost: 0,
        };
        let thread = thread::Builder::new().name("mik-log".to_owned()).spawn(move || writer.write_all(&receiver));
        let thread = thread.map_err(|error| ServeError::Start { source: Detail(error.to_string()) })?;
        let thread = Arc::new(Mutex::new(Some(thread)));
        Ok(Some(Self { sender, thread, metrics: metrics.clone(), level }))
    }

    /// Writes down something that is said.
    pub(super) fn event(&self, event: &Event) {
        if let (level, Some(text)) = (event.level(), event.text())
            && level <= self.level
        {
            self.line(level, &text);
        }
    }

    /// Writes down a request.
    pub(super) fn access(&self, access: &Access<'_>) {
        if Level::Info > self.level {
            return;
        }
        let Access { id, line, module, status, bytes, broken, time, client } = access;
        let (method, path) = line.split_once(' ').unwrap_or((line, "-"));
        let status = status.map_or_else(|| "-".to_owned(), |status| status.as_u16().to_string());
        let (module, milliseconds) = (module.unwrap_or("-"), time.as_secs_f64() * 1000.0);
        let mut text = format!(
            "request id={id} method={method} path={path} module={module} status={status} bytes={bytes} \
             duration_ms={milliseconds:.3} client={client}"
        );
        if *broken {
            text.push_str(" broken=true");
        }
        self.line(Level::Info, &text);
    }

    fn line(&self, level: Level, text: &str) {
        // A clock before the year 0 or after 9999 is no reason to lose the line.
        let now = OffsetDateTime::now_utc().format(&TIME).unwrap_or_else(|_| "-".to_owned());
        let mut line = format!("{now} {:5} ", level.name());
        // One entry is one line, whatever clients and guests have put into it.
        plain::push(&mut line, text, LINE_MOST);
        line.push('\n');
        match self.sender.try_send(Entry::Line(line)) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.metrics.log_lost(1),
        }
    }

    /// Writes what waits, and nothing after.
    pub(super) fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            farewell::end(thread, || !matches!(self.sender.try_send(Entry::End), Err(TrySendError::Full(_))));
        }
    }
}

/// The thread that writes.
struct Writer {
    file: RotatingFile,
    path: PathBuf,
    reporter: Reporter,
    metrics: Arc<Metrics>,
    /// Whether the last write failed. It has been said then.
    failing: bool,
    /// Lines that are lost since.
    lost: u64,
}

impl Writer {
    fn write_all(mut self, receiver: &Receiver<Entry>) {
        let mut looked = Instant::now();
        let mut batch = Vec::new();
        let mut ended = false;
        while !ended {
            let mut entry = receiver.recv_timeout(LOOK_EVERY);
            let mut lines = 0;
            loop {
                match entry {
                    Ok(Entry::Line(line)) => {
                        batch.extend_from_slice(line.as_bytes());
                        lines += 1;
                    }
                    Err(RecvTimeoutError::Timeout) => break,
                    Ok(Entry::End) | Err(RecvTimeoutError::Disconnected) => {
                        ended = true;
                        break;
                    }
                }
                if batch.len() >= BATCH {
                    break;
                }
                entry = receiver.try_recv().map_err(|_| RecvTimeoutError::Timeout);
            }
            if looked.elapsed() >= LOOK_EVERY {
                self.file.check();
                looked = Instant::now();
            }
            self.write(&batch, lines);
            batch.clear();
        }
    }

    fn write(&mut self, batch: &[u8], lines: u64) {
        if lines == 0 {
            return;
        }
        let written = if self.lost > 0 {
            let mut whole = format!("({} lines were lost before this one)\n", self.lost).into_bytes();
            whole.extend_from_slice(batch);
            self.file.write(&whole)
        } else {
            self.file.write(batch)
        };
        match written {
            Ok(()) => (self.failing, self.lost) = (false, 0),
            Err(source) => self.lose(lines, source),
        }
    }

    fn lose(&mut self, lines: u64, source: io::Error) {
        self.lost += lines;
        self.metrics.log_lost(lines);
        if !std::mem::replace(&mut self.failing, true) {
            self.reporter.warn(ServeError::LogLost { path: self.path.clone(), source });
        }
    }
}
