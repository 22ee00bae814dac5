//! `prefs.js`: one `user_pref("name", value);` per line, strings escaped as in JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::account::{Account, Authentication, Security, Server};

pub(super) type Prefs = BTreeMap<String, Value>;

/// The preferences of a file. Lines that are not understood are left out, as Thunderbird does.
pub(super) fn parsed(text: &str) -> Prefs {
    text.lines()
        .filter_map(|line| {
            let inside = line.trim().strip_prefix("user_pref(")?.strip_suffix(");")?;
            let list: Value = serde_json::from_str(&format!("[{inside}]")).ok()?;
            match list.as_array().map(Vec::as_slice) {
                Some([Value::String(name), value]) if is_preference(value) => Some((name.clone(), value.clone())),
                _ => None,
            }
        })
        .collect()
}

/// Preferences are texts, switches and whole numbers.
fn is_preference(value: &Value) -> bool {
    value.is_string() || value.is_boolean() || value.is_i64()
}

pub(super) fn written(prefs: &Prefs) -> String {
    let mut text = String::from("// Mozilla User Preferences\n");
    for (name, value) in prefs {
        let _ = writeln!(text, "user_pref({}, {value});", Value::from(name.as_str()));
    }
    text
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'a> {
    pub name: &'a str,
    pub address: &'a str,
}

/// Preferences of a new profile with one account and the local folders.
///
/// Names and values were read in what Thunderbird 153 writes itself: `socketType` and `try_ssl` 2 is STARTTLS, 3 is
/// TLS; `authMethod` 3 is a password, 10 `OAuth2`.
pub(super) fn of_new_profile(account: &Account, owner: Owner<'_>) -> Prefs {
    let mut prefs = Prefs::new();
    let mut set = |name: &str, value: Value| drop(prefs.insert(name.to_owned(), value));
    for (name, value) in quiet_first_start() {
        set(name, value);
    }
    for (name, text) in [
        ("mail.accountmanager.accounts", "account1,account2"),
        ("mail.accountmanager.defaultaccount", "account1"),
        ("mail.accountmanager.localfoldersserver", "server2"),
        ("mail.account.account1.identities", "id1"),
        ("mail.account.account1.server", "server1"),
        ("mail.account.account2.server", "server2"),
        ("mail.server.server2.type", "none"),
        ("mail.server.server2.hostname", "Local Folders"),
        ("mail.server.server2.name", "Local Folders"),
        ("mail.server.server2.userName", "nobody"),
        ("mail.server.server2.directory-rel", "[ProfD]Mail/Local Folders"),
        ("mail.server.server2.storeContractID", MBOX),
        ("mail.identity.id1.fullName", owner.name),
        ("mail.identity.id1.useremail", owner.address),
        ("mail.identity.id1.smtpServer", "smtp1"),
        ("mail.identity.id1.fcc_folder_picker_mode", "0"),
        ("mail.identity.id1.drafts_folder_picker_mode", "0"),
        ("mail.identity.id1.tmpl_folder_picker_mode", "0"),
        ("mail.identity.id1.archives_folder_picker_mode", "0"),
    ] {
        set(name, text.into());
    }
    set("mail.account.lastKey", 2.into());
    for flag in ["valid", "fcc", "archive_enabled"] {
        set(&format!("mail.identity.id1.{flag}"), true.into());
    }
    let base = folder_address(&account.incoming);
    for (key, folder) in [("fcc", "Sent"), ("draft", "Drafts"), ("stationery", "Templates"), ("archive", "Archive")] {
        set(&format!("mail.identity.id1.{key}_folder"), format!("{base}/{folder}").into());
    }
    for (key, value) in incoming(&account.incoming, owner.address) {
        set(&format!("mail.server.server1.{key}"), value);
    }
    for (key, value) in outgoing(&account.outgoing) {
        set(&format!("mail.smtpserver.smtp1.{key}"), value);
    }
    set("mail.smtpservers", "smtp1".into());
    set("mail.smtp.defaultserver", "smtp1".into());
    prefs
}

const MBOX: &str = "@mozilla.org/msgstore/berkeleystore;1";

/// No welcome form, no notes, no question whether to be the default program, in the moment people look for their mail.
fn quiet_first_start() -> [(&'static str, Value); 8] {
    [
        ("mail.provider.suppress_dialog_on_startup", true.into()),
        ("mail.rights.version", 1.into()),
        ("mailnews.start_page.enabled", false.into()),
        ("mail.spotlight.firstRunDone", true.into()),
        ("mail.winsearch.firstRunDone", true.into()),
        ("mail.shell.checkDefaultClient", false.into()),
        ("datareporting.policy.dataSubmissionPolicyAcceptedVersion", 2.into()),
        // 2026-01-01 in milliseconds; any time after 2012 counts.
        ("datareporting.policy.dataSubmissionPolicyNotifiedTime", "1767225600000".into()),
    ]
}

fn incoming(server: &Server, address: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("type", "imap".into()),
        ("hostname", server.host.clone().into()),
        ("port", server.port.into()),
        ("socketType", socket(server.security).into()),
        ("authMethod", authentication(server.authentication).into()),
        ("userName", server.username.clone().into()),
        ("name", address.into()),
        // Without it Thunderbird opens on the account's page instead of the inbox.
        ("login_at_startup", true.into()),
        ("check_new_mail", true.into()),
        ("check_time", 5.into()),
        ("offline_download", true.into()),
        ("directory-rel", format!("[ProfD]ImapMail/{}", server.host).into()),
        ("storeContractID", MBOX.into()),
    ]
}

fn outgoing(server: &Server) -> Vec<(&'static str, Value)> {
    vec![
        ("type", "smtp".into()),
        ("hostname", server.host.clone().into()),
        ("port", server.port.into()),
        ("try_ssl", socket(server.security).into()),
        ("authMethod", authentication(server.authentication).into()),
        ("username", server.username.clone().into()),
        ("description", server.host.clone().into()),
    ]
}

fn socket(security: Security) -> u8 {
    match security {
        Security::StartTls => 2,
        Security::Tls => 3,
    }
}

fn authentication(authentication: Authentication) -> u8 {
    match authentication {
        Authentication::Password => 3,
        Authentication::OAuth2 => 10,
    }
}

/// `imap://user%40domain@host`: how Thunderbird names an account in folder addresses and filters.
fn folder_address(server: &Server) -> String {
    account_address(&server.username, &server.host)
}

pub(super) fn account_address(username: &str, host: &str) -> String {
    let mut escaped = String::new();
    for byte in username.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            escaped.push(byte.into());
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    format!("imap://{escaped}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let prefs = Prefs::from([
            ("a.text".into(), "Ü \"quoted\" \\ back\nline".into()),
            ("b.number".into(), 993.into()),
            ("c.flag".into(), true.into()),
        ]);
        let text = written(&prefs);
        assert!(text.contains(r#"user_pref("a.text", "Ü \"quoted\" \\ back\nline");"#), "{text}");
        assert_eq!(parsed(&text), prefs);
    }

    #[test]
    fn broken_lines_cost_only_themselves() {
        let text = "garbage\nuser_pref(\"a\", 1);\nuser_pref(\"b\", \"unterminated);\nuser_pref(\"c\", \"\\q\");\nuser_pref(\"d\", 4);";
        assert_eq!(parsed(text).into_keys().collect::<Vec<_>>(), ["a", "d"]);
    }

    #[test]
    fn names_in_folder_addresses_are_escaped() {
        assert_eq!(account_address("anna@new.example", "mail"), "imap://anna%40new.example@mail");
        assert_eq!(account_address("ä b", "h"), "imap://%C3%A4%20b@h");
    }
}
