//! How much memory this process takes.

use std::fs;

pub(crate) const MIB: u64 = 1024 * 1024;

/// What is resident now, in bytes. `None` where there is no `/proc`.
pub(crate) fn resident() -> Option<u64> {
    of_status("VmRSS:")
}

/// The most that was resident so far, in bytes. `None` where there is no `/proc`.
pub(crate) fn peak() -> Option<u64> {
    of_status("VmHWM:")
}

fn of_status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}
