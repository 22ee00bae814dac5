//! PRF files: how Outlook is told, for its next start, to make a profile with an IMAP or POP account.
//!
//! Sources: the Office Resource Kit, "Customize Outlook profiles by using an Outlook Profile (PRF) file", and files that
//! the Office Customization Tool wrote, for the sections and their keys; the numbers of account properties are those of
//! Microsoft's "Account Management API" reference (`PROP_INET_SERVER` and so on).
//!
//! A PRF file has no place for a password: Outlook asks for it once. It cannot say OAuth 2, nor STARTTLS for the incoming
//! server.

#[cfg(target_os = "windows")]
#[path = "prf/windows.rs"]
mod ansi;
#[cfg(not(target_os = "windows"))]
#[path = "prf/elsewhere.rs"]
mod ansi;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::account::{Authentication, Protocol, Security, Server};
use crate::mail::{Error, Order};

const FILE: &str = "outlook.prf";

/// A text in the computer's "ANSI" code page; none when that lacks one of its characters.
pub(super) fn in_ansi_code_page(text: &str) -> Option<Vec<u8>> {
    ansi::encoded(text)
}

/// Where the file is to be: in the first of these folders that Outlook can read it from. The path must be ASCII without
/// blanks, as no other has been seen to work.
pub(super) fn place(folders: &[&Path]) -> Option<PathBuf> {
    let plain = |path: &Path| path.to_str().is_some_and(|path| path.chars().all(|c| c.is_ascii_graphic()));
    folders.iter().find(|folder| plain(folder)).map(|folder| folder.join(FILE))
}

/// The bytes of a PRF file that makes this new profile the default one.
///
/// `ansi` encodes a text as the computer's "ANSI" code page, in which Outlook reads the file; none when it has not all
/// of its characters. A person's name with such characters is left out for the address, which is always right.
pub(super) fn content(order: &Order, profile: &str, ansi: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let account = &order.account;
    let (incoming, outgoing) = (&account.incoming, &account.outgoing);
    for server in [incoming, outgoing] {
        if server.authentication != Authentication::Password {
            return Err(unsupported(server, "OAuth 2"));
        }
    }
    if incoming.security == Security::StartTls {
        return Err(unsupported(incoming, "STARTTLS"));
    }
    let name = one_line(&order.name);
    let name = if name.is_empty() || ansi(&name).is_none() { order.address.clone() } else { name };
    let text = text(incoming, outgoing, profile, &plain(&order.address)?, &name)?;
    ansi(&text).ok_or_else(|| Error::Unsupported { what: format!("{} in a PRF file", order.address) })
}

fn unsupported(server: &Server, what: &str) -> Error {
    Error::Unsupported { what: format!("{what} at {}:{} in Outlook", server.host, server.port) }
}

fn text(incoming: &Server, outgoing: &Server, profile: &str, address: &str, name: &str) -> Result<String, Error> {
    let (kind, section) = match incoming.protocol {
        Protocol::Imap => ("IMAP", "IMAP_I_Mail"),
        Protocol::Pop3 => ("POP3", "I_Mail"),
        Protocol::Smtp => return Err(unsupported(incoming, "SMTP")),
    };
    let (incoming_user, outgoing_user) = (plain(&incoming.username)?, plain(&outgoing.username)?);
    let mut prf = Prf::default();
    prf.section("General");
    prf.key("Custom", 1);
    prf.key("ProfileName", plain(profile)?);
    prf.key("DefaultProfile", "Yes");
    // Only when there is none of that name: nothing of the person's is ever overwritten.
    prf.key("OverwriteProfile", "No");
    prf.key("BackupProfile", "No");
    prf.key("ModifyDefaultProfileIfPresent", "FALSE");
    prf.section("Service List");
    prf.key("Service1", "Outlook Address Book");
    prf.section("Internet Account List");
    prf.key("Account1", section);
    prf.section("Service1");

    prf.section("Account1");
    prf.key("UniqueService", "No");
    prf.key("AccountName", address);
    prf.key("DisplayName", name);
    prf.key("EmailAddress", address);
    prf.key(&format!("{kind}Server"), plain(&incoming.host)?);
    prf.key(&format!("{kind}UserName"), &incoming_user);
    prf.key(&format!("{kind}UseSPA"), 0);
    prf.key(&format!("{kind}Port"), incoming.port);
    prf.key(&format!("{kind}UseSSL"), 1);
    prf.key("SMTPServer", plain(&outgoing.host)?);
    prf.key("SMTPPort", outgoing.port);
    // ENCRYPT_CONN_SSL and ENCRYPT_CONN_TLS, as "PROP_SMTP_SECURE_CONNECTION" names them. The older key cannot say
    // STARTTLS.
    match outgoing.security {
        Security::Tls => {
            prf.key("SMTPUseSSL", 1);
            prf.key("SMTPSecureConnection", 1);
        }
        Security::StartTls => prf.key("SMTPSecureConnection", 2),
    }
    prf.key("SMTPUseAuth", 1);
    // SMTP_AUTH_SAME_AS_POP and SMTP_AUTH_USER_PASS, as "PROP_SMTP_AUTH_METHOD" names them.
    if incoming_user == outgoing_user {
        prf.key("SMTPAuthMethod", 0);
    } else {
        prf.key("SMTPAuthMethod", 1);
        prf.key("SMTPUserName", &outgoing_user);
    }
    prf.key("SMTPUseSPA", 0);
    prf.key("ConnectionType", 0);
    prf.key("ServerTimeOut", 60);
    if incoming.protocol == Protocol::Pop3 {
        // LEAVE_ON_SERVER, without a time after which mail is removed ("PROP_POP_LEAVE_ON_SERVER").
        prf.key("LeaveOnServer", "0x1");
    }
    prf.key("DefaultAccount", "TRUE");

    prf.section("Outlook Address Book");
    prf.key("ServiceName", "CONTAB");
    prf.section(section);
    prf.key("AccountType", kind);
    for (key, property) in properties(kind) {
        prf.key(&key, property);
    }
    Ok(prf.0)
}

/// Which property each key of an account stands for: Outlook does not know the keys by itself.
fn properties(kind: &str) -> Vec<(String, &'static str)> {
    let of_kind = [
        ("Server", "PT_UNICODE,0x0100"),
        ("UserName", "PT_UNICODE,0x0101"),
        ("UseSPA", "PT_LONG,0x0108"),
        ("Port", "PT_LONG,0x0104"),
        ("UseSSL", "PT_LONG,0x0105"),
    ];
    let of_all = [
        ("AccountName", "PT_UNICODE,0x0002"),
        ("DisplayName", "PT_UNICODE,0x000B"),
        ("EmailAddress", "PT_UNICODE,0x000C"),
        ("SMTPServer", "PT_UNICODE,0x0200"),
        ("SMTPPort", "PT_LONG,0x0201"),
        ("SMTPUseSSL", "PT_LONG,0x0202"),
        ("SMTPUseAuth", "PT_LONG,0x0203"),
        ("SMTPUserName", "PT_UNICODE,0x0204"),
        ("SMTPUseSPA", "PT_LONG,0x0207"),
        ("SMTPAuthMethod", "PT_LONG,0x0208"),
        ("SMTPSecureConnection", "PT_LONG,0x020A"),
        ("ConnectionType", "PT_LONG,0x000F"),
        ("ServerTimeOut", "PT_LONG,0x0209"),
        ("LeaveOnServer", "PT_LONG,0x1000"),
    ];
    let of_all = of_all.into_iter().filter(|(key, _)| kind == "POP3" || *key != "LeaveOnServer");
    let of_kind = of_kind.map(|(key, property)| (format!("{kind}{key}"), property));
    of_all.map(|(key, property)| (key.to_owned(), property)).chain(of_kind).collect()
}

/// A host name, address or user name: ASCII in one line, as it is, or not at all.
fn plain(text: &str) -> Result<String, Error> {
    let fits = text.chars().all(|c| c.is_ascii_graphic() || c == ' ') && text.trim() == text && !text.is_empty();
    // Outlook replaces %NAME% by a variable of the environment.
    let fits = fits && !text.contains(['%', '"']);
    if fits { Ok(text.to_owned()) } else { Err(Error::Unsupported { what: format!("{text:?} in a PRF file") }) }
}

/// A person's name without what would end its line, or mean something in one.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || "%\"".contains(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Prf(String);

impl Prf {
    fn section(&mut self, name: &str) {
        let gap = if self.0.is_empty() { "" } else { "\r\n" };
        _ = write!(self.0, "{gap}[{name}]\r\n");
    }

    fn key(&mut self, name: &str, value: impl std::fmt::Display) {
        _ = write!(self.0, "{name}={value}\r\n");
    }
}

#[cfg(test)]
mod tests;
