//! Where Windows looks for the libraries of this process. Not in the program's own folder, which may be one of downloads
//! where anybody's file lies, and not in the folder that happens to be the current one.

#![allow(unsafe_code)]

use std::ptr;

use windows::Win32::System::LibraryLoader::{LOAD_LIBRARY_SEARCH_SYSTEM32, SetDefaultDllDirectories, SetDllDirectoryW};
use windows::core::w;

/// What the linker of Microsoft calls `/DEPENDENTLOADFLAG`: the same for the libraries that are loaded with the program,
/// before its first instruction (`IMAGE_LOAD_CONFIG_DIRECTORY64`, "PE Format"; Windows 10 1607 and later heed it). The
/// linker of mingw has no such option and does not know the directory; it has a section of its own, to which
/// `.config/windows-load-config` lets the program's header point.
#[repr(C)]
struct LoadConfig {
    size: u32,
    before: [u32; 17],
    process_heap_flags: u32,
    service_pack: u16,
    dependent_load_flags: u16,
    edit_list: u64,
    security_cookie: u64,
    exception_table: [u64; 2],
}

#[used]
#[unsafe(link_section = ".ldcfg")]
static LOAD_CONFIG: LoadConfig = LoadConfig {
    size: 0x70,
    before: [0; 17],
    process_heap_flags: 0,
    service_pack: 0,
    dependent_load_flags: 0x800,
    edit_list: 0,
    security_cookie: 0,
    exception_table: [0; 2],
};

const _: () = assert!(size_of::<LoadConfig>() == 0x70 && LOAD_LIBRARY_SEARCH_SYSTEM32.0 == 0x800);

pub fn from_the_system_only() {
    // SAFETY: a flag, and a text that ends with NUL. A failure leaves the search as it was.
    unsafe {
        // Read, so that the linker keeps it.
        ptr::read_volatile(&raw const LOAD_CONFIG.size);
        let _ = SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
    }
    not_from_the_current_folder();
}

/// For a process that loads what others have installed: their libraries look for others in their own folders.
pub fn not_from_the_current_folder() {
    // SAFETY: a text that ends with NUL. A failure leaves the search as it was.
    let _ = unsafe { SetDllDirectoryW(w!("")) };
}
