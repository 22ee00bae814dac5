//! Systems without Outlook: it never runs.

pub fn running(_program: &str) -> Option<u32> {
    None
}

pub fn asks_a_question(_process: u32) -> bool {
    false
}

pub fn quit() -> bool {
    false
}

pub fn close_windows(_process: u32) {}
