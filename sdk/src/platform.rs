//! What the host gives: clocks, randomness, an environment, a place to write to. WASI in a component, through our own
//! bindings and never through `std`, so that a handler for `wasm32-unknown-unknown` has them too; in native tests what the
//! test has decided, and else the operating system's.

pub(crate) use imp::{environment, monotonic, random_bytes, unix_time, write_stderr};

#[cfg(target_arch = "wasm32")]
mod imp {
    use std::time::Duration;

    use crate::bindings::client_world::wasi::clocks::monotonic_clock;
    use crate::bindings::wasi;

    /// Seconds and nanoseconds since 1970.
    pub(crate) fn unix_time() -> (u64, u32) {
        let now = wasi::clocks::wall_clock::now();
        (now.seconds, now.nanoseconds)
    }

    /// How long it is since some moment in the past, which is always the same.
    pub(crate) fn monotonic() -> Duration {
        Duration::from_nanos(monotonic_clock::now())
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
    use std::sync::LazyLock;
    use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

    use crate::testing;

    pub(crate) fn unix_time() -> (u64, u32) {
        let machines = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let since = testing::clock::now().map_or_else(machines, |hands| hands.since_1970);
        (since.as_secs(), since.subsec_nanos())
    }

    pub(crate) fn monotonic() -> Duration {
        static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
        testing::clock::now().map_or_else(|| STARTED.elapsed(), |hands| hands.monotonic)
    }

    #[allow(clippy::expect_used, reason = "as in WASI, where randomness cannot fail either")]
    pub(crate) fn random_bytes(len: usize) -> Vec<u8> {
        testing::randomness::bytes(len).unwrap_or_else(|| {
            let mut bytes = vec![0; len];
            getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
            bytes
        })
    }

    pub(crate) fn environment() -> Vec<(String, String)> {
        testing::environment::variables().unwrap_or_else(|| {
            std::env::vars_os()
                .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
                .collect()
        })
    }

    /// By `eprint!`, which `cargo test` shows where a test fails and nowhere else.
    #[allow(clippy::print_stderr, reason = "this is where lines go")]
    pub(crate) fn write_stderr(bytes: &[u8]) {
        if !testing::logs::keep(bytes) {
            eprint!("{}", String::from_utf8_lossy(bytes));
        }
    }
}
