//! Pages of a server in a browser that stays open: Playwright, as npm has it, drives the machine's own Chromium.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::browser::chromium;
use crate::{PATIENCE, Program};

/// The version of Playwright that is known to drive what Debian has. It is given a browser, so that it brings none.
const VERSION: &str = "1.56.1";

/// What runs in node: it reads what to do, a line each, and tells what came of it.
const DRIVER: &str = include_str!("playwright.js");

/// Where Playwright is; installed once.
static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = Program::cache_directory().with_file_name("playwright").join(VERSION);
    if !directory.join("node_modules/playwright-core/package.json").is_file() {
        fs_err::create_dir_all(&directory).expect("the directory can be made");
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-save"]);
        Program::run(npm.arg(format!("playwright-core@{VERSION}")).current_dir(&directory)).ok();
    }
    directory
});

/// A window of a browser, for as long as it lives.
#[derive(Debug)]
pub struct Window {
    driver: Child,
    orders: Option<ChildStdin>,
    told: BufReader<ChildStdout>,
}

impl Window {
    /// A light window of so many pixels.
    #[track_caller]
    pub fn open(width: u32, height: u32) -> Self {
        Self::start(width, height, "light")
    }

    /// One for a reader who likes it dark.
    #[track_caller]
    pub fn open_dark(width: u32, height: u32) -> Self {
        Self::start(width, height, "dark")
    }

    #[track_caller]
    fn start(width: u32, height: u32, scheme: &str) -> Self {
        let options = json!({
            "executablePath": chromium(),
            "viewport": { "width": width, "height": height },
            "colorScheme": scheme,
            "patience": PATIENCE.as_millis() as u64,
        });
        let mut command = Command::new("node");
        command.arg("-e").arg(DRIVER).arg(options.to_string()).current_dir(&*DIRECTORY);
        let mut driver = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node starts");
        let orders = driver.stdin.take();
        let told = BufReader::new(driver.stdout.take().expect("it is piped"));
        Self { driver, orders, told }
    }

    /// What a piece of a script gives, that has Playwright's `page` and `context` and may wait. It goes through JSON. An error in
    /// it, or meanwhile in the page's own scripts, fails the test, and so does what the page's policy does not allow.
    #[track_caller]
    pub fn run(&mut self, script: &str) -> Value {
        let orders = self.orders.as_mut().expect("it is open");
        writeln!(orders, "{}", json!(script)).expect("node reads");
        let mut line = String::new();
        self.told.read_line(&mut line).expect("node answers");
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(told["failures"], json!([]), "after:\n{script}");
        told["result"].clone()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It closes the browser when there is nothing more to do.
        drop(self.orders.take());
        drop(self.driver.wait());
    }
}
