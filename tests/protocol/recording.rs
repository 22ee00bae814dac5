//! Recorded requests of a version of the protocol and their answers: `tests/protocol/<version>/<name>.json`.
//!
//! What differs from run to run stands as `${name}`, numbers as `${#name}`. Files of a released version are never changed; a new version is
//! recorded by `MAILSHIFT_RECORD=<version> cargo nextest run --all-features --test server protocol::record --run-ignored all`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exchange {
    pub request: Request,
    pub answer: Answer,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    /// Null: none.
    pub body: Value,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    /// Null: none.
    pub body: Value,
}

pub type Variables = BTreeMap<String, String>;

/// The folder of a version.
pub fn folder(version: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "protocol", version].iter().collect()
}

/// All exchanges of a version by their names.
pub fn read(version: &str) -> BTreeMap<String, Exchange> {
    let files =
        std::fs::read_dir(folder(version)).expect("a recorded version").map(|file| file.expect("a file").path());
    let exchange = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("readable");
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        (name, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    let exchanges: BTreeMap<String, Exchange> = files.map(exchange).collect();
    assert!(exchanges.len() > 20, "{exchanges:?}");
    exchanges
}

impl Request {
    /// With the variables filled in.
    pub fn filled_in(&self, variables: &Variables) -> Self {
        let fill = |text: String| {
            variables.iter().fold(text, |text, (name, value)| {
                text.replace(&format!("\"${{#{name}}}\""), value).replace(&format!("${{{name}}}"), value)
            })
        };
        let filled = fill(serde_json::to_string(self).expect("JSON"));
        assert!(!filled.contains("${"), "not filled in: {filled}");
        serde_json::from_str(&filled).expect("JSON")
    }
}

/// With a variable in the place of each number that has its value.
pub fn masked(value: &Value, name: &str, number: u64) -> Value {
    match value {
        Value::Number(_) if value.as_u64() == Some(number) => format!("${{#{name}}}").into(),
        Value::Array(items) => items.iter().map(|item| masked(item, name, number)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, field)| (key.clone(), masked(field, name, number))).collect(),
        other => other.clone(),
    }
}

/// What the second has not of the first: fields that are gone, or are of another type, or say another word where the
/// word itself is the protocol.
pub fn lost(recorded: &Value, now: &Value) -> Vec<String> {
    let mut lost = Vec::new();
    compare("", recorded, now, &mut lost);
    lost
}

/// Fields whose values are words of the protocol.
const WORDS: [&str; 8] = ["action", "authentication", "by", "code", "kind", "protocol", "security", "status"];

fn compare(path: &str, recorded: &Value, now: &Value, lost: &mut Vec<String>) {
    match (recorded, now) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, field) in fields {
                match now.get(name) {
                    Some(now) => compare(&format!("{path}.{name}"), field, now, lost),
                    None => lost.push(format!("{path}.{name} is gone")),
                }
            }
        }
        (Value::Array(items), Value::Array(there)) if items.len() <= there.len() => {
            for (place, (item, now)) in items.iter().zip(there).enumerate() {
                compare(&format!("{path}[{place}]"), item, now, lost);
            }
        }
        (Value::String(said), Value::String(says)) => {
            let name = path.rsplit('.').next().unwrap_or_default();
            if WORDS.contains(&name) && !said.starts_with("${") && said != says {
                lost.push(format!("{path} said {said} and says {says}"));
            }
        }
        (Value::Null, Value::Null) | (Value::Bool(_), Value::Bool(_)) | (Value::Number(_), Value::Number(_)) => {}
        _ => lost.push(format!("{path} was {recorded} and is {now}")),
    }
}

/// As a newer version might say it: with a field more in each object.
pub fn with_more(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let more = ("of_a_newer_version".to_owned(), serde_json::json!({"height": [3]}));
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), with_more(field))).chain([more]).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(with_more).collect()),
        other => other.clone(),
    }
}
