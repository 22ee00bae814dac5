//! The server that is tried: one that runs already, or one that is started for the simulation.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::protocol::path;
use crate::secret::Secret;
use crate::server::load_test::SimulationError;
use crate::server::load_test::process::{self, Usage};

/// What a server prints before its address.
const LISTENING: &str = "listening on http://";

#[derive(Debug)]
pub struct Target {
    address: SocketAddr,
    pid: Option<u32>,
    database: Secret,
    own: Option<Child>,
    /// After the server, so that it goes when nobody writes there any more.
    _folder: Option<Folder>,
}

impl Target {
    pub fn running(url: &str, pid: Option<u32>, database: &str) -> Result<Self, SimulationError> {
        let address =
            url.strip_prefix("http://").and_then(|rest| rest.trim_end_matches('/').parse::<SocketAddr>().ok());
        match address {
            Some(address) if address.ip().is_loopback() => {
                Ok(Self { address, pid, database: Secret::new(database), own: None, _folder: None })
            }
            _ => Err(SimulationError::Elsewhere(url.into())),
        }
    }

    /// A server with a new database in the folder for temporary files.
    pub async fn start() -> Result<Self, SimulationError> {
        let folder = std::env::temp_dir().join(format!("mailshift-simulation-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).map_err(SimulationError::Start)?;
        let folder = Folder(folder);
        let started = Self::start_in_new(&folder.0.join("mailshift.db").to_string_lossy()).await?;
        Ok(Self { _folder: Some(folder), ..started })
    }

    /// A server that uses this database.
    pub async fn start_in(database: &str) -> Result<Self, SimulationError> {
        Self::serving(database, &["serve", "--listen", "127.0.0.1:0"]).await
    }

    async fn start_in_new(database: &str) -> Result<Self, SimulationError> {
        Self::serving(database, &["serve", "--create", "--listen", "127.0.0.1:0"]).await
    }

    async fn serving(database: &str, arguments: &[&str]) -> Result<Self, SimulationError> {
        let mut command = program()?;
        // Not as an argument, which other people can read.
        command.args(arguments).env("MAILSHIFT_DATABASE", database);
        Ok(Self { database: Secret::new(database), ..Self::started(command).await? })
    }

    /// A server that does nothing but answer "nothing new".
    pub async fn start_bare() -> Result<Self, SimulationError> {
        let mut command = program()?;
        command.args(["simulate", "--bare"]);
        Self::started(command).await
    }

    async fn started(mut command: Command) -> Result<Self, SimulationError> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).env("MAILSHIFT_LOG", "warn");
        let mut own = command.spawn().map_err(SimulationError::Start)?;
        let mut lines = BufReader::new(own.stdout.take().ok_or(SimulationError::Ended)?).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some(address) = line.strip_prefix(LISTENING).and_then(|address| address.parse().ok()) {
                // What it prints later is of no interest, but must have somewhere to go.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { address, pid: own.id(), database: Secret::default(), own: Some(own), _folder: None });
            }
        }
        Err(SimulationError::Ended)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn database(&self) -> &str {
        self.database.reveal()
    }

    pub fn usage(&self) -> Option<Usage> {
        self.pid.and_then(process::usage)
    }

    /// Ends a server that was started for the simulation, and forgets its database.
    pub async fn stop(mut self) {
        if let Some(own) = &mut self.own {
            let _ = own.kill().await; // it may have ended by itself
        }
    }
}

/// Goes away with everything in it.
#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0); // the system clears its folder for temporary files, too
    }
}

fn program() -> Result<Command, SimulationError> {
    Ok(Command::new(std::env::current_exe().map_err(SimulationError::Start)?))
}

/// The least that a server can do for the question that agents ask, with the same parts below.
pub async fn serve_bare(out: &mut impl Write) -> Result<(), SimulationError> {
    let unchanged = async || (StatusCode::NOT_MODIFIED, [(header::ETAG, "\"unchanged\"")]);
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(SimulationError::Start)?;
    writeln!(out, "{LISTENING}{}", listener.local_addr().map_err(SimulationError::Start)?)?;
    out.flush()?;
    axum::serve(listener, Router::new().route(path::DIRECTIVE, get(unchanged))).await.map_err(SimulationError::Start)
}
