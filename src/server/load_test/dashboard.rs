//! An operator who looks at the pages of the simulated project: how long each takes, and what open pages cost while
//! agents report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use serde::Serialize;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::server::db::{self, Db};
use crate::server::load_test::SimulationError;
use crate::server::load_test::connection::{Connection, Question};
use crate::server::load_test::target::Target;
use crate::server::name::Name;
use crate::server::operators::sign_in::{self, ClientInfo};
use crate::server::operators::{Actor, Role, account};

/// The pages that show everybody, behind the address of the project.
const PAGES: [&str; 12] = [
    "",
    "/users",
    "/users?page=200",
    "/users?q=user99",
    "/users?stage=failed",
    "/users?alert=silent",
    "/users?sort=contact&per=500",
    "/devices",
    "/devices?q=simulated-99",
    "/mails",
    "/waves",
    "/export.csv",
];

pub struct Dashboard {
    operator: String,
    visitor: Arc<Visitor>,
}

#[derive(Debug)]
struct Visitor {
    server: std::net::SocketAddr,
    cookie: HeaderValue,
    /// Path of the project's first page.
    project: String,
}

/// One page, asked for several times one after the other.
#[derive(Debug, Serialize)]
pub struct Page {
    pub path: String,
    pub p50_ms: u128,
    pub max_ms: u128,
    /// Processor time of the server, in milliseconds.
    pub cpu_ms: Option<u128>,
    pub kib: usize,
}

/// What pages that were open while agents reported have cost.
#[derive(Debug, Default, Serialize)]
pub struct Watched {
    /// Pages that were open.
    pub open: u32,
    /// How often they were fetched anew because something had changed.
    pub fetched: usize,
    pub p50_ms: u128,
    pub max_ms: u128,
}

impl Dashboard {
    /// Makes an operator who may only look, and signs in.
    pub async fn open(db: &Db, target: &Target, project: &str) -> Result<Self, SimulationError> {
        let address = target.address();
        let name = Name::parse(&format!("Simulation {}", db::now()))?;
        let operator = account::invite(db, &Actor::command_line(), &name, Role::Viewer).await?.operator;
        let browser = "simulation".into();
        let client = ClientInfo { address: address.ip(), browser, known: None, session: None };
        let cookie = sign_in::admit(db, &client, &operator).await?.sent();
        let visitor = Visitor { server: address, cookie, project: format!("/projects/{project}") };
        Ok(Self { operator, visitor: Arc::new(visitor) })
    }

    /// Asks for each page so many times.
    pub async fn measure(&self, target: &Target, times: u32) -> Result<Vec<Page>, SimulationError> {
        let mut connection = self.visitor.connect();
        let mut pages = Vec::with_capacity(PAGES.len());
        for path in PAGES {
            let path = format!("{}{path}", self.visitor.project);
            let (mut taken, mut size) = (Vec::new(), 0);
            let before = target.usage();
            for _ in 0..times {
                let start = Instant::now();
                size = fetch(&mut connection, &path).await?;
                taken.push(start.elapsed());
            }
            let path = path.replace(&self.visitor.project, "/projects/…");
            let (p50_ms, max_ms) = middle_and_most(&mut taken);
            let cpu = before.zip(target.usage()).map(|(before, after)| after.cpu_seconds - before.cpu_seconds);
            let cpu_ms = cpu.map(|cpu| Duration::from_secs_f64(cpu.max(0.0)).as_millis() / u128::from(times.max(1)));
            pages.push(Page { path, p50_ms, max_ms, cpu_ms, kib: size / 1024 });
        }
        Ok(pages)
    }

    /// Keeps so many pages open until `closing`, each fetched anew when the server says that something has changed.
    pub fn watch(&self, pages: u32, closing: &watch::Sender<bool>) -> JoinSet<Result<Vec<Duration>, SimulationError>> {
        let mut watching = JoinSet::new();
        for _ in 0..pages {
            let (visitor, mut closing) = (Arc::clone(&self.visitor), closing.subscribe());
            watching.spawn(async move {
                let mut taken = Vec::new();
                tokio::select! {
                    _ = closing.wait_for(|closing| *closing) => Ok(()),
                    ended = visitor.watch(&mut taken) => ended,
                }?;
                Ok(taken)
            });
        }
        watching
    }

    /// Forgets the operator.
    pub async fn close(self, db: &Db) -> Result<(), SimulationError> {
        Ok(account::remove(db, &Actor::command_line(), &self.operator).await?)
    }
}

impl Visitor {
    fn connect(&self) -> Connection {
        let mut connection = Connection::new(self.server);
        connection.sign_in(self.cookie.clone());
        connection
    }

    async fn watch(&self, taken: &mut Vec<Duration>) -> Result<(), SimulationError> {
        let (mut stream, mut page) = (self.connect(), self.connect());
        let mut events = stream.stream(&format!("{}/live", self.project)).await?;
        while let Some(frame) = events.frame().await {
            let data =
                frame.map_err(crate::server::load_test::connection::NoAnswer::Broken)?.into_data().unwrap_or_default();
            if data.windows(7).any(|text| text == b"changed") {
                let start = Instant::now();
                fetch(&mut page, &self.project).await?;
                taken.push(start.elapsed());
            }
        }
        Ok(())
    }
}

/// What the pages that were open have cost.
pub async fn ended(mut watching: JoinSet<Result<Vec<Duration>, SimulationError>>) -> Result<Watched, SimulationError> {
    let (mut taken, mut open) = (Vec::new(), 0);
    while let Some(ended) = watching.join_next().await {
        taken.extend(ended.unwrap_or_else(|_| Ok(Vec::new()))?);
        open += 1;
    }
    let fetched = taken.len();
    let (p50_ms, max_ms) = middle_and_most(&mut taken);
    Ok(Watched { open, fetched, p50_ms, max_ms })
}

/// Size of the page in bytes.
async fn fetch(connection: &mut Connection, path: &str) -> Result<usize, SimulationError> {
    let question = Question { method: Method::GET, path, known: None, body: Bytes::new() };
    let answer = connection.ask(question).await?;
    match answer.status() {
        StatusCode::OK => Ok(answer.body().len()),
        status => Err(SimulationError::Page { path: path.into(), status }),
    }
}

fn middle_and_most(taken: &mut [Duration]) -> (u128, u128) {
    taken.sort_unstable();
    let at = |percent| crate::server::load_test::report::percentile(taken, percent).as_millis();
    (at(50), at(100))
}
