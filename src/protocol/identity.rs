//! The ways for a person to say who they are, on a computer that only knows its project.

use serde::{Deserialize, Serialize};

use super::MaskedUser;
use crate::secret::Secret;

/// `POST /v1/registrations`: a mail to the address is to prove that it is the person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRequest {
    pub address: String,
    #[serde(default)]
    pub name: String,
    pub by: Proof,
}

/// What the mail holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// A link: once it is followed and confirmed, the login is the person's.
    Link,
    /// A code, for `POST /v1/sign-ins`.
    Code,
}

/// The answer (202) to a registration: the mail is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// `a***@example.org`
    pub address: String,
    pub by: Proof,
    /// What the page behind the link asks for: only who sees this computer can read them. None without a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digits: Option<String>,
}

/// `POST /v1/sign-ins`: the code that a person got by mail, and the address that it went to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignInRequest {
    pub address: String,
    pub code: Secret,
}

/// The answer (201) to a sign-in: whose the login is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    pub user: MaskedUser,
}
