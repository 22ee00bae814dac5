//! Setting up the second step of signing in, and giving it up.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::dashboard::own_account::{self, own};
use crate::server::dashboard::{Page, answer, once};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::second_factor::{self, Key};
use crate::server::operators::sign_in::{Place, Proof, confirm};
use crate::server::operators::{Role, Sent, Viewer};

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/me/second-factor", get(show).post(enrol)).route("/me/second-factor/remove", post(remove))
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct SecondFactor {
    page: Page,
    csrf: String,
    key: Secret,
    picture: Secret,
    refused: Option<String>,
    /// There is one already, which is asked for too.
    enrolled: bool,
}

fn page(viewer: &Viewer, key: &Key, enrolled: bool, refused: Option<String>) -> Result<SecondFactor, Refusal> {
    let (page, csrf) = (viewer.page(), viewer.csrf.reveal().to_owned());
    Ok(SecondFactor { page, csrf, key: key.text(), picture: key.picture()?, refused, enrolled })
}

async fn show(State(service): State<Arc<Service>>, viewer: Viewer) -> Result<Response, Refusal> {
    let enrolled = own(&service, &viewer).await?.totp_sealed.is_some();
    Ok(answer(StatusCode::OK, &page(&viewer, &Key::new(&viewer.actor.name)?, enrolled, None)?))
}

#[derive(Deserialize)]
struct Enrolment {
    key: Secret,
    /// Of the new key.
    code: Secret,
    password: Secret,
    /// Of the key before, when there is one.
    #[serde(default)]
    earlier: Secret,
}

async fn enrol(State(service): State<Arc<Service>>, place: Place, sent: Sent<Enrolment>) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let words = viewer.words;
    let malformed = || Refusal::malformed("the key is none of ours");
    let key = Key::typed(&viewer.actor.name, &form.key).ok_or_else(malformed)?;
    let account = own(&service, &viewer).await?;
    let enrolled = account.totp_sealed.is_some();
    let refused = |text| Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page(&viewer, &key, enrolled, Some(text))?));
    let Some(step) = key.step(form.code.reveal(), Timestamp::now()) else {
        return refused(words.text("second-code-wrong"));
    };
    let proof = Proof { password: form.password, code: form.earlier };
    match confirm(&service, &place, &viewer, &proof).await {
        Err(refusal) if enrolled && refusal.code() == ResponseCode::WrongCredentials => {
            return refused(words.text("second-earlier-wrong"));
        }
        Err(refusal) if refusal.code() == ResponseCode::WrongCredentials => {
            return refused(words.text("account-password-wrong"));
        }
        confirmed => confirmed?,
    };
    let sealed = key.seal(&service.hashing, &proof.password, &account.id).await?;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Viewer).await?;
    let codes = second_factor::enrol(&mut tx, &account.id, &sealed, step).await?;
    tx.record(None, "operator.second-factor", &account.name, "on").await?;
    tx.commit().await?;
    Ok(once::show(viewer.page(), words.text("second-codes"), words.text("second-codes-lead"), codes, own_account::DONE))
}

async fn remove(State(service): State<Arc<Service>>, place: Place, sent: Sent<Proof>) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let account = confirm(&service, &place, &viewer, &form).await?;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Viewer).await?;
    second_factor::remove(&mut tx, &account.id).await?;
    tx.record(None, "operator.second-factor", &account.name, "off").await?;
    tx.commit().await?;
    Ok(Redirect::to(own_account::DONE).into_response())
}
