//! What somebody who knows the activation code makes the server keep and hold.

use mailshift::protocol::path;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::server_support::{Agent, Backend, PROJECT, World, event, problem, stays_open, stories};

stories! {
    an_activation_code_makes_only_so_many_computers_in_an_hour,
    an_inventory_of_any_size_costs_little,
    a_computer_reports_only_so_much_in_a_day,
    questions_of_logins_that_are_nobodys_leave_room_for_people,
}

async fn from(world: &World, code: &str, peer: &str) -> Response {
    let device = json!({"name": "pc", "system": "", "login": "x", "agent": "0.1.0", "machine": uuid::Uuid::now_v7()});
    let request = world.request(Method::POST, path::ACTIVATIONS).header("X-Forwarded-For", peer);
    request.json(&json!({"code": code, "device": device})).send().await.expect("an answer")
}

/// M2
async fn an_activation_code_makes_only_so_many_computers_in_an_hour(on: Backend) {
    let mut world = on.empty_world();
    world.settings.behind_proxy = true;
    world.settings.computers_by_peer.burst = 5;
    world.settings.computers_by_peer.refill = std::time::Duration::from_hours(1);
    world.furnish(json!({"computers_per_hour": 8}));
    world.start().await;
    let code = world.activation_code();
    let (mut made, mut refused_after) = (0, Vec::new());
    for peer in (0..6).map(|_| "198.51.100.7".to_owned()).chain((1..=6).map(|n| format!("203.0.113.{n}"))) {
        let answer = from(&world, &code, &peer).await;
        if answer.status() == StatusCode::CREATED {
            made += 1;
            continue;
        }
        assert!(answer.headers().contains_key("retry-after"));
        assert_eq!(problem(answer).await["code"], "ACT-9");
        refused_after.push(made);
    }
    assert_eq!(
        (made, refused_after.as_slice()),
        (8, &[5, 8, 8, 8][..]),
        "first the peer has enough, then all together"
    );
    let personal = from(&world, &world.new_code("anna@old.example"), "198.51.100.7").await;
    assert_eq!(personal.status(), StatusCode::CREATED, "personal codes are not held back");
    let shown: Value = serde_json::from_str(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON");
    assert_eq!(shown["computers_per_hour"], 8, "the operator decides");
}

/// M2
async fn an_inventory_of_any_size_costs_little(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let client = json!({"kind": "outlook", "version": "16.0", "profiles": vec!["x".repeat(300); 600]});
    let huge = json!({"clients": [client]});
    assert!(huge.to_string().len() > 150_000);
    let taken = agent.request(Method::PUT, path::INVENTORY).json(&huge).send().await.expect("an answer");
    assert_eq!(taken.status(), StatusCode::NO_CONTENT);
    let db = world.db().await;
    let query = "SELECT inventory FROM login WHERE inventory IS NOT NULL";
    let kept: String = sqlx::query_scalar(query).fetch_one(db.pool()).await.expect("an inventory");
    db.close().await;
    assert!(kept.len() <= 32 * 1024, "{}", kept.len());
    assert!(kept.contains("\"kind\":\"outlook\""), "what it is about is still there");
}

/// M2
async fn a_computer_reports_only_so_much_in_a_day(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let post = async |agent: &Agent<'_>, events: &[Value]| {
        agent.request(Method::POST, path::EVENTS).json(events).send().await.expect("an answer")
    };
    let long = event(0, "step", json!({"step": "x".repeat(41)}));
    let kind = event(0, &"k".repeat(41), json!({}));
    let large = event(0, "waiting", json!({"more": "x".repeat(5_000)}));
    for unfit in [long, kind, large] {
        post(&agent, &[unfit]).await;
    }
    let db = world.db().await;
    let count = async || -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM event").fetch_one(db.pool()).await.expect("a number")
    };
    assert_eq!(count().await, 0, "what is too long is not kept");
    let mut taken = 0;
    for _ in 0..6 {
        let events: Vec<Value> = (0..400).map(|_| event(0, "waiting", json!({}))).collect();
        let answer = post(&agent, &events).await;
        if answer.status() == StatusCode::ACCEPTED {
            taken += 400;
            continue;
        }
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(answer.headers().contains_key("retry-after"));
        assert_eq!(problem(answer).await["code"], "ACT-10");
    }
    assert_eq!((taken, count().await), (1_600, 1_600));
    db.close().await;
    let other = world.bound("joerg@old.example").await;
    assert_eq!(post(&other, &[event(0, "waiting", json!({}))]).await.status(), StatusCode::ACCEPTED);
}

/// M2
async fn questions_of_logins_that_are_nobodys_leave_room_for_people(on: Backend) {
    let mut world = on.empty_world();
    world.settings.held = 2;
    world.furnish(json!({}));
    world.start().await;
    let person = world.bound("anna@old.example").await;
    let (_, tag) = person.tagged().await;
    let mut strangers = Vec::new();
    for machine in ["pc-1", "pc-2", "pc-3"] {
        let login = world.login(machine, "x").await;
        let (_, tag) = login.agent.tagged().await;
        strangers.push(tokio::spawn(login.agent.held(&tag).send()));
    }
    let mut held = tokio::spawn(person.held(&tag).send());
    stays_open(&mut held).await;
    held.abort();
    for stranger in strangers {
        stranger.abort();
    }
}
