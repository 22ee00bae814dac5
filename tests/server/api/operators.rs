//! Operators, tokens and the record over the API.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::client::Client;
use crate::server_support::Backend;

pub async fn administrators_invite_others_and_cannot_lock_themselves_out(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "administrator").await;
    let link = client.post("/api/operators", &json!({"name": "Bea", "role": "viewer"}), StatusCode::CREATED).await;
    assert!(link["path"].as_str().expect("a path").starts_with("/welcome/"));
    let bea = format!("/api/operators/{}", link["operator"].as_str().expect("an id"));
    assert_eq!(client.put(&bea, &json!({"role": "operator"})).await["role"], "operator");
    client.post(&format!("{bea}/reset"), &json!({}), StatusCode::OK).await;
    let me = format!("/api/operators/{}", client.get("/api/me").await["id"].as_str().expect("an id"));
    for (method, path) in
        [(Method::PUT, me.clone()), (Method::DELETE, me.clone()), (Method::POST, format!("{me}/reset"))]
    {
        let refused = client.refused(method, &path, &json!({"role": "viewer"}), StatusCode::CONFLICT).await;
        assert_eq!(refused["code"], "API-3", "{path}");
    }
    assert_eq!(client.send(Method::DELETE, &bea, &json!({})).await.status(), StatusCode::NO_CONTENT);
    client.refused(Method::DELETE, &bea, &json!({}), StatusCode::NOT_FOUND).await;
    let record = client.get("/api/audit?limit=4").await;
    let actions: Vec<&str> =
        record.as_array().expect("entries").iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(actions, ["operator.remove", "operator.reset", "operator.role", "operator.invite"]);
    let operator = Client::new(&world, "operator").await;
    for path in ["/api/operators", "/api/audit", "/api/tokens"] {
        assert_eq!(operator.refused(Method::GET, path, &json!({}), StatusCode::FORBIDDEN).await["code"], "OPR-2");
    }
}

pub async fn a_token_works_until_it_is_revoked(on: Backend) {
    let world = on.world().await;
    let client = Client::new(&world, "administrator").await;
    let asked = json!({"name": "script", "role": "viewer", "days": 1});
    let made = client.post("/api/tokens", &asked, StatusCode::CREATED).await;
    let second = Client { world: &world, token: made["token"].as_str().expect("a token").to_owned() };
    assert_eq!(second.get("/api/me").await["role"], "viewer");
    let listed = client.get("/api/tokens").await;
    let tokens = listed["items"].as_array().expect("tokens");
    let script = tokens.iter().find(|token| token["name"] == "script").expect("the token");
    assert!(!listed.to_string().contains(&second.token));
    let path = format!("/api/tokens/{}", script["id"].as_str().expect("an id"));
    assert_eq!(client.send(Method::DELETE, &path, &json!({})).await.status(), StatusCode::NO_CONTENT);
    second.refused(Method::GET, "/api/me", &json!({}), StatusCode::UNAUTHORIZED).await;
}
