//! What the two databases must do: several processes, an unplugged connection, a newer schema, a copy.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::server_support::way::Way;
use crate::server_support::{Backend, LIMIT, PROJECT, Process, World, event, eventually, stays_open, stories};
use mailshift::protocol::{Action, path};
use mailshift::server::db::UNNOTICED;
use mailshift::server::{self, Db, Settings};
use serde_json::json;

use tokio::net::TcpListener;

stories! {
    a_database_of_a_newer_version_is_refused_politely,
    several_processes_may_create_the_same_database_at_once,
}

/// How soon an agent hears of what happened at another process.
const SOON: Duration = Duration::from_secs(1);
/// How long a server may take, once it knows, until it has told its agents.
const RECOVERY: Duration = Duration::from_secs(10);
/// How often it is measured.
const TIMES: usize = 10;
/// Events reported before a copy is made.
const EVENTS: i64 = 20;

async fn a_database_of_a_newer_version_is_refused_politely(on: Backend) {
    let world = on.world().await;
    let db = world.db().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 9999, 'future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    sqlx::query(newer).execute(db.pool()).await.expect("a row");
    db.close().await;
    let line = world.fails(&["status", PROJECT]);
    assert!(line.contains("newer mailshift-server (schema 9999)"), "{line}");
}

async fn several_processes_may_create_the_same_database_at_once(on: Backend) {
    let world = on.empty_world();
    let mut opening = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let database = world.database();
        opening.spawn_blocking(move || crate::server_support::cli(&database, &["init"]));
    }
    while let Some(output) = opening.join_next().await {
        let output = output.expect("no panic");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(world.fails(&["status", "Nobody"]).contains("there is no project \"Nobody\""));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: make test"]
async fn what_is_told_to_one_server_reaches_an_agent_at_another_in_under_a_second() {
    let mut world = Backend::Postgres.world().await;
    world.stop().await;
    let (here, there) = (Process::start(&world, &[]), Process::start(&world, &[]));
    world.url.clone_from(&here.url);
    let agent = world.bound("anna@old.example").await;
    let mut slowest = Duration::ZERO;
    for n in 0..TIMES {
        let (directive, tag) = agent.tagged().await;
        let mut held = tokio::spawn(agent.held(&tag).send());
        stays_open(&mut held).await;
        let start = if n % 2 == 0 {
            // The command line is a process of its own.
            world.done(&["configure", PROJECT, "anna@old.example"]);
            Instant::now()
        } else {
            // The agent's own report takes another way through the load balancer.
            let failed = json!([event(directive.order, "failed", json!({"code": "NET-4"}))]);
            let start = Instant::now();
            let report = world.http.post(format!("{}{}", there.url, path::EVENTS)).bearer_auth(&agent.token);
            assert_eq!(report.json(&failed).send().await.expect("an answer").status(), 202);
            start
        };
        let answer = held.await.expect("no panic").expect("an answer");
        slowest = slowest.max(start.elapsed());
        assert_eq!(answer.status(), 200, "a new directive");
    }
    println!("the slowest of {TIMES} signals between two servers took {slowest:?}");
    assert!(slowest < SOON, "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: make test"]
async fn lost_connections_lose_no_signal() {
    let world = Backend::Postgres.world().await;
    let agent = world.bound("anna@old.example").await;
    let listeners = "pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    let count = || world.postgres().ask(&format!("SELECT count(*) FROM (SELECT {listeners}) AS l"));
    eventually("the server listens", async || count() == "1").await;
    let (_, tag) = agent.tagged().await;
    let mut held = tokio::spawn(agent.held(&tag).send());
    stays_open(&mut held).await;
    let ended = "SELECT count(pg_terminate_backend(pid)) > 1 FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert_eq!(world.postgres().ask(ended), "t", "also those that are used for queries");
    world.done(&["configure", PROJECT, "anna@old.example"]);
    let answer = tokio::time::timeout(LIMIT, held).await.expect("in time").expect("no panic").expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(agent.directive().await.action, Action::Configure);
    eventually("the server listens again", async || count() == "1").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: make test"]
async fn connections_that_go_dead_without_a_word_are_noticed_and_lose_no_signal() {
    let mut world = Backend::Postgres.world().await;
    world.stop().await;
    let way = Way::to(world.postgres().socket(), world.folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    world.url = format!("http://{}", listener.local_addr().expect("an address"));
    let through = Db::open(&world.postgres().url_at(world.folder.path())).await.expect("a database");
    tokio::spawn(server::serve(listener, through, Settings::default(), std::future::pending()));
    let agent = world.bound("anna@old.example").await;
    let (_, tag) = agent.tagged().await;
    let mut held = tokio::spawn(agent.held(&tag).send());
    stays_open(&mut held).await;
    assert!(way.goes_dead() > 1, "one listens, others are for queries");
    let start = Instant::now();
    world.done(&["configure", PROJECT, "anna@old.example"]);
    let answer = tokio::time::timeout(UNNOTICED + RECOVERY, held).await.expect("in time");
    assert_eq!(answer.expect("no panic").expect("an answer").status(), 200);
    println!("a signal over connections that had gone dead arrived after {:?}", start.elapsed());
    assert_eq!(agent.directive().await.action, Action::Configure);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: make test"]
async fn a_wrong_password_is_refused_and_never_shown() {
    let world = Backend::Postgres.empty_world();
    let (right, wrong) = ("correct horse", "battery-staple");
    let url = |password: &str| world.postgres().guarded(right).replacen('@', &format!(":{password}@"), 1);
    let output = crate::server_support::cli(&url(wrong), &["status", PROJECT]);
    let line = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), line.lines().count()), (Some(1), 1), "{line}");
    assert!(line.contains("cannot be reached") && line.contains("authentication failed"), "{line}");
    assert!(!line.contains(wrong), "{line}");
    let output = crate::server_support::cli(&url(&right.replace(' ', "%20")), &["status", PROJECT]);
    let line = String::from_utf8(output.stderr).expect("text");
    assert!(line.contains("there is no project"), "the right one opens it: {line}");
}

#[test]
fn a_database_out_of_reach_is_named_without_its_password() {
    let output = crate::server_support::cli("postgres://mail:hunter2@127.0.0.1:1/moves", &["status", PROJECT]);
    let line = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1));
    assert!(line.contains("postgres://mail@127.0.0.1:1/moves cannot be reached"), "{line}");
    assert!(!line.contains("hunter2"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_made_while_the_server_writes() {
    let world = World::new().await;
    let agent = world.bound("anna@old.example").await;
    let copy = world.folder.path().join("copy.sqlite").to_string_lossy().into_owned();
    let waiting = async || agent.reports(&json!([event(0, "waiting", json!({}))])).await;
    for _ in 0..EVENTS {
        waiting().await;
    }
    let (database, to) = (world.database(), copy.clone());
    let copying = tokio::task::spawn_blocking(move || crate::server_support::cli(&database, &["backup", &to]));
    let mut meanwhile = 0;
    while !copying.is_finished() {
        waiting().await;
        meanwhile += 1;
    }
    let output = copying.await.expect("no panic");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(meanwhile > 0, "the server was writing");
    assert_eq!(std::fs::metadata(&copy).expect("a file").permissions().mode() & 0o777, 0o600);
    let db = Db::open(&copy).await.expect("a database");
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(db.pool()).await.expect("an answer");
    assert_eq!(whole, "ok");
    let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM event").fetch_one(db.pool()).await.expect("a number");
    assert!((EVENTS..=EVENTS + meanwhile).contains(&kept), "{EVENTS} before and {meanwhile} meanwhile, {kept} kept");
    db.close().await;
    let status = crate::server_support::cli(&copy, &["status", PROJECT]);
    assert!(String::from_utf8_lossy(&status.stdout).contains("anna@old.example"), "{status:?}");

    let refused = world.fails(&["backup", &copy]);
    assert!(refused.contains("a file that does not exist yet"), "{refused}");
    let nothing = crate::server_support::cli("/nowhere/at/all.db", &["backup", "/tmp/never-made"]);
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("no database /nowhere/at/all.db"), "{nothing:?}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL: make test"]
async fn postgresql_is_copied_by_its_own_program() {
    let world = Backend::Postgres.empty_world();
    let copy = world.folder.path().join("copy").to_string_lossy().into_owned();
    assert!(world.fails(&["backup", &copy]).contains("pg_dump"));
    assert!(!std::path::Path::new(&copy).exists());
}
