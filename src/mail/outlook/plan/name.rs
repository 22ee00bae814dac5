//! The new profile's name.

use std::collections::BTreeSet;

use super::Found;
use crate::mail::outlook::mapi::{LONGEST_NAME, is_profile_name};
use crate::mail::outlook::registry::{Key, folded};

const ANY: &str = "Mail";

/// A name that no profile has, not even one without accounts. Outlook names files by it, too, so it does without what
/// Windows forbids in file names.
pub(super) fn free(wanted: &str, profiles: &Key, found: &Found) -> String {
    let listed = found.profiles.iter().map(|profile| profile.name.as_str());
    let taken: BTreeSet<String> = found.hive.subkeys(profiles).chain(listed).map(folded).collect();
    let base = plain(wanted);
    let numbered = |number: usize| {
        let suffix = format!(" {number}");
        format!("{}{suffix}", cut(&base, LONGEST_NAME - suffix.len()))
    };
    let mut names = std::iter::once(base.clone()).chain((2..=taken.len() + 1).map(numbered));
    names.find(|name| !taken.contains(&folded(name))).unwrap_or(base)
}

fn plain(wanted: &str) -> String {
    let kept: String = wanted
        .chars()
        .filter_map(|c| match c {
            '\\' | '/' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' => Some('-'),
            ' '..='~' => Some(c),
            _ if c.is_whitespace() || c.is_control() => Some(' '),
            _ => None,
        })
        .collect();
    let words = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = cut(&words, LONGEST_NAME);
    if is_profile_name(name) && name.contains(|c: char| c.is_ascii_alphanumeric()) { name } else { ANY }.to_owned()
}

/// At most so many characters of an ASCII text; no blank or dot at the end.
fn cut(text: &str, length: usize) -> &str {
    text.get(..length).unwrap_or(text).trim_end_matches([' ', '.'])
}
