//! Outlook as a running program of this login: find it, ask it to close, start it. It is never killed.

#[cfg(target_os = "windows")]
#[path = "process/windows.rs"]
mod desktop;
#[cfg(not(target_os = "windows"))]
#[path = "process/elsewhere.rs"]
mod desktop;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use super::CLIENT;
use crate::mail::closing::{Asked, until_closed};
use crate::mail::{Error, Host, script};
use crate::os;

/// Longest wait for Outlook's automation to take the request to quit: behind an open question it takes none.
const QUIT_LIMIT: Duration = Duration::from_secs(5);

/// File names of the programs.
const PROGRAM: &str = "OUTLOOK.EXE";
const NEW_PROGRAM: &str = "olk.exe";

/// The process, when one runs in this session. Outlook runs once for a login, whatever the profile.
pub(in crate::mail) fn running() -> Option<u32> {
    desktop::running(PROGRAM)
}

/// The same for the new Outlook.
pub(super) fn new_is_running() -> bool {
    desktop::running(NEW_PROGRAM).is_some()
}

/// Asks it to close and waits until it has. See [`until_closed`].
pub(in crate::mail) fn close(waiting: impl FnOnce(), stop: impl Fn() -> bool) -> Result<(), Error> {
    until_closed(CLIENT, running, ask_to_close, waiting, stop)
}

/// As its own menu does where its automation answers; else as a click on the close button of each of its windows.
fn ask_to_close(process: u32) -> Asked {
    if desktop::asks_a_question(process) {
        return Asked::WithAQuestion;
    }
    if !script::wait_for(os::in_background(QUIT_LIMIT, desktop::quit)).unwrap_or(false) {
        desktop::close_windows(process);
    }
    Asked::Plainly
}

/// Starts it as the person would. It outlives the agent.
pub(in crate::mail) fn start(program: &Path, arguments: &[&str], host: &Host) -> Result<Child, Error> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(host.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child =
        command.spawn().map_err(|error| Error::NotStarted { program: program.into(), reason: error.to_string() })?;
    tracing::info!(program = %program.display(), process = child.id(), "started the mail client");
    Ok(child)
}
