//! A tab of a browser that stays open: it goes to a server, is asked what it shows, and is waited for.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::{Browser, base64};
use crate::{PATIENCE, wait_until};

/// A tab, in a browser of its own. The browser is driven by the protocol of its developer tools, over two pipes.
#[derive(Debug)]
pub struct Tab {
    child: Child,
    wire: Mutex<Wire>,
    /// The browser's own files.
    _profile: TempDir,
}

#[derive(Debug)]
struct Wire {
    to: File,
    from: Receiver<Value>,
    sent: u64,
    session: Option<String>,
}

impl Browser {
    /// Opens a tab that shows a URL.
    pub fn go_to(&self, url: &str) -> Tab {
        let profile = tempfile::tempdir().expect("a temporary directory");
        let mut command = self.command(profile.path());
        let ((theirs_in, to), (from, theirs_out)) = (pipe(), pipe());
        command.args(["--remote-debugging-pipe", "about:blank"]).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        give(&mut command, theirs_in.as_raw_fd(), theirs_out.as_raw_fd());
        let child = command.spawn().expect("the browser starts");
        drop((theirs_in, theirs_out));
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(File::from(from)).split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { continue };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let wire = Wire { to: File::from(to), from: messages, sent: 0, session: None };
        let tab = Tab { child, wire: Mutex::new(wire), _profile: profile };
        let target = tab.call("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = tab.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        tab.wire.lock().unwrap_or_else(PoisonError::into_inner).session =
            attached["sessionId"].as_str().map(str::to_owned);
        tab.call("Page.enable", json!({}));
        tab.call("Page.navigate", json!({ "url": url }));
        tab
    }
}

impl Tab {
    /// What an expression of JavaScript is in the page that is shown now.
    #[track_caller]
    pub fn look(&self, expression: &str) -> Value {
        let told = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true }),
        );
        assert!(told["exceptionDetails"].is_null(), "{expression}: {told:#}");
        told["result"]["value"].clone()
    }

    /// Waits until an expression is true, of whichever page is shown then.
    #[track_caller]
    pub fn waits_for(&self, expression: &str) {
        wait_until(expression, || {
            // While it goes from one page to another there may be nothing that could be asked.
            let told = self.try_call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
            told.is_some_and(|told| told["result"]["value"] == true)
        });
    }

    /// Writes what is seen as a PNG.
    pub fn draw(&self, path: &Path) {
        let drawn = self.call("Page.captureScreenshot", json!({ "format": "png", "captureBeyondViewport": true }));
        fs_err::write(path, base64(drawn["data"].as_str().expect("a picture"))).expect("the picture can be written");
    }

    #[track_caller]
    fn call(&self, method: &str, parameters: Value) -> Value {
        self.try_call(method, parameters).unwrap_or_else(|| panic!("{method} failed"))
    }

    fn try_call(&self, method: &str, parameters: Value) -> Option<Value> {
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        wire.sent += 1;
        let id = wire.sent;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &wire.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        wire.to.write_all(&bytes).expect("the browser listens");
        loop {
            let mut answer = wire.from.recv_timeout(PATIENCE).expect("the browser answers");
            if answer["id"] == id {
                return answer.get("error").is_none().then(|| answer["result"].take());
            }
        }
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[allow(unsafe_code, reason = "std's pipes are closed in programs that are started")]
fn pipe() -> (OwnedFd, OwnedFd) {
    let mut ends = [0; 2];
    // SAFETY: there is room for the two descriptors, which are nobody else's. Both are high enough not to be 3 or 4, which the browser
    // reads and writes: what is duplicated onto itself would be closed.
    unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC), 0, "a pipe can be had");
        let high = ends.map(|end| {
            let high = libc::fcntl(end, libc::F_DUPFD_CLOEXEC, 10);
            libc::close(end);
            OwnedFd::from_raw_fd(high)
        });
        high.into()
    }
}

/// Gives a program two descriptors as the browser wants them: 3 to read from, 4 to write to.
#[allow(unsafe_code, reason = "std has no way to give a program more than its three streams")]
fn give(command: &mut std::process::Command, reads: i32, writes: i32) {
    // SAFETY: `dup2` may be called between fork and exec.
    unsafe {
        command.pre_exec(move || {
            if libc::dup2(reads, 3) < 0 || libc::dup2(writes, 4) < 0 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(())
        });
    }
}
