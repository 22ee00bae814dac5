//! Who may call what, and what calls that cannot be read are told.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, faults};
use crate::server_support::{Backend, problem};

pub async fn without_a_right_token_nothing_is_told(on: Backend) {
    let world = on.world().await;
    for token in ["", "mailshift_wrong", "a b"] {
        let response = world.request(Method::GET, "/api/projects").bearer_auth(token).send().await.expect("an answer");
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        assert_eq!(problem(response).await["code"], "OPR-1", "{token:?}");
    }
    let agent = world.bound("anna@old.example").await;
    let response = agent.request(Method::GET, "/api/projects").send().await.expect("an answer");
    assert_eq!(problem(response).await["status"], 401, "an agent's token is no operator's");
}

pub async fn a_viewer_looks_and_changes_nothing(on: Backend) {
    let world = on.world().await;
    let viewer = Client::new(&world, "viewer").await;
    assert_eq!(viewer.get("/api/me").await["role"], "viewer");
    let project = viewer.project().await;
    for (method, path, body) in [
        (Method::POST, "/api/projects".into(), json!({"name": "Mine"})),
        (Method::PUT, format!("{project}/settings"), json!({})),
        (Method::PUT, format!("{project}/cutover"), json!({"now": true})),
    ] {
        let refused = viewer.refused(method, &path, &body, StatusCode::FORBIDDEN).await;
        assert_eq!(refused["code"], "OPR-2", "{path}");
    }
    assert_eq!(viewer.get("/api/projects").await["items"].as_array().map(Vec::len), Some(1));
}

pub async fn what_cannot_be_read_is_named(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "operator").await;
    let query = |query: &str| client.request(Method::GET, &format!("/api/projects?{query}"));
    for (wrong, named) in [("colour=red", "colour"), ("limit=0", "limit"), ("after=x", "UUID"), ("after=%00", "after")]
    {
        let refused = problem(query(wrong).send().await.expect("an answer")).await;
        assert_eq!(refused["status"], 400, "{wrong}");
        assert!(refused["detail"].as_str().expect("text").contains(named), "{refused}");
    }
    let unknown = json!({"name": "New", "colour": "red"});
    let refused = client.refused(Method::POST, "/api/projects", &unknown, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(refused["faults"][0]["remedy"].as_str().expect("text").contains("colour"), "{refused}");
    let wrong =
        client.refused(Method::POST, "/api/projects", &json!({"name": 5}), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(faults(&wrong), ["name"]);
    for path in ["/api/projects/none", "/api/projects/0199d7a0-1c1e-7000-8000-0123456789ab", "/api/nothing"] {
        assert_eq!(
            client.refused(Method::GET, path, &json!({}), StatusCode::NOT_FOUND).await["code"],
            "ACT-1",
            "{path}"
        );
    }
    for (kind, body, status) in [
        ("text/plain", "{}".to_owned(), 415),
        ("application/json", "{".into(), 400),
        ("application/json", r#"{"name": "\ud800"}"#.into(), 400),
        ("application/json", format!("\"{}\"", "x".repeat(300_000)), 413),
    ] {
        let request = client.request(Method::POST, "/api/projects").header("content-type", kind).body(body);
        assert_eq!(problem(request.send().await.expect("an answer")).await["status"], status, "{kind}");
    }
}

pub async fn the_document_describes_every_operation_once(on: Backend) {
    let world = on.world().await;
    let document: Value =
        world.request(Method::GET, "/api/openapi.json").send().await.expect("an answer").json().await.expect("JSON");
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
            assert!(operation["responses"]["500"].is_object(), "{method} {path}");
        }
    }
    assert!(ids.len() > 5, "{ids:?}");
}
