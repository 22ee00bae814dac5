//! Who says to be somebody else.

mod password;
mod registration;
mod upgrade;

use serde_json::{Value, json};

use crate::server_support::{self, World};

const ANNA: &str = "anna@old.example";

/// Settings with which people may create passwords; the directory writes down each line that it gets.
fn creating(directory: &tempfile::TempDir) -> Value {
    let taken = directory.path().join("taken");
    json!({"password": {"may_create": true}, "directory": {"command": ["sh", "-c", "cat >> \"$1\"", "sh", taken]}})
}

/// What the directory got.
fn taken(directory: &tempfile::TempDir) -> Vec<String> {
    let text = std::fs::read_to_string(directory.path().join("taken")).unwrap_or_default();
    text.lines().map(ToOwned::to_owned).collect()
}

/// The code of the refusal.
async fn refused(response: reqwest::Response) -> String {
    server_support::problem(response).await["code"].as_str().expect("a code").to_owned()
}

/// Writes a setting that no operator could give any more, as an older version has let them.
async fn set_behind_its_back(world: &World, name: &str, value: Value) {
    let db = world.db().await;
    let text: String = sqlx::query_scalar("SELECT settings FROM project").fetch_one(db.pool()).await.expect("settings");
    let mut settings: Value = serde_json::from_str(&text).expect("JSON");
    settings[name] = value;
    let query = sqlx::query("UPDATE project SET settings = $1").bind(settings.to_string());
    query.execute(db.pool()).await.expect("written");
    db.close().await;
}
