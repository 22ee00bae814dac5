//! Who looks at a page, and who sent a form.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::i18n::datetime::{self, DateTimeFormatter};
use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::dashboard::refused::wants_page;
use crate::server::dashboard::{Nav, Page};
use crate::server::db::hash;
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::http::origin;
use crate::server::operators::session::Cookie;
use crate::server::operators::{Actor, account, session};
use crate::server::{Service, db};

/// An operator who is signed in.
#[derive(Clone)]
pub struct SignedIn {
    pub actor: Actor,
    pub words: Words,
    /// In which times are shown.
    pub zone: TimeZone,
    pub csrf: Csrf,
    /// Id of the session.
    pub session: String,
    /// Wrong codes of the second step, with the right password, before this sign-in.
    pub misses: i64,
}

impl SignedIn {
    pub fn page(&self) -> Page {
        Page::of(self, Nav::Elsewhere)
    }

    /// A time in the viewer's zone, which is named.
    pub fn time(&self, at: Timestamp) -> String {
        datetime::plain_with_seconds(at, &self.zone)
    }

    /// The same for a time of the database.
    pub fn moment(&self, millisecond: i64) -> String {
        self.time(db::time(millisecond))
    }

    /// Tells times in the viewer's language and zone.
    pub fn formatter(&self, now: Timestamp) -> DateTimeFormatter {
        DateTimeFormatter::new(self.words, self.zone.clone(), now)
    }

    /// The zone's IANA name, or its offset.
    pub fn zone_name(&self) -> String {
        datetime::zone_name(&self.zone, db::now())
    }

    /// The viewer of these headers, if somebody is signed in.
    pub async fn of(service: &Service, headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let Some(token) = Cookie::Session.read(&service.settings, headers) else { return Ok(None) };
        let Some(session) = session::open(&service.db, &token).await? else { return Ok(None) };
        let Some(account) = account::find(service.db.pool(), &session.operator_id).await? else { return Ok(None) };
        let words = if account.language.is_empty() { Words::asked(headers) } else { Words::of(&account.language) };
        Ok(Some(Self {
            actor: account.actor(),
            words,
            zone: TimeZone::get(&account.zone).unwrap_or(TimeZone::UTC),
            csrf: Csrf::of(&token),
            session: session.id,
            misses: session.misses,
        }))
    }
}

impl FromRequestParts<Arc<Service>> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        if let Some(viewer) = Self::of(service, &parts.headers).await? {
            return Ok(viewer);
        }
        let page = parts.method == Method::GET && wants_page(&parts.headers);
        Err(if page { Refusal::sign_in_first(parts.uri.to_string()) } else { Refusal::from(ResponseCode::NotSignedIn) })
    }
}

/// The token of a session's forms. It is made of the cookie, so the database does not have it.
#[derive(Debug, Clone)]
pub struct Csrf(Secret);

impl Csrf {
    fn of(session: &Secret) -> Self {
        Self(Secret::new(hash::of_token(&format!("form\n{}", session.reveal()))))
    }

    /// For the hidden field `csrf`.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// Whether it is the token that came with a form. Hashes are compared, so time tells nothing.
    pub fn is(&self, sent: &str) -> bool {
        hash::of_token(self.reveal()) == hash::of_token(sent)
    }
}

/// A form of a page of somebody who is signed in.
pub struct Form<T> {
    pub viewer: SignedIn,
    pub form: T,
}

#[derive(Deserialize)]
struct Token {
    csrf: Secret,
}

impl<T: DeserializeOwned> FromRequest<Arc<Service>> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Refusal> {
        origin::check(request.headers())?;
        let viewer = SignedIn::of(service, request.headers()).await?.ok_or(ResponseCode::NotSignedIn)?;
        let bytes = body(request, service).await?;
        let token: Token = serde_html_form::from_bytes(&bytes).map_err(|_| ResponseCode::ForeignForm)?;
        if !viewer.csrf.is(token.csrf.reveal()) {
            return Err(ResponseCode::ForeignForm.into());
        }
        Ok(Self { viewer, form: read(&bytes)? })
    }
}

/// A form of a page of somebody who is not signed in: where it comes from is checked, there is no session to protect.
pub struct PublicForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Service>> for PublicForm<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Refusal> {
        origin::check(request.headers())?;
        read(&body(request, service).await?).map(Self)
    }
}

async fn body(request: Request, service: &Arc<Service>) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, service).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(),
        _ => Refusal::malformed("the form did not arrive completely"),
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    // The parser's own text may quote a value, which may be a password.
    serde_html_form::from_bytes(bytes).map_err(|_| Refusal::malformed("a field of the form is missing or wrong"))
}
