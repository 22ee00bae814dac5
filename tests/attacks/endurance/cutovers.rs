//! A slip of the pen must not start an organisation's move.

use jiff::{SignedDuration, Timestamp};
use mailshift::protocol::Action;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::client::Client;
use crate::server_support::{Backend, PROJECT, settings, stories};

stories! {
    a_cutover_in_the_past_starts_nobody_by_mistake,
    a_cutover_that_came_before_the_servers_were_known_starts_nobody_when_they_are,
    the_cutover_of_everyone_can_be_taken_away,
}

const ANNA: &str = "anna@old.example";

/// F3: a date with a wrong year was taken without a question, and everybody's wizard opened in the same second.
async fn a_cutover_in_the_past_starts_nobody_by_mistake(on: Backend) {
    let world = on.world().await;
    let agent = world.bound(ANNA).await;
    let past = "2020-01-01T10:00Z";
    assert!(world.fails(&["cutover", PROJECT, "at", past]).contains("has passed"));
    world.done(&["wave", "create", PROJECT, "Berlin"]);
    world.done(&["wave", "put", PROJECT, "Berlin", ANNA]);
    assert!(world.fails(&["wave", "cutover", PROJECT, "Berlin", "at", past]).contains("has passed"));
    let file = world.file("past.json", &settings(json!({"cutover": past})));
    assert!(world.fails(&["project", "set", PROJECT, "--file", &file]).contains("has passed"));
    let client = Client::new(&world, "operator").await;
    let path = format!("{}/cutover", client.project().await);
    let past = json!({"at": Timestamp::now() - SignedDuration::from_hours(2)});
    client.refused(Method::PUT, &path, &past, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(agent.directive().await.action, Action::Wait);
    // Whoever means it says so.
    let told = world.done(&["cutover", PROJECT, "at", "2020-01-01T10:00Z", "--at-once"]);
    assert!(told.contains("for 2 people, 1 of them with a computer"), "{told}");
    assert_eq!(agent.directive().await.action, Action::Configure);
}

/// F3: a date that passed while the servers were still missing was a time bomb: saving the account started the fleet.
async fn a_cutover_that_came_before_the_servers_were_known_starts_nobody_when_they_are(on: Backend) {
    let world = on.world_with(json!({"lead_minutes": 0})).await;
    let agent = world.bound(ANNA).await;
    let (bare, whole) =
        (world.file("bare.json", "{}"), world.file("whole.json", &settings(json!({"lead_minutes": 0}))));
    world.done(&["project", "set", PROJECT, "--file", &bare]);
    world.done(&["cutover", PROJECT, "at", &(Timestamp::now() - SignedDuration::from_secs(30)).to_string()]);
    assert_eq!(agent.directive().await.action, Action::Wait);
    world.done(&["project", "set", PROJECT, "--file", &whole]);
    let directive = agent.directive().await;
    assert!(directive.action == Action::Wait && directive.project.account.is_some(), "{directive:?}");
    world.done(&["cutover", PROJECT, "now"]);
    assert_eq!(agent.directive().await.action, Action::Configure);
}

/// F3: the cutover of everyone could be moved, but never be taken away.
async fn the_cutover_of_everyone_can_be_taken_away(on: Backend) {
    let world = on.world().await;
    let agent = world.bound(ANNA).await;
    world.done(&["cutover", PROJECT, "at", "2034-01-01T00:00Z"]);
    assert!(agent.directive().await.project.cutover.is_some());
    world.done(&["cutover", PROJECT, "none"]);
    assert_eq!(agent.directive().await.project.cutover, None);
    let client = Client::new(&world, "operator").await;
    let path = format!("{}/cutover", client.project().await);
    client.put(&path, &json!({"at": "2035-01-01T00:00:00Z"})).await;
    assert!(agent.directive().await.project.cutover.is_some());
    let taken = client.send(Method::DELETE, &path, &json!({})).await;
    assert_eq!(taken.status(), StatusCode::OK);
    assert_eq!(agent.directive().await.project.cutover, None);
}
