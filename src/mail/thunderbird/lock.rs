//! Whether a profile is in use, and by which process.
//!
//! On Unix Thunderbird holds a POSIX lock on `.parentlock` while it runs; the kernel names the holder and forgets the lock
//! with the process. (`lock`, a symbolic link beside it, can be stale.)

use std::path::Path;
use std::time::SystemTime;

/// What a mail program leaves in a profile whenever it opens or closes it: when each was last changed, if it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen([Option<SystemTime>; 4]);

pub(super) fn seen(profile: &Path) -> Seen {
    let names = [".parentlock", "parent.lock", "lock", "prefs.js"];
    Seen(names.map(|name| profile.join(name).symlink_metadata().and_then(|file| file.modified()).ok()))
}

#[cfg(unix)]
pub(in crate::mail) fn holder(profile: &Path) -> Option<u32> {
    use rustix::process::{Flock, FlockType, fcntl_getlk};
    let file = std::fs::File::open(profile.join(".parentlock")).ok()?;
    let lock = fcntl_getlk(&file, &Flock::from(FlockType::WriteLock)).ok()??;
    lock.pid.map(|pid| pid.as_raw_nonzero().get().unsigned_abs())
}

/// On Windows `parent.lock` is open without sharing while Thunderbird runs; the process is not told (0).
#[cfg(windows)]
pub(in crate::mail) fn holder(profile: &Path) -> Option<u32> {
    const SHARING_VIOLATION: i32 = 32;
    let opened = std::fs::OpenOptions::new().write(true).open(profile.join("parent.lock"));
    opened.is_err_and(|error| error.raw_os_error() == Some(SHARING_VIOLATION)).then_some(0)
}

#[cfg(all(test, unix))]
mod tests {
    use super::holder;

    #[test]
    fn a_profile_without_a_lock_is_not_in_use() {
        let profile = tempfile::tempdir().expect("a folder");
        assert_eq!(holder(profile.path()), None);
        std::fs::write(profile.path().join(".parentlock"), "").expect("written");
        assert_eq!(holder(profile.path()), None);
        std::os::unix::fs::symlink("127.0.1.1:+999999", profile.path().join("lock")).expect("a stale link");
        assert_eq!(holder(profile.path()), None);
    }
}
