//! Schemathesis against the described operations of a real server with a real project in it.

use std::process::Stdio;

use tokio::process::Command;

use super::client::Client;
use crate::server_support::{Backend, completed, event};

/// Generated calls of each operation and phase.
const EXAMPLES: &str = "20";

/// Every status, media type and schema must be as described, and none may be a 5xx, whatever is sent.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs schemathesis: make test"]
async fn whatever_is_sent_the_answers_are_as_described() {
    let world = Backend::Sqlite.world().await;
    let client = Client::new(&world, "administrator").await;
    let agent = world.bound("anna@old.example").await;
    agent.reports(&serde_json::json!([event(0, "waiting", serde_json::json!({})), completed(0)])).await;

    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.config/schemathesis"))
        .current_dir(world.folder.path())
        .args(["--config-file", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/schemathesis.toml")])
        .args(["run", &format!("{}/api/openapi.json", world.url)])
        .args(["--max-examples", EXAMPLES, "--workers", "2"])
        // Revoking its own token would end the run; discovery asks the internet; a mail is nothing that it can write.
        .args(["revoke_token", "discover", "record_bounce"].map(|id| format!("--exclude-operation-id={id}")))
        .args(["--generation-deterministic", "--continue-on-failure", "--no-color"])
        .env("MAILSHIFT_TOKEN", &client.token)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("schemathesis starts");
    let report = String::from_utf8_lossy(&output.stdout);
    println!("{report}");
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
}
