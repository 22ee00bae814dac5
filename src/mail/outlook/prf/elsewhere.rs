//! Elsewhere there is no such code page; ASCII is the same in all of them.

pub(super) fn encoded(text: &str) -> Option<Vec<u8>> {
    text.is_ascii().then(|| text.as_bytes().to_vec())
}
