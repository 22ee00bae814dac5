//! Lets the n-th write below a folder fail, for tests.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

static ARMED: Mutex<Option<Armed>> = Mutex::new(None);

struct Armed {
    below: PathBuf,
    left: u32,
    passed: u32,
}

/// From now on the n-th write (from 1) below a folder fails, and every later one works.
pub(super) fn arm(below: &Path, at: u32) {
    *ARMED.lock().expect("no panic while held") = Some(Armed { below: below.to_path_buf(), left: at, passed: 0 });
}

/// Writes since [`arm`].
pub(super) fn passed() -> u32 {
    ARMED.lock().expect("no panic while held").as_ref().map_or(0, |armed| armed.passed)
}

pub(super) fn point(path: &Path) -> io::Result<()> {
    let mut guard = ARMED.lock().expect("no panic while held");
    let Some(armed) = guard.as_mut().filter(|armed| path.starts_with(&armed.below)) else { return Ok(()) };
    armed.passed += 1;
    if armed.left == 0 {
        return Ok(());
    }
    armed.left -= 1;
    if armed.left == 0 { Err(io::Error::other("this write fails for a test")) } else { Ok(()) }
}
