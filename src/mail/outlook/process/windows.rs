//! Processes, windows and automation of Windows.

#![allow(unsafe_code)]

use windows::Win32::Foundation::{CloseHandle, HWND, LPARAM, TRUE, WPARAM};
use windows::Win32::System::Com::{
    CLSIDFromProgID, COINIT_APARTMENTTHREADED, CoInitializeEx, CoUninitialize, DISPATCH_METHOD, DISPPARAMS, IDispatch,
};
use windows::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows::Win32::System::Ole::GetActiveObject;
use windows::Win32::System::RemoteDesktop::ProcessIdToSessionId;
use windows::Win32::System::Threading::GetCurrentProcessId;
use windows::Win32::UI::Input::KeyboardAndMouse::IsWindowEnabled;
use windows::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GetClassNameW, GetWindowThreadProcessId, IsWindowVisible, PostMessageW, WM_CLOSE,
};
use windows::core::{BOOL, GUID, Interface, PCWSTR, w};

const WINDOW: &str = "rctrl_renwnd32";
/// Neutral language for names of automation (`LOCALE_USER_DEFAULT`).
const LOCALE: u32 = 0x0400;

/// The first process of a program in this session: other logins of the same computer have their own.
pub fn running(program: &str) -> Option<u32> {
    let mut entry = PROCESSENTRY32W {
        dwSize: u32::try_from(size_of::<PROCESSENTRY32W>()).unwrap_or_default(),
        ..PROCESSENTRY32W::default()
    };
    // SAFETY: the snapshot is ours and closed below; `entry` says its own size and lives longer than the calls.
    unsafe {
        let snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0).ok()?;
        let ours = session(GetCurrentProcessId());
        let mut found = None;
        let mut more = Process32FirstW(snapshot, &raw mut entry).is_ok();
        while more && found.is_none() {
            let length = entry.szExeFile.iter().position(|unit| *unit == 0).unwrap_or(entry.szExeFile.len());
            let name = String::from_utf16_lossy(&entry.szExeFile[..length]);
            if name.eq_ignore_ascii_case(program) && session(entry.th32ProcessID) == ours {
                found = Some(entry.th32ProcessID);
            }
            more = Process32NextW(snapshot, &raw mut entry).is_ok();
        }
        let _ = CloseHandle(snapshot);
        found
    }
}

fn session(process: u32) -> Option<u32> {
    let mut session = 0;
    // SAFETY: `session` lives longer than the call.
    unsafe { ProcessIdToSessionId(process, &raw mut session) }.ok().map(|()| session)
}

/// A window that is shut out by a modal dialog takes no input: a question is open.
pub fn asks_a_question(process: u32) -> bool {
    // SAFETY: the handles were just listed; a window that has gone since counts as disabled only until the next look.
    main_windows(process).into_iter().any(|window| unsafe { !IsWindowEnabled(window).as_bool() })
}

pub fn close_windows(process: u32) {
    for window in main_windows(process) {
        // SAFETY: posting to a window that has gone is an error, which needs no answer.
        let _ = unsafe { PostMessageW(Some(window), WM_CLOSE, WPARAM(0), LPARAM(0)) };
    }
}

fn main_windows(process: u32) -> Vec<HWND> {
    struct Search {
        process: u32,
        found: Vec<HWND>,
    }
    unsafe extern "system" fn look(window: HWND, search: LPARAM) -> BOOL {
        // SAFETY: the pointer is the `Search` below, which lives until EnumWindows returns.
        let search = unsafe { &mut *(search.0 as *mut Search) };
        let (mut owner, mut class) = (0, [0; 64]);
        // SAFETY: both live longer than the calls.
        let (length, shown) = unsafe {
            GetWindowThreadProcessId(window, Some(&raw mut owner));
            (GetClassNameW(window, &mut class), IsWindowVisible(window).as_bool())
        };
        let class = String::from_utf16_lossy(&class[..usize::try_from(length).unwrap_or(0)]);
        if owner == search.process && shown && class == WINDOW {
            search.found.push(window);
        }
        TRUE
    }
    let mut search = Search { process, found: Vec::new() };
    // SAFETY: `search` outlives the call, which runs `look` on this thread only.
    let _ = unsafe { EnumWindows(Some(look), LPARAM(&raw mut search as isize)) };
    search.found
}

/// `Application.Quit` of the running Outlook. False when there is none to ask or it does not take the call: it runs
/// with other rights, or a dialog is open.
pub fn quit() -> bool {
    // SAFETY: COM is initialised for this thread and given back; the interfaces are released before that.
    unsafe {
        if CoInitializeEx(None, COINIT_APARTMENTTHREADED).is_err() {
            return false;
        }
        let done = call_quit().is_ok();
        CoUninitialize();
        done
    }
}

fn call_quit() -> windows::core::Result<()> {
    let mut active = None;
    // SAFETY: every pointer is to a value that lives longer than its call.
    unsafe {
        let class = CLSIDFromProgID(w!("Outlook.Application"))?;
        GetActiveObject(&raw const class, None, &raw mut active)?;
        let outlook: IDispatch = active.ok_or_else(windows::core::Error::empty)?.cast()?;
        let (name, mut id) = (PCWSTR(w!("Quit").0), 0);
        outlook.GetIDsOfNames(&GUID::zeroed(), &raw const name, 1, LOCALE, &raw mut id)?;
        let none = DISPPARAMS::default();
        outlook.Invoke(id, &GUID::zeroed(), LOCALE, DISPATCH_METHOD, &raw const none, None, None, None)
    }
}
