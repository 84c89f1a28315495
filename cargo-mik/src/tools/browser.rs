//! The user's browser.

use std::io;

use webbrowser::{Browser, BrowserOptions};

/// Opens a page in the user's browser: the one that `BROWSER` names, or the system's. It does not wait for it to be closed.
///
/// # Errors
/// There is none.
pub fn open(url: &str) -> io::Result<()> {
    // What it prints is not ours to show.
    webbrowser::open_browser_with_options(Browser::Default, url, BrowserOptions::new().with_suppress_output(true))
}
