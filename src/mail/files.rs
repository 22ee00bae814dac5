//! Files that are never half written, and texts in whatever encoding a person's editor left them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest, Sha256};

use super::Error;
use crate::os::files;

/// Longest chain of links that is followed.
const LINK_LIMIT: u32 = 16;

/// Where a file really is. Some people keep their settings elsewhere and a link in their place: there the file is written,
/// and the link stays.
pub(super) fn real(path: &Path) -> PathBuf {
    let mut real = path.to_path_buf();
    for _ in 0..LINK_LIMIT {
        let Ok(target) = fs::read_link(&real) else { break };
        real = real.parent().map_or_else(|| target.clone(), |folder| folder.join(&target));
    }
    real
}

/// Replaces a file so that, whatever happens, either the old or the new content is there. Private to the person.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    files::atomic_write(&real(path), content, files::PRIVATE)
}

/// Removes a file for good; none being there is as good. A link to it stays.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let real = real(path);
    files::remove_if_there(&real)?;
    real.parent().filter(|folder| folder.is_dir()).map_or(Ok(()), files::sync_folder)
}

/// A failure to write, with the path that it was about.
pub(super) fn writing<T>(path: &Path, result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| Error::WriteFailed { path: path.to_path_buf(), reason: error.to_string() })
}

/// Creates a folder and its parents, private to the person.
pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    files::private_folder(path)
}

/// The bytes of a file; `None` when there is none.
pub(super) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// UTF-8 with or without a byte order mark, or UTF-16 with one. `None`: no text.
pub(super) fn decoded(bytes: &[u8]) -> Option<String> {
    let utf16 = |from: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| from(*pair)).collect();
        rest.is_empty().then(|| String::from_utf16(&units).ok())?
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(u16::from_le_bytes, rest),
        [0xFE, 0xFF, rest @ ..] => utf16(u16::from_be_bytes, rest),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }?;
    (!text.contains('\0')).then_some(text)
}

/// Fails when files in this folder (or, while it does not exist, in its nearest existing parent) cannot be created.
pub(super) fn check_writable(folder: &Path) -> Result<(), Error> {
    let existing = existing(folder);
    let tried = files::try_write(existing);
    tried.map_err(|error| Error::FolderNotWritable { path: existing.to_path_buf(), reason: error.to_string() })
}

/// The folder, or the nearest one above it that exists.
pub(super) fn existing(folder: &Path) -> &Path {
    folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"))
}

/// SHA-256, in hexadecimal digits.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_that_editors_leave() {
        let text = "[General]\nName=Ümlaut\n";
        let utf16 = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<_>>();
        assert_eq!(decoded(text.as_bytes()).as_deref(), Some(text));
        assert_eq!(decoded(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()).as_deref(), Some(text));
        assert_eq!(decoded(&[b"\xFF\xFE".to_vec(), utf16(u16::to_le_bytes)].concat()).as_deref(), Some(text));
        assert_eq!(decoded(&[b"\xFE\xFF".to_vec(), utf16(u16::to_be_bytes)].concat()).as_deref(), Some(text));
        assert_eq!(decoded(b"\xFF\xFEx"), None);
        assert_eq!(decoded(b"\x80\x81"), None);
        assert_eq!(decoded(b"a\0b"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_target_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("dotfiles")).expect("a folder");
        for (target, link) in [("dotfiles/between", "profiles.ini"), ("real", "dotfiles/between"), ("circle", "circle")]
        {
            std::os::unix::fs::symlink(target, at(link)).expect("a link");
        }
        replace(&at("profiles.ini"), b"new").expect("written, although there was no file yet");
        assert_eq!(fs::read_link(at("profiles.ini")).expect("a link"), Path::new("dotfiles/between"));
        assert_eq!(fs::read(at("dotfiles/real")).expect("there"), b"new");
        remove(&at("profiles.ini")).expect("removed");
        remove(&at("profiles.ini")).expect("removed already");
        assert!(at("profiles.ini").is_symlink() && !at("dotfiles/real").exists());
        real(&at("circle"));
    }

    #[test]
    fn a_failed_replacement_leaves_the_old_content_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("profiles.ini");
        replace(&path, b"old").expect("written");
        replace(&path, b"new").expect("replaced");
        assert_eq!(fs::read(&path).expect("there"), b"new");
        // A folder in the place of the file: renaming over it fails.
        let blocked = folder.path().join("blocked");
        fs::create_dir(&blocked).expect("a folder");
        replace(&blocked, b"x").expect_err("a folder is in the way");
        let names = fs::read_dir(folder.path()).expect("listed").count();
        assert_eq!(names, 2);
    }
}
