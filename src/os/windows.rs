//! Windows: what can be had without a call into the system's libraries. Never run by the tests of this repository.

use super::{Display, NoDisplay, var};

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of the other systems")]
pub fn display() -> Result<Display, NoDisplay> {
    Ok(Display::Native)
}

pub fn login() -> String {
    var("USERNAME").unwrap_or_default()
}

pub fn device_name() -> String {
    var("COMPUTERNAME").unwrap_or_default()
}

/// Not asked yet: a locked session counts as not locked.
pub fn session_locked() -> Option<bool> {
    None
}

/// Not asked yet: the window follows the monitor's scale by itself.
pub fn text_scale() -> Option<f32> {
    None
}

/// The Run key of this login
/// (<https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys>), through `reg.exe`.
pub mod autostart {
    use std::io;
    use std::path::Path;
    use std::process::{Command, Stdio};

    const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
    /// Where Task Manager and Settings note what the person switched off.
    const APPROVED: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
    const NAME: &str = "Mailshift";

    pub fn enable(program: &Path) -> io::Result<()> {
        let command = format!("\"{}\" --background", program.display());
        reg(&["add", RUN, "/v", NAME, "/t", "REG_SZ", "/d", &command, "/f"]).map(drop)
    }

    pub fn disable() -> io::Result<()> {
        if query(RUN).is_none() {
            return Ok(());
        }
        reg(&["delete", RUN, "/v", NAME, "/f"]).map(drop)
    }

    pub fn is_enabled() -> bool {
        query(RUN).is_some() && !was_disabled_by_person()
    }

    /// The first byte of the value is odd when the entry is switched off.
    pub fn was_disabled_by_person() -> bool {
        let Some(output) = query(APPROVED) else { return false };
        let hex = output.split("REG_BINARY").nth(1).map(str::trim).and_then(|hex| hex.get(..2));
        hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).is_some_and(|byte| byte % 2 == 1)
    }

    fn query(key: &str) -> Option<String> {
        reg(&["query", key, "/v", NAME]).ok()
    }

    fn reg(arguments: &[&str]) -> io::Result<String> {
        let output = Command::new("reg.exe").args(arguments).stdin(Stdio::null()).output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(io::Error::other("reg.exe refused"))
        }
    }
}
