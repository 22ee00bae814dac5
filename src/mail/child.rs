//! The helper processes: programs of ours that call a library of somebody else's. The job comes on standard input and nowhere
//! else, as a line of JSON; what they say is heard line by line; one that takes too long is ended.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout, timeout_at};
use zeroize::Zeroizing;

use super::script;
use crate::os::guard;

/// How long a child has to end once it has said its last word, or once it was ended.
const END_LIMIT: Duration = Duration::from_secs(5);
/// Most bytes that are read of what a child, and the libraries in it, print.
const MOST_OUTPUT: u64 = 4 << 20;
/// No flashing console window (`CREATE_NO_WINDOW`, "Process Creation Flags" in Microsoft's Win32 documentation).
#[cfg(target_os = "windows")]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// How a helper is started.
pub(super) struct Helper<'a> {
    pub program: &'a Path,
    pub argument: &'a str,
    /// All of its environment.
    pub environment: &'a [(OsString, OsString)],
    pub speaks_on: Stream,
}

/// Where a helper speaks. What it prints elsewhere is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    #[cfg_attr(not(any(test, target_os = "windows")), allow(dead_code, reason = "MAPI's speaks there"))]
    Output,
    Errors,
}

/// After each line that a helper says: what is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Line,
    /// The next line, before this.
    LineUntil(Instant),
    Nothing,
}

impl Helper<'_> {
    /// Runs a job. Returns how the helper ended; none when it had to be ended. An error means that it did not start.
    pub fn run(
        &self,
        job: &impl Serialize,
        limit: Duration,
        mut hear: impl FnMut(&str) -> Next,
    ) -> io::Result<Option<ExitStatus>> {
        let mut line = Zeroizing::new(serde_json::to_vec(job)?);
        line.push(b'\n');
        let child = self.start()?;
        Ok(script::wait_for(async {
            // Ended with the wait, when that ends early.
            let mut child = child;
            let status = match talk(&mut child, &line, limit, &mut hear).await {
                // It has said its last word, or has nothing to speak with: it ends now, and a library that hangs on its
                // way out is ended.
                Ok(()) => timeout(END_LIMIT, child.wait()).await.ok().and_then(Result::ok),
                Err(error) => {
                    tracing::warn!(%error, helper = self.argument, "the talk with the helper broke off");
                    None
                }
            };
            if status.is_none() {
                // Waits, too: what it changes is changed when this returns.
                let ended = timeout(END_LIMIT, child.kill()).await;
                tracing::warn!(helper = self.argument, ?ended, "ended the helper");
            }
            status
        }))
    }

    fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(self.program);
        command.arg(self.argument).env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        match self.speaks_on {
            Stream::Output => command.stdout(Stdio::piped()),
            Stream::Errors => command.stderr(Stdio::piped()),
        };
        #[cfg(target_os = "windows")]
        command.creation_flags(CREATE_NO_WINDOW);
        let child = command.spawn()?;
        // Before it has a job. One that outlives us would go on, unheard, beside the agent after us.
        guard::end_with_us(&child)?;
        Ok(child)
    }
}

/// Returns when nothing more is awaited or the child has nothing to speak with any more; an error when it takes too long.
async fn talk(child: &mut Child, job: &[u8], limit: Duration, hear: &mut impl FnMut(&str) -> Next) -> io::Result<()> {
    let end = Instant::now() + limit;
    if let Some(mut stdin) = child.stdin.take() {
        // A child that has ended already says more by its exit status.
        _ = timeout_at(end, stdin.write_all(job)).await?;
    }
    let output = child.stdout.take().map(|output| Box::new(output) as Box<dyn AsyncRead + Send + Unpin>);
    let Some(output) = output.or_else(|| child.stderr.take().map(|errors| Box::new(errors) as _)) else {
        return Ok(());
    };
    let mut output = BufReader::new(output.take(MOST_OUTPUT));
    let (mut line, mut until) = (Vec::new(), end);
    while timeout_at(until, output.read_until(b'\n', &mut line)).await?? > 0 {
        until = match hear(&String::from_utf8_lossy(&line)) {
            Next::Line => end,
            Next::LineUntil(pause) => pause.min(end),
            Next::Nothing => return Ok(()),
        };
        line.clear();
    }
    Ok(())
}
