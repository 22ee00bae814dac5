//! Extended MAPI, Outlook's own interface to its profiles.
//!
//! MAPI lives in a library that is loaded into the calling process, and that library loads others ("providers"), by
//! Microsoft and by anybody. They may hang, crash or open a window. So a child process calls them: the agent's own
//! program with one argument, or the helper for an Outlook of the other bitness, since a library can only be loaded
//! into a process of its own bitness (MAPI reference, "Building MAPI applications on 32-bit and 64-bit platforms").

mod child;
#[cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "only Windows has what calls it"))]
mod data_file;
mod job;
mod worker;

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout, timeout_at};

pub use child::{MAPI_CHILD_ARGUMENT, mapi_child_main};
pub(in crate::mail) use job::Job;
pub(super) use job::{LONGEST_NAME, is_profile_name};
pub(super) use worker::is_usable;

use super::program::Architecture;
use crate::mail::{Error, Host, files};
use crate::os::guard;
use job::{DATA_FILE_LIMIT, Said};

/// Beside the agent's own program, for 32-bit Outlook on 64-bit Windows: the same program built for x86.
pub(super) const HELPER_X86: &str = "mailshift-mapi-x86.exe";
/// How long the child has to end once it has said its last word, or once it was ended.
const END_LIMIT: Duration = Duration::from_secs(5);
/// Most bytes that are read of what the child and the providers in it print.
const MOST_OUTPUT: u64 = 4 << 20;
/// No flashing console window (`CREATE_NO_WINDOW`, "Process Creation Flags" in Microsoft's Win32 documentation).
#[cfg(target_os = "windows")]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// The call that makes the profile.
const MAKING: &str = "CreateProfile";
/// Calls in which a failure means that there is no MAPI here, rather than that this profile failed.
const BEGINNING: [&str; 2] = ["MAPIInitialize", "MAPIAdminProfiles"];
/// Failures that say the same in any call: a part of Outlook's MAPI is missing, broken or too old. From MAPI's and
/// Windows' header files: `MAPI_E_FAILONEPROVIDER`, `REGDB_E_CLASSNOTREG`, `E_NOINTERFACE`, `MAPI_E_NO_SUPPORT`.
const NOT_HERE: [u32; 4] = [0x8004_011D, 0x8004_0154, 0x8000_4002, 0x8004_0102];
/// `MAPI_E_NOT_FOUND`: as an answer to making the service, there is no Exchange provider.
const NOT_FOUND: u32 = 0x8004_010F;

/// What a job that is done has left to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub attached: Vec<PathBuf>,
    /// Data files that are not in the new profile, and why.
    pub not_attached: Vec<(PathBuf, String)>,
}

/// A job that is not done.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    pub error: Error,
    /// MAPI has said that it made the profile. When this is not set, the name may be somebody else's profile.
    pub made: bool,
    /// The data file that it was busy with.
    pub data_file: Option<PathBuf>,
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

/// The program that can call the MAPI of such an Outlook. An Outlook for ARM64 lets programs for x64 in; where it does
/// not, MAPI is not available.
pub(super) fn helper(host: &Host, outlook: Architecture) -> PathBuf {
    match outlook {
        Architecture::X86 if cfg!(not(target_arch = "x86")) => host.helper_exe.with_file_name(HELPER_X86),
        Architecture::X86 | Architecture::X64 | Architecture::Arm64 | Architecture::Unknown => host.helper_exe.clone(),
    }
}

/// Runs a job in a child and ends the child when it takes longer than [`Job::limit`].
pub(super) async fn run(host: &Host, helper: &Path, job: &Job) -> Result<Report, Failed> {
    run_within(host, helper, job, job.limit()).await
}

/// Removes a profile that a set-up made, whole or in part. Not having it any more is what counts: whatever MAPI says,
/// the caller then removes the profile's registry key.
pub(super) async fn remove(host: &Host, helper: &Path, profile: &str) {
    if let Err(failed) = run(host, helper, &Job::Delete { profile: profile.to_owned() }).await {
        tracing::info!(error = %failed.error, "MAPI does not remove the profile; its key is removed all the same");
    }
}

async fn run_within(host: &Host, helper: &Path, job: &Job, limit: Duration) -> Result<Report, Failed> {
    let nothing = |error| Failed { error, made: false, data_file: None };
    let wanted = helper.to_owned();
    let program = files::in_background(move || worker::placed(&wanted)).await.map_err(nothing)?;
    let mut child = spawned(host, &program).map_err(nothing)?;
    let mut heard = Heard::default();
    let status = match talk(&mut child, job, &mut heard, limit).await {
        // It has said its last word, or closed its output: it ends now, and a library that hangs on its way out is ended.
        Ok(()) => match timeout(END_LIMIT, child.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => None,
        },
        Err(error) => {
            tracing::warn!(%error, "the talk with the helper broke off");
            None
        }
    };
    if status.is_none() {
        // Waits, too: its changes of the registry are over when this returns.
        let ended = timeout(END_LIMIT, child.kill()).await;
        tracing::warn!(call = heard.call, ?ended, "ended the helper");
    }
    let (made, data_file) = (heard.made, heard.data_file.take());
    heard.judged(status, limit).map_err(|error| Failed { error, made, data_file })
}

fn spawned(host: &Host, helper: &Path) -> Result<Child, Error> {
    let mut command = Command::new(helper);
    command.arg(MAPI_CHILD_ARGUMENT).env_clear().envs(host.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    #[cfg(target_os = "windows")]
    command.creation_flags(CREATE_NO_WINDOW);
    let failed = |error: &std::io::Error| Error::MapiUnavailable { reason: format!("{}: {error}", helper.display()) };
    let child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::HelperMissing { helper: helper.display().to_string() },
        _ => failed(&error),
    })?;
    // Before it has a job. One that outlives us would go on, unheard, beside the agent after us.
    guard::end_with_us(&child).map_err(|error| failed(&error))?;
    Ok(child)
}

/// Returns when the last word is said or the child has closed its output; an error when it takes longer than the limit,
/// or longer than [`DATA_FILE_LIMIT`] for one data file.
async fn talk(child: &mut Child, job: &Job, heard: &mut Heard, limit: Duration) -> std::io::Result<()> {
    let end = Instant::now() + limit;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    if let Some(mut stdin) = stdin {
        let mut line = serde_json::to_vec(job)?;
        line.push(b'\n');
        // A child that has ended already says more by its exit status.
        _ = timeout_at(end, stdin.write_all(&line)).await?;
    }
    let Some(stdout) = stdout else { return Ok(()) };
    let mut stdout = BufReader::new(stdout.take(MOST_OUTPUT));
    let (mut line, mut pause) = (Vec::new(), end);
    while heard.end.is_none() && timeout_at(pause, stdout.read_until(b'\n', &mut line)).await?? > 0 {
        if let Some(said) = Said::heard(&String::from_utf8_lossy(&line)) {
            if let Said::Attaching { .. } = said {
                pause = end.min(Instant::now() + DATA_FILE_LIMIT);
            }
            heard.note(said);
            if heard.data_file.is_none() {
                pause = end;
            }
        }
        line.clear();
    }
    Ok(())
}

/// What the child has said so far.
#[derive(Debug, Default)]
struct Heard {
    /// The call that it is in.
    call: String,
    /// The new profile is there: calls to fill it have begun.
    made: bool,
    /// What it adds.
    data_file: Option<PathBuf>,
    report: Report,
    end: Option<Said>,
}

impl Heard {
    fn note(&mut self, said: Said) {
        tracing::debug!(?said, "MAPI");
        if said.is_last() {
            self.end = Some(said);
            return;
        }
        match said {
            Said::Calling { call } => {
                self.made |= self.call == MAKING;
                self.call = call;
            }
            Said::Attaching { path } => self.data_file = Some(path),
            Said::Attached { path } => {
                self.data_file = None;
                self.report.attached.push(path);
            }
            Said::NotAttached { path, reason } => {
                self.data_file = None;
                self.report.not_attached.push((path, reason));
            }
            Said::Done | Said::Failed { .. } | Said::Unavailable { .. } => {}
        }
    }

    /// `status` is none when the child had to be ended.
    fn judged(self, status: Option<ExitStatus>, limit: Duration) -> Result<Report, Error> {
        match self.end {
            // A library that crashes or hangs while it is unloaded takes nothing back.
            Some(Said::Done) => Ok(self.report),
            Some(Said::Unavailable { reason }) => Err(Error::MapiUnavailable { reason }),
            Some(Said::Failed { call, hresult }) => {
                let no_exchange = call == "CreateMsgServiceEx" && hresult == NOT_FOUND;
                if BEGINNING.contains(&call.as_str()) || NOT_HERE.contains(&hresult) || no_exchange {
                    Err(Error::MapiUnavailable { reason: format!("{call}: {hresult:#010x}") })
                } else {
                    Err(Error::MapiFailed { call, reason: format!("{hresult:#010x}") })
                }
            }
            Some(Said::Calling { .. } | Said::Attaching { .. } | Said::Attached { .. } | Said::NotAttached { .. })
            | None => {
                let call = if self.call.is_empty() { "the helper".to_owned() } else { self.call };
                let reason = match status {
                    Some(status) => format!("ended early: {status}"),
                    None => format!("no answer within {} s", limit.as_secs()),
                };
                Err(Error::MapiFailed { call, reason })
            }
        }
    }
}

// The children that are played there are scripts.
#[cfg(all(test, unix))]
mod tests;
