//! `PostgreSQL` is away for some seconds, while everybody asks and reports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mailshift::protocol::path;
use mailshift::server::{self, Db, Settings};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::watch;

use crate::server_support::{Backend, LIMIT, event, eventually};

const AGENTS: usize = 20;
/// How long the database is away, in seconds, unless `MAILSHIFT_AWAY` says otherwise.
const AWAY: u64 = 8;

/// A way to the database that can be closed, as when it was stopped: connections end, new ones are not answered.
struct Gate(watch::Sender<bool>);

impl Gate {
    fn to(socket: PathBuf, folder: &Path) -> Self {
        let listener = UnixListener::bind(folder.join(socket.file_name().expect("a name"))).expect("a socket");
        let open = watch::Sender::new(true);
        let begun = open.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut open = begun.subscribe();
                if !*open.borrow() {
                    continue;
                }
                let socket = socket.clone();
                tokio::spawn(async move {
                    let mut far = UnixStream::connect(&socket).await.expect("the database");
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = open.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self(open)
    }

    fn is_open(&self, open: bool) {
        self.0.send_replace(open);
    }
}

/// F22: while it was away, everybody waited for up to half a minute, and was then told "unhandled error".
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: make test"]
async fn a_database_that_is_away_is_told_soon_and_loses_nothing() {
    let mut world = Backend::Postgres.world().await;
    let mut tokens = Vec::new();
    for code in world.crowd(AGENTS) {
        let activation: mailshift::protocol::Activation =
            world.activate(&code).await.json().await.expect("an activation");
        tokens.push(activation.token.reveal().to_owned());
    }
    world.stop().await;
    let gate = Gate::to(world.postgres().socket(), world.folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    world.url = format!("http://{}", listener.local_addr().expect("an address"));
    let through = Db::open(&world.postgres().url_at(world.folder.path())).await.expect("a database");
    tokio::spawn(server::serve(listener, through, Settings::default(), std::future::pending()));
    eventually("it is ready", async || {
        world.request(Method::GET, "/readyz").send().await.expect("an answer").status() == StatusCode::OK
    })
    .await;

    let (over, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut agents = tokio::task::JoinSet::new();
    for token in tokens {
        let (url, http, over) = (world.url.clone(), world.http.clone(), Arc::clone(&over));
        let acknowledged = Arc::clone(&acknowledged);
        agents.spawn(async move {
            let (mut seen, mut kept, mut slowest) = (BTreeMap::<u16, u32>::new(), Vec::new(), Duration::ZERO);
            while !over.load(Ordering::Relaxed) {
                let waiting = event(0, "waiting", json!({}));
                let start = Instant::now();
                let report = http.post(format!("{url}{}", path::EVENTS)).bearer_auth(&token).json(&json!([waiting]));
                let report = report.send().await.expect("an answer");
                slowest = slowest.max(start.elapsed());
                if report.status() == StatusCode::ACCEPTED {
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                    kept.push(waiting["id"].as_str().expect("an id").to_owned());
                } else {
                    assert!(report.headers().contains_key("retry-after"), "{report:?}");
                }
                *seen.entry(report.status().as_u16()).or_default() += 1;
                let start = Instant::now();
                let asked = http.get(format!("{url}{}", path::DIRECTIVE)).bearer_auth(&token).send().await;
                slowest = slowest.max(start.elapsed());
                *seen.entry(asked.expect("an answer").status().as_u16()).or_default() += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            (seen, kept, slowest)
        });
    }
    let ready = async || world.request(Method::GET, "/readyz").send().await.expect("an answer").status();
    // Amid the load, before and after.
    let more = async |than: usize| {
        eventually("everybody reports", async || acknowledged.load(Ordering::Relaxed) >= than + 10 * AGENTS).await;
    };
    more(0).await;
    gate.is_open(false);
    let away = Instant::now();
    eventually("it says so", async || ready().await == StatusCode::SERVICE_UNAVAILABLE).await;
    let longest = std::env::var("MAILSHIFT_AWAY").ok().map_or(AWAY, |text| text.parse().expect("seconds"));
    tokio::time::sleep(Duration::from_secs(longest).saturating_sub(away.elapsed())).await;
    gate.is_open(true);
    let back = Instant::now();
    eventually("it is ready again", async || ready().await == StatusCode::OK).await;
    let recovery = back.elapsed();
    more(acknowledged.load(Ordering::Relaxed)).await;
    over.store(true, Ordering::Relaxed);
    let (mut seen, mut kept, mut slowest) = (BTreeMap::<u16, u32>::new(), Vec::new(), Duration::ZERO);
    while let Some(agent) = tokio::time::timeout(LIMIT, agents.join_next()).await.expect("in time") {
        let (answers, mut events, slow) = agent.expect("no panic");
        for (status, count) in answers {
            *seen.entry(status).or_default() += count;
        }
        kept.append(&mut events);
        slowest = slowest.max(slow);
    }
    println!("away for {longest} s: answers {seen:?}, the slowest after {slowest:?}; ready again after {recovery:?}");
    assert!(seen.contains_key(&503), "it was away under load: {seen:?}");
    assert!(seen.keys().all(|status| [200, 202, 503].contains(status)), "{seen:?}");
    let db = world.db().await;
    let known: Vec<String> = sqlx::query_scalar("SELECT id FROM event").fetch_all(db.pool()).await.expect("events");
    let lost = kept.iter().filter(|id| !known.contains(id)).count();
    println!("{} reports acknowledged, {lost} lost", kept.len());
    assert_eq!(lost, 0);
    db.close().await;
}
