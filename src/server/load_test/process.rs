//! What a process uses, as Linux tells in `/proc` (proc(5)); nothing is known elsewhere.

use std::time::Duration;

use serde::Serialize;

/// Length of the unit in which Linux tells processor time: `USER_HZ` is 100 on every architecture (time(7)).
const TICK: Duration = Duration::from_millis(10);

#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Usage {
    /// Processor time since the process started, in seconds.
    pub cpu_seconds: f64,
    /// Memory that is in use now, in MiB.
    pub resident_mib: u64,
    /// The most that it ever was.
    pub peak_mib: u64,
}

pub fn usage(pid: u32) -> Option<Usage> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let mebibytes = |name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
    };
    Some(Usage {
        cpu_seconds: cpu_time(&stat)?.as_secs_f64(),
        resident_mib: mebibytes("VmRSS:")?,
        peak_mib: mebibytes("VmHWM:")?,
    })
}

/// User and system time are the fields 14 and 15. The name in field 2 stands in parentheses and may hold spaces.
fn cpu_time(stat: &str) -> Option<Duration> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(TICK * (user + system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a ) name) S 1 7 7 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 4 0 1 2 3";
        assert_eq!(cpu_time(stat), Some(Duration::from_secs(2)));
        assert_eq!(cpu_time("nonsense"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_memory() {
        assert!(usage(std::process::id()).is_some_and(|usage| usage.resident_mib > 0));
    }
}
