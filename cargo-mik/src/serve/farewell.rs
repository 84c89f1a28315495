//! The end of a thread that writes down what others say.

use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

/// How long such a thread may take for the rest. A terminal that is stopped, or a pipe that nobody reads, takes nothing
/// any more: what waits for it is lost then, and the process ends all the same.
const LONGEST: Duration = Duration::from_secs(2);
/// How often the thread is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Has a thread come to its end, and waits for it as long as that is worth it. `tell` tells it, and says whether that
/// was possible.
pub(super) fn end(thread: JoinHandle<()>, mut tell: impl FnMut() -> bool) {
    let begin = Instant::now();
    let mut told = false;
    loop {
        told = told || tell();
        if told && thread.is_finished() {
            // A panic over there has been printed by then.
            return drop(thread.join());
        }
        if begin.elapsed() > LONGEST {
            return;
        }
        sleep(LOOK_EVERY);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{TrySendError, sync_channel};
    use std::thread;

    use super::*;

    #[test]
    fn what_is_left_is_written_and_nobody_waits_for_a_writer_that_hangs() {
        let (sender, receiver) = sync_channel(1);
        let (hangs, written) = sync_channel::<()>(0);
        sender.send(false).unwrap();
        let writer = thread::spawn(move || {
            while let Ok(false) = receiver.recv() {
                sleep(LOOK_EVERY * 3);
            }
            drop(written);
        });
        end(writer, || !matches!(sender.try_send(true), Err(TrySendError::Full(_))));
        hangs.send(()).unwrap_err();

        let (hangs, waits) = sync_channel::<()>(0);
        let writer = thread::spawn(move || waits.recv().unwrap_or_default());
        let begin = Instant::now();
        end(writer, || false);
        assert!(begin.elapsed() >= LONGEST);
        drop(hangs);
    }
}
