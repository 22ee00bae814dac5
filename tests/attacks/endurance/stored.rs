//! What another version has stored, and what an agent sends that nobody can read.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::Client;
use crate::server_support::{Backend, PROJECT, World, completed, event, problem, settings, stories};

stories! {
    settings_of_a_newer_version_are_kept_and_break_nothing,
    a_project_that_cannot_be_read_takes_no_other_down,
    one_event_that_cannot_be_read_does_not_keep_the_others_back,
}

async fn store(world: &World, change: impl FnOnce(&mut Value)) {
    let db = world.db().await;
    let read = sqlx::query_scalar("SELECT settings FROM project WHERE name = $1").bind(PROJECT);
    let text: String = read.fetch_one(db.pool()).await.expect("settings");
    let mut stored: Value = serde_json::from_str(&text).expect("JSON");
    change(&mut stored);
    let written =
        sqlx::query("UPDATE project SET settings = $1 WHERE name = $2").bind(stored.to_string()).bind(PROJECT);
    written.execute(db.pool()).await.expect("stored");
    db.close().await;
}

async fn stored(world: &World) -> Value {
    let db = world.db().await;
    let read = sqlx::query_scalar("SELECT settings FROM project WHERE name = $1").bind(PROJECT);
    let text: String = read.fetch_one(db.pool()).await.expect("settings");
    db.close().await;
    serde_json::from_str(&text).expect("JSON")
}

/// F5: one field of a newer version answered every list, page and directive with 500.
async fn settings_of_a_newer_version_are_kept_and_break_nothing(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    store(&world, |settings| {
        settings["hologram"] = json!({"size": 3});
        settings["helpdesk"]["fax"] = json!("0123");
    })
    .await;
    world.done(&["rehearse", PROJECT, "anna@old.example"]);
    assert_eq!(agent.directive().await.project.name, PROJECT);
    let client = Client::new(&world, "administrator").await;
    assert_eq!(client.get("/api/projects").await["items"][0]["broken"], false);
    let file = world.file("again.json", &settings(json!({"lead_minutes": 3})));
    world.done(&["project", "set", PROJECT, "--file", &file]);
    let kept = stored(&world).await;
    assert_eq!((&kept["hologram"]["size"], &kept["lead_minutes"]), (&json!(3), &json!(3)));
    // Strict all the same with what somebody writes.
    let misspelt = world.file("misspelt.json", &settings(json!({"led_minutes": 3})));
    assert!(world.fails(&["project", "set", PROJECT, "--file", &misspelt]).contains("led_minutes"));
}

/// F5: a project that this version cannot read is that project's trouble alone.
async fn a_project_that_cannot_be_read_takes_no_other_down(on: Backend) {
    let world = on.world().await;
    let broken = world.bound("anna@old.example").await;
    let file = world.file("other.json", &settings(json!({})));
    world.done(&["project", "create", "Other", "--file", &file]);
    let users = "name,old address,new address,login\nEva,eva@other.example,eva@new.example,eva\n";
    world.done(&["users", "import", "Other", &world.file("other.csv", users)]);
    let code = world.done(&["code", "Other", "eva@other.example"]);
    let activation: mailshift::protocol::Activation =
        world.activate(code.trim()).await.json().await.expect("an activation");
    let token = activation.token.reveal().to_owned();
    let whole = crate::server_support::Agent { world: &world, token };
    whole.directive().await;
    store(&world, |settings| settings["account"]["incoming"]["protocol"] = json!("telepathy")).await;
    let refused = broken.request(reqwest::Method::GET, mailshift::protocol::path::DIRECTIVE).send().await;
    let refused = refused.expect("an answer");
    assert!(refused.headers().contains_key("retry-after"));
    let body = problem(refused).await;
    assert_eq!((&body["code"], &body["status"]), (&json!("NET-3"), &json!(503)));
    assert_eq!(whole.directive().await.project.name, "Other");
    // Also where both are answered together.
    for _ in 0..50 {
        let mut asked = tokio::task::JoinSet::new();
        for (agent, expected) in
            [(&broken, StatusCode::SERVICE_UNAVAILABLE), (&whole, StatusCode::OK)].into_iter().cycle().take(6)
        {
            let request = agent.request(reqwest::Method::GET, mailshift::protocol::path::DIRECTIVE);
            asked.spawn(async move { (request.send().await.expect("an answer").status(), expected) });
        }
        for (status, expected) in asked.join_all().await {
            assert_eq!(status, expected);
        }
    }
    let client = Client::new(&world, "operator").await;
    let listed = client.get("/api/projects").await;
    let states: Vec<_> = listed["items"].as_array().expect("a list").iter().map(|it| &it["broken"]).collect();
    assert_eq!(states, [&json!(true), &json!(false)], "{listed}");
    assert!(world.fails(&["project", "show", PROJECT]).contains("cannot be read by this version"));
    assert!(world.done(&["status", "Other"]).contains("eva@other.example"));
}

/// F23: one malformed event refused the whole batch, which the agent then sent for ever, the newer ones behind it.
async fn one_event_that_cannot_be_read_does_not_keep_the_others_back(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let mut torn = event(0, "started", json!({}));
    torn["at"] = json!("yesterday");
    let bell = json!({"kind": "bell\u{0}", "id": uuid::Uuid::now_v7(), "at": jiff::Timestamp::now()});
    let batch = json!([event(0, "waiting", json!({})), torn, 7, completed(0), bell]);
    let request = agent.request(reqwest::Method::POST, mailshift::protocol::path::EVENTS).json(&batch);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let taken: Value = answer.json().await.expect("JSON");
    assert_eq!(taken["recorded"], 2, "{taken}");
    let named: Vec<_> =
        taken["refused"].as_array().expect("named").iter().map(|it| (&it["place"], &it["id"])).collect();
    assert_eq!(named, [(&json!(1), &torn["id"]), (&json!(2), &Value::Null), (&json!(4), &bell["id"])], "{taken}");
    assert_eq!(world.status("anna@old.example")["stage"], "completed");
}
