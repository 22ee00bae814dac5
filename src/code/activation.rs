//! The activation code of a project: ten letters, for installing on many computers at once. It says which project a
//! computer belongs to, and nothing about the person.

use super::{AuthenticationCode, LENGTH, Slip, after_colons, is_separator};

/// Letters of an activation code.
pub const LETTERS: usize = 10;
/// Letters that an activation code is made of: none that look like a digit or like each other.
pub const ALPHABET: &[u8; 23] = b"ABCDEFGHJKMNPQRSTUVWXYZ";

/// A project's activation code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivationCode(String);

impl ActivationCode {
    /// Reads ten letters in any case and grouping, alone or after a label.
    pub fn parse(input: &str) -> Option<Self> {
        read(input).or_else(|| after_colons(input).find_map(read))
    }

    /// In upper case, without grouping.
    pub fn letters(&self) -> &str {
        &self.0
    }
}

fn read(text: &str) -> Option<ActivationCode> {
    let letters: String = text.chars().filter(|c| !is_separator(*c)).map(|c| c.to_ascii_uppercase()).collect();
    let fits = letters.len() == LETTERS && letters.bytes().all(|letter| ALPHABET.contains(&letter));
    fits.then_some(ActivationCode(letters))
}

/// What was entered where either kind of code will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// A person's own.
    Authentication(AuthenticationCode),
    /// A project's.
    Activation(ActivationCode),
}

impl Entered {
    /// The two kinds differ in length, so none can be taken for the other.
    pub fn parse(input: &str) -> Result<Self, Slip> {
        AuthenticationCode::parse(input).map(Self::Authentication).or_else(|slip| {
            ActivationCode::parse(input).map(Self::Activation).ok_or_else(|| slip_of_either(input).unwrap_or(slip))
        })
    }

    /// Without grouping. A personal code is secret.
    pub fn reveal(&self) -> &str {
        match self {
            Self::Authentication(code) => code.reveal(),
            Self::Activation(code) => code.letters(),
        }
    }
}

/// Whether what has been typed so far may still become a project's code: letters only, and not too many.
pub fn may_be_activation(typed: &str) -> bool {
    let mut kept = typed.chars().filter(|c| !is_separator(*c));
    kept.by_ref().take(LETTERS).all(|c| c.is_ascii_alphabetic()) && kept.next().is_none()
}

/// What is wrong with letters alone, which may be meant as either kind of code.
fn slip_of_either(input: &str) -> Option<Slip> {
    let letters: Vec<char> = input.chars().filter(|c| !is_separator(*c)).collect();
    if letters.is_empty() || letters.len() >= LENGTH || !letters.iter().all(char::is_ascii_alphabetic) {
        return None;
    }
    let foreign = |c: &&char| !ALPHABET.iter().any(|known| char::from(*known) == c.to_ascii_uppercase());
    match letters.iter().find(foreign) {
        Some(c) if letters.len() == LETTERS => Some(Slip::Character(c.to_ascii_uppercase())),
        _ => Some(Slip::Length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_letters_are_a_projects_code_in_every_form() {
        for form in ["ABCDEFGHJK", "abcdefghjk", " abcde-fghjk\n", "Activation code: ABCDE FGHJK"] {
            let code = ActivationCode::parse(form).expect(form);
            assert_eq!(code.letters(), "ABCDEFGHJK");
            assert_eq!(Entered::parse(form), Ok(Entered::Activation(code)));
        }
    }

    #[test]
    fn other_letters_and_other_lengths_are_no_projects_code() {
        for other in ["", "ABCDEFGHJ", "ABCDEFGHJKM", "ABCDEFGHJ1", "ABCDEFGHJO", "the department moves", "ÄBCDEFGHJK"]
        {
            assert_eq!(ActivationCode::parse(other), None, "{other}");
            assert!(Entered::parse(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_slip_in_letters_alone_is_told_for_either_kind() {
        for (typed, slip) in [
            ("ABCDEFGHJ", Slip::Length),
            ("ABCDEFGHJKMN", Slip::Length),
            ("abcdefghjo", Slip::Character('O')),
            ("", Slip::Empty),
            ("ABCDEFGHJ1", Slip::TooShort(3)),
            ("ABCDEFGHJKMNPQ", Slip::TooLong(1)),
        ] {
            assert_eq!(Entered::parse(typed), Err(slip), "{typed}");
        }
    }

    #[test]
    fn ten_letters_at_most_may_be_a_projects_code() {
        for (typed, may_be) in
            [("", true), ("abcde", true), ("ABCDE-FGHJK", true), ("ABCDEFGHJKM", false), ("ABC1", false)]
        {
            assert_eq!(may_be_activation(typed), may_be, "{typed}");
        }
    }

    #[test]
    fn a_personal_code_stays_one() {
        let code = AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]);
        assert_eq!(Entered::parse(&code.grouped()), Ok(Entered::Authentication(code)));
    }
}
