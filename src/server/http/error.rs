//! Every way in which the server says no, and the one place where each becomes a problem document. For the pages of
//! people, `pages::refused` makes a page of it.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use crate::code::Slip;
use crate::problem::{self, Fault, Problem, ResponseCode};
use crate::server::db::Trouble;
use crate::server::db::hash::HashError;
use crate::server::directive::admission;
use crate::server::discovery::NetworkError;
use crate::server::http::requests::DatabaseTrouble;
use crate::server::mailings;
use crate::server::operators::{Role, SecondFactorError};
use crate::server::projects::directory::DirectoryError;
use crate::server::projects::identity::refusal::{RegistrationRefusal, SignInRefusal};
use crate::server::site::link::LinkError;

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("malformed request: {0}")]
    Malformed(String),
    #[error("no such resource")]
    NoSuchResource,
    #[error("the method does not fit the resource")]
    Method,
    #[error("the request is too large")]
    TooLarge,
    #[error("the media type of the body is not understood")]
    MediaType,
    #[error("fields cannot work: {}", .0.len())]
    Faults(Vec<Fault>),
    #[error("the name is taken")]
    Taken,
    #[error("an operator would lock themselves out")]
    Oneself,
    #[error("not a code: {0}")]
    Mistyped(Slip),
    #[error("unknown code")]
    UnknownCode,
    #[error("wrong code, {tries_left} tries left")]
    WrongCode { tries_left: u32 },
    #[error("the code is locked")]
    Locked,
    #[error("the code has expired or a newer one was sent")]
    Expired,
    #[error("the code was used on another device")]
    Used,
    #[error("the project has no account settings")]
    NoAccount,
    #[error("the device could not be recorded: {0}")]
    NotRecorded(sqlx::Error),
    #[error("unknown device")]
    UnknownDevice,
    #[error("too busy")]
    Busy { retry_after: Duration },
    #[error("the request took too long")]
    TooSlow,
    #[error("the password breaks the rules")]
    PasswordRules,
    #[error("the project does not let people create a password")]
    NoDirectory,
    #[error("who the person is has not been proved to this computer")]
    PasswordNotProved,
    #[error("no mail program is being set up, or too many passwords were set meanwhile")]
    PasswordNotNow,
    #[error("the directory connector failed: {0}")]
    Directory(#[from] DirectoryError),
    #[error("{0}")]
    Registration(#[from] RegistrationRefusal),
    #[error("{0}")]
    SignIn(#[from] SignInRefusal),
    #[error("database: {0}")]
    Database(sqlx::Error),
    #[error("the database does not do its work for now: {1}")]
    Unavailable(Trouble, String),
    #[error("stored data cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
    #[error("the settings of the project {project:?} cannot be read by this version: {error}")]
    Unreadable { project: String, error: String },
    #[error("hashing: {0}")]
    Hash(HashError),
    #[error("a page cannot be made: {0}")]
    Page(#[from] askama::Error),
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The same for somebody who asked for a page: they are led to sign in and back.
    #[error("nobody is signed in")]
    SignInFirst { next: String },
    #[error("the role {0} is needed")]
    RoleTooLow(Role),
    #[error("wrong name, password or one-time code")]
    WrongCredentials,
    #[error("too many wrong tries to sign in")]
    Throttled { retry_after: Duration },
    #[error("asked too often")]
    TooOften { retry_after: Duration },
    #[error("diagnostics were sent too often")]
    TooManyDiagnostics { retry_after: Duration },
    #[error("too many new computers came with the activation code")]
    TooManyComputers { retry_after: Duration },
    #[error("the computer reports too much")]
    TooManyReports { retry_after: Duration },
    #[error("the token was not made to manage operators and tokens")]
    TokenMayNot,
    #[error("the form is not of this session")]
    ForeignForm,
    #[error("the one-time link was used or has expired")]
    LinkGone,
    #[error("the operator's password is too short or too long")]
    PasswordLength,
    #[error("the operator's name is taken")]
    NameTaken,
    #[error("nobody would be left to administer")]
    LastAdministrator,
    #[error("a second factor cannot be made: {0}")]
    SecondFactor(#[from] SecondFactorError),
    #[error("a table cannot be made: {0}")]
    Export(String),
    #[error("personal link: {0}")]
    Link(#[from] LinkError),
    #[error("network: {0}")]
    Network(#[from] NetworkError),
    #[error("an installer cannot be read: {0}")]
    Installer(std::io::Error),
    #[error("a handler panicked")]
    Panicked,
}

/// Seconds to wait when the server is busy without a better idea.
const BUSY: Duration = Duration::from_secs(5);

/// The same when its disk is full: somebody has to make room.
const FULL: Duration = Duration::from_secs(30);

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        match Trouble::of(&error) {
            Some(trouble) => Self::Unavailable(trouble, error.to_string()),
            None => Self::Database(error),
        }
    }
}

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy { retry_after: BUSY },
            error => Self::Hash(error),
        }
    }
}

impl Refusal {
    /// Why a device was not recorded.
    pub fn not_recorded(error: sqlx::Error) -> Self {
        match Self::from(error) {
            Self::Database(error) => Self::NotRecorded(error),
            trouble => trouble,
        }
    }

    pub fn code(&self) -> ResponseCode {
        match self {
            Self::Malformed(_) | Self::NoSuchResource | Self::Method | Self::TooLarge | Self::MediaType => {
                ResponseCode::MalformedRequest
            }
            Self::Faults(_) => ResponseCode::FieldFaults,
            Self::Taken => ResponseCode::NameTaken,
            Self::Oneself => ResponseCode::OneselfLockedOut,
            Self::Mistyped(_) | Self::UnknownCode | Self::WrongCode { .. } => ResponseCode::InvalidCode,
            Self::NoAccount => ResponseCode::NoAccountSettings,
            Self::NotRecorded(_) => ResponseCode::AgentNotRecorded,
            Self::Expired => ResponseCode::CodeExpired,
            Self::Used => ResponseCode::CodeUsed,
            Self::Locked => ResponseCode::CodeLocked,
            Self::UnknownDevice => ResponseCode::UnknownAgent,
            Self::Busy { .. } | Self::TooSlow | Self::Unavailable(..) | Self::Unreadable { .. } => {
                ResponseCode::ServerBusy
            }
            Self::PasswordRules => ResponseCode::PasswordRules,
            Self::Directory(_) => ResponseCode::DirectoryFailed,
            Self::NoDirectory => ResponseCode::PasswordChangeOff,
            Self::PasswordNotProved => ResponseCode::PersonNotProved,
            Self::PasswordNotNow => ResponseCode::PasswordNotNow,
            Self::NotSignedIn | Self::SignInFirst { .. } => ResponseCode::NotSignedIn,
            Self::RoleTooLow(_) => ResponseCode::RoleTooLow,
            Self::WrongCredentials => ResponseCode::WrongCredentials,
            Self::Throttled { .. } => ResponseCode::TooManySignIns,
            Self::TooOften { .. } => ResponseCode::AskedTooOften,
            Self::TooManyDiagnostics { .. } => ResponseCode::TooManyDiagnostics,
            Self::TooManyComputers { .. } => ResponseCode::TooManyComputers,
            Self::TooManyReports { .. } => ResponseCode::TooManyReports,
            Self::TokenMayNot => ResponseCode::TokenMayNot,
            Self::ForeignForm => ResponseCode::ForeignForm,
            Self::LinkGone => ResponseCode::LinkGone,
            Self::PasswordLength => ResponseCode::PasswordLength,
            Self::NameTaken => ResponseCode::OperatorNameTaken,
            Self::LastAdministrator => ResponseCode::LastAdministrator,
            Self::Database(_)
            | Self::Stored(_)
            | Self::Hash(_)
            | Self::Page(_)
            | Self::SecondFactor(_)
            | Self::Export(_)
            | Self::Link(_)
            | Self::Network(_)
            | Self::Installer(_)
            | Self::Panicked => ResponseCode::ServerError,
            Self::Registration(refusal) => refusal.code(),
            Self::SignIn(refusal) => refusal.code(),
        }
    }

    /// Errors of the server's own, which get an incident number.
    pub fn is_unhandled(&self) -> bool {
        match self {
            Self::NotRecorded(_)
            | Self::Database(_)
            | Self::Stored(_)
            | Self::Hash(_)
            | Self::Page(_)
            | Self::SecondFactor(_)
            | Self::Export(_)
            | Self::Link(_)
            | Self::Network(_)
            | Self::Installer(_)
            | Self::Panicked => true,
            Self::Registration(refusal) => refusal.is_unhandled(),
            Self::SignIn(refusal) => refusal.is_unhandled(),
            _ => false,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchResource => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            other => StatusCode::from_u16(other.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// The short English title of the problem document; people read the translated text of the code instead.
    fn title(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "Malformed request",
            Self::NoSuchResource => "No such resource",
            Self::Method => "Method not allowed",
            Self::TooLarge => "Request too large",
            Self::MediaType => "Media type not understood",
            Self::Faults(_) => "Fields cannot work",
            Self::Taken => "The name or address is taken",
            Self::Oneself => "You would lock yourself out",
            Self::Mistyped(_) | Self::UnknownCode | Self::WrongCode { .. } => "The code is not valid",
            Self::Locked => "The code is locked",
            Self::Expired => "The code has expired",
            Self::Used => "The code has been used on another computer",
            Self::NoAccount => "The project has no account settings yet",
            Self::NotRecorded(_) => "The device could not be recorded",
            Self::UnknownDevice => "Unknown device",
            Self::Busy { .. } => "The server is busy",
            Self::TooSlow => "The request took too long",
            Self::Unreadable { .. } => "The settings of the project are of another version",
            Self::Unavailable(Trouble::Full, _) => "The disk of the server is full",
            Self::Unavailable(Trouble::Away, _) => "The server's database is out of reach",
            Self::PasswordRules => "The password does not follow the rules",
            Self::NoDirectory => "Passwords cannot be created here",
            Self::PasswordNotProved => "Who you are has not been proved on this computer",
            Self::PasswordNotNow => "A password can be set only during the set-up, a few times",
            Self::Directory(_) => "The directory did not take the password",
            Self::NotSignedIn | Self::SignInFirst { .. } => "Not signed in",
            Self::RoleTooLow(_) => "The role does not allow it",
            Self::WrongCredentials => "Wrong name, password or one-time code",
            Self::Throttled { .. } => "Too many tries",
            Self::TooOften { .. } => "Asked too often",
            Self::TooManyDiagnostics { .. } | Self::TooManyReports { .. } => "Too many reports from this computer",
            Self::TooManyComputers { .. } => "Too many new computers",
            Self::TokenMayNot => "The token was not made for that",
            Self::ForeignForm => "The form is not of this session",
            Self::LinkGone => "The link is not valid any more",
            Self::PasswordLength => "The password is too short or too long",
            Self::NameTaken => "The name is taken",
            Self::LastAdministrator => "The last administrator has to stay",
            Self::Database(_)
            | Self::Stored(_)
            | Self::Hash(_)
            | Self::Page(_)
            | Self::SecondFactor(_)
            | Self::Export(_)
            | Self::Link(_)
            | Self::Network(_)
            | Self::Installer(_)
            | Self::Panicked => "Unhandled error",
            Self::Registration(refusal) => refusal.title(),
            Self::SignIn(refusal) => refusal.title(),
        }
    }

    /// The problem document. Errors of our own get an incident number, which is in the log line too.
    fn problem(&self) -> Problem {
        let mut problem = Problem::new(self.code(), self.title());
        problem.status = self.status().as_u16();
        match self {
            Self::Malformed(detail)
            | Self::Registration(RegistrationRefusal::Malformed(detail))
            | Self::SignIn(SignInRefusal::Malformed(detail)) => problem.detail = Some(detail.clone()),
            Self::WrongCode { tries_left } => problem.tries_left = Some(*tries_left),
            Self::SignIn(SignInRefusal::WrongCode { tries_left }) => problem.tries_left = *tries_left,
            Self::Locked => problem.tries_left = Some(0),
            Self::Faults(faults) => problem.faults.clone_from(faults),
            Self::RoleTooLow(_) => problem.detail = Some(self.to_string()),
            _ => {}
        }
        // Some quote what a mail server or somebody else has said.
        let said = mailings::plain(&self.to_string());
        match self {
            unhandled if unhandled.is_unhandled() => {
                let incident = Uuid::new_v4();
                tracing::error!(%incident, code = self.code().id(), error = said, "unhandled error");
                problem.incident = Some(incident);
            }
            Self::Unreadable { .. } => tracing::error!(code = "NET-3", error = said, "a project cannot be read"),
            Self::Unavailable(..) => tracing::warn!(code = "NET-3", error = said, "the database does not do its work"),
            Self::Directory(_) => tracing::warn!(code = "PWD-2", error = said, "the directory connector failed"),
            other => tracing::info!(code = other.code().id(), reason = said, "refused"),
        }
        problem
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Self::SignInFirst { next } = &self {
            let next = serde_html_form::to_string([("next", next)]).unwrap_or_default();
            return Redirect::to(&format!("/sign-in?{next}")).into_response();
        }
        let problem = self.problem();
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        response.extensions_mut().insert(problem);
        if let Self::RoleTooLow(needed) = self {
            response.extensions_mut().insert(needed);
        }
        if let Self::Database(_) | Self::NotRecorded(_) | Self::Unavailable(..) = self {
            response.extensions_mut().insert(DatabaseTrouble);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(problem::MEDIA_TYPE));
        match self {
            Self::UnknownDevice | Self::NotSignedIn => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Busy { retry_after } => {
                headers
                    .insert(header::RETRY_AFTER, HeaderValue::from(admission::jittered(retry_after).as_secs().max(1)));
            }
            Self::Unavailable(..) | Self::Unreadable { .. } => {
                let pause = if matches!(self, Self::Unavailable(Trouble::Away, _)) { BUSY } else { FULL };
                headers.insert(header::RETRY_AFTER, HeaderValue::from(admission::jittered(pause).as_secs().max(1)));
            }
            Self::Throttled { retry_after }
            | Self::TooOften { retry_after }
            | Self::TooManyComputers { retry_after }
            | Self::TooManyReports { retry_after }
            | Self::TooManyDiagnostics { retry_after } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1)));
            }
            _ => {}
        }
        response
    }
}
