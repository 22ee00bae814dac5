//! `logins.json`: where Thunderbird keeps passwords, encrypted with the profile's key store.

use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::mail::files;

pub(super) const FILE: &str = "logins.json";

/// Thunderbird's copy of it.
const BACKUP: &str = "logins-backup.json";

/// One password, already encrypted.
pub(super) struct Entry {
    pub id: String,
    pub origin: String,
    pub username: Vec<u8>,
    pub password: Vec<u8>,
}

pub(super) fn add(path: &Path, entries: &[Entry]) -> io::Result<()> {
    let before = files::read_if_there(path)?;
    let now = jiff::Timestamp::now().as_millisecond();
    let after = with_entries(before.as_deref(), entries, now)?;
    files::replace(path, after.to_string().as_bytes())
}

/// Takes the passwords with these ids out of a profile's store. Others stay.
pub(super) fn withdraw(profile: &Path, ids: &[String]) -> io::Result<()> {
    let is_ours = |entry: &Value| entry["guid"].as_str().is_some_and(|id| ids.iter().any(|ours| ours == id));
    for path in [FILE, BACKUP].map(|name| profile.join(name)) {
        let Some(bytes) = files::read_if_there(&path)? else { continue };
        // What Thunderbird cannot read, it does not use.
        let Ok(mut store) = serde_json::from_slice::<Value>(&bytes) else { continue };
        let Some(list) = store.get_mut("logins").and_then(Value::as_array_mut) else { continue };
        let before = list.len();
        list.retain(|entry| !is_ours(entry));
        if list.len() < before {
            files::replace(&path, store.to_string().as_bytes())?;
        }
    }
    Ok(())
}

/// The format is version 3, as Thunderbird 153 writes it. Times are milliseconds since 1970.
fn with_entries(before: Option<&[u8]>, entries: &[Entry], now: i64) -> io::Result<Value> {
    let mut store = match before {
        Some(bytes) => serde_json::from_slice(bytes)?,
        None => json!({
            "nextId": 1, "logins": [], "potentiallyVulnerablePasswords": [],
            "dismissedBreachAlertsByLoginGUID": {}, "version": 3,
        }),
    };
    let mut id = store["nextId"].as_u64().unwrap_or(1);
    let list = store.get_mut("logins").and_then(Value::as_array_mut);
    let list = list.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no list of logins"))?;
    for entry in entries {
        list.push(json!({
            "id": id, "hostname": entry.origin, "httpRealm": entry.origin, "formSubmitURL": null,
            "usernameField": "", "passwordField": "",
            "encryptedUsername": STANDARD.encode(&entry.username), "encryptedPassword": STANDARD.encode(&entry.password),
            "guid": entry.id, "encType": 1,
            "timeCreated": now, "timeLastUsed": now, "timePasswordChanged": now, "timesUsed": 1,
            "syncCounter": 1, "everSynced": false,
        }));
        id += 1;
    }
    store["nextId"] = id.into();
    Ok(store)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(origin: &str) -> Entry {
        Entry { id: format!("id of {origin}"), origin: origin.into(), username: b"u".to_vec(), password: b"p".to_vec() }
    }

    #[test]
    fn entries_are_added_with_ids_of_their_own() {
        let first = with_entries(None, &[entry("imap://h"), entry("smtp://h")], 7).expect("new");
        let second = with_entries(Some(first.to_string().as_bytes()), &[entry("imap://other")], 8).expect("added");
        assert_eq!(second["nextId"], 4);
        assert_eq!(second["logins"][2]["id"], 3);
        assert_eq!(second["logins"][0], first["logins"][0]);
        assert_eq!(second["logins"][1]["httpRealm"], "smtp://h");
        assert_eq!(second["logins"][2]["encryptedPassword"], STANDARD.encode(b"p"));
    }

    #[test]
    fn ours_are_taken_out_again_and_others_stay() {
        let profile = tempfile::tempdir().expect("a folder");
        let both = with_entries(None, &[entry("imap://h"), entry("imap://other")], 7).expect("new");
        let ids = ["id of imap://h".to_owned()];
        withdraw(profile.path(), &ids).expect("nothing there");
        for name in [FILE, BACKUP] {
            std::fs::write(profile.path().join(name), both.to_string()).expect("written");
        }
        withdraw(profile.path(), &ids).expect("taken out");
        for name in [FILE, BACKUP] {
            let text = std::fs::read_to_string(profile.path().join(name)).expect("there");
            assert!(!text.contains("imap://h\"") && text.contains("imap://other"), "{name}: {text}");
        }
    }

    #[test]
    fn a_damaged_file_is_not_overwritten() {
        with_entries(Some(b"{ not json"), &[], 0).expect_err("damaged");
        with_entries(Some(b"{}"), &[], 0).expect_err("damaged");
    }
}
