//! Thunderbird as a running program: ask it to close, start it. It is never killed.

#![allow(unsafe_code)]

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use super::install::Install;
use super::{CLIENT, lock};
use crate::mail::{Error, Host};

/// How long the person has to finish what keeps the program open.
const CLOSE_LIMIT: Duration = Duration::from_mins(9);
/// A program that closes without a question has done so by then; from then on the person is asked.
const SILENT_CLOSE: Duration = Duration::from_secs(4);
/// Rhythm of asking.
const ASK_AGAIN: Duration = Duration::from_secs(3);
/// Rhythm of asking while a message is being written: each time, the question whether to save it comes up.
const REMIND: Duration = Duration::from_mins(1);
/// Rhythm of looking.
const LOOK: Duration = Duration::from_millis(100);

/// Asks the program on any of these profiles to close and waits until it has. `waiting` is called once when it takes the
/// person's hand; `stop` ends the wait.
pub(super) async fn close(
    profiles: &[PathBuf],
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    let began = Instant::now();
    let mut waiting = Some(waiting);
    let mut ask_at = began;
    loop {
        let Some(process) = profiles.iter().find_map(|profile| lock::holder(profile)) else { return Ok(()) };
        if stop() {
            return Err(Error::Interrupted);
        }
        if began.elapsed() > CLOSE_LIMIT {
            return Err(Error::StayedOpen { client: CLIENT.into(), pid: process });
        }
        if began.elapsed() > SILENT_CLOSE
            && let Some(waiting) = waiting.take()
        {
            tracing::info!(process, "the mail client is still open");
            waiting();
        }
        if Instant::now() >= ask_at {
            let draft_open = ask_to_close(host, process).await;
            ask_at = Instant::now() + if draft_open { REMIND } else { ASK_AGAIN };
        }
        sleep(LOOK).await;
    }
}

/// Says whether a message is being written.
#[cfg(target_os = "linux")]
async fn ask_to_close(host: &Host, process: u32) -> bool {
    // Without an X server only the person can close it, and is asked to.
    let Some(display) = host.display.clone() else { return false };
    match super::files::in_background(move || super::windows::ask_to_close(&display, process)).await {
        Ok(asked) => {
            tracing::info!(process, ?asked, "asked the mail client to close");
            asked.writing
        }
        Err(error) => {
            tracing::warn!(process, %error, "windows cannot be asked to close");
            false
        }
    }
}

/// Elsewhere only the person closes it, and is asked to.
#[cfg(not(target_os = "linux"))]
fn ask_to_close(_host: &Host, _process: u32) -> std::future::Ready<bool> {
    std::future::ready(false)
}

/// Starts the program as the person would, in a session of its own, so that it outlives the agent.
pub(super) fn start(install: &Install, host: &Host) -> Result<Child, Error> {
    let (program, arguments) = &install.command;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(host.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    // SAFETY: setsid is async-signal-safe and touches no memory.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(drop).map_err(Into::into));
    }
    let child =
        command.spawn().map_err(|error| Error::NotStarted { program: program.clone(), reason: error.to_string() })?;
    tracing::info!(program = %program.display(), process = child.id(), "started the mail client");
    Ok(child)
}
