//! Elsewhere there is no such code page; ASCII is the same in all of them.

/// A text in the computer's "ANSI" code page.
pub(in crate::mail::outlook) fn in_ansi_code_page(text: &str) -> Option<Vec<u8>> {
    text.is_ascii().then(|| text.as_bytes().to_vec())
}
