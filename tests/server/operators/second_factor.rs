//! The second step: set up, used once each, replaced by recovery codes, kept over a new password.

use jiff::Timestamp;
use reqwest::StatusCode;
use totp_rs::{Builder, Secret};

use super::browser::{Browser, NAME, PASSWORD, world};
use crate::server_support::{Backend, stories};

stories!(
    with_a_second_step_the_password_alone_opens_nothing,
    a_code_works_once_and_so_do_earlier_ones,
    of_many_who_use_one_code_at_once_one_gets_in,
    a_recovery_code_works_once,
    a_new_password_keeps_the_second_step_and_a_reset_ends_it,
    turning_it_on_and_off_needs_the_password,
);

/// Seconds for which a code is shown.
const STEP: i64 = 30;

/// The code that the app shows, or will show after so many steps.
fn code(key: &str, steps: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(key).expect("a key")).build().expect("a key");
    let second = Timestamp::now().as_second() + steps * STEP;
    totp.generate(u64::try_from(second).expect("after 1970")).to_string()
}

/// Turns the second step on with the code before the present one, so that the present one can still be used; the key
/// and the recovery codes.
async fn enrol(browser: &Browser<'_>) -> (String, Vec<String>) {
    let page = browser.get("/me/second-factor").await;
    let (key, csrf) = (page.field("key"), page.field("csrf"));
    let code = code(&key, -1);
    let fields = [("csrf", csrf.as_str()), ("key", &key), ("code", &code), ("password", PASSWORD)];
    let done = browser.post("/me/second-factor", &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let codes: Vec<String> =
        done.text.split("<li><code>").skip(1).filter_map(|rest| rest.split('<').next()).map(Into::into).collect();
    assert_eq!(codes.len(), 10);
    (key, codes)
}

async fn with_a_second_step_the_password_alone_opens_nothing(on: Backend) {
    let world = world(on).await;
    let (key, _) = enrol(&Browser::administrator(&world).await).await;
    let browser = Browser::new(&world);
    assert_eq!(browser.sign_in(NAME, PASSWORD, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.sign_in(NAME, PASSWORD, &code(&key, 20)).await.status, StatusCode::FORBIDDEN);
    let now = code(&key, 0);
    assert_eq!(browser.sign_in(NAME, "some other words", &now).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.sign_in(NAME, PASSWORD, &now).await.status, StatusCode::SEE_OTHER);
}

async fn a_code_works_once_and_so_do_earlier_ones(on: Backend) {
    let world = world(on).await;
    let (key, _) = enrol(&Browser::administrator(&world).await).await;
    let (now, next) = (code(&key, 0), code(&key, 1));
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, &next).await.status, StatusCode::SEE_OTHER);
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, &next).await.status, StatusCode::FORBIDDEN, "a replay");
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, &now).await.status, StatusCode::FORBIDDEN, "an older one");
}

async fn of_many_who_use_one_code_at_once_one_gets_in(on: Backend) {
    let world = world(on).await;
    let (key, _) = enrol(&Browser::administrator(&world).await).await;
    let next = code(&key, 1);
    let browsers = [(); 6].map(|()| Browser::new(&world));
    let tries = browsers.iter().map(|browser| browser.sign_in(NAME, PASSWORD, &next));
    let answers = futures::future::join_all(tries).await;
    let entered = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
    assert_eq!(entered, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
}

async fn a_recovery_code_works_once(on: Backend) {
    let world = world(on).await;
    let (_, codes) = enrol(&Browser::administrator(&world).await).await;
    let shouted = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, &shouted).await.status, StatusCode::SEE_OTHER);
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, &codes[3]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, &codes[4]).await.status, StatusCode::SEE_OTHER);
}

async fn a_new_password_keeps_the_second_step_and_a_reset_ends_it(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let (key, _) = enrol(&browser).await;
    let new = "quite different words";
    let fields = [("current", PASSWORD), ("password", new), ("again", new)];
    assert_eq!(browser.send("/me", "/me/password", &fields).await.status, StatusCode::SEE_OTHER);
    let other = Browser::new(&world);
    assert_eq!(other.sign_in(NAME, new, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(other.sign_in(NAME, new, &code(&key, 1)).await.status, StatusCode::SEE_OTHER);

    let link = world.done(&["operator", "reset", NAME, "--url", &world.url]);
    assert!(!other.is_signed_in().await && !browser.is_signed_in().await);
    let path = link.trim().strip_prefix(&world.url).expect("a link to this server");
    let set = other.post(path, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, "").await.status, StatusCode::SEE_OTHER);
}

async fn turning_it_on_and_off_needs_the_password(on: Backend) {
    let world = world(on).await;
    let browser = Browser::administrator(&world).await;
    let page = browser.get("/me/second-factor").await;
    let (key, csrf) = (page.field("key"), page.field("csrf"));
    let right = code(&key, 0);
    for (code, password) in [(right.as_str(), "some other words"), ("000000", PASSWORD)] {
        let fields = [("csrf", csrf.as_str()), ("key", &key), ("code", code), ("password", password)];
        let refused = browser.post("/me/second-factor", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.field("key"), key, "the app need not scan again");
    }
    let foreign = [("csrf", csrf.as_str()), ("key", "MZXW6"), ("code", &right), ("password", PASSWORD)];
    assert_eq!(browser.post("/me/second-factor", &foreign).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, "").await.status, StatusCode::SEE_OTHER);

    let (key, _) = enrol(&browser).await;
    let refused = browser.send("/me", "/me/second-factor/remove", &[("password", "some other words")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, "").await.status, StatusCode::FORBIDDEN);
    let without = browser.send("/me", "/me/second-factor/remove", &[("password", PASSWORD)]).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN, "the second step is asked for too");
    let fields = [("password", PASSWORD), ("code", &code(&key, 0))];
    browser.send("/me", "/me/second-factor/remove", &fields).await;
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD, "").await.status, StatusCode::SEE_OTHER);
}
