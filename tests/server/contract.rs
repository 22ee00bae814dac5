//! The calls of the protocol against a real server.

use crate::server_support::{Agent, Backend, World, completed, event, problem, stories, wrong};
use mailshift::protocol::{Action, Activation, path};
use reqwest::{Method, StatusCode};
use serde_json::json;

stories! {
    a_code_becomes_a_device_and_says_for_whom_it_is,
    a_wrong_code_costs_a_try_and_the_sixth_is_not_even_looked_at,
    guessing_in_parallel_gets_no_more_tries,
    one_peer_cannot_try_many_codes_but_right_ones_do_not_count,
    mistyped_expired_replaced_and_used_codes_are_told_apart,
    a_lost_answer_burns_nothing_and_the_first_used_token_wins,
    of_many_tokens_used_at_once_exactly_one_gets_the_code,
    not_me_leaves_the_code_for_the_right_person,
    a_pending_activation_is_forgotten_after_an_hour,
    a_project_without_account_settings_takes_no_device,
    unknown_computers_are_asked_for_a_token,
    every_refusal_is_a_problem_document,
    an_unhandled_error_has_an_incident_number,
    events_count_once_and_unknown_kinds_are_kept,
    the_inventory_and_the_evidence_are_shown_to_the_operator,
}

/// Changes a code's record as time or an operator would.
async fn alter(world: &World, statement: &'static str) {
    let db = world.db().await;
    sqlx::query(statement).execute(db.pool()).await.expect("altered");
    db.close().await;
}

async fn a_code_becomes_a_device_and_says_for_whom_it_is(on: Backend) {
    let world = on.world().await;
    let response = world.activate(&world.new_code("anna@old.example").to_lowercase()).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let activation: Activation = response.json().await.expect("an activation");
    let user = activation.user.expect("a user");
    assert_eq!((user.name.as_str(), user.address.as_str()), ("Anna Example", "a***@new.example"));
    assert_eq!(activation.project.name, "Example");
    assert_eq!(activation.project.brand.colour.as_deref(), Some("#AA3366"));
    let agent = Agent { world: &world, token: activation.token.reveal().into() };
    let directive = agent.directive().await;
    assert_eq!((directive.action, directive.order), (Action::Wait, 0));
    let account = directive.project.account.expect("an account");
    assert_eq!(account.incoming.host, "imap.new.example");
    assert_eq!(account.incoming.username, "anna@new.example");
    assert_eq!(world.status("anna@old.example")["stage"], "waiting");
    assert_eq!(world.status("joerg@old.example")["stage"], "imported");
}

async fn a_wrong_code_costs_a_try_and_the_sixth_is_not_even_looked_at(on: Backend) {
    let world = on.world().await;
    let code = world.new_code("anna@old.example");
    for left in (0..5).rev() {
        let body = problem(world.activate(&wrong(&code)).await).await;
        assert_eq!((&body["code"], &body["tries_left"]), (&json!("ACT-2"), &json!(left)));
    }
    let body = problem(world.activate(&code).await).await;
    assert_eq!((&body["code"], &body["status"]), (&json!("ACT-7"), &json!(429)));
    assert_eq!(world.status("anna@old.example")["code_locked"], true);
    let response = world.activate(&world.new_code("anna@old.example")).await;
    assert_eq!(response.status(), StatusCode::CREATED, "a new code opens the door again");
}

async fn guessing_in_parallel_gets_no_more_tries(on: Backend) {
    let world = on.world().await;
    let code = wrong(&world.new_code("anna@old.example"));
    let mut looked_at = 0;
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let body = json!({"code": code, "device": {"name": "", "system": "", "login": "", "agent": ""}});
        let request = world.request(Method::POST, path::ACTIVATIONS).json(&body);
        guesses.spawn(async move { problem(request.send().await.expect("an answer")).await });
    }
    while let Some(body) = guesses.join_next().await {
        match body.expect("no panic")["code"].as_str() {
            Some("ACT-2") => looked_at += 1,
            Some("ACT-7") => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(looked_at, 5);
}

async fn one_peer_cannot_try_many_codes_but_right_ones_do_not_count(on: Backend) {
    let world = on.world().await;
    for _ in 0..35 {
        assert_eq!(world.activate(&world.new_code("anna@old.example")).await.status(), StatusCode::CREATED);
    }
    let mut busy = 0;
    for n in 0..60_u8 {
        let unknown = mailshift::code::AuthenticationCode::from_random([n; 12]).grouped();
        let response = world.activate(&unknown).await;
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            assert!(response.headers().contains_key("retry-after"));
            assert_eq!(problem(response).await["code"], "NET-3");
            busy += 1;
        }
    }
    assert!(busy >= 20, "{busy}");
}

async fn mistyped_expired_replaced_and_used_codes_are_told_apart(on: Backend) {
    let world = on.world().await;
    let act = async |code: &str| problem(world.activate(code).await).await["code"].as_str().map(str::to_owned);
    assert_eq!(act("nonsense").await.as_deref(), Some("ACT-2"));
    let first = world.new_code("anna@old.example");
    let second = world.new_code("anna@old.example");
    assert_eq!(act(&first).await.as_deref(), Some("ACT-5"), "a newer one was sent");
    world.bound("joerg@old.example").await;
    alter(&world, "UPDATE code SET expires_at = 1 WHERE used_at IS NULL").await;
    assert_eq!(act(&second).await.as_deref(), Some("ACT-5"));
    let used = world.new_code("anna@old.example");
    let activation: Activation = world.activate(&used).await.json().await.expect("an activation");
    Agent { world: &world, token: activation.token.reveal().into() }.directive().await;
    let body = problem(world.activate(&used).await).await;
    assert_eq!((&body["code"], &body["status"]), (&json!("ACT-6"), &json!(409)));
}

async fn a_lost_answer_burns_nothing_and_the_first_used_token_wins(on: Backend) {
    let world = on.world().await;
    let code = world.new_code("anna@old.example");
    let lost: Activation = world.activate(&code).await.json().await.expect("an activation");
    let second: Activation = world.activate(&code).await.json().await.expect("an activation");
    let (lost, second) = [lost, second].map(|it| Agent { world: &world, token: it.token.reveal().into() }).into();
    second.directive().await;
    let response = lost.request(Method::GET, path::DIRECTIVE).send().await.expect("an answer");
    assert_eq!(problem(response).await["code"], "ACT-6");
    second.directive().await;
}

async fn of_many_tokens_used_at_once_exactly_one_gets_the_code(on: Backend) {
    let world = on.world().await;
    let code = world.new_code("anna@old.example");
    let mut requests = Vec::new();
    for _ in 0..8 {
        let activation: Activation = world.activate(&code).await.json().await.expect("an activation");
        let agent = Agent { world: &world, token: activation.token.reveal().into() };
        requests.push(agent.request(Method::GET, path::DIRECTIVE));
    }
    let mut answers = tokio::task::JoinSet::new();
    for request in requests {
        answers.spawn(async move { request.send().await.expect("an answer") });
    }
    let mut won = 0;
    while let Some(response) = answers.join_next().await {
        let response = response.expect("no panic");
        if response.status() == StatusCode::OK {
            won += 1;
        } else {
            assert_eq!(problem(response).await["code"], "ACT-6");
        }
    }
    assert_eq!(won, 1);
}

async fn not_me_leaves_the_code_for_the_right_person(on: Backend) {
    let world = on.world().await;
    let code = world.new_code("anna@old.example");
    let activation: Activation = world.activate(&code).await.json().await.expect("an activation");
    let agent = Agent { world: &world, token: activation.token.reveal().into() };
    let response = agent.request(Method::DELETE, path::ACTIVATION_SELF).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(world.activate(&code).await.status(), StatusCode::CREATED);
}

async fn a_pending_activation_is_forgotten_after_an_hour(on: Backend) {
    let world = on.world().await;
    let pending = world.pending("anna@old.example").await;
    alter(&world, "UPDATE login SET created_at = created_at - 3600001").await;
    let agent = Agent { world: &world, token: pending.token.reveal().into() };
    let response = agent.request(Method::GET, path::DIRECTIVE).send().await.expect("an answer");
    assert_eq!(problem(response).await["code"], "ACT-8");
}

async fn a_project_without_account_settings_takes_no_device(on: Backend) {
    let world = on.world().await;
    let code = world.new_code("anna@old.example");
    let bare = world.file("bare.json", "{}");
    world.done(&["project", "set", "Example", "--file", &bare]);
    assert_eq!(problem(world.activate(&code).await).await["code"], "ACT-3");
    assert!(world.fails(&["code", "Example", "anna@old.example"]).contains("account"));
}

async fn unknown_computers_are_asked_for_a_token(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let removed = agent.request(Method::DELETE, path::ACTIVATION_SELF).send().await.expect("an answer");
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    assert_eq!(world.status("anna@old.example")["stage"], "removed");
    let stranger = Agent { world: &world, token: "nobody".into() };
    let calls = [
        (Method::GET, path::DIRECTIVE),
        (Method::PUT, path::INVENTORY),
        (Method::POST, path::EVENTS),
        (Method::POST, path::PASSWORD),
        (Method::DELETE, path::ACTIVATION_SELF),
    ];
    for (method, path) in calls {
        for request in [
            agent.request(method.clone(), path),
            stranger.request(method.clone(), path),
            world.request(method.clone(), path),
        ] {
            let response = request.send().await.expect("an answer");
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
            let body = problem(response).await;
            assert_eq!((&body["code"], &body["status"]), (&json!("ACT-8"), &json!(401)), "{method} {path}");
        }
    }
}

async fn every_refusal_is_a_problem_document(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let big = "x".repeat(300 * 1024);
    let cases = [
        (world.request(Method::GET, "/v1/nothing"), 404),
        (world.request(Method::GET, path::ACTIVATIONS), 405),
        (world.request(Method::POST, path::ACTIVATIONS).body("{"), 400),
        (world.request(Method::POST, path::ACTIVATIONS).body("{}"), 400),
        (world.request(Method::POST, path::ACTIVATIONS).body(vec![0xff, 0xfe]), 400),
        (world.request(Method::POST, path::ACTIVATIONS).body(big), 413),
        (agent.request(Method::GET, "/v1/directive?wait=soon"), 400),
        (agent.request(Method::POST, path::EVENTS).body("{\"kind\": 1}"), 400),
        (agent.request(Method::POST, path::PASSWORD).body("{\"new_password\": [\"hunter2\"]}"), 400),
    ];
    for (request, status) in cases {
        let body = problem(request.send().await.expect("an answer")).await;
        assert_eq!((&body["code"], &body["status"]), (&json!("ACT-1"), &json!(status)));
        assert!(!body.to_string().contains("hunter2"), "the parser must not quote a password: {body}");
    }
    let healthy = world.request(Method::GET, path::HEALTH).send().await.expect("an answer");
    assert_eq!(healthy.status(), StatusCode::OK);
}

async fn an_unhandled_error_has_an_incident_number(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    alter(&world, "ALTER TABLE assignment RENAME TO elsewhere").await;
    let body = problem(agent.request(Method::GET, path::DIRECTIVE).send().await.expect("an answer")).await;
    assert_eq!((&body["code"], &body["status"]), (&json!("ACT-0"), &json!(500)));
    assert!(body["incident"].as_str().is_some_and(|id| id.parse::<uuid::Uuid>().is_ok()), "{body}");
}

async fn events_count_once_and_unknown_kinds_are_kept(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let (waiting, strange) = (event(0, "waiting", json!({})), event(0, "levitated", json!({"height": 3})));
    let taken = agent.reports(&json!([waiting, strange])).await;
    assert_eq!((&taken["recorded"], &taken["known"]), (&json!(2), &json!(0)));
    let taken = agent.reports(&json!([waiting, completed(0), completed(0)])).await;
    assert_eq!((&taken["recorded"], &taken["known"]), (&json!(2), &json!(1)));
    let db = world.db().await;
    let body: String =
        sqlx::query_scalar("SELECT body FROM event WHERE kind = 'levitated'").fetch_one(db.pool()).await.expect("kept");
    assert!(body.contains("height"), "{body}");
}

async fn the_inventory_and_the_evidence_are_shown_to_the_operator(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let old = json!({"code": "CFG-14", "detail": "Outlook 15.0.4420.1017"});
    let inventory = json!({
        "clients": [
            {"kind": "outlook", "version": "15.0", "findings": [old]},
            {"kind": "thunderbird", "version": "140.1", "running": true},
        ],
        "rehearsal": {"at": "2026-11-20T08:00:00Z", "stopped_by": {"code": "CFG-4", "detail": "profiles.ini"}},
    });
    let response = agent.request(Method::PUT, path::INVENTORY).json(&inventory).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let status = world.status("anna@old.example");
    assert_eq!(
        (&status["mail_client"], &status["device"]),
        (&json!("outlook 15.0, thunderbird 140.1"), &json!("desk"))
    );
    assert_eq!(status["findings"], json!([]), "what is wrong with a mail program that is not used stops nobody");
    assert_eq!(status["rehearsal"], inventory["rehearsal"]);
    let used = json!({"clients": [inventory["clients"][0]]});
    agent.request(Method::PUT, path::INVENTORY).json(&used).send().await.expect("an answer");
    assert_eq!(world.status("anna@old.example")["findings"], json!([old]));
    agent.reports(&json!([event(1, "failed", json!({"code": "CFG-2"}))])).await;
    let status = world.status("anna@old.example");
    assert_eq!((&status["stage"], &status["last_code"]), (&json!("failed"), &json!("CFG-2")));
    agent.reports(&json!([completed(1)])).await;
    let status = world.status("anna@old.example");
    assert_eq!(status["stage"], "completed");
    assert_eq!(status["mail_client"], "Thunderbird 140");
    assert_eq!(status["evidence"]["first_sync_messages"], 7);
}
