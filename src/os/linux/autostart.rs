//! An XDG autostart entry (<https://specifications.freedesktop.org/autostart-spec/latest/>).

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::os::files;

const NAME: &str = "mailshift.desktop";

pub fn enable(program: &Path) -> io::Result<()> {
    let path = entry().ok_or(io::ErrorKind::NotFound)?;
    let text = text(program).ok_or(io::ErrorKind::InvalidInput)?;
    if fs::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().ok_or(io::ErrorKind::NotFound)?)?;
    files::atomic_write(&path, text.as_bytes(), 0o644)
}

pub fn disable() -> io::Result<()> {
    files::remove_if_there(&entry().ok_or(io::ErrorKind::NotFound)?)
}

pub fn is_enabled() -> bool {
    read().is_some_and(|entry| !is_switched_off(&entry))
}

pub fn was_disabled_by_person() -> bool {
    read().is_some_and(|entry| is_switched_off(&entry))
}

fn entry() -> Option<PathBuf> {
    Some(directories::BaseDirs::new()?.config_dir().join("autostart").join(NAME))
}

fn read() -> Option<String> {
    fs::read_to_string(entry()?).ok()
}

/// `Hidden=true` is the specification's way, the other one what GNOME's settings write.
fn is_switched_off(entry: &str) -> bool {
    let is = |line: &str, wanted: &str, value: &str| {
        line.split_once('=').is_some_and(|(key, v)| key.trim() == wanted && v.trim() == value)
    };
    entry.lines().any(|line| is(line, "Hidden", "true") || is(line, "X-GNOME-Autostart-enabled", "false"))
}

fn text(program: &Path) -> Option<String> {
    let command = quoted(program)?;
    Some(format!(
        "[Desktop Entry]\nType=Application\nName=Mailshift\nComment=Moves your mail program to the new mailbox\n\
         Exec={command} --background\nIcon=mail-unread\nTerminal=false\nNoDisplay=true\nStartupNotify=false\n\
         X-GNOME-Autostart-enabled=true\n"
    ))
}

/// A program as the first word of an `Exec` line. None for a path that cannot stand in a desktop entry. An ordinary path stays
/// without quotes: where there is no desktop environment, `xdg-open` takes them for a part of it.
pub fn quoted(program: &Path) -> Option<String> {
    let path = program.to_str().filter(|path| !path.contains(char::is_control))?;
    if path.chars().all(|c| c.is_ascii_alphanumeric() || "/._+-@,:".contains(c)) {
        return Some(path.to_owned());
    }
    let mut quoted = String::new();
    for c in path.chars() {
        match c {
            // Quoted once as the argument of a command line and once more as a string of the file.
            '"' | '`' | '$' => quoted.extend(['\\', '\\', c]),
            '\\' => quoted.push_str(r"\\\\"),
            // Field codes begin with it.
            '%' => quoted.push_str("%%"),
            c => quoted.push(c),
        }
    }
    Some(format!("\"{quoted}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_switched_off_in_either_way_is_told() {
        let ours = text(Path::new("/opt/mailshift")).expect("an entry");
        assert!(!is_switched_off(&ours));
        assert!(is_switched_off(&ours.replace("X-GNOME-Autostart-enabled=true", "X-GNOME-Autostart-enabled=false")));
        assert!(is_switched_off("[Desktop Entry]\nHidden = true\n"));
    }

    #[test]
    fn an_unusual_path_is_quoted_as_the_specification_asks() {
        let entry = text(Path::new(r#"/home/a b/50%/$x"\y/mailshift"#)).expect("an entry");
        let exec = entry.lines().find(|line| line.starts_with("Exec=")).expect("a command");
        assert_eq!(exec, r#"Exec="/home/a b/50%%/\\$x\\"\\\\y/mailshift" --background"#);
        let plain = text(Path::new("/opt/mailshift-1.0/mailshift")).expect("an entry");
        assert!(plain.contains("\nExec=/opt/mailshift-1.0/mailshift --background\n"), "{plain}");
        assert_eq!(text(Path::new("/a\nExec=evil")), None);
    }
}
