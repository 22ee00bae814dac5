//! A registry with any bytes in the values that are read. See [`crate::fuzz`].

use super::profile;
use super::registry::{Hive, Key, Kind, Value};

const ROOT: &str = r"Software\Microsoft\Office\16.0\Outlook";
/// Below a profile: the account manager with two accounts, and the section of a mailbox.
const KEYS: [&str; 4] = [
    "9375CFF0413111d3B88A00104B2A6676",
    r"9375CFF0413111d3B88A00104B2A6676\00000001",
    r"9375CFF0413111d3B88A00104B2A6676\0000000A",
    "0a0d020000000000c000000000000046",
];
const NAMES: [&str; 14] = [
    "{ED475418-B0D6-11D2-8C3B-00104B2A6676}",
    "Account Name",
    "Email",
    "clsid",
    "Service Name",
    "Service UID",
    "IMAP Server",
    "IMAP Port",
    "IMAP User",
    "POP3 Server",
    "001f6641",
    "001f6610",
    "001f6700",
    "001e6700",
];

/// The bytes say which value holds what: key, name, kind, length, then that many bytes of data, again and again.
pub fn registry(bytes: &[u8]) {
    let root = Key::user(ROOT);
    let person = profile::list(&root).below("Anna");
    let mut hive = Hive::default();
    let mut rest = bytes;
    while let [key, name, kind, length, data @ ..] = rest {
        let (data, more) = data.split_at(data.len().min(usize::from(*length)));
        let value = Value { kind: Kind(u32::from(*kind) % 12), bytes: data.to_vec() };
        if *name == 0xff {
            hive.insert(&root, "DefaultProfile", value);
        } else {
            let key = person.below(KEYS[usize::from(*key) % KEYS.len()]);
            hive.insert(&key, NAMES[usize::from(*name) % NAMES.len()], value);
        }
        rest = more;
    }
    let read = profile::profiles(&hive, &root);
    assert!(read.len() <= 1, "one profile is there at most");
    let _ = profile::default_profile(&hive, &root);
}
