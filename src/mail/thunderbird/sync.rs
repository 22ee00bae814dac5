//! What Thunderbird itself has fetched into a profile.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::prefs;
use crate::mail::files;

/// Longest part of a line that is kept in memory, in bytes.
const LINE_LIMIT: u64 = 8 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inbox {
    /// Thunderbird has not opened it yet.
    Unseen,
    /// Thunderbird knows it and holds so many messages.
    Holds(u32),
}

/// Looks at the inbox of the account that signs in to `host` as `username`; `None` when the profile has no such account
/// any more.
pub(super) fn inbox(profile: &Path, host: &str, username: &str) -> Option<Inbox> {
    let text = files::decoded(&std::fs::read(profile.join("prefs.js")).ok()?)?;
    let prefs = prefs::parsed(&text);
    let is = |key: &str, wanted: &str| prefs.get(key).and_then(serde_json::Value::as_str) == Some(wanted);
    let server = prefs.keys().find_map(|key| {
        let server = key.strip_prefix("mail.server.")?.strip_suffix(".hostname")?;
        let ours = is(key, host) && is(&format!("mail.server.{server}.userName"), username);
        ours.then_some(server)
    })?;
    let directory = prefs.get(&format!("mail.server.{server}.directory-rel")).and_then(serde_json::Value::as_str)?;
    let folder = profile.join(directory.strip_prefix("[ProfD]")?);
    let index = folder.join("INBOX.msf").is_file();
    match messages(folder.join("INBOX")) {
        Some(0) | None if !index => Some(Inbox::Unseen),
        count => Some(Inbox::Holds(count.unwrap_or(0))),
    }
}

fn messages(inbox: PathBuf) -> Option<u32> {
    if inbox.is_dir() {
        let entries = std::fs::read_dir(inbox.join("cur")).ok()?;
        return u32::try_from(entries.count()).ok();
    }
    let mut reader = BufReader::new(File::open(inbox).ok()?);
    let mut count = 0;
    let mut line = Vec::new();
    // A line that is longer than the limit goes on; its rest is not the start of a line.
    let mut at_start = true;
    loop {
        line.clear();
        if reader.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line).ok()? == 0 {
            return Some(count);
        }
        count += u32::from(at_start && line.starts_with(b"From "));
        at_start = line.ends_with(b"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> tempfile::TempDir {
        let profile = tempfile::tempdir().expect("a folder");
        let prefs = "user_pref(\"mail.server.server7.hostname\", \"mail.example\");\n\
                     user_pref(\"mail.server.server7.userName\", \"anna\");\n\
                     user_pref(\"mail.server.server7.directory-rel\", \"[ProfD]ImapMail/mail.example-1\");\n";
        std::fs::write(profile.path().join("prefs.js"), prefs).expect("written");
        std::fs::create_dir_all(profile.path().join("ImapMail/mail.example-1")).expect("a folder");
        profile
    }

    #[test]
    fn messages_are_counted_where_the_account_keeps_them() {
        let profile = profile();
        let look = || inbox(profile.path(), "mail.example", "anna");
        assert_eq!(look(), Some(Inbox::Unseen));
        let folder = profile.path().join("ImapMail/mail.example-1");
        std::fs::write(folder.join("INBOX.msf"), "").expect("written");
        assert_eq!(look(), Some(Inbox::Holds(0)));
        let long = "From x".repeat(5000);
        let mbox = format!("From - Fri\nSubject: a\n\n>From here\n{long}x\n\nFrom - Sat\nSubject: b\n\nx\n");
        std::fs::write(folder.join("INBOX"), mbox.replace("\nFrom xFrom", "\nxFrom")).expect("written");
        assert_eq!(look(), Some(Inbox::Holds(2)));
        assert_eq!(inbox(profile.path(), "mail.example", "berta"), None);
    }

    #[test]
    fn a_maildir_is_counted_too() {
        let profile = profile();
        let cur = profile.path().join("ImapMail/mail.example-1/INBOX/cur");
        std::fs::create_dir_all(&cur).expect("a folder");
        std::fs::write(cur.join("1.eml"), "").expect("written");
        assert_eq!(inbox(profile.path(), "mail.example", "anna"), Some(Inbox::Holds(1)));
    }
}
