//! Hands the password and a private certificate authority to Thunderbird's own store, by a short-lived child process.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{logins, nss};
use crate::account::Account;
use crate::mail::Host;
use crate::mail::child::{Helper, Next, Stream};
use crate::secret::Secret;

/// The only argument of the child. See [`nss_child_main`].
pub const NSS_CHILD_ARGUMENT: &str = "--store-password-in-profile";
/// How long the child may take; usually it takes 0.2 s.
const LIMIT: Duration = Duration::from_secs(30);

/// What the child is to do. Travels over its standard input only.
#[derive(Serialize, Deserialize)]
pub(super) struct Job {
    /// Folder of Thunderbird's libraries.
    pub libraries: PathBuf,
    pub profile: PathBuf,
    pub certificate_authority: Option<String>,
    pub logins: Vec<Login>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Login {
    /// Under which it is found again, to take it away.
    pub id: String,
    /// `imap://host` or `smtp://host`, without a port.
    pub origin: String,
    pub username: String,
    pub password: Secret,
}

impl Job {
    /// `ids` are those of the passwords to store: as many as there are, incoming first.
    pub fn new(
        libraries: PathBuf,
        profile: PathBuf,
        account: &Account,
        password: Option<(&Secret, &[String])>,
    ) -> Self {
        let login = |scheme: &str, server: &crate::account::Server, password: &Secret, id: &String| Login {
            id: id.clone(),
            origin: format!("{scheme}://{}", server.host),
            username: server.username.clone(),
            password: password.clone(),
        };
        let logins = password.map(|(password, ids)| {
            let servers = [("imap", &account.incoming), ("smtp", &account.outgoing)];
            servers.iter().zip(ids).map(|((scheme, server), id)| login(scheme, server, password, id)).collect()
        });
        Self {
            libraries,
            profile,
            certificate_authority: account.certificate_authority.clone(),
            logins: logins.unwrap_or_default(),
        }
    }

    fn is_empty(&self) -> bool {
        self.logins.is_empty() && self.certificate_authority.is_none()
    }
}

/// Why the store does not have the password. No secrets.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failed(String);

impl Failed {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Runs the job in a child. Nothing to do is done.
pub(super) fn hand_over(host: &Host, job: &Job) -> Result<(), Failed> {
    if job.is_empty() {
        return Ok(());
    }
    let helper =
        Helper { program: &host.helper_exe, argument: NSS_CHILD_ARGUMENT, environment: &[], speaks_on: Stream::Errors };
    let mut said = String::new();
    let status = helper.run(job, LIMIT, |line| {
        said.push_str(line);
        Next::Line
    });
    match status.map_err(|error| Failed(error.to_string()))? {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(Failed(format!("{status}: {}", said.trim().chars().take(300).collect::<String>()))),
        None => Err(Failed("took too long".into())),
    }
}

/// Reads a job with its secrets from standard input and hands it to Thunderbird's own NSS library. Runs in a process
/// of its own, so that a C library cannot harm the agent. The caller passes the result on as the exit status.
pub fn nss_child_main() -> ExitCode {
    // What is wrong with the input is not said: that could show a part of it.
    let Ok(job) = serde_json::from_reader::<_, Job>(std::io::stdin().lock()) else {
        eprintln!("not a job");
        return ExitCode::FAILURE;
    };
    match store(&job) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn store(job: &Job) -> Result<(), Box<dyn std::error::Error>> {
    let store = nss::Store::open(&job.libraries, &job.profile)?;
    if let Some(ca) = &job.certificate_authority {
        store.trust(ca)?;
    }
    let mut entries = Vec::new();
    for login in &job.logins {
        entries.push(logins::Entry {
            id: login.id.clone(),
            origin: login.origin.clone(),
            username: store.encrypt(&login.username)?,
            password: store.encrypt(login.password.reveal())?,
        });
    }
    store.close()?;
    if !entries.is_empty() {
        logins::add(&job.profile.join(logins::FILE), &entries)?;
    }
    Ok(())
}
