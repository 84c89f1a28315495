//! What libraries say through the crate `log`.

use log_facade::{LevelFilter, Log, Metadata, Record};

use super::{Level, enabled, filter, write};

struct Facade;

/// Hears the crate `log` from now on, unless somebody else does.
pub(crate) fn install() {
    let _ = log_facade::set_logger(&Facade);
    let most_verbose = match filter::highest() {
        0 => LevelFilter::Off,
        1 => LevelFilter::Error,
        2 => LevelFilter::Warn,
        3 => LevelFilter::Info,
        4 => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    };
    log_facade::set_max_level(most_verbose);
}

impl Log for Facade {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        enabled(metadata.level().into(), metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        write(record.level().into(), record.target(), *record.args(), &[]);
    }

    fn flush(&self) {}
}

impl From<log_facade::Level> for Level {
    fn from(level: log_facade::Level) -> Self {
        match level {
            log_facade::Level::Error => Self::Error,
            log_facade::Level::Warn => Self::Warn,
            log_facade::Level::Info => Self::Info,
            log_facade::Level::Debug => Self::Debug,
            log_facade::Level::Trace => Self::Trace,
        }
    }
}
