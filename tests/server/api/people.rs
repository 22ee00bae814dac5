//! Users, files of users, waves and computers over the API.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, faults};
use crate::server_support::{Backend, event, problem};

pub async fn people_are_added_found_and_changed(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "operator").await;
    let users = format!("{}/users", client.project().await);
    let zoe =
        json!({"name": "Zoë", "old_address": "zoe@old.example", "new_address": "zoe@new.example", "wave": "Berlin"});
    let made = client.post(&users, &zoe, StatusCode::CREATED).await;
    assert_eq!(
        (&made["wave"], &made["stage"], &made["state"]),
        (&json!("Berlin"), &json!("imported"), &json!("active"))
    );
    assert_eq!(client.refused(Method::POST, &users, &zoe, StatusCode::CONFLICT).await["code"], "API-2");
    let wrong = json!({"name": "", "old_address": "x", "new_address": "anna@new.example"});
    let refused = client.refused(Method::POST, &users, &wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(faults(&refused), ["name", "old_address"]);

    let found = client.get(&format!("{users}?q=zo%C3%AB")).await;
    assert_eq!(found["items"], json!([made]));
    let first = client.get(&format!("{users}?limit=2")).await;
    assert_eq!(first["items"].as_array().map(Vec::len), Some(2));
    let rest = client.get(&format!("{users}?limit=2&after={}", first["next"].as_str().expect("more"))).await;
    assert_eq!((&rest["items"], &rest["next"]), (&json!([made]), &Value::Null));

    let path = format!("{users}/{}", made["id"].as_str().expect("an id"));
    let change = json!({"name": "Zoë Z", "new_address": "z@new.example", "login": "zz", "language": "de",
                        "state": "suspended", "wave": ""});
    let changed = client.put(&path, &change).await;
    assert_eq!(
        (&changed["name"], &changed["state"], &changed["wave"]),
        (&json!("Zoë Z"), &json!("suspended"), &Value::Null)
    );
    assert_eq!(client.get(&path).await, changed);
    assert_eq!(client.put(&path, &change).await, changed, "the same again changes nothing");
}

pub async fn a_file_is_looked_over_before_it_is_imported(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "operator").await;
    let project = client.project().await;
    let import = async |query: &str, file: &str| {
        let request = client.request(Method::POST, &format!("{project}/import{query}"));
        request.header("content-type", "text/csv; charset=utf-8").body(file.to_owned()).send().await.expect("an answer")
    };
    let bad = "name,old address,new address,login\nA,a@old.example,nothing,a\n,b@old.example,b@new.example,b\n";
    let refused = problem(import("?preview=true", bad).await).await;
    assert_eq!(faults(&refused), ["new_address", "name"]);
    assert_eq!((&refused["faults"][0]["line"], &refused["faults"][1]["line"]), (&json!(2), &json!(3)));
    let good = "name,old address,new address,login\nAnna,anna@old.example,anna@new.example,a\nB,b@old.example,b@new.example,b\n";
    let all = async || client.get(&format!("{project}/users")).await["items"].as_array().map(Vec::len);
    let previewed: Value = import("?preview=true", good).await.json().await.expect("JSON");
    assert_eq!((previewed, all().await), (json!({"added": 1, "updated": 1}), Some(2)));
    let imported: Value = import("", good).await.json().await.expect("JSON");
    assert_eq!((imported, all().await), (json!({"added": 1, "updated": 1}), Some(3)));

    let exported = client.request(Method::GET, &format!("{project}/export")).send().await.expect("an answer");
    assert_eq!(exported.headers()["content-type"], "text/csv; charset=utf-8");
    let file = exported.text().await.expect("text");
    assert!(file.contains("b@new.example"), "{file}");
    let again: Value = import("?preview=true", &file).await.json().await.expect("JSON");
    assert_eq!(again, json!({"added": 0, "updated": 3}), "what is exported can be imported");
}

pub async fn a_wave_has_a_cutover_of_its_own(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "operator").await;
    let project = client.project().await;
    let agent = world.bound("anna@old.example").await;
    let waves = format!("{project}/waves");
    let made = client.post(&waves, &json!({"name": "Berlin"}), StatusCode::CREATED).await;
    client.refused(Method::POST, &waves, &json!({"name": "Berlin"}), StatusCode::CONFLICT).await;
    let wave = format!("{waves}/{}", made["id"].as_str().expect("an id"));
    let anna = client.get(&format!("{project}/users?q=anna")).await["items"][0]["id"].clone();
    let stranger = json!({"users": [anna, uuid::Uuid::nil()]});
    let refused =
        client.refused(Method::PUT, &format!("{wave}/users"), &stranger, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(faults(&refused), ["users[1]"]);
    assert_eq!(client.put(&format!("{wave}/users"), &json!({"users": [anna]})).await, json!({"moved": 1}));
    client.put(&format!("{wave}/cutover"), &json!({"now": true})).await;
    assert_eq!(agent.directive().await.action.id(), "configure");
    let listed = client.get(&waves).await;
    assert_eq!((&listed["items"][0]["users"], listed["items"][0]["cutover"].is_string()), (&json!(1), true));
    let response = client.send(Method::DELETE, &format!("{wave}/cutover"), &json!({})).await;
    assert_eq!(response.json::<Value>().await.expect("JSON")["cutover"], Value::Null);
}

pub async fn actions_have_an_outcome_for_each_computer(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "operator").await;
    let project = client.project().await;
    let agent = world.bound("anna@old.example").await;
    agent.reports(&json!([event(0, "waiting", json!({}))])).await;
    let listed = client.get(&format!("{project}/devices?stage=waiting")).await;
    let device = listed["items"][0]["id"].clone();
    assert_eq!(listed["items"][0]["address"], "anna@old.example");
    let actions = format!("{project}/actions");
    let stranger = uuid::Uuid::now_v7();
    let body = json!({"action": "rehearse", "devices": [device, stranger]});
    let done = client.post(&actions, &body, StatusCode::OK).await;
    let wanted = json!([{"device": device, "refused": null}, {"device": stranger, "refused": "ACT-8"}]);
    assert_eq!(done["outcomes"], wanted);
    assert_eq!(agent.directive().await.action.id(), "rehearse");
    let retry = json!({"action": "retry", "matching": {"stage": "waiting"}});
    let refused = client.post(&actions, &retry, StatusCode::OK).await;
    assert!(refused["outcomes"][0]["refused"].is_string(), "nothing has failed: {refused}");
    for (wrong, field) in [
        (json!({"action": "delay", "matching": {}}), "until"),
        (json!({"action": "lock", "matching": {}}), "user"),
        (json!({"action": "undo"}), "devices"),
        (json!({"action": "undo", "matching": {}, "devices": []}), "devices"),
    ] {
        let refused = client.refused(Method::POST, &actions, &wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(faults(&refused), [field], "{wrong}");
    }
    let shown = client.get(&format!("{project}/devices/{}", device.as_str().expect("an id"))).await;
    let kinds: Vec<&str> =
        shown["history"].as_array().expect("entries").iter().filter_map(|entry| entry["kind"].as_str()).collect();
    assert!(kinds.contains(&"ordered") && kinds.contains(&"reported"), "{kinds:?}");
    let status = client.get(&format!("{project}/status")).await;
    assert_eq!(status["stages"]["waiting"], 1);
    assert!(!client.get(&format!("{project}/timeline")).await.as_array().expect("moments").is_empty());
    assert!(client.get(&format!("{project}/alerts")).await.as_array().expect("alerts").len() <= 2);
}

pub async fn invitations_wait_in_the_queue_and_are_listed(on: Backend) {
    let smtp = json!({"smtp": {"host": "127.0.0.1", "port": 9, "security": "none", "from": "it@old.example"}});
    let world = on.world_with(smtp).await;
    let client = Client::new(&world, "operator").await;
    let mailings = format!("{}/mailings", client.project().await);
    world.bound("joerg@old.example").await;
    let asked = json!({"kind": "invitation", "not_installed": true});
    let queued = client.post(&mailings, &asked, StatusCode::ACCEPTED).await;
    assert_eq!(queued["outcomes"].as_array().map(Vec::len), Some(1));
    let listed = client.get(&mailings).await;
    assert_eq!(
        (&listed["items"][0]["id"], &listed["items"][0]["address"]),
        (&queued["outcomes"][0]["mailing"], &json!("anna@old.example"))
    );
    let neither =
        client.refused(Method::POST, &mailings, &json!({"kind": "reminder"}), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(faults(&neither), ["users"]);
    let report = client
        .request(Method::POST, "/api/bounces")
        .header("content-type", "message/rfc822")
        .body("Subject: hi\r\n\r\n");
    assert_eq!(problem(report.send().await.expect("an answer")).await["code"], "API-1");
    for noise in
        [Vec::new(), vec![0; 1000], b"\xff\xfe\r\n\r\n".to_vec(), b"Content-Type: multipart/report\r\n".repeat(500)]
    {
        let report = client.request(Method::POST, "/api/bounces").header("content-type", "message/rfc822").body(noise);
        let answer = report.send().await.expect("an answer");
        assert!([StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY].contains(&answer.status()), "{answer:?}");
    }
    let report = client.request(Method::POST, "/api/bounces").header("content-type", "message/rfc822");
    let answer = report.body(vec![b'a'; 300_000]).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
