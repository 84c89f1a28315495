//! The machine: what it is, how busy it was, and how much memory a process has.

use std::thread;

use fs_err as fs;

/// What the numbers were taken on, in one line.
pub(crate) fn describe() -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let processor = processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let load = fs::read_to_string("/proc/loadavg").ok();
    let load = load.as_ref().and_then(|text| text.split(' ').next()).unwrap_or("unknown");
    format!("{cores} cores of {processor}, {}, load {load} before", std::env::consts::OS)
}

/// The memory that is a process's alone, in bytes. None where the system does not tell.
pub(crate) fn memory(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let kibibytes = |name: &str| -> Option<u64> {
        text.lines().find(|line| line.starts_with(name))?.split_whitespace().nth(1)?.parse().ok()
    };
    Some((kibibytes("Private_Clean:")? + kibibytes("Private_Dirty:")?) << 10)
}
