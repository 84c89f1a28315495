//! What the host gives: a clock, randomness, an environment, a place to write to. WASI in a component, through our own
//! bindings and never through `std`, so that a handler for `wasm32-unknown-unknown` has them too; the operating system in
//! native tests.

pub(crate) use imp::{environment, random_bytes, unix_time, write_stderr};

#[cfg(target_arch = "wasm32")]
mod imp {
    use crate::bindings::wasi;

    /// Seconds and nanoseconds since 1970.
    pub(crate) fn unix_time() -> (u64, u32) {
        let now = wasi::clocks::wall_clock::now();
        (now.seconds, now.nanoseconds)
    }

    pub(crate) fn random_bytes(len: usize) -> Vec<u8> {
        wasi::random::random::get_random_bytes(len as u64)
    }

    pub(crate) fn environment() -> Vec<(String, String)> {
        wasi::cli::environment::get_environment()
    }

    /// Writes as much as the host takes. There is nobody to tell when it takes nothing.
    pub(crate) fn write_stderr(bytes: &[u8]) {
        // The most that one `blocking-write-and-flush` may carry; a longer one traps.
        const MOST: usize = 4096;
        let stderr = wasi::cli::stderr::get_stderr();
        for chunk in bytes.chunks(MOST) {
            if stderr.blocking_write_and_flush(chunk).is_err() {
                break;
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use std::io::Write as _;
    use std::time::{SystemTime, UNIX_EPOCH};

    pub(crate) fn unix_time() -> (u64, u32) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (since.as_secs(), since.subsec_nanos())
    }

    #[allow(clippy::expect_used, reason = "as in WASI, where randomness cannot fail either")]
    pub(crate) fn random_bytes(len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }

    pub(crate) fn environment() -> Vec<(String, String)> {
        std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    pub(crate) fn write_stderr(bytes: &[u8]) {
        let _ = std::io::stderr().lock().write_all(bytes);
    }
}
