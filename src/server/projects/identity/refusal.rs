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
}

impl RegistrationRefusal {
    pub fn code(&self) -> ResponseCode {
        match self {
            Self::NewUserNotMailed(_) => ResponseCode::StrangerMailFailed,
            Self::NoRecord => ResponseCode::RegistrationLost,
            Self::Domain => ResponseCode::ForeignDomain,
            Self::NotRecorded(_) => ResponseCode::RegistrationNotRecorded,
            Self::NothingToSend(_) => ResponseCode::NoCodeMade,
            Self::NotMailed(_) => ResponseCode::UserMailFailed,
            Self::NotActive => ResponseCode::UserNotActive,
            Self::Ambiguous => ResponseCode::AddressAmbiguous,
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
        }
    }
}

impl From<RegistrationRefusal> for Refusal {
    fn from(refusal: RegistrationRefusal) -> Self {
        Self::from(refusal.code()).because(refusal)
    }
}

impl From<SignInRefusal> for Refusal {
    fn from(refusal: SignInRefusal) -> Self {
        let told = Self::from(refusal.code());
        let told = match refusal {
            SignInRefusal::WrongCode { tries_left: Some(tries) } => told.tries_left(tries),
            _ => told,
        };
        told.because(refusal)
    }
}

/// The same as it is told to who wanted to register.
pub fn in_registration(refusal: Refusal) -> Refusal {
    recoded(refusal, ResponseCode::MalformedRegistration, ResponseCode::RegistrationError)
}

/// The same as it is told to who wanted to sign in.
pub fn in_sign_in(refusal: Refusal) -> Refusal {
    recoded(refusal, ResponseCode::MalformedSignIn, ResponseCode::SignInError)
}

fn recoded(refusal: Refusal, malformed: ResponseCode, unhandled: ResponseCode) -> Refusal {
    match refusal.code() {
        ResponseCode::MalformedRequest if refusal.status() == 413 => {
            refusal.recoded(malformed).detail("the request is too large")
        }
        ResponseCode::MalformedRequest if refusal.status() == 400 => refusal.recoded(malformed),
        ResponseCode::ServerError | ResponseCode::AgentNotRecorded => refusal.recoded(unhandled),
        _ => refusal,
    }
}
