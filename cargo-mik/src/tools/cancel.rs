//! Work that may turn out not to be wanted before it is done: a program is then ended with all that it has started.

use std::io;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whether work is still wanted. Clones are about the same work.
///
/// The default is work that is always wanted: its programs are in our process group, so that a terminal's Ctrl-C reaches them.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Option<Arc<Mutex<State>>>);

#[derive(Debug, Default)]
struct State {
    is_cancelled: bool,
    /// The programs that are running, each the first of a process group of its own.
    running: Vec<u32>,
}

impl Cancel {
    /// Work that can be cancelled. Its programs get a process group each: a Ctrl-C does not reach them, [`Cancel::cancel`] does.
    pub fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// Has it end: programs that run are told to, with all that they have started, and no other is started.
    ///
    /// On Unix: elsewhere a program that runs goes on to its end, and what comes of it is not wanted.
    pub fn cancel(&self) {
        let Some(mut state) = self.state() else { return };
        state.is_cancelled = true;
        state.running.iter().for_each(|id| group::end(*id));
        let (running, state) = (state.running.clone(), self.0.clone());
        if running.is_empty() {
            return;
        }
        // Who is deaf to that is ended without being asked. Without a thread to do so it is waited for.
        let end_the_deaf = move || {
            std::thread::sleep(group::GRACE);
            let state = state.as_deref().map(lock);
            let state = state.iter().flat_map(|state| &state.running);
            state.filter(|id| running.contains(id)).for_each(|id| group::kill(*id));
        };
        drop(std::thread::Builder::new().name("mik-cancel".to_owned()).spawn(end_the_deaf));
    }

    /// Whether it is no longer wanted.
    pub fn is_cancelled(&self) -> bool {
        self.state().is_some_and(|state| state.is_cancelled)
    }

    /// Starts a program.
    ///
    /// # Errors
    /// It can't be started; of kind [`io::ErrorKind::Interrupted`] where it is no longer wanted.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Running> {
        let Some(mut state) = self.state() else {
            return Ok(Running { child: command.spawn()?, cancel: Self(None) });
        };
        if state.is_cancelled {
            return Err(io::ErrorKind::Interrupted.into());
        }
        group::lead(command);
        let child = command.spawn()?;
        state.running.push(child.id());
        Ok(Running { child, cancel: self.clone() })
    }

    fn state(&self) -> Option<MutexGuard<'_, State>> {
        self.0.as_deref().map(lock)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program that runs.
#[derive(Debug)]
pub struct Running {
    child: Child,
    cancel: Cancel,
}

impl Running {
    /// What it writes to its standard output, where that is piped; once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// What it writes to its standard error, where that is piped; once.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Waits for its end. Of one that was cancelled, nothing that it has started is left.
    ///
    /// # Errors
    /// It can't be waited for.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        let id = self.child.id();
        if let Cancel(Some(state)) = &self.cancel {
            // As long as nobody has taken its exit status, its number is nobody else's.
            group::wait_for_end(id)?;
            let mut state = lock(state);
            if state.is_cancelled {
                group::kill(id);
            }
            state.running.retain(|running| *running != id);
        }
        self.child.wait()
    }
}

#[cfg(unix)]
mod group {
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    /// How long a program that was told to end may take for it.
    pub(super) const GRACE: Duration = Duration::from_millis(500);

    pub(super) fn lead(command: &mut Command) {
        command.process_group(0);
    }

    pub(super) fn end(id: u32) {
        signal(id, Signal::TERM);
    }

    pub(super) fn kill(id: u32) {
        signal(id, Signal::KILL);
    }

    fn signal(id: u32, signal: Signal) {
        if let Some(group) = pid(id) {
            // It may have ended by itself.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Waits until a program has ended, and leaves its exit status to be taken.
    pub(super) fn wait_for_end(id: u32) -> io::Result<()> {
        let Some(pid) = pid(id) else { return Ok(()) };
        loop {
            match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(()),
            }
        }
    }

    fn pid(id: u32) -> Option<Pid> {
        Pid::from_raw(i32::try_from(id).ok()?)
    }
}

#[cfg(not(unix))]
mod group {
    use std::io;
    use std::process::Command;
    use std::time::Duration;

    pub(super) const GRACE: Duration = Duration::ZERO;

    pub(super) fn lead(_command: &mut Command) {}

    pub(super) fn end(_id: u32) {}

    pub(super) fn kill(_id: u32) {}

    pub(super) fn wait_for_end(_id: u32) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;

    use super::*;
    use crate::tools::process::command;

    /// A shell that has started another program, and has said so.
    fn shell(cancel: &Cancel, line: &str) -> (Running, BufReader<ChildStdout>) {
        let mut running = cancel.spawn(command("sh").args(["-c", line]).stdout(Stdio::piped())).unwrap();
        let mut stdout = BufReader::new(running.stdout().unwrap());
        stdout.read_line(&mut String::new()).unwrap();
        (running, stdout)
    }

    #[test]
    fn what_a_cancelled_program_has_started_ends_with_it() {
        let cancel = Cancel::new();
        let (running, mut stdout) = shell(&cancel, "sleep 600 & echo started; wait");
        cancel.cancel();
        assert!(!running.wait().unwrap().success());
        // Whoever holds the other end is gone.
        assert_eq!(stdout.read_to_end(&mut Vec::new()).unwrap(), 0);
    }

    #[test]
    fn a_program_that_is_deaf_is_ended_too() {
        let cancel = Cancel::new();
        let (running, mut stdout) = shell(&cancel, "trap '' TERM; echo started; while :; do sleep 600; done");
        cancel.cancel();
        assert!(!running.wait().unwrap().success());
        assert_eq!(stdout.read_to_end(&mut Vec::new()).unwrap(), 0);
    }

    #[test]
    fn nothing_is_started_any_more_once_it_is_cancelled() {
        let cancel = Cancel::new();
        cancel.cancel();
        assert_eq!(cancel.spawn(&mut command("true")).unwrap_err().kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn what_is_always_wanted_is_in_our_group() {
        let cancel = Cancel::default();
        cancel.cancel();
        assert!(!cancel.is_cancelled());
        assert!(cancel.spawn(&mut command("true")).unwrap().wait().unwrap().success());
    }
}
