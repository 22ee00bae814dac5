//! Systems without a registry: nothing is there, and nothing can be written.

use std::io;

use super::{Change, Hive, Key};

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of Windows")]
pub fn read(_keys: &[Key]) -> io::Result<Hive> {
    Ok(Hive::default())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of Windows")]
pub fn flush() -> io::Result<()> {
    Ok(())
}

pub fn write(_change: &Change) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}
