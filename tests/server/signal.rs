//! How an operator's order reaches an agent that waits, from another process and across restarts.

use std::time::{Duration, Instant};

use crate::server_support::{Agent, Backend, LIMIT, PROJECT, completed, event, stays_open, stories};
use mailshift::protocol::{Action, Directive};
use reqwest::StatusCode;
use serde_json::json;

stories! {
    nothing_new_is_told_without_a_body,
    cutover_now_of_another_process_reaches_a_waiting_agent_in_under_a_second,
    the_time_of_the_cutover_wakes_a_waiting_agent_by_itself,
    lead_and_spread_hold_a_scheduled_cutover_back,
    a_whole_journey_of_orders,
    after_the_undo_window_the_agent_may_stop,
    a_failure_is_tried_again_by_the_timetable,
    new_settings_reach_a_waiting_agent,
    stopping_ends_held_questions_at_once_and_a_restart_loses_nothing,
}

/// A question that is held open while `change` happens; the new directive and the time from the change to the answer.
async fn woken(agent: &Agent<'_>, change: impl AsyncFnOnce()) -> (Directive, Duration) {
    let (_, tag) = agent.tagged().await;
    let mut held = tokio::spawn(agent.held(&tag).send());
    stays_open(&mut held).await;
    change().await;
    let start = Instant::now();
    let response = held.await.expect("no panic").expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    (response.json().await.expect("a directive"), start.elapsed())
}

async fn nothing_new_is_told_without_a_body(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let (_, tag) = agent.tagged().await;
    let request = agent.request(reqwest::Method::GET, "/v1/directive").header("If-None-Match", &tag);
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(response.headers()["etag"].to_str().expect("text"), tag);
    assert_eq!(response.bytes().await.expect("a body").len(), 0);
    let start = Instant::now();
    let request = agent.request(reqwest::Method::GET, "/v1/directive?wait=1").header("If-None-Match", &tag);
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    assert!(start.elapsed() >= Duration::from_millis(900), "held for the second asked for");
}

async fn cutover_now_of_another_process_reaches_a_waiting_agent_in_under_a_second(on: Backend) {
    let world = on.world_with(json!({"spread_minutes": 600})).await;
    let agent = world.bound("anna@old.example").await;
    let (directive, elapsed) = woken(&agent, async || {
        world.done(&["cutover", PROJECT, "now"]);
    })
    .await;
    assert_eq!(directive.action, Action::Configure);
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
}

async fn the_time_of_the_cutover_wakes_a_waiting_agent_by_itself(on: Backend) {
    let world = on.world_with(json!({"lead_minutes": 0})).await;
    let agent = world.bound("anna@old.example").await;
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
    world.done(&["cutover", PROJECT, "at", &at.to_string()]);
    let (directive, tag) = agent.tagged().await;
    assert_eq!(directive.action, Action::Wait);
    let response = agent.held(&tag).send().await.expect("an answer");
    let late = jiff::Timestamp::now().duration_since(at);
    let directive: Directive = response.json().await.expect("a directive");
    assert_eq!(directive.action, Action::Configure);
    assert!(!late.is_negative() && late < jiff::SignedDuration::from_secs(1), "{late:?}");
}

async fn lead_and_spread_hold_a_scheduled_cutover_back(on: Backend) {
    let world = on.world_with(json!({"lead_minutes": 5})).await;
    let agent = world.bound("anna@old.example").await;
    world.done(&["cutover", PROJECT, "at", &jiff::Timestamp::now().to_string()]);
    let directive = agent.directive().await;
    assert_eq!(directive.action, Action::Wait);
    assert!(directive.project.cutover.is_some());
    world.done(&["cutover", PROJECT, "now"]);
    assert_eq!(agent.directive().await.action, Action::Configure);
}

async fn a_whole_journey_of_orders(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let order = |command: &'static str| world.done(&[command, PROJECT, "anna@new.example"]);
    order("rehearse");
    let rehearse = agent.directive().await;
    assert_eq!(rehearse.action, Action::Rehearse);
    let refused = world.cli(&["retry", PROJECT, "anna@old.example"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stdout);
    assert!(told.contains("not done"), "{told}");
    order("configure");
    let first = agent.directive().await.order;
    assert!(first > rehearse.order && rehearse.order > 0, "{first} after {}", rehearse.order);

    // The agent's own report wakes its own question.
    let (failed, _) = woken(&agent, async || {
        let events = [event(first, "started", json!({})), event(first, "failed", json!({"code": "NET-4"}))];
        agent.reports(&json!(events)).await;
    })
    .await;
    assert_eq!((failed.action, failed.order), (Action::Wait, first));
    order("retry");
    let second = agent.directive().await.order;
    assert!(second > first, "{second}");
    agent.reports(&json!([completed(second)])).await;
    assert_eq!(agent.directive().await.action, Action::Wait, "going back is still on offer");

    let (undo, elapsed) = woken(&agent, async || drop(order("undo"))).await;
    assert!(undo.action == Action::Undo && undo.order > second, "{undo:?}");
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    agent.reports(&json!([event(undo.order, "undone", json!({}))])).await;
    assert_eq!(agent.directive().await.action, Action::Wait);
    assert_eq!(world.status("anna@old.example")["stage"], "undone");
    order("remove");
    assert_eq!(agent.directive().await.action, Action::Remove);
}

async fn after_the_undo_window_the_agent_may_stop(on: Backend) {
    let world = on.world_with(json!({"undo_hours": 0})).await;
    let agent = world.bound("anna@old.example").await;
    world.done(&["configure", PROJECT, "anna@old.example"]);
    let ordered = agent.directive().await;
    assert_eq!(ordered.action, Action::Configure);
    agent.reports(&json!([completed(ordered.order)])).await;
    assert_eq!(agent.directive().await.action, Action::Stop);
}

async fn a_failure_is_tried_again_by_the_timetable(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    world.done(&["cutover", PROJECT, "now"]);
    let order = agent.directive().await.order;
    agent.reports(&json!([event(order, "failed", json!({"code": "CFG-2"}))])).await;
    assert_eq!(agent.directive().await.action, Action::Wait);
    // 39 minutes pass.
    let db = world.db().await;
    sqlx::query("UPDATE event SET received_at = received_at - 2340000").execute(db.pool()).await.expect("altered");
    let retried = agent.directive().await;
    assert!(retried.action == Action::Configure && retried.order > order, "{retried:?}");
}

async fn new_settings_reach_a_waiting_agent(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    let file = world.file("new.json", &crate::server_support::settings(json!({"brand": {"colour": "#000001"}})));
    let (directive, _) = woken(&agent, async || {
        world.done(&["project", "set", PROJECT, "--file", &file]);
    })
    .await;
    assert_eq!(directive.project.brand.colour.as_deref(), Some("#000001"));
}

async fn stopping_ends_held_questions_at_once_and_a_restart_loses_nothing(on: Backend) {
    let mut world = on.world().await;
    let (token, tag, before) = {
        let agent = world.bound("anna@old.example").await;
        world.done(&["configure", PROJECT, "anna@old.example"]);
        agent.reports(&json!([event(1, "started", json!({}))])).await;
        let (directive, tag) = agent.tagged().await;
        (agent.token, tag, directive)
    };
    let mut held = tokio::spawn(Agent { world: &world, token: token.clone() }.held(&tag).send());
    stays_open(&mut held).await;
    let start = Instant::now();
    world.stop().await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(held.await.expect("no panic").expect("an answer").status(), StatusCode::NOT_MODIFIED);

    world.start().await;
    let agent = Agent { world: &world, token };
    let (after, same) = tokio::time::timeout(LIMIT, agent.tagged()).await.expect("in time");
    assert_eq!((after, same), (before, tag));
    assert_eq!(world.status("anna@old.example")["stage"], "configuring");
    assert!(!world.status("anna@old.example")["last_contact"].is_null(), "written before the end");
}
