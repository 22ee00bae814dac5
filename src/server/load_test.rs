//! `simulate`: many agents that speak the real protocol from one computer, to see what a server can carry.
//!
//! Everything is real but the computers behind the agents: each has a connection, a code, a token and its questions.
//! Only the codes are hashed more cheaply than usual, or preparing would take longer than the simulation.

mod agent;
mod connection;
mod dashboard;
mod fleet;
mod population;
mod process;
mod report;
mod target;

use std::io::Write;
use std::time::Duration;

use axum::http::StatusCode;
use clap::Args;
use tokio::sync::watch;

use crate::server::Db;
use crate::server::db::OpenError;
use crate::server::db::hash::HashError;
use crate::server::http::error::Refusal;
use crate::server::http::open_files;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::cutover::{self, When};
use dashboard::Dashboard;
use fleet::Fleet;
use report::Report;
use target::Target;

/// Files that a process has open beside its connections.
const OTHER_FILES: u64 = 200;
/// Time between the last agent's question and the signal, so that the server holds it for sure.
const SETTLE: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub struct Simulate {
    /// How many agents.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    agents: u32,
    /// A server on this computer that uses the database of --database: <http://127.0.0.1:8443>. Left out: one is started
    /// for the simulation, with a database of its own.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The server that is started uses the database of --database, and the simulated project stays there.
    #[arg(long, conflicts_with = "server")]
    in_database: bool,
    /// The process of that server, to measure its memory and processor time.
    #[arg(long, requires = "server")]
    pid: Option<u32>,
    /// Seconds during which unchanged questions are asked as fast as possible; 0: not at all.
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(0..=60))]
    polls: u32,
    /// How often each page of the dashboard is asked for, before the signal and after all reports; 0: not at all.
    #[arg(long, default_value_t = 5, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(0..=1000))]
    pages: u32,
    /// Pages of the dashboard that are open while the agents report.
    #[arg(long, default_value_t = 1, value_name = "PAGES", value_parser = clap::value_parser!(u32).range(0..=12))]
    watching: u32,
    /// Seconds after which the simulation gives up.
    #[arg(long, default_value_t = 900, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    limit: u32,
    #[arg(long)]
    json: bool,
    /// Answers every question as unchanged, to compare with.
    #[arg(long, hide = true)]
    bare: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    #[error("{0}")]
    Open(#[from] OpenError),
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("{0}")]
    Hash(#[from] HashError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the settings of the simulated project: {0}")]
    Settings(#[from] serde_json::Error),
    #[error("the output could not be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("{0:?} is not this computer itself; a simulation speaks plain HTTP, for instance to http://127.0.0.1:8443")]
    Elsewhere(String),
    #[error("a server could not be started for the simulation: {0}")]
    Start(std::io::Error),
    #[error("the server started for the simulation ended before it listened")]
    Ended,
    #[error("{agents} agents need {needed} open files, and the limit is {limit}; raise it with: ulimit -n {needed}")]
    OpenFiles { agents: u32, needed: u64, limit: u64 },
    #[error("the simulation was not over after {0} s; allow more with --limit")]
    TooLong(u32),
    #[error("the dashboard did not answer: {0}")]
    Dashboard(#[from] connection::NoAnswer),
    #[error("the dashboard answered {path} with {status}")]
    Page { path: String, status: StatusCode },
    #[error("only {enrolled} of {agents} agents could enrol; errors: {errors}")]
    NotEnrolled { enrolled: usize, agents: u32, errors: String },
}

pub async fn run(database: &str, simulate: Simulate, out: &mut impl Write) -> Result<(), SimulationError> {
    if simulate.bare {
        return target::serve_bare(out).await;
    }
    let limit = Duration::from_secs(simulate.limit.into());
    let report = tokio::time::timeout(limit, measure(database, &simulate));
    let report = report.await.map_err(|_| SimulationError::TooLong(simulate.limit))??;
    if simulate.json {
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
    } else {
        write!(out, "{report}")?;
    }
    Ok(())
}

async fn measure(database: &str, simulate: &Simulate) -> Result<Report, SimulationError> {
    let open_files = open_files::raise();
    let needed = u64::from(simulate.agents) + OTHER_FILES;
    if let Some(limit) = open_files.filter(|limit| *limit < needed) {
        return Err(SimulationError::OpenFiles { agents: simulate.agents, needed, limit });
    }
    let target = match &simulate.server {
        Some(url) => Target::running(url, simulate.pid, database)?,
        None if simulate.in_database => Target::start_in(database).await?,
        None => Target::start().await?,
    };
    let db = Db::open(target.database()).await?;
    let (project, codes) = population::make(&db, simulate.agents).await?;
    let mut report = Report { agents: simulate.agents, open_files, ..Report::default() };

    let fleet = Fleet::enrol(&target, codes).await?;
    report.enrolled(&fleet, target.usage());
    let (dashboard, closing) = (Dashboard::open(&db, &target, &project).await?, watch::Sender::new(false));
    report.pages_before = dashboard.measure(&target, simulate.pages).await?;
    let watching = dashboard.watch(simulate.watching, &closing);
    tokio::time::sleep(SETTLE).await;

    let before = target.usage();
    let mut tx = Operation::begin(&db, &Actor::command_line(), Role::Operator).await?;
    cutover::write(&mut tx, &project, None, When::Now, true).await?;
    fleet.signal_given();
    tx.commit().await?;
    fleet.all_completed().await;
    report.delivered(&fleet, before, target.usage());
    closing.send_replace(true);
    report.watched = dashboard::ended(watching).await?;
    report.pages_after = dashboard.measure(&target, simulate.pages).await?;
    dashboard.close(&db).await?;
    report.orders = population::orders(&db, &project).await?;

    let observed = std::sync::Arc::clone(&fleet.observed);
    let asking = fleet.stop().await;
    report.ended(&observed);
    if simulate.polls > 0 {
        let time = Duration::from_secs(simulate.polls.into());
        let bare = Target::start_bare().await?;
        report.polls_per_second = fleet::polls(&target, &asking, time).await;
        report.bare_polls_per_second = fleet::polls(&bare, &asking, time).await;
        bare.stop().await;
    }
    db.close().await;
    target.stop().await;
    Ok(report)
}
