//! macOS: what can be had without a call into the system's libraries. Never run by the tests of this repository.

use std::process::{Command, Stdio};

use super::{Display, NoDisplay, var};

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of the other systems")]
pub fn display() -> Result<Display, NoDisplay> {
    Ok(Display::Native)
}

pub fn login() -> String {
    var("USER").unwrap_or_default()
}

/// Not asked yet: each login counts as a computer of its own.
pub fn machine() -> Option<String> {
    None
}

pub fn device_name() -> String {
    let output = Command::new("scutil").args(["--get", "ComputerName"]).stdin(Stdio::null()).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// Not asked yet: a locked session counts as not locked.
pub fn session_locked() -> Option<bool> {
    None
}

/// macOS scales the display, not the text.
pub fn text_scale() -> Option<f32> {
    None
}

/// A launch agent of this login (launchd.plist(5)).
pub mod autostart {
    use std::path::{Path, PathBuf};
    use std::{fs, io};

    use crate::os::files;

    const NAME: &str = "org.mailshift.agent.plist";

    pub fn enable(program: &Path) -> io::Result<()> {
        let path = entry().ok_or(io::ErrorKind::NotFound)?;
        let program = program.to_str().ok_or(io::ErrorKind::InvalidInput)?;
        let program = program.replace('&', "&amp;").replace('<', "&lt;");
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\n\
             <key>Label</key><string>org.mailshift.agent</string>\n\
             <key>ProgramArguments</key><array><string>{program}</string><string>--background</string></array>\n\
             <key>RunAtLoad</key><true/>\n<key>LimitLoadToSessionType</key><string>Aqua</string>\n</dict></plist>\n"
        );
        fs::create_dir_all(path.parent().ok_or(io::ErrorKind::NotFound)?)?;
        files::atomic_write(&path, text.as_bytes(), 0o644)
    }

    pub fn disable() -> io::Result<()> {
        files::remove_if_there(&entry().ok_or(io::ErrorKind::NotFound)?)
    }

    pub fn is_enabled() -> bool {
        entry().is_some_and(|path| path.exists())
    }

    /// The system keeps that to itself, and honours it whatever the file says.
    pub fn was_disabled_by_person() -> bool {
        false
    }

    fn entry() -> Option<PathBuf> {
        Some(directories::BaseDirs::new()?.home_dir().join("Library/LaunchAgents").join(NAME))
    }
}
