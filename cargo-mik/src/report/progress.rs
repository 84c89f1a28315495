//! The progress bar: drawn on a terminal only, and gone when its task is.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Progress;

/// At most one bar: tasks that take long enough to need one run one after another.
#[derive(Default)]
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(super) fn update(&mut self, progress: &Progress) {
        let bar = self.0.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.enable_steady_tick(std::time::Duration::from_millis(120));
            bar
        });
        let template = match progress.position {
            Some(_) => "{prefix:>12.cyan.bold} [{bar:24}] {pos}/{len} {wide_msg}",
            None => "{prefix:>12.cyan.bold} {spinner} {wide_msg} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(progress.verb);
        bar.set_message(progress.message.clone());
        if let Some((position, length)) = progress.position {
            bar.set_length(length);
            bar.set_position(position);
        }
    }

    /// Takes the bar off the screen so that a line can be written, and puts it back.
    pub(super) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    pub(super) fn end(&mut self) {
        if let Some(bar) = self.0.take() {
            bar.finish_and_clear();
        }
    }
}
