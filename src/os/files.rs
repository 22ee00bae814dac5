//! Files that survive a crash at any moment.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Only the owner reads and writes.
pub const PRIVATE: u32 = 0o600;
/// How long a file that another program holds open is waited for: virus scanners and indexers on Windows look at each
/// new file for a moment.
const HELD_LIMIT: Duration = Duration::from_secs(2);
/// Pause between tries to replace a file that is held.
const HELD_RETRY: Duration = Duration::from_millis(20);
/// A temporary file older than this has no writer any more.
const WRITE_LIMIT: Duration = Duration::from_mins(1);

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Replaces a file as a whole: whoever reads it, and whenever the computer stops, sees the old bytes or the new ones.
/// `mode` is the Unix permission; Windows folders of a login are private already.
pub fn atomic_write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    // The process id keeps two processes apart, the counter two threads.
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let mut temporary = temporary_prefix(name);
    temporary.push(format!("{}-{number}", std::process::id()));
    let temporary = folder.join(temporary);
    let written = write_new(&temporary, bytes, mode).and_then(|()| replace(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
        return written;
    }
    sync_folder(folder)
}

/// Puts one file in the place of another, which may be there or not.
fn replace(new: &Path, old: &Path) -> io::Result<()> {
    let deadline = Instant::now() + HELD_LIMIT;
    loop {
        match fs::rename(new, old) {
            Err(error) if is_held(&error, old) && Instant::now() < deadline => std::thread::sleep(HELD_RETRY),
            other => return other,
        }
    }
}

/// Whether waiting may help: another program has the file open without letting others replace it. Only Windows has that.
#[cfg(windows)]
fn is_held(error: &io::Error, path: &Path) -> bool {
    // winerror.h; the first one is also what a folder in the way, or a missing permission, says.
    const ERROR_ACCESS_DENIED: i32 = 5;
    const ERROR_SHARING_VIOLATION: i32 = 32;
    const ERROR_LOCK_VIOLATION: i32 = 33;
    match error.raw_os_error() {
        Some(ERROR_SHARING_VIOLATION | ERROR_LOCK_VIOLATION) => true,
        Some(ERROR_ACCESS_DENIED) => path.is_file(),
        _ => false,
    }
}

#[cfg(not(windows))]
fn is_held(_error: &io::Error, _path: &Path) -> bool {
    false
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // Left over by a killed process of the same id.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn temporary_prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".new-");
    prefix
}

/// Room for this login on the disk that holds a folder, in bytes.
pub fn free_space(folder: &Path) -> Option<u64> {
    fs4::available_space(folder).ok()
}

/// Removes a file; none being there is as good.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes what writers of this file left beside it when they were killed.
pub fn remove_leftovers(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
    let prefix = temporary_prefix(name);
    let is_leftover = |entry: &fs::DirEntry| {
        let age = entry.metadata().and_then(|there| there.modified()).map(|time| time.elapsed().unwrap_or_default());
        let ours = entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes());
        ours && age.is_ok_and(|age| age > WRITE_LIMIT)
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten().filter(is_leftover) {
        let _ = fs::remove_file(entry.path());
    }
}

/// Makes the rename itself durable. Windows has no such thing for folders.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a folder, and those above it, that only the owner can enter; tightens one that is there.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        atomic_write(&path, b"one", PRIVATE).expect("written");
        atomic_write(&path, b"two", PRIVATE).expect("written again");
        assert_eq!(fs::read(&path).expect("readable"), b"two");
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_what_is_written() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("a/b");
        private_folder(&inner).expect("made");
        let path = inner.join("token");
        fs::write(&path, "old").expect("written");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("owned");
        atomic_write(&path, b"new", PRIVATE).expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&inner), mode(&folder.path().join("a"))), (0o600, 0o700, 0o700));
    }

    #[test]
    fn a_long_path_with_letters_of_many_languages_is_as_good_as_any() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep =
            (0..6).fold(folder.path().to_owned(), |path, _| path.join("Jürgen Groß – Пример 例 ".repeat(2).trim()));
        private_folder(&deep).expect("made");
        let path = deep.join("Zustand für später.json");
        assert!(path.as_os_str().len() > 260, "longer than Windows once allowed");
        for text in ["eins", "zwei"] {
            atomic_write(&path, text.as_bytes(), PRIVATE).expect("written");
            assert_eq!(fs::read_to_string(&path).expect("readable"), text);
        }
        remove_if_there(&path).expect("removed");
        remove_if_there(&path).expect("removed already");
    }

    /// As a virus scanner does: nobody else may write, delete or replace the file meanwhile.
    #[cfg(windows)]
    fn held(path: &Path) -> File {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_SHARE_READ: u32 = 1;
        OpenOptions::new().read(true).share_mode(FILE_SHARE_READ).open(path).expect("opened")
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_another_program_looks_at_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        atomic_write(&path, b"one", PRIVATE).expect("written");
        let scanner = held(&path);
        let writer = std::thread::spawn({
            let path = path.clone();
            move || atomic_write(&path, b"two", PRIVATE)
        });
        let deadline = Instant::now() + HELD_LIMIT;
        // The new file beside the old one says that the writer is about to replace it.
        while fs::read_dir(&folder).expect("a folder").count() < 2 {
            assert!(Instant::now() < deadline, "the writer does not begin");
            std::thread::yield_now();
        }
        assert_eq!(fs::read(&path).expect("readable"), b"one");
        drop(scanner);
        writer.join().expect("no panic").expect("written in the end");
        assert_eq!(fs::read(&path).expect("readable"), b"two");
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_stays_held_is_given_up_and_left_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        atomic_write(&path, b"one", PRIVATE).expect("written");
        let _editor = held(&path);
        let began = Instant::now();
        atomic_write(&path, b"two", PRIVATE).expect_err("held");
        assert!((HELD_LIMIT..HELD_LIMIT * 5).contains(&began.elapsed()), "{:?}", began.elapsed());
        assert_eq!(fs::read(&path).expect("readable"), b"one");
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1);
    }

    #[test]
    fn what_a_killed_writer_left_is_removed_later_but_not_what_is_being_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        let make = |name: &str, age: Duration| {
            let file = File::create(folder.path().join(name)).expect("created");
            file.set_modified(std::time::SystemTime::now() - age).expect("set");
        };
        make(".state.json.new-1-1", WRITE_LIMIT * 2);
        make(".state.json.new-2-1", Duration::ZERO);
        make("state.json.broken-1", WRITE_LIMIT * 2);
        remove_leftovers(&path);
        let mut left: Vec<_> =
            fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
        left.sort();
        assert_eq!(left, [".state.json.new-2-1", "state.json.broken-1"]);
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("taken");
        fs::create_dir(&path).expect("a folder in the way");
        fs::write(path.join("inside"), "x").expect("written");
        atomic_write(&path, b"new", PRIVATE).expect_err("a folder is in the way");
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1);
        assert!(path.join("inside").exists());
    }
}
