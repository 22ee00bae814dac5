//! Thunderbird as a running program: ask it to close, start it. It is never killed.

#![allow(unsafe_code)]

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::{Child, Command};

use super::install::Install;
use super::{CLIENT, lock};
use crate::mail::closing::{Asked, until_closed};
use crate::mail::{Error, Host};

/// Asks the program on any of these profiles to close and waits until it has; also one that is just starting, because that
/// will use one of them. See [`until_closed`].
pub(super) fn close(
    install: &Install,
    profiles: &[PathBuf],
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    let running = || profiles.iter().find_map(|profile| lock::holder(profile)).or_else(|| starting(install, host));
    until_closed(CLIENT, running, |process| ask_to_close(host, process), waiting, stop)
}

#[cfg(target_os = "linux")]
fn ask_to_close(host: &Host, process: u32) -> Asked {
    // Without an X server only the person can close it, and is asked to.
    let Some(display) = &host.display else { return Asked::Plainly };
    match super::windows::ask_to_close(display, process) {
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
fn ask_to_close(_host: &Host, _process: u32) -> Asked {
    Asked::Plainly
}

/// A process of this installation and this home that has no profile yet: it was started a moment ago, or asks which one.
#[cfg(target_os = "linux")]
pub(super) fn starting(install: &Install, host: &Host) -> Option<u32> {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    let home = host.environment.iter().find(|(name, _)| name == "HOME").map(|(_, home)| home.clone())?;
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.find(|pid| {
        let about = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
        let name = program.file_name().unwrap_or_default().as_bytes();
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        let mut open = open.filter_map(|file| fs::read_link(file.path()).ok());
        // Others of that folder belong to one that runs.
        program.parent() == Some(&*install.folder)
            && name.starts_with(b"thunderbird")
            && !about("cmdline").split(|byte| *byte == 0).skip(1).any(|argument| argument.starts_with(b"-contentproc"))
            && about("environ")
                .split(|byte| *byte == 0)
                .any(|line| line.strip_prefix(b"HOME=").is_some_and(|value| OsStr::from_bytes(value) == home))
            && !open.any(|file| file.file_name() == Some(OsStr::new(".parentlock")))
    })
}

/// Elsewhere a second start goes to the first process.
#[cfg(not(target_os = "linux"))]
pub(super) fn starting(_install: &Install, _host: &Host) -> Option<u32> {
    None
}

/// Starts the program as the person would, in a session of its own, so that it outlives the agent.
pub(in crate::mail) fn start(install: &Install, host: &Host) -> Result<Child, Error> {
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
