//! Files that survive a crash at any moment.

#[cfg(all(test, unix))]
pub(crate) mod fault_injection;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub const PRIVATE: u32 = 0o600;
/// How long a file that another program holds open is waited for: virus scanners and indexers on Windows look at each
/// new file for a moment.
const HELD_LIMIT: Duration = Duration::from_secs(2);
const HELD_RETRY: Duration = Duration::from_millis(20);
/// A temporary file older than this has no writer any more.
const WRITE_LIMIT: Duration = Duration::from_mins(1);

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// What changes the file system. The tests let each single call fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Create,
    Write,
    Sync,
    Rename,
    Remove,
    Folder,
}

/// Comes before each [`Call`]; `bytes` are what it writes.
#[allow(clippy::unnecessary_wraps, reason = "fails in tests only")]
fn point(call: Call, path: &Path, bytes: usize) -> io::Result<()> {
    #[cfg(all(test, unix))]
    fault_injection::point(call, path, bytes)?;
    let _ = (call, path, bytes);
    Ok(())
}

/// Replaces a file as a whole: whoever reads it, and whenever the computer stops, sees the old bytes or the new ones.
/// `mode` is the Unix permission; Windows folders of a login are private already.
pub fn atomic_write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let temporary = temporary(folder, path.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    let written = write_new(&temporary, bytes, mode).and_then(|()| replace(&temporary, path));
    if written.is_err() {
        let _ = remove_if_there(&temporary);
        return written;
    }
    sync_folder(folder)
}

/// Whether a file can be written in a folder. Found out by doing it: access rights alone do not tell of read-only file
/// systems and full disks.
pub fn try_write(folder: &Path) -> io::Result<()> {
    let temporary = temporary(folder, OsStr::new("mailshift"));
    let written = write_new(&temporary, b"?", PRIVATE);
    let removed = remove_if_there(&temporary);
    written.and(removed)
}

/// A name beside a file that nobody else takes: the process id keeps two processes apart, the counter two threads.
fn temporary(folder: &Path, name: &OsStr) -> PathBuf {
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let mut temporary = temporary_prefix(name);
    temporary.push(format!("{}-{number}", std::process::id()));
    folder.join(temporary)
}

fn replace(new: &Path, old: &Path) -> io::Result<()> {
    point(Call::Rename, old, 0)?;
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
    let mut file = NewFile::create(path, mode)?;
    file.write(bytes)?;
    file.finish()
}

/// A file that was not there, written in parts.
pub struct NewFile {
    file: File,
    path: PathBuf,
}

impl NewFile {
    pub fn create(path: &Path, mode: u32) -> io::Result<Self> {
        point(Call::Create, path, 0)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        Ok(Self { file: options.open(path)?, path: path.to_owned() })
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = point(Call::Write, &self.path, bytes.len()) {
            // What a full disk leaves, or a sudden end.
            self.file.write_all(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        self.file.write_all(bytes)
    }

    /// All of it is on the disk when this returns; see [`sync_folder`] for its name.
    pub fn finish(self) -> io::Result<()> {
        point(Call::Sync, &self.path, 0)?;
        self.file.sync_all()
    }
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

pub fn remove_if_there(path: &Path) -> io::Result<()> {
    point(Call::Remove, path, 0)?;
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

pub fn remove_empty_folder(path: &Path) -> io::Result<()> {
    point(Call::Remove, path, 0)?;
    fs::remove_dir(path)
}

/// Removes what writers of this file left beside it when they were killed.
pub fn remove_leftovers(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
    remove_matching_leftovers(folder, |leftover| leftover == name.as_encoded_bytes());
}

/// Removes what writers left in a folder that is only ours.
pub fn remove_leftovers_in(folder: &Path) {
    remove_matching_leftovers(folder, |_| true);
}

fn remove_matching_leftovers(folder: &Path, is_wanted: impl Fn(&[u8]) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some((of, writer)) = temporary_of(&name) else { continue };
        let age = entry.metadata().and_then(|there| there.modified()).map(|time| time.elapsed().unwrap_or_default());
        if is_wanted(of) && (writer.is_some_and(has_ended) || age.is_ok_and(|age| age > WRITE_LIMIT)) {
            // It harms nothing, and the next start comes by again.
            let _ = remove_if_there(&entry.path());
        }
    }
}

/// The file that a temporary name stands for, and the process that writes it.
pub fn temporary_of(name: &OsStr) -> Option<(&[u8], Option<u32>)> {
    const MARK: &[u8] = b".new-";
    let name = name.as_encoded_bytes().strip_prefix(b".")?;
    let at = name.windows(MARK.len()).rposition(|part| part == MARK)?;
    let writer = std::str::from_utf8(&name[at + MARK.len()..]).ok()?;
    let (process, number) = writer.split_once('-')?;
    number.parse::<u64>().ok()?;
    Some((&name[..at], process.parse().ok()))
}

#[cfg(unix)]
fn has_ended(process: u32) -> bool {
    let pid = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}

/// Elsewhere only its age tells.
#[cfg(not(unix))]
fn has_ended(_process: u32) -> bool {
    false
}

/// Makes the rename itself durable. Windows has no such thing for folders.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    point(Call::Sync, folder, 0)?;
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a folder, and those above it, that only the owner can enter; tightens one that is there.
pub fn private_folder(path: &Path) -> io::Result<()> {
    point(Call::Folder, path, 0)?;
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
        let own = format!(".state.json.new-{}-1", std::process::id());
        make(".state.json.new-1-1", WRITE_LIMIT * 2);
        make(&own, Duration::ZERO);
        #[cfg(unix)]
        make(".state.json.new-99999999-1", Duration::ZERO);
        make("state.json.broken-1", WRITE_LIMIT * 2);
        remove_leftovers(&path);
        let mut left: Vec<_> =
            fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
        left.sort();
        assert_eq!(left, [own.as_str(), "state.json.broken-1"]);
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
