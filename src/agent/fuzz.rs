//! What a browser, or the name of a file, may hand over. See [`crate::fuzz`].

use super::offer::Offer;

/// An offer names a server that can be shown and asked.
pub fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let offers = Offer::of_link(text).ok().into_iter().chain(Offer::of_file_name(text, None));
    for offer in offers {
        assert!(!offer.host().is_empty(), "{}", offer.server);
    }
}
