//! What a person sends to the help desk, from the agent's call to the operator who reads it.

use crate::client::Client;
use crate::operators::browser::Browser;
use crate::server_support::{Agent, Backend, World, eventually, problem, stories};
use mailshift::protocol::{DIAGNOSTICS_LIMIT, DiagnosticsTaken, path};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

stories! {
    what_was_sent_is_listed_read_and_put_on_record,
    what_is_no_text_to_read_is_taken_away,
    the_sixth_drops_the_oldest,
    what_cannot_be_kept_is_refused_with_a_code,
    who_sends_too_often_is_told_when_to_come_back,
    a_viewer_lists_and_does_not_read,
    others_cannot_read_it,
    with_the_computer_its_reports_go,
    what_is_old_goes_by_itself,
}

const ANNA: &str = "anna@old.example";
const TEXT: &str = "Mailshift 0.1.0\nUser: a***@new.example\n\t<script>alert(\"1\")</script> & ü 漢\n";

async fn sent(agent: &Agent<'_>, text: &str) -> Response {
    agent.request(Method::POST, path::DIAGNOSTICS).json(&json!({"text": text})).send().await.expect("an answer")
}

async fn taken(agent: &Agent<'_>, text: &str) -> DiagnosticsTaken {
    let response = sent(agent, text).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    response.json().await.expect("an id and a number")
}

/// The path of the only computer's page.
async fn device(client: &Client<'_>) -> String {
    let project = client.project().await;
    let all = client.get(&format!("{project}/devices")).await;
    format!("{project}/devices/{}", all["items"][0]["id"].as_str().expect("an id"))
}

/// The same on the dashboard.
fn page(device: &str) -> &str {
    device.strip_prefix("/api").expect("a path of the API")
}

async fn numbers(client: &Client<'_>, device: &str) -> Vec<String> {
    let all = client.get(&format!("{device}/diagnostics")).await;
    let all = all.as_array().expect("a list");
    all.iter().map(|entry| entry["number"].as_str().expect("a number").to_owned()).collect()
}

async fn what_was_sent_is_listed_read_and_put_on_record(on: Backend) {
    let world = on.world().await;
    let browser = Browser::administrator(&world).await;
    let agent = world.bound(ANNA).await;
    let report = taken(&agent, TEXT).await;
    assert!(report.number.len() == 9 && report.number.contains('-'), "{report:?}");
    let client = Client::new(&world, "operator").await;
    let device = device(&client).await;

    let all = client.get(&format!("{device}/diagnostics")).await;
    assert_eq!(
        (&all[0]["id"], &all[0]["agent"], &all[0]["size"]),
        (&json!(report.id), &json!("0.1.0"), &json!(TEXT.len()))
    );
    let response = client.request(Method::GET, &format!("{device}/diagnostics/{}", report.id)).send().await;
    let response = response.expect("an answer");
    let file = format!("attachment; filename=\"mailshift-report-{}.txt\"", report.number);
    for (header, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-disposition", file.as_str()),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(response.headers()[header], value);
    }
    assert_eq!(response.text().await.expect("text"), TEXT);
    let history = client.get(&device).await["history"].clone();
    assert!(history.to_string().contains(&format!("{{\"number\":\"{}\"}}", report.number)), "{history}");

    let shown = browser.get(page(&device)).await.text;
    let path = format!("{}/diagnostics/{}", page(&device), report.id);
    for said in
        [format!("href=\"{path}\""), format!("href=\"{path}/text\""), format!("sent the report {}", report.number)]
    {
        assert!(shown.contains(&said), "{said}: {shown}");
    }
    let shown = browser.get(&path).await;
    let escaped = "&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; ü 漢";
    assert!(shown.text.contains(escaped) && !shown.text.contains("<script>alert"), "{}", shown.text);
    let download = browser.get(&format!("{path}/text")).await;
    assert_eq!((download.headers["content-disposition"].to_str().expect("text"), &*download.text), (&*file, TEXT));
    let found =
        browser.get(&format!("{}?q={}", page(&device).rsplit_once('/').expect("a path").0, report.number)).await;
    assert!(found.text.contains(page(&device)), "the number finds the computer: {}", found.text);

    let record = browser.get("/audit.csv").await.text;
    let read = format!("diagnostics.read,desk,{}", report.number);
    assert_eq!(record.matches(&read).count(), 3, "by the program, shown, downloaded: {record}");
}

async fn what_is_no_text_to_read_is_taken_away(on: Backend) {
    let world = on.world().await;
    let agent = world.bound(ANNA).await;
    let report = taken(&agent, "a\0\u{1b}[31mb\u{202e}c\n").await;
    let client = Client::new(&world, "operator").await;
    let path = format!("{}/diagnostics/{}", device(&client).await, report.id);
    let response = client.request(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(response.text().await.expect("text"), "a[31mbc\n");
}

/// A world in which a computer may send many.
async fn patient(on: Backend) -> World {
    let mut world = on.empty_world();
    world.settings.diagnostics_by_device.burst = 100;
    world.furnish(json!({}));
    world.start().await;
    world
}

async fn the_sixth_drops_the_oldest(on: Backend) {
    let world = patient(on).await;
    let (anna, joerg) = (world.bound(ANNA).await, world.bound("joerg@old.example").await);
    taken(&joerg, "of another").await;
    let mut reports = Vec::new();
    for text in 0..6 {
        reports.insert(0, taken(&anna, &text.to_string()).await.number);
    }
    let client = Client::new(&world, "viewer").await;
    let all = client.get(&format!("{}/devices", client.project().await)).await;
    let id = |address: &str| {
        let items = all["items"].as_array().expect("computers");
        items.iter().find(|item| item["address"] == address).expect("a computer")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let project = client.project().await;
    reports.pop();
    assert_eq!(numbers(&client, &format!("{project}/devices/{}", id(ANNA))).await, reports);
    assert_eq!(numbers(&client, &format!("{project}/devices/{}", id("joerg@old.example"))).await.len(), 1);
}

async fn what_cannot_be_kept_is_refused_with_a_code(on: Backend) {
    let world = patient(on).await;
    let agent = world.bound(ANNA).await;
    for (text, status) in [
        ("x".repeat(DIAGNOSTICS_LIMIT + 1), 413),
        ("x".repeat(300_000), 413),
        ("ü".repeat(DIAGNOSTICS_LIMIT / 2 + 1), 413),
        (String::new(), 400),
        (" \n\0".into(), 400),
    ] {
        let refused = problem(sent(&agent, &text).await).await;
        assert_eq!((&refused["status"], &refused["code"]), (&json!(status), &json!("ACT-1")), "{}", text.len());
    }
    let escaped = "\"\\\n".repeat(DIAGNOSTICS_LIMIT / 3);
    assert_eq!(escaped.len(), DIAGNOSTICS_LIMIT);
    taken(&agent, &escaped).await;
    let response = agent.request(Method::POST, path::DIAGNOSTICS).json(&json!({})).send().await.expect("an answer");
    assert_eq!(problem(response).await["status"], 400);
    let nobody = world.request(Method::POST, path::DIAGNOSTICS).bearer_auth("x").json(&json!({"text": "x"}));
    assert_eq!(problem(nobody.send().await.expect("an answer")).await["code"], "ACT-8");
}

async fn who_sends_too_often_is_told_when_to_come_back(on: Backend) {
    let world = on.world().await;
    let (anna, joerg) = (world.bound(ANNA).await, world.bound("joerg@old.example").await);
    for _ in 0..5 {
        taken(&anna, TEXT).await;
    }
    let refused = sent(&anna, TEXT).await;
    let wait: u64 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=600).contains(&wait), "{wait}");
    let refused = problem(refused).await;
    assert_eq!((&refused["status"], &refused["code"]), (&json!(429), &json!("DIA-1")));
    taken(&joerg, TEXT).await;
}

async fn a_viewer_lists_and_does_not_read(on: Backend) {
    let world = on.world().await;
    let ada = Browser::administrator(&world).await;
    let agent = world.bound(ANNA).await;
    let report = taken(&agent, TEXT).await;
    let client = Client::new(&world, "viewer").await;
    let device = device(&client).await;
    assert_eq!(numbers(&client, &device).await, std::slice::from_ref(&report.number));
    let path = format!("{device}/diagnostics/{}", report.id);
    let refused = client.refused(Method::GET, &path, &Value::Null, StatusCode::FORBIDDEN).await;
    assert_eq!(refused["code"], "OPR-2");

    let browser = Browser::invited(&ada, "Vera", "viewer").await;
    let shown = browser.get(page(&device)).await.text;
    assert!(shown.contains(&report.number) && !shown.contains("/diagnostics/"), "{shown}");
    for path in [page(&path).to_owned(), format!("{}/text", page(&path))] {
        let refused = browser.get(&path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!refused.text.contains("a***"), "{}", refused.text);
    }
    assert!(!ada.get("/audit.csv").await.text.contains("diagnostics.read"), "nobody has read it");
}

async fn others_cannot_read_it(on: Backend) {
    let world = on.world().await;
    let agent = world.bound(ANNA).await;
    let report = taken(&agent, TEXT).await;
    let client = Client::new(&world, "administrator").await;
    let device = device(&client).await;
    let other = client.post("/api/projects", &json!({"name": "Other"}), StatusCode::CREATED).await;
    let login = device.rsplit('/').next().expect("an id");
    let other = format!("/api/projects/{}/devices/{login}", other["id"].as_str().expect("an id"));
    let nobody = uuid::Uuid::nil();
    for path in [
        format!("{other}/diagnostics"),
        format!("{other}/diagnostics/{}", report.id),
        format!("{device}/diagnostics/{nobody}"),
        format!("{device}/diagnostics/x"),
        format!("{}/devices/{nobody}/diagnostics/{}", client.project().await, report.id),
    ] {
        client.refused(Method::GET, &path, &Value::Null, StatusCode::NOT_FOUND).await;
    }
    let stranger = Browser::new(&world);
    let answer = stranger.get(&format!("{}/diagnostics/{}/text", page(&device), report.id)).await;
    assert!(!answer.status.is_success() && !answer.text.contains("a***"), "{}", answer.status);
}

async fn with_the_computer_its_reports_go(on: Backend) {
    let world = on.world().await;
    let (anna, joerg) = (world.bound(ANNA).await, world.bound("joerg@old.example").await);
    taken(&anna, "of the person's computer").await;
    taken(&joerg, "of the operator's choice").await;
    let client = Client::new(&world, "administrator").await;
    let project = client.project().await;
    let left = async || {
        let all = client.get(&format!("{project}/devices")).await;
        let mut left = 0;
        for item in all["items"].as_array().expect("computers") {
            let id = item["id"].as_str().expect("an id");
            left += numbers(&client, &format!("{project}/devices/{id}")).await.len();
        }
        left
    };
    assert_eq!(left().await, 2);
    let gone = anna.request(Method::DELETE, path::ACTIVATION_SELF).send().await.expect("an answer");
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(left().await, 1);
    let gone = joerg.request(Method::DELETE, path::ACTIVATION_SELF).send().await.expect("an answer");
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(left().await, 0);
    let refused = problem(sent(&anna, TEXT).await).await;
    assert_eq!(refused["code"], "ACT-8");
}

async fn what_is_old_goes_by_itself(on: Backend) {
    let mut world = on.world().await;
    let agent = world.bound(ANNA).await;
    let (old, new) = (taken(&agent, "old").await, taken(&agent, "new").await);
    world.stop().await;
    let db = world.db().await;
    let days = |days: i64| jiff::Timestamp::now().as_millisecond() - days * 24 * 60 * 60 * 1000;
    for (id, age) in [(old.id, 31), (new.id, 29)] {
        let query = sqlx::query("UPDATE diagnostics SET received_at = $1 WHERE id = $2");
        query.bind(days(age)).bind(id.to_string()).execute(db.pool()).await.expect("made older");
    }
    db.close().await;
    world.start().await;
    let client = Client::new(&world, "viewer").await;
    let device = device(&client).await;
    eventually("the old one is deleted", async || numbers(&client, &device).await == [new.number.clone()]).await;
}
