//! How a login was found to be its user's, and what that is worth.

/// Only some of the ways prove anything: the activation code is in every installer's name, and whoever has it may say to be
/// any computer and any login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By a personal code.
    Code,
    /// By what a mail to the person held: a link with the digits that the computer shows, or a code.
    Mail,
    /// An operator has assigned this one login.
    Operator,
    /// By the name of the login, which the computer tells of itself.
    Match,
    /// By the computer it is on, or the project: which computer it is, it tells of itself.
    Machine,
}

impl Method {
    const ALL: [Self; 5] = [Self::Code, Self::Mail, Self::Operator, Self::Match, Self::Machine];

    /// As it is in the database.
    pub fn id(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Mail => "mail",
            Self::Operator => "operator",
            Self::Match => "match",
            Self::Machine => "machine",
        }
    }

    /// What a newer version has written, or nobody has, counts as least.
    pub fn of(id: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|method| Some(method.id()) == id).unwrap_or(Self::Match)
    }

    /// Whether it proves who the person is: whoever may be mistaken for the user must not get at the mailbox.
    pub fn may_set_password(self) -> bool {
        match self {
            Self::Code | Self::Mail | Self::Operator => true,
            Self::Match | Self::Machine => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_computer_cannot_say_of_itself_leads_to_a_password() {
        let may: Vec<&str> =
            Method::ALL.into_iter().filter(|method| method.may_set_password()).map(Method::id).collect();
        assert_eq!(may, ["code", "mail", "operator"]);
    }

    #[test]
    fn what_nobody_knows_counts_as_least() {
        for method in Method::ALL {
            assert_eq!(Method::of(Some(method.id())), method);
        }
        assert_eq!(Method::of(Some("telepathy")), Method::Match);
        assert_eq!(Method::of(None), Method::Match);
    }
}
