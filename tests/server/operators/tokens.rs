//! Tokens of the API.

use mailshift::server::Db;
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use super::browser::{Browser, NAME, PASSWORD, world};
use crate::server_support::{Backend, World, problem, stories};

/// Milliseconds.
const DAY: i64 = 24 * 3_600_000;

stories!(
    a_token_is_shown_once_used_and_revoked,
    a_token_ends_by_itself,
    a_token_never_has_more_than_its_operator,
    what_is_no_token_is_refused_with_a_problem_document,
    names_and_days_have_limits,
);

async fn made(browser: &Browser<'_>, role: &str) -> String {
    let page = browser
        .send("/me", "/me/tokens", &[("name", "backup"), ("role", role), ("days", "7"), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page.between("<li><code>", "</code>").expect("a token")
}

async fn call(world: &World, token: &str) -> Response {
    world.request(Method::GET, "/api/me").bearer_auth(token).send().await.expect("an answer")
}

async fn a_token_is_shown_once_used_and_revoked(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let token = made(&browser, "operator").await;
    let page = browser.get("/me").await;
    assert!(page.text.contains("backup") && !page.text.contains(&token));
    let me: Value = call(&world, &token).await.json().await.expect("JSON");
    assert_eq!((&me["name"], &me["role"]), (&format!("{NAME} (backup)").into(), &"operator".into()));

    let path = browser.get("/me").await.between("action=\"/me/tokens/", "\"").expect("a token");
    browser.send("/me", &format!("/me/tokens/{path}"), &[]).await;
    let refused = call(&world, &token).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    assert_eq!(problem(refused).await["code"], "OPR-1");
}

async fn a_token_ends_by_itself(on: Backend) {
    let world = world(on).await;
    let token = made(&Browser::administrator(&world).await, "viewer").await;
    let db = Db::open(world.database()).await.expect("a database");
    for (days, status) in [(6, StatusCode::OK), (1, StatusCode::UNAUTHORIZED)] {
        let query = sqlx::query("UPDATE api_token SET expires_at = expires_at - $1").bind(days * DAY);
        query.execute(db.pool()).await.expect("older");
        assert_eq!(call(&world, &token).await.status(), status);
    }
}

async fn a_token_never_has_more_than_its_operator(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    let bob = Browser::invited(&ada, "Bob", "operator").await;
    let fields = [("name", "x"), ("role", "administrator"), ("days", "7"), ("password", PASSWORD)];
    let more = bob.send("/me", "/me/tokens", &fields).await;
    assert_eq!(more.status, StatusCode::FORBIDDEN);
    let token = made(&bob, "operator").await;
    world.done(&["operator", "role", "Bob", "viewer"]);
    let me: Value = call(&world, &token).await.json().await.expect("JSON");
    assert_eq!(me["role"], "viewer");
    world.done(&["operator", "remove", "Bob"]);
    assert_eq!(call(&world, &token).await.status(), StatusCode::UNAUTHORIZED);
    assert!(!bob.is_signed_in().await);
}

async fn what_is_no_token_is_refused_with_a_problem_document(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let session = browser.cookie("mailshift").expect("a cookie");
    for header in ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", &format!("Bearer {session}")] {
        let request = world.request(Method::GET, "/api/me").header("Authorization", header);
        let refused = request.send().await.expect("an answer");
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{header:?}");
        assert_eq!(problem(refused).await["code"], "OPR-1", "{header:?}");
    }
    let with_cookie = browser.get("/api/me").await;
    assert_eq!(with_cookie.status, StatusCode::UNAUTHORIZED, "a session is no token");
}

async fn names_and_days_have_limits(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let long = "x".repeat(101);
    let (name, days) = ("1 to 100 characters", "days from 1 to");
    for (field, value, status, told) in [
        ("name", "", StatusCode::UNPROCESSABLE_ENTITY, name),
        ("name", &long, StatusCode::UNPROCESSABLE_ENTITY, name),
        ("days", "0", StatusCode::UNPROCESSABLE_ENTITY, days),
        ("days", "367", StatusCode::UNPROCESSABLE_ENTITY, days),
        ("days", "-1", StatusCode::UNPROCESSABLE_ENTITY, days),
        ("days", "soon", StatusCode::BAD_REQUEST, ""),
    ] {
        let mut fields = vec![("role", "viewer"), ("password", PASSWORD), (field, value)];
        fields.push(if field == "name" { ("days", "7") } else { ("name", "x") });
        let refused = browser.send("/me", "/me/tokens", &fields).await;
        assert_eq!(refused.status, status, "{field} {value:?}");
        assert!(refused.text.contains(told), "{field} {value:?}: {}", refused.text);
    }
}
