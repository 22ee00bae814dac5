//! Why a registration or a sign-in was refused: the cases of the codes `USU` and `USO`.

use crate::problem::ResponseCode;
use crate::server::http::error::Refusal;
use crate::server::mailings::invitation::SendError;
use crate::server::projects::codes::IssueError;

/// Why the mail of a registration did not go out.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    #[error("the project has no smtp settings")]
    NoSmtp,
    #[error("the project has no public_url, so that no link can be written")]
    NoAddress,
    #[error("{0}")]
    Send(#[from] SendError),
    /// In the mail server's words.
    #[error("{0}")]
    Refused(String),
}

/// Why a person could not be registered.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationRefusal {
    #[error("the mail to somebody who is not on the list did not go out: {0}")]
    NewUserNotMailed(Undelivered),
    #[error("the record of the registration did not come back")]
    NoRecord,
    #[error("the address is of a domain that no user of the project has")]
    Domain,
    #[error("the registration of somebody who is not on the list could not be recorded: {0}")]
    NotRecorded(sqlx::Error),
    #[error("malformed request: {0}")]
    Malformed(String),
    #[error("unhandled: {0}")]
    Unhandled(Box<Refusal>),
    #[error("no code or link could be made: {0}")]
    NothingToSend(IssueError),
    #[error("the mail did not go out: {0}")]
    NotMailed(Undelivered),
    #[error("the user of this address is not active")]
    NotActive,
    #[error("several users have this address")]
    Ambiguous,
}

/// Why a person could not be signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefusal {
    #[error("an active user has this address, but not this code, {tries_left:?} tries left")]
    WrongCode { tries_left: Option<u32> },
    #[error("several active users have this address")]
    Ambiguous,
    #[error("no user, active or not, has this address and this code")]
    Unknown,
    #[error("the user is inactive in the organisation's list")]
    Inactive,
    #[error("the user was suspended by an operator")]
    Suspended,
    #[error("the user's record has a state that does not exist")]
    Impossible,
    #[error("several users have this address, none of them active")]
    AmbiguousInactive,
    #[error("malformed request: {0}")]
    Malformed(String),
    #[error("unhandled: {0}")]
    Unhandled(Box<Refusal>),
}

impl RegistrationRefusal {
    pub fn code(&self) -> ResponseCode {
        match self {
            Self::NewUserNotMailed(_) => ResponseCode::StrangerMailFailed,
            Self::NoRecord => ResponseCode::RegistrationLost,
            Self::Domain => ResponseCode::ForeignDomain,
            Self::NotRecorded(_) => ResponseCode::RegistrationNotRecorded,
            Self::Malformed(_) => ResponseCode::MalformedRegistration,
            Self::Unhandled(_) => ResponseCode::RegistrationError,
            Self::NothingToSend(_) => ResponseCode::NoCodeMade,
            Self::NotMailed(_) => ResponseCode::UserMailFailed,
            Self::NotActive => ResponseCode::UserNotActive,
            Self::Ambiguous => ResponseCode::AddressAmbiguous,
        }
    }

    /// Errors of the server's own, which get an incident number.
    pub fn is_unhandled(&self) -> bool {
        matches!(self, Self::NoRecord | Self::NotRecorded(_) | Self::Unhandled(_) | Self::NothingToSend(_))
    }

    pub fn title(&self) -> &'static str {
        match self {
            Self::NewUserNotMailed(_) => "The mail to the new address did not go out",
            Self::NoRecord | Self::NotRecorded(_) => "The registration could not be recorded",
            Self::Domain => "The address is not one of the organisation's",
            Self::Malformed(_) => "Malformed request",
            Self::Unhandled(_) => "Unhandled error",
            Self::NothingToSend(_) => "No code could be made",
            Self::NotMailed(_) => "The mail to the user did not go out",
            Self::NotActive => "The user is not active",
            Self::Ambiguous => "Several users have this address",
        }
    }

    pub fn not_recorded(error: sqlx::Error, is_new: bool) -> Self {
        if is_new { Self::NotRecorded(error) } else { Self::NothingToSend(IssueError::Database(error)) }
    }

    pub fn undelivered(cause: Undelivered, is_new: bool) -> Self {
        if is_new { Self::NewUserNotMailed(cause) } else { Self::NotMailed(cause) }
    }
}

impl SignInRefusal {
    pub fn code(&self) -> ResponseCode {
        match self {
            Self::WrongCode { .. } => ResponseCode::SignInRefused,
            Self::Ambiguous => ResponseCode::SeveralActiveUsers,
            Self::Unknown => ResponseCode::NoSuchUser,
            Self::Inactive => ResponseCode::UserInactive,
            Self::Suspended => ResponseCode::UserSuspended,
            Self::Impossible => ResponseCode::UserStateInvalid,
            Self::AmbiguousInactive => ResponseCode::SeveralInactiveUsers,
            Self::Malformed(_) => ResponseCode::MalformedSignIn,
            Self::Unhandled(_) => ResponseCode::SignInError,
        }
    }

    /// Errors of the server's own, which get an incident number.
    pub fn is_unhandled(&self) -> bool {
        matches!(self, Self::Impossible | Self::Unhandled(_))
    }

    pub fn title(&self) -> &'static str {
        match self {
            Self::WrongCode { .. } | Self::Unknown => "The address and the code do not belong together",
            Self::Ambiguous | Self::AmbiguousInactive => "Several users have this address",
            Self::Inactive | Self::Suspended => "The user is not active",
            Self::Malformed(_) => "Malformed request",
            Self::Impossible | Self::Unhandled(_) => "Unhandled error",
        }
    }
}

/// The same refusal as it is told to who wanted to register.
pub fn in_registration(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Malformed(detail) => RegistrationRefusal::Malformed(detail).into(),
        Refusal::TooLarge => RegistrationRefusal::Malformed("the request is too large".into()).into(),
        other if other.is_unhandled() && !matches!(other, Refusal::Registration(_)) => {
            RegistrationRefusal::Unhandled(Box::new(other)).into()
        }
        other => other,
    }
}

/// The same refusal as it is told to who wanted to sign in.
pub fn in_sign_in(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Malformed(detail) => SignInRefusal::Malformed(detail).into(),
        Refusal::TooLarge => SignInRefusal::Malformed("the request is too large".into()).into(),
        other if other.is_unhandled() && !matches!(other, Refusal::SignIn(_)) => {
            SignInRefusal::Unhandled(Box::new(other)).into()
        }
        other => other,
    }
}
