//! Forms of other sites, and of nobody, change nothing.

use reqwest::{Method, StatusCode, header};

use super::browser::{Browser, Page, world};
use crate::server_support::{Backend, stories};

stories!(
    a_form_counts_only_with_the_sessions_own_token_and_from_our_own_page,
    a_form_of_somebody_who_is_not_signed_in_is_refused,
    another_site_cannot_sign_anybody_in,
    a_form_that_is_too_large_or_broken_is_refused_calmly,
);

const FORM: &str = "application/x-www-form-urlencoded";

async fn send(browser: &Browser<'_>, body: String, from: Option<(&str, &str)>) -> Page {
    let mut request = browser.request(Method::POST, "/me/settings").header(header::CONTENT_TYPE, FORM).body(body);
    if let Some((name, value)) = from {
        request = request.header(name, value);
    }
    browser.answer(request).await
}

async fn language(browser: &Browser<'_>) -> String {
    browser.get("/me").await.between("<html lang=\"", "\"").expect("a language")
}

async fn a_form_counts_only_with_the_sessions_own_token_and_from_our_own_page(on: Backend) {
    let world = world(on).await;
    let (browser, other) = (Browser::administrator(&world).await, Browser::new(&world));
    other.sign_in(super::browser::NAME, super::browser::PASSWORD, "").await;
    let (own, foreign) = (browser.get("/me").await.field("csrf"), other.get("/me").await.field("csrf"));
    assert_ne!(own, foreign);
    let body = |csrf: &str| format!("language=de&zone=&csrf={csrf}");
    let origin = world.url.clone();
    for (what, body, from) in [
        ("no token", "language=de&zone=".to_owned(), None),
        ("an empty token", body(""), None),
        ("a token of another session", body(&foreign), None),
        ("another site", body(&own), Some(("Sec-Fetch-Site", "cross-site"))),
        ("a neighbour", body(&own), Some(("Sec-Fetch-Site", "same-site"))),
        ("another origin", body(&own), Some(("Origin", "https://b.example"))),
        ("no origin", body(&own), Some(("Origin", "null"))),
    ] {
        let refused = send(&browser, body, from).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what}");
        assert!(refused.text.contains("OPR-5"), "{what}");
        assert_eq!(language(&browser).await, "en", "{what}");
    }
    let done = send(&browser, body(&own), Some(("Origin", &origin))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(language(&browser).await, "de");
}

async fn a_form_of_somebody_who_is_not_signed_in_is_refused(on: Backend) {
    let world = world(on).await;
    let csrf = Browser::administrator(&world).await.get("/me").await.field("csrf");
    let refused = send(&Browser::new(&world), format!("language=de&zone=&csrf={csrf}"), None).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.text.contains("OPR-1"));
}

async fn another_site_cannot_sign_anybody_in(on: Backend) {
    let world = world(on).await;
    drop(Browser::administrator(&world).await);
    let browser = Browser::new(&world);
    let body = serde_html_form::to_string([("name", super::browser::NAME), ("password", super::browser::PASSWORD)]);
    let request = browser.request(Method::POST, "/sign-in").header(header::CONTENT_TYPE, FORM);
    let request = request.header("Sec-Fetch-Site", "cross-site").body(body.expect("a form"));
    assert_eq!(browser.answer(request).await.status, StatusCode::FORBIDDEN);
    assert!(!browser.is_signed_in().await);
}

async fn a_form_that_is_too_large_or_broken_is_refused_calmly(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let large = send(&browser, "a=".to_owned() + &"x".repeat(300 * 1024), None).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let csrf = browser.get("/me").await.field("csrf");
    let broken = send(&browser, format!("csrf={csrf}&language"), None).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    let odd = send(&browser, format!("csrf={csrf}&language=%ff%00&zone=%ff"), None).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}
