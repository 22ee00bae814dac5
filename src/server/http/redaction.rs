//! What others have said, as it may stand in the log or on record.

use crate::code::AuthenticationCode;

/// Longest text that is kept, in characters.
const LIMIT: usize = 400;

/// What a mail server said, in one line. Some quote the letter that they refuse: links and codes become dots.
pub fn redact(said: &str) -> String {
    let is_secret =
        |word: &str| word.contains("/p/") || word.contains("/confirm/") || AuthenticationCode::parse(word).is_ok();
    let words = said.split_whitespace().map(|word| if is_secret(word) { "•••" } else { word });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_holds_neither_links_nor_codes() {
        let code = AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]).grouped();
        let said = format!("550 spam: <https://m.example/p/abcDEF> is listed,\r\n code:{code} too\u{7}");
        assert_eq!(redact(&said), "550 spam: ••• is listed, ••• too");
        assert_eq!(redact("550 no https://m.example/confirm/abcDEF here"), "550 no ••• here");
        assert_eq!(redact(&"x".repeat(9999)).len(), LIMIT);
    }
}
