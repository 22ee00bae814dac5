//! Schemathesis against the described operations of a real server with a real project in it. Every status, media type and
//! schema must be as described, and none may be a 5xx, whatever is sent.

use std::process::Stdio;

use mailshift::protocol::{DiagnosticsTaken, path};
use mailshift::server::discovery::Network;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::client::Client;
use crate::server_support::{Backend, completed, event};

/// Generated calls of each operation and phase.
const EXAMPLES: &str = "20";

/// What is sent in one story: each takes a while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What the document shows, and what is just inside and just outside of what it allows.
    Edges,
    /// Whatever comes to mind, and calls that use what earlier ones told.
    Anything,
    /// Operations that spoil what others are tried on.
    Apart,
}

impl Part {
    fn phases(self) -> &'static str {
        match self {
            Self::Edges => "--phases=examples,coverage",
            Self::Anything => "--phases=fuzzing,stateful",
            Self::Apart => "--phases=examples,coverage,fuzzing",
        }
    }
}

/// Two tests of each part: about whatever there may be, and about a real project.
macro_rules! parts {
    ($($story:ident: $part:ident),+ $(,)?) => {
        mod anything {
            $(#[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs schemathesis: make test"]
            async fn $story() {
                super::attack(super::Backend::Sqlite, "schemathesis.toml", super::Part::$part).await;
            })+
        }
        #[cfg(unix)]
        mod a_real_project {
            $(#[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs schemathesis and PostgreSQL: make test"]
            async fn $story() {
                super::attack(super::Backend::Postgres, "schemathesis-known.toml", super::Part::$part).await;
            })+
        }
    };
}

parts! {
    what_is_at_the_edge_is_answered_as_described: Edges,
    whatever_is_sent_the_answers_are_as_described: Anything,
    what_ends_something_is_answered_as_described: Apart,
}

/// What is tried by itself: revoking what an earlier call told of would end the run's own token, discovery is
/// refused after a while, and deleting takes away what others are tried on.
const APART: [&str; 4] = ["revoke_token", "discover", "delete_user", "delete_project"];
/// Schemathesis has no writer for mails; a story of its own sends them.
const MAILS: &str = "record_bounce";

async fn attack(on: Backend, config: &str, part: Part) {
    let config = format!("{}/tests/server/api/{config}", env!("CARGO_MANIFEST_DIR"));
    let mut world = on.empty_world();
    world.furnish(json!({}));
    // Discovery asks a name server that is not there, not the internet.
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    world.settings.network = Some(Network::with(nobody, &[], &[]).expect("a network"));
    world.start().await;
    let client = Client::new(&world, "administrator").await;
    let agent = world.bound("anna@old.example").await;
    agent.reports(&json!([event(0, "waiting", json!({})), completed(0)])).await;
    let report = agent.request(Method::POST, path::DIAGNOSTICS).json(&json!({"text": "a report"})).send().await;
    let report: DiagnosticsTaken = report.expect("an answer").json().await.expect("an id");
    let project = client.project().await;
    client.post(&format!("{project}/waves"), &json!({"name": "Berlin"}), StatusCode::CREATED).await;
    let first = async |what: &str| id(&client.get(&format!("{project}/{what}")).await["items"][0]["id"]);
    let (user, device, wave) = (first("users").await, first("devices").await, first("waves").await);

    let operations = if part == Part::Apart {
        let mut apart = APART.map(|id| format!("--include-operation-id={id}")).to_vec();
        // Ids that nobody has and domains that nobody answers for are refused, however well they are formed.
        apart.push("--checks=not_a_server_error,status_code_conformance,content_type_conformance".into());
        apart
    } else {
        let mut together = APART.map(|id| format!("--exclude-operation-id={id}")).to_vec();
        together.push(format!("--exclude-operation-id={MAILS}"));
        together.push("--checks=all".into());
        together
    };
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.config/schemathesis"))
        .current_dir(world.folder.path())
        .args(["--config-file", &config, "run", &format!("{}/api/openapi.json", world.url)])
        // One at a time: with several threads, its reader of Python's syntax fails now and then ("AST constructor
        // recursion depth mismatch").
        .args(["--max-examples", EXAMPLES, "--workers", "1"])
        .arg(part.phases())
        .args(operations)
        .args(["--generation-deterministic", "--continue-on-failure", "--no-color"])
        .env("MAILSHIFT_TOKEN", &client.token)
        .env("MAILSHIFT_PROJECT", project.rsplit('/').next().expect("an id"))
        .env("MAILSHIFT_USER", &user)
        .env("MAILSHIFT_DEVICE", &device)
        .env("MAILSHIFT_WAVE", &wave)
        .env("MAILSHIFT_DIAGNOSTICS", report.id.to_string())
        .stdin(Stdio::null())
        .output()
        .await
        .expect("schemathesis starts");
    let report = String::from_utf8_lossy(&output.stdout);
    println!("{report}");
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
    client.get("/api/me").await;
}

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}
