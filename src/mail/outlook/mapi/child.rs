//! The child: reads one job, does it, says what it does on the way.

#[cfg(target_os = "windows")]
#[path = "calls/windows.rs"]
mod calls;
#[cfg(not(target_os = "windows"))]
#[path = "calls/elsewhere.rs"]
mod calls;

use std::io::{BufRead, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use super::job::{ChildMessage, Job, is_profile_name};

/// The only argument of the child. See [`mapi_child_main`].
pub const MAPI_CHILD_ARGUMENT: &str = "mapi-child";
/// Longest job that is read, in bytes: a job has the paths of some data files.
const LONGEST_JOB: u64 = 1 << 20;
/// The agent ends a child that hangs. When the agent itself was ended before it could, the child ends itself: this much
/// later than the agent would have.
const ORPHAN_LIMIT: Duration = Duration::from_secs(30);

/// Why a job is not done.
#[derive(Debug, PartialEq, Eq)]
enum Stop {
    /// A call of MAPI answered so.
    #[cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "there is nothing to call"))]
    Failed { call: &'static str, hresult: u32 },
    /// There is no MAPI here.
    Unavailable { reason: String },
    /// Nobody listens any more: the agent is gone.
    Alone,
}

/// Reads a job from standard input, does it by MAPI, and says on standard output what it does. Runs in a process of its
/// own, so that a library that hangs or crashes cannot harm the agent.
pub fn mapi_child_main() -> ExitCode {
    let mut line = String::new();
    let read = std::io::stdin().lock().take(LONGEST_JOB).read_line(&mut line);
    let job = read.ok().and_then(|_| serde_json::from_str::<Job>(&line).ok());
    let Some(job) = job.filter(|job| job.profile().is_none_or(is_profile_name)) else {
        eprintln!("not a job");
        return ExitCode::FAILURE;
    };
    let limit = job.limit() + ORPHAN_LIMIT;
    std::thread::spawn(move || {
        std::thread::sleep(limit);
        // An orderly end would wait for the library that hangs.
        std::process::abort();
    });
    match calls::run(&job, &mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            let last = match stop {
                Stop::Failed { call, hresult } => ChildMessage::Failed { call: call.into(), hresult },
                Stop::Unavailable { reason } => ChildMessage::Unavailable { reason },
                Stop::Alone => return ExitCode::FAILURE,
            };
            _ = say(&mut std::io::stdout(), &last);
            ExitCode::FAILURE
        }
    }
}

/// Says one line, at once: the next call may be the one that crashes.
fn say(out: &mut dyn Write, said: &ChildMessage) -> Result<(), Stop> {
    out.write_all(said.line().as_bytes()).and_then(|()| out.flush()).map_err(|_| Stop::Alone)
}
