//! A desktop entry that takes the scheme (<https://specifications.freedesktop.org/desktop-entry-spec/latest/>), and the
//! login's own list of what opens what (<https://specifications.freedesktop.org/mime-apps-spec/latest/>).

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::{fs, io};

use super::autostart;
use crate::os::{files, links};

/// Another name than that of the autostart entry: this one is listed by the desktop.
const NAME: &str = "mailshift-link.desktop";
/// The group of `mimeapps.list` that says which program is the one.
const DEFAULTS: &str = "[Default Applications]";

pub fn register(program: &Path) -> io::Result<()> {
    let base = directories::BaseDirs::new().ok_or(io::ErrorKind::NotFound)?;
    let command = autostart::quoted(program).ok_or(io::ErrorKind::InvalidInput)?;
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Mailshift\nComment=Moves your mail program to the new mailbox\n\
         Exec={command} %u\nIcon=mail-unread\nTerminal=false\nNoDisplay=true\nStartupNotify=false\n\
         MimeType=x-scheme-handler/{};\n",
        links::SCHEME
    );
    replace(&base.data_local_dir().join("applications").join(NAME), |_| entry.clone())?;
    replace(&base.config_dir().join("mimeapps.list"), |there| with_default(there, links::SCHEME, NAME))
}

fn replace(path: &Path, change: impl Fn(&str) -> String) -> io::Result<()> {
    let there = match fs::read_to_string(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        // Somebody else's list in an encoding of its own is left alone.
        Err(error) => return Err(error),
    };
    let new = change(&there);
    if new == there {
        return Ok(());
    }
    fs::create_dir_all(path.parent().ok_or(io::ErrorKind::NotFound)?)?;
    files::atomic_write(path, new.as_bytes(), 0o644)
}

/// The list with our line in its group; every other line stays as it is.
fn with_default(list: &str, scheme: &str, entry: &str) -> String {
    let key = format!("x-scheme-handler/{scheme}");
    let ours = format!("{key}={entry}");
    let mut lines: Vec<&str> = list.lines().collect();
    let group = lines.iter().position(|line| line.trim() == DEFAULTS);
    let Some(group) = group else {
        let separator = if list.is_empty() || list.ends_with('\n') { "" } else { "\n" };
        return format!("{list}{separator}{DEFAULTS}\n{ours}\n");
    };
    let end = lines[group + 1..].iter().position(|line| line.trim_start().starts_with('['));
    let end = end.map_or(lines.len(), |end| group + 1 + end);
    let is_ours = |line: &str| line.split_once('=').is_some_and(|(there, _)| there.trim() == key);
    match lines[group + 1..end].iter().position(|line| is_ours(line)) {
        Some(place) => lines[group + 1 + place] = &ours,
        None => lines.insert(group + 1, &ours),
    }
    lines.join("\n") + "\n"
}

/// Overwrites the memory that `/proc/<id>/cmdline` shows: the arguments after the program's own name (proc(5), fields 48
/// and 49 of `stat`). Whoever listed processes in the milliseconds before has seen them.
pub fn conceal_arguments() -> io::Result<()> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field is a name in parentheses, which may hold anything.
    let fields: Vec<&str> =
        stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
    let field = |number: usize| fields.get(number - 3).and_then(|text| text.parse::<u64>().ok());
    let (Some(start), Some(end)) = (field(48), field(49)) else { return Err(io::ErrorKind::InvalidData.into()) };
    let shown = fs::read("/proc/self/cmdline")?;
    let name = shown.iter().position(|byte| *byte == 0).map_or(0, |zero| zero + 1);
    let length = usize::try_from(end.saturating_sub(start)).unwrap_or_default().min(shown.len()).saturating_sub(name);
    let mut memory = fs::OpenOptions::new().write(true).open("/proc/self/mem")?;
    memory.seek(SeekFrom::Start(start + name as u64))?;
    memory.write_all(&vec![0; length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_line_is_added_and_every_other_line_stays() {
        let ours = "x-scheme-handler/mailshift=mailshift-link.desktop";
        for (before, after) in [
            ("", format!("{DEFAULTS}\n{ours}\n")),
            ("[Added Associations]\na=b.desktop", format!("[Added Associations]\na=b.desktop\n{DEFAULTS}\n{ours}\n")),
            (
                "[Default Applications]\ntext/html=web.desktop\n\n[Removed Associations]\nx=y\n",
                format!("{DEFAULTS}\n{ours}\ntext/html=web.desktop\n\n[Removed Associations]\nx=y\n"),
            ),
            (
                "[Default Applications]\nx-scheme-handler/mailshift = old.desktop\ntext/html=web.desktop\n",
                format!("{DEFAULTS}\n{ours}\ntext/html=web.desktop\n"),
            ),
            (
                "[Default Applications]\n[Other]\nx-scheme-handler/mailshift=theirs.desktop\n",
                format!("{DEFAULTS}\n{ours}\n[Other]\nx-scheme-handler/mailshift=theirs.desktop\n"),
            ),
        ] {
            let once = with_default(before, "mailshift", NAME);
            assert_eq!(once, after, "{before}");
            assert_eq!(with_default(&once, "mailshift", NAME), once, "a second time changes nothing");
        }
    }
}
