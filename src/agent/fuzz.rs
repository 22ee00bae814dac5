//! What a browser, or the name of a file, may hand over. See [`crate::fuzz`].

use super::activation::link::ActivationLink;

/// A link names a server that can be shown and asked.
pub fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let links = ActivationLink::of_link(text).ok().into_iter().chain(ActivationLink::of_file_name(text, None));
    for link in links {
        assert!(!link.host().is_empty(), "{}", link.server);
    }
}
