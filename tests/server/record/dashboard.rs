//! Every form of the dashboard that writes.

use std::cell::Cell;

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::json;
use totp_rs::{Builder, Secret};

use super::faults::Record;
use super::source;
use crate::operators::browser::{Browser, NAME, PASSWORD, Page};
use crate::server_support::{Backend, World, event, stories};

stories!(every_form_that_writes_is_on_record_or_does_not_happen);

/// Looking at what would happen to users or to computers, at a file, and for mail servers writes nothing.
const READING: usize = 3;
const NEW_PASSWORD: &str = "other words in a row";

struct Story<'a> {
    browser: Browser<'a>,
    csrf: String,
    record: Record,
    told: usize,
}

fn well(page: &Page) -> bool {
    page.status.is_success() || page.status.is_redirection()
}

impl Story<'_> {
    async fn tell(&mut self, path: &str, fields: &[(&str, &str)]) {
        self.again(path, fields).await;
        self.told += 1;
    }

    /// The same form with other fields.
    async fn again(&self, path: &str, fields: &[(&str, &str)]) {
        let fields = [fields, &[("csrf", self.csrf.as_str())]].concat();
        let post = async || well(&self.browser.post(path, &fields).await);
        self.record.is_kept(&format!("{path} {fields:?}"), post).await;
    }

    async fn import(&mut self, path: &str, text: &str) {
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = format!("{}{}--b--\r\n", part("csrf", &self.csrf), part("text", text));
        let post = async || {
            let request =
                self.browser.request(Method::POST, path).header("content-type", "multipart/form-data; boundary=b");
            well(&self.browser.answer(request.body(body.clone())).await)
        };
        self.record.is_kept(path, post).await;
        self.told += 1;
    }

    /// What stands between these in a page.
    async fn found(&self, page: &str, start: &str) -> String {
        let page = self.browser.get(page).await;
        page.between(start, "\"")
            .or_else(|| page.between(start, "/"))
            .unwrap_or_else(|| panic!("{start}: {}", page.text))
    }
}

async fn every_form_that_writes_is_on_record_or_does_not_happen(on: Backend) {
    let smtp = json!({"smtp": {"host": "127.0.0.1", "port": 9, "security": "none", "from": "it@old.example"}});
    let world = on.world_with(smtp).await;
    let agent = world.bound("anna@old.example").await;
    agent.reports(&json!([event(0, "waiting", json!({})), event(1, "failed", json!({"code": "CFG-2"}))])).await;
    let record = Record::of(&world, on).await;
    record.hold_mail().await;
    let mut story = first(&world, record).await;
    own_account(&mut story).await;
    others(&mut story).await;
    project(&mut story).await;
    assert_eq!(story.told + READING, source::forms(), "each form is tried, or known to write nothing");
}

/// Becoming the first administrator.
async fn first(world: &World, record: Record) -> Story<'_> {
    let browser = Browser::new(world);
    let link = world.first_link().await;
    let fields = [("name", NAME), ("password", PASSWORD), ("again", PASSWORD), ("zone", "Europe/Berlin")];
    record.is_kept("the first link", async || well(&browser.post(&link, &fields).await)).await;
    let csrf = browser.get("/me").await.field("csrf");
    Story { browser, csrf, record, told: 1 }
}

async fn own_account(story: &mut Story<'_>) {
    story.tell("/me/settings", &[("language", "en"), ("zone", "UTC")]).await;
    let passwords = [("current", PASSWORD), ("password", NEW_PASSWORD), ("again", NEW_PASSWORD)];
    story.tell("/me/password", &passwords).await;

    let other = Browser::new(story.browser.world);
    let sign_in = async || well(&other.sign_in(NAME, NEW_PASSWORD, "").await);
    story.record.is_kept("/sign-in", sign_in).await;
    let sessions = story.browser.get("/me").await;
    let session = sessions.between("action=\"/me/sessions/", "/end\"").expect("another session");
    story.tell(&format!("/me/sessions/{session}/end"), &[]).await;
    assert_eq!(other.sign_in(NAME, NEW_PASSWORD, "").await.status, StatusCode::SEE_OTHER);
    story.tell("/me/sessions/end-others", &[]).await;
    assert_eq!(other.sign_in(NAME, NEW_PASSWORD, "").await.status, StatusCode::SEE_OTHER);
    let csrf = other.get("/me").await.field("csrf");
    let sign_out = async || well(&other.post("/sign-out", &[("csrf", &csrf)]).await);
    story.record.is_kept("/sign-out", sign_out).await;
    story.told += 2;

    story
        .tell("/me/tokens", &[("name", "script"), ("role", "viewer"), ("days", "1"), ("password", NEW_PASSWORD)])
        .await;
    let token = story.found("/me", "action=\"/me/tokens/").await;
    let token = token.split('/').next().expect("an id");
    story.tell(&format!("/me/tokens/{token}/revoke"), &[]).await;

    let key = story.browser.get("/me/second-factor").await.field("key");
    let totp = Builder::new().with_secret(Secret::try_from_base32(&key).expect("a key")).build().expect("a key");
    let code = |steps: i64| {
        let second = Timestamp::now().as_second() + steps * 30;
        totp.generate(u64::try_from(second).expect("after 1970")).to_string()
    };
    story.tell("/me/second-factor", &[("key", &key), ("code", &code(-1)), ("password", NEW_PASSWORD)]).await;
    // A code works once, also when what it was for did not happen.
    let tried = Cell::new(-2);
    let remove = async || {
        tried.set(tried.get() + 1);
        let fields = [("csrf", story.csrf.as_str()), ("password", NEW_PASSWORD), ("code", &code(tried.get()))];
        well(&story.browser.post("/me/second-factor/remove", &fields).await)
    };
    story.record.is_kept("/me/second-factor/remove", remove).await;
    story.told += 1;
}

async fn others(story: &mut Story<'_>) {
    story.tell("/operators", &[("name", "Bob"), ("role", "viewer"), ("password", NEW_PASSWORD)]).await;
    let list = story.browser.get("/operators").await.text;
    let own = story.browser.get("/api/me").await;
    assert_eq!(own.status, StatusCode::UNAUTHORIZED, "a session is no token");
    let ids = list.split("href=\"/operators/").skip(1).filter_map(|rest| rest.split('"').next());
    let mut bob = None;
    for id in ids {
        if story.browser.get(&format!("/operators/{id}")).await.text.contains("<h1>Bob") {
            bob = Some(format!("/operators/{id}"));
        }
    }
    let bob = bob.expect("Bob is listed");
    story.tell(&format!("{bob}/role"), &[("role", "operator"), ("password", NEW_PASSWORD)]).await;
    story.tell(&format!("{bob}/reset"), &[("password", NEW_PASSWORD)]).await;
    let csrf = story.csrf.clone();
    let shown = story.browser.post(&format!("{bob}/reset"), &[("csrf", &csrf), ("password", NEW_PASSWORD)]).await;
    let link = shown.between("/welcome/", "</code>").expect("a link");
    let newcomer = Browser::new(story.browser.world);
    let fields = [("password", PASSWORD), ("again", PASSWORD), ("zone", "Europe/Berlin")];
    let follow = async || well(&newcomer.post(&format!("/welcome/{link}"), &fields).await);
    story.record.is_kept("/welcome", follow).await;
    story.told += 1;
    story.tell(&format!("{bob}/remove"), &[("password", NEW_PASSWORD)]).await;
}

async fn project(story: &mut Story<'_>) {
    let example = format!("/projects/{}", story.found("/", "href=\"/projects/").await);
    story.tell("/", &[("name", "Second")]).await;
    story.tell(&format!("{example}/waves"), &[("name", "Berlin")]).await;
    story.tell(&format!("{example}/waves/cutover"), &[("wave", ""), ("when", "now"), ("confirmed", "yes")]).await;
    let wave = story.found(&format!("{example}/waves"), "/users?wave=").await;
    story.again(&format!("{example}/waves/cutover"), &[("wave", &wave), ("when", "now"), ("confirmed", "yes")]).await;
    let csv = "name,old address,new address,login\nEva,eva@old.example,eva@new.example,eva\n";
    story.import(&format!("{example}/import/confirmed"), csv).await;

    let users = format!("{example}/users/actions/confirmed");
    for (kind, more) in [
        ("configure", ("x", "")),
        ("retry", ("x", "")),
        ("rehearse", ("x", "")),
        ("undo", ("x", "")),
        ("invite", ("x", "")),
        ("delay", ("until", "2030-01-01T00:00")),
        ("wave", ("to", wave.as_str())),
        ("new-code", ("x", "")),
        ("assign", ("user", "anna@old.example")),
        ("lock", ("user", "anna@old.example")),
        ("unlock", ("x", "")),
        ("suspend", ("x", "")),
        ("allow", ("x", "")),
    ] {
        story.again(&users, &[("action", kind), ("all", "1"), ("q", "anna"), ("expected", "1"), more]).await;
    }
    story.told += 1;
    let assign = [("action", "assign-device"), ("all", "1"), ("expected", "1"), ("user", "anna@old.example")];
    story.again(&format!("{example}/devices/actions/confirmed"), &assign).await;
    for kind in ["remove", "delete"] {
        story.again(&users, &[("action", kind), ("all", "1"), ("q", "anna"), ("expected", "1")]).await;
    }

    let list = story.browser.get("/").await.text;
    let ids = list.split("href=\"/projects/").skip(1).filter_map(|rest| rest.split('"').next());
    let second = ids.map(|id| format!("/projects/{id}")).find(|path| *path != example).expect("another project");
    let settings = [
        ("lead_minutes", "3"),
        ("spread_minutes", "0"),
        ("undo_hours", "72"),
        ("retry_hours", "24"),
        ("code_days", "14"),
    ];
    story.tell(&format!("{second}/settings"), &settings).await;
    story.tell(&format!("{example}/installing/renew"), &[]).await;
    story.tell(&format!("{example}/delete"), &[("name", "Example")]).await;
}
