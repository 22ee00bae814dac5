//! Windows 10 and later: registry, known folders, session, console.

pub mod autostart;
pub mod children;
pub mod console;
pub mod folders;
pub mod libraries;
pub mod links;
pub mod notification;
mod session;
pub mod trust;

use winreg::RegKey;
use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE};

use super::{Display, NoDisplay, var};

pub use session::{give_way, high_contrast, locked as session_locked};

/// Services and tasks that run without a session have a window station that nobody sees.
pub fn display() -> Result<Display, NoDisplay> {
    if session::is_visible() { Ok(Display::Native) } else { Err(NoDisplay::NotInteractive) }
}

pub fn login() -> String {
    var("USERNAME").unwrap_or_default()
}

/// `MachineGuid`, which Windows Setup makes for each installation.
pub fn machine() -> Option<String> {
    let key = RegKey::predef(HKEY_LOCAL_MACHINE).open_subkey(r"SOFTWARE\Microsoft\Cryptography").ok()?;
    key.get_value("MachineGuid").ok()
}

pub fn device_name() -> String {
    var("COMPUTERNAME").unwrap_or_default()
}

/// "Text size" of the accessibility settings, 100 to 225 per cent
/// (<https://learn.microsoft.com/uwp/api/windows.ui.viewmanagement.uisettings.textscalefactor>, kept as
/// `TextScaleFactor`). The scale of the monitor comes on top by itself.
pub fn text_scale() -> Option<f32> {
    let key = RegKey::predef(HKEY_CURRENT_USER).open_subkey(r"Software\Microsoft\Accessibility").ok()?;
    let percent: u32 = key.get_value("TextScaleFactor").ok()?;
    u16::try_from(percent).ok().map(|percent| f32::from(percent) / 100.0)
}
