//! A person's home with a Thunderbird that has been in use for years: account, password, address book, local folders,
//! signature, tag and a filter.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::{MailServer, NAME, OLD_ADDRESS, OLD_PASSWORD};
use crate::account::Identity;
use crate::mail::Host;
use crate::mail::thunderbird::sample;
use crate::secret::Secret;

/// Folder of the old profile below `.thunderbird`.
pub const OLD_PROFILE: &str = "k3v9x2qa.default-release";

/// Section of the Debian package's installation.
const DEBIAN: &str = "FDC34C9F024745EB";

const CONTACTS: [(&str, &str, &str); 3] = [
    ("Jonas", "Weber", "jonas.weber@partner.example"),
    ("Mira", "Schäfer", "mira@partner.example"),
    ("Karim", "Haddad", "karim@supplier.example"),
];

/// Signature, tag and a second address book, as Thunderbird writes them.
const PERSONAL: &str = r##"user_pref("mail.identity.id1.htmlSigText", "Kind regards\n<b>Anna Berger</b>\n+49 30 555 01 23");
user_pref("mail.identity.id1.htmlSigFormat", true);
user_pref("mail.identity.id1.sig_on_reply", true);
user_pref("mailnews.tags.spring_fair.tag", "Spring fair");
user_pref("mailnews.tags.spring_fair.color", "#00CCCC");
user_pref("ldap_2.servers.Customers.description", "Customers");
user_pref("ldap_2.servers.Customers.dirType", 101);
user_pref("ldap_2.servers.Customers.filename", "abook-1.sqlite");
user_pref("ldap_2.servers.Customers.uid", "7d1f1a42-0f64-4f6a-9d1e-3c3e77a1c0aa");
"##;

/// Makes the home. `host.helper_exe` stores the old password in it, as the set-up does for the new one. Returns the old
/// profile's folder.
pub async fn seed_old_thunderbird(home: &Path, server: &MailServer, host: &Host) -> io::Result<PathBuf> {
    let root = home.join(".thunderbird");
    let profile = root.join(OLD_PROFILE);
    fs::create_dir_all(profile.join("Mail/Local Folders"))?;
    let list = format!(
        "[Profile0]\nName=default-release\nIsRelative=1\nPath={OLD_PROFILE}\nDefault=1\n\n[Install{DEBIAN}]\n\
         Default={OLD_PROFILE}\nLocked=1\n\n[General]\nStartWithLastProfile=1\nVersion=2\n"
    );
    fs::write(root.join("profiles.ini"), list)?;
    fs::write(root.join("installs.ini"), format!("[{DEBIAN}]\nDefault={OLD_PROFILE}\nLocked=1\n"))?;
    let account = server.account().filled_in(Identity { name: NAME, address: OLD_ADDRESS });
    fs::write(profile.join("prefs.js"), sample::prefs(&account, NAME, OLD_ADDRESS) + PERSONAL)?;
    let filters = profile.join("ImapMail").join(&account.incoming.host);
    fs::create_dir_all(&filters)?;
    fs::write(filters.join("msgFilterRules.dat"), filter_rules())?;
    fs::write(profile.join("Mail/Local Folders/Letters"), local_mail())?;
    for book in ["abook.sqlite", "abook-1.sqlite"] {
        address_book(&profile.join(book)).await.map_err(io::Error::other)?;
    }
    sample::store_password(host, &profile, &account, &Secret::new(OLD_PASSWORD)).await.map_err(io::Error::other)?;
    Ok(profile)
}

fn filter_rules() -> String {
    "version=\"9\"\nlogging=\"no\"\nname=\"Spring fair\"\nenabled=\"yes\"\ntype=\"17\"\naction=\"AddTag\"\n\
     actionValue=\"spring_fair\"\naction=\"Move to folder\"\n\
     actionValue=\"imap://anna%40old.example@localhost/Projects/2026\"\ncondition=\"AND (subject,contains,Fair invoice)\"\n"
        .into()
}

/// An mbox with three messages that exist on this computer only.
fn local_mail() -> String {
    let letter = |(number, subject): (usize, &&str)| {
        format!(
            "From - Fri Nov 15 20:00:0{number} 2019\nX-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n\
             From: Aunt Rosa <rosa@family.example>\nTo: {NAME} <{OLD_ADDRESS}>\nSubject: {subject}\n\
             Date: Fri, 15 Nov 2019 20:00:0{number} +0000\nMessage-ID: <letter{number}@family.example>\n\n\
             Dear Anna,\n\nas promised.\n\n"
        )
    };
    let letters: Vec<String> =
        ["The garden in May", "Recipe: plum cake", "House rules of 2019"].iter().enumerate().map(letter).collect();
    letters.concat()
}

/// An address book, version 4 of Thunderbird's own tables.
async fn address_book(path: &Path) -> Result<(), sqlx::Error> {
    const TABLES: [&str; 4] = [
        "CREATE TABLE properties (card TEXT, name TEXT, value TEXT)",
        "CREATE TABLE lists (uid TEXT PRIMARY KEY, name TEXT, nickName TEXT, description TEXT)",
        "CREATE TABLE list_cards (list TEXT, card TEXT, PRIMARY KEY(list, card))",
        "PRAGMA user_version = 4",
    ];
    let mut book = SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await?;
    for statement in TABLES {
        sqlx::query(statement).execute(&mut book).await?;
    }
    for (first, last, address) in CONTACTS {
        let card = uuid::Uuid::new_v4().to_string();
        let vcard = format!(
            "BEGIN:VCARD\r\nVERSION:4.0\r\nEMAIL;PREF=1:{address}\r\nFN:{first} {last}\r\nN:{last};{first};;;\r\nUID:{card}\r\nEND:VCARD\r\n"
        );
        let name = format!("{first} {last}");
        for (key, value) in [
            ("FirstName", first),
            ("LastName", last),
            ("DisplayName", &name),
            ("PrimaryEmail", address),
            ("_vCard", &vcard),
            ("PopularityIndex", "4"),
        ] {
            let insert = sqlx::query("INSERT INTO properties VALUES (?, ?, ?)");
            insert.bind(&card).bind(key).bind(value).execute(&mut book).await?;
        }
    }
    book.close().await
}
