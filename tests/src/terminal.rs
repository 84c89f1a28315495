//! A terminal that a program runs in, as somebody sits at it: what they see, and what they type.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::wait_until;

/// A program in a terminal of its own.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    screen: File,
    /// Kept open: how the terminal is set can be asked as long as it is there.
    device: OwnedFd,
    written: Arc<Mutex<String>>,
}

impl Terminal {
    /// Starts a program in a terminal, as the first of a session that the terminal belongs to.
    #[allow(unsafe_code, reason = "std knows no terminals")]
    pub fn start(command: &mut Command) -> Self {
        let (mut ours, mut theirs) = (-1, -1);
        let mut size = libc::winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        let none = std::ptr::null_mut();
        // SAFETY: the pointers are to what is named, and two descriptors come of it that nobody else has.
        let (screen, device) = unsafe {
            let opened = libc::openpty(&raw mut ours, &raw mut theirs, none, std::ptr::null_mut(), &raw mut size);
            assert_eq!(opened, 0, "a terminal can be had");
            libc::fcntl(ours, libc::F_SETFD, libc::FD_CLOEXEC);
            libc::fcntl(theirs, libc::F_SETFD, libc::FD_CLOEXEC);
            (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs))
        };
        let stream = || device.try_clone().expect("a descriptor can be had");
        command.stdin(stream()).stdout(stream()).stderr(stream()).env("TERM", "xterm-256color");
        // SAFETY: these may be called between fork and exec.
        unsafe {
            command.pre_exec(|| {
                if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY, 0) < 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
        let child = command.spawn().expect("the program starts");
        let written = Arc::new(Mutex::new(String::new()));
        let (mut reader, text) = (screen.try_clone().expect("a descriptor can be had"), written.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                let read = String::from_utf8_lossy(&buffer[..length]).into_owned();
                text.lock().unwrap_or_else(PoisonError::into_inner).push_str(&read);
            }
        });
        Self { child, screen, device, written }
    }

    /// All that the program has written so far, with the terminal's escapes.
    pub fn text(&self) -> MutexGuard<'_, String> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a text has been written so many times.
    #[track_caller]
    pub fn says(&self, text: &str, times: usize) {
        wait_until(text, || self.text().matches(text).count() >= times);
    }

    /// The address in the line `Serving`.
    #[track_caller]
    pub fn url(&self) -> String {
        self.says("http://127.0.0.1:", 1);
        let find = || {
            let text = self.text();
            let (_, rest) = text.split_once("http://127.0.0.1:")?;
            let (port, _) = rest.split_once('/')?;
            Some(format!("http://127.0.0.1:{port}"))
        };
        wait_until("the address", || find().is_some());
        find().expect("it has just been there")
    }

    /// Presses keys.
    pub fn types(&mut self, keys: &str) {
        self.screen.write_all(keys.as_bytes()).expect("the terminal is there");
    }

    /// Whether lines are waited for and typed letters are shown, as a shell leaves a terminal to a program.
    pub fn is_as_it_was(&self) -> bool {
        let flags = self.flags();
        flags & libc::ICANON != 0 && flags & libc::ECHO != 0
    }

    #[allow(unsafe_code, reason = "std knows no terminals")]
    fn flags(&self) -> libc::tcflag_t {
        // SAFETY: all zeros are a valid mode, and the pointer is to it.
        unsafe {
            let mut mode: libc::termios = std::mem::zeroed();
            assert_eq!(libc::tcgetattr(self.device.as_raw_fd(), &raw mut mode), 0, "the terminal is there");
            mode.c_lflag
        }
    }

    /// Sends the program a signal.
    #[allow(unsafe_code, reason = "std has no way to send a signal other than SIGKILL")]
    pub fn signal(&self, signal: i32) {
        // SAFETY: the process is a child that has not been waited for, so the number is still its own.
        unsafe { libc::kill(self.child.id().cast_signed(), signal) };
    }

    /// Whether the program has been stopped, and can go on.
    pub fn is_stopped(&self) -> bool {
        let status = fs_err::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it is alive");
        status.lines().any(|line| line.starts_with("State:\tT"))
    }

    /// Waits for the program's end and gives its exit code.
    pub fn end(&mut self) -> Option<i32> {
        self.child.wait().expect("it can be waited for").code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
