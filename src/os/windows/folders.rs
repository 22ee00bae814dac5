//! Folders of the system, from the system: the environment may say anything.

#![allow(unsafe_code)]

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;
use std::path::PathBuf;

use windows::Win32::System::Com::CoTaskMemFree;
use windows::Win32::UI::Shell::{FOLDERID_ProgramData, FOLDERID_ProgramFiles, KF_FLAG_DEFAULT, SHGetKnownFolderPath};
use windows::core::GUID;

pub fn machine_data() -> PathBuf {
    known(&FOLDERID_ProgramData).unwrap_or_else(|| r"C:\ProgramData".into())
}

/// The folder in which `Program Files` lies: the drive that Windows is on.
pub fn program_root() -> PathBuf {
    let programs = known(&FOLDERID_ProgramFiles);
    programs.as_deref().and_then(std::path::Path::parent).map_or_else(|| r"C:\".into(), PathBuf::from)
}

fn known(folder: &GUID) -> Option<PathBuf> {
    // SAFETY: the id is a constant; what is answered ends with NUL and is freed below.
    let found = unsafe { SHGetKnownFolderPath(folder, KF_FLAG_DEFAULT, None) }.ok()?;
    // SAFETY: as above.
    let path = PathBuf::from(OsString::from_wide(unsafe { found.as_wide() }));
    // SAFETY: allocated by the call above, not used any more.
    unsafe { CoTaskMemFree(Some(found.0.cast_const().cast())) };
    path.is_absolute().then_some(path)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_system_names_its_own_folders() {
        assert_eq!(super::machine_data(), std::path::Path::new(r"C:\ProgramData"));
        assert_eq!(super::program_root(), std::path::Path::new(r"C:\"));
    }
}
