//! Files that are never half written, and texts in whatever encoding a person's editor left them.

use std::path::Path;
use std::{fs, io};

use super::Error;
use crate::os::files;

/// Replaces a file so that, whatever happens, either the old or the new content is there. Private to the person.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    point(path)?;
    files::atomic_write(path, content, files::PRIVATE)
}

/// A place where a write can fail: the tests let each one fail in turn.
#[allow(clippy::unnecessary_wraps, reason = "fails in tests only")]
pub(super) fn point(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    super::fault::point(path)?;
    let _ = path;
    Ok(())
}

/// Runs file work where it does not hold up the windows and the network.
pub(super) async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}

/// Creates a folder and its parents, private to the person.
pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    point(path)?;
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
/// Found out by doing it: access rights alone do not tell of read-only file systems and full disks.
pub(super) fn check_writable(folder: &Path) -> Result<(), Error> {
    let existing = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    let probe = existing.join(format!(".mailshift-{}", uuid::Uuid::new_v4()));
    let tried = files::atomic_write(&probe, b"?", files::PRIVATE);
    let _ = fs::remove_file(&probe);
    tried.map_err(|error| Error::FolderNotWritable { path: existing.to_path_buf(), reason: error.to_string() })
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
