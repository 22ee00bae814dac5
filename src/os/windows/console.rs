//! The console that started us. A program for the desktop has none of its own, so that no black window comes up; it may
//! borrow the one of the terminal that it was started from.

#![allow(unsafe_code)]

use windows::Win32::Foundation::HANDLE;
use windows::Win32::Storage::FileSystem::{FILE_TYPE_CHAR, FILE_TYPE_UNKNOWN, GetFileType};
use windows::Win32::System::Console::{
    ATTACH_PARENT_PROCESS, AttachConsole, FreeConsole, GetStdHandle, STD_ERROR_HANDLE, STD_HANDLE, STD_INPUT_HANDLE,
    STD_OUTPUT_HANDLE, SetStdHandle,
};
use windows::Win32::UI::WindowsAndMessaging::{MB_ICONWARNING, MB_OK, MB_SETFOREGROUND, MessageBoxW};
use windows::core::{HSTRING, w};

const STANDARD: [STD_HANDLE; 3] = [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE];

/// Borrows the terminal's console, if there is one. What is redirected to a file or a pipe stays redirected.
pub fn attach() {
    let redirected = STANDARD.map(|which| (which, open(which)));
    if redirected.iter().all(|(_, handle)| handle.is_some()) {
        return;
    }
    // SAFETY: no pointers; fails without harm when the parent has no console.
    if unsafe { AttachConsole(ATTACH_PARENT_PROCESS) }.is_err() {
        return;
    }
    for (which, handle) in redirected {
        if let Some(handle) = handle {
            // SAFETY: the handle was this stream's before, and is still open.
            let _ = unsafe { SetStdHandle(which, handle) };
        }
    }
}

/// Gives the console back: closing the terminal must not end an agent that stays.
pub fn leave() {
    for which in STANDARD {
        if open(which).is_some_and(is_character_device) {
            // A number that the system may give to another file next must not stay a standard stream.
            // SAFETY: "no handle" is a valid value.
            let _ = unsafe { SetStdHandle(which, HANDLE::default()) };
        }
    }
    // SAFETY: no pointers; without a console it fails without harm.
    let _ = unsafe { FreeConsole() };
}

/// Whether anybody can read what goes to standard error.
pub fn is_heard() -> bool {
    open(STD_ERROR_HANDLE).is_some()
}

pub fn show(message: &str) {
    let text = HSTRING::from(message);
    // SAFETY: both texts live until the call returns.
    unsafe { MessageBoxW(None, &text, w!("Mailshift"), MB_OK | MB_ICONWARNING | MB_SETFOREGROUND) };
}

fn open(which: STD_HANDLE) -> Option<HANDLE> {
    // SAFETY: only asks for the value that is kept for this process.
    let handle = unsafe { GetStdHandle(which) }.ok().filter(|handle| !handle.is_invalid() && !handle.0.is_null())?;
    // SAFETY: a handle that is not open is told by the answer.
    (unsafe { GetFileType(handle) } != FILE_TYPE_UNKNOWN).then_some(handle)
}

fn is_character_device(handle: HANDLE) -> bool {
    // SAFETY: as above.
    unsafe { GetFileType(handle) == FILE_TYPE_CHAR }
}
