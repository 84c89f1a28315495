//! What tests ask of the machine: facts, signals, and patience.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::time::Instant;

use crate::PATIENCE;

/// Whether the toolchain itself brings a target's standard library.
pub fn toolchain_has(target: &str) -> bool {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output().expect("rustc starts");
    let sysroot = String::from_utf8(output.stdout).expect("the sysroot's path is UTF-8");
    let library = std::path::Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib");
    fs_err::read_dir(library).is_ok_and(|mut entries| entries.next().is_some())
}

/// Waits until something is so.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::yield_now();
    }
}

/// Has a command run as from a terminal: in a group of its own, which Ctrl-C interrupts, even where the tests themselves were
/// started in the background by a shell that has that ignored.
#[allow(unsafe_code, reason = "std has no way to say what a child does with a signal")]
pub fn as_from_a_terminal(command: &mut Command) {
    command.process_group(0);
    // SAFETY: `signal` may be called between fork and exec.
    unsafe {
        command.pre_exec(|| {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            Ok(())
        });
    }
}

/// Interrupts a child and everything it has started, as Ctrl-C does. The child has to lead a group of its own.
#[allow(unsafe_code, reason = "std has no way to send a signal other than SIGKILL")]
pub fn interrupt_group(child: &Child) {
    // SAFETY: the child has not been waited for, so the number is still its group's.
    unsafe { libc::kill(-child.id().cast_signed(), libc::SIGINT) };
}
