//! Thunderbird as a running program: ask it to close, start it. It is never killed.

#![allow(unsafe_code)]

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::{Child, Command};

use super::install::Install;
use super::{CLIENT, lock};
use crate::mail::closing::{Asked, until_closed};
use crate::mail::{Error, Host, files};

/// Asks the program on any of these profiles to close and waits until it has. See [`until_closed`].
pub(super) async fn close(
    profiles: &[PathBuf],
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    let running = || {
        let profiles = profiles.to_vec();
        files::in_background(move || profiles.iter().find_map(|profile| lock::holder(profile)))
    };
    until_closed(CLIENT, running, |process| ask_to_close(host, process), waiting, stop).await
}

#[cfg(target_os = "linux")]
async fn ask_to_close(host: &Host, process: u32) -> Asked {
    // Without an X server only the person can close it, and is asked to.
    let Some(display) = host.display.clone() else { return Asked::Plainly };
    match files::in_background(move || super::windows::ask_to_close(&display, process)).await {
        Ok(asked) if asked.writing => Asked::WithAQuestion,
        Ok(_) => Asked::Plainly,
        Err(error) => {
            tracing::warn!(process, %error, "windows cannot be asked to close");
            Asked::Plainly
        }
    }
}

/// Elsewhere only the person closes it, and is asked to.
#[cfg(not(target_os = "linux"))]
fn ask_to_close(_host: &Host, _process: u32) -> std::future::Ready<Asked> {
    std::future::ready(Asked::Plainly)
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
