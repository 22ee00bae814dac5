//! What operators call things: projects, waves, operators, tokens.

use std::fmt;
use std::ops::Deref;

use crate::server::http::error::Refusal;

/// A name as it is kept and shown: 1 to 100 characters without spaces around them and without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// In characters.
    pub const LIMIT: usize = 100;

    /// # Errors
    /// [`FieldFaults`](crate::problem::ResponseCode::FieldFaults) for the field `name`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let name = text.trim();
        if (1..=Self::LIMIT).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
            return Ok(Self(name.to_owned()));
        }
        let remedy = format!("write 1 to {} characters without line breaks", Self::LIMIT);
        Err(Refusal::fault("name", remedy))
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ResponseCode;

    #[test]
    fn names_are_trimmed_and_have_a_length() {
        assert_eq!(&*Name::parse("  Büro \n").expect("a name"), "Büro");
        assert!(Name::parse(&"ü".repeat(100)).is_ok());
        for wrong in ["", " \t", "a\nb", "a\u{7}b", &"x".repeat(101)] {
            let refusal = Name::parse(wrong).expect_err("no name");
            assert_eq!(refusal.code(), ResponseCode::FieldFaults, "{wrong:?}");
            assert_eq!(refusal.named_faults()[0].field, "name");
        }
    }
}
