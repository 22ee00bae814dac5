//! Data files (`.pst`): which of the two formats a file has.
//!
//! Source: "[MS-PST]: Outlook Personal Folders (.pst) File Format", section 2.2.2.6 HEADER.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

const MAGIC: &[u8; 4] = b"!BDN";
/// Offset of `wMagicClient`, which says what kind of file this is: `SM`.
const MAGIC_CLIENT: std::ops::Range<usize> = 8..10;
const VERSION: std::ops::Range<usize> = 10..12;
/// How long a file may take to open: one on a share that is gone must not hold up the profile.
const OPEN_LIMIT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Of Outlook 97 to 2002, at most 2 GB.
    Ansi,
    Unicode,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    #[error("{0}")]
    Unreadable(String),
    #[error("does not open within {} s", OPEN_LIMIT.as_secs())]
    TooSlow,
    #[error("is no Outlook data file")]
    NotADataFile,
}

/// The format of a file, found out by a thread that may be left behind when the file system does not answer.
pub(super) fn format(path: &Path) -> Result<Format, Unfit> {
    let (tell, told) = mpsc::channel();
    let path: PathBuf = path.to_owned();
    // Not listening any more is no error.
    std::thread::spawn(move || _ = tell.send(read(&path)));
    told.recv_timeout(OPEN_LIMIT).unwrap_or(Err(Unfit::TooSlow))
}

fn read(path: &Path) -> Result<Format, Unfit> {
    let mut header = Vec::new();
    let read = File::open(path).and_then(|file| file.take(VERSION.end as u64).read_to_end(&mut header));
    read.map_err(|error| Unfit::Unreadable(error.to_string()))?;
    of_header(&header).ok_or(Unfit::NotADataFile)
}

fn of_header(header: &[u8]) -> Option<Format> {
    if !header.starts_with(MAGIC) || header.get(MAGIC_CLIENT)? != b"SM" {
        return None;
    }
    match u16::from_le_bytes(header.get(VERSION)?.try_into().ok()?) {
        14 | 15 => Some(Format::Ansi),
        23.. => Some(Format::Unicode),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(client: [u8; 2], version: u16) -> Vec<u8> {
        [MAGIC.as_slice(), &[1, 2, 3, 4], &client, &version.to_le_bytes(), &[0; 500]].concat()
    }

    #[test]
    fn the_format_is_read_from_the_header() {
        for (version, format) in [
            (14, Some(Format::Ansi)),
            (15, Some(Format::Ansi)),
            (23, Some(Format::Unicode)),
            (36, Some(Format::Unicode)),
            (19, None),
            (0, None),
        ] {
            assert_eq!(of_header(&header(*b"SM", version)), format, "{version}");
        }
    }

    #[test]
    fn other_files_are_no_data_files() {
        let whole = header(*b"SM", 23);
        for short in 0..VERSION.end {
            assert_eq!(of_header(&whole[..short]), None);
        }
        // A copy of a mailbox (OST) and an address book have the same magic number.
        assert_eq!(of_header(&header(*b"SO", 36)), None);
        assert_eq!(of_header(b"PK\x03\x04 a document of some length"), None);
    }

    #[test]
    fn a_file_is_opened_and_what_is_wrong_with_it_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("alt & neu, Büro.pst");
        assert!(matches!(format(&path), Err(Unfit::Unreadable(_))));
        std::fs::write(&path, b"text").expect("written");
        assert_eq!(format(&path), Err(Unfit::NotADataFile));
        std::fs::write(&path, header(*b"SM", 23)).expect("written");
        assert_eq!(format(&path), Ok(Format::Unicode));
        assert!(matches!(format(folder.path()), Err(Unfit::Unreadable(_))));
    }
}
