//! The accounts of a profile, as Outlook's account manager lists them. Class ids from `actMgmt.h` of Microsoft's MAPI stub
//! library (<https://github.com/microsoft/MAPIStubLibrary>).

use serde::{Deserialize, Serialize};

use super::registry::{Hive, Key};
use super::section::mailbox;

/// An account of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Account {
    pub kind: AccountKind,
    /// Empty when unknown.
    pub address: String,
    /// The name in the list of accounts.
    pub name: String,
    /// Incoming server of an IMAP or POP account.
    pub incoming: Option<Incoming>,
    /// Name of the signature for new messages.
    pub new_signature: Option<String>,
    /// Name of the signature for replies.
    pub reply_signature: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) enum AccountKind {
    Exchange,
    Imap,
    Pop3,
    ActiveSync,
    Ldap,
    Other,
}

impl AccountKind {
    /// As it travels in the inventory.
    pub fn id(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::ActiveSync => "activesync",
            Self::Ldap => "ldap",
            Self::Other => "",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Incoming {
    pub host: String,
    /// None: the protocol's own.
    pub port: Option<u32>,
    pub user: String,
}

/// Section of the account manager.
const MANAGER: &str = "9375CFF0413111d3B88A00104B2A6676";
/// Its lists of account numbers: mail accounts and address books, in the person's order.
const MAIL_ORDER: &str = "{ED475418-B0D6-11D2-8C3B-00104B2A6676}";

const POP3: &str = "{ED475411-B0D6-11D2-8C3B-00104B2A6676}";
const IMAP: &str = "{ED475412-B0D6-11D2-8C3B-00104B2A6676}";
const MAPI: &str = "{ED475414-B0D6-11D2-8C3B-00104B2A6676}";
const ACTIVESYNC: &str = "{4DB5CBF0-3B77-4852-BC8E-BB81908861F3}";
const LDAP: &str = "{4DB5CBF2-3B77-4852-BC8E-BB81908861F3}";

/// The accounts of a profile.
pub(super) fn accounts(hive: &Hive, profile: &Key) -> Vec<Account> {
    let manager = profile.below(MANAGER);
    let numbered = hive.subkeys(&manager).filter_map(|name| {
        let number = u32::from_str_radix(name, 16).ok().filter(|_| name.len() == 8)?;
        Some((number, manager.below(name)))
    });
    let mut numbered: Vec<(u32, Key)> = numbered.collect();
    let order = hive.value(&manager, MAIL_ORDER).map(|value| value.bytes.as_slice()).unwrap_or_default();
    let order: Vec<u32> = order.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number)).collect();
    let place = |number: u32| order.iter().position(|other| *other == number).unwrap_or(order.len());
    numbered.sort_by_key(|(number, _)| (place(*number), *number));
    numbered.iter().filter_map(|(_, key)| account(hive, profile, key)).collect()
}

fn account(hive: &Hive, profile: &Key, key: &Key) -> Option<Account> {
    let text = |name: &str| hive.text(key, name).filter(|text| !text.trim().is_empty());
    let name = text("Account Name").unwrap_or_default();
    let address = text("Email")
        .or_else(|| Some(name.clone()).filter(|name| name.contains('@')))
        .or_else(|| service_mailbox(hive, profile, key))
        .unwrap_or_default();
    let kind = kind(&text("clsid").unwrap_or_default(), &text("Service Name").unwrap_or_default(), &address)?;
    let incoming = match kind {
        AccountKind::Imap => Some("IMAP"),
        AccountKind::Pop3 => Some("POP3"),
        _ => None,
    };
    let incoming = incoming.and_then(|protocol| {
        Some(Incoming {
            host: text(&format!("{protocol} Server"))?,
            port: hive.number(key, &format!("{protocol} Port")),
            user: text(&format!("{protocol} User")).unwrap_or_default(),
        })
    });
    let (new_signature, reply_signature) = (text("New Signature"), text("Reply-Forward Signature"));
    Some(Account { kind, address, name, incoming, new_signature, reply_signature })
}

/// None for what is no account: the address book and the data files, which are listed as MAPI services too.
fn kind(class: &str, service: &str, address: &str) -> Option<AccountKind> {
    let is = |id: &str| class.eq_ignore_ascii_case(id);
    match service {
        _ if is(POP3) => Some(AccountKind::Pop3),
        _ if is(IMAP) => Some(AccountKind::Imap),
        _ if is(ACTIVESYNC) => Some(AccountKind::ActiveSync),
        _ if is(LDAP) => Some(AccountKind::Ldap),
        "MSEMS" if is(MAPI) => Some(AccountKind::Exchange),
        "EMABLT" if is(MAPI) => Some(AccountKind::Ldap),
        "CONTAB" | "MSUPST MS" | "MSPST MS" if is(MAPI) => None,
        "" if is(MAPI) && !address.is_empty() => Some(AccountKind::Exchange),
        _ => (!address.is_empty()).then_some(AccountKind::Other),
    }
}

/// The address in the MAPI service behind an account: in its own section, or in the one that this names as the Exchange
/// provider's (`PR_EMSMDB_SECTION_UID`).
fn service_mailbox(hive: &Hive, profile: &Key, account: &Key) -> Option<String> {
    let section = |key: &Key, name: &str| {
        let uid = hive.value(key, name)?.bytes.get(..16)?;
        Some(profile.below(&uid.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
    };
    let service = section(account, "Service UID")?;
    mailbox(hive, &service).or_else(|| mailbox(hive, &section(&service, "01023d15")?))
}
