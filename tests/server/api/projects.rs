//! Projects, settings, cutover and waves over the API.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::client::{Client, faults};
use crate::server_support::{Backend, PROJECT};

pub async fn a_project_is_created_shown_and_listed_in_parts(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "operator").await;
    let made = client.post("/api/projects", &json!({"name": " Second "}), StatusCode::CREATED).await;
    assert_eq!(made["name"], "Second");
    let path = format!("/api/projects/{}", made["id"].as_str().expect("an id"));
    assert_eq!(client.get(&path).await, made);
    let first = client.get("/api/projects?limit=1").await;
    assert_eq!(first["items"][0]["name"], PROJECT);
    let rest = client.get(&format!("/api/projects?limit=1&after={}", first["next"].as_str().expect("more"))).await;
    assert_eq!((&rest["items"][0]["name"], &rest["next"]), (&json!("Second"), &json!(null)));
    let taken = client.refused(Method::POST, "/api/projects", &json!({"name": "Second"}), StatusCode::CONFLICT).await;
    assert_eq!(taken["code"], "API-2");
}

pub async fn settings_that_cannot_work_are_named_by_their_fields(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "administrator").await;
    let path = format!("{}/settings", client.project().await);
    let wrong = json!({"code_days": 0, "brand": {"colour": "blue"}, "spread_minute": 5});
    let refused = client.refused(Method::PUT, &path, &wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(refused["code"], "API-1");
    assert_eq!(faults(&refused), ["spread_minute", "code_days", "brand.colour"]);
    let wrong = json!({"code_days": 0, "brand": {"colour": "blue", "hue": 1}});
    let refused = client.refused(Method::PUT, &path, &wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(faults(&refused), ["brand.hue", "code_days", "brand.colour"]);
    let nul =
        client.refused(Method::PUT, &path, &json!({"download_url": "a\0"}), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(faults(&nul), ["download_url"]);
    let fine = client.put(&path, &json!({"lead_minutes": 3})).await;
    assert_eq!(fine["settings"]["lead_minutes"], 3);
}

pub async fn no_token_makes_the_server_run_programs_or_send_files(on: Backend) {
    let world = on.world().await;
    let administrator = Client::new(&world, "administrator").await;
    let path = format!("{}/settings", administrator.project().await);
    for (settings, field) in [
        (json!({"directory": {"command": ["touch", "/tmp/x"]}}), "directory.command"),
        (
            json!({"directory": {"webhook": {"url": "https://a.example", "key": {"file": "/etc/shadow"}}}}),
            "directory.webhook.key",
        ),
    ] {
        let refused = administrator.refused(Method::PUT, &path, &settings, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(faults(&refused), [field]);
    }
    let smtp = json!({"smtp": {"host": "mail.example", "security": "tls", "from": "it@mail.example"}});
    let operator = Client::new(&world, "operator").await;
    let refused = operator.refused(Method::PUT, &path, &smtp, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(faults(&refused)[0], "smtp");
    assert_eq!(administrator.put(&path, &smtp).await["settings"]["smtp"]["host"], "mail.example");
}

pub async fn the_cutover_reaches_the_agents(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "operator").await;
    let path = format!("{}/cutover", client.project().await);
    let agent = world.bound("anna@old.example").await;
    for wrong in [json!({}), json!({"at": "9000-01-01T00:00:00Z"})] {
        let refused = client.refused(Method::PUT, &path, &wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(faults(&refused), ["at"]);
    }
    let set = client.put(&path, &json!({"now": true})).await;
    assert_eq!(set["at_once"], true);
    assert_eq!(agent.directive().await.action.id(), "configure");
}
