//! Why a command did not do what it was asked for: one line that names the thing and the remedy.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::problem::ResponseCode;
use crate::server::CertificateError;
use crate::server::db::{BackupError, OpenError, RestoreError};
use crate::server::discovery::{NetworkError, NoDomain};
use crate::server::http::error::Refusal;
use crate::server::load_test::SimulationError;
use crate::server::mailings::invitation::SendError;
use crate::server::projects::users::import;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Open(#[from] OpenError),
    #[error("{0}")]
    Backup(#[from] BackupError),
    #[error("{0}")]
    Restore(#[from] RestoreError),
    #[error("database: {0}; is the disk full, the file locked by another program, or PostgreSQL out of reach?")]
    Database(#[from] sqlx::Error),
    #[error("{}", with_hint(.0))]
    Refused(#[from] Refusal),
    #[error("the output could not be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("standard input could not be read: {0}")]
    Input(std::io::Error),
    #[error("there is no project {name:?}; {}", projects(known))]
    NoProject { name: String, known: Vec<String> },
    #[error("the project {0:?} exists already; change it with: mailshift-server project set")]
    ProjectExists(String),
    #[error("{project:?} has no user {address}; import the user or check the address")]
    NoUser { address: String, project: String },
    #[error("there is no operator {name:?}; {}", operators(known))]
    NoOperator { name: String, known: Vec<String> },
    #[error("{0:?} is no name for an operator; use 1 to 100 characters without line breaks")]
    OperatorName(String),
    #[error("{path} cannot be read: {source}; check the path and its permissions")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} is not a settings file: {source}; see the fields in: mailshift-server project show --json")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("{path} cannot work: {}; nothing was changed", listed(refusal.named_faults()))]
    Settings { path: PathBuf, refusal: Refusal },
    #[error("{path}: {}; nothing was imported", listed(faults))]
    Rows { path: PathBuf, faults: Vec<import::Fault> },
    #[error("{} is no folder; name the folder with the installers, or leave --installers out", .0.display())]
    Installers(PathBuf),
    #[error("{0:?} is not a time; write for instance 2026-11-21T18:00[Europe/Berlin]")]
    Time(String),
    #[error("{0:?} has passed, and everyone would start at once; name a later time, or say: cutover … at … --at-once")]
    Passed(String),
    #[error("{0:?} has no users yet; import them with: mailshift-server users import")]
    NoUsers(String),
    #[error("{0}")]
    Send(#[from] SendError),
    #[error("{failed} of {all} invitations could not be sent; correct the cause and invite these users again")]
    NotAllInvited { failed: usize, all: usize },
    #[error("no computer of {0} is activated; look at: mailshift-server devices")]
    NoDevice(String),
    #[error("{0:?} is no login of this project; look at: mailshift-server devices")]
    NoLogin(String),
    #[error("there is no wave {0:?}; look at: mailshift-server wave list")]
    NoWave(String),
    #[error("nothing was deleted; to delete it for good, add --yes")]
    NotDeleted,
    #[error("{failed} of {all} could not be done; the reasons stand above")]
    NotAllDone { failed: usize, all: usize },
    #[error("{0}")]
    NoDomain(#[from] NoDomain),
    #[error("{0}")]
    Network(#[from] NetworkError),
    #[error("{address} cannot be listened on: {source}; is another server running there?")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(
        "{0} is reachable from other computers, but this server speaks plain HTTP; put a TLS proxy in front and add \
         --behind-tls-proxy, give it a certificate with --tls-certificate and --tls-key, or listen on 127.0.0.1"
    )]
    PlainHttp(SocketAddr),
    #[error("{0}")]
    Simulation(#[from] SimulationError),
    #[error("{0}")]
    Certificate(#[from] CertificateError),
    #[error("the server stopped: {0}")]
    Serve(std::io::Error),
}

/// A refusal in one line, with the command that is its remedy.
pub fn with_hint(refusal: &Refusal) -> String {
    let code = refusal.code();
    let hint = hint(code).map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{refusal} ({}){hint}", code.id())
}

fn hint(code: ResponseCode) -> Option<&'static str> {
    Some(match code {
        ResponseCode::NoAccountSettings => "add \"account\" with: mailshift-server project set",
        ResponseCode::UserMailFailed => "the project may have no \"smtp\"; add it with: mailshift-server project set",
        ResponseCode::UserNotActive => "whoever is suspended takes part again with: mailshift-server resume",
        ResponseCode::NobodySignedIn => "say whose it is with: mailshift-server assign",
        ResponseCode::UnknownAgent => "look at: mailshift-server devices",
        ResponseCode::NameTaken => "use another name, or what has this one already",
        ResponseCode::OperatorNameTaken => "look at: mailshift-server operator list",
        ResponseCode::OneselfLockedOut | ResponseCode::LastAdministrator => {
            "invite another one with: mailshift-server operator add"
        }
        ResponseCode::ServerError | ResponseCode::ServerBusy => {
            "is the disk full, the database locked by another program, or PostgreSQL out of reach?"
        }
        _ => return None,
    })
}

/// How many faults are named in one line.
const NAMED: usize = 20;

fn listed(faults: &[impl ToString]) -> String {
    let mut named: Vec<String> = faults.iter().take(NAMED).map(ToString::to_string).collect();
    if faults.len() > NAMED {
        named.push(format!("and {} more", faults.len() - NAMED));
    }
    named.join("; ")
}

fn operators(known: &[String]) -> String {
    if known.is_empty() {
        return "invite one with: mailshift-server operator add".into();
    }
    format!("there is: {}", known.join(", "))
}

fn projects(known: &[String]) -> String {
    if known.is_empty() {
        return "create it with: mailshift-server project create".into();
    }
    format!("there is: {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_code_and_the_command_that_helps() {
        let told = Failure::from(Refusal::from(ResponseCode::NoAccountSettings)).to_string();
        assert_eq!(
            told,
            "The project has no account settings yet (ACT-3); add \"account\" with: mailshift-server project set"
        );
        assert_eq!(
            Failure::from(Refusal::from(ResponseCode::NotSuspended)).to_string(),
            "The user is not suspended (ORD-3)"
        );
    }
}
