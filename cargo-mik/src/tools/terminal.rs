//! The terminal as a device: one that looks like ours to a program whose output is listened to.

use std::fs::File;
use std::io;
use std::process::Stdio;

/// Something to write to that looks like our standard error, and where to read what is written.
pub struct StandIn {
    /// Where to read. A terminal's gives an error once nobody holds the other end.
    pub reader: File,
    /// What a program is given.
    pub writer: Stdio,
    /// Whether it is a terminal.
    pub is_terminal: bool,
}

/// A pseudo-terminal as large as ours where our standard error is a terminal: programs that draw progress draw it as ever. Else a
/// pipe.
///
/// # Errors
/// The system has none to give.
#[cfg(unix)]
pub fn stand_in_for_stderr() -> io::Result<StandIn> {
    use std::io::IsTerminal;
    use std::os::fd::OwnedFd;

    if io::stderr().is_terminal() {
        let (reader, writer) = pseudo_terminal()?;
        return Ok(StandIn { reader: File::from(reader), writer: Stdio::from(writer), is_terminal: true });
    }
    let (reader, writer) = io::pipe()?;
    Ok(StandIn { reader: File::from(OwnedFd::from(reader)), writer: Stdio::from(writer), is_terminal: false })
}

/// A pipe.
///
/// # Errors
/// The system has none to give.
#[cfg(windows)]
pub fn stand_in_for_stderr() -> io::Result<StandIn> {
    use std::os::windows::io::OwnedHandle;

    let (reader, writer) = io::pipe()?;
    Ok(StandIn { reader: File::from(OwnedHandle::from(reader)), writer: Stdio::from(writer), is_terminal: false })
}

/// Both ends of a pseudo-terminal that changes nothing of what is written to it: whoever shows it has a terminal that does.
#[cfg(unix)]
#[allow(unsafe_code, reason = "rustix has this behind a feature that nobody else here needs")]
fn pseudo_terminal() -> io::Result<(std::os::fd::OwnedFd, std::os::fd::OwnedFd)> {
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
    use std::ptr::{from_mut, null_mut};

    let (mut ours, mut theirs) = (-1, -1);
    // SAFETY: both are plain data for which all zeros are valid, and they are filled in below. The calls are given pointers to
    // them that live as long as the calls do; one that fails leaves them as they are. `openpty` gives two descriptors that
    // nobody else owns.
    let (ours, theirs) = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, from_mut(&mut size));
        let mut mode: libc::termios = std::mem::zeroed();
        libc::cfmakeraw(from_mut(&mut mode));
        if libc::openpty(&raw mut ours, &raw mut theirs, null_mut(), &raw mut mode, &raw mut size) != 0 {
            return Err(io::Error::last_os_error());
        }
        (OwnedFd::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs))
    };
    for end in [&ours, &theirs] {
        // SAFETY: the descriptor is open. Other programs that are started are not to hold it.
        if unsafe { libc::fcntl(end.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok((ours, theirs))
}
