//! The Windows registry as values: what was read, and what is to change. Plans are made from these and tested anywhere;
//! only `registry/windows.rs` touches the real one.
//!
//! Names of keys and values are compared without regard to case, as Windows does
//! (<https://learn.microsoft.com/windows/win32/sysinfo/structure-of-the-registry>). Stored passwords are never read.

#[cfg(all(test, target_os = "windows"))]
mod real;
#[cfg(target_os = "windows")]
#[path = "registry/windows.rs"]
mod sys;
#[cfg(not(target_os = "windows"))]
#[path = "registry/elsewhere.rs"]
mod sys;
#[cfg(test)]
mod text;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub(in crate::mail) use sys::{flush, read, write};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(in crate::mail) enum Root {
    User,
    /// `HKEY_LOCAL_MACHINE`, the 64-bit view.
    Machine,
    /// `HKEY_LOCAL_MACHINE`, the 32-bit view: where 32-bit programs register on 64-bit Windows.
    Machine32,
}

/// A key: its root and its path, with backslashes, none at the ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(in crate::mail) struct Key {
    pub root: Root,
    pub path: String,
}

impl Key {
    pub fn user(path: impl Into<String>) -> Self {
        Self { root: Root::User, path: path.into() }
    }

    pub fn machine(path: impl Into<String>) -> Self {
        Self { root: Root::Machine, path: path.into() }
    }

    pub fn machine32(path: impl Into<String>) -> Self {
        Self { root: Root::Machine32, path: path.into() }
    }

    pub fn below(&self, name: &str) -> Self {
        Self { root: self.root, path: format!("{}\\{name}", self.path) }
    }

    fn folded(&self) -> (Root, String) {
        (self.root, folded(&self.path))
    }
}

/// As administrators write it: `HKCU\Software\…`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = match self.root {
            Root::User => "HKCU",
            Root::Machine => "HKLM",
            Root::Machine32 => "HKLM (32-bit)",
        };
        write!(f, "{root}\\{}", self.path)
    }
}

/// A name for comparing: each character in upper case where that is one character, as Windows compares names.
pub(super) fn folded(name: &str) -> String {
    let upper = |character: char| {
        let mut upper = character.to_uppercase();
        upper.next().filter(|_| upper.next().is_none()).unwrap_or(character)
    };
    name.chars().map(upper).collect()
}

/// Values with these names hold passwords, encrypted for the person: `IMAP Password`, `SMTP Password`.
#[cfg_attr(not(target_os = "windows"), allow(dead_code))]
fn is_password(name: &str) -> bool {
    folded(name).ends_with("PASSWORD")
}

/// Type of a value, by its number in `winnt.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Kind(pub u32);

impl Kind {
    pub const SZ: Self = Self(1);
    pub const EXPAND_SZ: Self = Self(2);
    pub const BINARY: Self = Self(3);
    pub const DWORD: Self = Self(4);
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Value {
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

impl Value {
    pub fn sz(text: &str) -> Self {
        Self { kind: Kind::SZ, bytes: text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect() }
    }

    pub fn dword(number: u32) -> Self {
        Self { kind: Kind::DWORD, bytes: number.to_le_bytes().to_vec() }
    }

    /// The text of a string value, or of binary data that holds UTF-16LE text, as MAPI writes it. Ends at the first NUL.
    pub fn text(&self) -> Option<String> {
        if ![Kind::SZ, Kind::EXPAND_SZ, Kind::BINARY].contains(&self.kind) {
            return None;
        }
        let (pairs, rest) = self.bytes.as_chunks::<2>();
        let units: Vec<u16> =
            pairs.iter().map(|pair| u16::from_le_bytes(*pair)).take_while(|unit| *unit != 0).collect();
        if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
    }

    /// The number of a `DWORD`, or of binary data of four bytes.
    pub fn number(&self) -> Option<u32> {
        let fits = [Kind::DWORD, Kind::BINARY].contains(&self.kind);
        fits.then(|| self.bytes.as_slice().try_into().ok().map(u32::from_le_bytes))?
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::mail) struct Hive {
    keys: BTreeMap<(Root, String), Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    key: Key,
    /// By folded name: the name as it is written, and the value.
    values: BTreeMap<String, (String, Value)>,
}

impl Hive {
    pub fn insert_key(&mut self, key: &Key) {
        self.entry(key);
    }

    /// A value that is there already keeps its name as it is written.
    pub fn insert(&mut self, key: &Key, name: &str, value: Value) {
        let values = &mut self.entry(key).values;
        match values.get_mut(&folded(name)) {
            Some((_, known)) => *known = value,
            None => drop(values.insert(folded(name), (name.to_owned(), value))),
        }
    }

    /// The keys above come with it; those that are there already keep their names as they are written.
    fn entry(&mut self, key: &Key) -> &mut Entry {
        if !self.has(key) {
            let path = match key.path.rsplit_once('\\') {
                Some((above, name)) => {
                    let above = self.entry(&Key { root: key.root, path: above.into() });
                    format!("{}\\{name}", above.key.path)
                }
                None => key.path.clone(),
            };
            let new = Entry { key: Key { root: key.root, path }, values: BTreeMap::new() };
            self.keys.insert(key.folded(), new);
        }
        self.keys.get_mut(&key.folded()).expect("it is there now")
    }

    pub fn has(&self, key: &Key) -> bool {
        self.keys.contains_key(&key.folded())
    }

    pub fn value(&self, key: &Key, name: &str) -> Option<&Value> {
        self.written(key, name).map(|(_, value)| value)
    }

    /// A value, and its name as it is written.
    fn written(&self, key: &Key, name: &str) -> Option<&(String, Value)> {
        self.keys.get(&key.folded())?.values.get(&folded(name))
    }

    pub fn text(&self, key: &Key, name: &str) -> Option<String> {
        self.value(key, name)?.text()
    }

    pub fn number(&self, key: &Key, name: &str) -> Option<u32> {
        self.value(key, name)?.number()
    }

    pub fn values(&self, key: &Key) -> impl Iterator<Item = (&str, &Value)> {
        let entry = self.keys.get(&key.folded());
        entry.into_iter().flat_map(|entry| entry.values.values()).map(|(name, value)| (name.as_str(), value))
    }

    pub fn subkeys(&self, key: &Key) -> impl Iterator<Item = &str> {
        let (root, path) = key.folded();
        let prefix = format!("{path}\\");
        let depth = prefix.matches('\\').count();
        let from = self.keys.range((root, prefix.clone())..);
        let below = from.take_while(move |((of, path), _)| *of == root && path.starts_with(&prefix));
        // Folding keeps the backslashes, so they count levels in the name as it is written too.
        below.filter_map(move |(_, entry)| {
            let mut parts = entry.key.path.split('\\').skip(depth);
            parts.next().filter(|_| parts.next().is_none())
        })
    }

    /// What is here after a change. (On the real registry, [`write`] does the same.)
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Create(key) => self.insert_key(key),
            Change::Set(key, name, value) => self.insert(key, name, value.clone()),
            Change::Remove(key, name) => {
                if let Some(entry) = self.keys.get_mut(&key.folded()) {
                    entry.values.remove(&folded(name));
                }
            }
            Change::RemoveTree(key) => {
                let (root, path) = key.folded();
                let below = format!("{path}\\");
                self.keys.retain(|(at, other), _| *at != root || (*other != path && !other.starts_with(&below)));
            }
            Change::RemoveIfEmpty(key) => {
                let empty = self.values(key).next().is_none() && self.subkeys(key).next().is_none();
                if empty {
                    self.keys.remove(&key.folded());
                }
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) enum Change {
    /// Makes a key and the keys above it; one that exists stays as it is.
    Create(Key),
    /// Sets a value; the key is made when it is missing.
    Set(Key, String, Value),
    /// Removes a value; one that is missing already is no error.
    Remove(Key, String),
    /// Removes a key with all that is in it; one that is missing already is no error.
    RemoveTree(Key),
    /// Removes a key that holds nothing; any other stays.
    RemoveIfEmpty(Key),
}

impl Change {
    pub fn key(&self) -> &Key {
        match self {
            Self::Create(key)
            | Self::Set(key, ..)
            | Self::Remove(key, _)
            | Self::RemoveTree(key)
            | Self::RemoveIfEmpty(key) => key,
        }
    }

    /// What takes this change back, for a registry that is still as `before`: in the order in which it is to be done.
    /// Removing a tree cannot be taken back from here: only what a set-up made itself is removed so.
    pub fn undone(&self, before: &Hive) -> Vec<Self> {
        let key = self.key();
        let mut undone = Vec::new();
        if let Self::Set(_, name, _) | Self::Remove(_, name) = self {
            undone.push(match before.written(key, name) {
                Some((name, value)) => Self::Set(key.clone(), name.clone(), value.clone()),
                None => Self::Remove(key.clone(), name.clone()),
            });
        }
        if matches!(self, Self::Create(_) | Self::Set(..)) {
            // The keys that it makes, the deepest first.
            let mut path = key.path.as_str();
            while !before.has(&Key { root: key.root, path: path.into() }) {
                undone.push(Self::RemoveIfEmpty(Key { root: key.root, path: path.into() }));
                let Some((above, _)) = path.rsplit_once('\\') else { break };
                path = above;
            }
        }
        undone
    }
}

#[cfg(test)]
mod tests;
