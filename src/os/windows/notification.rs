//! Makes Mailshift known to the system as a sender of notifications: name and icon by an application id.
//!
//! A program without an installer package has its id in the registry
//! (<https://learn.microsoft.com/windows/apps/develop/notifications/app-notifications/send-local-toast-other-apps>).

#![allow(unsafe_code)]

use std::io;

use windows::Win32::UI::Shell::SetCurrentProcessExplicitAppUserModelID;
use windows::core::w;
use winreg::RegKey;
use winreg::enums::HKEY_CURRENT_USER;

use crate::os::{Places, files};

/// Stable: notifications of an older agent belong to the same sender.
pub const APPLICATION: &str = "Mailshift.Agent";
const KEY: &str = r"Software\Classes\AppUserModelId\Mailshift.Agent";
const ICON: &[u8] = include_bytes!("../../../assets/windows/mailshift.png");

/// Without it notifications still come, in another program's name, or not at all: nothing depends on them.
pub fn introduce(places: &Places) {
    if let Err(error) = register(places) {
        tracing::info!(%error, "notifications have no name of their own");
    }
    // SAFETY: the text is constant and ends with a null.
    if let Err(error) = unsafe { SetCurrentProcessExplicitAppUserModelID(w!("Mailshift.Agent")) } {
        tracing::info!(%error, "the taskbar does not know the program's id");
    }
}

fn register(places: &Places) -> io::Result<()> {
    let icon = places.state.join("mailshift.png");
    if std::fs::read(&icon).ok().as_deref() != Some(ICON) {
        files::atomic_write(&icon, ICON, files::PRIVATE)?;
    }
    let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(KEY)?;
    key.set_value("DisplayName", &"Mailshift")?;
    key.set_value("IconUri", &icon.as_os_str())
}
