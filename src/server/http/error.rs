//! A no of the server, as data: the response code, what else is told, and the cause that only the log hears. It knows
//! nobody: each room says in one exhaustive `From`, beside its own errors, what becomes of them.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::redaction::redact;
use super::requests::DatabaseTrouble;
use crate::problem::{self, Fault, Problem, ResponseCode};

/// Why the server did not do what it was asked for. Cheap to hand on, also to several who asked for the same.
#[derive(Clone)]
pub struct Refusal(Box<Told>);

#[derive(Clone)]
struct Told {
    code: ResponseCode,
    status: u16,
    title: &'static str,
    detail: Option<String>,
    tries_left: Option<u32>,
    faults: Vec<Fault>,
    retry_after: Option<Duration>,
    needed_role: Option<&'static str>,
    sign_in_next: Option<String>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// The role that would have been allowed to, by its name, on the answer for whoever makes a page of it.
#[derive(Debug, Clone, Copy)]
pub struct NeededRole(pub &'static str);

impl From<ResponseCode> for Refusal {
    fn from(code: ResponseCode) -> Self {
        Self(Box::new(Told {
            code,
            status: code.status(),
            title: code.title(),
            detail: None,
            tries_left: None,
            faults: Vec::new(),
            retry_after: None,
            needed_role: None,
            sign_in_next: None,
            cause: None,
        }))
    }
}

/// What is made of a request that does not fit.
impl Refusal {
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::from(ResponseCode::MalformedRequest).detail(detail)
    }

    pub fn no_such_resource() -> Self {
        Self::variant(ResponseCode::MalformedRequest, 404, "No such resource")
    }

    pub fn method_not_allowed() -> Self {
        Self::variant(ResponseCode::MalformedRequest, 405, "Method not allowed")
    }

    pub fn too_large() -> Self {
        Self::variant(ResponseCode::MalformedRequest, 413, "Request too large")
    }

    pub fn media_type() -> Self {
        Self::variant(ResponseCode::MalformedRequest, 415, "Media type not understood")
    }

    /// Fields that cannot work, each with its remedy.
    pub fn faults(faults: Vec<Fault>) -> Self {
        let mut refusal = Self::from(ResponseCode::FieldFaults);
        refusal.0.faults = faults;
        refusal
    }

    /// One field that cannot work, and what to do about it.
    pub fn fault(field: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::faults(vec![Fault { field: field.into(), line: None, remedy: remedy.into() }])
    }

    pub fn wrong_code(tries_left: u32) -> Self {
        Self::from(ResponseCode::InvalidCode).tries_left(tries_left)
    }

    pub fn locked() -> Self {
        Self::from(ResponseCode::CodeLocked).tries_left(0)
    }

    /// Nobody is signed in who asked for a page: they are led to sign in and back to `next`.
    pub fn sign_in_first(next: String) -> Self {
        let mut refusal = Self::from(ResponseCode::NotSignedIn);
        refusal.0.sign_in_next = Some(next);
        refusal
    }

    pub fn role_needed(role: &'static str) -> Self {
        let mut refusal = Self::from(ResponseCode::RoleTooLow).detail(format!("the role {role} is needed"));
        refusal.0.needed_role = Some(role);
        refusal
    }
}

/// What is made of a server that cannot.
impl Refusal {
    pub fn busy(retry_after: Duration) -> Self {
        Self::later(ResponseCode::ServerBusy, retry_after)
    }

    pub fn too_slow() -> Self {
        Self::variant(ResponseCode::ServerBusy, ResponseCode::ServerBusy.status(), "The request took too long")
    }

    /// Busy for a reason of its own.
    pub fn unavailable(title: &'static str, retry_after: Duration) -> Self {
        let mut refusal = Self::busy(retry_after);
        refusal.0.title = title;
        refusal
    }

    /// Asked too often: may be asked again after this time.
    pub fn later(code: ResponseCode, retry_after: Duration) -> Self {
        let mut refusal = Self::from(code);
        refusal.0.retry_after = Some(retry_after);
        refusal
    }

    /// An error of the server's own, which gets an incident number.
    pub fn unhandled(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from(ResponseCode::ServerError).because(cause)
    }

    pub fn panicked() -> Self {
        Self::unhandled("a handler panicked")
    }
}

impl Refusal {
    fn variant(code: ResponseCode, status: u16, title: &'static str) -> Self {
        let mut refusal = Self::from(code);
        refusal.0.status = status;
        refusal.0.title = title;
        refusal
    }

    /// What exactly, in English; it travels.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub fn tries_left(mut self, tries: u32) -> Self {
        self.0.tries_left = Some(tries);
        self
    }

    /// What caused it, for the log alone.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into().into());
        self
    }

    /// The same under another response code, with that one's status and title.
    #[must_use]
    pub fn recoded(mut self, code: ResponseCode) -> Self {
        (self.0.code, self.0.status, self.0.title) = (code, code.status(), code.title());
        self
    }

    pub fn code(&self) -> ResponseCode {
        self.0.code
    }

    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// How many more times the code may be tried; none when it is not about a wrong code.
    pub fn tries(&self) -> Option<u32> {
        self.0.tries_left
    }

    pub fn named_faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// Errors of the server's own: exactly those get the status 500.
    pub fn is_unhandled(&self) -> bool {
        self.0.status == 500
    }

    fn is_of_the_database(&self) -> bool {
        self.0.cause.as_ref().is_some_and(|cause| cause.is::<sqlx::Error>())
    }

    /// The problem document. Errors of our own get an incident number, which is in the log line too.
    fn problem(&self) -> Problem {
        let mut problem = Problem::new(self.0.code);
        problem.title = self.0.title.into();
        problem.status = self.0.status;
        problem.detail.clone_from(&self.0.detail);
        problem.tries_left = self.0.tries_left;
        problem.faults.clone_from(&self.0.faults);
        let (code, reason) = (self.0.code.id(), redact(&self.to_string()));
        if self.is_unhandled() {
            let incident = Uuid::new_v4();
            tracing::error!(%incident, code, error = reason, "unhandled error");
            problem.incident = Some(incident);
        } else if self.0.cause.is_some() && self.0.status > 500 {
            tracing::warn!(code, error = reason, "refused");
        } else {
            tracing::info!(code, reason, "refused");
        }
        problem
    }

    fn retry_after(&self) -> Option<HeaderValue> {
        let wait = self.0.retry_after?;
        let wait = if self.0.code == ResponseCode::ServerBusy { jittered(wait) } else { wait };
        Some(HeaderValue::from(wait.as_secs().max(1)))
    }
}

/// A wait that grows by up to a quarter at random, so that those who are sent away together do not come back together.
fn jittered(wait: Duration) -> Duration {
    let part = getrandom::u32().map_or(0.5, |n| f64::from(n) / f64::from(u32::MAX));
    wait.mul_f64(1.0 + part / 4.0)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.title)?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        for fault in &self.0.faults {
            write!(f, "; {fault}")?;
        }
        self.0.cause.as_ref().map_or(Ok(()), |cause| write!(f, ": {cause}"))
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({} {self})", self.0.code.id())
    }
}

impl Error for Refusal {}

impl From<askama::Error> for Refusal {
    fn from(error: askama::Error) -> Self {
        Self::unhandled(error)
    }
}

/// Stored data that cannot be read: what comes from outside is read by the extractors, which say more.
impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::unhandled(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Some(next) = &self.0.sign_in_next {
            let next = serde_html_form::to_string([("next", next)]).unwrap_or_default();
            return Redirect::to(&format!("/sign-in?{next}")).into_response();
        }
        let problem = self.problem();
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, body).into_response();
        response.extensions_mut().insert(problem);
        if let Some(role) = self.0.needed_role {
            response.extensions_mut().insert(NeededRole(role));
        }
        if self.is_of_the_database() {
            response.extensions_mut().insert(DatabaseTrouble);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(problem::MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, wait);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_sent_away_together_come_back_apart() {
        let wait = Duration::from_secs(100);
        let waits: Vec<Duration> = (0..50).map(|_| jittered(wait)).collect();
        assert!(waits.iter().all(|it| *it >= wait && *it <= wait.mul_f64(1.25)));
        assert!(waits.iter().any(|it| *it != waits[0]));
    }
}
