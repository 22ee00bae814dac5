//! The computer's "ANSI" code page.

#![allow(unsafe_code)]

use windows::Win32::Globalization::{CP_UTF8, GetACP, WC_NO_BEST_FIT_CHARS, WideCharToMultiByte};
use windows_core::BOOL;

pub(super) fn encoded(text: &str) -> Option<Vec<u8>> {
    // SAFETY: no arguments.
    let code_page = unsafe { GetACP() };
    if text.is_ascii() || code_page == CP_UTF8 {
        return Some(text.as_bytes().to_vec());
    }
    let wide: Vec<u16> = text.encode_utf16().collect();
    // No code page needs more for one unit of UTF-16.
    let mut bytes = vec![0; wide.len() * 4];
    let mut lacking = BOOL(0);
    // SAFETY: both slices are passed with their lengths; `lacking` outlives the call.
    let length = unsafe {
        WideCharToMultiByte(code_page, WC_NO_BEST_FIT_CHARS, &wide, Some(&mut bytes), None, Some(&raw mut lacking))
    };
    bytes.truncate(usize::try_from(length).ok()?);
    (length > 0 && !lacking.as_bool()).then_some(bytes)
}
