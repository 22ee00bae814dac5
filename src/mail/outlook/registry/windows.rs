//! The real registry.

use std::io;

use winreg::RegKey;
use winreg::enums::{
    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_32KEY, KEY_WOW64_64KEY, KEY_WRITE, RegType,
};
use winreg::reg_value::RegValue;

use super::{Change, Hive, Key, Kind, Root, Value};

/// Deepest nesting that is read; Outlook's profiles have three levels.
const DEPTH_LIMIT: u32 = 8;

/// Reads these keys with everything below them. A key that is missing is missing in the hive too.
pub fn read(keys: &[Key]) -> io::Result<Hive> {
    let mut hive = Hive::default();
    for key in keys {
        match root(key.root).open_subkey_with_flags(&key.path, KEY_READ | view(key.root)) {
            Ok(open) => take(&mut hive, key, &open, DEPTH_LIMIT)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => above(&mut hive, key),
            Err(error) => return Err(error),
        }
    }
    Ok(hive)
}

/// Notes which of the keys above a missing one exist: undoing must not leave keys behind.
fn above(hive: &mut Hive, key: &Key) {
    let mut path = key.path.as_str();
    while let Some((parent, _)) = path.rsplit_once('\\') {
        path = parent;
        if root(key.root).open_subkey_with_flags(path, KEY_READ | view(key.root)).is_ok() {
            hive.insert_key(&Key { root: key.root, path: path.into() });
        }
    }
}

fn take(hive: &mut Hive, key: &Key, open: &RegKey, depth: u32) -> io::Result<()> {
    hive.insert_key(key);
    for value in open.enum_values() {
        let (name, value) = value?;
        hive.insert(key, &name, Value { kind: Kind(value.vtype as u32), bytes: value.bytes.into_owned() });
    }
    if depth == 0 {
        return Ok(());
    }
    for name in open.enum_keys() {
        let name = name?;
        let below = open.open_subkey_with_flags(&name, KEY_READ | view(key.root))?;
        take(hive, &key.below(&name), &below, depth - 1)?;
    }
    Ok(())
}

/// Makes one change.
pub fn write(change: &Change) -> io::Result<()> {
    let key = change.key();
    let (root, flags) = (root(key.root), KEY_READ | KEY_WRITE | view(key.root));
    let create = || root.create_subkey_with_flags(&key.path, flags).map(|(open, _)| open);
    match change {
        Change::Create(_) => create().map(drop),
        Change::Set(_, name, value) => {
            let kind = kind(value.kind)?;
            create()?.set_raw_value(name, &RegValue { vtype: kind, bytes: value.bytes.as_slice().into() })
        }
        Change::Remove(_, name) => {
            missing_is_fine(root.open_subkey_with_flags(&key.path, flags).and_then(|open| open.delete_value(name)))
        }
        Change::RemoveTree(_) => missing_is_fine(root.delete_subkey_all(&key.path)),
        Change::RemoveIfEmpty(_) => {
            let Ok(open) = root.open_subkey_with_flags(&key.path, flags) else { return Ok(()) };
            let info = open.query_info()?;
            drop(open);
            if info.sub_keys == 0 && info.values == 0 {
                missing_is_fine(root.delete_subkey_with_flags(&key.path, view(key.root)))
            } else {
                Ok(())
            }
        }
    }
}

fn missing_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn root(root: Root) -> RegKey {
    RegKey::predef(match root {
        Root::User => HKEY_CURRENT_USER,
        Root::Machine | Root::Machine32 => HKEY_LOCAL_MACHINE,
    })
}

fn view(root: Root) -> u32 {
    match root {
        Root::User => 0,
        Root::Machine => KEY_WOW64_64KEY,
        Root::Machine32 => KEY_WOW64_32KEY,
    }
}

fn kind(kind: Kind) -> io::Result<RegType> {
    match kind {
        Kind::SZ => Ok(RegType::REG_SZ),
        Kind::EXPAND_SZ => Ok(RegType::REG_EXPAND_SZ),
        Kind::BINARY => Ok(RegType::REG_BINARY),
        Kind::DWORD => Ok(RegType::REG_DWORD),
        Kind(other) => Err(io::Error::other(format!("values of type {other} are not written"))),
    }
}
