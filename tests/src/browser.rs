//! A browser that opens pages from files: Chromium, which Debian has as a package.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// What Debian and others call it.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// The program; installed where the machine lacks it, once.
static PROGRAM: LazyLock<&str> = LazyLock::new(|| {
    let find = || NAMES.iter().copied().find(|name| runs(Command::new(name).arg("--version")));
    find().unwrap_or_else(|| {
        let mut install = Command::new("apt-get");
        install.args(["install", "--quiet", "--yes", "--no-install-recommends", "chromium"]);
        assert!(
            runs(&mut install),
            "Chromium is missing, and apt-get can't install it: install it, and run the test again"
        );
        find().expect("Chromium is there once it is installed")
    })
});

/// Where it is.
pub(crate) fn chromium() -> String {
    let mut which = Command::new("sh");
    let output = which.args(["-c", "command -v \"$0\"", *PROGRAM]).output().expect("there is a shell");
    String::from_utf8(output.stdout).expect("its path is UTF-8").trim_end().to_owned()
}

fn runs(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A page in a browser.
#[derive(Clone, Debug)]
pub struct Browser {
    flags: Vec<String>,
}

impl Browser {
    /// A window of so many pixels.
    pub fn new(width: u32, height: u32) -> Self {
        Self { flags: vec![format!("--window-size={width},{height}")] }
    }

    /// For a reader who likes it dark.
    #[must_use]
    pub fn dark(mut self) -> Self {
        self.flags.push("--blink-settings=preferredColorScheme=0".to_owned());
        self
    }

    /// The program, with files of its own in a directory.
    pub(crate) fn command(&self, profile: &Path) -> Command {
        let mut command = Command::new(*PROGRAM);
        // In a container there is no sandbox to be had, and the page is ours.
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]);
        command.arg(format!("--user-data-dir={}", profile.display())).args(&self.flags);
        command
    }

    /// The document as it is when the page is loaded.
    fn open(&self, page: &Path) -> String {
        let profile = tempfile::tempdir().expect("a temporary directory");
        let mut command = self.command(profile.path());
        let url = format!("file://{}", page.display());
        let output = command.arg("--dump-dom").arg(url).stdin(Stdio::null()).output().expect("the browser starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("the document is UTF-8")
    }

    /// What a function in the page gives: `body` is that of a function, run when the page is there, and what it returns goes
    /// through JSON. An error in it, or in the page's own scripts, fails the test.
    #[track_caller]
    pub fn run(&self, page: &Path, body: &str) -> Value {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let html = fs_err::read_to_string(page).expect("the page can be read");
        // First of all, so that it sees errors of the page's own; last of all, so that what it drives is there.
        let watch = "<script>window.failures = []; addEventListener('error', (event) => failures.push(event.message));</script>";
        let drive = format!(
            "<script>let told; try {{ told = {{ result: (() => {{ {body} }})(), failures }}; }} catch (error) {{ told = {{ \
             failures: [String(error.stack)] }}; }}\nconst told_in = document.createElement('pre'); told_in.id = 'told'; \
             told_in.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(told)))); document.body.append(told_in);</script>"
        );
        let html =
            html.replacen("<head>", &format!("<head>{watch}"), 1).replacen("</body>", &format!("{drive}</body>"), 1);
        let copy = directory.path().join("page.html");
        fs_err::write(&copy, html).expect("the page can be written");
        let document = self.open(&copy);
        let told = document.split_once("<pre id=\"told\">").and_then(|(_, rest)| rest.split_once("</pre>"));
        let (told, _) = told.unwrap_or_else(|| panic!("the page has told nothing:\n{document}"));
        let told: Value = serde_json::from_slice(&base64(told)).expect("what it tells is JSON");
        assert_eq!(told["failures"], serde_json::json!([]), "errors in the page");
        told["result"].clone()
    }
}

/// Decodes base64 (RFC 4648, §4).
pub(crate) fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .bytes()
        .take_while(|digit| *digit != b'=')
        .map(|digit| DIGITS.iter().position(|other| *other == digit).expect("a digit") as u32)
        .collect();
    let bytes = digits.chunks(4).flat_map(|group| {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bits.to_be_bytes()[1..group.len()].to_vec()
    });
    bytes.collect()
}
