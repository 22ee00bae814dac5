//! What the session of this process is like: visible, locked, in high contrast.

#![allow(unsafe_code)]

use windows::Win32::Foundation::HANDLE;
use windows::Win32::System::RemoteDesktop::{
    WTS_CURRENT_SERVER_HANDLE, WTS_CURRENT_SESSION, WTS_SESSIONSTATE_LOCK, WTS_SESSIONSTATE_UNLOCK, WTSFreeMemory,
    WTSINFOEXW, WTSQuerySessionInformationW, WTSSessionInfoEx,
};
use windows::Win32::System::StationsAndDesktops::{
    GetProcessWindowStation, GetUserObjectInformationW, UOI_FLAGS, USEROBJECTFLAGS,
};
use windows::Win32::UI::Accessibility::{HCF_HIGHCONTRASTON, HIGHCONTRASTW};
use windows::Win32::UI::WindowsAndMessaging::{
    ASFW_ANY, AllowSetForegroundWindow, SPI_GETHIGHCONTRAST, SYSTEM_PARAMETERS_INFO_UPDATE_FLAGS, SystemParametersInfoW,
};
use windows::core::PWSTR;

/// `WSF_VISIBLE` of winuser.h: the window station has a screen.
const WSF_VISIBLE: u32 = 1;

/// Whether windows of this process can be seen. A system that does not say counts as visible.
pub fn is_visible() -> bool {
    let mut flags = USEROBJECTFLAGS::default();
    // SAFETY: the pointer and the length are those of `flags`; the handle is the process's own and stays open.
    let asked = unsafe {
        GetProcessWindowStation().and_then(|station| {
            let length = size_of_u32::<USEROBJECTFLAGS>();
            GetUserObjectInformationW(HANDLE(station.0), UOI_FLAGS, Some((&raw mut flags).cast()), length, None)
        })
    };
    asked.is_err() || flags.dwFlags & WSF_VISIBLE != 0
}

/// `SessionFlags` of `WTSINFOEX_LEVEL1`
/// (<https://learn.microsoft.com/windows/win32/api/wtsapi32/ns-wtsapi32-wtsinfoex_level1_w>). None when the system does
/// not say.
pub fn locked() -> Option<bool> {
    let mut buffer = PWSTR::null();
    let mut length = 0;
    // SAFETY: both out-pointers are valid for the call; the buffer is freed below.
    unsafe {
        let (server, session) = (Some(WTS_CURRENT_SERVER_HANDLE), WTS_CURRENT_SESSION);
        WTSQuerySessionInformationW(server, session, WTSSessionInfoEx, &raw mut buffer, &raw mut length).ok()?;
    }
    if buffer.is_null() {
        return None;
    }
    let complete = length >= size_of_u32::<WTSINFOEXW>();
    // SAFETY: the buffer holds `length` bytes, enough for this structure, and is not necessarily aligned for it.
    let info = complete.then(|| unsafe { buffer.0.cast::<WTSINFOEXW>().read_unaligned() });
    // SAFETY: the buffer is the one that was handed out, and is not used any more.
    unsafe { WTSFreeMemory(buffer.0.cast()) };
    let info = info.filter(|info| info.Level == 1)?;
    // SAFETY: level 1 says which member of the union is filled in; it holds numbers only.
    let flags = unsafe { info.Data.WTSInfoExLevel1.SessionFlags };
    match u32::try_from(flags) {
        Ok(WTS_SESSIONSTATE_LOCK) => Some(true),
        Ok(WTS_SESSIONSTATE_UNLOCK) => Some(false),
        _ => None,
    }
}

/// Whether a contrast theme is on
/// (<https://learn.microsoft.com/windows/win32/api/winuser/ns-winuser-highcontrastw>).
pub fn high_contrast() -> bool {
    let size = size_of_u32::<HIGHCONTRASTW>();
    let mut contrast = HIGHCONTRASTW { cbSize: size, ..HIGHCONTRASTW::default() };
    // SAFETY: the structure and its size are what SPI_GETHIGHCONTRAST asks for. The name of the scheme that it is given
    // belongs to the system.
    let asked = unsafe {
        let target = Some((&raw mut contrast).cast());
        SystemParametersInfoW(SPI_GETHIGHCONTRAST, size, target, SYSTEM_PARAMETERS_INFO_UPDATE_FLAGS(0))
    };
    asked.is_ok() && contrast.dwFlags.contains(HCF_HIGHCONTRASTON)
}

/// Windows lets only the program that the person is using bring a window to the front, or whom that program lets
/// (<https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-allowsetforegroundwindow>).
pub fn give_way() {
    // SAFETY: no pointers. A refusal only means that the window blinks in the taskbar instead.
    let _ = unsafe { AllowSetForegroundWindow(ASFW_ANY) };
}

fn size_of_u32<T>() -> u32 {
    u32::try_from(size_of::<T>()).expect("a structure of some bytes")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_session_answers_without_harm() {
        // What it says depends on the computer; that it says something, and twice the same, does not.
        assert_eq!(super::locked(), super::locked());
        assert_eq!(super::high_contrast(), super::high_contrast());
        assert_eq!(super::is_visible(), super::is_visible());
    }
}
