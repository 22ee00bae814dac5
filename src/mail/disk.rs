//! How much room a disk has.

#[cfg_attr(windows, path = "disk/windows.rs")]
#[cfg_attr(not(windows), path = "disk/unix.rs")]
mod door;

use std::path::Path;

/// Room for this person's files on the disk that holds a folder (or, while it does not exist, its nearest existing
/// parent), in bytes. `None` when the system does not say.
#[cfg_attr(not(windows), allow(dead_code))]
pub(super) fn free(folder: &Path) -> Option<u64> {
    door::free(folder.ancestors().find(|folder| folder.is_dir())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_still_to_be_made_has_the_room_of_its_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(free(&folder.path().join("not/yet")).is_some_and(|bytes| bytes > 0));
        assert_eq!(free(Path::new("")), None);
    }
}
