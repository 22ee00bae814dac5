//! Room on the disk for going back: taken before a set-up begins, given back when it is needed. On a disk that fills up in
//! between, everything can still be as it was.

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::beside::reserve_name;
use super::files;
use crate::os;

/// The record, several times over, and the folders that hold the names.
const RECORD: u64 = 512 * 1024;

/// Where room is kept: beside the record, and on every other file system that going back writes to.
pub(super) fn places(state: &Path, id: Uuid, files: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders = vec![state.to_path_buf()];
    for file in files {
        let real = files::real(file);
        let folder = files::existing(real.parent().unwrap_or(Path::new("/"))).to_path_buf();
        if !folders.iter().any(|known| is_same_file_system(known, &folder)) {
            folders.push(folder);
        }
    }
    folders.into_iter().map(|folder| folder.join(reserve_name(id))).collect()
}

#[cfg(unix)]
fn is_same_file_system(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |folder: &Path| files::existing(folder).metadata().map(|folder| folder.dev()).ok();
    device(one) == device(other)
}

/// Elsewhere all folders of a login are on one.
#[cfg(not(unix))]
fn is_same_file_system(_one: &Path, _other: &Path) -> bool {
    true
}

/// Takes the room. `files` are what going back writes.
pub(super) fn take(reserves: &[PathBuf], files: &[PathBuf]) -> io::Result<()> {
    let lists: u64 = files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    let mut bytes = vec![0; usize::try_from(RECORD + 4 * lists).map_err(io::Error::other)?];
    // A file system that compresses or leaves holes would reserve nothing for zeros.
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let write = |reserve: &PathBuf| {
        let folder = reserve
            .parent()
            .map_or(Ok(()), |folder| if folder.is_dir() { Ok(()) } else { files::create_private_folder(folder) });
        folder.and_then(|()| os::files::atomic_write(reserve, &bytes, os::files::PRIVATE))
    };
    // Half of the room is no use.
    reserves.iter().try_for_each(write).inspect_err(|_| _ = release(reserves))
}

/// Gives the room back, to be used at once.
pub(super) fn release(reserves: &[PathBuf]) -> io::Result<()> {
    reserves.iter().try_for_each(|reserve| files::remove(reserve))
}
