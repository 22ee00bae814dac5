//! The display goes away: a remote session ends, an X server crashes. Xlib then ends the process with a line that nobody
//! reads.
#![expect(unsafe_code, reason = "Xlib's own interface")]

use std::os::raw::c_int;
use std::sync::OnceLock;

use x11_dl::xlib::{Display, Xlib};

static CALL: OnceLock<fn()> = OnceLock::new();

/// Calls this on the thread that finds out; Xlib ends the process afterwards, if the call does not.
pub fn on_loss(call: fn()) {
    if super::var("WAYLAND_DISPLAY").is_some() || CALL.set(call).is_err() {
        return;
    }
    // The library stays loaded: this value does not close it.
    let Ok(xlib) = Xlib::open() else { return };
    // SAFETY: the handler is a plain function that outlives the process' connections (XSetIOErrorHandler(3)).
    unsafe { (xlib.XSetIOErrorHandler)(Some(lost)) };
}

unsafe extern "C" fn lost(_display: *mut Display) -> c_int {
    CALL.get().iter().for_each(|call| call());
    0
}
