//! Starting with the session.

use std::io;
use std::path::Path;

use super::imp;

/// Starts `program` with each session from now on. False when the person switched it off in the desktop's settings:
/// that is never undone behind their back.
pub fn enable(program: &Path) -> io::Result<bool> {
    if was_disabled_by_person() {
        return Ok(false);
    }
    imp::autostart::enable(program)?;
    Ok(true)
}

pub fn disable() -> io::Result<()> {
    imp::autostart::disable()
}

pub fn is_enabled() -> bool {
    imp::autostart::is_enabled()
}

pub fn was_disabled_by_person() -> bool {
    imp::autostart::was_disabled_by_person()
}
