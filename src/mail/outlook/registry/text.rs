//! Registry files, as `regedit` exports them: the samples of the tests.
//!
//! Format: "Windows Registry Editor Version 5.00"
//! (<https://support.microsoft.com/topic/9c7f37cf-a5e9-e1cd-c4fa-2a26218a1a23>).

use super::{Hive, Key, Kind, Root, Value};

impl Hive {
    pub fn all(&self) -> Vec<(Key, String)> {
        let names = |key: &Key| self.values(key).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        let keys = self.keys.values().map(|entry| &entry.key);
        keys.flat_map(|key| names(key).into_iter().map(|name| (key.clone(), name))).collect()
    }

    /// Reads an export. Panics on what is none: the samples are ours.
    pub fn parsed(text: &str) -> Self {
        let text = text.replace("\\\r\n", "").replace("\\\n", "");
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(';'));
        assert_eq!(lines.next(), Some("Windows Registry Editor Version 5.00"), "no registry file");
        let mut hive = Self::default();
        let mut key = None;
        for line in lines {
            if let Some(path) = line.strip_prefix('[') {
                let here = parsed_key(path.strip_suffix(']').expect("a key ends"));
                hive.insert_key(&here);
                key = Some(here);
            } else {
                let (name, rest) = name(line);
                hive.insert(key.as_ref().expect("values stand in keys"), &name, value(rest));
            }
        }
        hive
    }
}

fn parsed_key(path: &str) -> Key {
    let (root, path) = path.split_once('\\').expect("a path below a root");
    match (root, path.strip_prefix(r"SOFTWARE\WOW6432Node\")) {
        ("HKEY_CURRENT_USER", _) => Key::user(path),
        ("HKEY_LOCAL_MACHINE", Some(path)) => Key { root: Root::Machine32, path: format!(r"SOFTWARE\{path}") },
        ("HKEY_LOCAL_MACHINE", None) => Key::machine(path),
        (other, _) => panic!("{other} is not read"),
    }
}

/// The name of a value, and what stands behind `=`.
fn name(line: &str) -> (String, &str) {
    if let Some(rest) = line.strip_prefix("@=") {
        return (String::new(), rest);
    }
    let (name, rest) = quoted(line);
    (name, rest.strip_prefix('=').expect("a value"))
}

fn quoted(text: &str) -> (String, &str) {
    let text = text.strip_prefix('"').expect("a quote");
    let mut unescaped = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (unescaped, &text[at + 1..]),
            '\\' => unescaped.extend(characters.next().map(|(_, escaped)| escaped)),
            other => unescaped.push(other),
        }
    }
    panic!("the quote does not end: {text}")
}

fn value(text: &str) -> Value {
    let bytes = |hex: &str| -> Vec<u8> {
        let digits = hex.split(',').map(str::trim).filter(|digits| !digits.is_empty());
        digits.map(|digits| u8::from_str_radix(digits, 16).expect("a byte")).collect()
    };
    if text.starts_with('"') {
        return Value::sz(&quoted(text).0);
    }
    let (kind, data) = text.split_once(':').expect("a type");
    match kind {
        "dword" => Value::dword(u32::from_str_radix(data, 16).expect("a number")),
        "hex" => Value { kind: Kind::BINARY, bytes: bytes(data) },
        other => {
            let number = other.strip_prefix("hex(").and_then(|it| it.strip_suffix(')')).expect("a type");
            Value { kind: Kind(u32::from_str_radix(number, 16).expect("a type")), bytes: bytes(data) }
        }
    }
}
