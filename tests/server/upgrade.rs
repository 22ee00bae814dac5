//! A database of the version before, with data of every kind, is opened by this version: nothing is lost.
//!
//! `tests/server/fixtures/<schema>-<database>.sql` is that database, `….json` what that version told of it. Before the schema changes, the next ones are
//! made: `MAILSHIFT_FIXTURE=<schema> cargo nextest run --all-features --test server upgrade::make --run-ignored all`.

mod making;
mod readings;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use mailshift::protocol::{Action, path};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::operators::browser::{Browser, NAME, PASSWORD};
use crate::server_support::{Agent, Backend, PROJECT, World, stories};

stories! {
    what_the_version_before_has_written_is_all_there,
    what_was_under_way_goes_on,
    a_copy_of_what_the_version_before_has_written_is_put_back,
}

/// The newest version before.
const BEFORE: &str = "13";
/// Where one is made.
const MAKE: &str = "MAILSHIFT_FIXTURE";
/// Times within this of the making, in milliseconds, are moved to now: a year.
const NEAR: i64 = 366 * 24 * 3_600_000;

/// What belongs to a database, and what its version told of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Milliseconds since 1970.
    made_at: i64,
    /// Of the API.
    token: String,
    agents: BTreeMap<String, String>,
    /// A code that nobody has used yet, and a link with what its page asks for.
    code: String,
    confirmation: String,
    digits: String,
    /// Of a person who was invited.
    page: String,
    /// An event that an agent has reported.
    event: Value,
    told: BTreeMap<String, Value>,
}

fn file(version: &str, on: Backend, kind: &str) -> PathBuf {
    let database = if on == Backend::Sqlite { "sqlite" } else { "postgres" };
    let name = format!("{version}-{database}.{kind}");
    [env!("CARGO_MANIFEST_DIR"), "tests/server/fixtures", &name].iter().collect()
}

fn read(on: Backend, kind: &str) -> String {
    std::fs::read_to_string(file(BEFORE, on, kind)).expect("a database of the version before")
}

/// The script with its times moved as if it had been made now.
fn moved(script: &str, made_at: i64) -> String {
    let by = Timestamp::now().as_millisecond() - made_at;
    let mut moved = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        let time = word.parse::<i64>().ok().filter(|at| (at - made_at).abs() < NEAR);
        moved += before;
        moved += &time.map_or_else(|| word.to_owned(), |at| (at + by).to_string());
        rest = after;
    }
    moved + rest
}

/// The database of the version before, brought up to date.
async fn upgraded(on: Backend) -> (World, Kept) {
    let kept: Kept = serde_json::from_str(&read(on, "json")).expect("what was told");
    let world = on.bare_world();
    world.load(&moved(&read(on, "sql"), kept.made_at)).await;
    world.done(&["migrate"]);
    (world, kept)
}

async fn is_all_there(world: &World, kept: &Kept) {
    let now = readings::all(world, kept).await;
    for (what, told) in &kept.told {
        let missing = readings::missing(told, &now[what]);
        assert!(missing.is_empty(), "{what}: {missing:#?}\n{:#}", now[what]);
    }
}

async fn what_the_version_before_has_written_is_all_there(on: Backend) {
    let (mut world, kept) = upgraded(on).await;
    world.start().await;
    is_all_there(&world, &kept).await;
}

async fn what_was_under_way_goes_on(on: Backend) {
    let (mut world, kept) = upgraded(on).await;
    world.start().await;
    let agent = |name: &str| Agent { world: &world, token: kept.agents[name].clone() };
    let directive = agent("pending").directive().await;
    assert_eq!((directive.action, directive.user.old_address.as_str()), (Action::Wait, "joerg@old.example"));
    assert_eq!(agent("assigned").directive().await.user.old_address, "kim@old.example", "the assignment is collected");
    let taken = agent("moved").reports(&json!([kept.event])).await;
    assert_eq!((&taken["known"], &taken["recorded"]), (&json!(1), &json!(0)), "an event counts once");

    assert_eq!(agent("unconfirmed").directive().await.action, Action::Identify);
    let confirmed = world.request(Method::POST, &kept.confirmation).body(format!("digits={}", kept.digits));
    assert_eq!(confirmed.send().await.expect("an answer").status(), StatusCode::OK);
    assert_eq!(agent("unconfirmed").directive().await.user.old_address, "rita@old.example");

    let shown = world.request(Method::GET, &kept.page).send().await.expect("an answer");
    assert_eq!(shown.status(), StatusCode::OK);
    assert_eq!(world.activate(&kept.code).await.status(), StatusCode::CREATED);
    let order = agent("failed").directive().await.order;
    world.done(&["retry", PROJECT, "lea@old.example"]);
    assert!(agent("failed").directive().await.order > order, "numbers of orders only rise");

    let browser = Browser::new(&world);
    assert_eq!(browser.sign_in(NAME, PASSWORD, "").await.status, StatusCode::SEE_OTHER);
    let stranger = world.request(Method::GET, path::DIRECTIVE).bearer_auth(&kept.agents["removed"]);
    assert_eq!(stranger.send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
}

async fn a_copy_of_what_the_version_before_has_written_is_put_back(on: Backend) {
    let (world, kept) = upgraded(on).await;
    let mut again = on.bare_world();
    if on == Backend::Sqlite {
        let copy = world.folder.path().join("copy").to_string_lossy().into_owned();
        world.done(&["backup", &copy]);
        again.done(&["restore", &copy]);
    } else {
        again.load(&world.script().await).await;
        again.done(&["restore"]);
    }
    again.start().await;
    is_all_there(&again, &kept).await;
    let agent = Agent { world: &again, token: kept.agents["moved"].clone() };
    assert!(agent.directive().await.epoch > 1, "agents say again where they stand");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes tests/server/fixtures/$MAILSHIFT_FIXTURE-…: only before the schema changes"]
async fn make() {
    // `--run-ignored all` runs it among others.
    let Ok(version) = std::env::var(MAKE) else { return };
    for on in [Backend::Sqlite, Backend::Postgres] {
        let (mut world, mut kept) = making::world(on).await;
        std::fs::write(file(&version, on, "sql"), world.script().await).expect("written");
        world.start().await;
        kept.told = readings::all(&world, &kept).await;
        let text = serde_json::to_string_pretty(&kept).expect("JSON") + "\n";
        std::fs::write(file(&version, on, "json"), text).expect("written");
    }
}
