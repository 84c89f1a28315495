//! Diagnostics in cargo's look: `error[mik::…]: what`, the file, the line, a caret, and what to write instead.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use miette::{Diagnostic, Report, SourceSpan};

/// A diagnostic as text. `level` is `error` or `warning`.
pub(super) fn render(level: &str, report: &Report, color: bool) -> String {
    let diagnostic: &dyn Diagnostic = report.as_ref();
    let level = if level == "warning" { Level::WARNING } else { Level::ERROR };
    let code = diagnostic.code().map(|code| code.to_string());
    let message = report.to_string();

    let mut title = level.primary_title(message.as_str());
    if let Some(code) = &code {
        title = title.id(code.as_str());
    }

    let source = Source::of(diagnostic);
    let mut group = match &source {
        Some(source) => title.element(source.snippet()),
        None => Group::with_title(title),
    };
    // cargo prints causes under the message; the chain's head is the message itself.
    let causes: Vec<String> = report.chain().skip(1).map(ToString::to_string).collect();
    for cause in &causes {
        group = group.element(Level::NOTE.with_name("cause").message(cause.as_str()));
    }
    let help = diagnostic.help().map(|help| help.to_string());
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help.as_str()));
    }

    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// An error as the terminal has it, with colours.
pub fn rendered(report: &Report) -> String {
    render("error", report, true)
}

/// The text that a diagnostic's labels point into.
struct Source {
    path: Option<String>,
    text: String,
    labels: Vec<(std::ops::Range<usize>, Option<String>, bool)>,
}

impl Source {
    fn of(diagnostic: &dyn Diagnostic) -> Option<Self> {
        let labels: Vec<_> = diagnostic.labels()?.collect();
        let code = diagnostic.source_code()?;
        // Every line is context: what is shown is the renderer's choice.
        let contents = code.read_span(&SourceSpan::from(0..1), usize::MAX / 2, usize::MAX / 2).ok()?;
        let text = String::from_utf8_lossy(contents.data()).into_owned();
        let clamp = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let labels = labels
            .iter()
            .map(|label| {
                let range = clamp(label.offset())..clamp(label.offset() + label.len());
                (range, label.label().map(str::to_owned), label.primary())
            })
            .collect();
        Some(Self { path: contents.name().map(str::to_owned), text, labels })
    }

    fn snippet(&self) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let only = self.labels.len() == 1;
        let mut snippet = Snippet::source(self.text.as_str());
        if let Some(path) = &self.path {
            snippet = snippet.path(path.as_str());
        }
        snippet.annotations(self.labels.iter().map(|(range, label, primary)| {
            let kind = if only || *primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(range.clone()).label(label.as_deref())
        }))
    }
}

#[cfg(test)]
mod tests {
    use miette::NamedSource;

    use super::*;

    #[derive(Debug, thiserror::Error, Diagnostic)]
    #[error("unknown target `wasm33`")]
    #[diagnostic(code(mik::project::unknown_target), help("write `wasm32-wasip2`"))]
    struct UnknownTarget {
        #[source_code]
        source_code: NamedSource<String>,
        #[label("not a target of cargo mik")]
        at: SourceSpan,
    }

    #[test]
    fn shows_file_line_caret_and_help() {
        let text = "[package.metadata.mik.build]\ntarget = \"wasm33\"\n".to_owned();
        let report = Report::new(UnknownTarget {
            source_code: NamedSource::new("Cargo.toml", text),
            at: SourceSpan::from(38..46),
        });
        assert_eq!(
            render("error", &report, false),
            "error[mik::project::unknown_target]: unknown target `wasm33`\n \
             --> Cargo.toml:2:10\n  \
               |\n\
             2 | target = \"wasm33\"\n  \
               |          ^^^^^^^^ not a target of cargo mik\n  \
               |\n  \
               = help: write `wasm32-wasip2`"
        );
    }
}
