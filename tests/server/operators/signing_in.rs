//! Signing in and out, how often somebody may try, and how long a session lives.

use mailshift::server::Db;
use reqwest::{Method, StatusCode, header};

use super::browser::{Browser, NAME, PASSWORD, world};
use crate::server_support::{Backend, World, problem, stories};

/// Milliseconds.
const HOUR: i64 = 3_600_000;

stories!(
    who_is_not_signed_in_is_led_there_and_back,
    an_unknown_name_and_a_wrong_password_get_the_same_answer,
    many_wrong_tries_slow_down_the_stranger_and_not_the_known_browser,
    the_cookie_is_new_at_each_sign_in_and_not_for_scripts,
    a_session_ends_by_signing_out_by_rest_and_by_age,
    own_sessions_are_listed_and_can_be_ended,
    a_new_password_ends_the_other_sessions,
    language_and_zone_are_the_operators_own,
);

async fn who_is_not_signed_in_is_led_there_and_back(on: Backend) {
    let world = world(on).await;
    drop(Browser::administrator(&world).await);
    let browser = Browser::new(&world);
    let led = browser.get("/me?a=b").await;
    assert_eq!((led.status, led.to()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fme%3Fa%3Db"));
    assert_eq!(browser.get(led.to()).await.field("next"), "/me?a=b");
    let fields = [("name", "ada"), ("password", PASSWORD), ("next", "/me?a=b")];
    let back = browser.post("/sign-in", &fields).await;
    assert_eq!((back.status, back.to()), (StatusCode::SEE_OTHER, "/me?a=b"));
    let away = Browser::new(&world).post("/sign-in", &[&fields[..2], &[("next", "//b.example")]].concat()).await;
    assert_eq!((away.status, away.to()), (StatusCode::SEE_OTHER, "/"));
    let program = world.request(Method::GET, "/me").send().await.expect("an answer");
    assert_eq!(problem(program).await["code"], "OPR-1");
}

async fn an_unknown_name_and_a_wrong_password_get_the_same_answer(on: Backend) {
    let world = world(on).await;
    drop(Browser::administrator(&world).await);
    let browser = Browser::new(&world);
    let mut wrong = browser.sign_in("Somebody", PASSWORD, "").await;
    let unknown = browser.sign_in(NAME, "some other words", "").await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
    wrong.text = wrong.text.replace("Somebody", NAME);
    assert_eq!(wrong.text, unknown.text);
    assert!(wrong.text.contains("role=\"alert\""));
    assert!(!wrong.text.contains(PASSWORD));
    assert!(!browser.is_signed_in().await);
}

async fn many_wrong_tries_slow_down_the_stranger_and_not_the_known_browser(on: Backend) {
    let world = world(on).await;
    let known = Browser::administrator(&world).await;
    let stranger = Browser::new(&world);
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(stranger.sign_in(NAME, "some other words", "").await.status);
    }
    assert_eq!(answers[..10], [StatusCode::FORBIDDEN; 10]);
    assert_eq!(answers[10..], [StatusCode::TOO_MANY_REQUESTS; 2]);
    let refused = stranger.sign_in(NAME, PASSWORD, "").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    known.send("/me", "/sign-out", &[]).await;
    assert!(!known.is_signed_in().await);
    assert_eq!(known.sign_in(NAME, PASSWORD, "").await.status, StatusCode::SEE_OTHER);
}

async fn the_cookie_is_new_at_each_sign_in_and_not_for_scripts(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let first = browser.cookie("mailshift").expect("a cookie");
    let again = browser.sign_in(NAME, PASSWORD, "").await;
    let set: Vec<&str> = again.headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()).collect();
    assert_eq!(set.len(), 2);
    assert!(set.iter().all(|cookie| cookie.contains("; HttpOnly; SameSite=Lax;")), "{set:?}");
    assert_ne!(browser.cookie("mailshift"), Some(first.clone()));
    let old = Browser::new(&world);
    old.set_cookie("mailshift", &first);
    assert!(!old.is_signed_in().await, "the session before has ended");
}

async fn a_session_ends_by_signing_out_by_rest_and_by_age(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let cookie = browser.cookie("mailshift").expect("a cookie");
    browser.send("/me", "/sign-out", &[]).await;
    browser.set_cookie("mailshift", &cookie);
    assert!(!browser.is_signed_in().await);

    for (column, hours) in [("used_at", 8), ("created_at", 7 * 24)] {
        browser.sign_in(NAME, PASSWORD, "").await;
        age(&world, column, hours * HOUR - HOUR / 2).await;
        assert!(browser.is_signed_in().await, "{column}");
        // Use counts: rest begins anew.
        age(&world, column, hours * HOUR).await;
        assert!(!browser.is_signed_in().await, "{column}");
    }
}

/// Makes the sessions look older.
async fn age(world: &World, column: &'static str, milliseconds: i64) {
    let db = Db::open(world.database()).await.expect("a database");
    let query = sqlx::AssertSqlSafe(format!("UPDATE operator_session SET {column} = {column} - $1"));
    sqlx::query(query).bind(milliseconds).execute(db.pool()).await.expect("aged");
    db.close().await;
}

async fn own_sessions_are_listed_and_can_be_ended(on: Backend) {
    let world = world(on).await;
    let (here, there) = (Browser::administrator(&world).await, Browser::new(&world));
    there.sign_in(NAME, PASSWORD, "").await;
    let page = here.get("/me").await;
    let path = page.between("action=\"/me/sessions/", "\"").expect("another session");
    let ended = here.send("/me", &format!("/me/sessions/{path}"), &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert!(here.is_signed_in().await && !there.is_signed_in().await);

    there.sign_in(NAME, PASSWORD, "").await;
    here.send("/me", "/me/sessions/end-others", &[]).await;
    assert!(here.is_signed_in().await && !there.is_signed_in().await);
}

async fn a_new_password_ends_the_other_sessions(on: Backend) {
    let world = world(on).await;
    let (here, there) = (Browser::administrator(&world).await, Browser::new(&world));
    there.sign_in(NAME, PASSWORD, "").await;
    let new = "quite different words";
    let fields = |current| [("current", current), ("password", new), ("again", new)];
    let refused = here.send("/me", "/me/password", &fields("some other words")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(there.is_signed_in().await);
    let changed = here.send("/me", "/me/password", &fields(PASSWORD)).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    assert!(here.is_signed_in().await && !there.is_signed_in().await);
    assert_eq!(there.sign_in(NAME, PASSWORD, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(there.sign_in(NAME, new, "").await.status, StatusCode::SEE_OTHER);
}

async fn language_and_zone_are_the_operators_own(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let unknown = browser.send("/me", "/me/settings", &[("language", "de"), ("zone", "Mars/Base")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.send("/me", "/me/settings", &[("language", "de"), ("zone", "Asia/Kolkata")]).await;
    let page = browser.get("/me").await;
    assert!(page.text.contains("<html lang=\"de\">"));
    assert!(page.text.contains(" IST<"), "times are in the zone and name it: {}", page.text);
}
