//! The kinds of mail client.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A mail client, as people and the inventory call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ClientKind {
    Outlook,
    NewOutlook,
    Thunderbird,
    /// One that only another version knows; it stays as it is.
    Other(String),
}

impl ClientKind {
    pub const KNOWN: [Self; 3] = [Self::Outlook, Self::NewOutlook, Self::Thunderbird];

    pub fn id(&self) -> &str {
        match self {
            Self::Outlook => "outlook",
            Self::NewOutlook => "new-outlook",
            Self::Thunderbird => "thunderbird",
            Self::Other(id) => id,
        }
    }

    /// A product's name is the same in every language.
    pub fn product(&self) -> &str {
        match self {
            Self::Outlook => "Outlook",
            Self::NewOutlook => "New Outlook",
            Self::Thunderbird => "Thunderbird",
            Self::Other(id) => id,
        }
    }
}

impl Default for ClientKind {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl From<String> for ClientKind {
    fn from(id: String) -> Self {
        Self::KNOWN.into_iter().find(|kind| kind.id() == id).unwrap_or(Self::Other(id))
    }
}

impl From<ClientKind> for String {
    fn from(kind: ClientKind) -> Self {
        kind.id().to_owned()
    }
}

impl fmt::Display for ClientKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_its_id_also_when_it_is_not_known() {
        for id in ["outlook", "new-outlook", "thunderbird", "of a newer agent", ""] {
            let json = serde_json::to_string(id).expect("JSON");
            let kind: ClientKind = serde_json::from_str(&json).expect("a kind");
            assert_eq!(serde_json::to_string(&kind).expect("JSON"), json);
            assert_eq!(matches!(kind, ClientKind::Other(_)), !ClientKind::KNOWN.iter().any(|known| known.id() == id));
        }
    }
}
