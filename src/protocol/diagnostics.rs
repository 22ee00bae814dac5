//! What a person sends to the help desk after having looked at it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::code::ALPHABET;

/// Longest text, in bytes. Twice as long, with each character escaped for JSON, it still is a request that is taken.
pub const DIAGNOSTICS_LIMIT: usize = 120 * 1024;
/// Characters of a number in one group; it has two groups.
const GROUP: u32 = 4;

/// `POST /v1/diagnostics`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// Plain text, lines ended by a line feed; see [`Diagnostics::clean`].
    pub text: String,
}

/// The answer (201) to diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosticsTaken {
    pub id: Uuid,
    /// What the person tells the help desk: `7KQ2-M4TX`.
    pub number: String,
}

impl Diagnostics {
    /// Takes away what is no text to read: control characters but line feeds and tabulators, and the characters that
    /// change the direction of what stands beside them (Unicode Standard Annex 9, section 2), so that what is read is what
    /// is there.
    pub fn clean(text: &str) -> Self {
        let steers =
            |c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}');
        let stays = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || steers(*c));
        Self { text: text.chars().filter(stays).collect() }
    }
}

impl DiagnosticsTaken {
    /// The number is made of the last 40 bits of the id, which are random in a version 7 id (RFC 9562, section 5.7).
    pub fn new(id: Uuid) -> Self {
        let bits = id.as_u128();
        let letter = |place: u32| char::from(ALPHABET[usize::try_from(bits >> (5 * place) & 31).unwrap_or_default()]);
        let group = |last: u32| (last..last + GROUP).rev().map(letter).collect::<String>();
        Self { id, number: format!("{}-{}", group(GROUP), group(0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_taken_away() {
        let text = "a\tb\r\nc\0\u{1b}[31md\u{202e}e\u{2069}ü 漢\u{7f}\u{85}";
        assert_eq!(Diagnostics::clean(text).text, "a\tb\nc[31mdeü 漢");
        let clean = Diagnostics::clean(text).text;
        assert_eq!(Diagnostics::clean(&clean).text, clean, "once is enough");
    }

    #[test]
    fn a_number_is_short_and_of_its_id() {
        assert_eq!(DiagnosticsTaken::new(Uuid::nil()).number, "0000-0000");
        assert_eq!(DiagnosticsTaken::new(Uuid::from_u128(u128::MAX)).number, "ZZZZ-ZZZZ");
        assert_eq!(DiagnosticsTaken::new(Uuid::from_u128(0b00001_00010)).number, "0000-0012");
    }
}
