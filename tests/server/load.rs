//! Many agents at once, played by the program itself against a server of its own.

use std::time::{Duration, Instant};

use crate::server_support::{Backend, PROJECT, World, stories};
use mailshift::protocol::Action;
use mailshift::server::Db;
use reqwest::StatusCode;
use serde_json::{Value, json};

stories! {
    all_agents_get_the_signal_exactly_once,
    starts_beyond_the_cap_take_the_next_minute_and_now_overrides_it,
    a_place_that_nobody_came_for_is_taken_anew,
    without_room_to_wait_in_questions_are_answered_at_once,
}

const AGENTS: u32 = 200;
/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// What the simulation reports, on a server of its own unless told otherwise.
async fn simulated(database: String, more: Vec<String>) -> Value {
    let program = env!("CARGO_BIN_EXE_mailshift-server");
    let mut command = tokio::process::Command::new(program);
    command.args(["--database", &database, "simulate", "--json", "--agents", &AGENTS.to_string(), "--limit", "120"]);
    let output = command.args(more).output().await.expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

async fn all_agents_get_the_signal_exactly_once(on: Backend) {
    let mut world = on.empty_world();
    world.start().await;
    let more = ["--polls", "0", "--server", &world.url].map(str::to_owned);
    let report = simulated(world.database(), more.to_vec()).await;
    assert_eq!(report["delivered"], AGENTS);
    assert_eq!(report["delivered_again"], 0);
    assert_eq!(report["orders"], AGENTS);
    assert_eq!(report["errors"], json!({}));
}

#[tokio::test]
async fn a_simulation_may_have_a_server_of_its_own_and_compares_it_with_a_bare_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let untouched = folder.path().join("untouched.db").to_string_lossy().into_owned();
    let report = simulated(untouched, vec!["--polls".into(), "1".into()]).await;
    assert_eq!(report["delivered"], AGENTS);
    for rate in ["polls_per_second", "bare_polls_per_second"] {
        assert!(report[rate].as_f64().is_some_and(|rate| rate > 1.0), "{rate}: {report}");
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        0,
        "the operator's database is not touched"
    );
}

/// A world in which one computer a minute starts, with a cutover that has just come.
async fn one_a_minute(on: Backend) -> World {
    let world = on.world_with(json!({"lead_minutes": 0, "starts_per_minute": 1})).await;
    world.done(&["cutover", PROJECT, "at", &jiff::Timestamp::now().to_string()]);
    world
}

/// The places of herd control, in milliseconds since 1970, in order.
async fn places(world: &World) -> Vec<i64> {
    let db = Db::open(&world.database()).await.expect("a database");
    let places =
        sqlx::query_scalar("SELECT at FROM start_place ORDER BY at").fetch_all(db.pool()).await.expect("places");
    db.close().await;
    places
}

async fn starts_beyond_the_cap_take_the_next_minute_and_now_overrides_it(on: Backend) {
    let world = one_a_minute(on).await;
    let (anna, joerg) = (world.bound("anna@old.example").await, world.bound("joerg@old.example").await);
    assert_eq!(anna.directive().await.action, Action::Configure);
    let action = joerg.directive().await.action;
    let places = places(&world).await;
    assert_eq!(places.len(), 2);
    assert!(places[0] / MINUTE < places[1] / MINUTE, "{places:?}");
    // The minute may have ended in between.
    let waits = jiff::Timestamp::now().as_millisecond() < places[1];
    assert_eq!(action, if waits { Action::Wait } else { Action::Configure });
    world.done(&["cutover", PROJECT, "now"]);
    assert_eq!(joerg.directive().await.action, Action::Configure);
}

async fn a_place_that_nobody_came_for_is_taken_anew(on: Backend) {
    let world = on.world_with(json!({"lead_minutes": 0, "starts_per_minute": 1})).await;
    let anna = world.bound("anna@old.example").await;
    let db = Db::open(&world.database()).await.expect("a database");
    let place = "INSERT INTO start_place (login_id, project_id, at, minute)
        SELECT l.id, u.project_id, 60000, 1 FROM login l JOIN project_user u ON u.id = l.user_id";
    sqlx::query(place).execute(db.pool()).await.expect("a place long ago");
    db.close().await;
    let before = jiff::Timestamp::now();
    world.done(&["cutover", PROJECT, "at", &before.to_string()]);
    assert_eq!(anna.directive().await.action, Action::Configure);
    let places = places(&world).await;
    assert!(places.len() == 1 && places[0] >= before.as_millisecond(), "{places:?}");
}

async fn without_room_to_wait_in_questions_are_answered_at_once(on: Backend) {
    let mut world = on.empty_world();
    world.settings.held = 0;
    world.furnish(json!({}));
    world.start().await;
    let anna = world.bound("anna@old.example").await;
    let (_, tag) = anna.tagged().await;
    let start = Instant::now();
    let answer = anna.held(&tag).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}
