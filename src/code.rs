//! The personal authentication code that a person gets by mail and types once.
//!
//! Form: `7KQ2-M4TX-9DWP-Z`, 13 characters of Crockford's base 32 (no I, L, O, U; typed `I`/`L` count as `1`, `O` as
//! `0`). The first four are public and find the record, the next eight are the secret (40 bits), the last one checks
//! the others: a slip is told without asking the server and costs no try.
//!
//! The check character is a sum over GF(2⁵): every single wrong character and every swap of two is found.

mod activation;

use std::fmt;

use crate::secret::Secret;
pub use activation::{
    ALPHABET as ACTIVATION_ALPHABET, ActivationCode, Entered, LETTERS as ACTIVATION_LETTERS, may_be_activation,
};

/// Crockford's base 32 alphabet; the place of a character is its value.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of the public part, which finds the record.
pub const PUBLIC: usize = 4;
/// Characters of the secret part: 8 × 5 = 40 bits.
pub const SECRET: usize = 8;
/// All characters with the check character.
pub const LENGTH: usize = PUBLIC + SECRET + 1;
/// Characters in one displayed group.
const GROUP: usize = 4;

/// An authentication code whose check character is right.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthenticationCode(Secret);

/// Why a text is not a code. Told without asking the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Slip {
    #[error("no code was entered")]
    Empty,
    #[error("codes do not contain this character: {0}")]
    Character(char),
    #[error("{0} characters are missing")]
    TooShort(usize),
    #[error("{0} characters too many")]
    TooLong(usize),
    #[error("a character is wrong or two are swapped")]
    Check,
    #[error("neither as long as a personal code nor as a project's")]
    Length,
}

impl AuthenticationCode {
    /// Makes a code from random bytes: the caller owns the source of randomness.
    pub fn from_random(bytes: [u8; PUBLIC + SECRET]) -> Self {
        let mut values: Vec<u8> = bytes.iter().map(|byte| byte % 32).collect();
        values.push(check(&values));
        Self::from_values(&values)
    }

    /// Reads what a person typed or pasted: any case, any grouping, a whole line or mail around it.
    pub fn parse(input: &str) -> Result<Self, Slip> {
        let whole = read(input);
        whole.or_else(|slip| candidates(input).find_map(|text| read(text).ok()).ok_or(slip))
    }

    /// The part that finds the record. Not secret.
    pub fn public(&self) -> &str {
        &self.0.reveal()[..PUBLIC]
    }

    /// The whole code without grouping. Secret.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// The code as people see it: `7KQ2-M4TX-9DWP-Z`. Secret.
    pub fn grouped(&self) -> String {
        grouped(self.0.reveal())
    }

    fn from_values(values: &[u8]) -> Self {
        let text: String = values.iter().map(|value| char::from(ALPHABET[usize::from(*value)])).collect();
        Self(Secret::new(text))
    }
}

impl fmt::Debug for AuthenticationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-•••", self.public())
    }
}

/// Groups what has been typed so far, for display in the field: upper case, look-alikes resolved, at most one code long.
/// Characters that no code contains stay in place, so that the person sees what is wrong.
pub fn grouped(typed: &str) -> String {
    let kept = typed.chars().filter(|c| !is_separator(*c)).map(|c| match value(c) {
        Some(value) => char::from(ALPHABET[usize::from(value)]),
        None => c,
    });
    let mut out = String::new();
    for (i, c) in kept.enumerate() {
        if i > 0 && i % GROUP == 0 && i < LENGTH {
            out.push('-');
        }
        out.push(c);
    }
    out
}

fn read(text: &str) -> Result<AuthenticationCode, Slip> {
    let mut values = Vec::with_capacity(LENGTH);
    for c in text.chars().filter(|c| !is_separator(*c)) {
        values.push(value(c).ok_or(Slip::Character(c))?);
    }
    match values.len() {
        0 => Err(Slip::Empty),
        n if n < LENGTH => Err(Slip::TooShort(LENGTH - n)),
        n if n > LENGTH => Err(Slip::TooLong(n - LENGTH)),
        _ if check(&values[..LENGTH - 1]) != values[LENGTH - 1] => Err(Slip::Check),
        _ => Ok(AuthenticationCode::from_values(&values)),
    }
}

/// Places inside a longer text where a code may stand: each line, what follows a colon, each word.
fn candidates(input: &str) -> impl Iterator<Item = &str> {
    input.lines().chain(after_colons(input)).chain(
        input.split(|c: char| c.is_whitespace() || matches!(c, ':' | '/' | '=' | '#' | '.' | ',' | '"' | '<' | '>')),
    )
}

/// What follows the last colon of each line.
fn after_colons(input: &str) -> impl Iterator<Item = &str> {
    input.lines().filter_map(|line| line.rsplit_once(':')).map(|(_, code)| code)
}

fn is_separator(c: char) -> bool {
    // Hyphens and dashes of every kind, as mail programs and word processors exchange them.
    c.is_whitespace()
        || c == '-'
        || ('\u{2010}'..='\u{2015}').contains(&c)
        || c == '\u{2212}'
        || c == '\u{ad}'
        || c == '\u{200b}'
}

fn value(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == c)?;
    u8::try_from(place).ok()
}

/// Sum of `xⁱ⁺¹ · valueᵢ` over GF(32). Distinct non-zero weights find every single slip and every swap.
fn check(values: &[u8]) -> u8 {
    let mut weight = 1;
    values.iter().fold(0, |sum, value| {
        weight = multiply(weight, 2);
        sum ^ multiply(weight, *value)
    })
}

/// Multiplication in GF(2⁵) with the primitive polynomial x⁵ + x² + 1.
fn multiply(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b > 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 0b10_0000 != 0 {
            a ^= 0b10_0101;
        }
        b >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> AuthenticationCode {
        AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22])
    }

    #[test]
    fn a_code_is_read_in_every_form_people_paste() {
        let code = sample();
        let g = code.grouped();
        let forms = [
            g.clone(),
            g.to_lowercase(),
            g.replace('-', " "),
            g.replace('-', "\u{2013}"),
            format!("  {g}\r\n"),
            format!("Code: {g}"),
            format!("Hello Anna,\n\nyour code:\n    {g}\n\nSee you"),
            format!("Your code is {g}."),
        ];
        for form in forms {
            assert_eq!(AuthenticationCode::parse(&form).as_ref(), Ok(&code), "{form:?}");
        }
    }

    #[test]
    fn look_alikes_are_understood() {
        let code = AuthenticationCode::from_random([0, 1, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7]);
        let typed = code.grouped().replace('0', "o").replace('1', "L");
        assert_eq!(AuthenticationCode::parse(&typed), Ok(code));
    }

    #[test]
    fn every_single_wrong_character_is_found_without_a_call() {
        let right = sample().reveal().to_owned();
        for place in 0..LENGTH {
            for other in ALPHABET.iter().map(|b| char::from(*b)).filter(|c| right.chars().nth(place) != Some(*c)) {
                let wrong: String =
                    right.chars().enumerate().map(|(i, c)| if i == place { other } else { c }).collect();
                assert_eq!(AuthenticationCode::parse(&wrong), Err(Slip::Check), "{wrong}");
            }
        }
    }

    #[test]
    fn every_swap_of_two_characters_is_found_without_a_call() {
        let right: Vec<char> = sample().reveal().chars().collect();
        for a in 0..LENGTH {
            for b in (a + 1)..LENGTH {
                let mut swapped = right.clone();
                swapped.swap(a, b);
                if swapped != right {
                    assert_eq!(AuthenticationCode::parse(&swapped.iter().collect::<String>()), Err(Slip::Check));
                }
            }
        }
    }

    #[test]
    fn each_slip_is_named() {
        assert_eq!(AuthenticationCode::parse(" - "), Err(Slip::Empty));
        assert_eq!(AuthenticationCode::parse("7KQ2-M4"), Err(Slip::TooShort(7)));
        assert_eq!(AuthenticationCode::parse("7KQ2-M4TX-9DWP-ZZ"), Err(Slip::TooLong(1)));
        assert_eq!(AuthenticationCode::parse("7KQ2-M4TX-9DWP-!"), Err(Slip::Character('!')));
    }

    #[test]
    fn typing_is_grouped_and_wrong_characters_stay_visible() {
        assert_eq!(grouped("7kq2m"), "7KQ2-M");
        assert_eq!(grouped("7kq2-m4tx9dwpz"), "7KQ2-M4TX-9DWP-Z");
        assert_eq!(grouped("7kq!"), "7KQ!");
        assert_eq!(grouped(""), "");
    }

    #[test]
    fn a_code_does_not_show_its_secret_when_debugged() {
        let code = sample();
        assert!(!format!("{code:?}").contains(&code.reveal()[PUBLIC..]));
    }
}
