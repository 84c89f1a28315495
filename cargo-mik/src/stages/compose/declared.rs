//! An error about dependencies, with the places where they are declared.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use super::error::CompositionError;
use crate::plan::Component;
use crate::stages::StageError;

/// Components that can't become one, and where those are declared that it is about. Exit code 105.
#[derive(Debug)]
pub struct DeclaredError {
    error: CompositionError,
    source_code: NamedSource<Arc<String>>,
    labels: Vec<LabeledSpan>,
}

/// An error with the places of what it is about, as far as they are known. A diagnostic shows one file: that of the first.
pub(crate) fn declared(error: CompositionError, components: &[Component]) -> StageError {
    let about = error.about();
    let places: Vec<_> = components
        .iter()
        .filter(|component| about.contains(&component.name.as_str()))
        .filter_map(|component| Some((component, component.place.as_ref()?)))
        .collect();
    let Some((_, first)) = places.first() else { return error.into() };
    let source_code = first.source_code();
    let in_file = places.iter().filter(|(_, place)| place.source_code().name() == source_code.name());
    let label = |(component, place): &(&Component, &crate::project::Place)| {
        LabeledSpan::new_with_span(Some(format!("`{}` is declared here", component.name)), place.span())
    };
    let labels = in_file.map(label).collect();
    StageError::Declared(Box::new(DeclaredError { error, source_code, labels }))
}

impl fmt::Display for DeclaredError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl Error for DeclaredError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl Diagnostic for DeclaredError {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.error.code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.error.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source_code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
