//! The Run key of this login (<https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys>).

use std::io;
use std::path::Path;

use winreg::RegKey;
use winreg::enums::{HKEY_CURRENT_USER, KEY_SET_VALUE};

const NAME: &str = "Mailshift";
/// Longest command that the system starts from there, in UTF-16 units (same page of the documentation).
const LENGTH_LIMIT: usize = 260;

struct Keys {
    run: &'static str,
    /// Where Task Manager and Settings note what the person switched off. The first byte of the value is odd then.
    approved: &'static str,
}

const SYSTEM: Keys = Keys {
    run: r"Software\Microsoft\Windows\CurrentVersion\Run",
    approved: r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run",
};

pub fn enable(program: &Path) -> io::Result<()> {
    SYSTEM.enable(program)
}

pub fn disable() -> io::Result<()> {
    SYSTEM.disable()
}

pub fn is_enabled() -> bool {
    SYSTEM.command().is_some() && !SYSTEM.was_disabled_by_person()
}

pub fn was_disabled_by_person() -> bool {
    SYSTEM.was_disabled_by_person()
}

impl Keys {
    fn enable(&self, program: &Path) -> io::Result<()> {
        let program = program.to_str().ok_or(io::ErrorKind::InvalidInput)?;
        let command = format!("\"{program}\" --background");
        if command.encode_utf16().count() > LENGTH_LIMIT {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is too long for the Run key"));
        }
        if self.command().as_ref() == Some(&command) {
            return Ok(());
        }
        let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(self.run)?;
        key.set_value(NAME, &command)
    }

    fn disable(&self) -> io::Result<()> {
        let key = RegKey::predef(HKEY_CURRENT_USER).open_subkey_with_flags(self.run, KEY_SET_VALUE);
        match key.and_then(|key| key.delete_value(NAME)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn command(&self) -> Option<String> {
        RegKey::predef(HKEY_CURRENT_USER).open_subkey(self.run).ok()?.get_value(NAME).ok()
    }

    fn was_disabled_by_person(&self) -> bool {
        let noted = RegKey::predef(HKEY_CURRENT_USER).open_subkey(self.approved);
        let noted = noted.and_then(|key| key.get_raw_value(NAME));
        noted.is_ok_and(|value| value.bytes.first().is_some_and(|first| first % 2 == 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use winreg::RegValue;
    use winreg::enums::REG_BINARY;

    const OURS: &str = r"Software\Mailshift tests\autostart";
    const TEST: Keys = Keys { run: r"Software\Mailshift tests\autostart\Run", approved: OURS };

    #[test]
    fn the_entry_comes_and_goes_and_the_switch_of_the_person_is_seen() {
        let root = RegKey::predef(HKEY_CURRENT_USER);
        let _ = root.delete_subkey_all(OURS);
        TEST.disable().expect("nothing there is as good");
        assert_eq!(TEST.command(), None);

        let program = Path::new(r"C:\Users\Jürgen Groß\mailshift.exe");
        TEST.enable(program).expect("written");
        TEST.enable(program).expect("written again");
        assert_eq!(TEST.command().as_deref(), Some(r#""C:\Users\Jürgen Groß\mailshift.exe" --background"#));

        let (approved, _) = root.create_subkey(TEST.approved).expect("made");
        for (first, off) in [(2, false), (3, true), (6, false), (7, true)] {
            let mut bytes = vec![0; 12];
            bytes[0] = first;
            approved.set_raw_value(NAME, &RegValue { bytes: bytes.into(), vtype: REG_BINARY }).expect("written");
            assert_eq!(TEST.was_disabled_by_person(), off, "{first}");
        }

        TEST.disable().expect("removed");
        assert_eq!(TEST.command(), None);
        root.delete_subkey_all(OURS).expect("tidied up");
    }

    #[test]
    fn a_command_that_windows_would_cut_off_is_refused() {
        let program = format!(r"C:\{}\mailshift.exe", "ä".repeat(LENGTH_LIMIT));
        let refused = TEST.enable(Path::new(&program)).expect_err("too long");
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }
}
