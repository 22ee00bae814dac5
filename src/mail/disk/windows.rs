//! `GetDiskFreeSpaceEx`, which knows of quotas.

#![allow(unsafe_code)]

use std::path::Path;

use windows::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;
use windows::core::HSTRING;

pub(super) fn free(folder: &Path) -> Option<u64> {
    let name = HSTRING::from(folder.as_os_str());
    let mut bytes = 0;
    // SAFETY: the name ends with NUL and the number is ours; both live throughout the call.
    unsafe { GetDiskFreeSpaceExW(&name, Some(&raw mut bytes), None, None) }.ok()?;
    Some(bytes)
}
