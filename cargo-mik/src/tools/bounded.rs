//! A program that is run within bounds: of time, of what it says, and of how long a file it may write.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::process::end_with_us;

/// What is kept of what a program says.
const MOST_SAID: u64 = 256 * 1024;

/// How often it is looked whether the program has ended.
const PAUSE: Duration = Duration::from_millis(3);

/// How long what a program has said is waited for once it has ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a program may do at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How long it may take.
    pub time: Duration,
    /// How long a file that it writes may get, where the system can hold it to that.
    pub file: u64,
}

/// How a program has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit status; nothing, where it took too long and was ended.
    pub status: Option<ExitStatus>,
    /// What it has said on either of its streams, as much as is kept.
    pub said: String,
}

/// Runs a program to its end, within bounds. It ends with us, too: see [`super::process`].
///
/// # Errors
/// The program can't be started.
pub fn run(command: &mut Command, bounds: Bounds) -> std::io::Result<Ended> {
    let (mut reader, writer) = std::io::pipe()?;
    end_with_us(command);
    limit_files(command, bounds.file);
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds the pipe's other end, and the reader would wait for it for ever.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let (sender, said) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        drop(reader.by_ref().take(MOST_SAID).read_to_end(&mut kept));
        drop(sender.send(kept));
        // A program that is not listened to would stop.
        drop(std::io::copy(&mut reader, &mut std::io::sink()));
    });
    let deadline = Instant::now() + bounds.time;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if Instant::now() < deadline => std::thread::sleep(PAUSE),
            None => {
                // It may have ended in this very moment: then there is nothing to end.
                drop(child.kill());
                drop(child.wait());
                break None;
            }
        }
    };
    // What it has started itself may live on and hold the pipe: what comes of it is nobody's business. On a busy machine the thread may
    // come late, and a program that has said its version would be one that has not.
    let said = said.recv_timeout(PATIENCE).unwrap_or_default();
    Ok(Ended { status, said: String::from_utf8_lossy(&said).trim().to_owned() })
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "std has no other way to run code between fork and exec")]
fn limit_files(command: &mut Command, most: u64) {
    use std::os::unix::process::CommandExt;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = move || {
        let maximum = getrlimit(Resource::Fsize).maximum;
        let current = Some(maximum.map_or(most, |maximum| maximum.min(most)));
        Ok(setrlimit(Resource::Fsize, Rlimit { current, maximum })?)
    };
    // SAFETY: two system calls, and an error that holds a number: nothing is allocated, locked or unwound.
    unsafe { command.pre_exec(limit) };
}

#[cfg(not(unix))]
fn limit_files(_command: &mut Command, _most: u64) {}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::super::process::command;
    use super::*;

    fn shell(line: &str, seconds: u64) -> Ended {
        let bounds = Bounds { time: Duration::from_secs(seconds), file: 10_000 };
        run(command("sh").args(["-c", line]), bounds).unwrap()
    }

    #[test]
    fn how_it_ended_and_what_it_said_is_told() {
        let ended = shell("echo one; echo two >&2; exit 3", 60);
        assert_eq!((ended.status.unwrap().code(), ended.said.as_str()), (Some(3), "one\ntwo"));
        let ended = shell("kill -SEGV $$", 60);
        assert_eq!(ended.status.unwrap().code(), None);
    }

    #[test]
    fn what_takes_too_long_is_ended_with_its_streams_open_or_closed() {
        for line in ["exec sleep 60", "exec sleep 60 >&- 2>&-", "while :; do :; done"] {
            assert_eq!(shell(line, 1).status, None, "{line}");
        }
    }

    #[test]
    fn neither_what_it_says_nor_what_it_writes_is_without_end() {
        let ended = shell("yes | head -c 10000000", 60);
        assert_eq!((ended.status.unwrap().code(), ended.said.len()), (Some(0), MOST_SAID as usize - 1));
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        let ended = shell(&format!("exec head -c 10000000 /dev/zero > {}", file.display()), 60);
        assert!(!ended.status.unwrap().success());
        assert!(std::fs::metadata(file).unwrap().len() <= 10_000);
    }
}
