//! What tests ask of the machine: facts, signals, and patience.

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

/// Interrupts a child and everything it has started, as Ctrl-C does. The child has to lead a group of its own.
#[allow(unsafe_code, reason = "std has no way to send a signal other than SIGKILL")]
pub fn interrupt_group(child: &Child) {
    // SAFETY: the child has not been waited for, so the number is still its group's.
    unsafe { libc::kill(-child.id().cast_signed(), libc::SIGINT) };
}
