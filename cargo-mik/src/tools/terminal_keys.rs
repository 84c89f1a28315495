//! Keys that are pressed at the terminal, one by one and without Enter: read only where somebody sits there and we are in the
//! foreground, and the terminal is given back as it was.

#[cfg(unix)]
pub use unix::KeyReader;

/// Elsewhere no keys are read.
#[cfg(not(unix))]
pub struct KeyReader;

#[cfg(not(unix))]
impl KeyReader {
    /// Gives nothing.
    pub fn start(_on_byte: impl FnMut(u8) + Send + 'static) -> Option<Self> {
        None
    }
}

#[cfg(unix)]
mod unix {
    use std::io::{IsTerminal, stdin};
    use std::mem::MaybeUninit;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::thread;
    use std::time::Duration;

    use signal_hook::consts::SIGTSTP;
    use signal_hook::iterator::{Handle, Signals};
    use signal_hook::low_level::emulate_default_handler;

    /// How often it is looked whether we are in the foreground again.
    const LOOK: Duration = Duration::from_millis(250);

    /// Reads keys for as long as it is there.
    ///
    /// Lines are no longer waited for, and keys no longer shown; all else of the terminal stays as it is: Ctrl-C interrupts, Ctrl-Z
    /// stops, and the ends of lines are those of lines.
    pub struct KeyReader {
        terminal: Arc<Mutex<Terminal>>,
        stops: Handle,
    }

    impl KeyReader {
        /// Gives each byte that is typed to `on_byte`, on a thread of its own. Gives nothing where standard input is no terminal.
        pub fn start(mut on_byte: impl FnMut(u8) + Send + 'static) -> Option<Self> {
            if !stdin().is_terminal() {
                return None;
            }
            let terminal = Arc::new(Mutex::new(Terminal { saved: None, is_over: false }));
            let mut signals = Signals::new([SIGTSTP]).ok()?;
            let stops = signals.handle();
            let stopping = terminal.clone();
            // Whoever gets the terminal while we are stopped finds it as it was.
            let stop = move || {
                for signal in &mut signals {
                    lock(&stopping).give_back();
                    // The signal is one that can be handled by default.
                    drop(emulate_default_handler(signal));
                }
            };
            let reading = terminal.clone();
            let read = move || {
                while let Some(typed) = next(&reading) {
                    typed.into_iter().for_each(&mut on_byte);
                }
            };
            lock(&terminal).take();
            thread::Builder::new().name("mik-stops".to_owned()).spawn(stop).ok()?;
            thread::Builder::new().name("mik-keys".to_owned()).spawn(read).ok()?;
            Some(Self { terminal, stops })
        }
    }

    impl Drop for KeyReader {
        fn drop(&mut self) {
            self.stops.close();
            let mut terminal = lock(&self.terminal);
            terminal.give_back();
            terminal.is_over = true;
        }
    }

    /// The terminal at our standard input.
    struct Terminal {
        /// How it was before we took it; nothing while we don't have it.
        saved: Option<libc::termios>,
        is_over: bool,
    }

    impl Terminal {
        /// Has keys come one by one, if we are in the foreground: who is not would be stopped for it.
        fn take(&mut self) -> bool {
            if self.is_over || !is_in_foreground() {
                return false;
            }
            if self.saved.is_none()
                && let Some(mode) = mode()
            {
                let mut keys = mode;
                keys.c_lflag &= !(libc::ICANON | libc::ECHO);
                keys.c_cc[libc::VMIN] = 1;
                keys.c_cc[libc::VTIME] = 0;
                set_mode(&keys);
                self.saved = Some(mode);
            }
            true
        }

        /// Has it be as it was. Where another program is in the foreground, it is that one's by now.
        fn give_back(&mut self) {
            if let Some(saved) = self.saved.take()
                && is_in_foreground()
            {
                set_mode(&saved);
            }
        }
    }

    fn lock(terminal: &Mutex<Terminal>) -> MutexGuard<'_, Terminal> {
        terminal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has been typed in a while; nothing once there is no more to come.
    fn next(terminal: &Mutex<Terminal>) -> Option<Option<u8>> {
        {
            let mut terminal = lock(terminal);
            if terminal.is_over {
                return None;
            }
            if !terminal.take() {
                // It may be ours while somebody else has it: then it is not as we left it.
                terminal.saved = None;
                drop(terminal);
                thread::sleep(LOOK);
                return Some(None);
            }
        }
        if !is_typed(LOOK) || !is_in_foreground() {
            return Some(None);
        }
        let mut byte = [0];
        // Not by way of std, which reads ahead: what it has read, nobody is told of.
        match rustix::io::read(stdin(), &mut byte) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(byte.first().copied()),
        }
    }

    #[allow(unsafe_code, reason = "rustix has terminals behind a feature that nobody else here needs")]
    fn is_in_foreground() -> bool {
        // SAFETY: neither takes a pointer; a descriptor that is no terminal gives -1, which is nobody's group.
        unsafe { libc::tcgetpgrp(libc::STDIN_FILENO) == libc::getpgrp() }
    }

    #[allow(unsafe_code, reason = "as above")]
    fn mode() -> Option<libc::termios> {
        let mut mode = MaybeUninit::<libc::termios>::uninit();
        // SAFETY: the pointer is to room for what is written, and that it was written is what the result says.
        unsafe { (libc::tcgetattr(libc::STDIN_FILENO, mode.as_mut_ptr()) == 0).then(|| mode.assume_init()) }
    }

    #[allow(unsafe_code, reason = "as above")]
    fn set_mode(mode: &libc::termios) {
        // SAFETY: the pointer is to a mode that was read before. A terminal that has gone away needs none.
        unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, mode) };
    }

    /// Waits for something to be typed.
    #[allow(unsafe_code, reason = "as above")]
    fn is_typed(limit: Duration) -> bool {
        let mut waited = libc::pollfd { fd: libc::STDIN_FILENO, events: libc::POLLIN, revents: 0 };
        let limit = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: the pointer is to one such structure.
        unsafe { libc::poll(&raw mut waited, 1, limit) > 0 }
    }
}
