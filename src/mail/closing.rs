//! Waiting for a mail client to close: it is asked, and asked again, and never killed.

use std::time::{Duration, Instant};

use super::{Error, script};

/// How long the person has to finish what keeps the program open.
const CLOSE_LIMIT: Duration = Duration::from_mins(9);
/// A program that closes without a question has done so by then; from then on the person is asked.
const SILENT_CLOSE: Duration = Duration::from_secs(4);
const ASK_AGAIN: Duration = Duration::from_secs(3);
/// Rhythm of asking while a message is being written: each time, the question whether to save it comes up.
const REMIND: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(100);

/// What stands between a program that was asked to close and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing that is known.
    Plainly,
    /// A question is open, or a message is being written: the person's to answer.
    WithAQuestion,
}

/// Asks a program to close until it has. `running` tells its process, `ask` asks that; `waiting` is called once when it
/// takes the person's hand; `stop` ends the wait.
pub(super) fn until_closed(
    client: &str,
    running: impl Fn() -> Option<u32>,
    ask: impl Fn(u32) -> Asked,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    let began = Instant::now();
    let mut waiting = Some(waiting);
    let mut ask_at = began;
    while let Some(process) = running() {
        if stop() {
            return Err(Error::Interrupted);
        }
        if began.elapsed() > CLOSE_LIMIT {
            return Err(Error::StayedOpen { client: client.into(), pid: process });
        }
        if began.elapsed() > SILENT_CLOSE
            && let Some(waiting) = waiting.take()
        {
            tracing::info!(process, "the mail client is still open");
            waiting();
        }
        if Instant::now() >= ask_at {
            let asked = ask(process);
            tracing::info!(process, ?asked, "asked the mail client to close");
            ask_at = Instant::now() + if asked == Asked::WithAQuestion { REMIND } else { ASK_AGAIN };
        }
        script::pause(LOOK);
    }
    Ok(())
}
