//! A session or a token that somebody else got hold of.

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::browser::{Browser, NAME, PASSWORD, Page, world};
use crate::server_support::{Backend, World, problem, stories};

stories! {
    a_stolen_session_makes_no_token_no_operator_and_no_role,
    with_a_second_step_the_password_alone_lets_nobody_else_in,
    a_new_password_ends_the_tokens,
    a_token_makes_operators_and_tokens_only_when_it_was_made_for_that,
    after_many_wrong_codes_with_the_right_password_no_code_is_looked_at,
    a_clock_that_was_ahead_keeps_nobody_out,
}

/// Seconds for which a code is shown.
const STEP: i64 = 30;

fn code(key: &str, steps: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(key).expect("a key")).build().expect("a key");
    let second = Timestamp::now().as_second() + steps * STEP;
    totp.generate(u64::try_from(second).expect("after 1970")).to_string()
}

/// Turns the second step on; its key and a recovery code.
async fn enrol(browser: &Browser<'_>) -> (String, String) {
    let page = browser.get("/me/second-factor").await;
    let (key, csrf) = (page.field("key"), page.field("csrf"));
    let now = code(&key, -1);
    let fields = [("csrf", csrf.as_str()), ("key", &key), ("code", &now), ("password", PASSWORD)];
    let done = browser.post("/me/second-factor", &fields).await;
    let recovery = done.between("<li><code>", "<").expect("recovery codes");
    (key, recovery)
}

async fn bob_of(ada: &Browser<'_>) -> String {
    drop(Browser::invited(ada, "Bob", "viewer").await);
    let list = ada.get("/operators").await.text;
    let link = list.split("href=\"/operators/").skip(1).find(|rest| rest.contains(">Bob<")).expect("Bob is listed");
    format!("/operators/{}", link.split('"').next().expect("an id"))
}

async fn run(world: &World, statement: &'static str) {
    let db = world.db().await;
    let mut tx = db.write().await.expect("a turn");
    sqlx::query(statement).execute(&mut *tx).await.expect("done");
    tx.commit().await.expect("done");
    db.close().await;
}

async fn call(world: &World, token: &str, method: Method, path: &str, body: &Value) -> reqwest::Response {
    world.request(method, path).bearer_auth(token).json(body).send().await.expect("an answer")
}

fn token(page: &Page) -> String {
    page.between("<li><code>", "</code>").unwrap_or_else(|| panic!("{} {}", page.status, page.text))
}

/// M6
async fn a_stolen_session_makes_no_token_no_operator_and_no_role(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    let bob = bob_of(&ada).await;
    let (role, reset, remove) = (format!("{bob}/role"), format!("{bob}/reset"), format!("{bob}/remove"));
    let before = world.done(&["operator", "list"]);
    let forms = [
        ("/me/tokens", vec![("name", "x"), ("role", "administrator"), ("days", "366")]),
        ("/operators", vec![("name", "Eve"), ("role", "administrator")]),
        (role.as_str(), vec![("role", "administrator")]),
        (reset.as_str(), vec![]),
        (remove.as_str(), vec![]),
    ];
    for (path, fields) in &forms {
        let without = ada.send("/me", path, fields).await;
        assert_eq!(without.status, StatusCode::BAD_REQUEST, "{path}: {}", without.text);
        let guessed =
            ada.send("/me", path, &[fields.as_slice(), &[("password", "not the right words")]].concat()).await;
        assert_eq!(guessed.status, StatusCode::FORBIDDEN, "{path}");
        assert!(guessed.text.contains("OPR-3"), "{}", guessed.text);
    }
    assert_eq!(world.done(&["operator", "list"]), before);
    for (path, fields) in &forms {
        let done = ada.send("/me", path, &[fields.as_slice(), &[("password", PASSWORD)]].concat()).await;
        assert!(done.status.is_success() || done.status.is_redirection(), "{path}: {}", done.text);
    }
}

/// M6
async fn with_a_second_step_the_password_alone_lets_nobody_else_in(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    let (key, recovery) = enrol(&ada).await;
    let asked = [("name", "Eve"), ("role", "administrator"), ("password", PASSWORD)];
    let refused = ada.send("/me", "/operators", &asked).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let removed = ada.send("/me", "/me/second-factor/remove", &[("password", PASSWORD)]).await;
    assert_eq!(removed.status, StatusCode::FORBIDDEN);
    // Another key in the place of the one that is there is no way around it.
    let page = ada.get("/me/second-factor").await;
    let (other, csrf) = (page.field("key"), page.field("csrf"));
    let now = code(&other, 0);
    let fields = [("csrf", csrf.as_str()), ("key", &other), ("code", &now), ("password", PASSWORD)];
    assert_eq!(ada.post("/me/second-factor", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = code(&key, 0);
    let invited = ada.send("/me", "/operators", &[&asked[..], &[("code", right.as_str())]].concat()).await;
    assert_eq!(invited.status, StatusCode::OK, "{}", invited.text);
    let fields = [&fields[..], &[("earlier", recovery.as_str())]].concat();
    assert_eq!(ada.post("/me/second-factor", &fields).await.status, StatusCode::OK);
}

/// M6
async fn a_new_password_ends_the_tokens(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    let fields = [("name", "x"), ("role", "viewer"), ("days", "366"), ("password", PASSWORD)];
    let token = token(&ada.send("/me", "/me/tokens", &fields).await);
    assert_eq!(call(&world, &token, Method::GET, "/api/me", &json!({})).await.status(), StatusCode::OK);
    assert!(ada.get("/me").await.text.contains("all your tokens end"));
    let new = "quite different words";
    ada.send("/me", "/me/password", &[("current", PASSWORD), ("password", new), ("again", new)]).await;
    let after = call(&world, &token, Method::GET, "/api/me", &json!({})).await;
    assert_eq!(after.status(), StatusCode::UNAUTHORIZED);
}

/// M6
async fn a_token_makes_operators_and_tokens_only_when_it_was_made_for_that(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    let bob = bob_of(&ada).await;
    let fields = [("name", "script"), ("role", "administrator"), ("days", "7"), ("password", PASSWORD)];
    let plain = token(&ada.send("/me", "/me/tokens", &fields).await);
    let made_for_it = token(&ada.send("/me", "/me/tokens", &[&fields[..], &[("manages", "1")]].concat()).await);
    let calls = [
        (Method::POST, "/api/tokens".to_owned(), json!({"name": "x", "role": "administrator", "days": 366})),
        (Method::POST, "/api/operators".into(), json!({"name": "Eve", "role": "administrator"})),
        (Method::PUT, format!("/api{bob}"), json!({"role": "administrator"})),
        (Method::POST, format!("/api{bob}/reset"), json!({})),
        (Method::DELETE, format!("/api{bob}"), json!({})),
    ];
    for (method, path, body) in &calls {
        let refused = call(&world, &plain, method.clone(), path, body).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{method} {path}");
        assert_eq!(problem(refused).await["code"], "OPR-10", "{method} {path}");
    }
    let mut heir = None;
    for (method, path, body) in &calls {
        let done = call(&world, &made_for_it, method.clone(), path, body).await;
        assert!(done.status().is_success(), "{method} {path}");
        if path == "/api/tokens" {
            let made: Value = done.json().await.expect("JSON");
            heir = Some(made["token"].as_str().expect("a token").to_owned());
        }
    }
    let (method, path, body) = &calls[0];
    let handed_on = call(&world, &heir.expect("a token"), method.clone(), path, body).await;
    assert_eq!(problem(handed_on).await["code"], "OPR-10", "it is not handed on");
    let bob = Browser::invited(&ada, "Olga", "operator").await;
    let more = [("name", "x"), ("role", "operator"), ("days", "7"), ("password", PASSWORD), ("manages", "1")];
    assert_eq!(bob.send("/me", "/me/tokens", &more).await.status, StatusCode::FORBIDDEN);
}

/// L1
async fn after_many_wrong_codes_with_the_right_password_no_code_is_looked_at(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    let (key, recovery) = enrol(&ada).await;
    run(&world, "UPDATE operator SET totp_misses = 18").await;
    let thief = Browser::new(&world);
    for _ in 0..2 {
        assert_eq!(thief.sign_in(NAME, PASSWORD, "000000").await.status, StatusCode::FORBIDDEN);
    }
    let right = code(&key, 0);
    assert_eq!(thief.sign_in(NAME, PASSWORD, &right).await.status, StatusCode::FORBIDDEN, "locked");
    assert!(ada.get("/operators").await.text.contains("locked for a day"));
    let owner = Browser::new(&world);
    assert_eq!(owner.sign_in(NAME, PASSWORD, &recovery).await.status, StatusCode::SEE_OTHER);
    let told = owner.get("/me").await.text;
    assert!(told.contains("20 wrong codes"), "{told}");
    run(&world, "UPDATE operator SET totp_locked_until = 1").await;
    let later = Browser::new(&world);
    assert_eq!(later.sign_in(NAME, PASSWORD, &right).await.status, StatusCode::SEE_OTHER, "a day later");
    assert!(!later.get("/me").await.text.contains("wrong codes"), "counted anew");
}

/// L14
async fn a_clock_that_was_ahead_keeps_nobody_out(on: Backend) {
    let world = world(on).await;
    let (key, _) = enrol(&Browser::administrator(&world).await).await;
    // As if the code of a day in some years had been used while the clock was wrong.
    run(&world, "UPDATE operator SET totp_step = totp_step + 4000000").await;
    let now = code(&key, 0);
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, &now).await.status, StatusCode::SEE_OTHER);
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, &now).await.status, StatusCode::FORBIDDEN, "once");
}
