//! A server that is killed (SIGKILL) while agents activate, report and ask, again and again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::server_support::{Backend, LIMIT, Process, World, event, eventually, problem, stories};
use mailshift::protocol::{Activation, path};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

stories! {
    what_was_acknowledged_outlives_ten_kills_amid_activations,
    what_was_acknowledged_outlives_ten_kills_amid_reports,
}

/// How often the server is killed.
const KILLS: usize = 10;
/// New codes before each kill, and how many computers try each one.
const CODES: usize = 4;
const RIVALS: usize = 2;
/// Used codes that are tried at once.
const AT_ONCE: usize = 8;
/// Events before each kill amid reports: so many more each time.
const REPORTS: usize = 40;

/// What the server has acknowledged so far.
#[derive(Default)]
struct Acknowledged {
    events: BTreeSet<String>,
    /// Codes and the tokens that got them.
    bound: Vec<(String, String)>,
}

/// One server process as its agents see it.
#[derive(Clone)]
struct Server {
    http: Client,
    url: String,
    known: Arc<Mutex<Acknowledged>>,
}

impl Server {
    fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(token)
    }

    /// Enters a code and reports when it was bound; ends when the server is gone or has refused.
    async fn activates(self, code: String) -> reqwest::Result<()> {
        let device = json!({"name": "desk", "system": "linux", "login": "p", "agent": "0.1.0", "language": "en"});
        let body = json!({"code": code, "device": device});
        let response = self.http.post(format!("{}{}", self.url, path::ACTIVATIONS)).json(&body).send().await?;
        if response.status() != StatusCode::CREATED {
            return Ok(());
        }
        let token = response.json::<Activation>().await?.token.reveal().to_owned();
        let response = self.request(Method::GET, path::DIRECTIVE, &token).send().await?;
        if response.status() != StatusCode::OK {
            return Ok(());
        }
        self.known.lock().expect("unharmed").bound.push((code, token.clone()));
        self.reports(token).await
    }

    /// Reports and asks until the server is gone.
    async fn reports(self, token: String) -> reqwest::Result<()> {
        loop {
            let events = [event(0, "waiting", json!({})), event(0, "waiting", json!({}))];
            let response = self.request(Method::POST, path::EVENTS, &token).json(&events).send().await?;
            assert_eq!(response.status(), StatusCode::ACCEPTED);
            let ids = events.iter().map(|event| event["id"].as_str().expect("an id").to_owned());
            self.known.lock().expect("unharmed").events.extend(ids);
            let response = self.request(Method::GET, path::DIRECTIVE, &token).send().await?;
            assert_eq!(response.status(), StatusCode::OK);
        }
    }
}

/// The promises that hold whenever the server is down.
async fn holds(on: Backend, world: &World, acknowledged: &BTreeSet<String>) {
    let db = world.db().await;
    if on == Backend::Sqlite {
        let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(db.pool()).await.expect("an answer");
        assert_eq!(whole, "ok");
    }
    let events: Vec<String> = sqlx::query_scalar("SELECT id FROM event").fetch_all(db.pool()).await.expect("events");
    let events: BTreeSet<String> = events.into_iter().collect();
    let lost: Vec<_> = acknowledged.difference(&events).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let twice = "SELECT COUNT(*) FROM (SELECT code_id FROM login WHERE state = 'bound' GROUP BY code_id
        HAVING COUNT(*) > 1) AS twice";
    let twice: i64 = sqlx::query_scalar(twice).fetch_one(db.pool()).await.expect("a number");
    assert_eq!(twice, 0, "codes that were used twice");
    db.close().await;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Amid {
    Activations,
    Reports,
}

async fn what_was_acknowledged_outlives_ten_kills_amid_activations(on: Backend) {
    outlives(on, Amid::Activations).await;
}

async fn what_was_acknowledged_outlives_ten_kills_amid_reports(on: Backend) {
    outlives(on, Amid::Reports).await;
}

async fn outlives(on: Backend, amid: Amid) {
    let mut world = on.empty_world();
    world.furnish(json!({}));
    let codes = world.crowd(KILLS * CODES);
    let known = Arc::new(Mutex::new(Acknowledged::default()));
    let mut cut_off = 0;
    for (round, codes) in codes.chunks(CODES).enumerate() {
        let process = Process::start(&world, &[]);
        let server = Server { http: world.http.clone(), url: process.url.clone(), known: Arc::clone(&known) };
        let counts = || {
            let known = known.lock().expect("unharmed");
            (known.bound.len(), known.events.len())
        };
        let (bound, events) = counts();
        let mut agents = JoinSet::new();
        for (_, token) in &known.lock().expect("unharmed").bound {
            agents.spawn(server.clone().reports(token.clone()));
        }
        for code in codes.iter().flat_map(|code| [code; RIVALS]) {
            agents.spawn(server.clone().activates(code.clone()));
        }
        eventually("there is something to lose", async || {
            let now = counts();
            match amid {
                Amid::Activations => now.0 > bound,
                Amid::Reports => now.0 >= bound + CODES && now.1 > events + REPORTS * round,
            }
        })
        .await;
        process.kill();
        let mut cut = 0;
        while let Some(ended) = tokio::time::timeout(LIMIT, agents.join_next()).await.expect("in time") {
            cut += usize::from(ended.expect("no panic").is_err());
        }
        assert!(cut > 0, "killed in the middle of something");
        cut_off += cut;
        let acknowledged = known.lock().expect("unharmed").events.clone();
        holds(on, &world, &acknowledged).await;
    }

    let process = Process::start(&world, &[]);
    world.url.clone_from(&process.url);
    let known = std::mem::take(&mut *known.lock().expect("unharmed"));
    println!(
        "{KILLS} kills cut {cut_off} questions off; {} events and {} codes were acknowledged",
        known.events.len(),
        known.bound.len()
    );
    // A no takes its time; more at once would be asked to come again.
    for some in known.bound.chunks(AT_ONCE) {
        let asked = some.iter().map(async |(code, token)| {
            assert_eq!(problem(world.activate(code).await).await["code"], "ACT-6", "used is used");
            let still = world.request(Method::GET, path::DIRECTIVE).bearer_auth(token).send().await.expect("an answer");
            assert_eq!(still.status(), StatusCode::OK);
        });
        futures::future::join_all(asked).await;
    }
    holds(on, &world, &known.events).await;
}
