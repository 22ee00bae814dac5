//! Lets calls of the file system below a folder fail, by their position, for tests.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::Call;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Count,
    /// It fails, and later ones work.
    Once,
    /// From here on the disk is full: what needs room fails, and room that is freed can be used.
    Full,
    /// The process dies there: nothing after this happens.
    Death,
}

impl Mode {
    pub(crate) const FAULTS: [Self; 3] = [Self::Once, Self::Full, Self::Death];
}

const BLOCK: u64 = 4096;

struct Armed {
    below: PathBuf,
    mode: Mode,
    at: u32,
    passed: u32,
    /// Bytes that we ourselves have freed and not used yet: all that a full disk has.
    free: u64,
}

/// One for each folder: tests run beside each other.
static ARMED: Mutex<Vec<Armed>> = Mutex::new(Vec::new());

/// From now on calls below a folder count, from 1.
pub(crate) fn arm(below: &Path, mode: Mode, at: u32) {
    disarm(below);
    let armed = Armed { below: below.to_path_buf(), mode, at, passed: 0, free: 0 };
    ARMED.lock().expect("no panic while held").push(armed);
}

pub(crate) fn disarm(below: &Path) -> u32 {
    let mut all = ARMED.lock().expect("no panic while held");
    let at = all.iter().position(|armed| armed.below == below);
    at.map_or(0, |at| all.swap_remove(at).passed)
}

pub(crate) fn point(call: Call, path: &Path, bytes: usize) -> io::Result<()> {
    let mut all = ARMED.lock().expect("no panic while held");
    let Some(armed) = all.iter_mut().find(|armed| path.starts_with(&armed.below)) else { return Ok(()) };
    armed.passed += 1;
    let has_room = armed.mode != Mode::Full || armed.has_room(call, path, bytes);
    let fails = match armed.mode {
        Mode::Count => false,
        Mode::Once => armed.passed == armed.at,
        Mode::Full => armed.passed >= armed.at && !has_room,
        Mode::Death => armed.passed >= armed.at,
    };
    if fails { Err(io::Error::other(format!("{call:?} fails for a test"))) } else { Ok(()) }
}

impl Armed {
    fn has_room(&mut self, call: Call, path: &Path, bytes: usize) -> bool {
        let taken = |bytes: u64| bytes.div_ceil(BLOCK) * BLOCK;
        let needed = match call {
            Call::Create | Call::Folder if path.exists() => 0,
            Call::Create | Call::Folder => BLOCK,
            Call::Write => taken(bytes.try_into().unwrap_or(u64::MAX)),
            Call::Sync | Call::Rename | Call::Remove => 0,
        };
        // What is replaced or removed gives its room back.
        if matches!(call, Call::Rename | Call::Remove) {
            self.free += path.symlink_metadata().map_or(0, |file| taken(file.len()));
        }
        let has_room = needed <= self.free;
        // Until the disk is full, there is other room.
        if has_room || self.passed < self.at {
            self.free = self.free.saturating_sub(needed);
        }
        has_room
    }
}
