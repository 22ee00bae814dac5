//! Going back: after a set-up that failed or was cut off, and when the person wants the old profile again. May be begun
//! again at any time, from wherever it was cut off.

use super::journal::{self, Journal, Stage};
use super::{Error, Host, Outcome, Progress, completion, reserve};
use crate::os::Places;

/// What was found at the agent's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// No set-up had been cut off.
    Nothing,
    /// A set-up had been cut off before the new profile was complete; everything is as it was before.
    Undone,
    /// A set-up had been cut off after the new profile was complete; it works.
    Finished(Outcome),
    /// The last set-up was done. The agent may have been killed before it could tell.
    Done(Outcome),
}

/// Finishes or undoes what a killed agent left half done.
pub(super) fn recover(places: &Places, host: &Host) -> Result<Recovered, Error> {
    let found = Journal::read(places)?;
    journal::clear_up(places);
    let Some(mut journal) = found else { return Ok(Recovered::Nothing) };
    tracing::info!(id = %journal.id, stage = ?journal.stage, "found the record of a set-up");
    let is_complete = match journal.stage {
        Stage::Done => {
            let evidence = journal.evidence.clone().unwrap_or_default();
            return Ok(Recovered::Done(completion::outcome(&journal, evidence, places)));
        }
        Stage::Prove => true,
        // The lists had been replaced, and somebody has begun to use the new profile.
        Stage::Switch => journal.client.is_used_anew(),
        Stage::Close | Stage::Create | Stage::Undo => false,
    };
    if is_complete {
        journal.stage = Stage::Prove;
        match completion::prove(&mut journal, places, host, &|_| {}, &|| false) {
            Ok(outcome) => return Ok(Recovered::Finished(outcome)),
            Err(error) => {
                tracing::warn!(%error, "the new profile does not work; going back");
                roll_back(journal, places, host, || {}, || false)?;
                return Ok(Recovered::Undone);
            }
        }
    }
    restore(journal, places, host, || {}, || false).map_err(|error| failed(places, error))?;
    Ok(Recovered::Undone)
}

/// As [`recover`], by the person's own wish.
pub(super) fn recover_again(places: &Places, host: &Host) -> Result<Recovered, Error> {
    journal::set_aside_unreadable(places)?;
    recover(places, host)
}

/// Before anything new is begun: nothing may be half done. The record of what is cannot be replaced by another.
pub(super) fn settle(
    places: &Places,
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    let Some(journal) = Journal::read(places)?.filter(|journal| journal.stage != Stage::Done) else { return Ok(()) };
    tracing::info!(id = %journal.id, stage = ?journal.stage, "an earlier set-up is not finished; going back first");
    restore(journal, places, host, waiting, stop).map_err(|error| failed(places, error))
}

/// Makes the old profile the default again. What the new profile has downloaded stays.
pub(super) fn undo(places: &Places, host: &Host, progress: &dyn Fn(Progress)) -> Result<(), Error> {
    let Some(mut journal) = Journal::read(places)?.filter(|journal| journal.stage == Stage::Done) else {
        return Err(Error::UndoFailed { path: places.state.clone(), reason: "there is nothing to undo".into() });
    };
    // From now on, whether it ran counts for starting it again.
    journal.was_running = journal.client.is_running();
    journal.evidence.get_or_insert_default();
    go_back(&mut journal, places)?;
    let result = restore(journal.clone(), places, host, || progress(Progress::WaitingForClose), || false);
    if let Err(Error::StayedOpen { .. }) = &result {
        // Nothing was changed: it can be undone later.
        journal.enter(Stage::Done, places)?;
        // Without the room it is tried all the same.
        let _ = reserve::take(&journal.reserves, &journal.client.lists());
    }
    result
}

/// A set-up completed here and has not been undone.
pub fn can_undo(places: &Places) -> bool {
    matches!(Journal::read(places), Ok(Some(journal)) if journal.stage == Stage::Done)
}

/// A set-up, or going back, was begun here and has not come to its end: [`super::recover`] comes before anything else.
pub fn is_unfinished(places: &Places) -> bool {
    has_way_back(places) && !can_undo(places)
}

/// There is something to go back from: a set-up that completed, or whatever is half done.
pub fn has_way_back(places: &Places) -> bool {
    !matches!(Journal::read(places), Ok(None))
}

/// Back to the state before a set-up that did not complete, with the mail client running if it was. When this fails, the
/// record stays.
pub(super) fn roll_back(
    mut journal: Journal,
    places: &Places,
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    // What it was proven by before it failed does not count.
    journal.evidence = None;
    restore(journal, places, host, waiting, stop).map_err(|error| failed(places, error))
}

/// Whatever kept us from going back, the person has to know that.
fn failed(places: &Places, error: Error) -> Error {
    match error {
        Error::UndoFailed { .. } => error,
        other => Error::UndoFailed { path: places.state.clone(), reason: other.to_string() },
    }
}

fn restore(
    mut journal: Journal,
    places: &Places,
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    // Until then the mail client has not been touched by us, or is closed.
    if journal.stage >= Stage::Prove || journal.client.is_used_anew() {
        journal.client.close(host, waiting, stop)?;
    }
    go_back(&mut journal, places)?;
    journal.client.restore(journal.evidence.is_none(), host)?;
    journal.close(places)?;
    tracing::info!(id = %journal.id, "everything is as it was");
    if journal.was_running && journal.client.has_something_to_open() && !journal.client.is_running() {
        // The person can start it as well.
        if let Err(error) = journal.client.start(host) {
            tracing::warn!(%error, "the mail client does not come back by itself");
        }
    }
    Ok(())
}

/// Uses the reserved room. Once the lists may be half restored, nobody takes the set-up for one that is done, or works.
fn go_back(journal: &mut Journal, places: &Places) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::UndoFailed { path: places.state.clone(), reason: error.to_string() };
    journal.release().map_err(failed)?;
    if journal.stage >= Stage::Switch { journal.enter(Stage::Undo, places) } else { Ok(()) }
}
