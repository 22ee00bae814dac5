//! The version resource of a program.

#![allow(unsafe_code)]

use std::path::Path;
use std::ptr;

use windows::Win32::Storage::FileSystem::{
    GetFileVersionInfoSizeW, GetFileVersionInfoW, VS_FIXEDFILEINFO, VerQueryValueW,
};
use windows::core::{HSTRING, w};

/// First word of a fixed version (`VS_FIXEDFILEINFO`,
/// <https://learn.microsoft.com/windows/win32/api/verrsrc/ns-verrsrc-vs_fixedfileinfo>).
const SIGNATURE: u32 = 0xFEEF_04BD;

/// The file version, four numbers; `None` when the file has no version resource.
pub(super) fn version(path: &Path) -> Option<String> {
    let name = HSTRING::from(path.as_os_str());
    // SAFETY: the name ends with NUL and lives throughout the call; no handle is wanted.
    let size = unsafe { GetFileVersionInfoSizeW(&name, None) };
    if size == 0 {
        return None;
    }
    let mut block = vec![0u8; usize::try_from(size).ok()?];
    // SAFETY: the block has the size that is given.
    unsafe { GetFileVersionInfoW(&name, None, size, block.as_mut_ptr().cast()) }.ok()?;
    let (mut found, mut length) = (ptr::null_mut(), 0);
    // SAFETY: the block was filled by the call above; what is found lies in it.
    let there = unsafe { VerQueryValueW(block.as_ptr().cast(), w!("\\"), &raw mut found, &raw mut length) };
    let fits = usize::try_from(length).is_ok_and(|length| length >= size_of::<VS_FIXEDFILEINFO>());
    if !there.as_bool() || found.is_null() || !fits {
        return None;
    }
    // SAFETY: it is not null and at least as long as the structure, of which any bytes are valid.
    let fixed = unsafe { found.cast::<VS_FIXEDFILEINFO>().read_unaligned() };
    let (most, least) = (fixed.dwFileVersionMS, fixed.dwFileVersionLS);
    let version = || format!("{}.{}.{}.{}", most >> 16, most & 0xFFFF, least >> 16, least & 0xFFFF);
    (fixed.dwSignature == SIGNATURE).then(version)
}
