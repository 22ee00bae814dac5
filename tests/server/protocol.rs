//! The protocol as it was released: recorded requests still get the answers that agents of that time understand.

mod script;

use std::collections::BTreeSet;

use mailshift::secret::Secret;
use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use crate::recording::{self, Answer, Exchange, Request, Variables, lost, masked, with_more};
use crate::server_support::{Backend, World, stories};

stories! {
    requests_of_version_1_are_answered_as_they_were,
    requests_with_fields_of_a_newer_version_are_answered_alike,
}

/// Where a version is recorded.
const RECORD: &str = "MAILSHIFT_RECORD";

/// What is done with each request of the script.
enum Mode {
    /// It is written down, with its answer.
    Record(String),
    /// The recorded one is sent in its place, perhaps with more fields.
    Replay { recorded: std::collections::BTreeMap<String, Exchange>, with_more: bool },
}

/// An agent's side of the protocol, request by request.
pub struct Story<'a> {
    world: &'a World,
    mode: Mode,
    variables: Variables,
    /// The last order, which stands as `${#order}`.
    order: u64,
    told: BTreeSet<String>,
}

impl<'a> Story<'a> {
    fn new(world: &'a World, mode: Mode) -> Self {
        Self { world, mode, variables: Variables::new(), order: u64::MAX, told: BTreeSet::new() }
    }

    fn set(&mut self, name: &str, value: impl ToString) {
        self.variables.insert(name.into(), value.to_string());
    }

    /// Sends one request, as the agent of today would, or as it was recorded.
    async fn tell(&mut self, name: &str, today: Request) -> Answer {
        assert!(self.told.insert(name.to_owned()), "{name} is there twice");
        let today = Request { body: masked(&today.body, "order", self.order), ..today };
        let asked = match &self.mode {
            Mode::Record(_) => today.clone(),
            Mode::Replay { recorded, with_more: more } => {
                let exchange = recorded.get(name).unwrap_or_else(|| panic!("{name} was not recorded"));
                let asked = exchange.request.clone();
                assert_eq!((&asked.method, &asked.path), (&today.method, &today.path), "{name}");
                assert_eq!(lost(&asked.body, &today.body), [""; 0], "{name}: the agent does not say any more");
                if *more { Request { body: with_more(&asked.body), ..asked } } else { asked }
            }
        };
        let (answer, body) = self.send(&asked).await;
        match &self.mode {
            Mode::Record(version) => {
                let exchange = Exchange { request: today, answer: answer.clone() };
                let text = serde_json::to_string_pretty(&exchange).expect("JSON") + "\n";
                std::fs::write(recording::folder(version).join(format!("{name}.json")), text).expect("written");
            }
            Mode::Replay { recorded, .. } => {
                let was = &recorded[name].answer;
                assert_eq!(answer.status, was.status, "{name}: {}", answer.body);
                assert_eq!(lost(&was.body, &answer.body), [""; 0], "{name}: {}", answer.body);
                assert_eq!(answer.headers, was.headers, "{name}");
            }
        }
        Answer { body, ..answer }
    }

    /// The answer as it is recorded, and its body.
    async fn send(&mut self, asked: &Request) -> (Answer, Value) {
        let filled = asked.filled_in(&self.variables);
        let method: Method = filled.method.parse().expect("a method");
        let mut request = self.world.request(method, &filled.path);
        for (name, value) in &filled.headers {
            request = request.header(name, value);
        }
        if !filled.body.is_null() {
            request = request.json(&filled.body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let mut headers = Variables::new();
        for name in ["content-type", "www-authenticate"] {
            if let Some(value) = response.headers().get(name) {
                headers.insert(name.into(), value.to_str().expect("text").to_owned());
            }
        }
        if let Some(tag) = response.headers().get("etag") {
            self.set("etag", tag.to_str().expect("text").replace('"', "\\\""));
            headers.insert("etag".into(), "${etag}".into());
        }
        let text = response.text().await.expect("text");
        let body: Value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        let mut masked = body.clone();
        if let Some(token) = masked.get_mut("token") {
            *token = "${token}".into();
        }
        (Answer { status, headers, body: masked }, body)
    }
}

/// A request as the agent makes it.
fn request(method: &Method, path: &str, token: Option<&str>, body: &impl Serialize) -> Request {
    let authorization = token.map(|token| ("authorization".to_owned(), format!("Bearer ${{{token}}}")));
    let body = serde_json::to_value(body).expect("JSON");
    Request { method: method.to_string(), path: path.into(), headers: authorization.into_iter().collect(), body }
}

fn variable(name: &str) -> Secret {
    Secret::new(format!("${{{name}}}"))
}

async fn replay(on: Backend, with_more: bool) {
    let recorded = recording::read("1");
    let all: BTreeSet<String> = recorded.keys().cloned().collect();
    let told = script::version_1(on, Mode::Replay { recorded, with_more }).await;
    assert_eq!(told, all, "each recorded request is told");
}

async fn requests_of_version_1_are_answered_as_they_were(on: Backend) {
    replay(on, false).await;
}

async fn requests_with_fields_of_a_newer_version_are_answered_alike(on: Backend) {
    replay(on, true).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes tests/protocol/$MAILSHIFT_RECORD: only for a new version"]
async fn record() {
    // `--run-ignored all` runs it among others.
    let Ok(version) = std::env::var(RECORD) else { return };
    std::fs::create_dir_all(recording::folder(&version)).expect("a folder");
    script::version_1(Backend::Sqlite, Mode::Record(version)).await;
}
