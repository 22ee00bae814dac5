//! What a server tells of its database, through each of its faces.

use std::collections::BTreeMap;

use mailshift::protocol::path;
use reqwest::Method;
use serde_json::{Value, json};

use super::Kept;
use crate::client::Client;
use crate::operators::browser::{Browser, NAME, PASSWORD};
use crate::server_support::{PROJECT, World};

/// Fields that were called otherwise: as they were, and as they are.
const RENAMED: [(&str, &str); 0] = [];
/// What is counted or drawn anew each time.
const ANEW: [&str; 2] = ["epoch", "instance"];
/// Agents that ask, and by asking change nothing.
const ASKING: [&str; 4] = ["moved", "failed", "collected", "locked"];

pub async fn all(world: &World, kept: &Kept) -> BTreeMap<String, Value> {
    let mut told = BTreeMap::new();
    let client = Client { world, token: kept.token.clone() };
    let project = client.project().await;
    for path in ["/api/projects", "/api/audit?limit=500", "/api/operators", "/api/tokens"] {
        told.insert(path.to_owned(), client.get(path).await);
    }
    told.insert("project".into(), client.get(&project).await);
    for part in ["users?limit=500", "devices?limit=500", "waves", "mailings?limit=500", "status", "alerts"] {
        told.insert(part.into(), client.get(&format!("{project}/{part}")).await);
    }
    let devices = told["devices?limit=500"]["items"].clone();
    for device in devices.as_array().expect("devices") {
        let id = device["id"].as_str().expect("an id");
        told.insert(format!("device {id}"), client.get(&format!("{project}/devices/{id}")).await);
        let sent = client.get(&format!("{project}/devices/{id}/diagnostics")).await;
        told.insert(format!("diagnostics {id}"), sent);
    }
    for (what, arguments) in [
        ("command status", ["status", PROJECT, "--json"].as_slice()),
        ("command devices", &["devices", PROJECT, "--json"]),
        ("command project show", &["project", "show", PROJECT, "--json"]),
    ] {
        told.insert(what.into(), serde_json::from_str(&world.done(arguments)).expect("JSON"));
    }
    for (what, arguments) in [
        ("command mails", ["mails", PROJECT].as_slice()),
        ("command wave list", &["wave", "list", PROJECT]),
        ("command operator list", &["operator", "list"]),
        ("command project show", &["project", "show", "Second"]),
    ] {
        told.insert(format!("{what} in words"), words(&world.done(arguments), |word| !word.contains(char::is_numeric)));
    }
    let browser = Browser::new(world);
    browser.sign_in(NAME, PASSWORD, "").await;
    let pages = project.strip_prefix("/api").expect("a path of the API");
    for page in ["users?size=200", "devices?size=200", "mails"] {
        let text = browser.get(&format!("{pages}/{page}")).await.text.replace(['<', '>', '"', '&', ','], " ");
        told.insert(format!("page {page}"), words(&text, |word| word.contains('@')));
    }
    for name in ASKING {
        let asked = world.request(Method::GET, path::DIRECTIVE).bearer_auth(&kept.agents[name]);
        let answer = asked.send().await.expect("an answer");
        told.insert(format!("agent {name}"), answer.json().await.expect("JSON"));
    }
    told
}

fn words(text: &str, is_kept: impl Fn(&str) -> bool) -> Value {
    json!(text.split_whitespace().filter(|word| is_kept(word)).collect::<Vec<_>>())
}

/// Values that were told and are not told any more, each with the name of its field. Times are left out.
pub fn missing(told: &Value, now: &Value) -> Vec<String> {
    let (mut before, mut left) = (Vec::new(), Vec::new());
    leaves("", told, &mut before);
    leaves("", now, &mut left);
    before.retain(|leaf| match left.iter().position(|found| found == leaf) {
        Some(place) => {
            left.swap_remove(place);
            false
        }
        None => true,
    });
    before
}

fn leaves(name: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if !ANEW.contains(&name.as_str()) {
                    let renamed = RENAMED.iter().find(|(before, _)| before == name);
                    leaves(renamed.map_or(name.as_str(), |(_, now)| now), field, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(name, item, found)),
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => {}
        other => found.push(format!("{name} = {other}")),
    }
}
