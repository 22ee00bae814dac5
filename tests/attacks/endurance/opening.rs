//! No command makes a database, or changes one, that nobody meant.

use std::path::Path;
use std::time::{Duration, Instant};

use mailshift::server::Db;
use mailshift::server::db::CONNECTIONS;
use reqwest::StatusCode;
use serde_json::json;

use super::follower::Follower;
use crate::server_support::{Backend, LIMIT, PROJECT, Process, cli, problem, stories};

stories! {
    a_mistyped_database_makes_no_agent_forget_anything,
    an_empty_database_is_made_by_init_only,
    a_database_of_an_older_version_is_changed_by_migrate_only,
    what_is_committed_is_on_the_disk,
}

const AGENTS: usize = 100;

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// H8: a server with a mistyped `--database` made an empty one, and told the whole fleet that it knows nobody.
async fn a_mistyped_database_makes_no_agent_forget_anything(on: Backend) {
    let mut world = on.empty_world();
    world.furnish(serde_json::json!({}));
    // They all come from this computer.
    world.settings.computers_by_peer.burst = 2 * u32::try_from(AGENTS).expect("a number");
    world.start().await;
    let code = world.done(&["project", "show", PROJECT]);
    let code = code.lines().find_map(|line| line.strip_prefix("activate")).expect("the code").trim().to_owned();
    let mut agents = Vec::with_capacity(AGENTS);
    for _ in 0..AGENTS {
        let agent = Follower::activated(&world, &code).await;
        assert_eq!(agent.asks(&world).await.status(), StatusCode::OK);
        agents.push(agent);
    }
    assert!(agents.iter().all(|agent| agent.instance.is_some() && agent.instance == agents[0].instance));
    world.stop().await;

    let typo = world.folder.path().join("mailshft.db");
    let refused = cli(&typo.to_string_lossy(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("there is no database") && said(&refused).contains("init"), "{refused:?}");
    assert!(!typo.exists());

    // Somebody insists: a server that knows nobody answers them all.
    let mut wrong = on.empty_world();
    wrong.start().await;
    let mut told = 0;
    for agent in &agents {
        let body = problem(agent.asks(&wrong).await).await;
        assert_eq!(body["code"], "ACT-8");
        let from: uuid::Uuid = body["instance"].as_str().expect("which database").parse().expect("an id");
        told += usize::from(Some(from) != agent.instance);
    }
    wrong.stop().await;
    assert_eq!(told, AGENTS, "each could see that it is another database, and keeps its token");

    world.start().await;
    let mut back = 0;
    for agent in &agents {
        back += usize::from(agent.asks(&world).await.status() == StatusCode::OK);
    }
    println!("{back} of {AGENTS} agents went on with their tokens");
    assert_eq!(back, AGENTS);
}

/// F19: any command with a mistyped path left an empty database there.
async fn an_empty_database_is_made_by_init_only(on: Backend) {
    let world = on.empty_world();
    assert!(world.done(&["init"]).contains("there already"));
    let nowhere = world.folder.path().join("typo.db").to_string_lossy().into_owned();
    for command in [&["status", "X"][..], &["project", "create", "X"], &["migrate"], &["code", "X", "a@b.example"]] {
        let refused = cli(&nowhere, command);
        assert!(said(&refused).contains("there is no database"), "{command:?}: {refused:?}");
        assert!(!Path::new(&nowhere).exists(), "{command:?}");
    }
    std::fs::write(&nowhere, "").expect("an empty file");
    let refused = cli(&nowhere, &["status", "X"]);
    assert!(said(&refused).contains("is empty"), "{refused:?}");
    assert!(cli(&nowhere, &["init"]).status.success());
    assert!(said(&cli(&nowhere, &["status", "X"])).contains("there is no project"));
}

/// F19: a command of a newer version changed the database under a running older server.
async fn a_database_of_an_older_version_is_changed_by_migrate_only(on: Backend) {
    let mut world = on.world().await;
    world.stop().await;
    let db = world.db().await;
    for statement in [
        "DELETE FROM _sqlx_migrations WHERE version = 13",
        "DROP TABLE instance",
        "ALTER TABLE project DROP COLUMN ready_at",
    ] {
        sqlx::query(statement).execute(db.pool()).await.expect("as it was");
    }
    db.close().await;
    let refused = world.fails(&["status", PROJECT]);
    assert!(refused.contains("older mailshift-server") && refused.contains("mailshift-server migrate"), "{refused}");
    match on {
        Backend::Sqlite => {
            let process = Process::start(&world, &[]);
            let copies = std::fs::read_dir(world.folder.path()).expect("a folder");
            let is_copy = |name: &str| name.starts_with("mailshift.db.schema-");
            let copies =
                copies.filter(|entry| is_copy(&entry.as_ref().expect("an entry").file_name().to_string_lossy()));
            assert_eq!(copies.count(), 1, "as it was, beside the file");
            drop(process);
        }
        Backend::Postgres => {
            let refused = world.fails(&["serve", "--listen", "127.0.0.1:0"]);
            assert!(refused.contains("mailshift-server migrate"), "{refused}");
            assert!(world.done(&["migrate"]).contains("brought up to date"));
        }
    }
    assert!(world.done(&["migrate"]).contains("is up to date"));
    assert!(world.done(&["status", PROJECT]).contains("anna@old.example"));
    assert!(world.done(&["project", "show", PROJECT]).contains("imap.%EMAILDOMAIN%"));
}

/// F14: ten seconds of log lines, and then "pool timed out".
#[tokio::test]
async fn a_broken_file_says_at_once_what_is_wrong_with_it() {
    let world = Backend::Sqlite.empty_world();
    world.furnish(json!({}));
    let (whole, folder) = (std::fs::read(world.database()).expect("readable"), world.folder.path());
    let mut torn = whole.clone();
    torn[100..4096].fill(7);
    for (name, bytes, cause) in [
        (
            "text.db",
            b"these are my notes, not a database, and they are long enough to be read as one".to_vec(),
            "not a database",
        ),
        ("short.db", whole[..whole.len() / 8].to_vec(), "malformed"),
        ("torn.db", torn, "malformed"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, &bytes).expect("written");
        let start = Instant::now();
        let refused = cli(&path.to_string_lossy(), &["status", PROJECT]);
        assert!(start.elapsed() < Duration::from_secs(5), "{name}: {:?}", start.elapsed());
        let line = said(&refused);
        assert!(line.contains(cause) && line.contains(name) && line.lines().count() == 1, "{name}: {line}");
    }
    let refused = cli(&folder.to_string_lossy(), &["status", PROJECT]);
    assert!(said(&refused).contains("cannot be opened"), "a folder: {refused:?}");
    let opened = tokio::time::timeout(LIMIT, Db::open(world.database())).await.expect("in time");
    opened.expect("the whole one").close().await;
}

/// M10: a token that was revoked, or a code that was spent, was good again after a power cut. No power is cut here: each
/// connection is asked whether it waits for the disk.
async fn what_is_committed_is_on_the_disk(on: Backend) {
    let world = on.world().await;
    let db = world.db().await;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(db.pool().acquire().await.expect("a connection"));
    }
    for connection in &mut connections {
        match on {
            Backend::Sqlite => {
                let level: i64 =
                    sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut **connection).await.expect("a number");
                assert_eq!(level, 2, "FULL: https://sqlite.org/pragma.html#pragma_synchronous");
            }
            Backend::Postgres => {
                let level: String =
                    sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&mut **connection).await.expect("a word");
                assert_ne!(level, "off", "https://postgresql.org/docs/current/wal-async-commit.html");
            }
        }
    }
    drop(connections);
    db.close().await;
}
