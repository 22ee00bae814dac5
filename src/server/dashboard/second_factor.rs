//! Setting up the second step of signing in, and giving it up.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::dashboard::{Page, answer, once, own_account};
use crate::server::http::error::Refusal;
use crate::server::operators::second_factor::{self, Key};
use crate::server::operators::sign_in::{ClientInfo, Proof};
use crate::server::operators::{Sent, Viewer, account};

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
    let enrolled = account::own(&service.db, &viewer.actor).await?.totp_sealed.is_some();
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

async fn enrol(
    State(service): State<Arc<Service>>,
    client: ClientInfo,
    sent: Sent<Enrolment>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let words = viewer.words;
    let malformed = || Refusal::malformed("the key is none of ours");
    let key = Key::typed(&viewer.actor.name, &form.key).ok_or_else(malformed)?;
    let enrolled = account::own(&service.db, &viewer.actor).await?.totp_sealed.is_some();
    let proof = Proof { password: form.password, code: form.earlier };
    let why = match second_factor::enrol(&service, &client, &viewer.actor, &key, &form.code, &proof).await {
        Ok(codes) => {
            let (title, lead) = (words.text("second-codes"), words.text("second-codes-lead"));
            return Ok(once::show(viewer.page(), title, lead, codes, own_account::DONE));
        }
        Err(refusal) => match refusal.code() {
            ResponseCode::FieldFaults => "second-code-wrong",
            ResponseCode::WrongCredentials if enrolled => "second-earlier-wrong",
            ResponseCode::WrongCredentials => "account-password-wrong",
            _ => return Err(refusal),
        },
    };
    Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page(&viewer, &key, enrolled, Some(words.text(why)))?))
}

async fn remove(
    State(service): State<Arc<Service>>,
    client: ClientInfo,
    sent: Sent<Proof>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    second_factor::remove(&service, &client, &viewer.actor, &form).await?;
    Ok(Redirect::to(own_account::DONE).into_response())
}
