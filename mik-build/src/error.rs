//! What a build script ends with when it can't go on: what is wrong, and what to do about it.

use std::error::Error;
use std::fmt;

/// Why there are no bindings, or no component.
///
/// A build script that returns it shows it as people read it: `Debug` is the same text as `Display`, with its causes.
pub struct BuildError {
    message: String,
    help: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, source: None }
    }

    /// What to do about it, where that is known.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// What to do about it.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// What has caused it.
    pub(crate) fn because(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(formatter, "\n  because: {}", error.to_string().replace('\n', "\n    "))?;
            cause = error.source();
        }
        match &self.help {
            Some(help) => write!(formatter, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_script_shows_all_of_it() {
        let error = BuildError::new("`db` is not there").because(std::io::Error::other("no disk")).help("mount it");
        assert_eq!(format!("{error:?}"), "`db` is not there\n  because: no disk\n  help: mount it");
    }
}
