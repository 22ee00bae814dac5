//! Every operation of the API that writes.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::faults::Record;
use crate::client::Client;
use crate::server_support::{Backend, World, event, stories};

stories!(every_operation_that_writes_is_on_record_or_does_not_happen);

/// Operations that are no GET and write nothing.
const READING: [&str; 1] = ["discover"];

struct Story<'a> {
    client: Client<'a>,
    record: Record,
    left: BTreeSet<String>,
}

impl Story<'_> {
    async fn tell(&mut self, id: &str, method: Method, path: &str, body: &Value) {
        let (client, record) = (&self.client, &self.record);
        let send = async || client.send(method.clone(), path, body).await.status().is_success();
        record.is_kept(&format!("{id} {body}"), send).await;
        self.left.remove(id);
    }

    /// The same with a body that is no JSON.
    async fn send(&mut self, id: &str, path: &str, kind: &str, body: &str) {
        let (client, record) = (&self.client, &self.record);
        let send = async || {
            let request = client.request(Method::POST, path).header("content-type", kind).body(body.to_owned());
            request.send().await.expect("an answer").status().is_success()
        };
        record.is_kept(id, send).await;
        self.left.remove(id);
    }

    async fn id_of(&self, path: &str, field: &str, value: &str) -> String {
        let all = self.client.get(path).await;
        let items = all["items"].as_array().expect("items");
        let found = items.iter().find(|item| item[field] == value).unwrap_or_else(|| panic!("{value} in {all}"));
        found["id"].as_str().expect("an id").to_owned()
    }
}

async fn writing(world: &World) -> BTreeSet<String> {
    let document = world.request(Method::GET, "/api/openapi.json").send().await.expect("an answer");
    let document: Value = document.json().await.expect("JSON");
    let mut ids = BTreeSet::new();
    for item in document["paths"].as_object().expect("paths").values() {
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an id");
            if method != "get" && !READING.contains(&id) {
                ids.insert(id.to_owned());
            }
        }
    }
    ids
}

async fn every_operation_that_writes_is_on_record_or_does_not_happen(on: Backend) {
    let smtp = json!({"smtp": {"host": "127.0.0.1", "port": 9, "security": "none", "from": "it@old.example"}});
    let world = on.world_with(smtp).await;
    let agent = world.bound("anna@old.example").await;
    agent.reports(&json!([event(0, "waiting", json!({})), event(1, "failed", json!({"code": "CFG-2"}))])).await;
    let client = Client::new(&world, "administrator").await;
    let project = client.project().await;
    let (left, record) = (writing(&world).await, Record::of(&world, on).await);
    assert!(left.len() > 20, "{left:?}");
    record.hold_mail().await;
    let mut story = Story { client, record, left };
    let (post, put, delete) = (Method::POST, Method::PUT, Method::DELETE);
    let anna = story.id_of(&format!("{project}/users"), "old_address", "anna@old.example").await;
    let device = story.id_of(&format!("{project}/devices"), "address", "anna@old.example").await;

    for action in
        ["configure", "retry", "rehearse", "undo", "lock", "unlock", "assign", "assign_device", "delay", "new_code"]
    {
        let mut body = json!({"action": action, "devices": [device]});
        match action {
            "lock" | "assign" | "assign_device" => body["user"] = json!(anna),
            "delay" => body["until"] = json!(jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)),
            _ => {}
        }
        story.tell("act", post.clone(), &format!("{project}/actions"), &body).await;
    }
    story.tell("lock_project", put.clone(), &format!("{project}/lock"), &json!({"user": anna})).await;
    story.tell("unlock_project", delete.clone(), &format!("{project}/lock"), &json!({})).await;
    story.tell("set_cutover", put.clone(), &format!("{project}/cutover"), &json!({"now": true})).await;

    story.tell("remove_cutover", delete.clone(), &format!("{project}/cutover"), &json!({})).await;
    let waves = format!("{project}/waves");
    story.tell("create_wave", post.clone(), &waves, &json!({"name": "Berlin"})).await;
    let wave = format!("{waves}/{}", story.id_of(&waves, "name", "Berlin").await);
    story.tell("set_wave_cutover", put.clone(), &format!("{wave}/cutover"), &json!({"now": true})).await;
    story.tell("remove_wave_cutover", delete.clone(), &format!("{wave}/cutover"), &json!({})).await;
    story.tell("put_into_wave", put.clone(), &format!("{wave}/users"), &json!({"users": [anna]})).await;

    let users = format!("{project}/users");
    let zoe =
        json!({"name": "Zoë", "old_address": "zoe@old.example", "new_address": "zoe@new.example", "wave": "Rome"});
    story.tell("add_user", post.clone(), &users, &zoe).await;
    let zoe = format!("{users}/{}", story.id_of(&users, "old_address", "zoe@old.example").await);
    let change = json!({"name": "Zoë Z", "new_address": "z@new.example", "login": "zz", "language": "de",
                        "state": "suspended", "wave": ""});
    story.tell("replace_user", put.clone(), &zoe, &change).await;
    story.tell("delete_user", delete.clone(), &zoe, &json!({})).await;
    let file = "name,old address,new address,login\nEva,eva@old.example,eva@new.example,eva\n";
    story.send("import_users", &format!("{project}/import"), "text/csv", file).await;

    for kind in ["invitation", "reminder"] {
        let body = json!({"kind": kind, "not_installed": true});
        story.tell("send_mailings", post.clone(), &format!("{project}/mailings"), &body).await;
    }
    story.record.run("UPDATE mailing SET tried_at = 1".into()).await;
    let mailing = story.id_of(&format!("{project}/mailings"), "state", "queued").await;
    let report = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; anna@old.example\nAction: failed\nStatus: 5.2.2\n\n\
         --b\nContent-Type: text/rfc822-headers\n\nX-Mailshift-Mailing: {mailing}\n\n--b--\n"
    );
    story.send("record_bounce", "/api/bounces", "message/rfc822", &report).await;

    let operators = "/api/operators";
    story.tell("invite_operator", post.clone(), operators, &json!({"name": "Bob", "role": "viewer"})).await;
    let bob = format!("{operators}/{}", story.id_of(operators, "name", "Bob").await);
    story.tell("set_role", put.clone(), &bob, &json!({"role": "operator"})).await;
    story.tell("reset_operator", post.clone(), &format!("{bob}/reset"), &json!({})).await;
    story.tell("remove_operator", delete.clone(), &bob, &json!({})).await;
    let token = json!({"name": "script", "role": "viewer", "days": 1});
    story.tell("create_token", post.clone(), "/api/tokens", &token).await;
    let token = format!("/api/tokens/{}", story.id_of("/api/tokens", "name", "script").await);
    story.tell("revoke_token", delete.clone(), &token, &json!({})).await;

    story.tell("renew_activation_code", post.clone(), &format!("{project}/activation-code"), &json!({})).await;
    story.tell("create_project", post.clone(), "/api/projects", &json!({"name": "Second"})).await;
    let remove = json!({"action": "remove", "devices": [device]});
    story.tell("act", post.clone(), &format!("{project}/actions"), &remove).await;
    let second = format!("/api/projects/{}", story.id_of("/api/projects", "name", "Second").await);
    story.tell("replace_settings", put.clone(), &format!("{second}/settings"), &json!({"lead_minutes": 3})).await;
    story.tell("delete_project", delete.clone(), &format!("{project}?name=Example"), &json!({})).await;
    assert!(story.left.is_empty(), "not tried: {:?}", story.left);

    let entries = story.record.entries().await;
    story.client.refused(post, "/api/projects", &json!({"name": "Second"}), StatusCode::CONFLICT).await;
    assert_eq!(story.record.entries().await, entries, "what was refused is not on record");
    let told = story.client.get("/api/audit?limit=500").await;
    let told = told.as_array().expect("entries");
    let deleted = told.iter().find(|entry| entry["action"] == "project.delete").expect("on record");
    assert_eq!((&deleted["subject"], &deleted["project"]), (&json!("Example"), &json!("Example")));
    assert!(told.iter().any(|entry| entry["action"] == "user.add" && entry["project"] == "Example"), "{told:?}");
}
