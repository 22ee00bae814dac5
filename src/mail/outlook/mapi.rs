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
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::Instant;

pub use child::{MAPI_CHILD_ARGUMENT, mapi_child_main};
pub(in crate::mail) use job::Job;
pub(super) use job::{LONGEST_NAME, is_profile_name};
pub(super) use worker::is_usable;

use super::program::Architecture;
use crate::mail::child::{Helper, Next, Stream};
use crate::mail::{Error, Host};
use job::{ChildMessage, DATA_FILE_LIMIT};

/// Beside the agent's own program, for 32-bit Outlook on 64-bit Windows: the same program built for x86.
pub(super) const HELPER_X86: &str = "mailshift-mapi-x86.exe";
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

/// Runs a job in a child and ends the child when it takes longer than [`Job::limit`], or than [`DATA_FILE_LIMIT`] for one
/// data file.
pub(super) fn run(host: &Host, helper: &Path, job: &Job) -> Result<Report, Failed> {
    run_within(host, helper, job, job.limit())
}

/// Removes a profile that a set-up made, whole or in part. Not having it any more is what counts: whatever MAPI says,
/// the caller then removes the profile's registry key.
pub(super) fn remove(host: &Host, helper: &Path, profile: &str) {
    if let Err(failed) = run(host, helper, &Job::Delete { profile: profile.to_owned() }) {
        tracing::info!(error = %failed.error, "MAPI does not remove the profile; its key is removed all the same");
    }
}

fn run_within(host: &Host, helper: &Path, job: &Job, limit: Duration) -> Result<Report, Failed> {
    let nothing = |error| Failed { error, made: false, data_file: None };
    let program = worker::placed(helper).map_err(nothing)?;
    let mut transcript = Transcript::default();
    let status = Helper {
        program: &program,
        argument: MAPI_CHILD_ARGUMENT,
        environment: &host.environment,
        speaks_on: Stream::Output,
    }
    .run(job, limit, |line| transcript.hear(line))
    .map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::HelperMissing { helper: program.display().to_string() },
        _ => Error::MapiUnavailable { reason: format!("{}: {error}", program.display()) },
    })
    .map_err(nothing)?;
    let (made, data_file) = (transcript.made, transcript.data_file.take());
    transcript.judge(status, limit).map_err(|error| Failed { error, made, data_file })
}

/// What the child has said so far.
#[derive(Debug, Default)]
struct Transcript {
    /// The call that it is in.
    call: String,
    /// The new profile is there: calls to fill it have begun.
    made: bool,
    /// What it adds.
    data_file: Option<PathBuf>,
    /// How long that may take.
    busy_until: Option<Instant>,
    report: Report,
    end: Option<ChildMessage>,
}

impl Transcript {
    /// Whatever is not a line of ours is a provider's.
    fn hear(&mut self, line: &str) -> Next {
        if let Some(said) = ChildMessage::parse(line) {
            if let ChildMessage::Attaching { .. } = said {
                self.busy_until = Some(Instant::now() + DATA_FILE_LIMIT);
            }
            self.note(said);
        }
        match (&self.end, &self.data_file, self.busy_until) {
            (Some(_), ..) => Next::Nothing,
            (None, Some(_), Some(end)) => Next::LineUntil(end),
            (None, ..) => Next::Line,
        }
    }

    fn note(&mut self, said: ChildMessage) {
        tracing::debug!(?said, "MAPI");
        if said.is_last() {
            self.end = Some(said);
            return;
        }
        match said {
            ChildMessage::Calling { call } => {
                self.made |= self.call == MAKING;
                self.call = call;
            }
            ChildMessage::Attaching { path } => self.data_file = Some(path),
            ChildMessage::Attached { path } => {
                self.data_file = None;
                self.report.attached.push(path);
            }
            ChildMessage::NotAttached { path, reason } => {
                self.data_file = None;
                self.report.not_attached.push((path, reason));
            }
            ChildMessage::Done | ChildMessage::Failed { .. } | ChildMessage::Unavailable { .. } => {}
        }
    }

    /// `status` is none when the child had to be ended.
    fn judge(self, status: Option<ExitStatus>, limit: Duration) -> Result<Report, Error> {
        match self.end {
            // A library that crashes or hangs while it is unloaded takes nothing back.
            Some(ChildMessage::Done) => Ok(self.report),
            Some(ChildMessage::Unavailable { reason }) => Err(Error::MapiUnavailable { reason }),
            Some(ChildMessage::Failed { call, hresult }) => {
                let no_exchange = call == "CreateMsgServiceEx" && hresult == NOT_FOUND;
                if BEGINNING.contains(&call.as_str()) || NOT_HERE.contains(&hresult) || no_exchange {
                    Err(Error::MapiUnavailable { reason: format!("{call}: {hresult:#010x}") })
                } else {
                    Err(Error::MapiFailed { call, reason: format!("{hresult:#010x}") })
                }
            }
            Some(
                ChildMessage::Calling { .. }
                | ChildMessage::Attaching { .. }
                | ChildMessage::Attached { .. }
                | ChildMessage::NotAttached { .. },
            )
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
