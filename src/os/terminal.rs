//! The terminal that the program was started from, if any. Only Windows makes a difference between programs for the
//! terminal and for the desktop.

use std::io::Write;

/// Lets output appear in the terminal. Call it before anything is printed.
pub fn attach() {
    #[cfg(windows)]
    super::imp::console::attach();
}

pub fn leave() {
    #[cfg(windows)]
    super::imp::console::leave();
}

/// Says why the program ends: in the terminal, or in a window of the system where there is none and somebody is there
/// to read it.
pub fn complain(message: &str, somebody_is_there: bool) {
    // Nowhere is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "mailshift: {message}");
    #[cfg(windows)]
    if somebody_is_there && !super::imp::console::is_heard() {
        super::imp::console::show(message);
    }
    #[cfg(not(windows))]
    let _ = somebody_is_there;
}
