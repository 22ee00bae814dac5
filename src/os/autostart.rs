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

/// Takes our entry away.
pub fn disable() -> io::Result<()> {
    imp::autostart::disable()
}

/// Whether the session starts us.
pub fn is_enabled() -> bool {
    imp::autostart::is_enabled()
}

/// Whether our entry is there but switched off.
pub fn was_disabled_by_person() -> bool {
    imp::autostart::was_disabled_by_person()
}
