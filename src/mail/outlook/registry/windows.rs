//! The real registry.

#![allow(unsafe_code)]

use std::io;

use windows::Win32::System::Registry::RegFlushKey;
use winreg::RegKey;
use winreg::enums::{
    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_32KEY, KEY_WOW64_64KEY, KEY_WRITE, RegType,
};
use winreg::reg_value::RegValue;

use super::{Change, Hive, Key, Kind, Root, Value, is_password};

/// Deepest nesting that is read; an account of a profile is four levels below Outlook's own key.
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
    // Names that are no Unicode and types that Windows does not define are passed over: nothing of ours has them.
    for (name, value) in open.enum_values().flatten().filter(|(name, _)| !is_password(name)) {
        hive.insert(key, &name, Value { kind: Kind(value.vtype as u32), bytes: value.bytes.into_owned() });
    }
    if depth == 0 {
        return Ok(());
    }
    for name in open.enum_keys().flatten() {
        match open.open_subkey_with_flags(&name, KEY_READ | view(key.root)) {
            Ok(below) => take(hive, &key.below(&name), &below, depth - 1)?,
            // Removed meanwhile by a program that runs.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Makes one change. Only the person's own part of the registry is ever written.
pub fn write(change: &Change) -> io::Result<()> {
    let key = change.key();
    if key.root != Root::User {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "only HKCU is written"));
    }
    let (root, flags) = (root(key.root), KEY_READ | KEY_WRITE);
    let create = || root.create_subkey_with_flags(&key.path, flags).map(|(open, _)| open);
    match change {
        Change::Create(_) => create().map(drop),
        Change::Set(_, name, value) => {
            let vtype = kind(value.kind)?;
            // Windows looks behind a text that does not end with NUL, and takes one from there; nothing is to be found.
            let followed = [value.bytes.as_slice(), &[0xFF; 4]].concat();
            create()?.set_raw_value(name, &RegValue { vtype, bytes: followed[..value.bytes.len()].into() })
        }
        Change::Remove(_, name) => {
            missing_is_fine(root.open_subkey_with_flags(&key.path, flags).and_then(|open| open.delete_value(name)))
        }
        Change::RemoveTree(_) => missing_is_fine(root.delete_subkey_all(&key.path)),
        Change::RemoveIfEmpty(_) => {
            missing_is_fine(root.open_subkey_with_flags(&key.path, KEY_READ).and_then(|open| {
                let info = open.query_info()?;
                if info.sub_keys == 0 && info.values == 0 { root.delete_subkey(&key.path) } else { Ok(()) }
            }))
        }
    }
}

/// Writes the person's part of the registry to the disk: the system does so by itself only some time later
/// (<https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regflushkey>).
pub fn flush() -> io::Result<()> {
    // SAFETY: a predefined key is always open.
    unsafe { RegFlushKey(windows::Win32::System::Registry::HKEY_CURRENT_USER) }.ok().map_err(io::Error::from)
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

/// Every type that can be read can be written back.
fn kind(kind: Kind) -> io::Result<RegType> {
    use winreg::enums::{
        REG_BINARY, REG_DWORD, REG_DWORD_BIG_ENDIAN, REG_EXPAND_SZ, REG_FULL_RESOURCE_DESCRIPTOR, REG_LINK,
        REG_MULTI_SZ, REG_NONE, REG_QWORD, REG_RESOURCE_LIST, REG_RESOURCE_REQUIREMENTS_LIST, REG_SZ,
    };
    let all = [
        REG_NONE,
        REG_SZ,
        REG_EXPAND_SZ,
        REG_BINARY,
        REG_DWORD,
        REG_DWORD_BIG_ENDIAN,
        REG_LINK,
        REG_MULTI_SZ,
        REG_RESOURCE_LIST,
        REG_FULL_RESOURCE_DESCRIPTOR,
        REG_RESOURCE_REQUIREMENTS_LIST,
        REG_QWORD,
    ];
    let known = all.into_iter().find(|known| known.clone() as u32 == kind.0);
    known.ok_or_else(|| io::Error::other(format!("values of type {} are not written", kind.0)))
}
